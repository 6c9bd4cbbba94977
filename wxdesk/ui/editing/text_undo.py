"""Undo and redo for a record being edited, across all of its fields."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QWidget

from wxdesk.ui.editing.record_view import Record
from wxdesk.ui.widgets.dialogs.shortcut_sheet import bind
from wxdesk.ui.widgets.fields.word_chips import WordField

MAX_STEPS = 200
"""Number of steps that can be undone."""


class UndoSteps[R: Record]:
    """Undo steps, one a pause in typing, without what only the store sets."""

    def __init__(self) -> None:
        self._steps: list[R] = []
        self._at = -1

    def begin(self, read: R) -> None:
        """Forget all steps and begin with this state."""
        self._steps, self._at = [read.written], 0

    def add(self, read: R) -> None:
        """Add a state, if it differs; what was undone can no longer be redone."""
        if self._steps and self._steps[self._at] == read.written:
            return
        self._steps = [*self._steps[: self._at + 1], read.written][-MAX_STEPS:]
        self._at = len(self._steps) - 1

    def move(self, step: int) -> R | None:
        """Return the state a step before (-1) or after (1), or None if there is none."""
        if not 0 <= self._at + step < len(self._steps):
            return None
        self._at += step
        return self._steps[self._at]


class UndoKeys(QObject):
    """Gives Ctrl+Z and Ctrl+Shift+Z to `owner` before the focused field takes them.

    A field undoes only its own typing, and forgets it when it loses the focus.
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
        """Keep the keys from the field, except while a word is being typed into a chip."""
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
    """Return the accessible name of the focused field in `owner`; empty for none."""
    focused = owner.focusWidget()
    return focused.accessibleName() if focused is not None and focused.hasFocus() else ""


def refocus(owner: QWidget, name: str) -> None:
    """Focus the visible field of that accessible name once new fields are shown."""
    if name:
        QTimer.singleShot(0, owner, partial(_focus, owner, name))


def _focus(owner: QWidget, name: str) -> None:
    fields = (field for field in owner.findChildren(QWidget) if field.isVisible() and field.accessibleName() == name)
    found = next(fields, None)
    if found is not None:
        found.setFocus()
