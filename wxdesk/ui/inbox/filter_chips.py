"""The chips above the list. One may be chosen; pressed again, all conversations are shown."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from wxdesk.core.inbox import InboxCounts, InboxFilter
from wxdesk.i18n import tr
from wxdesk.ui.widgets.buttons import Chip


class FilterChips(QWidget):
    """Longest waiting, needs a human, pending, unread, with their figures.

    Signals:
        chosen: the `InboxFilter` that is to be shown.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chips: dict[InboxFilter, Chip] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for chosen in (InboxFilter.WAITING, InboxFilter.NEEDS_HUMAN, InboxFilter.PENDING, InboxFilter.UNREAD):
            chip = Chip()
            chip.clicked.connect(self._clicked)
            row.addWidget(chip)
            self._chips[chosen] = chip
        row.addStretch(1)
        self.show_counts(InboxCounts())

    def chip(self, chosen: InboxFilter) -> Chip:
        """The chip of a filter."""
        return self._chips[chosen]

    def choose(self, chosen: InboxFilter) -> None:
        """Choose a filter as a press would."""
        for one, chip in self._chips.items():
            chip.setChecked(one is chosen)
        self.chosen.emit(chosen)

    def show_counts(self, counts: InboxCounts) -> None:
        """Show the figures of this moment."""
        figures = {InboxFilter.NEEDS_HUMAN: counts.needs_human, InboxFilter.PENDING: counts.pending}
        words = {
            InboxFilter.WAITING: tr("Longest wait"),
            InboxFilter.NEEDS_HUMAN: tr("Needs you"),
            InboxFilter.PENDING: tr("Pending"),
            InboxFilter.UNREAD: tr("Unread"),
        }
        for chosen, chip in self._chips.items():
            figure = figures.get(chosen, 0)
            text = f"{words[chosen]} {figure}" if figure else words[chosen]
            if chip.text() != text:
                chip.setText(text)
                chip.updateGeometry()

    def _clicked(self) -> None:
        pressed = self.sender()
        chosen = next((one for one, chip in self._chips.items() if chip is pressed and chip.isChecked()), None)
        self.choose(chosen or InboxFilter.ALL)
