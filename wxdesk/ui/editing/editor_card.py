"""Card of an editor: the fields of one part of a record."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QWidget

from wxdesk.ui.look.theme import Size
from wxdesk.ui.widgets.boxes import BoxPart, vbox
from wxdesk.ui.widgets.labels import PlainLabel


class EditorCard(QFrame):
    """Framed column of fields.

    Signals:
        changed: what is written in it has changed.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("class", "card")

    def _title(self, text: str) -> PlainLabel:
        return PlainLabel(text, size=Size.SMALL, role="secondary", strong=True, parent=self)

    def _stack(self, *parts: BoxPart, foot: int = 12) -> None:
        """Put the parts below each other, with `foot` pixels below the last one."""
        vbox(*parts, spacing=10, margins=(16, 14, 16, foot), within=self)
