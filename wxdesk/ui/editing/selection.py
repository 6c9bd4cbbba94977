"""Selection of the record to edit; unsaved changes are settled before it changes."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from wxdesk.ui.editing.record_editor import RecordEditor
from wxdesk.ui.editing.record_model import Record
from wxdesk.ui.editing.record_view import RecordView
from wxdesk.ui.editing.saving import RecordSaving
from wxdesk.ui.editing.unsaved_guard import UnsavedGuard

NO_RECORD, EDITOR = range(2)
"""Pages of the middle: the empty page and the editor."""


class RecordSelection[R: Record](QObject):
    """Keeps the list in `view` and the `editor` on the same record.

    The editor is the second page of `middle`; the first one is shown while there is no record.

    Signals:
        stayed: the operator chose to go on editing.
    """

    stayed = Signal()

    def __init__(
        self,
        page: QWidget,
        view: RecordView[R],
        middle: QStackedWidget,
        editor: RecordEditor[R],
        saving: RecordSaving[R],
    ) -> None:
        super().__init__(page)
        self._view = view
        self._middle = middle
        self._editor = editor
        self._saving = saving
        self._wanted = 0
        self._leaving = UnsavedGuard(page, editor)
        self._leaving.stayed.connect(self._stayed)
        saving.saved.connect(self._saved)
        saving.refused.connect(self._leaving.stay)

    @property
    def editing(self) -> bool:
        """True while a record is edited."""
        return self._middle.currentIndex() == EDITOR

    @property
    def unsaved(self) -> bool:
        """True if leaving the editor now would lose changes."""
        return self.editing and self._editor.unsaved

    def leave(self, then: Callable[[], None]) -> None:
        """Call `then` once unsaved changes are settled; never if the operator stays."""
        if self.unsaved:
            self._leaving.ask(then)
        else:
            then()

    def show(self, records: Sequence[R], first: R | None) -> None:
        """Show the stored records; edit the same, the wanted or the `first` one."""
        known: dict[int, R] = {one.id: one for one in records}
        wanted, now = known.get(self._wanted), self._editor.saved
        if wanted is not None and not self._leaving.waits:
            self._wanted = 0
        if wanted is not None and not self.unsaved:  # nothing takes the place of what is written
            self._edit(wanted)
        elif self.editing and now.id in known:
            self._refresh(known[now.id])
        elif self.editing and now.id and self._editor.unsaved:
            self._editor.show_stored(None)  # deleted elsewhere
        elif (not self.editing or now.id) and first is not None:
            self._edit(first)
        elif not self.editing or now.id:
            self.put_away()
        self._view.show_current(self._editor.saved.id if self.editing else 0)

    def want(self, record_id: int) -> None:
        """Edit this record as soon as it is loaded."""
        self._wanted = record_id

    def choose(self, record_id: int, then: Callable[[], None] = lambda: None) -> None:
        """Edit this record once unsaved changes are settled, and call `then`."""
        edited = self.editing and record_id == self._editor.saved.id
        if edited or self._view.records.record(record_id) is None:
            then()
            return
        self._wanted = record_id
        self.leave(partial(self._edit_wanted, then))

    def begin(self, record: R) -> None:
        """Edit a new record with these contents."""
        self._wanted = 0
        self._middle.setCurrentIndex(EDITOR)
        self._editor.begin(record)
        self._view.show_current(0)

    def put_away(self) -> None:
        """Close the editor."""
        self._middle.setCurrentIndex(NO_RECORD)

    def _edit(self, record: R) -> None:
        if not self.editing or record != self._editor.saved or self._editor.unsaved:
            self._editor.show_record(record)
        self._middle.setCurrentIndex(EDITOR)
        self._view.reveal(record.id)

    def _refresh(self, record: R) -> None:
        """Show the edited record as it is stored now; a search in the list stays."""
        if self._editor.unsaved:
            self._saving.hear(record)
        elif record != self._editor.saved:
            self._editor.show_record(record)

    def _edit_wanted(self, then: Callable[[], None]) -> None:
        record, self._wanted = self._view.records.record(self._wanted), 0
        if record is not None:
            self._edit(record)
        then()

    def _stayed(self) -> None:
        self._wanted = 0
        self._view.show_current(self._editor.saved.id)
        self.stayed.emit()

    def _saved(self, _record: R) -> None:
        if not self._leaving.waits:
            self._wanted = self._editor.saved.id  # revealed once the list has been loaded, after the desk's event
        self._leaving.go_on()
