"""Head of the traffic page: what is shown, and what it is narrowed to."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QButtonGroup, QLineEdit, QWidget

from wxdesk.i18n import account_title, tr
from wxdesk.ui.look.theme import Measure, Size
from wxdesk.ui.traffic.table import KINDS
from wxdesk.ui.widgets.boxes import STRETCH, Frame, hbox, vbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind, Chip
from wxdesk.ui.widgets.fields.choice import ChoiceField
from wxdesk.ui.widgets.labels import PlainLabel, small_label

ALL, HEALTH, QUARANTINE = range(3)
"""Chips of what the page shows."""


class TrafficHeader(Frame):
    """Title, chips, filters, and a hint while the table does not follow.

    Signals:
        narrowed: kind, account, text or “problems only” changed.
    """

    narrowed = Signal()

    def __init__(self) -> None:
        super().__init__("header")
        self.chips = QButtonGroup(self)
        self.kind = ChoiceField(self, tr("Kind"), [(kind, tr(kind)) for kind in KINDS])
        self.account = ChoiceField(self, tr("Mini program"), [("", "")])
        self.problems = Chip(parent=self)
        self.search = QLineEdit(clearButtonEnabled=True, placeholderText=tr("Name, text or code"))
        self.search.setProperty("class", "search")
        self.search.setMaximumWidth(320)
        self.search.setAccessibleName(tr("Filter"))
        self._paused = small_label(tr("Not following"))
        self.to_newest = Button(kind=ButtonKind.LINK)
        self.read_again = Button(tr("Read again"), icon="retry")
        self.read_again.setToolTip(tr("Try again to read everything here, as a newer program may know how"))
        self._filters = QWidget()
        self._build()
        self.kind.currentIndexChanged.connect(self.narrowed)
        self.account.currentIndexChanged.connect(self.narrowed)
        self.problems.toggled.connect(self.narrowed)
        self.search.textChanged.connect(self.narrowed)
        self.show_problems(0)
        self.show_health(0)
        self.show_quarantine(0)
        self.show_unseen(0)
        self.show_tools(ALL)

    def _build(self) -> None:
        for number, text in enumerate((tr("Requests and calls"), "", "")):
            self.chips.addButton(Chip(text, exclusive=True), number)
        self.chips.button(ALL).setChecked(True)
        top, title = QWidget(), PlainLabel(tr("Traffic"), size=Size.TITLE, strong=True)
        hbox(
            title, 4, *self.chips.buttons(), STRETCH, self.read_again, self._paused, self.to_newest, within=top,
            spacing=8, margins=(16, 0, 16, 0),
        )  # fmt: skip
        hbox(
            self.kind, self.account, (self.search, 1), self.problems, STRETCH, within=self._filters, spacing=8,
            margins=(16, 0, 16, 10),
        )  # fmt: skip
        top.setFixedHeight(Measure.HEADER)
        vbox(top, self._filters, within=self, spacing=0)

    def offer_accounts(self, names: Sequence[str]) -> None:
        """Offer these accounts, where there are several; the chosen one stays."""
        chosen = self.account.value
        with QSignalBlocker(self.account):
            self.account.offer([("", tr("All mini programs")), *((name, account_title(name)) for name in names)])
            self.account.show_value(chosen)
        self.account.setVisible(len(names) > 1)
        self.narrowed.emit()

    def show_tools(self, chip: int) -> None:
        """Show what belongs to the chosen chip."""
        self.read_again.setVisible(chip == QUARANTINE)
        self._filters.setVisible(chip != HEALTH)
        self.kind.setVisible(chip == ALL)
        self.problems.setVisible(chip == ALL)

    def show_problems(self, count: int) -> None:
        """Show the number of problems."""
        self.problems.setText(tr("Problems {n}", n=count) if count else tr("Problems"))

    def show_health(self, troubles: int) -> None:
        """Show how many parts of the desk are not well."""
        self.chips.button(HEALTH).setText(tr("Health {n}", n=troubles) if troubles else tr("Health"))

    def show_quarantine(self, count: int) -> None:
        """Show the number of pushes in quarantine; hide the chip where there are none."""
        chip = self.chips.button(QUARANTINE)
        chip.setText(tr("Quarantine {n}", n=count))
        chip.setVisible(count > 0 or chip.isChecked())

    def show_unseen(self, unseen: int) -> None:
        """Show that the table does not follow, and offer the way back."""
        self._paused.setVisible(unseen > 0)
        self.to_newest.setVisible(unseen > 0)
        self.to_newest.setText(tr("{n} newer", n=unseen))
