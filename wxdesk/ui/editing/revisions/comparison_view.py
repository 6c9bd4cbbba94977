"""Read-only view of a comparison, and the legend of its signs and colours."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent
from PySide6.QtGui import QTextBlockFormat, QTextCharFormat, QTextCursor, QTextOption
from PySide6.QtWidgets import QTextEdit, QWidget

from wxdesk.i18n import tr
from wxdesk.ui.editing.revisions.comparison import ComparedLine, ComparedSection, LineChange, Revision
from wxdesk.ui.look.theme import Size, color_of, font, sentence_font
from wxdesk.ui.widgets.flow_layout import FlowLayout
from wxdesk.ui.widgets.labels import SELECTABLE, small_label

SIGN = 20
"""Pixels for the sign before a line."""

INNER = 16
"""Indentation, in pixels, of a line that belongs to the one above it."""

LINE_HEIGHT = 110
"""Line height in per cent of the font's."""

_GROUNDS = {LineChange.GONE: "failed_tint", LineChange.ADDED: "accent_tint"}
_INKS = {LineChange.GONE: "failed", LineChange.ADDED: "accent"}


class ComparisonView(QTextEdit):
    """Selectable text of compared sections; what people wrote stays plain text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, readOnly=True, acceptRichText=False, tabChangesFocus=True)
        self.setProperty("class", "well")
        self.setTextInteractionFlags(SELECTABLE)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setAccessibleName(tr("What this revision says"))
        self.document().setDocumentMargin(4)
        self._sections: tuple[ComparedSection, ...] = ()

    def show_sections(self, sections: Sequence[ComparedSection]) -> None:
        """Show these, scrolled to the first section that differs."""
        self._sections = tuple(sections)
        self._write()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and self._sections:
            self._write()

    def _write(self) -> None:
        self.clear()
        cursor = self.textCursor()
        first: int | None = None
        for number, section in enumerate(self._sections):
            begin = cursor.position()
            _write_title(cursor, section.title, first=number == 0)
            for line in section.lines:
                _write_line(cursor, line)
            if first is None and section.changed:
                first = begin
        self._scroll_to(first or 0)

    def _scroll_to(self, position: int) -> None:
        cursor = self.textCursor()
        cursor.movePosition(QTextCursor.MoveOperation.End)
        self.setTextCursor(cursor)  # from below, so that what follows it is in sight as well
        cursor.setPosition(position)
        self.setTextCursor(cursor)
        if position == 0:
            self.verticalScrollBar().setValue(0)


def _write_title(cursor: QTextCursor, title: str, *, first: bool) -> None:
    block = QTextBlockFormat()
    block.setTopMargin(0 if first else 12)
    block.setBottomMargin(4)
    letters = QTextCharFormat()
    letters.setFont(sentence_font(Size.SMALL, strong=True))
    letters.setForeground(color_of("secondary"))
    _begin(cursor, block, first=first)
    cursor.insertText(title, letters)


def _write_line(cursor: QTextCursor, line: ComparedLine) -> None:
    indent = SIGN + (INNER if line.inner else 0)
    block = QTextBlockFormat()
    block.setLeftMargin(indent)
    block.setTextIndent(-indent)
    block.setTabPositions([QTextOption.Tab(indent, QTextOption.TabType.LeftTab)])
    block.setLineHeight(LINE_HEIGHT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
    face = font if line.inner else sentence_font  # what stands in was written by people
    plain = QTextCharFormat()
    plain.setFont(face(Size.BODY))
    plain.setForeground(color_of("secondary" if line.change is LineChange.SAME and line.inner else "text"))
    if line.change is not LineChange.SAME:
        block.setBackground(color_of(_GROUNDS[line.change]))
        plain.setForeground(color_of("text"))
    strong = QTextCharFormat(plain)
    strong.setFont(face(Size.BODY, strong=True))
    strong.setForeground(color_of(_INKS.get(line.change, "text")))
    _begin(cursor, block, first=False)
    cursor.insertText(f"{line.change.value}\t", strong)
    at = 0
    for begin, end in (*line.marks, (len(line.text), len(line.text))):
        cursor.insertText(line.text[at:begin], plain)
        cursor.insertText(line.text[begin:end], strong)
        at = end


def _begin(cursor: QTextCursor, block: QTextBlockFormat, *, first: bool) -> None:
    if first:
        cursor.setBlockFormat(block)
    else:
        cursor.insertBlock(block)


class ComparisonLegend(QWidget):
    """Labels of both revisions, `gone` and `added`, or `standing` if none differs."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.gone = small_label(role="failed", parent=self)
        self.added = small_label(role="accent", parent=self)
        self.standing = small_label(parent=self)
        FlowLayout(self, self.gone, self.added, self.standing, gap=16)

    def name_revisions(self, older: Revision, newer: Revision, *, in_use: bool) -> None:
        """Name both revisions; `in_use`: the newer one is the present one."""
        added = tr("+ only in revision {n}, in use now", n=newer.number)
        if not in_use:
            added = tr("+ only in revision {n}", n=newer.number)
        self.show_text("", tr("− only in revision {n}", n=older.number), added)

    def show_text(self, standing: str, gone: str = "", added: str = "") -> None:
        """Show a sentence about a text without marks, or the names of both revisions."""
        for label, text in ((self.gone, gone), (self.added, added), (self.standing, standing)):
            label.show_if_any(text)
