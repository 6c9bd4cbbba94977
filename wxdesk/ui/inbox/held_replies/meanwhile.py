"""Bar and dialog about customers who wrote meanwhile."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from wxdesk.core.conversations.listing import Waiting
from wxdesk.core.events import ConversationChanged, DecisionMade, Event, PresenceChanged, ReplyChanged
from wxdesk.i18n import ntr, tr
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.boxes import STRETCH, hbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.dialogs.dialog import NarrowDialog
from wxdesk.ui.widgets.dialogs.notices import Notices
from wxdesk.ui.widgets.labels import PlainLabel

BAR = "meanwhile"
_TOUCHING = (ConversationChanged, DecisionMade, ReplyChanged)


class MeanwhileNotice(QObject):
    """Tells of those who wrote in an absence or a pause.

    Signals:
        walk_wanted: take them one by one, the longest waiting first.
    """

    walk_wanted = Signal()

    def __init__(self, bridge: Bridge, notices: Notices, host: QWidget) -> None:
        super().__init__(host)
        self._bridge = bridge
        self._notices = notices
        self._host = host
        self._since: datetime | None = None
        bridge.events.connect(self._hear)

    def after_pause(self, *, ask: bool) -> None:
        """Tell who wrote while all was paused; `ask` by a dialog."""
        self._since = None
        self._look(ask=ask)

    def _look(self, *, ask: bool = False) -> None:
        self._bridge.ask(self._bridge.desk.skipped.waiting(self._since), partial(self._tell, ask))

    def _hear(self, events: Sequence[Event]) -> None:
        now = self._bridge.desk.presence.now
        if any(isinstance(event, PresenceChanged) for event in events):
            if now.away:
                self._since = now.since
            else:
                self._look()
        elif BAR in self._notices.bars.texts() and any(isinstance(event, _TOUCHING) for event in events):
            self._look()

    def _tell(self, ask: bool, waiting: Sequence[Waiting]) -> None:
        show = partial(self._show, waiting)
        self._notices.bar(BAR, written_text(len(waiting)), tone="pending", action=tr("Look…"), then=show)
        if ask and waiting:
            show()

    def _show(self, waiting: Sequence[Waiting]) -> None:
        dialog = MeanwhileDialog(self._host.window(), waiting, paused=self._bridge.desk.health.state.paused)
        dialog.walk_wanted.connect(self.walk_wanted)
        dialog.rules_wanted.connect(self._ask_rules)
        dialog.open()

    def _ask_rules(self, as_drafts: bool) -> None:
        self._bridge.ask(self._bridge.desk.skipped.ask_rules(as_drafts), self._asked, once=BAR)

    def _asked(self, count: int) -> None:
        self._notices.toast(ntr("The rules look at {n} message now.", "The rules look at {n} messages now.", count))


class MeanwhileDialog(NarrowDialog):
    """Says who waits, and offers the rules for those whom they skipped.

    Signals:
        walk_wanted: take them one by one.
        rules_wanted: let the rules answer; True for drafts only.
    """

    walk_wanted = Signal()
    rules_wanted = Signal(bool)

    def __init__(self, parent: QWidget, waiting: Sequence[Waiting], *, paused: bool) -> None:
        super().__init__(parent, tr("Meanwhile"))
        skipped = sum(one.skipped for one in waiting)
        self.later = Button(tr("Later"), key_hint="Esc", parent=self)
        self.walk = Button(tr("Take them one by one"), kind=ButtonKind.PRIMARY, parent=self)
        self.drafts = Button(tr("As drafts"), parent=self)
        self.answer = Button(tr("Right away"), parent=self)
        self.walk.setDefault(True)
        self.walk.setFocus()
        for button, told in ((self.later, None), (self.walk, self.walk_wanted)):
            button.clicked.connect(self.accept)
            if told is not None:
                button.clicked.connect(told)
        for button, drafts in ((self.drafts, True), (self.answer, False)):
            button.clicked.connect(self.accept)
            button.clicked.connect(partial(self.rules_wanted.emit, drafts))
            button.setVisible(bool(skipped) and not paused)
        words = PlainLabel(skipped_text(skipped), role="secondary", wrap=True, parent=self)
        words.setVisible(bool(skipped))
        rules = PlainLabel(tr("Let the rules answer"), parent=self)
        rules.setVisible(self.drafts.isVisibleTo(self))
        offered = hbox(rules, STRETCH, self.drafts, self.answer, spacing=8)
        self._lay_out(written_text(len(waiting)), words, offered, 4, hbox(self.later, STRETCH, self.walk, spacing=8))


def written_text(count: int) -> str:
    """Return how many wrote meanwhile; empty for nobody."""
    many = "{n} customers wrote meanwhile and wait for an answer"
    return ntr("{n} customer wrote meanwhile and waits for an answer", many, count) if count else ""


def skipped_text(count: int) -> str:
    """Return how many of them the rules skipped, and what asking them does."""
    one = "The rules have skipped {n} message, because everything was paused or it came late."
    many = "The rules have skipped {n} messages, because everything was paused or they came late."
    more = tr("They look at the newest message of each; whom somebody has answered since is left out.")
    return f"{ntr(one, many, count)} {more}"
