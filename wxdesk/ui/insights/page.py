"""Insights page: statistics of some days, of everybody or of one."""

from collections.abc import Coroutine
from typing import Any

from PySide6.QtCore import QBuffer, QIODevice, QRect, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QStackedLayout, QWidget

from wxdesk.core.events import DecisionMade, MessageKept, ReplyChanged
from wxdesk.core.model.statistics import ALL, Figures
from wxdesk.i18n import tr
from wxdesk.ui.insights.board import Board
from wxdesk.ui.insights.head import MARGIN, InsightsHead
from wxdesk.ui.insights.sections import Sections
from wxdesk.ui.insights.text import Period, before, change_text, compared_text, dates_of, heading_of, span_of, table_of
from wxdesk.ui.look.theme import color_of, font
from wxdesk.ui.runtime.debounce import Debounce
from wxdesk.ui.runtime.refresher import Refresher
from wxdesk.ui.widgets.boxes import ColumnScroll, vbox
from wxdesk.ui.widgets.dialogs.dialog import Legend
from wxdesk.ui.widgets.dialogs.file_jobs import save_as
from wxdesk.ui.widgets.dialogs.notices import WindowBridge
from wxdesk.ui.widgets.labels import PlainLabel, small_label
from wxdesk.ui.widgets.painting import paint_text
from wxdesk.ui.wording.days import Days
from wxdesk.ui.wording.figures import legend_texts
from wxdesk.ui.wording.outages import KnownOutages, outages_text

HEADING = 44
"""Height of the line above the cards of a saved picture."""

REFRESH_MS = 2000
"""Delay of a refresh after changes while the page is visible."""


class InsightsPage(QWidget):
    """Shows the statistics of the chosen days, again and again while it is visible."""

    def __init__(self, bridge: WindowBridge) -> None:
        super().__init__()
        self._bridge = bridge
        self.figures: Figures | None = None
        self.sections = Sections()
        self.head = InsightsHead()
        self._asked = self._shown = (self.head.period, self.head.dates, ALL)
        first = tr("What customers write and who answers them is counted here from the first message on.")
        self._empty = PlainLabel(first, role="secondary", wrap=True)
        self.missed = small_label(role="pending", wrap=True)
        self._outages = KnownOutages(bridge, self)
        self._refresher = Refresher(bridge, self._question, self._show, self)
        self._refresh = Debounce(self._refresher.ask, self, REFRESH_MS)
        self._build()
        self.head.chosen.connect(self._refresher.ask)
        self.head.legend.clicked.connect(self._explain)
        self.head.export_wanted.connect(self._export)
        self._outages.changed.connect(self._show_missed)
        bridge.follow_shown(self, self._refresh.gather, MessageKept, DecisionMade, ReplyChanged)

    def activate(self) -> None:
        """Refresh the statistics."""
        self._refresher.ask()

    def _build(self) -> None:
        self._board = Board(MARGIN)
        for ground in (self, self._board):
            ground.setProperty("class", "window")
            ground.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.sections.place_on(self._board)
        self.missed.setContentsMargins(MARGIN, 0, MARGIN, 8)
        self._stack = QStackedLayout()
        vbox(self.head, self.missed, (self._stack, 1), within=self, spacing=0)
        scroll = ColumnScroll(self, self._board)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setContentsMargins(48, 0, 48, 0)
        self._stack.addWidget(scroll)
        self._stack.addWidget(self._empty)
        self._show_missed()

    def _explain(self) -> None:
        shown = legend_texts(in_team=bool(self._bridge.desk.me))
        Legend(tr("What the figures mean"), shown, self).open()

    def _question(self) -> Coroutine[Any, Any, Figures]:
        desk = self._bridge.desk
        now, days = desk.clock(), Days.of(desk.accounts.values())
        dates, of = dates_of(self.head.period, days.date(now), self.head.dates), self.head.filter
        span, self._asked = span_of(dates, now, days), (self.head.period, dates, of)
        self.head.days.setText(days.words(now))
        return desk.reports.statistics.over(span, days.zone, before(dates, span, days.zone), of)

    def _show_missed(self) -> None:
        """Tell when messages may be missing in the span that is shown."""
        now = self._bridge.desk.clock()
        words = outages_text(self._outages.all, self.figures.span, now) if self.figures else ""
        self.missed.show_if_any(words)

    def _show(self, figures: Figures) -> None:
        self.figures, self._shown = figures, self._asked
        period, dates, of = self._shown
        self.head.offer(sorted(self._bridge.desk.accounts), figures, of)
        self._show_missed()
        is_empty = figures.is_empty and period in (Period.WEEK, Period.LATELY) and of == ALL
        self._stack.setCurrentIndex(1 if is_empty else 0)
        compared = compared_text(change_text(figures.messages.total, figures.messages_before), period, dates)
        self.sections.show_figures(figures, compared, all_of_them=not (of.rule_id or of.operator))
        self._board.arrange()

    def _export(self, ending: str) -> None:
        """Save what is shown: the table of its numbers, or a picture."""
        if self.figures is not None:
            name = "-".join((tr("insights"), *(day.isoformat() for day in self._shown[1]))) + ending
            heading = heading_of(self.figures, self._shown[2])
            data = table_of(self.figures, heading) if ending == ".csv" else self._picture(heading)
            save_as(self, self._bridge.notices, name, data)

    def _picture(self, heading: str) -> bytes:
        """Paint heading and all cards, also those outside the window, as a PNG."""
        cards = self._board.grab()
        picture = QPixmap(cards.width(), round(cards.height() + HEADING * cards.devicePixelRatio()))
        picture.setDevicePixelRatio(cards.devicePixelRatio())
        picture.fill(color_of("window"))
        painter, place = QPainter(picture), QRect(MARGIN, 0, self._board.width() - 2 * MARGIN, HEADING)
        painter.drawPixmap(0, HEADING, cards)
        paint_text(painter, place, heading, font(strong=True), color_of("text"))
        painter.end()
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        picture.save(buffer, "PNG")
        return bytes(buffer.data().data())
