"""List of the rules' verdicts on the tried sentence, and a row for the unasked."""

import re
from bisect import bisect_right
from collections.abc import Sequence

from msgspec import Struct
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QListView, QStyleOptionViewItem, QWidget

from wxdesk.core.model.decision import RuleVerdict
from wxdesk.i18n import ntr, tr
from wxdesk.ui.look.theme import Size, color_of, font, sentence_font
from wxdesk.ui.rules.text import verdict_lines, verdict_text
from wxdesk.ui.widgets.painting import paint_icon, paint_text
from wxdesk.ui.widgets.row_list import RECORD, Index, RowDelegate, RowList, RowModel

NAME_ROW = 31
LINE = 19
REST_ROW = 32
HIGHEST = 252
MARK = 12
LEFT, RIGHT, BESIDE_MARK = 30, 10, MARK + 5

MOST_LINES = 4
"""Most lines of one condition; the tooltip has all of it."""

_LONG_WORD = re.compile("[^\\s\u2e80-\uffef]{24,}")
"""Words that need cutting to fit a line: an address or a pattern, no Chinese."""


class VerdictLines(Struct, frozen=True):
    """Texts of a row; `matched` is None for the rules that were not asked.

    lines: each tested condition, if it held, and what was found; else the rule's reason.
    """

    words: str
    matched: bool | None = None
    lines: Sequence[tuple[bool, str]] = ()


class VerdictModel(RowModel[RuleVerdict | int]):
    """Model of the verdicts in order, and of the number of rules not asked."""

    def matched_row(self) -> int:
        """Return the row of the last rule that matched, or -1."""
        spoke = (
            at for at, row in enumerate(self._rows) if isinstance(row, RuleVerdict) and row.matched and not row.shadow
        )
        return max(spoke, default=-1)

    def _shown(self, row: RuleVerdict | int) -> VerdictLines:
        if not isinstance(row, RuleVerdict):
            return VerdictLines(self._title(row))
        said = verdict_lines(row)
        if row.shadow:
            return VerdictLines(row.rule_name, matched=False, lines=[(True, tr("looks on only")), *said])
        return VerdictLines(row.rule_name, row.matched, said or [(row.matched, verdict_text(row))])

    def _title(self, row: RuleVerdict | int) -> str:
        if isinstance(row, RuleVerdict):
            return row.rule_name
        return ntr("{n} rule below was not asked any more", "{n} rules below were not asked any more", row)

    def _tip(self, row: RuleVerdict | int) -> str:
        return verdict_text(row) if isinstance(row, RuleVerdict) else ""

    def _accessible_text(self, row: RuleVerdict | int) -> str:
        if not isinstance(row, RuleVerdict):
            return self._title(row)
        said = tr("matches") if row.matched else tr("does not match")
        return f"{row.rule_name}: {said}; {verdict_text(row)}"


class VerdictDelegate(RowDelegate[VerdictLines]):
    """Delegate for a mark and the rule's name, and each condition with its own mark."""

    def __init__(self, view: QListView) -> None:
        super().__init__()
        self._view = view
        self._words = QFontMetrics(sentence_font(Size.SMALL))

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        lines = index.data(RECORD).lines
        room = self._view.viewport().width() - LEFT - RIGHT - BESIDE_MARK
        height = NAME_ROW + sum(self._height(words, room) for _, words in lines) if lines else REST_ROW
        return QSize(120, height)

    def _height(self, words: str, room: int) -> int:
        """Return the height of a condition; the usual single line is not measured."""
        if len(words) * self._words.height() <= room:
            return LINE
        return LINE * min(self._lines(words, room), MOST_LINES)

    def _lines(self, words: str, room: int) -> int:
        needed = self._words.boundingRect(QRect(0, 0, max(room, 1), 0), _wrapped(words), _line(words)).height()
        return max(round(needed / self._words.lineSpacing()), 1)

    def shown(self, words: str, room: int) -> str:
        """Return a condition's text cut to the visible lines, ending with “…” if cut."""
        if len(words) * self._words.height() <= room or self._lines(words, room) <= MOST_LINES:
            return words
        fits = bisect_right(range(1, len(words)), MOST_LINES, key=lambda end: self._lines(_cut(words, end), room))
        return _cut(words, fits)

    def _paint_row(self, painter: QPainter, option: QStyleOptionViewItem, index: Index, row: VerdictLines) -> None:
        rect: QRect = option.rect
        matched, asked = bool(row.matched), row.matched is not None
        if matched:
            painter.fillRect(rect, color_of("selection"))
        if index.row() > 0:
            painter.setPen(QPen(color_of("line"), 1))
            painter.drawLine(rect.topLeft(), rect.topRight())
        name = QRect(rect.left() + LEFT, rect.top() + 6, rect.width() - LEFT - RIGHT, LINE)
        if not asked:
            name.moveTop(rect.top() + (rect.height() - name.height()) // 2)
        icon, role = "check" if matched else "dash" if asked else "dot", "accent" if matched else "faint"
        paint_icon(painter, QPoint(rect.left() + 9, name.top() + 3), icon, role, 14)
        face = font(Size.BODY if asked else Size.SMALL, strong=matched)
        paint_text(painter, name, row.words, face, color_of("text" if asked else "secondary"))
        painter.setFont(sentence_font(Size.SMALL))
        painter.setPen(color_of("secondary"))
        line = name
        for held, words in row.lines:
            line = line.translated(0, line.height())
            line.setHeight(self._height(words, line.width() - BESIDE_MARK))
            mark, at = ("check", "accent") if held else ("cross", "failed"), line.top() + (LINE - MARK) // 2
            paint_icon(painter, QPoint(line.left(), at), *mark, MARK)
            beside = line.adjusted(BESIDE_MARK, (LINE - self._words.height()) // 2, 0, 0)
            painter.drawText(beside, _wrapped(words), _line(self.shown(words, beside.width())))


class VerdictList(RowList):
    """List as high as its rows, up to a limit, scrolled to the rule that matched."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self.verdicts = VerdictModel()
        delegate = VerdictDelegate(self)
        super().__init__(self.verdicts, delegate, tr("What each rule said"), parent, uniform=False)
        self.verdicts.setParent(self)
        self.setProperty("class", "card")
        self.setSelectionMode(QListView.SelectionMode.NoSelection)
        self.setResizeMode(QListView.ResizeMode.Adjust)

    def show_verdicts(self, verdicts: Sequence[RuleVerdict], left: int) -> None:
        """Show these verdicts and the number of rules that were not asked."""
        self.verdicts.replace_rows([*verdicts, left] if left else verdicts)
        self._fit()
        self.setVisible(self.verdicts.rowCount() > 0)
        row = self.verdicts.matched_row()
        if row >= 0:
            self.scrollTo(self.verdicts.index(row))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Adapt the height: a narrower list has more lines."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def _fit(self) -> None:
        height = self._height()
        # Shown while the rows are laid out, the bar would leave them as high as they were beside none.
        policy = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(policy.ScrollBarAlwaysOn if height == HIGHEST else policy.ScrollBarAlwaysOff)
        self.setFixedHeight(height + 2)

    def _height(self) -> int:
        """Return the rows' height up to the limit; there may be ten thousand of them."""
        height = 0
        for row in range(self.verdicts.rowCount()):
            height += self.sizeHintForRow(row)
            if height >= HIGHEST:
                return HIGHEST
        return height


def _cut(text: str, end: int) -> str:
    return text[:end].rstrip() + "…"


def _wrapped(text: str) -> Qt.TextFlag:
    return Qt.TextFlag.TextWrapAnywhere if _LONG_WORD.search(text) else Qt.TextFlag.TextWordWrap


def _line(text: str) -> str:
    return text.replace("\n", " ")
