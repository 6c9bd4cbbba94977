"""Base of both charts: highlights one cell by pointer or arrow key, with tooltip."""

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from wxdesk.ui.look.theme import Size, Theme, font
from wxdesk.ui.widgets.dialogs.notices import announce


class Chart(QWidget):
    """Painted chart of cells in rows; subclasses place, paint and describe the cells.

    A chart is one stop of the Tab key; arrow keys walk its cells, and each is announced.
    """

    def __init__(self, rows: int, columns: int, size: QSize) -> None:
        super().__init__()
        self._size = size
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._rows, self._columns = rows, columns
        self.looked_at: tuple[int, int] | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def sizeHint(self) -> QSize:
        return self._size

    def minimumSizeHint(self) -> QSize:
        return QSize(280, self._size.height())

    def cell_rect(self, row: int, column: int) -> QRectF:
        """Return the area in which a cell can be pointed at."""
        raise NotImplementedError

    def cell_text(self, row: int, column: int) -> str:
        """Describe a cell."""
        raise NotImplementedError

    def look_at(self, cell: tuple[int, int] | None) -> None:
        """Highlight a cell, or none."""
        if cell == self.looked_at:
            return
        self.looked_at = cell
        self.update()
        if cell is None:
            QToolTip.hideText()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        cell = self._cell_at(event.position().toPoint())
        self.look_at(cell)
        if cell is not None:
            self._tell(cell)

    def leaveEvent(self, event: QEvent) -> None:
        self.look_at(None)
        super().leaveEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.look_at(None)
        super().focusOutEvent(event)

    def event(self, event: QEvent) -> bool:
        """Suppress Qt's own tooltip: the chart shows one already."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
            Qt.Key.Key_Up: (-1, 0),
            Qt.Key.Key_Down: (1, 0),
            Qt.Key.Key_Home: (0, -self._columns),
            Qt.Key.Key_End: (0, self._columns),
        }
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape and self.looked_at is not None:
            self.look_at(None)
        elif key in steps and not (self._rows == 1 and steps[key][0]):
            self._step(*steps[key])
        else:
            super().keyPressEvent(event)

    def paint_focus(self, painter: QPainter) -> None:
        """Paint the ring round a chart that has the keyboard."""
        if self.hasFocus():
            painter.setPen(Theme.current().color("accent"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)

    def paint_caption(self, painter: QPainter, rect: QRectF, text: str, flags: Qt.AlignmentFlag) -> None:
        """Paint a caption of an axis."""
        painter.setFont(font(Size.CAPTION, tabular=True))
        painter.setPen(Theme.current().color("secondary"))
        painter.drawText(rect, flags, text)

    def _step(self, down: int, right: int) -> None:
        row, column = self.looked_at or (0, -1 if right > 0 else 0)
        row = min(max(row + down, 0), self._rows - 1)
        column = min(max(column + right, 0), self._columns - 1)
        self.look_at((row, column))
        self._tell((row, column))
        announce(self, self.cell_text(row, column))

    def _cell_at(self, point: QPoint) -> tuple[int, int] | None:
        for row in range(self._rows):
            for column in range(self._columns):
                if self.cell_rect(row, column).contains(point):
                    return row, column
        return None

    def _tell(self, cell: tuple[int, int]) -> None:
        rect = self.cell_rect(*cell).toRect()
        at = self.mapToGlobal(QPoint(rect.center().x(), rect.bottom()))
        QToolTip.showText(at, self.cell_text(*cell), self, rect)
