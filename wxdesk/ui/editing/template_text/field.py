"""Growing text field for replies: coloured variables, marks on wrong lines."""

import re
from collections.abc import Collection

from PySide6.QtCore import QEvent, QMimeData, QSize, Signal
from PySide6.QtGui import (
    QColor,
    QResizeEvent,
    QSyntaxHighlighter,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QTextEdit, QWidget

from wxdesk.i18n import tr
from wxdesk.ui.look.theme import Size, Theme, font, strong_weight
from wxdesk.ui.widgets.fields.labelled import set_wrong

FEWEST_LINES = 3
MOST_LINES = 12

_PARAGRAPH, _UNBREAKABLE = "\u2029", "\u00a0"
_VARIABLE = re.compile(r"\{\{.*?(?:\}\}|$)")
_TAG = re.compile(r"\{%.*?(?:%\}|$)")


class TemplateEdit(QPlainTextEdit):
    """Plain-text field for Liquid. Tab moves the focus to the next field.

    Signals:
        edited: the operator changed the text.
    """

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("class", "well")
        self.setFont(font(Size.MESSAGE))
        self.setAccessibleName(tr("Text of the reply"))
        self.setPlaceholderText(tr("What the customer gets"))
        self.setTabChangesFocus(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._colors = _Highlighter(self.document())
        self._wrong_lines: list[int] = []
        self._told = ""
        self._showing = False
        self.textChanged.connect(self._changed)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)

    def set_text(self, text: str) -> None:
        """Show `text` without a signal."""
        self._showing = True
        self.setPlainText(text)
        self._showing = False
        self._told = self.text()
        self._fit()

    def text(self) -> str:
        """Return the text as written; Qt's `toPlainText` replaces no-break spaces."""
        return self.document().toRawText().replace(_PARAGRAPH, "\n")

    def insert(self, text: str) -> None:
        """Insert `text` at the cursor and focus the field."""
        self.insertPlainText(text)
        self.setFocus()

    def insertFromMimeData(self, source: QMimeData) -> None:  # noqa: N802 - Qt's name
        """Paste text with plain blanks for no-break spaces, which Liquid does not know."""
        self.insertPlainText(source.text().replace(_UNBREAKABLE, " "))

    def mark_lines(self, lines: Collection[int]) -> None:
        """Mark these lines, counted from 1, as wrong, and no others."""
        self._wrong_lines = sorted(set(lines))
        set_wrong(self, bool(self._wrong_lines))
        self._show_marks()

    def marked_lines(self) -> list[int]:
        """Return the marked lines."""
        return [mark.cursor.blockNumber() + 1 for mark in self.extraSelections()]

    def sizeHint(self) -> QSize:
        return QSize(320, self._wanted_height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Adapt the height: lines break elsewhere at another width."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and hasattr(self, "_colors"):
            self._colors.rehighlight()
            self._show_marks()

    def _changed(self) -> None:
        text = self.text()
        if text != self._told and not self._showing:  # a new colour is a change to Qt, not to us
            self._told = text
            self.edited.emit()

    def _fit(self) -> None:
        height = self._wanted_height()
        if height != self.height() or height != self.minimumHeight():
            self.setFixedHeight(height)
            self.updateGeometry()

    def _wanted_height(self) -> int:
        # The document of a plain text field measures its height in lines.
        lines = min(max(round(self.document().size().height()), FEWEST_LINES), MOST_LINES)
        return lines * self.fontMetrics().lineSpacing() + 2 * 12

    def _show_marks(self) -> None:
        blocks = [self.document().findBlockByNumber(line - 1) for line in self._wrong_lines]
        self.setExtraSelections([_marked(block) for block in blocks if block.isValid()])


def _marked(block: QTextBlock) -> QTextEdit.ExtraSelection:
    mark = QTextEdit.ExtraSelection()
    mark.cursor = QTextCursor(block)
    mark.format.setBackground(Theme.current().color("failed_tint"))
    mark.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
    return mark


class _Highlighter(QSyntaxHighlighter):
    """Highlighter: variables bold in the accent colour, tags in a quieter one."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)

    def highlightBlock(self, text: str) -> None:  # noqa: N802 - Qt's name
        theme = Theme.current()
        for pattern, ink, bold in ((_TAG, theme.color("secondary"), False), (_VARIABLE, theme.color("accent"), True)):
            for found in pattern.finditer(text):
                self.setFormat(found.start(), found.end() - found.start(), _format(ink, bold))


def _format(ink: QColor, bold: bool) -> QTextCharFormat:
    style = QTextCharFormat()
    style.setForeground(ink)
    if bold:
        style.setFontWeight(strong_weight())
    return style
