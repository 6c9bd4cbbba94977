"""Insights page: statistics of today, this week or this month."""

from PySide6.QtCore import QElapsedTimer, QEvent, Qt, QTimer
from PySide6.QtWidgets import QButtonGroup, QScrollArea, QStackedLayout, QWidget

from wxdesk.core.events import DecisionMade, Event, MessageKept, ReplyChanged
from wxdesk.core.model.statistics import Figures, TimeSpan
from wxdesk.i18n import tr
from wxdesk.ui.insights.board import Board
from wxdesk.ui.insights.sections import Sections
from wxdesk.ui.insights.text import Period, before, span_of
from wxdesk.ui.look.theme import Measure, Size
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.boxes import hbox, vbox
from wxdesk.ui.widgets.buttons import Chip, SmallButton
from wxdesk.ui.widgets.dialogs.legend import Legend
from wxdesk.ui.widgets.dialogs.notices import Notices
from wxdesk.ui.widgets.labels import PlainLabel
from wxdesk.ui.wording.days import Days
from wxdesk.ui.wording.figures import figure_texts
from wxdesk.ui.wording.outages import KnownOutages, outages_text

REFRESH_MS = 2000
"""Delay of a refresh while the page is visible; a month is slow to count."""

REST = 10
"""Pause after a query, as a multiple of its duration, to spare a large store."""

MARGIN = 24


class InsightsPage(QWidget):
    """Queries the statistics of one period at a time; only the last answer is shown."""

    def __init__(self, bridge: Bridge, notices: Notices) -> None:
        super().__init__()
        self._bridge = bridge
        self._notices = notices
        self.period = Period.WEEK
        self.figures: Figures | None = None
        self._asked: TimeSpan | None = None
        self._open = 0
        self._happened = False
        self._asking = QElapsedTimer()
        self.sections = Sections()
        self.chips = QButtonGroup(self)
        self._empty = PlainLabel(role="secondary", wrap=True)
        self.days = PlainLabel(size=Size.SMALL, role="secondary", elide=True)
        self.missed = PlainLabel(size=Size.SMALL, role="pending", wrap=True)
        self._outages = KnownOutages(bridge, self)
        self._refresh = QTimer(self, singleShot=True, interval=REFRESH_MS)
        self._build()
        self.chips.idToggled.connect(self._choose)
        self._refresh.timeout.connect(self._ask)
        self._outages.changed.connect(self._show_missed)
        bridge.events.connect(self._hear)

    def activate(self) -> None:
        """Refresh the statistics."""
        self._ask()

    def _build(self) -> None:
        self.setProperty("class", "window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._board = Board(MARGIN)
        self._board.setProperty("class", "window")
        self._board.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.sections.place_on(self._board)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self._board)
        holder = QWidget()
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        vbox(self._empty, within=holder, margins=(48, 0, 48, 0))
        self._stack = QStackedLayout()
        self._stack.addWidget(scroll)
        self._stack.addWidget(holder)
        self.missed.setContentsMargins(MARGIN, 0, MARGIN, 8)
        vbox(self._head(), self.missed, (self._stack, 1), within=self, spacing=0)
        self._show_missed()

    def _head(self) -> QWidget:
        head = QWidget()
        head.setFixedHeight(Measure.HEADER + 6)
        row = hbox(
            PlainLabel(tr("Insights"), size=Size.PAGE, strong=True),
            4,
            within=head,
            spacing=8,
            margins=(MARGIN, 6, MARGIN, 0),
        )
        words = {Period.TODAY: tr("Today"), Period.WEEK: tr("7 days"), Period.MONTH: tr("30 days")}
        for period, word in words.items():
            chip = Chip(word)
            self.chips.addButton(chip, period)
            row.addWidget(chip)
        self.chips.button(self.period).setChecked(True)
        row.addSpacing(8)
        row.addWidget(self.days, 1)
        self.legend = SmallButton("info", tr("What the figures mean"), head)
        self.legend.clicked.connect(self._explain)
        row.addWidget(self.legend)
        return head

    def _explain(self) -> None:
        Legend(tr("What the figures mean"), figure_texts().values(), self).open()

    def _choose(self, days: int, checked: bool) -> None:
        if checked:
            self.period = Period(days)
            self._ask()

    def _ask(self) -> None:
        self._refresh.stop()
        self._happened = False
        self._open += 1
        now, days = self._bridge.desk.clock(), Days.of(self._bridge.desk.accounts.values())
        self.days.setText(days.words(now))
        span = span_of(self.period, now, days)
        self._asked = span
        self._asking.start()
        work = self._bridge.desk.reports.statistics.over(span, days.zone, before(self.period, span))
        self._bridge.ask(work, self._answered, self._failed)

    def _answered(self, figures: Figures) -> None:
        self._rest()
        self._show(figures)

    def _show_missed(self) -> None:
        """Tell when messages may be missing in the span that is shown."""
        now = self._bridge.desk.clock()
        words = outages_text(self._outages.all, self._asked, now) if self._asked else ""
        self.missed.setText(words)
        self.missed.setVisible(bool(words))

    def _rest(self) -> None:
        """Pause after an answer before the next query, which covers events in between."""
        self._open -= 1
        self._refresh.setInterval(max(REFRESH_MS, REST * self._asking.elapsed()))
        if self._happened and not self._open and self.isVisible():
            self._refresh.start()

    def _failed(self, error: Exception) -> None:
        self._rest()
        self._bridge.failed.emit(error)

    def _show(self, figures: Figures) -> None:
        if figures.span != self._asked:
            return
        self.figures = figures
        self._show_missed()
        if figures.is_empty:
            self._empty.setText(
                tr("What customers write and who answers them is counted here from the first message on.")
            )
        self._stack.setCurrentIndex(1 if figures.is_empty else 0)
        self.sections.show_figures(figures, self.period)
        self._board.arrange()

    def _hear(self, events: tuple[Event, ...]) -> None:
        if not self.isVisible() or self._refresh.isActive():
            return
        if any(isinstance(event, MessageKept | DecisionMade | ReplyChanged) for event in events):
            self._happened = True
            if not self._open:  # else nobody would wait for the answer to the last question
                self._refresh.start()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and hasattr(self, "_board"):
            self._board.update()
