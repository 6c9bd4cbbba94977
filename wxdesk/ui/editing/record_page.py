"""Page of records: a list with undo, and the editor of the chosen one."""

from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QWidget

from wxdesk.core.model.operator import Role
from wxdesk.i18n import tr
from wxdesk.ui.editing.list_undo import ListUndo, UndoableChange
from wxdesk.ui.editing.record_editor import RecordEditor
from wxdesk.ui.editing.record_model import Record
from wxdesk.ui.editing.record_view import RecordView
from wxdesk.ui.editing.saving import DeskAnswer, RecordSaving
from wxdesk.ui.editing.selection import RecordSelection
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.buttons import Button
from wxdesk.ui.widgets.dialogs.notices import Notices
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


_OWN = Qt.FindChildOption.FindDirectChildrenOnly


class RecordPage[R: Record](QWidget):
    """Page that edits the records in `store`, loaded after each `event` of the desk.

    Subclasses make the list's `view`, the `editor` and the `empty` page, then call `_connect_records`, and
    show the loaded records in `_show`.
    """

    def __init__(
        self, bridge: Bridge, notices: Notices, store: RecordStore[R], event: type, parent: QWidget | None
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._notices = notices
        self._store = store
        self._event = event

    def _connect_records(self, view: RecordView[R], editor: RecordEditor[R], empty: FirstStep, new: Button) -> None:
        self._records = view.records
        self._record_editor = editor
        self._middle = QStackedWidget(self)
        self._middle.addWidget(empty)
        self._middle.addWidget(editor)
        self.past = ListUndo(self._bridge, self._notices, view)
        self._saving = RecordSaving(self._bridge, self._notices, editor, self._store.save, self)
        self._selection = RecordSelection(self, view, self._middle, editor, self._saving)
        self.past.refused.connect(self._load)
        self.past.restored.connect(self._was_restored)
        self._saving.saved.connect(self.past.was_saved)
        view.chosen.connect(self._choose)
        view.delete_asked.connect(self._delete)
        editor.touched.connect(self._touched)
        empty.new_asked.connect(self.start_new)
        self._bridge.events.connect(self._hear)
        around = editor.head.parentWidget() or editor
        fields = [one for one in around.findChildren(QWidget, options=_OWN) if one is not editor.head]
        Rights(self._bridge, Role.LEAD, editor.head.title, *fields, new, *empty.findChildren(Button))
        bind(self, "Ctrl+N", self.start_new)

    # -- what the window asks

    def activate(self) -> None:
        """Load the records when the page is shown."""
        self._load()

    @property
    def unsaved(self) -> bool:
        """True if closing the program now would lose changes."""
        return self._selection.unsaved

    def open_record(self, record_id: int) -> None:
        """Edit a stored record once unsaved changes are settled."""
        self._bridge.ask(self._store.all(), partial(self._open, record_id))

    def _open(self, record_id: int, records: list[R]) -> None:
        self._show(records)
        self._choose(record_id)

    def leave(self, then: Callable[[], None]) -> None:
        """Call `then` once unsaved changes are settled; never if the operator stays."""
        self._selection.leave(then)

    # -- loading

    def _load(self) -> None:
        self._bridge.ask(self._store.all(), self._show)

    def _show(self, records: list[R]) -> None:
        """Show the loaded records."""
        raise NotImplementedError

    def _hear(self, events: tuple[object, ...]) -> None:
        # While the page is hidden nothing is loaded; `activate` loads everything.
        if self.isVisible() and any(isinstance(event, self._event) for event in events):
            self._load()

    # -- choosing and editing

    def start_new(self) -> None:
        """Begin a record once unsaved changes are settled."""
        self.leave(partial(self._begin, self._record_editor.blank))

    def _begin(self, record: R) -> None:
        """Edit a new record with these contents."""
        self._selection.begin(record)
        self._record_editor.head.title.setFocus()

    def _choose(self, record_id: int) -> None:
        self._selection.choose(record_id)

    def _touched(self, changed: bool) -> None:
        self._records.mark_unsaved((changed and self._record_editor.saved.id) or None)

    def _write_again(self, record: R) -> None:
        """Put a revision into the editor; of a record not edited any more as a new one."""
        if record.id == self._record_editor.saved.id:
            self._record_editor.write(record)
        else:
            self.leave(partial(self._begin, self._copy_of(record)))

    def _copy_of(self, record: R) -> R:
        """Return what a new record begins with that is written after another one."""
        raise NotImplementedError

    # -- deleting

    def _delete(self, record: R) -> None:
        """Delete without asking, since it can be undone; settle unsaved changes first."""
        edited = record.id == self._record_editor.saved.id
        self.leave(self._delete_edited) if edited else self._delete_now(record)

    def _delete_edited(self) -> None:
        self._delete_now(self._record_editor.saved)

    def _delete_now(self, record: R) -> None:
        put_back: Callable[[], DeskAnswer[Any]] = partial(self._store.put_back, record)
        said = tr("“{name}” deleted", name=self._record_editor.name_of(record))
        self.past.do(UndoableChange(put_back, partial(self._store.delete, record.id), restored=record.id), said)

    def _was_restored(self, record_id: int) -> None:
        self._selection.want(record_id)
        self._load()
