"""Bar about customers who wrote meanwhile, and its menu."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QMenu, QWidget

from wxdesk.core.conversations.listing import Waiting
from wxdesk.core.events import ConversationChanged, DecisionMade, Event, PresenceChanged, ReplyChanged
from wxdesk.i18n import ntr, tr
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.dialogs.notices import Notices

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

    def after_pause(self) -> None:
        """Tell who wrote while all was paused."""
        self._since = None
        self._look()

    def _look(self) -> None:
        self._bridge.ask(self._bridge.desk.skipped.waiting(self._since), self._tell)

    def _hear(self, events: Sequence[Event]) -> None:
        now = self._bridge.desk.presence.now
        if any(isinstance(event, PresenceChanged) for event in events):
            if now.away:
                self._since = now.since
            else:
                self._look()
        elif BAR in self._notices.bars.texts() and any(isinstance(event, _TOUCHING) for event in events):
            self._look()

    def _tell(self, waiting: Sequence[Waiting]) -> None:
        skipped = sum(one.skipped for one in waiting)
        words = written_text(len(waiting), skipped)
        self._notices.bar(BAR, words, "pending", tr("What to do…"), partial(self._offer, skipped))

    def _offer(self, skipped: int) -> None:
        """Offer to take them one by one, and the rules for those whom they skipped."""
        menu = QMenu(self._host)
        menu.addAction(tr("Take them one by one"), self.walk_wanted.emit)
        for words, as_drafts in ((tr("Let the rules write drafts"), True), (tr("Let the rules answer"), False)):
            rules = menu.addAction(words, partial(self._ask_rules, as_drafts))
            rules.setEnabled(skipped > 0 and not self._bridge.desk.health.state.paused)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(QCursor.pos())

    def _ask_rules(self, as_drafts: bool) -> None:
        self._bridge.ask(self._bridge.desk.skipped.ask_rules(as_drafts), self._asked, once=BAR)

    def _asked(self, count: int) -> None:
        self._notices.toast(ntr("The rules look at {n} message now.", "The rules look at {n} messages now.", count))


def written_text(count: int, skipped: int) -> str:
    """Return how many wrote meanwhile, and how many of them the rules skipped."""
    many = "{n} customers wrote meanwhile and wait for an answer"
    words = ntr("{n} customer wrote meanwhile and waits for an answer", many, count) if count else ""
    return tr("{words}; the rules have skipped {n}", words=words, n=skipped) if skipped else words
