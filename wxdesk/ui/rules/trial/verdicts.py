"""List of the rules' verdicts on the tried sentence, and a row for the unasked."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from enum import IntEnum

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QListView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from wxdesk.core.model.rule import RuleVerdict
from wxdesk.i18n import ntr, tr
from wxdesk.ui.look.icons import pixmap
from wxdesk.ui.look.theme import Size, Theme, font, sentence_font
from wxdesk.ui.rules.text import verdict_lines, verdict_text
from wxdesk.ui.widgets.labels import plain_tip
from wxdesk.ui.widgets.painting import paint_text
from wxdesk.ui.widgets.row_list import Index

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


class Role(IntEnum):
    """Data of a row besides the rule's name."""

    MATCHED = Qt.ItemDataRole.UserRole + 1
    REASON = Qt.ItemDataRole.UserRole + 2
    LINES = Qt.ItemDataRole.UserRole + 3
    """Each tested condition: if it held, and what was found; else the rule's reason."""


class VerdictModel(QAbstractListModel):
    """Model of the verdicts, in the order of evaluation."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._verdicts: tuple[RuleVerdict, ...] = ()
        self._left = 0

    def show(self, verdicts: Sequence[RuleVerdict], left: int) -> None:
        """Show these verdicts and the number of rules that were not asked."""
        self.beginResetModel()
        self._verdicts = tuple(verdicts)
        self._left = left
        self.endResetModel()

    def matched_row(self) -> int:
        """Return the row of the last rule that matched, or -1."""
        spoke = (row for row, verdict in enumerate(self._verdicts) if verdict.matched and not verdict.shadow)
        return max(spoke, default=-1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's default
        """Return a row for each verdict, and one for the rest."""
        return 0 if parent.isValid() else len(self._verdicts) + bool(self._left)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        if index.row() >= len(self._verdicts):
            return self._rest() if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole) else None
        return _fact(self._verdicts[index.row()], role)

    def _rest(self) -> str:
        return ntr("{n} rule below was not asked any more", "{n} rules below were not asked any more", self._left)


def _fact(verdict: RuleVerdict, role: int) -> object:
    match role:
        case Qt.ItemDataRole.DisplayRole:
            return verdict.rule_name
        case Role.MATCHED:
            return verdict.matched and not verdict.shadow
        case Role.REASON:
            return verdict_text(verdict)
        case Role.LINES:
            return _lines(verdict)
        case Qt.ItemDataRole.ToolTipRole:
            return plain_tip(verdict_text(verdict))
        case Qt.ItemDataRole.AccessibleTextRole:
            said = tr("matches") if verdict.matched else tr("does not match")
            return f"{verdict.rule_name}: {said}; {verdict_text(verdict)}"
    return None


def _lines(verdict: RuleVerdict) -> list[tuple[bool, str]]:
    said = verdict_lines(verdict)
    if verdict.shadow:
        return [(True, tr("looks on only")), *said]
    return said or [(verdict.matched, verdict_text(verdict))]


class VerdictDelegate(QStyledItemDelegate):
    """Delegate for a mark and the rule's name, and each condition with its own mark."""

    def __init__(self, view: QListView) -> None:
        super().__init__(view)
        self._view = view
        self._words = QFontMetrics(sentence_font(Size.SMALL))

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        lines = index.data(Role.LINES)
        if lines is None:
            return QSize(120, REST_ROW)
        room = self._view.viewport().width() - LEFT - RIGHT - BESIDE_MARK
        return QSize(120, NAME_ROW + sum(self._height(words, room) for _, words in lines))

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

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme = Theme.current()
        rect: QRect = option.rect
        matched = index.data(Role.MATCHED)
        painter.save()
        if matched:
            painter.fillRect(rect, theme.color("selection"))
        if index.row() > 0:
            painter.setPen(QPen(theme.color("line"), 1))
            painter.drawLine(rect.topLeft(), rect.topRight())
        icon = pixmap(
            "check" if matched else "dash" if matched is False else "dot", "accent" if matched else "faint", 14
        )
        name = QRect(rect.left() + LEFT, rect.top() + 6, rect.width() - LEFT - RIGHT, LINE)
        if matched is None:
            name.moveTop(rect.top() + (rect.height() - name.height()) // 2)
        painter.drawPixmap(rect.left() + 9, name.top() + 3, icon)
        face = font(Size.SMALL if matched is None else Size.BODY, strong=bool(matched))
        said = str(index.data(Qt.ItemDataRole.DisplayRole))
        paint_text(painter, name, said, face, theme.color("secondary" if matched is None else "text"))
        painter.setFont(sentence_font(Size.SMALL))
        painter.setPen(theme.color("secondary"))
        line = name
        for held, words in index.data(Role.LINES) or ():
            line = line.translated(0, line.height())
            line.setHeight(self._height(words, line.width() - BESIDE_MARK))
            mark = pixmap("check" if held else "cross", "accent" if held else "failed", MARK)
            painter.drawPixmap(line.left(), line.top() + (LINE - MARK) // 2, mark)
            beside = line.adjusted(BESIDE_MARK, (LINE - self._words.height()) // 2, 0, 0)
            shown = self.shown(words, beside.width())
            painter.drawText(beside, _wrapped(words), _line(shown))
        painter.restore()


class VerdictList(QListView):
    """List as high as its rows, up to a limit, scrolled to the rule that matched."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.verdicts = VerdictModel(self)
        self.setModel(self.verdicts)
        self.setItemDelegate(VerdictDelegate(self))
        self.setProperty("class", "card")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QListView.SelectionMode.NoSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setAccessibleName(tr("What each rule said"))

    def show_verdicts(self, verdicts: Sequence[RuleVerdict], left: int) -> None:
        """Show these verdicts and the number of rules that were not asked."""
        self.verdicts.show(verdicts, left)
        self.setFixedHeight(self._height() + 2)
        self.setVisible(self.verdicts.rowCount() > 0)
        row = self.verdicts.matched_row()
        if row >= 0:
            self.scrollTo(self.verdicts.index(row))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Adapt the height: a narrower list has more lines."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.setFixedHeight(self._height() + 2)

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
