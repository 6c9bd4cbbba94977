"""Field for a pattern or another technical value, on as many lines as it needs."""

from PySide6.QtCore import QMimeData, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QTextCursor, QTextOption
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QSizePolicy, QWidget

from wxdesk.ui.content.layout import lay_out_lines
from wxdesk.ui.look.keys import ENTER
from wxdesk.ui.look.theme import Size, font
from wxdesk.ui.widgets.flow_layout import KEEP_WITH_NEXT

NARROWEST = 160
AROUND_X, AROUND_Y = 24, 14
"""Width and height of frame and padding, in pixels."""


class PatternField(QPlainTextEdit):
    """Field that always shows its whole value, on a line of its own if it is long.

    A line break is never part of the value.

    Signals:
        textEdited: the operator changed it.
    """

    textEdited = Signal()  # noqa: N815 - as Qt's own line of text calls it

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFont(font(Size.BODY))
        self.document().setDocumentMargin(0)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setProperty(KEEP_WITH_NEXT, True)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._showing = False
        self.textChanged.connect(self._changed)

    def text(self) -> str:
        """Return the text as written; Qt's `toPlainText` replaces no-break spaces."""
        return self.document().toRawText().replace("\u2029", "\n")

    def setText(self, text: str) -> None:  # noqa: N802 - as Qt's own line of text calls it
        """Show a text, scrolled to its beginning, without a signal."""
        self._showing = True
        self.setPlainText(text)
        self._showing = False
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def sizeHint(self) -> QSize:
        wide = self.fontMetrics().horizontalAdvance(self.text() or self.placeholderText())
        return QSize(max(NARROWEST, wide + AROUND_X), self._height(1))

    def minimumSizeHint(self) -> QSize:
        """Return room for a short text."""
        return QSize(NARROWEST, self._height(1))

    def heightForWidth(self, width: int) -> int:
        wrap = QTextOption.WrapMode.WrapAnywhere
        lines, _, _ = lay_out_lines(self.text(), self.font(), width - AROUND_X, wrap=wrap)
        return self._height(max(1, lines.lineCount()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ignore Enter, which would break the line."""
        if event.key() in ENTER:
            event.ignore()
            return
        super().keyPressEvent(event)

    def insertFromMimeData(self, source: QMimeData) -> None:  # noqa: N802 - Qt's name
        self.insertPlainText("".join(source.text().splitlines()).replace("\u00a0", " "))

    def _height(self, lines: int) -> int:
        return lines * self.fontMetrics().lineSpacing() + AROUND_Y

    def _changed(self) -> None:
        self.updateGeometry()
        if not self._showing:
            self.textEdited.emit()
