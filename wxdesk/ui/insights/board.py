"""Layout of cards in rows that fill the width and break evenly."""

from msgspec import Struct
from PySide6.QtCore import QRect
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

GAP = 12


class CardPlace(Struct, frozen=True):
    """A card, its share of a row's spare width, and its least width."""

    card: QWidget
    weight: int
    least: int


class Board(QWidget):
    """Rows of cards, as high as they need, so that a scroll area can hold them."""

    def __init__(self, margin: int) -> None:
        super().__init__()
        self._margin = margin
        self._lines: list[list[CardPlace]] = []

    def add_line(self, *places: CardPlace) -> None:
        """Add a row of cards at the bottom."""
        for place in places:
            place.card.setParent(self)
        self._lines.append(list(places))

    def arrange(self) -> None:
        """Place the cards for the present width and heights."""
        y, width = 0, self.width() - 2 * self._margin
        for line in self._lines:
            for part in split_line(line, width):
                widths = card_widths(part, width)
                height = max(_height(place.card, wide) for place, wide in zip(part, widths, strict=True))
                x = self._margin
                for place, wide in zip(part, widths, strict=True):
                    place.card.setGeometry(QRect(x, y, wide, height))
                    x += wide + GAP
                y += height + GAP
        self.setMinimumHeight(y - GAP + self._margin)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.arrange()

    def showEvent(self, event: QShowEvent) -> None:
        """Place the cards once their fonts are known."""
        super().showEvent(event)
        self.arrange()


def split_line(line: list[CardPlace], width: int) -> list[list[CardPlace]]:
    """Split a row into as few parts as fit, of about the same number of cards."""
    for parts in range(1, len(line) + 1):
        size = -(-len(line) // parts)
        pieces = [line[at : at + size] for at in range(0, len(line), size)]
        if all(sum(place.least for place in piece) + GAP * (len(piece) - 1) <= width for piece in pieces):
            return pieces
    return [[place] for place in line]


def card_widths(line: list[CardPlace], width: int) -> list[int]:
    """Compute the widths of a row's cards by their weights; together the whole width."""
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
