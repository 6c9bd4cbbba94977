"""The operator's presence in the window: watched, switched, and shown in a bar."""

from collections.abc import Sequence

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from wxdesk.core.conversations.takeover import handed_back_at
from wxdesk.core.events import ConversationChanged, PreferencesChanged, PresenceChanged, TakeoverChanged
from wxdesk.core.model.conversation import Conversation
from wxdesk.core.presence import AwayReason
from wxdesk.desk.conversations.presence import DeskPresence
from wxdesk.i18n import ntr, tr
from wxdesk.ui.presence.chip import PresenceChip, bar_text
from wxdesk.ui.presence.idle_watch import PresenceWatch
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.dialogs.notices import Notices
from wxdesk.ui.wording.messages import clock_time

TAKEOVER_BAR = "presence:yours"


class LeaveReminder(QObject):
    """A bar while nobody is at the desk and takeovers without an end are in force."""

    def __init__(self, bridge: Bridge, notices: Notices, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._notices = notices
        self._text = ""
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
        self._bridge.ask(self._bridge.desk.takeovers.hand_back_endless())


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
