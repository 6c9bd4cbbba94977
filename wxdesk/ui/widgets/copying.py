"""Text to copy: a command, an address, a few lines for a file."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QWidget

from wxdesk.i18n import tr
from wxdesk.ui.look.theme import mono_font
from wxdesk.ui.widgets.boxes import hbox
from wxdesk.ui.widgets.buttons import Button
from wxdesk.ui.widgets.labels import PlainLabel


class CopyButton(Button):
    """Puts its text on the clipboard.

    Signals:
        copied: the text is on the clipboard.
    """

    copied = Signal()

    def __init__(self, text: str, what: str, parent: QWidget | None = None) -> None:
        super().__init__(tr("Copy"), icon="copy", parent=parent)
        self.text_to_copy = text
        self.setProperty("class", "small")
        self.setIconSize(QSize(14, 14))
        self.setAccessibleName(tr("Copy {what}", what=what))
        self.clicked.connect(self._copy)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text_to_copy)
        self.copied.emit()


class CodeBlock(QFrame):
    """Lines in a monospace font on a sunken ground, with a button to copy them."""

    def __init__(self, text: str, what: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("class", "well")
        self.label = PlainLabel(text, wrap=True, parent=self)
        self.label.setFont(mono_font())
        self.label.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.copy_button = CopyButton(text, what, self)
        hbox(
            (self.label, 1),
            (self.copy_button, Qt.AlignmentFlag.AlignTop),
            within=self,
            spacing=12,
            margins=(12, 8, 8, 8),
        )
