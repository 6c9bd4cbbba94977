"""Check that the operator has the program in sight."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from wxdesk.desk.conversations.presence import DeskPresence


def is_watching(presence: DeskPresence) -> bool:
    """Return True if a window of the program is in front and the operator is present."""
    return QApplication.activeWindow() is not None and not presence.now.away
