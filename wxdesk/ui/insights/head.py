"""Head of the insights page: the days, the account, who answered, and exports."""

from datetime import date
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QWidget

from wxdesk.core.model.statistics import FigureFilter, Figures
from wxdesk.i18n import account_title, tr
from wxdesk.ui.insights.text import Period
from wxdesk.ui.look.theme import Measure, Size
from wxdesk.ui.widgets.boxes import hbox
from wxdesk.ui.widgets.buttons import Chip, SmallButton
from wxdesk.ui.widgets.dialogs.moment import ask_days
from wxdesk.ui.widgets.flow_layout import FlowLayout
from wxdesk.ui.widgets.labels import PlainLabel, small_label
from wxdesk.ui.widgets.menu_button import PassingMenu, SingleChoiceButton, open_beside

MARGIN = 24
_EVERYBODY = (0, "")

WIDEST = 220
"""Pixels of a name in the head; longer ones are cut."""


class InsightsHead(QWidget):
    """Choice of what is counted.

    Signals:
        chosen: `period`, `dates` or `filter` is another one.
        export_wanted: the ending of the file.
    """

    chosen = Signal()
    export_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.period = Period.WEEK
        self.dates = (date.today(), date.today())  # noqa: DTZ011 - never used before it was chosen
        self.chips = QButtonGroup(self)
        self.days = small_label(elide=True)
        self.account = SingleChoiceButton([("", tr("All mini programs"))], tr("Mini program"), widest=WIDEST)
        self.who = SingleChoiceButton([(_EVERYBODY, tr("Everybody"))], tr("Answered by"), widest=WIDEST)
        choices = FlowLayout(None, PlainLabel(tr("Insights"), size=Size.PAGE, strong=True, parent=self), line_gap=6)
        words = {
            Period.TODAY: tr("Today"),
            Period.YESTERDAY: tr("Yesterday"),
            Period.WEEK: tr("7 days"),
            Period.LATELY: tr("30 days"),
            Period.MONTH: tr("This month"),
            Period.CHOSEN: tr("From–to…"),
        }
        for period, word in words.items():
            chip = Chip(word, exclusive=True)
            self.chips.addButton(chip, period)
            choices.addWidget(chip)
        self.chips.button(self.period).setChecked(True)
        for widget in (self.account, self.who, self.days):
            choices.addWidget(widget)
        row = hbox((choices, 1), within=self, spacing=8, margins=(MARGIN, 14, MARGIN, 10))
        self.export = SmallButton("arrow-down", tr("Save what is shown"), self, then=self._offer_export)
        self.legend = SmallButton("info", tr("What the figures mean"), self)  # last, as Tab reaches it
        for button in (self.export, self.legend):
            row.addWidget(button, alignment=Qt.AlignmentFlag.AlignTop)
        self.setMinimumHeight(Measure.HEADER + 6)
        self.chips.idClicked.connect(self._choose)
        self.account.chosen.connect(self.chosen)
        self.who.chosen.connect(self.chosen)

    @property
    def filter(self) -> FigureFilter:
        """The chosen account, and rule or operator."""
        return FigureFilter(self.account.value, *self.who.value)

    def offer(self, accounts: list[str], figures: Figures, of: FigureFilter) -> None:
        """Offer the accounts, if several, and whoever is in figures that are not `of` one."""
        self.account.offer([("", tr("All mini programs")), *((name, account_title(name)) for name in accounts)])
        self.account.setVisible(len(accounts) > 1)
        if self.who.value == (of.rule_id, of.operator) == _EVERYBODY:
            rules = [((one.rule_id, ""), tr("Rule: {name}", name=one.name)) for one in figures.rules]
            operators = [((0, name), name) for name, _ in figures.operators]
            self.who.offer([(_EVERYBODY, tr("Everybody")), *operators, *rules])

    def _choose(self, number: int) -> None:
        if Period(number) is not Period.CHOSEN:
            self.period = Period(number)
            self.chosen.emit()
            return
        self.chips.button(self.period).setChecked(True)
        ask_days(self, tr("From–to"), tr("Show"), self.dates, self._take)

    def _take(self, first: date, last: date) -> None:
        self.period, self.dates = Period.CHOSEN, (min(first, last), max(first, last))
        self.chips.button(self.period).setChecked(True)
        self.chosen.emit()

    def _offer_export(self) -> None:
        menu = PassingMenu(self, self.export.accessibleName())
        for ending, word in ((".csv", tr("Table for Excel (*.csv)")), (".png", tr("Picture (*.png)"))):
            menu.addAction(word, partial(self.export_wanted.emit, ending))
        open_beside(menu, self.export)
