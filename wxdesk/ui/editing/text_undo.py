"""Undo and redo of a rule or a template that is being written, over all of its fields."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QWidget

from wxdesk.ui.widgets.dialogs.shortcut_sheet import bind
from wxdesk.ui.widgets.fields.word_chips import WordField

MOST = 200
"""Steps that can be taken back."""


class Steps[T]:
    """How something read after each pause in writing it. `written` leaves out of it what only the store gives."""

    def __init__(self, written: Callable[[T], T]) -> None:
        self._written = written
        self._steps: list[T] = []
        self._at = -1

    def begin(self, read: T) -> None:
        """Forget all steps; this is how it reads at first."""
        self._steps, self._at = [self._written(read)], 0

    def note(self, read: T) -> None:
        """It reads so now. What was undone before cannot be redone any more."""
        written = self._written(read)
        if self._steps and self._steps[self._at] == written:
            return
        self._steps = [*self._steps[: self._at + 1], written][-MOST:]
        self._at = len(self._steps) - 1

    def move(self, step: int) -> T | None:
        """How it read a step before (-1), or after (1); None if there is no such step."""
        if not 0 <= self._at + step < len(self._steps):
            return None
        self._at += step
        return self._steps[self._at]


class UndoKeys(QObject):
    """Gives Ctrl+Z and Ctrl+Shift+Z to the whole of `owner`, before the field that has the keyboard takes them.

    A field undoes its own letters only, and forgets them when it is left.
    """

    def __init__(self, owner: QWidget, undo: Callable[[], object], redo: Callable[[], object]) -> None:
        super().__init__(owner)
        self._owner = owner
        bind(owner, "Ctrl+Z", undo).setAutoRepeat(True)
        for keys in ("Ctrl+Shift+Z", "Ctrl+Y"):
            bind(owner, keys, redo).setAutoRepeat(True)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._focus_changed)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the keys from the field; a word that is only being typed is the field's own."""
        if not (event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent)):
            return False
        if isinstance(watched, WordField) and watched.text():
            return False
        if event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo):
            event.ignore()
            return True
        return False

    def _focus_changed(self, before: QWidget | None, now: QWidget | None) -> None:
        if before is not None:
            before.removeEventFilter(self)
        if now is not None and self._owner.isAncestorOf(now):
            now.installEventFilter(self)


def focused_name(owner: QWidget) -> str:
    """The accessible name of the field in it that has the keyboard; empty for none."""
    focused = owner.focusWidget()
    return focused.accessibleName() if focused is not None and focused.hasFocus() else ""


def refocus(owner: QWidget, name: str) -> None:
    """Give the keyboard to the visible field of that accessible name, if there is one, once new fields are shown."""
    if name:
        QTimer.singleShot(0, owner, partial(_focus, owner, name))


def _focus(owner: QWidget, name: str) -> None:
    fields = (field for field in owner.findChildren(QWidget) if field.isVisible() and field.accessibleName() == name)
    found = next(fields, None)
    if found is not None:
        found.setFocus()
