"""List of the customers who can be played, with the last line of each."""

from enum import IntEnum

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from wxdesk.i18n import tr
from wxdesk.ui.look.theme import Size, Theme, font
from wxdesk.ui.simulator.port import SimulatedCustomer
from wxdesk.ui.simulator.text import customer_text, name_text
from wxdesk.ui.widgets.painting import paint_focus, paint_initial, paint_text
from wxdesk.ui.widgets.row_index import Index

ROW = 60
AVATAR = 36
_PAD = 12


class CustomerRole(IntEnum):
    """Data of a row beside its text."""

    CUSTOMER = Qt.ItemDataRole.UserRole


class CustomerModel(QAbstractListModel):
    """Model of the customers, in the order of their first messages."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._customers: tuple[SimulatedCustomer, ...] = ()

    def show(self, customers: tuple[SimulatedCustomer, ...]) -> None:
        """Show these customers; rows that stay keep their place."""
        before = len(self._customers)
        same = [one.openid for one in customers[:before]] == [one.openid for one in self._customers]
        if not same:
            self.beginResetModel()
            self._customers = customers
            self.endResetModel()
            return
        if len(customers) > before:
            self.beginInsertRows(QModelIndex(), before, len(customers) - 1)
            self._customers = customers
            self.endInsertRows()
        self._customers = customers
        if before:
            self.dataChanged.emit(self.index(0), self.index(before - 1))

    def row_of(self, openid: str) -> int:
        """Find the row of a customer, or -1."""
        return next((row for row, one in enumerate(self._customers) if one.openid == openid), -1)

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._customers)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        customer = self._customers[index.row()]
        if role == CustomerRole.CUSTOMER:
            return customer
        if role == Qt.ItemDataRole.DisplayRole:
            return name_text(customer)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{name_text(customer)}: {customer_text(customer)}"
        return None


class CustomerDelegate(QStyledItemDelegate):
    """Paints an avatar, the name, and the last line."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(100, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        customer: SimulatedCustomer | None = index.data(CustomerRole.CUSTOMER)
        if customer is None:
            return
        theme = Theme.current()
        rect: QRect = option.rect
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, theme.color("selection"))
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height() - 1), theme.color("accent_fill"))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, theme.color("hover"))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), theme.color("line"))
        avatar = QRectF(rect.left() + _PAD, rect.top() + 12, AVATAR, AVATAR)
        paint_initial(painter, avatar, name_text(customer)[:1].upper(), index.row())
        left = rect.left() + _PAD + AVATAR + 10
        line = QRect(left, rect.top() + 10, rect.right() - _PAD - left + 1, 20)
        paint_text(painter, line, name_text(customer), font(Size.MESSAGE, strong=True), theme.color("text"))
        words = customer_text(customer)
        paint_text(painter, line.translated(0, 20), words, font(Size.SMALL), theme.color("secondary"))
        if option.state & QStyle.StateFlag.State_HasFocus and option.state & QStyle.StateFlag.State_KeyboardFocusChange:
            paint_focus(painter, QRectF(rect).adjusted(2, 2, -2, -3), theme)
        painter.restore()


class CustomerView(QListView):
    """Shows a `CustomerModel`."""

    def __init__(self, model: CustomerModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("class", "list")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(tr("Customers"))
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)
        self.setItemDelegate(CustomerDelegate(self))
        self.setModel(model)
