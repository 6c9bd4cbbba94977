"""Bar chart of messages by hour: answered by rules, by operators, or unanswered."""

from collections.abc import Sequence
from itertools import count

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen

from wxdesk.core.model.statistics import HOURS, HourCount
from wxdesk.i18n import tr
from wxdesk.ui.insights.chart import Chart
from wxdesk.ui.insights.text import hour_counts, hour_text, messages_text
from wxdesk.ui.look.theme import Size, Theme, font

AXIS_WIDTH = 36
AXIS_HEIGHT = 22
TOP = 8
MAX_BAR = 32
STEPS = (1, 2, 5)


class HourlyBars(Chart):
    """The bar chart; empty until `show_hours`."""

    def __init__(self) -> None:
        super().__init__(1, HOURS, QSize(480, 190))
        self.hours: tuple[HourCount, ...] = (HourCount(),) * HOURS
        self.show_hours(self.hours)

    def show_hours(self, hours: Sequence[HourCount]) -> None:
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
        label = QFontMetrics(font(Size.CAPTION, tabular=True)).horizontalAdvance(str(top))
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
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        step, top = scale(max(hour.total for hour in self.hours))
        self._paint_lines(painter, step, top)
        for hour, found in enumerate(self.hours):
            if self.looked_at == (0, hour):
                painter.fillRect(self.cell_rect(0, hour), Theme.current().color("hover"))
            self._paint_bar(painter, hour, found, top)
            if hour % 3 == 0:
                cell = self.cell_rect(0, hour)
                below = QRectF(cell.left() - 12, cell.bottom() + 6, cell.width() + 24, AXIS_HEIGHT - 6)
                self.paint_caption(painter, below, f"{hour:02}", Qt.AlignmentFlag.AlignCenter)
        self.paint_focus(painter)
        painter.end()

    def _plot(self) -> QRectF:
        return QRectF(self.rect()).adjusted(self.axis_width, TOP, -4, -AXIS_HEIGHT)

    def _paint_lines(self, painter: QPainter, step: int, top: int) -> None:
        plot = self._plot()
        for value in range(0, top + 1, step):
            y = round(plot.bottom() - plot.height() * value / top) + 0.5
            painter.setPen(QPen(Theme.current().color("line"), 1))
            painter.drawLine(int(plot.left()), int(y), int(plot.right()), int(y))
            beside = QRectF(0, y - 8, self.axis_width - 8, 16)
            self.paint_caption(painter, beside, str(value), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def _paint_bar(self, painter: QPainter, hour: int, found: HourCount, top: int) -> None:
        cell, theme = self.cell_rect(0, hour), Theme.current()
        width = min(MAX_BAR, cell.width() * 0.7)
        x, bottom = cell.center().x() - width / 2, cell.bottom()
        painter.setPen(Qt.PenStyle.NoPen)
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
            painter.setBrush(theme.color(role))
            painter.drawRoundedRect(QRectF(x, bottom - height, width, max(1.0, height - gap)), 2, 2)
            bottom -= height


def scale(most: int) -> tuple[int, int]:
    """Choose a round step for at most four lines, and a top value of at least `most`."""
    step = next(base * 10**power for power in count() for base in STEPS if base * 10**power * 4 >= most)
    return step, step * max(1, -(-most // step))
