"""Base of both charts: highlights one cell by pointer or arrow key, with tooltip."""

from PySide6.QtCore import QEvent, QPoint, QRectF, Qt
from PySide6.QtGui import QColor, QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QToolTip, QWidget

from wxdesk.ui.look.theme import Size, Theme, font
from wxdesk.ui.widgets.dialogs.notices import announce


class Chart(QWidget):
    """Painted chart of cells in rows; subclasses place, paint and describe the cells.

    A chart is one stop of the Tab key; arrow keys walk its cells, and each is announced.
    """

    def __init__(self, rows: int, columns: int) -> None:
        super().__init__()
        self._rows, self._columns = rows, columns
        self.looked_at: tuple[int, int] | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def cell_rect(self, row: int, column: int) -> QRectF:
        """Return the area in which a cell can be pointed at."""
        raise NotImplementedError

    def cell_text(self, row: int, column: int) -> str:
        """Describe a cell."""
        raise NotImplementedError

    def describe(self, name: str, summary: str) -> None:
        """Tell screen readers the chart's name and summary."""
        self.setAccessibleName(name)
        self.setAccessibleDescription(summary)

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


def blend(under: QColor, over: QColor, amount: float) -> QColor:
    """Mix two colours: 0 is `under`, 1 is `over`."""

    def mix(a: int, b: int) -> int:
        return round(a + (b - a) * amount)

    return QColor(mix(under.red(), over.red()), mix(under.green(), over.green()), mix(under.blue(), over.blue()))
