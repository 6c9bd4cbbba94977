"""The operator's presence in the window: watched, switched, and shown in a bar."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject

from wxdesk.core.events import Event, PresenceChanged
from wxdesk.core.presence import AwayReason
from wxdesk.i18n import tr
from wxdesk.ui.presence.chip import PresenceChip
from wxdesk.ui.presence.idle_watch import PresenceWatch
from wxdesk.ui.presence.leave_reminder import LeaveReminder
from wxdesk.ui.presence.text import bar_words
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.dialogs.notices import Notices

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
        bridge.events.connect(self._hear)
        # A new window is not on the bus yet when it reports for the first time.
        self.watch.reported.connect(self._show)

    def toggle(self) -> None:
        """Switch between away and back."""
        self.watch.set_away(not self.watch.seen.declared_away)

    def end(self) -> None:
        """Stop watching because the window closes."""
        self.watch.end()

    def _back(self) -> None:
        self.watch.set_away(False)

    def _hear(self, events: Sequence[Event]) -> None:
        if any(isinstance(event, PresenceChanged) for event in events):
            self._show()

    def _show(self) -> None:
        at_desk = self._bridge.desk.presence.now
        self._chip.show_presence(at_desk)
        said = at_desk.reason is AwayReason.SAID
        text = bar_words(at_desk) if said else ""
        self._notices.bar(BAR, text, tone="pending", action=tr("I am back"), then=self._back)
