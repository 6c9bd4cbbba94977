"""Whether the operator has the program before his eyes."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from wxdesk.desk.conversations.presence import DeskPresence


def looks(presence: DeskPresence) -> bool:
    """A window of the program is in front, and he is at the desk."""
    return QApplication.activeWindow() is not None and not presence.now.away
