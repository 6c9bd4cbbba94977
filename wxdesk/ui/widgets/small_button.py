"""A button with only an icon, for actions on the widget beside it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QToolButton, QWidget

from wxdesk.ui.look.icons import icon

PICTURE = 16


class SmallButton(QToolButton):
    """An icon with its name as a tooltip and for screen readers."""

    def __init__(self, picture: str, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._picture = picture
        self.setIconSize(QSize(PICTURE, PICTURE))
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._tint()

    def changeEvent(self, event: QEvent) -> None:
        """Tint the icon again when the appearance changes."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and hasattr(self, "_picture"):
            self._tint()

    def _tint(self) -> None:
        self.setIcon(icon(self._picture, "secondary", PICTURE))
