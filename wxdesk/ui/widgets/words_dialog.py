"""A long list of words as a text, one word a line: to be searched, pasted into and changed as a whole."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QTextBlock, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from wxdesk.i18n import ntr, tr
from wxdesk.ui.dialogs import Dialog
from wxdesk.ui.theme import Size
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.labels import PlainLabel
from wxdesk.ui.widgets.word_lists import split_words

WIDE, HIGH = 520, 560


class WordsDialog(Dialog):
    """Shows `words`, the cursor in the one at `at`. A line that nobody touched is the word it was, whatever is in it.

    Signals:
        agreed: the words as they stand now, each once.
    """

    agreed = Signal(object)

    def __init__(self, words: Sequence[str], what: str, parent: QWidget, at: int = 0) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Words"))
        self.setModal(True)
        self.resize(WIDE, HIGH)
        self._whole = {_line(word): word for word in words}
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(tr("Find a word, then Enter for the next"))
        self.search.setAccessibleName(tr("Find a word"))
        self.search.setClearButtonEnabled(True)
        self.text = QPlainTextEdit("\n".join(self._whole), self)
        self.text.setAccessibleName(tr("Words, one a line"))
        self.text.setTabChangesFocus(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.said = PlainLabel(size=Size.SMALL, role="secondary", parent=self)
        self.cancel = Button(tr("Cancel"), parent=self)
        self.take = Button(tr("Use these words"), kind=ButtonKind.PRIMARY, parent=self)
        for button in (self.cancel, self.take):
            button.setAutoDefault(False)  # Enter in the field finds
        self.cancel.clicked.connect(self.reject)
        self.take.clicked.connect(self._agree)
        self.search.textEdited.connect(self._find_first)
        self.search.returnPressed.connect(self._find_next)
        self.text.blockCountChanged.connect(self._say_how_many)
        self._lay_out(what)
        self._say_how_many(self.text.blockCount())
        self._go_to(self.text.document().findBlockByNumber(at), 0, 0)
        self.search.setFocus()

    def words(self) -> list[str]:
        """The words as they stand now, each once; new lines are split as whatever is pasted among chips."""
        found = []
        for line in self.text.toPlainText().split("\n"):
            found += [self._whole[line]] if line in self._whole else split_words(line)
        return list(dict.fromkeys(found))

    def _lay_out(self, what: str) -> None:
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.said, 1)
        foot.addWidget(self.cancel)
        foot.addWidget(self.take)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addWidget(PlainLabel(what, size=Size.TITLE, strong=True, wrap=True, parent=self))
        column.addWidget(self.search)
        column.addWidget(self.text, 1)
        column.addLayout(foot)

    def _agree(self) -> None:
        self.agreed.emit(self.words())
        self.accept()

    def _say_how_many(self, lines: int) -> None:
        self.said.setText(ntr("One word a line; {n} line", "One word a line; {n} lines", lines))

    def _find_first(self) -> None:
        self._look_from(self.text.document().firstBlock(), 0)

    def _find_next(self) -> None:
        cursor = self.text.textCursor()
        self._look_from(cursor.block(), cursor.selectionEnd() - cursor.block().position())

    def _look_from(self, start: QTextBlock, column: int) -> None:
        """Mark the next place of what is looked for; behind the last line it goes on at the first."""
        wanted = self.search.text().casefold()
        if not wanted:
            return
        block, beginning = start, column
        for _ in range(self.text.blockCount() + 1):
            at = block.text().casefold().find(wanted, beginning)
            if at >= 0:
                self._go_to(block, at, len(wanted))
                return
            block = block.next() if block.next().isValid() else self.text.document().firstBlock()
            beginning = 0

    def _go_to(self, block: QTextBlock, column: int, length: int) -> None:
        cursor = QTextCursor(block)
        cursor.movePosition(QTextCursor.MoveOperation.Right, QTextCursor.MoveMode.MoveAnchor, column)
        cursor.movePosition(QTextCursor.MoveOperation.Right, QTextCursor.MoveMode.KeepAnchor, length)
        self.text.setTextCursor(cursor)
        self.text.centerCursor()


def _line(word: str) -> str:
    """The word on one line."""
    return " ".join(word.splitlines())
