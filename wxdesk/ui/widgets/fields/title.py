"""Title that is edited in place."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from wxdesk.ui.look.theme import Size, color_of, font
from wxdesk.ui.widgets.labels import set_tip
from wxdesk.ui.widgets.painting import paint_text, painting


class TitleField(QLineEdit):
    """One frameless line in title size; an underline shows that it can be edited.

    A title that does not fit is cut unless it is being edited, and whole in the tooltip, which else shows `hint`.
    """

    def __init__(self, parent: QWidget | None = None, *, size: int = Size.PAGE, hint: str = "") -> None:
        super().__init__(parent)
        self._hint = hint
        self.setProperty("class", "flat")
        self.setFont(font(size, strong=True))
        self.setTextMargins(-2, 0, 0, 0)  # the letters begin where the labels below do
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.textChanged.connect(self._show_whole)
        self._show_whole()

    @property
    def shortened(self) -> bool:
        """True if the title is cut."""
        return not self.hasFocus() and self.fontMetrics().horizontalAdvance(self.text()) > self.width()

    def _show_whole(self) -> None:
        set_tip(self, self.text() if self.shortened else self._hint)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_whole()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.setCursorPosition(0)
        self._show_whole()

    def paintEvent(self, event: QPaintEvent) -> None:
        wrong, focused = bool(self.property("wrong")), self.hasFocus()
        if not self.shortened:
            super().paintEvent(event)
        with painting(self) as painter:
            if self.shortened:
                paint_text(painter, self.rect(), self.text(), self.font(), color_of("text"))
            if wrong or focused or self.underMouse() or not self.text():
                role, high = "failed" if wrong else "accent" if focused else "line", 2 if focused or wrong else 1
                painter.fillRect(0, self.height() - high, self.width(), high, color_of(role))
