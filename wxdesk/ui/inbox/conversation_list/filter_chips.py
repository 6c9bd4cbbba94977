"""Filter chips above the list; pressing the chosen one again shows all open ones."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from wxdesk.core.conversations.listing import InboxCounts, InboxFilter
from wxdesk.i18n import tr
from wxdesk.ui.inbox.conversation_list.scope_button import SCOPES, scope_name
from wxdesk.ui.widgets.boxes import hbox, vbox
from wxdesk.ui.widgets.buttons import Chip
from wxdesk.ui.wording.figures import Figure, figure_texts

MOST = 99
"""Highest count shown on a chip; tooltip and accessible name have the true one."""

_GAP, _SNUG_GAP = 6, 4


class FilterChips(QWidget):
    """Chips for waiting, needs a human, unsent, failed and unread, on one line.

    Needs a human, unsent and failed show counts, and failed itself only while something has. While resolved or
    snoozed conversations are shown, the chip `part` replaces them and leads back. In a team, mine and nobody's stand
    below.

    Signals:
        chosen: the `InboxFilter` that is to be shown.
    """

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._chips: dict[InboxFilter, Chip] = {}
        self._any_failed = False
        self.in_team = False
        self._row = row = hbox(spacing=_GAP)
        below = hbox(spacing=_GAP)
        for chosen in _FIGURES:
            chip = Chip()
            chip.clicked.connect(self._clicked)
            (below if chosen in _BELOW else row).addWidget(chip)
            self._chips[chosen] = chip
        self.part = Chip()
        self.part.setToolTip(tr("Back to what is open"))
        self.part.clicked.connect(self._left)
        self.part.hide()
        row.addWidget(self.part)
        row.addStretch(1)
        below.addStretch(1)
        vbox(row, below, within=self, spacing=_GAP)
        self.show_counts(InboxCounts())

    def chip(self, chosen: InboxFilter) -> Chip:
        """The chip of a filter."""
        return self._chips[chosen]

    def choose(self, chosen: InboxFilter) -> None:
        """Choose a filter as pressing its chip would."""
        for one, chip in self._chips.items():
            chip.setChecked(one is chosen)
        aside = chosen in SCOPES and chosen is not InboxFilter.ALL
        self.part.setText(f"{scope_name(chosen)} ✕")
        self.part.setAccessibleName(scope_name(chosen))
        self.part.setChecked(aside)
        self.part.setVisible(aside)
        self._show_chips()
        self.chosen.emit(chosen)

    def show_counts(self, counts: InboxCounts) -> None:
        """Show these counts."""
        figures = {
            InboxFilter.NEEDS_HUMAN: counts.needs_human,
            InboxFilter.PENDING: counts.pending,
            InboxFilter.FAILED: counts.failed,
            InboxFilter.MINE: counts.mine,
            InboxFilter.NOBODYS: counts.nobodys,
        }
        texts = figure_texts()
        for chosen, chip in self._chips.items():
            (name, meaning), figure = texts[_FIGURES[chosen]], figures.get(chosen, 0)
            shown = f"{MOST}+" if figure > MOST else str(figure)
            chip.setText(f"{name} {shown}" if figure else name)
            chip.setAccessibleName(f"{name} {figure}" if figure else name)
            chip.setToolTip(f"{figure}: {meaning}" if figure > MOST else meaning)
        self._any_failed = counts.failed > 0
        self._show_chips()

    def _show_chips(self) -> None:
        for chosen, chip in self._chips.items():
            needed = chosen is not InboxFilter.FAILED or self._any_failed or chip.isChecked()
            needed = needed and (self.in_team or chosen not in _BELOW)
            chip.setVisible(needed and self.part.isHidden())
        self._make_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_chips()

    def _make_room(self) -> None:
        chips = [chip for chosen, chip in self._chips.items() if chosen not in _BELOW and not chip.isHidden()]
        snug = _width(chips, snug=False) > self.width()
        pending = self._chips[InboxFilter.PENDING]
        if _width(chips, snug=True) > self.width() and pending in chips and not pending.isChecked():
            pending.hide()  # the strip below tells what is held
            chips.remove(pending)
        self._row.setSpacing(_SNUG_GAP if snug else _GAP)
        for chip in chips:
            chip.set_snug(snug)

    def _left(self) -> None:
        self.choose(InboxFilter.ALL)

    def _clicked(self) -> None:
        pressed = self.sender()
        chosen = next((one for one, chip in self._chips.items() if chip is pressed and chip.isChecked()), None)
        self.choose(chosen or InboxFilter.ALL)


def _width(chips: Sequence[Chip], *, snug: bool) -> int:
    gaps = (_SNUG_GAP if snug else _GAP) * (len(chips) - 1)
    return sum(chip.width_for(snug=snug) for chip in chips) + gaps


_FIGURES = {
    InboxFilter.WAITING: Figure.WAITING,
    InboxFilter.NEEDS_HUMAN: Figure.NEEDS_HUMAN,
    InboxFilter.PENDING: Figure.PENDING,
    InboxFilter.FAILED: Figure.FAILED,
    InboxFilter.UNREAD: Figure.UNREAD,
    InboxFilter.MINE: Figure.MINE,
    InboxFilter.NOBODYS: Figure.NOBODYS,
}
"""Figure of each chip, in their order."""

_BELOW = frozenset({InboxFilter.MINE, InboxFilter.NOBODYS})
