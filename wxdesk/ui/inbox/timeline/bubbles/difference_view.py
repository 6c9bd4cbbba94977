"""Widget that shows an edit as one text, with removed and added parts marked."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QPainter, QPaintEvent, QTextCharFormat, QTextLayout, QTextOption
from PySide6.QtWidgets import QSizePolicy, QWidget

from wxdesk.i18n import tr
from wxdesk.ui.editing.revisions.comparison import LineChange
from wxdesk.ui.inbox.timeline.bubbles.difference import DiffPiece
from wxdesk.ui.look.theme import Size, Theme, font
from wxdesk.ui.widgets.labels import positions_in


class DifferenceView(QWidget):
    """Shows pieces of a text; removed ones are struck through, added ones underlined."""

    def __init__(self, pieces: Sequence[DiffPiece]) -> None:
        super().__init__()
        self.pieces = tuple(pieces)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName(changes_in_text(self.pieces))

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return int(self._lay_out(width).boundingRect().height()) + 2

    def sizeHint(self) -> QSize:
        return QSize(120, self.heightForWidth(max(120, self.width())))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.fontMetrics().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(Theme.current().color("secondary"))
        self._lay_out(self.width()).draw(painter, QPointF(0, 0))
        painter.end()

    def _lay_out(self, width: int) -> QTextLayout:
        layout = QTextLayout("".join(piece.text for piece in self.pieces).replace("\n", "\u2028"), font(Size.SMALL))
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        layout.setFormats(_marks(self.pieces))
        layout.beginLayout()
        y = 0.0
        while (line := layout.createLine()).isValid():
            line.setLineWidth(max(1, width))
            line.setPosition(QPointF(0, y))
            y += line.height() + 2
        layout.endLayout()
        return layout


def changes_in_text(pieces: Sequence[DiffPiece]) -> str:
    """Return the changes as a sentence for screen readers."""
    said = {LineChange.GONE: "Removed “{words}”", LineChange.ADDED: "Added “{words}”"}
    return ", ".join(tr(said[piece.change], words=piece.text) for piece in pieces if piece.change in said)


def _marks(pieces: Sequence[DiffPiece]) -> list[QTextLayout.FormatRange]:
    marks, at = [], 0
    for piece in pieces:
        length = positions_in(piece.text)
        if piece.change is not LineChange.SAME:
            mark = QTextLayout.FormatRange()
            mark.start, mark.length, mark.format = at, length, _format(piece.change)
            marks.append(mark)
        at += length
    return marks


def _format(change: LineChange) -> QTextCharFormat:
    theme, look = Theme.current(), QTextCharFormat()
    gone = change is LineChange.GONE
    look.setForeground(theme.color("failed" if gone else "accent"))
    look.setBackground(theme.color("failed_tint" if gone else "accent_tint"))
    look.setFontStrikeOut(gone)
    look.setFontUnderline(not gone)
    return look
