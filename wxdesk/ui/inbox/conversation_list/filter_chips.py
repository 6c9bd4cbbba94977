"""Filter chips above the list; pressing the chosen one again shows all open ones."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from wxdesk.core.conversations.listing import InboxCounts, InboxFilter
from wxdesk.i18n import tr
from wxdesk.ui.inbox.conversation_list.scope_button import SCOPES, scope_name
from wxdesk.ui.widgets.buttons import Chip

MOST = 99
"""Highest count shown on a chip; tooltip and accessible name have the true one."""

_GAP, _SNUG_GAP = 6, 4


class FilterChips(QWidget):
    """Chips for waiting, needs a human, unsent and unread, on one line.

    Needs a human and unsent show counts. While resolved or snoozed conversations are shown, the chip `part`
    replaces them and leads back.

    Signals:
        chosen: the `InboxFilter` that is to be shown.
    """

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._chips: dict[InboxFilter, Chip] = {}
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for chosen in _texts():
            chip = Chip()
            chip.clicked.connect(self._clicked)
            row.addWidget(chip)
            self._chips[chosen] = chip
        self.part = Chip()
        self.part.setToolTip(tr("Back to what is open"))
        self.part.clicked.connect(self._left)
        self.part.hide()
        row.addWidget(self.part)
        row.addStretch(1)
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
        for chip in self._chips.values():
            chip.setVisible(not aside)
        self._make_room()
        self.chosen.emit(chosen)

    def show_counts(self, counts: InboxCounts) -> None:
        """Show these counts."""
        figures = {InboxFilter.NEEDS_HUMAN: counts.needs_human, InboxFilter.PENDING: counts.pending}
        for chosen, (name, meaning) in _texts().items():
            figure, chip = figures.get(chosen, 0), self._chips[chosen]
            shown = f"{MOST}+" if figure > MOST else str(figure)
            chip.setText(f"{name} {shown}" if figure else name)
            chip.setAccessibleName(f"{name} {figure}" if figure else name)
            chip.setToolTip(f"{figure}: {meaning}" if figure > MOST else meaning)
        self._make_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        chips = self._chips.values()
        roomy = sum(chip.width_for(snug=False) for chip in chips) + _GAP * (len(chips) - 1)
        snug = roomy > self.width()
        self._row.setSpacing(_SNUG_GAP if snug else _GAP)
        for chip in chips:
            chip.set_snug(snug)

    def _left(self) -> None:
        self.choose(InboxFilter.ALL)

    def _clicked(self) -> None:
        pressed = self.sender()
        chosen = next((one for one, chip in self._chips.items() if chip is pressed and chip.isChecked()), None)
        self.choose(chosen or InboxFilter.ALL)


def _texts() -> dict[InboxFilter, tuple[str, str]]:
    """Return the name and the tooltip of each chip, in their order."""
    pending = tr("Automatic replies that have not left: held for their time or for you, and drafts")
    return {
        InboxFilter.WAITING: (tr("Waiting"), tr("Nobody answered yet; the longest wait first")),
        InboxFilter.NEEDS_HUMAN: (tr("For you"), tr("Left to you, failed, or perhaps not delivered")),
        InboxFilter.PENDING: (tr("Unsent"), pending),
        InboxFilter.UNREAD: (tr("Unread"), tr("Something you have not seen")),
    }
