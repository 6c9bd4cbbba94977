"""The operator's presence in the window: watched, switched, and shown in a bar."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QWidget

from wxdesk.core.conversations.takeover import handed_back_at
from wxdesk.core.events import ConversationChanged, PreferencesChanged, PresenceChanged, TakeoverChanged
from wxdesk.core.model.conversation import Conversation
from wxdesk.core.presence import AwayReason, PresenceState
from wxdesk.desk.conversations.presence import DeskPresence
from wxdesk.i18n import ntr, tr
from wxdesk.ui.presence.idle_watch import PresenceWatch
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.boxes import hbox
from wxdesk.ui.widgets.buttons import SmallButton
from wxdesk.ui.widgets.dialogs.notices import Notices
from wxdesk.ui.widgets.fitting_label import StatusDot
from wxdesk.ui.widgets.menu_button import offer_above
from wxdesk.ui.wording.hold_reasons import colleagues_among
from wxdesk.ui.wording.messages import clock_time

TAKEOVER_BAR = "presence:yours"


class LeaveReminder(QObject):
    """A bar while nobody is at the desk and takeovers without an end are in force."""

    def __init__(self, bridge: Bridge, notices: Notices, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._notices = notices
        self._text = self._whose = ""
        bridge.follow(self, self._look, PresenceChanged, TakeoverChanged, ConversationChanged, PreferencesChanged)

    def _look(self) -> None:
        if not self._bridge.desk.presence.now.away:
            self._say("")
        else:
            self._bridge.ask(self._bridge.desk.takeovers.endless(), self._show)

    def _show(self, endless: Sequence[Conversation]) -> None:
        desk = self._bridge.desk
        if not endless or not desk.presence.now.away:
            self._say("")
            return
        self._whose = colleagues_among((one.claimed_by for one in endless), desk.me)
        words = ntr(
            "{n} conversation stays yours while you are away: automatic replies keep quiet there.",
            "{n} conversations stay yours while you are away: automatic replies keep quiet there.",
            len(endless),
        )
        at = handed_back_at(desk.presence.now, desk.preferences.now.hand_back_minutes)
        if at is not None and at > desk.clock():
            words = tr("{words} They go back by themselves at {time}.", words=words, time=clock_time(at))
        self._say(words)

    def _say(self, text: str) -> None:
        if text != self._text:
            self._text = text
            self._notices.bar(
                TAKEOVER_BAR, text, tone="pending", action=tr("Hand them back"), then=self._hand_back, lasting=True
            )

    def _hand_back(self) -> None:
        back, title = self._bridge.desk.takeovers.hand_back_endless, tr("Hand all of them back?")
        self._notices.warn(self._whose, title, tr("Hand them back"), lambda: self._bridge.ask(back()))


class PresenceChip(QWidget):
    """Shows the operator's presence, and lets the operator change it.

    Signals:
        said: True for away, False for at the desk.
    """

    said = Signal(bool)

    def __init__(self, at_desk: PresenceState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._at_desk = at_desk
        self.lamp = StatusDot(self, tabular=True)
        self.button = SmallButton("person", tr("Who is at the desk"), self)
        self.button.clicked.connect(self._choose)
        hbox(self.lamp, self.button, within=self, spacing=4)
        self.show_presence(at_desk)

    def show_presence(self, at_desk: PresenceState) -> None:
        """Show the current presence."""
        self._at_desk = at_desk
        words = presence_sentence(at_desk)
        self.lamp.show_state("pending", chip_text(at_desk), words, short=tr("Away") if at_desk.away else "")
        self.button.setToolTip(words)
        self.button.setAccessibleName(words)

    def _choose(self) -> None:
        now = self._at_desk
        here = (tr("I am at the desk"), False, not now.away)
        away = (tr("I am away until I say otherwise"), True, now.reason is AwayReason.SAID)
        offer_above(self.button, tr("Who is at the desk"), (here, away), self.said.emit)


def chip_text(at_desk: PresenceState) -> str:
    """Return the text of the status bar; empty while the operator is present."""
    return tr("Away since {time}", time=clock_time(at_desk.since)) if at_desk.away else ""


def presence_sentence(at_desk: PresenceState) -> str:
    """Return the presence, the reason for it, and the key that changes it."""
    time = clock_time(at_desk.since)
    match at_desk.reason:
        case None:
            return tr("You are at the desk. F10: I am away")
        case AwayReason.SAID:
            return tr("You said at {time} that you are away. F10: I am back", time=time)
        case AwayReason.LOCKED:
            return tr("Nobody has been at the desk since {time}: the screen is locked", time=time)
        case AwayReason.IDLE:
            return tr("Nobody has been at the desk since {time}: no key or mouse in this window", time=time)
        case AwayReason.NO_WINDOW:
            return tr("Nobody is at the desk: no window is open")


def bar_text(at_desk: PresenceState) -> str:
    """Return the text of the bar shown after the operator chose to be away."""
    time = clock_time(at_desk.since)
    return tr(
        "You have been away since {time}. Until you say that you are back, rules count nobody at the desk.", time=time
    )


BAR = "presence:away"


class OperatorPresence(QObject):
    """Shows the desk's presence, which rules go by, not the operator's last choice."""

    def __init__(self, bridge: Bridge, notices: Notices, chip: PresenceChip, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._notices = notices
        self._chip = chip
        self.watch = PresenceWatch(bridge, self)
        self.leave_reminder = LeaveReminder(bridge, notices, self)
        chip.said.connect(self.watch.set_away)
        bridge.follow(self, self._show, PresenceChanged)
        # A new window is not on the bus yet when it reports for the first time.
        self.watch.reported.connect(self._show)

    def toggle(self) -> None:
        """Switch between away and back."""
        self.watch.set_away(not self.watch.seen.declared_away)

    def _back(self) -> None:
        self.watch.set_away(False)

    def _show(self) -> None:
        at_desk = self._bridge.desk.presence.now
        self._chip.show_presence(at_desk)
        said = at_desk.reason is AwayReason.SAID
        text = bar_text(at_desk) if said else ""
        self._notices.bar(BAR, text, tone="pending", action=tr("I am back"), then=self._back, lasting=True)


def is_watching(presence: DeskPresence) -> bool:
    """Return True if a window of the program is in front and the operator is present."""
    return QApplication.activeWindow() is not None and not presence.now.away
