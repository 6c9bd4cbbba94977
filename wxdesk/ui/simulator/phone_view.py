"""Chat as the customer sees it; stays at the newest line unless scrolled up."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QWidget

from wxdesk.i18n import tr
from wxdesk.ui.simulator.phone_delegate import PhoneDelegate
from wxdesk.ui.simulator.phone_model import PhoneModel

AT_END = 8


class PhoneView(QListView):
    """Shows a `PhoneModel`."""

    def __init__(self, model: PhoneModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._at_end = True
        self._lines = PhoneDelegate(model.picture, self)
        self.setProperty("class", "window")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(tr("What the customer sees"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setItemDelegate(self._lines)
        self.setModel(model)
        bar = self.verticalScrollBar()
        bar.valueChanged.connect(self._note_place)
        bar.rangeChanged.connect(self._keep_end)
        model.modelReset.connect(self._go_to_end)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out all lines again for the new width."""
        self._lines.width = self.viewport().width()
        self.scheduleDelayedItemsLayout()
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Repaint in the colours of a new appearance."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self.viewport().update()

    def _note_place(self, value: int) -> None:
        self._at_end = value >= self.verticalScrollBar().maximum() - AT_END

    def _keep_end(self, _least: int, most: int) -> None:
        if self._at_end:
            self.verticalScrollBar().setValue(most)

    def _go_to_end(self) -> None:
        self._at_end = True
        self.scrollToBottom()
