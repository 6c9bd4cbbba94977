"""Dialog that edits a long list of words as a text, one word a line."""

import re
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Sequence

from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from wxdesk.i18n import ntr, tr
from wxdesk.ui.look.theme import Size
from wxdesk.ui.widgets.boxes import hbox, vbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.dialogs.dialog import ConfirmDialog, Dialog
from wxdesk.ui.widgets.fields.labelled import set_wrong
from wxdesk.ui.widgets.labels import PlainLabel, small_label

WIDE, HIGH = 520, 560


class WordsDialog(Dialog):
    """Shows `words`, with the cursor in the one at index `at`, for `use` to take over.

    An untouched line keeps its word, whatever it contains. Changes are not discarded without asking.
    """

    def __init__(
        self, words: Sequence[str], what: str, use: Callable[[list[str]], None], parent: QWidget, at: int
    ) -> None:
        super().__init__(parent, tr("Words"))
        self._use = use
        self._fit_into_window(WIDE, HIGH)
        self._before = list(words)
        self.search = QLineEdit(self, placeholderText=tr("Find a word, then Enter for the next"))
        self.search.setAccessibleName(tr("Find a word"))
        self.search.setClearButtonEnabled(True)
        self.text = QPlainTextEdit("\n".join(map(_line, words)), self)
        self._lines = self.text.toPlainText().split("\n")  # as it gives them back: each blank an ordinary one
        self.text.setAccessibleName(tr("Words, one a line"))
        self.text.setTabChangesFocus(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.said = small_label(wrap=True, parent=self)
        self.cancel = Button(tr("Cancel"), parent=self, then=self.reject)
        self.take = Button(tr("Use these words"), kind=ButtonKind.PRIMARY, parent=self, then=self._agree)
        for button in (self.cancel, self.take):
            button.setAutoDefault(False)  # Enter in the field finds
        self.search.textEdited.connect(self._find_first)
        self.search.returnPressed.connect(self._find_next)
        self.text.blockCountChanged.connect(self._say_how_many)
        self._lay_out(what)
        self._say_how_many(self.text.blockCount())
        self._go_to(QTextCursor(self.text.document().findBlockByNumber(at)))
        self.search.setFocus()

    def words(self) -> list[str]:
        """Return the words as they are now; new lines are split like a pasted list."""
        if not self.text.document().isModified():
            return self._before
        whole: defaultdict[str, deque[str]] = defaultdict(deque)
        for line, word in zip(self._lines, self._before, strict=False):
            whole[line].append(word)
        found: list[str] = []
        for line in self.text.toPlainText().split("\n"):
            if line not in whole:
                found += split_words(line)
            elif whole[line]:
                found.append(whole[line].popleft())
        left = Counter(dict.fromkeys(found, 1)) | Counter(self._before)
        kept = []
        for word in found:
            left[word] -= 1
            kept += [word] if left[word] >= 0 else []
        return kept

    def detach_list(self) -> None:
        """Disable taking over: the list is gone, so the text can only be copied."""
        self.take.setEnabled(False)
        self._say_how_many(self.text.blockCount())

    def reject(self) -> None:
        """Close; ask first if something was changed."""
        if not self.text.document().isModified():
            super().reject()
            return
        title, text = tr("Discard the changes?"), tr("What you wrote is not used until it is taken over.")
        ConfirmDialog(self, title, text, tr("Discard"), destructive=True).ask(super().reject)

    def _lay_out(self, what: str) -> None:
        foot = hbox((self.said, 1), self.cancel, self.take, spacing=8)
        vbox(
            PlainLabel(what, size=Size.TITLE, strong=True, wrap=True, parent=self),
            self.search,
            (self.text, 1),
            foot,
            within=self,
            spacing=12,
            margins=(24, 20, 24, 20),
        )

    def _agree(self) -> None:
        self._use(self.words())
        self.accept()

    def _say_how_many(self, lines: int) -> None:
        how_many = ntr("One word a line; {n} line", "One word a line; {n} lines", lines)
        gone = tr("The rule has changed meanwhile: copy what you need.")
        self.said.setText(how_many if self.take.isEnabled() else gone)

    def _find_first(self) -> None:
        self._look_from(0)

    def _find_next(self) -> None:
        self._look_from(self.text.textCursor().selectionEnd())

    def _look_from(self, position: int) -> None:
        """Mark the next match; after the last line the search goes on at the first."""
        document, sought = self.text.document(), self.search.text()
        found = document.find(sought, position)
        if found.isNull():
            found = document.find(sought, 0)
        missing = bool(sought) and found.isNull()
        set_wrong(self.search, missing)
        self._say_how_many(self.text.blockCount())
        if missing:
            self.said.setText(tr("Not found"))
        elif sought:
            self._go_to(found)

    def _go_to(self, cursor: QTextCursor) -> None:
        self.text.setTextCursor(cursor)
        self.text.centerCursor()


def _line(word: str) -> str:
    """Return the word on one line, without characters that Qt takes for frame bounds."""
    return re.sub("[\ufdd0\ufdd1]", " ", " ".join(word.splitlines()))


BETWEEN_WORDS = re.compile(r"[,，、;；\n\r\t\u2028\u2029]+")


def split_words(text: str) -> list[str]:
    """Split a line or a list at commas, semicolons and line breaks, never at spaces."""
    return [word.strip() for word in BETWEEN_WORDS.split(text) if word.strip()]
