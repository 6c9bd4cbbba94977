"""Page of the simulated WeChat: play a customer, see the phone, cause faults.

It is in the window of the demonstration only. It never touches the desk: what happens here takes the same
way as in life, over HTTP to the listener and back.
"""

from datetime import timedelta

from PySide6.QtCore import QElapsedTimer, QModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget
from shiboken6 import isValid

from wxdesk.i18n import ntr, tr
from wxdesk.sandbox.port import Counters, Scene, SimulatedCustomer, Simulator
from wxdesk.ui.look.theme import Measure, Size, color_of, font
from wxdesk.ui.runtime.debounce import Debounce, VisibleTick
from wxdesk.ui.simulator.fault_panel import FaultPanel
from wxdesk.ui.simulator.phone_pane import PhonePane
from wxdesk.ui.simulator.text import customer_text, name_text
from wxdesk.ui.widgets.boxes import STRETCH, Frame, hbox, vbox
from wxdesk.ui.widgets.buttons import Button
from wxdesk.ui.widgets.dialogs.notices import WindowBridge
from wxdesk.ui.widgets.labels import PlainLabel, small_label
from wxdesk.ui.widgets.painting import paint_avatar, paint_row, paint_text
from wxdesk.ui.widgets.row_list import RECORD, Index, RowDelegate, RowList, RowModel

ROW = 60
AVATAR = 36
_PAD = 12


class CustomerModel(RowModel[SimulatedCustomer]):
    """Model of the customers, in the order of their first messages."""

    def _key(self, row: SimulatedCustomer) -> str:
        return row.openid

    def _title(self, row: SimulatedCustomer) -> str:
        return name_text(row)

    def _accessible_text(self, row: SimulatedCustomer) -> str:
        return f"{name_text(row)}: {customer_text(row)}"


class CustomerDelegate(RowDelegate[SimulatedCustomer]):
    """Paints an avatar, the name, and the last line."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(100, ROW)

    def _paint_row(self, painter: QPainter, option: QStyleOptionViewItem, index: Index, row: SimulatedCustomer) -> None:
        rect = option.rect
        paint_row(painter, option)
        avatar = QRectF(rect.left() + _PAD, rect.top() + 12, AVATAR, AVATAR)
        paint_avatar(painter, avatar, row.openid, row.name)
        left = rect.left() + _PAD + AVATAR + 10
        line = QRect(left, rect.top() + 10, rect.right() - _PAD - left + 1, 20)
        paint_text(painter, line, name_text(row), font(Size.MESSAGE, strong=True), color_of("text"))
        words = customer_text(row)
        paint_text(painter, line.translated(0, 20), words, font(Size.SMALL), color_of("secondary"))


class CounterLine(QWidget):
    """Counts of messages delivered, delivered twice, and of pushes and failed ones."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        labels = [small_label(tabular=True, parent=self) for _ in range(4)]
        self.delivered, self.doubled, self.pushed, self.failed = labels
        hbox(*labels, within=self, spacing=16)

    def show_counters(self, counters: Counters) -> None:
        """Show these counts."""
        self.delivered.setText(ntr("{n} delivered", "{n} delivered", counters.delivered))
        self.doubled.setText(tr("delivered twice: {n}", n=counters.doubled))
        self.doubled.set_role("failed" if counters.doubled else "accent")
        self.pushed.setText(ntr("{n} pushed", "{n} pushed", counters.pushed))
        self.failed.setText(tr("not taken: {n}", n=counters.push_failed))
        self.failed.set_role("pending" if counters.push_failed else "secondary")


LIST_WIDTH = 236
PANEL_WIDTH = 312
LIST_NEEDS = 1000
REFRESH_MS = 60


class SimulatorPage(Frame):
    """Fetches and shows a new scene after every change in the simulator."""

    _simulator_changed = Signal()

    def __init__(self, bridge: WindowBridge, simulator: Simulator) -> None:
        super().__init__("window")
        self._bridge = bridge
        self._simulator = simulator
        self.scene: Scene | None = None
        self._since = QElapsedTimer()
        self.customers = CustomerModel(self)
        self.list = RowList(self.customers, CustomerDelegate(), tr("Customers"), self)
        self.list.setProperty("class", "list")
        self.phone = PhonePane(bridge, simulator, self)
        self.faults = FaultPanel(bridge, simulator, self)
        self.counters = CounterLine(self)
        self.add = Button(tr("New customer"), icon="plus", parent=self, then=self._add)
        self._refresh = Debounce(self.activate, self, REFRESH_MS)
        self._lay_out()
        self._connect()

    def choose(self, openid: str) -> None:
        """Show the phone of another customer."""
        self.phone.openid = openid
        self.activate()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.activate()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() >= LIST_NEEDS
        self._side.setVisible(wide)
        self.phone.offer_customers(not wide)

    def _connect(self) -> None:
        self.list.clicked.connect(self._choose_row)
        self.list.activated.connect(self._choose_row)
        self.list.selectionModel().currentChanged.connect(self._choose_row)
        self.phone.chosen.connect(self.choose)
        self.phone.add.clicked.connect(self._add)
        VisibleTick(self, self._pass_time)
        # The simulator calls on its own thread; a queued signal is how that reaches this one.
        self._simulator_changed.connect(self._start_refresh, Qt.ConnectionType.QueuedConnection)
        self.destroyed.connect(self._simulator.subscribe(self._on_simulator_change))

    # -- what the simulator is asked

    def activate(self) -> None:
        """Show the present state."""
        self._refresh.stop()
        self._bridge.ask(self._simulator.scene(self.phone.openid), self._show, about=lambda: self.phone.openid)

    def _show(self, scene: Scene) -> None:
        if not self.phone.openid and scene.customers:
            self.choose(_latest_customer(scene.customers).openid)
            return
        self.scene = scene
        self._since.start()
        self.customers.update_rows(scene.customers)
        row = self.customers.row_of(self.phone.openid)
        if row >= 0 and self.list.currentIndex().row() != row:
            self.list.setCurrentIndex(self.customers.index(row))
        self.phone.show_scene(scene)
        self.faults.show_active(scene.faults)
        self.counters.show_counters(scene.counters)

    def _add(self) -> None:
        self._bridge.ask(self._simulator.add(), self._welcome)

    def _welcome(self, openid: str) -> None:
        self.choose(openid)
        self.phone.text.setFocus()

    # -- what moves by itself

    def _on_simulator_change(self) -> None:
        if isValid(self):  # else it comes too late
            self._simulator_changed.emit()

    def _start_refresh(self) -> None:
        if self.isVisible() and not self._refresh.isActive():
            self._refresh.start()

    def _pass_time(self) -> None:
        if self.scene is None:
            return
        if self.scene.phone is not None and self.scene.phone.typing:
            self.activate()
            return
        self.phone.show_time(self.scene.now + timedelta(milliseconds=self._since.elapsed()))

    def _choose_row(self, index: QModelIndex, _before: QModelIndex | None = None) -> None:
        customer: SimulatedCustomer | None = index.data(RECORD) if index.isValid() else None
        if customer is not None and customer.openid != self.phone.openid:
            self.choose(customer.openid)

    def _lay_out(self) -> None:
        head = Frame("header", self)
        head.setFixedHeight(Measure.HEADER)
        hbox(
            PlainLabel(tr("Simulated WeChat"), size=Size.PAGE, strong=True, parent=head),
            STRETCH,
            self.counters,
            within=head,
            spacing=16,
            margins=(24, 0, 24, 0),
        )
        self._side = Frame("list-side", self)
        self._side.setFixedWidth(LIST_WIDTH)
        foot = hbox(self.add, margins=(12, 10, 12, 10))
        vbox((self.list, 1), foot, within=self._side, spacing=0, margins=(0, 0, 1, 0))
        self.faults.setFixedWidth(PANEL_WIDTH)
        row = hbox(self._side, (self.phone, 1), self.faults, spacing=0)
        vbox(head, (row, 1), within=self, spacing=0)


def _latest_customer(customers: tuple[SimulatedCustomer, ...]) -> SimulatedCustomer:
    spoken = [(customer.last.at, row) for row, customer in enumerate(customers) if customer.last is not None]
    return customers[max(spoken)[1] if spoken else 0]
