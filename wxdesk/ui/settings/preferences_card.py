"""Card of all settings in `core.preferences`, saved as soon as one is changed."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from msgspec.structs import replace
from PySide6.QtWidgets import QVBoxLayout, QWidget

from wxdesk.computer import autostart
from wxdesk.core.errors import BadPreference, WxdeskError
from wxdesk.core.events import PreferencesChanged, RulesChanged
from wxdesk.core.model.operator import Role
from wxdesk.core.preferences import OWN, LastMoment, OnClose, Preferences
from wxdesk.i18n import explain, tr, unit
from wxdesk.ui.settings.preference_lines import ChoiceLine, NumberLine, PreferenceLine, SwitchLine, WordsLine
from wxdesk.ui.widgets.boxes import STRETCH, hbox, vbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.card_rows import SettingsCard
from wxdesk.ui.widgets.dialogs.notices import WindowBridge
from wxdesk.ui.widgets.labels import PlainLabel, small_label
from wxdesk.ui.widgets.rights import Rights
from wxdesk.ui.wording.times import MINUTE, unit_text


class PreferencesCard(SettingsCard):
    """A list of sentences; an invalid number is reported at its field and not saved.

    `hours` leads to the business hours.
    """

    def __init__(self, bridge: WindowBridge, parent: QWidget | None = None) -> None:
        super().__init__(tr("How the desk works with you"), parent, hint=tr("Saved as you change it"))
        self._bridge = bridge
        self._wanted = bridge.desk.preferences.now
        self._under_way = 0  # what of this card is being stored
        self.lines: dict[str, PreferenceLine] = {}
        self._calendar = ChoiceLine("calendar", tr("“Until closing” goes by these business hours:"), self)
        self.hours = Button(tr("Edit business hours…"), kind=ButtonKind.LINK, parent=self)
        is_team = bridge.desk.operators is not None
        if is_team:
            self._add_heading(tr("Only for you, wherever you sign in"))
        self._add_own()
        why_not = self._add_heading(tr("For the whole shop")) if is_team else None
        self._add_writing()
        self._add_waiting()
        bridge.follow(self, self._offer_calendars, RulesChanged)  # they may have changed as well
        bridge.follow(self, self._follow, PreferencesChanged)
        shops = (line for field, line in self.lines.items() if field not in OWN)
        Rights(bridge, Role.LEAD, *shops, self.hours, says=why_not)
        self.show_all()

    def _add_heading(self, words: str) -> PlainLabel:
        """Add a heading within the card; return the label after it."""
        after = small_label(wrap=True, parent=self)
        self.add_row("", hbox(PlainLabel(words, strong=True, parent=self), (after, 1), spacing=10))
        return after

    def show_all(self) -> None:
        """Show the current preferences, and the existing business hours."""
        self._wanted = self._bridge.desk.preferences.now
        self._offer_calendars()
        for field, line in self.lines.items():
            line.show_value(getattr(self._wanted, field))

    def _offer_calendars(self) -> None:
        calendars = self._bridge.desk.rules.rulebook.calendars.all
        self._calendar.choice.offer([(one.id, one.name) for one in calendars])
        self._calendar.show_value(self._wanted.calendar)
        self._calendar.setVisible(len(calendars) > 1)

    def _add_own(self) -> None:
        leaves = unit("second (0: it leaves at once)", "seconds (0: it leaves at once)")
        undo = NumberLine("undo_seconds", tr("What you send can be undone for"), leaves, self)
        self._add(tr("Undo send"), undo)
        idle_for = unit(
            "minute without key or mouse here, nobody is at the desk",
            "minutes without key or mouse here, nobody is at the desk",
        )
        self._add(tr("Presence"), NumberLine("away_minutes", tr("After"), idle_for, self))
        shown = SwitchLine("notifications", tr("Notify me on the desktop"), self)
        text = SwitchLine("notifications_show_text", tr("and show what the customer wrote"), self)
        self._add(tr("Notifications"), shown, text)
        sound = SwitchLine("sound", tr("Ring when a conversation needs me"), self)
        until = unit("second until somebody looks (0: once)", "seconds until somebody looks (0: once)")
        again = NumberLine("sound_every_seconds", tr("again every"), until, self)
        self._add(tr("Sound"), sound, again)
        begin = NumberLine("quiet_from", tr("Quiet from"), lambda _: tr("o'clock"), self)
        end = NumberLine("quiet_until", tr("and until"), lambda _: tr("o'clock"), self)
        quiet = self._add(tr("Do not disturb"), begin, end)
        meant = tr("Neither sound nor notices on the desktop meanwhile; the same hour twice: never")
        quiet.addWidget(small_label(meant, wrap=True, parent=self))
        closed = ChoiceLine("on_close", tr("When the window is closed"), self)
        choices = ((OnClose.ASK, tr("ask me")), (OnClose.TRAY, tr("keep on in the tray")))
        closed.choice.offer([*choices, (OnClose.QUIT, tr("stop receiving messages"))])
        self._add(tr("Closing"), closed)
        awake = tr("Keep this computer from going to sleep by itself while wxdesk receives messages")
        self._add(tr("Sleep"), SwitchLine("keep_awake", awake, self))

    def _add_writing(self) -> None:
        takes_over = SwitchLine("writing_takes_over", tr("Writing a reply takes the conversation over"), self)
        minutes = NumberLine("takeover_minutes", tr("and keeps it for"), partial(unit_text, MINUTE), self)
        away_for = unit("minute away (0: never)", "minutes away (0: never)")
        back = NumberLine("hand_back_minutes", tr("What I took over without an end goes back after"), away_for, self)
        self._add(tr("Writing"), takes_over, minutes, back)
        words = WordsLine("guarded_words", tr("Warn me of these words"), tr("with commas; # is any digit"), self)
        rules = SwitchLine("guards_rules", tr("A rule's reply with one of them waits as a draft"), self)
        self._add(tr("Word guard"), words, rules)

    def _add_waiting(self) -> None:
        hours = hbox(self.hours, STRETCH)
        self._add(tr("Business hours"), self._calendar).addLayout(hours)
        last = ChoiceLine("last_moment", tr("When the time for replies is about to end, a held reply"), self)
        last.choice.offer([(LastMoment.HAND_OVER, tr("waits for me")), (LastMoment.SEND, tr("is sent"))])
        waits = unit("minute late waits for your OK instead", "minutes late waits for your OK instead")
        late = NumberLine("stale_minutes", tr("An automatic reply more than"), waits, self)
        self._add(tr("Held replies"), last, late)
        before = unit(
            "hour before the time for replies ends with no answer (0: never)",
            "hours before the time for replies ends with no answer (0: never)",
        )
        self._add(tr("Warning"), NumberLine("warn_hours", tr("Warn me"), before, self))
        if self._bridge.desk.operators is not None:
            hands_out = tr("Give waiting customers whom nobody has to the least busy operator at a desk")
            self._add(tr("Team"), SwitchLine("hands_out", hands_out, self))

    def offer_autostart(self, home: Path) -> None:
        """Add a switch that is no preference but a file of the system's."""
        if self._bridge.desk.operators is not None:
            self._add_heading(tr("Only on this computer"))
        line = SwitchLine("autostart", tr("Start wxdesk when I log in"), self)
        line.show_value(autostart.is_on())
        line.changed.connect(partial(self._start_at_login, line, home))
        self.add_row(tr("Start"), line)

    def _start_at_login(self, line: SwitchLine, home: Path, _: str, on: bool) -> None:
        try:
            autostart.switch(on, home)
        except WxdeskError as error:
            self._bridge.failed.emit(error)
        line.show_value(autostart.is_on())

    def _add(self, name: str, *lines: PreferenceLine) -> QVBoxLayout:
        stack = vbox(*lines, spacing=8)
        self.add_row(name, stack)
        for line in lines:
            self.lines[line.field] = line
            line.changed.connect(self._change)
        return stack

    def _change(self, field: str, value: object) -> None:
        """Save the new value if it is valid, else report it at its field."""
        wanted = replace(self._wanted, **{field: value})
        try:
            wanted.check()
        except BadPreference as error:
            self.lines[error.field].show_error(explain(error))
            return
        self.lines[field].show_error("")
        if wanted != self._wanted:
            before, self._wanted = self._wanted, wanted
            self._save(field, wanted, before, lambda: self._save(field, before, wanted))

    def _save(
        self, field: str, wanted: Preferences, before: Preferences, undo: Callable[[], None] | None = None
    ) -> None:
        self._under_way += 1
        preferences = self._bridge.desk.preferences
        keep = preferences.set_own if field in OWN else preferences.set
        told = None if undo is None else partial(self._bridge.notices.offer, tr("Saved"), tr("Undo"), undo)
        self._bridge.ask(keep(wanted, before), told, ended=self._ended)

    def _ended(self) -> None:
        self._under_way -= 1
        self._follow()

    def _follow(self) -> None:
        """Show preferences set elsewhere, unless a change of this card is being stored."""
        if not self._under_way and self._bridge.desk.preferences.now != self._wanted:
            self.show_all()
