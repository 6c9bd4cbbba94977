"""List beside an editor: the current row is the record that is edited."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemDelegate, QAbstractItemView, QFrame, QListView, QWidget

from wxdesk.ui.editing.record_model import AnyIndex, Record, RecordModel


class RecordView[R: Record](QListView):
    """View of a `RecordModel`, painted by `delegate`; `name` is for screen readers.

    Ctrl+Z undoes the last change of the list, Ctrl+Shift+Z redoes it.

    Signals:
        chosen: a record's id, when another row becomes the current one, or the current one is clicked.
        undo_asked, redo_asked: the operator wants the last change of the list undone, or redone.
    """

    chosen = Signal(int)
    undo_asked = Signal()
    redo_asked = Signal()

    undoable = redoable = False
    """True while the list can undo; else Ctrl+Z belongs to the editor. Redo alike."""

    def __init__(
        self, records: RecordModel[R], delegate: QAbstractItemDelegate, name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.records = records
        delegate.setParent(self)
        self.setModel(records)
        self.setItemDelegate(delegate)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAccessibleName(name)
        self.clicked.connect(self._clicked)

    def current(self) -> R | None:
        """The record of the current row."""
        return self.records.record_at(self.currentIndex())

    def show_current(self, record_id: int) -> None:
        """Make a record's row the current one without a signal; 0 for none."""
        self.blockSignals(True)
        row = self.records.row_of(record_id)
        if row < 0:
            self.clearSelection()
            self.setCurrentIndex(QModelIndex())
        else:
            self.setCurrentIndex(self.records.index(row))
        self.blockSignals(False)
        self.viewport().update()

    def event(self, event: QEvent) -> bool:
        """Keep Ctrl+Z and Ctrl+Shift+Z from the editor while the list can undo or redo."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            undo = self.undoable and event.matches(QKeySequence.StandardKey.Undo)
            event.setAccepted(undo or (self.redoable and event.matches(QKeySequence.StandardKey.Redo)))
            return event.isAccepted() or super().event(event)
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys of every such list."""
        if event.matches(QKeySequence.StandardKey.Undo):
            self.undo_asked.emit()
        elif event.matches(QKeySequence.StandardKey.Redo):
            self.redo_asked.emit()
        else:
            super().keyPressEvent(event)

    def _clicked(self, index: QModelIndex) -> None:
        """Choose the current row again when clicked, to return to the editor."""
        record = self.records.record_at(index)
        if record is not None and index == self.currentIndex():
            self.chosen.emit(record.id)

    def currentChanged(self, current: AnyIndex, previous: AnyIndex) -> None:  # noqa: N802 - Qt's name
        """Emit the id of the new current record."""
        super().currentChanged(current, previous)
        record = self.records.record_at(current)
        if record is not None and not self.signalsBlocked():
            self.chosen.emit(record.id)
