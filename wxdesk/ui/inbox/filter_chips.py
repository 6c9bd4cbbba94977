"""The chips above the list. One may be chosen; pressed again, all open conversations are shown."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from wxdesk.core.inbox import InboxCounts, InboxFilter
from wxdesk.i18n import tr
from wxdesk.ui.inbox.part_button import PARTS, part_word
from wxdesk.ui.widgets.buttons import Chip
from wxdesk.ui.widgets.flow import FlowLayout


class FilterChips(QWidget):
    """Longest waiting, needs a human, unsent, unread; those that ask for work with their figures.

    `part` stands beside them while what is set aside is shown; it leads back.

    Signals:
        chosen: the `InboxFilter` that is to be shown.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chips: dict[InboxFilter, Chip] = {}
        row = FlowLayout(self, gap=6, line_gap=6)
        for chosen in (InboxFilter.WAITING, InboxFilter.NEEDS_HUMAN, InboxFilter.PENDING, InboxFilter.UNREAD):
            chip = Chip()
            chip.clicked.connect(self._clicked)
            row.addWidget(chip)
            self._chips[chosen] = chip
        self.part = Chip()
        self.part.setToolTip(tr("Back to what is open"))
        self.part.clicked.connect(self._left)
        self.part.hide()
        row.addWidget(self.part)
        self.show_counts(InboxCounts())
        for chosen, words in self._meanings().items():
            self._chips[chosen].setToolTip(words)

    def _meanings(self) -> dict[InboxFilter, str]:
        return {
            InboxFilter.WAITING: tr("Nobody answered yet; the longest wait first"),
            InboxFilter.NEEDS_HUMAN: tr("Left to you, failed, or perhaps not delivered"),
            InboxFilter.PENDING: tr("Automatic replies that have not left: held for their time or for you, and drafts"),
            InboxFilter.UNREAD: tr("Something you have not seen"),
        }

    def chip(self, chosen: InboxFilter) -> Chip:
        """The chip of a filter."""
        return self._chips[chosen]

    def choose(self, chosen: InboxFilter) -> None:
        """Choose a filter as a press would."""
        for one, chip in self._chips.items():
            chip.setChecked(one is chosen)
        aside = chosen in PARTS and chosen is not InboxFilter.ALL
        self.part.setText(f"{part_word(chosen)} ✕")
        self.part.setAccessibleName(part_word(chosen))
        self.part.setChecked(aside)
        self.part.setVisible(aside)
        self.part.updateGeometry()
        self.chosen.emit(chosen)

    def show_counts(self, counts: InboxCounts) -> None:
        """Show the figures of this moment."""
        figures = {InboxFilter.NEEDS_HUMAN: counts.needs_human, InboxFilter.PENDING: counts.pending}
        words = {
            InboxFilter.WAITING: tr("Waiting"),
            InboxFilter.NEEDS_HUMAN: tr("For you"),
            InboxFilter.PENDING: tr("Unsent"),
            InboxFilter.UNREAD: tr("Unread"),
        }
        for chosen, chip in self._chips.items():
            figure = figures.get(chosen, 0)
            text = f"{words[chosen]} {figure}" if figure else words[chosen]
            if chip.text() != text:
                chip.setText(text)
                chip.updateGeometry()

    def _left(self) -> None:
        self.choose(InboxFilter.ALL)

    def _clicked(self) -> None:
        pressed = self.sender()
        chosen = next((one for one, chip in self._chips.items() if chip is pressed and chip.isChecked()), None)
        self.choose(chosen or InboxFilter.ALL)
