"""Sets cards in lines that fill the width, and breaks a line evenly where its cards would become too narrow."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

GAP = 12


@dataclass(frozen=True, slots=True)
class Place:
    """A card, its share of what a line has to spare, and the width below which the line breaks."""

    card: QWidget
    weight: int
    least: int


class Board(QWidget):
    """Lines of cards from top to bottom; as high as they need, so that a scroll area can hold it."""

    def __init__(self, margin: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._margin = margin
        self._lines: list[list[Place]] = []

    def add_line(self, *places: Place) -> None:
        """Put a line of cards below the others."""
        for place in places:
            place.card.setParent(self)
        self._lines.append(list(places))

    def arrange(self) -> None:
        """Set the cards for the present width; called again when a card wants another height."""
        y, width = 0, self.width() - 2 * self._margin
        for line in self._lines:
            for part in broken(line, width):
                widths = widths_in(part, width)
                height = max(_height(place.card, wide) for place, wide in zip(part, widths, strict=True))
                x = self._margin
                for place, wide in zip(part, widths, strict=True):
                    place.card.setGeometry(QRect(x, y, wide, height))
                    x += wide + GAP
                y += height + GAP
        self.setMinimumHeight(y - GAP + self._margin)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Set the cards anew."""
        super().resizeEvent(event)
        self.arrange()

    def showEvent(self, event: QShowEvent) -> None:
        """Set the cards once their fonts are known."""
        super().showEvent(event)
        self.arrange()


def broken(line: list[Place], width: int) -> list[list[Place]]:
    """The line in as few parts as fit, each with about the same number of cards."""
    for parts in range(1, len(line) + 1):
        size = -(-len(line) // parts)
        pieces = [line[at : at + size] for at in range(0, len(line), size)]
        if all(sum(place.least for place in piece) + GAP * (len(piece) - 1) <= width for piece in pieces):
            return pieces
    return [[place] for place in line]


def widths_in(line: list[Place], width: int) -> list[int]:
    """The widths of a line's cards, by their weights and together the whole width."""
    room = width - GAP * (len(line) - 1)
    whole = sum(place.weight for place in line)
    spare = room - sum(place.least for place in line)
    widths = [place.least + spare * place.weight // whole for place in line]
    widths[-1] += room - sum(widths)
    return widths


def _height(card: QWidget, width: int) -> int:
    layout = card.layout()
    if layout is not None and layout.hasHeightForWidth():
        return max(layout.totalHeightForWidth(width), card.minimumHeight())
    return card.sizeHint().height()
