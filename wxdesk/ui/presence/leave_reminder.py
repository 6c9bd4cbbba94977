"""Reminds an operator who leaves of endless takeovers, and offers to end them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject

from wxdesk.core.conversations.takeover import handed_back_at
from wxdesk.core.events import ConversationChanged, Event, PreferencesChanged, PresenceChanged, TakeoverChanged
from wxdesk.core.model.conversation import Conversation
from wxdesk.i18n import ntr, tr
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.dialogs.notices import Notices
from wxdesk.ui.wording.messages import clock_time

BAR = "presence:yours"

_TOUCHING = (PresenceChanged, TakeoverChanged, ConversationChanged, PreferencesChanged)


class LeaveReminder(QObject):
    """A bar while nobody is at the desk and takeovers without an end are in force."""

    def __init__(self, bridge: Bridge, notices: Notices, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._notices = notices
        self._text = ""
        bridge.events.connect(self._hear)

    def _hear(self, events: Sequence[Event]) -> None:
        if not self._bridge.desk.presence.now.away:
            self._say("")
        elif any(isinstance(event, _TOUCHING) for event in events):
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
            self._notices.bar(BAR, text, tone="pending", action=tr("Hand them back"), then=self._hand_back)

    def _hand_back(self) -> None:
        self._bridge.ask(self._bridge.desk.takeovers.hand_back_endless())
