"""Page of records: a list with undo, and the editor of the chosen one."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedLayout, QWidget

from wxdesk.core.events import OperatorsChanged
from wxdesk.core.model.operator import Role
from wxdesk.i18n import tr
from wxdesk.ui.editing.list_undo import ListUndo, UndoableChange
from wxdesk.ui.editing.record_editor import RecordEditor
from wxdesk.ui.editing.record_view import Record, RecordView
from wxdesk.ui.editing.revisions.dialog import HistoryDialog
from wxdesk.ui.editing.saving import DeskAnswer, RecordSaving
from wxdesk.ui.widgets.buttons import Button
from wxdesk.ui.widgets.dialogs.dialog import LeaveDialog
from wxdesk.ui.widgets.dialogs.notices import WindowBridge
from wxdesk.ui.widgets.dialogs.shortcut_sheet import bind
from wxdesk.ui.widgets.placeholders import FirstStep
from wxdesk.ui.widgets.rights import Rights


class RecordStore[R](Protocol):
    """The desk's commands for records of one kind."""

    def all(self) -> DeskAnswer[list[R]]:
        """Load all records."""

    def save(self, record: R, /) -> DeskAnswer[R]:
        """Store a record; return it with its id and revision."""

    def put_back(self, record: R, /) -> DeskAnswer[None]:
        """Undo the deletion of a record."""

    def delete(self, record_id: int, /) -> DeskAnswer[None]:
        """Delete a record."""


NO_RECORD, EDITOR = range(2)
"""Pages of the middle: the empty page and the editor."""

_OWN = Qt.FindChildOption.FindDirectChildrenOnly


class RecordPage[R: Record](QWidget):
    """Page that edits the records in `store`, loaded after each `event` of the desk.

    List and editor are on the same record; unsaved changes are settled before another one is chosen.

    Subclasses make the `editor` and the `empty` page, then call `_connect_records`; the rest that differs by the kind
    of record they say in `_show` and `_copy_of`.
    """

    editor: RecordEditor[R]
    empty: FirstStep

    def __init__(self, bridge: WindowBridge, store: RecordStore[R], event: type, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._store = store
        self._event = event
        self._records: Sequence[R] = ()
        self._wanted = self._loads = 0
        self._then: Callable[[], None] | None = None  # waits until unsaved changes are settled

    def _connect_records(self, view: RecordView[R], new: Button) -> None:
        """Connect both with the list: its `view`, and its button for a `new` record."""
        self._view, editor, empty = view, self.editor, self.empty
        self._middle = QWidget(self)
        self._stack = QStackedLayout(self._middle)
        self._stack.addWidget(empty)
        self._stack.addWidget(editor)
        self.past = ListUndo(self._bridge, view, self._load, self._was_restored)
        self._saving = RecordSaving(self._bridge, editor, self._store.save, self)
        self._saving.saved.connect(self._was_saved)
        self._saving.refused.connect(self._stay)
        view.chosen.connect(self._choose)
        view.delete_asked.connect(self._delete)
        editor.touched.connect(self._touched)
        empty.new.clicked.connect(self.start_new)
        new.clicked.connect(self.start_new)
        self._bridge.follow_shown(self, self._load, self._event)
        around = editor.head.parentWidget() or editor
        fields = [one for one in around.findChildren(QWidget, options=_OWN) if one is not editor.head]
        Rights(self._bridge, Role.LEAD, editor.head.title, *fields, new, *empty.findChildren(Button))
        view.records.locked = self._locked = partial(self._bridge.desk.why_not, Role.LEAD)
        self._bridge.follow(self, view.viewport().update, OperatorsChanged)
        bind(self, "Ctrl+N", self.start_new)

    # -- a kind of record

    def _show(self, records: list[R]) -> None:
        """Show the loaded records, by `_show_records` and wherever else they stand."""
        raise NotImplementedError

    def _copy_of(self, record: R) -> R:
        """Return what a new record begins with that is written after another one."""
        raise NotImplementedError

    # -- what the window asks

    def activate(self) -> None:
        """Load the records when the page is shown."""
        self._load()

    @property
    def unsaved(self) -> bool:
        """True if closing the program now would lose changes."""
        return self._editing and self.editor.unsaved

    def open_record(self, record_id: int, then: Callable[[], None] = lambda: None) -> None:
        """Edit a stored record once unsaved changes are settled, and call `then`."""
        self._bridge.ask(self._store.all(), partial(self._open, record_id, then))

    def _open(self, record_id: int, then: Callable[[], None], records: list[R]) -> None:
        self._show(records)
        self._choose(record_id, then)

    # -- loading

    def _load(self) -> None:
        if self.past.changing:
            return  # the list shows what the desk may not know yet; it is loaded afterwards
        self._loads += 1  # an older answer shows nothing
        self._bridge.ask(self._store.all(), self._show, about=lambda: (self._loads, self.past.changing))

    # -- leaving unsaved changes

    def leave(self, then: Callable[[], None]) -> None:
        """Call `then` once unsaved changes are settled; never if the operator stays."""
        if not self.unsaved:
            then()
            return
        window = self.window()
        if any(asking.isVisible() for asking in window.findChildren(LeaveDialog)):
            return  # one question at a time
        self._then = then
        name, reason = self.editor.judged()
        why = tr("It cannot be saved as it is: {reason}", reason=reason) if reason else ""
        LeaveDialog(window, name, why).ask(self._save_first, self._discard, self._stay)

    def _save_first(self) -> None:
        if self.editor.save():
            return
        if self.editor.unsaved:
            self._stay()  # it has become such that it cannot be saved
        else:
            self._go_on()  # what is stored has become the same

    def _discard(self) -> None:
        self.editor.revert()
        self._go_on()

    def _stay(self) -> None:
        """Give up what waits."""
        self._then = None
        self._wanted = 0
        self._view.show_current(self.editor.saved.id)

    def _was_saved(self, record: R) -> None:
        self.past.was_saved(record)
        now = self.editor.saved
        if self._then is not None:
            self._go_on()
        elif now in self._records:  # the list came before this answer
            self._view.reveal(now.id)
        else:
            self._wanted = now.id  # revealed once the list is loaded, after the desk's event

    def _go_on(self) -> None:
        """Do what waits, or ask again if there are newer changes."""
        then, self._then = self._then, None
        if then is not None:
            self.leave(then)

    # -- choosing and editing

    @property
    def _editing(self) -> bool:
        return self._stack.currentIndex() == EDITOR

    def _show_records(self, records: Sequence[R], first: R | None) -> None:
        """Show stored records; edit the same, the wanted, one beside it, or the `first`."""
        at = next((n for n, one in enumerate(self._records) if one.id == self.editor.saved.id), 0)
        beside = [one.id for one in (*self._records[at + 1 :], *reversed(self._records[:at]))]
        self._records = records
        known: dict[int, R] = {one.id: one for one in records}
        wanted, now = known.get(self._wanted), self.editor.saved
        if wanted is not None and self._then is None:
            self._wanted = 0
        if wanted is not None and not self.unsaved:  # nothing takes the place of what is written
            self._edit(wanted)
        elif self._editing and now.id in known:
            self._refresh(known[now.id])
        elif self._editing and not now.id:
            pass  # a new one, which stays in the editor
        elif self.unsaved:
            self.editor.show_stored(None)  # deleted elsewhere
        elif first is not None:
            self._edit(next((known[one] for one in beside if one in known), first))
        else:
            self._stack.setCurrentIndex(NO_RECORD)
        self._view.show_current(self.editor.saved.id if self._editing else 0)

    def _edit(self, record: R) -> None:
        if not self._editing or record != self.editor.saved or self.editor.unsaved:
            self.editor.show_record(record)
        self._stack.setCurrentIndex(EDITOR)
        self._view.reveal(record.id)

    def _refresh(self, record: R) -> None:
        """Show the edited record as it is stored now; a search in the list stays."""
        if self.editor.unsaved:
            self._saving.receive_stored(record)
        elif record != self.editor.saved:
            self.editor.show_record(record)

    def start_new(self) -> None:
        """Begin a record once unsaved changes are settled, where somebody may."""
        self._start(self.editor.blank)

    def _start(self, record: R) -> None:
        if not self._locked():
            self.leave(partial(self._begin, record))

    def _begin(self, record: R) -> None:
        """Edit a new record with these contents."""
        self._wanted = 0
        self._stack.setCurrentIndex(EDITOR)
        self.editor.begin(record)
        self._view.show_current(0)
        self.editor.head.title.setFocus()

    def _choose(self, record_id: int, then: Callable[[], None] = lambda: None) -> None:
        """Edit this record once unsaved changes are settled, and call `then`."""
        edited = self._editing and record_id == self.editor.saved.id
        if edited or self._view.records.record(record_id) is None:
            then()
            return
        self._wanted = record_id
        self.leave(partial(self._edit_wanted, then))

    def _edit_wanted(self, then: Callable[[], None]) -> None:
        record, self._wanted = self._view.records.record(self._wanted), 0
        if record is not None:
            self._edit(record)
        then()

    def _touched(self, changed: bool) -> None:
        self._view.records.mark_unsaved((changed and self.editor.saved.id) or None)

    def _ask_revisions(self, work: DeskAnswer[list[R]], show: Callable[[list[R]], None]) -> None:
        """Let `show` open the revisions once, if the operator has not gone on by then."""
        self._bridge.ask(work, show, once=self, about=lambda: (self.isVisible(), self.editor.saved.id))

    def _open_revisions(self, dialog: HistoryDialog) -> None:
        if why := self._locked():
            dialog.lock(tr(why))
        dialog.taken.connect(self._write_again)
        dialog.open()

    def _write_again(self, record: R) -> None:
        """Put a revision into the editor; of a record not edited any more as a new one."""
        if record.id == self.editor.saved.id:
            self.editor.write(record)
        else:
            self._start(self._copy_of(record))

    # -- deleting

    def _delete(self, record: R) -> None:
        """Delete without asking, since it can be undone; settle unsaved changes first."""
        if record.id == self.editor.saved.id:
            self.leave(lambda: self._delete_now(self.editor.saved))  # as it was saved for that
        else:
            self._delete_now(record)

    def _delete_now(self, record: R) -> None:
        put_back: Callable[[], DeskAnswer[Any]] = partial(self._store.put_back, record)
        said = tr("“{name}” deleted", name=self.editor.name_of(record))
        self.past.do(UndoableChange(put_back, partial(self._store.delete, record.id), restored=record.id), said)

    def _was_restored(self, record_id: int) -> None:
        self._wanted = record_id  # shown by the load that follows
