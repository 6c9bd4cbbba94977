"""Undo and redo for changes of a list of rules or templates."""

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence

from wxdesk.core.errors import NotFound
from wxdesk.i18n import tr
from wxdesk.ui.editing.record_view import Record, RecordView
from wxdesk.ui.widgets.dialogs.notice_lines import OFFER_MS
from wxdesk.ui.widgets.dialogs.notices import WindowBridge

MAX_CHANGES = 200
"""Number of changes that can be undone."""

type DeskCall = Callable[[], Coroutine[Any, Any, object]]


class Inverse(Struct, frozen=True):
    """Inverse of an undo or redo step, and a message to show with it."""

    work: DeskCall
    told: str = ""


class UndoableChange(Struct, frozen=True):
    """Change of the list, with the calls that undo and redo it.

    `restored` is the id of the record that an undo brings back, `moved` the one that only changes its place.
    `turned` makes the `Inverse` from the desk's answer, where it is not known before.
    """

    undo: DeskCall
    redo: DeskCall
    restored: int = 0
    moved: int = 0
    turned: Callable[[object], Inverse] | None = None


class ListUndo(QObject):
    """Undo history of a list, kept as long as its page.

    Ctrl+Z and Ctrl+Shift+Z in its `view` are for it while there is something to undo or redo, else for the editor.
    The last change is offered for undo in a notice. Moves of one record while it is shown are one step. `load` loads
    the list again once none is under way, `restored` is told the id of a record that is back.
    """

    def __init__(
        self, bridge: WindowBridge, view: RecordView[Any], load: Callable[[], None], restored: Callable[[int], None]
    ) -> None:
        super().__init__(view)
        self._bridge = bridge
        self._load, self._restored = load, restored
        self._done: list[UndoableChange] = []
        self._undone: list[UndoableChange] = []
        self._waiting: list[Callable[[], None]] = []
        self._open = 0
        self._joining = QTimer(self, singleShot=True, interval=OFFER_MS)
        view.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys, before a shortcut of the editor does."""
        if not isinstance(event, QKeyEvent) or event.type() is QEvent.Type.KeyRelease:
            return False
        undo = bool(self._done) and event.matches(QKeySequence.StandardKey.Undo)
        redo = bool(self._undone) and event.matches(QKeySequence.StandardKey.Redo)
        if event.type() is QEvent.Type.ShortcutOverride:
            event.setAccepted(undo or redo)
        elif undo or redo:
            (self.undo if undo else self.redo)()
        return undo or redo

    @property
    def changing(self) -> bool:
        """True while a change is under way, which the list may show already."""
        return self._open > 0

    def do(self, change: UndoableChange, said: str) -> None:
        """Make a change and offer to undo it."""
        change = self._add(change)  # now: the answers of two changes may come in another order
        self._ask(change.redo, partial(self._was_done, said), partial(self._was_not_done, change))

    def keep(self, change: UndoableChange, said: str) -> None:
        """Record a change that has been made, and offer to undo it."""
        self._add(change)
        self._offer(said)

    def _add(self, change: UndoableChange) -> UndoableChange:
        last = self._done[-1] if self._done else None
        if change.moved and last is not None and last.moved == change.moved and self._joining.isActive():
            change = replace(change, undo=last.undo)
            self._done.pop()
        self._done = [*self._done, change][-MAX_CHANGES:]
        self._joining.start()
        return change

    def _offer(self, said: str) -> None:
        self._undone = []
        self._joining.start()
        self._bridge.notices.offer(said, tr("Undo"), self.undo)

    def undo(self) -> None:
        """Undo the last change, once the running one is done."""
        if self._open:
            self._waiting.append(self.undo)
        elif self._done:
            change = self._done[-1]
            self._step(change, change.undo, tr("Undone"))

    def redo(self) -> None:
        """Redo the last change that was undone."""
        if self._open:
            self._waiting.append(self.redo)
        elif self._undone:
            change = self._undone[-1]
            self._step(change, change.redo, tr("Done again"))

    def was_saved(self, record: Record) -> None:
        """Forget undone deletions of this record: redoing one would delete what was saved."""
        self._undone = [one for one in self._undone if one.restored != record.id]

    def _step(self, change: UndoableChange, work: DeskCall, said: str) -> None:
        self._joining.stop()  # what was moved last is where it was meant to be
        self._ask(work, partial(self._was_turned, change, said), partial(self._refused, change))

    def _ask(self, work: DeskCall, done: Callable[[Any], None], failed: Callable[[Exception], None]) -> None:
        self._open += 1
        self._bridge.ask(work(), done, failed)

    def _was_done(self, said: str, _: object) -> None:
        self._offer(said)
        self._go_on()

    def _was_turned(self, change: UndoableChange, said: str, result: object) -> None:
        """Offer an undone change to be redone, or a redone one to be undone."""
        undone = any(one is change for one in self._done)
        self._drop(change)
        turn = None if change.turned is None else change.turned(result)
        self._bridge.notices.toast(" · ".join((said, turn.told)) if turn is not None and turn.told else said)
        turned = change if turn is None else replace(change, undo=turn.work, redo=turn.work)
        (self._undone if undone else self._done).append(turned)
        if undone and change.restored:
            self._restored(change.restored)
        self._go_on()

    def _drop(self, change: UndoableChange) -> None:
        self._done = [one for one in self._done if one is not change]
        self._undone = [one for one in self._undone if one is not change]

    def _go_on(self) -> None:
        self._open -= 1
        if self._waiting and not self._open:
            self._waiting.pop(0)()
        if not self._open:
            self._load()

    def _was_not_done(self, change: UndoableChange, error: Exception) -> None:
        self._drop(change)
        self._failed(error)

    def _refused(self, change: UndoableChange, error: Exception) -> None:
        if isinstance(error, NotFound):
            self._drop(change)  # what it was about is gone for good; what was done before can still be taken back
        self._failed(error)

    def _failed(self, error: Exception) -> None:
        self._bridge.failed.emit(error)
        self._waiting = []
        self._go_on()
