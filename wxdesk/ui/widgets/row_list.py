"""List of painted rows, and the type of their indexes."""

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemDelegate, QFrame, QListView, QWidget

type Index = QModelIndex | QPersistentModelIndex


class RowList(QListView):
    """Frameless list that scrolls by pixels, never sideways, and owns its delegate.

    The row under the mouse is known to the delegate. `uniform` rows are all as high as the first.
    """

    def __init__(
        self,
        model: QAbstractItemModel,
        delegate: QAbstractItemDelegate,
        name: str,
        parent: QWidget | None = None,
        *,
        uniform: bool = True,
    ) -> None:
        super().__init__(parent, uniformItemSizes=uniform)
        delegate.setParent(self)
        self.setModel(model)
        self.setItemDelegate(delegate)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setAccessibleName(name)
