"""A list of words as chips, with a small field for the next word."""

from collections import defaultdict
from collections.abc import Container, Sequence
from itertools import chain

from PySide6.QtCore import QObject, QPoint, QRect, QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QSizePolicy, QWidget

from wxdesk.i18n import ntr, tr
from wxdesk.ui.look.keys import ENTER
from wxdesk.ui.look.theme import Size, color_of, font
from wxdesk.ui.widgets.boxes import discard
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.fields.words_dialog import BETWEEN_WORDS, WordsDialog, split_words
from wxdesk.ui.widgets.flow_layout import KEEP_WITH_NEXT
from wxdesk.ui.widgets.labels import set_tip
from wxdesk.ui.widgets.painting import paint_box, paint_icon, paint_text, painting

HEIGHT = 30
PADDING = 10
CROSS = 14
CROSS_EDGE = 8
WIDEST = 260

FEWEST_FOLDED = 60
"""Up to this number of words, all have a chip."""

FIRST, LAST = 30, 10
"""Most words shown as chips; thousands would take seconds to lay out."""


class WordChip(QAbstractButton):
    """One word; a click on its cross, Delete or Backspace removes it.

    Signals:
        removed: the chip itself.
    """

    removed = Signal(object)

    def __init__(self, word: str, *, ground: str, ink: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ground = ground
        self._ink = ink
        self.wrong = False
        self.setText(word)
        self.setFont(font(Size.BODY, strong=True))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAccessibleName(tr("Word “{word}”; Delete removes it", word=word))
        if self._natural_width() > WIDEST:
            set_tip(self, word)

    def set_wrong(self, wrong: bool) -> None:
        """Mark a word with a fault."""
        self.wrong = wrong
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(min(self._natural_width(), WIDEST), HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self._natural_width(), 64), HEIGHT)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit(self)
            return
        super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._cross().adjusted(-6, -8, 8, 8).contains(event.position().toPoint()):
            self.removed.emit(self)
            return
        super().mouseReleaseEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            ring = "failed" if self.wrong else "accent_fill" if self.hasFocus() else ""
            paint_box(painter, QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, self._ground, ring, 1.5)
            room = QRect(PADDING, 0, self._cross().left() - 4 - PADDING, self.height())
            paint_text(painter, room, self.text(), self.font(), color_of(self._ink))
            painter.setOpacity(1.0 if self.underMouse() or self.hasFocus() else 0.55)
            paint_icon(painter, self._cross().topLeft(), "close", self._ink, CROSS)

    def _natural_width(self) -> int:
        return self.fontMetrics().horizontalAdvance(self.text()) + PADDING + 6 + CROSS + CROSS_EDGE

    def _cross(self) -> QRect:
        return QRect(QPoint(self.width() - CROSS - CROSS_EDGE, (self.height() - CROSS) // 2), QSize(CROSS, CROSS))


class WordField(QLineEdit):
    """Field for new words: Enter or a comma ends one, a pasted list becomes several.

    Signals:
        words: a list of one or more words.
        back: Backspace in the empty field.
        left: the field was left.
    """

    words = Signal(object)
    back = Signal()
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, placeholderText=tr("Word, then Enter"))
        self.setAccessibleName(tr("New word"))
        self.setFixedWidth(148)
        self.setFixedHeight(HEIGHT)
        self.returnPressed.connect(self.take_all)
        self.textChanged.connect(self._split)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Handle Enter here, Backspace in an empty field, and Escape to leave."""
        if event.key() == Qt.Key.Key_Backspace and not self.text():
            self.back.emit()
            return
        if event.key() == Qt.Key.Key_Escape:
            self.clear()
            self.left.emit()
            return
        super().keyPressEvent(event)
        if event.key() in ENTER:
            event.accept()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() is Qt.FocusReason.PopupFocusReason or self.isHidden():  # or taken away with its words
            return
        self.take_all()
        self.left.emit()

    def take_all(self) -> None:
        """Emit the text of the field as words."""
        found = split_words(self.text())
        self.clear()
        if found:
            self.words.emit(found)

    def _split(self, text: str) -> None:
        """Emit each word that a comma ends; the text behind the last is still typed."""
        parts = BETWEEN_WORDS.split(text)
        if len(parts) == 1:
            return
        with QSignalBlocker(self):
            self.setText(parts.pop())
        found = [part.strip() for part in parts if part.strip()]
        if found:
            self.words.emit(found)


class WordChips(QObject):
    """The chips of one list, the add button and its field, for a caller's layout.

    Of very many words the first and the last have chips; a button between them opens all as a text.

    Signals:
        changed: the words have changed.
        relaid: widgets were added or removed, so the caller must lay them out again.
    """

    changed = Signal()
    relaid = Signal()

    def __init__(self, host: QWidget, what: str, *, ground: str = "accent_tint", ink: str = "accent") -> None:
        super().__init__(host)
        self._host = host
        self._what = what
        self._colors = (ground, ink)
        self._words: list[str] = []
        self._wrong: Container[int] = ()
        self._chips: list[WordChip] = []
        self.more = Button("", kind=ButtonKind.LINK, parent=host, then=self.open_text)
        self.more.setToolTip(tr("See, search and change all words as a text"))
        self.more.hide()
        self.add = Button("", icon="plus", parent=host, then=self.open_field)
        self.add.setAccessibleName(tr("Add a word: {what}", what=what))
        self.add.setToolTip(tr("Add a word"))
        self.add.setFixedSize(34, HEIGHT)
        self.field = WordField(host)
        self.field.hide()
        for last in (self.add, self.field):
            last.setProperty(KEEP_WITH_NEXT, True)
        self.field.words.connect(self._append)
        self.field.back.connect(self._remove_last)
        self.field.left.connect(self._close_field)

    def words(self) -> tuple[str, ...]:
        """All words, in their order."""
        return tuple(self._words)

    def set_words(self, words: Sequence[str]) -> None:
        """Show these words without emitting `changed`."""
        self._words = list(words)
        self._refill()

    def widgets(self) -> list[QWidget]:
        """All widgets in their order."""
        first = FIRST if self._is_folded() else len(self._chips)
        return [*self._chips[:first], self.more, *self._chips[first:], self.add, self.field]

    def place(self, index: int) -> QWidget:
        """Return the chip of the word at `index`, or the `more` or `add` button instead."""
        if not 0 <= index < len(self._words):
            return self.add
        places = self._places()
        return self._chips[places.index(index)] if index in places else self.more

    def mark(self, wrong: Container[int]) -> None:
        """Mark the words at these indexes, and no others."""
        self._wrong = wrong
        for at, chip in zip(self._places(), self._chips, strict=True):
            chip.set_wrong(at in wrong)
        self._say_how_many()

    def open_text(self) -> None:
        """Open all words as a text, with the cursor in the first marked one."""
        first = next((at for at in range(len(self._words)) if at in self._wrong), 0)
        self.field.take_all()
        dialog = WordsDialog(self._words, self._what, self._take, self._host.window(), first)
        self.add.destroyed.connect(dialog.detach_list)  # as all of these, once another list is shown in their place
        dialog.open()

    def open_field(self) -> None:
        """Let the operator write a word."""
        self.add.hide()
        self.field.show()
        self.relaid.emit()
        self.field.setFocus()

    def _is_folded(self) -> bool:
        return len(self._words) > FEWEST_FOLDED

    def _places(self) -> Sequence[int]:
        """Return the indexes of the words that have chips."""
        every = range(len(self._words))
        return [*every[:FIRST], *every[-LAST:]] if self._is_folded() else every

    def _refill(self) -> None:
        """Make the missing chips and keep those of words that stay.

        The layout is disabled meanwhile: each chip that appears would lay out all the others again.
        """
        layout = self._host.layout()
        if layout is not None:
            layout.setEnabled(False)
        self._make_chips([self._words[at] for at in self._places()])
        self._say_how_many()
        if layout is not None:
            layout.setEnabled(True)

    def _make_chips(self, wanted: Sequence[str]) -> None:
        left: defaultdict[str, list[WordChip]] = defaultdict(list)
        for chip in self._chips:
            left[chip.text()].append(chip)
        self._chips = [left[word].pop(0) if left[word] else self._chip(word) for word in wanted]
        for chip in chain.from_iterable(left.values()):
            discard(chip)

    def _say_how_many(self) -> None:
        """Show the number of words without a chip, and how many of them are marked."""
        hidden = range(FIRST, len(self._words) - LAST) if self._is_folded() else range(0)
        wrong = sum(at in self._wrong for at in hidden)
        said = ntr("and {n} more …", "and {n} more …", len(hidden))
        if wrong:
            said = tr("and {n} more, {wrong} of them marked …", n=len(hidden), wrong=wrong)
        self.more.setText(said)
        if not hidden and self._host.window().focusWidget() is self.more:
            self.add.setFocus()  # Qt would leave it there while the window waits for the text to be closed
        self.more.setVisible(bool(hidden))

    def _chip(self, word: str) -> WordChip:
        chip = WordChip(word, ground=self._colors[0], ink=self._colors[1], parent=self._host)
        chip.removed.connect(self._remove)
        chip.show()
        return chip

    def _take(self, words: Sequence[str]) -> None:
        if list(words) != self._words:
            self.set_words(words)
            self.relaid.emit()
            self.changed.emit()

    def _append(self, words: list[str]) -> None:
        known = set(self._words)
        self._take([*self._words, *(word for word in dict.fromkeys(words) if word not in known)])

    def _remove(self, chip: WordChip) -> None:
        index = self._chips.index(chip)
        focused = chip.hasFocus()
        place = self._places()[index]
        self._take([*self._words[:place], *self._words[place + 1 :]])
        if focused:
            (self._chips[min(index, len(self._chips) - 1)] if self._chips else self.add).setFocus()

    def _remove_last(self) -> None:
        self._take(self._words[:-1])

    def _close_field(self) -> None:
        if self.field.isHidden():
            return
        focused = self.field.hasFocus()
        self.field.hide()
        self.add.show()
        self.relaid.emit()
        if focused:
            self.add.setFocus()
