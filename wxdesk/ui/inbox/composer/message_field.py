"""Text field of the composer; a key sends, except while an input method composes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QEvent, QMimeData, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QGuiApplication,
    QInputMethodEvent,
    QKeyEvent,
    QKeySequence,
    QTextCursor,
    QTextOption,
)

from wxdesk.core.preferences import SendKey
from wxdesk.i18n import tr
from wxdesk.ui.content.picture_intake import has_pictures, sources_in
from wxdesk.ui.look.keys import ENTER
from wxdesk.ui.runtime.debounce import Debounce
from wxdesk.ui.widgets.fields.growing import GrowingText
from wxdesk.ui.widgets.labels import positions_in

_OTHER = Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
"""Modifiers with which Enter means something else and must not send."""

_SLASHES = frozenset("/／、")
"""Characters that the slash key writes; the last two while Chinese is typed."""


class MessageEdit(GrowingText):
    """Plain text that grows with its content, up to eight lines.

    Signals:
        sent: the key that sends was pressed. left: Esc was pressed.
        slashed: what the slash key wrote where a word begins.
        went_up: the up key was pressed in an empty text. pictured: `PictureSource`s were pasted or dropped.
        undo_wanted: Ctrl+Z was pressed in an empty text.
        typed: the operator wrote or is composing something. emptied: the operator removed or gave up all of it.
        composed: an input method has begun or ended a word.
        focus_changed: the field got or lost the focus.
    """

    sent = Signal()
    left = Signal()
    slashed = Signal(str)
    went_up = Signal()
    undo_wanted = Signal()
    pictured = Signal(object)
    typed = Signal()
    emptied = Signal()
    composed = Signal()
    focus_changed = Signal()

    def __init__(self) -> None:
        super().__init__(range(2, 9), around=22, message=True)
        self.take_key: Callable[[QKeyEvent], bool] = lambda _: False  # of an empty text; True if it was used
        self._composed = self._dropped = ""
        self._dropping = Debounce(self._drop, self, 0)
        self.use_send_key(SendKey.ENTER)
        self.setAccessibleName(tr("Reply"))
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.document().setDocumentMargin(2)

    def use_send_key(self, key: SendKey) -> None:
        """Send by this key from now on."""
        self.send_key = key
        self.setPlaceholderText(tr("Write a reply, / for a template, {key} to send", key=key))

    @property
    def composing(self) -> bool:
        """True while an input method has text that is not committed."""
        return bool(self._composed)

    def write(self, text: str) -> None:
        """Show another text and drop what an input method was composing."""
        if self._composed:
            QGuiApplication.inputMethod().reset()
            self._composed = ""
        self.setPlainText(text)
        self.moveCursor(QTextCursor.MoveOperation.End)

    def drop(self, sent: str) -> None:
        """Remove a sent text from the beginning, but what was written or composed since."""
        cursor = QTextCursor(self.document())
        cursor.setPosition(positions_in(sent), QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
        self.document().clearUndoRedoStacks()
        if self._composed:  # Qt has lost where it stood
            super().inputMethodEvent(QInputMethodEvent(self._composed, []))

    def take_composed(self) -> None:
        """Take what an input method is composing into the text."""
        if self._composed:
            event = QInputMethodEvent()
            event.setCommitString(self._composed)
            self._composed = ""
            super().inputMethodEvent(event)
            QGuiApplication.inputMethod().reset()

    def event(self, event: QEvent) -> bool:
        """Keep what is composed when the focus leaves; fcitx and ibus drop it just before."""
        if event.type() is QEvent.Type.FocusAboutToChange:
            self._composed = self._composed or self._dropped
            self.take_composed()
        return super().event(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        before, self._composed = self._composed, event.preeditString()
        self._dropped = "" if self._composed or event.commitString() else before
        self._dropping.start()
        slash = event.commitString() if self._begins_word() else ""
        if slash in _SLASHES:
            event.setCommitString("")
        with self._noting_changes():
            super().inputMethodEvent(event)
        if self._composed:
            self.typed.emit()
        elif before and not self.toPlainText():
            self.emptied.emit()
        if bool(before) is not bool(self._composed):
            self.composed.emit()
        if slash in _SLASHES:
            self.slashed.emit(slash)

    def _drop(self) -> None:
        self._dropped = ""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._composed:
            if event.key() not in ENTER and event.key() != Qt.Key.Key_Escape:
                super().keyPressEvent(event)
        elif self.toPlainText() or not self._went_on(event):
            self._edit(event)

    def _edit(self, event: QKeyEvent) -> None:
        held = event.modifiers()
        sends = self.send_key is SendKey.ENTER or bool(held & Qt.KeyboardModifier.ControlModifier)
        if event.key() in ENTER and sends and not held & Qt.KeyboardModifier.ShiftModifier:
            if not event.isAutoRepeat() and not held & _OTHER:  # a key held down must not send twice
                self.sent.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.text() == "/" and self._begins_word():
            self.slashed.emit("/")  # it is not written, so that nothing stays of it if no template is chosen
        else:
            with self._noting_changes():
                super().keyPressEvent(event)

    def _begins_word(self) -> bool:
        at = self.textCursor().selectionStart()
        return at == 0 or self.document().characterAt(at - 1).isspace()

    def _went_on(self, event: QKeyEvent) -> bool:
        """Handle a key in an empty text that is meant for the chat; True if it was one."""
        if event.matches(QKeySequence.StandardKey.Undo):
            self.undo_wanted.emit()
            return True
        if event.key() == Qt.Key.Key_Up:
            self.went_up.emit()
            return True
        return self.take_key(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focus_changed.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.focus_changed.emit()

    def canInsertFromMimeData(self, source: QMimeData) -> bool:  # noqa: N802
        """Accept text, and pictures, which become replies of their own."""
        return super().canInsertFromMimeData(source) or has_pictures(source)

    def insertFromMimeData(self, source: QMimeData) -> None:  # noqa: N802
        pictures = sources_in(source)
        if pictures:
            self.pictured.emit(pictures)
        else:
            with self._noting_changes():
                super().insertFromMimeData(source)

    @contextmanager
    def _noting_changes(self) -> Iterator[None]:
        """Emit `typed` or `emptied` if the operator changes the text inside the block."""
        before = self.toPlainText()
        yield
        after = self.toPlainText()
        if after != before:
            (self.typed if after else self.emptied).emit()
