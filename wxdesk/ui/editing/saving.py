"""Stores edited records, and shows the result, a refusal or a conflict."""

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from wxdesk.core.errors import BadInput
from wxdesk.i18n import explain, tr
from wxdesk.ui.editing.record_editor import RecordEditor
from wxdesk.ui.editing.record_view import Record
from wxdesk.ui.widgets.dialogs.dialog import ConfirmDialog
from wxdesk.ui.widgets.dialogs.notices import WindowBridge

KEY = "changed-elsewhere"

type DeskAnswer[R] = Coroutine[Any, Any, R]


class RecordSaving[R: Record](QObject):
    """Stores what `editor` asks to be stored, and reports the outcome.

    One at a time: a save asked meanwhile follows once the first one is stored and its id is known. Another
    version that is stored while this one is edited is told by a bar, and is not replaced without a question.

    Signals:
        saved: the record as it is stored now, once nothing more of it is on its way.
        refused: nothing was stored.
    """

    saved = Signal(object)
    refused = Signal()

    def __init__(
        self, bridge: WindowBridge, editor: RecordEditor[R], store: Callable[[R], DeskAnswer[R]], page: QWidget
    ) -> None:
        super().__init__(page)
        self._bridge = bridge
        self._editor = editor
        self._ask_desk = store
        self._sent: R | None = None
        self._edited = editor.saved
        self._again = False
        self._page = page
        self._conflicting_id = 0
        editor.save_asked.connect(self._save)
        editor.touched.connect(self._touched)

    def _save(self, record: R) -> None:
        if self._sent is not None:
            self._again = True
            return
        if not self._conflicting_id or record.id != self._conflicting_id:
            self._store(record)
            return
        title = tr("Save over the other change?")
        text = tr(
            "“{name}” has been changed elsewhere since you began. If you save, yours applies; the other stays among the"
            " revisions.",
            name=self._editor.name_of(record),
        )
        question = ConfirmDialog(self._page.window(), title, text, tr("Save mine"), destructive=True)
        question.rejected.connect(self.refused)
        question.ask(partial(self._store, record))

    def _store(self, record: R) -> None:
        self._sent, self._edited = record, self._editor.saved
        self._bridge.ask(self._ask_desk(record), self._saved, self._refused)

    def _saved(self, record: R) -> None:
        (sent, again), name = self._finish(), self._editor.name_of(record)
        self._end_conflict()
        if sent is not None and sent.id and record.revision > sent.revision + 1:
            said = tr("“{name}” was changed elsewhere just before you saved; that is among the revisions.", name=name)
            self._offer_to_compare(record, said)
        now = self._editor.saved
        if now is self._edited or now.id == self._edited.id != 0:  # still the one that was sent
            if self._editor.record() == sent:
                self._editor.show_record(record)
            else:
                self._editor.show_stored(record)  # something was written meanwhile
            if again and self._editor.save():
                return
        self._bridge.notices.toast(tr("“{name}” saved", name=name))
        self.saved.emit(record)

    def receive_stored(self, record: R) -> None:
        """Take over a newly stored version, and show a conflict if it is not the editor's."""
        overtaken = self._sent is None and record.revision != self._editor.saved.revision
        self._editor.show_stored(record)
        if overtaken and self._editor.record() != record:
            self._conflicting_id = record.id
            name = self._editor.name_of(record)
            said = tr("“{name}” has been changed elsewhere meanwhile; what you wrote is still here.", name=name)
            self._offer_to_compare(record, said)

    def _offer_to_compare(self, record: R, said: str) -> None:
        compare = partial(self._editor.history_asked.emit, record)
        self._bridge.notices.bar(KEY, said, "pending", tr("Compare"), compare)

    def _touched(self, changed: bool) -> None:
        if not changed:
            self._end_conflict()

    def _end_conflict(self) -> None:
        """Remove the bar: the edit has been stored or given up."""
        if self._conflicting_id:
            self._conflicting_id = 0
            self._bridge.notices.bar(KEY, "")

    def _finish(self) -> tuple[R | None, bool]:
        """Mark saving as finished; return the record sent, and if another save was asked."""
        finished = self._sent, self._again
        self._sent, self._again = None, False
        return finished

    def _refused(self, error: Exception) -> None:
        self._finish()
        self.refused.emit()
        if isinstance(error, BadInput):
            self._editor.head.show_refusal(explain(error))
        else:
            self._bridge.failed.emit(error)
