"""The list beside an editor: the row that one goes to is what is edited."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QAbstractItemDelegate, QAbstractItemView, QFrame, QListView, QWidget

from wxdesk.ui.editing.record_model import AnyIndex, Record, RecordModel


class RecordView[R: Record](QListView):
    """Rows of a `RecordModel`, painted by `delegate`; `name` says for those who cannot see it what they are.

    Signals:
        chosen: a record's id, when another row becomes the current one.
    """

    chosen = Signal(int)

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

    def current(self) -> R | None:
        """The record of the current row."""
        return self.records.record_at(self.currentIndex())

    def show_current(self, record_id: int) -> None:
        """Make a record's row the current one, without telling anybody; 0 for none."""
        self.blockSignals(True)
        row = self.records.row_of(record_id)
        if row < 0:
            self.clearSelection()
            self.setCurrentIndex(QModelIndex())
        else:
            self.setCurrentIndex(self.records.index(row))
        self.blockSignals(False)
        self.viewport().update()

    def currentChanged(self, current: AnyIndex, previous: AnyIndex) -> None:  # noqa: N802 - Qt's name
        """Tell which record is looked at now."""
        super().currentChanged(current, previous)
        record = self.records.record_at(current)
        if record is not None and not self.signalsBlocked():
            self.chosen.emit(record.id)
