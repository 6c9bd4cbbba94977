"""Charts of messages: bars by hour, and a heat map by weekday and hour.

One cell is highlighted by pointer or arrow key, with its tooltip.
"""

from collections.abc import Sequence
from itertools import count

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from wxdesk.core.model.statistics import DAYS, HOURS, MessageCounts
from wxdesk.i18n import number_text, tr
from wxdesk.ui.insights.text import hour_counts, hour_text, messages_text
from wxdesk.ui.look.theme import Size, color_of, font
from wxdesk.ui.widgets.labels import announce
from wxdesk.ui.widgets.painting import RIGHT, paint_box, painting
from wxdesk.ui.wording.times import weekday_text


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
            self._show_tip(cell)

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
            ring = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
            paint_box(painter, ring, 4, line="accent")

    def paint_caption(self, painter: QPainter, rect: QRectF, text: str, flags: Qt.AlignmentFlag) -> None:
        """Paint a caption of an axis."""
        painter.setFont(font(Size.CAPTION, tabular=True))
        painter.setPen(color_of("secondary"))
        painter.drawText(rect, flags, text)

    def paint_hour(self, painter: QPainter, hour: int, cell: QRectF) -> None:
        """Paint an hour below its cell."""
        below = QRectF(cell.left() - 12, cell.bottom() + 5, cell.width() + 24, AXIS_HEIGHT - 6)
        self.paint_caption(painter, below, f"{hour:02}", Qt.AlignmentFlag.AlignCenter)

    def _step(self, down: int, right: int) -> None:
        row, column = self.looked_at or (0, -1 if right > 0 else 0)
        row = min(max(row + down, 0), self._rows - 1)
        column = min(max(column + right, 0), self._columns - 1)
        self.look_at((row, column))
        self._show_tip((row, column))
        announce(self, self.cell_text(row, column))

    def _cell_at(self, point: QPoint) -> tuple[int, int] | None:
        for row in range(self._rows):
            for column in range(self._columns):
                if self.cell_rect(row, column).contains(point):
                    return row, column
        return None

    def _show_tip(self, cell: tuple[int, int]) -> None:
        rect = self.cell_rect(*cell).toRect()
        at = self.mapToGlobal(QPoint(rect.center().x(), rect.bottom()))
        QToolTip.showText(at, self.cell_text(*cell), self, rect)


AXIS_WIDTH = 36
AXIS_HEIGHT = 22
TOP = 8
MAX_BAR = 32
STEPS = (1, 2, 5)


class HourlyBars(Chart):
    """The bar chart; empty until `show_hours`."""

    def __init__(self) -> None:
        super().__init__(1, HOURS, QSize(480, 190))
        self.hours: tuple[MessageCounts, ...] = (MessageCounts(),) * HOURS
        self.show_hours(self.hours)

    def show_hours(self, hours: Sequence[MessageCounts]) -> None:
        """Show these 24 hours."""
        self.hours = tuple(hours)
        busiest = max(range(HOURS), key=lambda hour: self.hours[hour].total)
        total = sum(hour.total for hour in self.hours)
        summary = tr(
            "{messages} in all. Busiest: {hour}, {most}.",
            messages=messages_text(total),
            hour=hour_text(busiest),
            most=messages_text(self.hours[busiest].total),
        )
        _, top = scale(self.hours[busiest].total)
        label = QFontMetrics(font(Size.CAPTION, tabular=True)).horizontalAdvance(number_text(top))
        self.axis_width = max(AXIS_WIDTH, label + 12)
        self.setAccessibleName(tr("Messages by hour"))
        self.setAccessibleDescription(summary if total else messages_text(0))
        self.update()

    def cell_text(self, row: int, column: int) -> str:
        """Describe an hour and its counts."""
        return hour_counts(column, self.hours[column])

    def cell_rect(self, row: int, column: int) -> QRectF:
        """Return the whole column of an hour, so that an empty one can be pointed at."""
        plot = self._plot()
        width = plot.width() / HOURS
        return QRectF(plot.left() + column * width, plot.top(), width, plot.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            step, top = scale(max(hour.total for hour in self.hours))
            self._paint_lines(painter, step, top)
            for hour, found in enumerate(self.hours):
                if self.looked_at == (0, hour):
                    painter.fillRect(self.cell_rect(0, hour), color_of("hover"))
                self._paint_bar(painter, hour, found, top)
                if hour % 3 == 0:
                    self.paint_hour(painter, hour, self.cell_rect(0, hour))
            self.paint_focus(painter)

    def _plot(self) -> QRectF:
        return QRectF(self.rect()).adjusted(self.axis_width, TOP, -4, -AXIS_HEIGHT)

    def _paint_lines(self, painter: QPainter, step: int, top: int) -> None:
        plot = self._plot()
        for value in range(0, top + 1, step):
            y = round(plot.bottom() - plot.height() * value / top) + 0.5
            painter.setPen(QPen(color_of("line"), 1))
            painter.drawLine(int(plot.left()), int(y), int(plot.right()), int(y))
            beside = QRectF(0, y - 8, self.axis_width - 8, 16)
            self.paint_caption(painter, beside, number_text(value), RIGHT)

    def _paint_bar(self, painter: QPainter, hour: int, found: MessageCounts, top: int) -> None:
        cell = self.cell_rect(0, hour)
        width = min(MAX_BAR, cell.width() * 0.7)
        x, bottom = cell.center().x() - width / 2, cell.bottom()
        parts = (
            (found.by_rule, "accent_fill"),
            (found.by_operator, "human"),
            (found.handed_over, "faint"),
            (found.unanswered, "pending_line"),
        )
        for part, role in parts:
            height = cell.height() * part / top
            if not part:
                continue
            gap = 1 if height > 3 else 0
            paint_box(painter, QRectF(x, bottom - height, width, max(1.0, height - gap)), 2, role)
            bottom -= height


def scale(most: int) -> tuple[int, int]:
    """Choose a round step for at most four lines, and a top value of at least `most`."""
    step = next(base * 10**power for power in count() for base in STEPS if base * 10**power * 4 >= most)
    return step, step * max(1, -(-most // step))


LABELS = 34
GAP = 3


class HeatMap(Chart):
    """The heat map; empty until `show_week`."""

    def __init__(self) -> None:
        super().__init__(DAYS, HOURS, QSize(380, 166))
        self.week: tuple[tuple[int, ...], ...] = ((0,) * HOURS,) * DAYS
        self.show_week(self.week)

    def show_week(self, week: Sequence[Sequence[int]]) -> None:
        """Show these seven rows of 24, Monday first."""
        self.week = tuple(tuple(row) for row in week)
        self.setAccessibleName(tr("Messages by weekday and hour"))
        self.setAccessibleDescription(self.summary())
        self.update()

    def summary(self) -> str:
        """Describe the busiest hour of the week; empty if nothing came in."""
        day, hour = max(
            ((day, hour) for day in range(DAYS) for hour in range(HOURS)), key=lambda at: self.week[at[0]][at[1]]
        )
        most = self.week[day][hour]
        if not most:
            return ""
        when = f"{weekday_text(day)} {hour_text(hour)}"
        return tr("Busiest: {when}, {most}", when=when, most=messages_text(most))

    def cell_text(self, row: int, column: int) -> str:
        """Describe a cell: weekday, hour and number of messages."""
        return f"{weekday_text(row)} {hour_text(column)}    {messages_text(self.week[row][column])}"

    def cell_rect(self, row: int, column: int) -> QRectF:
        """Return a cell with half the gap round it."""
        width = (self.width() - LABELS) / HOURS
        height = (self.height() - AXIS_HEIGHT) / DAYS
        return QRectF(LABELS + column * width, row * height, width, height)

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            most = max(map(max, self.week))
            for row in range(DAYS):
                first = self.cell_rect(row, 0)
                place = QRectF(0, first.top(), LABELS - 8, first.height())
                self.paint_caption(painter, place, weekday_text(row), RIGHT)
                for column in range(HOURS):
                    self._paint_cell(painter, row, column, most)
            for hour in range(0, HOURS, 6):
                self.paint_hour(painter, hour, self.cell_rect(DAYS - 1, hour))
            self.paint_focus(painter)

    def _paint_cell(self, painter: QPainter, row: int, column: int, most: int) -> None:
        looked_at = self.looked_at == (row, column)
        painter.setPen(QPen(color_of("text"), 1) if looked_at else Qt.PenStyle.NoPen)
        painter.setBrush(heat_colour(self.week[row][column], most))
        painter.drawRoundedRect(self.cell_rect(row, column).adjusted(GAP / 2, GAP / 2, -GAP / 2, -GAP / 2), 2, 2)


def heat_colour(count: int, most: int) -> QColor:
    """Compute the colour of a count where `most` is the strongest; grey without any."""
    if not count:
        return color_of("line")
    amount = 0.18 + 0.82 * (count / most)
    under, over = color_of("panel"), color_of("accent_fill")
    parts = ((under.red(), over.red()), (under.green(), over.green()), (under.blue(), over.blue()))
    return QColor(*(round(a + (b - a) * amount) for a, b in parts))
