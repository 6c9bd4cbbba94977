"""What holds back automatic replies that count down: the pause of everything, or the operator who is writing."""

from __future__ import annotations

from PySide6.QtCore import QObject

from wxdesk.ui.bridge import Bridge
from wxdesk.ui.standing import Standstill


class Standstills(QObject):
    """Asks the desk, so that a bubble never promises what the desk will not do."""

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge

    def of(self, conversation_id: int) -> Standstill:
        """What holds back the replies of this conversation now."""
        desk = self._bridge.desk
        if desk.health.state.paused:
            return Standstill.PAUSED
        return Standstill.NONE
