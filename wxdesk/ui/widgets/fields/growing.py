"""Text field that is as high as its text."""

from math import ceil
from typing import Any

from PySide6.QtCore import QEvent, QMimeData, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QInputMethodEvent, QResizeEvent, QTextDocumentFragment, QTransform
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QWidget

from wxdesk.ui.look.theme import Size, font

_MOST_TAGS = 3000
"""Tags that are read of pasted HTML; Qt takes quadratic time where they nest."""


def text_of(data: QMimeData) -> str:
    """Return what was pasted or dropped as plain text, also of HTML that came alone."""
    if data.hasText():
        return data.text()
    html = "<".join(data.html().split("<")[: _MOST_TAGS + 1])
    return QTextDocumentFragment.fromHtml(html).toPlainText().replace("\ufffc", "").strip()  # a picture's place


def place_candidates(field: QWidget) -> None:
    """Let candidates of an input method stand at the focused `field`.

    Qt hears of moves of the field itself, not of what it lies in.
    """
    at, method = field.mapTo(field.window(), QPoint(0, 0)), QGuiApplication.inputMethod()
    method.setInputItemTransform(QTransform.fromTranslate(at.x(), at.y()))
    method.update(Qt.InputMethodQuery.ImCursorRectangle)


class GrowingText(QPlainTextEdit):
    """Plain text as high as its lines within bounds; Tab leaves it.

    `around` are the pixels above and below. A `message` has the size that the operator chose for messages.
    """

    def __init__(self, lines: range, around: int, *, message: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines, self._around, self._message = lines, around, message
        self._hidden = ""
        if message:
            self.setFont(font(Size.MESSAGE))
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().documentLayout().documentSizeChanged.connect(self.updateGeometry)
        self.textChanged.connect(self.updateGeometry)  # a line of another script may be higher

    def insert(self, text: str) -> None:
        """Insert `text` at the cursor and focus the field."""
        self.insertPlainText(text)
        self.setFocus()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        other = event.type() is QEvent.Type.FontChange and self.font().pixelSize() != Size.MESSAGE
        if other and self._message:
            self.setFont(font(Size.MESSAGE))
            self.viewport().setFont(self.font())  # of the words in an empty field

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Hide the words of an empty field, over which Qt would paint what is composed."""
        words = self.placeholderText() or self._hidden
        self._hidden = words if event.preeditString() else ""
        self.setPlaceholderText("" if self._hidden else words)
        super().inputMethodEvent(event)
        if self.hasFocus():
            place_candidates(self)

    def inputMethodQuery(self, *query: Any) -> Any:  # noqa: ANN401, N802 - Qt's name and signature
        """Count the padding too: candidates would cover the composed word."""
        answer = super().inputMethodQuery(*query)
        return answer.translated(self.viewport().pos()) if isinstance(answer, QRectF) else answer

    def canInsertFromMimeData(self, source: QMimeData) -> bool:  # noqa: N802 - Qt's name
        return source.hasText() or source.hasHtml()

    def insertFromMimeData(self, source: QMimeData) -> None:  # noqa: N802 - Qt's name
        self.insertPlainText(text_of(source))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():  # lines break elsewhere
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        blocks = map(self.document().findBlockByNumber, range(min(self.blockCount(), self._lines[-1])))
        high = sum(self.blockBoundingRect(block).height() for block in blocks) - self.document().documentMargin()
        least, most = self._height(self._lines[0]), self._height(self._lines[-1])
        return QSize(200, min(max(ceil(high) + self._around, least), most))

    def minimumSizeHint(self) -> QSize:
        return QSize(60, self._height(self._lines[0]))

    def _height(self, lines: int) -> int:
        return lines * self.fontMetrics().lineSpacing() + self._around
