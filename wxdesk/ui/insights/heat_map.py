"""Heat map of messages by weekday and hour."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen

from wxdesk.core.model.statistics import DAYS, HOURS
from wxdesk.i18n import tr
from wxdesk.ui.insights.chart import Chart
from wxdesk.ui.insights.text import hour_text, messages_text
from wxdesk.ui.look.theme import Theme
from wxdesk.ui.wording.messages import weekday_text

LABELS = 34
AXIS_HEIGHT = 20
GAP = 3
FAINTEST = 0.06
"""Colour of a cell without messages (0 to 1), so that the map keeps its shape."""

RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


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
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        most = max(map(max, self.week))
        for row in range(DAYS):
            first = self.cell_rect(row, 0)
            self.paint_caption(painter, QRectF(0, first.top(), LABELS - 8, first.height()), weekday_text(row), RIGHT)
            for column in range(HOURS):
                self._paint_cell(painter, row, column, most)
        for hour in range(0, HOURS, 6):
            cell = self.cell_rect(DAYS - 1, hour)
            below = QRectF(cell.left() - 12, cell.bottom() + 4, cell.width() + 24, AXIS_HEIGHT - 4)
            self.paint_caption(painter, below, f"{hour:02}", Qt.AlignmentFlag.AlignCenter)
        self.paint_focus(painter)
        painter.end()

    def _paint_cell(self, painter: QPainter, row: int, column: int, most: int) -> None:
        looked_at = self.looked_at == (row, column)
        painter.setPen(QPen(Theme.current().color("text"), 1) if looked_at else Qt.PenStyle.NoPen)
        painter.setBrush(heat_colour(self.week[row][column], most))
        painter.drawRoundedRect(self.cell_rect(row, column).adjusted(GAP / 2, GAP / 2, -GAP / 2, -GAP / 2), 2, 2)


def heat_colour(count: int, most: int) -> QColor:
    """Compute the colour of a count where `most` is the strongest."""
    theme = Theme.current()
    amount = FAINTEST if not count else 0.18 + 0.82 * (count / most)
    under, over = theme.color("panel"), theme.color("accent_fill")
    parts = ((under.red(), over.red()), (under.green(), over.green()), (under.blue(), over.blue()))
    return QColor(*(round(a + (b - a) * amount) for a, b in parts))
