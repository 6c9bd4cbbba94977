"""Page of the simulated WeChat: play a customer, see the phone, cause mishaps.

It is in the window of the demonstration only. It never touches the desk: what happens here takes the same
way as in life, over HTTP to the listener and back.
"""

from collections.abc import Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any

from PySide6.QtCore import QElapsedTimer, QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QWidget
from shiboken6 import isValid

from wxdesk.core.errors import BadInput
from wxdesk.core.system_failures import unusable_file
from wxdesk.i18n import ntr, tr
from wxdesk.ui.look.theme import Measure, Size
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.runtime.debounce import Debounce
from wxdesk.ui.simulator.customer_list import CustomerModel, CustomerRole, CustomerView
from wxdesk.ui.simulator.mishap_panel import MishapPanel
from wxdesk.ui.simulator.phone_pane import PhonePane
from wxdesk.ui.simulator.port import Counters, Mishap, MishapRequest, PushReport, Scene, SimulatedCustomer, Simulator
from wxdesk.ui.widgets.boxes import STRETCH, hbox, vbox
from wxdesk.ui.widgets.buttons import Button
from wxdesk.ui.widgets.dialogs.notices import Notices
from wxdesk.ui.widgets.labels import PlainLabel


class CounterLine(QWidget):
    """Counts of messages delivered, delivered twice, and of pushes and failed ones."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.delivered = PlainLabel(size=Size.SMALL, role="secondary", tabular=True, parent=self)
        self.doubled = PlainLabel(size=Size.SMALL, role="secondary", tabular=True, parent=self)
        self.pushed = PlainLabel(size=Size.SMALL, role="secondary", tabular=True, parent=self)
        self.failed = PlainLabel(size=Size.SMALL, role="secondary", tabular=True, parent=self)
        row = hbox(within=self, spacing=16)
        for label in (self.delivered, self.doubled, self.pushed, self.failed):
            row.addWidget(label)

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
LARGEST_FILE = 16 * 1024 * 1024
"""Largest file to read, in bytes; the simulated WeChat checks smaller ones."""
CARD = ("青瓷茶具六件套", "pages/goods/detail?id=2201")


class SimulatorPage(QWidget):
    """Fetches and shows a new scene after every change in the simulator."""

    _simulator_changed = Signal()

    def __init__(self, bridge: Bridge, notices: Notices, simulator: Simulator) -> None:
        super().__init__()
        self._bridge = bridge
        self._notices = notices
        self._simulator = simulator
        self._openid = ""
        self.scene: Scene | None = None
        self._since = QElapsedTimer()
        self.customers = CustomerModel(self)
        self.list = CustomerView(self.customers, self)
        self.phone = PhonePane(self)
        self.mishaps = MishapPanel(self)
        self.counters = CounterLine(self)
        self.add = Button(tr("New customer"), icon="plus", parent=self)
        self._refresh = Debounce(self._look, self, REFRESH_MS)
        self._tick = QTimer(self, interval=1000)
        self._lay_out()
        self._connect()

    def activate(self) -> None:
        """Show the present state."""
        self._look()

    def choose(self, openid: str) -> None:
        """Show the phone of another customer."""
        self._openid = openid
        self._look()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._tick.start()
        self._look()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._tick.stop()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() >= LIST_NEEDS
        self._side.setVisible(wide)
        self.phone.offer_customers(not wide)

    def _connect(self) -> None:
        self.list.clicked.connect(self._choose_row)
        self.list.activated.connect(self._choose_row)
        self.list.selectionModel().currentChanged.connect(self._choose_row)
        self.add.clicked.connect(self._add)
        self.phone.written.connect(self._write)
        self.phone.entered.connect(self._enter)
        self.phone.picture_wanted.connect(self._show_picture)
        self.phone.card_wanted.connect(self._send_card)
        self.phone.release_wanted.connect(self._let_go)
        self.phone.chosen.connect(self.choose)
        self.phone.add_wanted.connect(self._add)
        self.mishaps.mishap_requested.connect(self._switch_on)
        self.mishaps.mishap_cancelled.connect(self._switch_off)
        self._tick.timeout.connect(self._pass_time)
        # The simulator calls on its own thread; a queued signal is how that reaches this one.
        self._simulator_changed.connect(self._start_refresh, Qt.ConnectionType.QueuedConnection)
        self.destroyed.connect(self._simulator.subscribe(self._hear))

    # -- what the simulator is asked

    def _look(self) -> None:
        self._refresh.stop()
        self._bridge.ask(self._simulator.look(self._openid), self._show)

    def _show(self, scene: Scene) -> None:
        if not self._openid and scene.customers:
            self.choose(_latest_customer(scene.customers).openid)
            return
        if scene.phone is not None and scene.phone.openid != self._openid:
            return  # the answer to an older question
        self.scene = scene
        self._since.start()
        self.customers.show(scene.customers)
        row = self.customers.row_of(self._openid)
        if row >= 0 and self.list.currentIndex().row() != row:
            self.list.setCurrentIndex(self.customers.index(row))
        self.phone.show_scene(scene)
        self.mishaps.show_active(scene.mishaps)
        self.counters.show_counters(scene.counters)

    def _write(self, text: str) -> None:
        self._do(self._simulator.write(self._openid, text))

    def _enter(self, session_from: str) -> None:
        self._do(self._simulator.enter(self._openid, session_from))

    def _send_card(self) -> None:
        self._do(self._simulator.send_card(self._openid, *CARD))

    def _show_picture(self, own: bool) -> None:
        if not own:
            self._do(self._simulator.show(self._openid, None))
            return
        kinds = tr("Pictures (*.png *.jpg *.jpeg *.gif)")
        dialog = QFileDialog(self.window(), tr("A picture from a file"), str(Path.home()), kinds)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.show_file)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def show_file(self, path: str) -> None:
        """Let the customer send the picture in that file."""
        try:
            if Path(path).stat().st_size > LARGEST_FILE:
                raise BadInput(reason=tr("The file is too large."))
            data = Path(path).read_bytes()
        except OSError as error:
            self._notices.report(unusable_file(Path(path).name, error))
        except BadInput as error:
            self._notices.report(error)
        else:
            self._do(self._simulator.show(self._openid, data))

    def _do(self, doing: Coroutine[Any, Any, PushReport]) -> None:
        self._bridge.ask(doing, self.phone.show_report)

    def _add(self) -> None:
        self._bridge.ask(self._simulator.add(), self._welcome)

    def _welcome(self, openid: str) -> None:
        self.choose(openid)
        self.phone.text.setFocus()

    def _let_go(self) -> None:
        self._bridge.ask(self._simulator.let_go(self._openid))

    def _switch_on(self, wish: MishapRequest) -> None:
        self._bridge.ask(self._simulator.switch_on(wish))

    def _switch_off(self, mishap: Mishap) -> None:
        self._bridge.ask(self._simulator.switch_off(mishap))

    # -- what moves by itself

    def _hear(self) -> None:
        if isValid(self):  # else it comes too late
            self._simulator_changed.emit()

    def _start_refresh(self) -> None:
        if self.isVisible() and not self._refresh.isActive():
            self._refresh.start()

    def _pass_time(self) -> None:
        if self.scene is None:
            return
        if self.scene.phone is not None and self.scene.phone.typing:
            self._look()
            return
        self.phone.show_time(self.scene.now + timedelta(milliseconds=self._since.elapsed()))

    def _choose_row(self, index: QModelIndex, _before: QModelIndex | None = None) -> None:
        customer: SimulatedCustomer | None = index.data(CustomerRole.CUSTOMER) if index.isValid() else None
        if customer is not None and customer.openid != self._openid:
            self.choose(customer.openid)

    def _lay_out(self) -> None:
        self.setProperty("class", "window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        head = QFrame(self)
        head.setProperty("class", "header")
        head.setFixedHeight(Measure.HEADER)
        hbox(
            PlainLabel(tr("Simulated WeChat"), size=Size.PAGE, strong=True, parent=head),
            STRETCH,
            self.counters,
            within=head,
            spacing=16,
            margins=(24, 0, 24, 0),
        )
        self._side = QFrame(self)
        self._side.setProperty("class", "list-side")
        self._side.setFixedWidth(LIST_WIDTH)
        side = vbox((self.list, 1), within=self._side, spacing=0, margins=(0, 0, 1, 0))
        foot = hbox(self.add, margins=(12, 10, 12, 10))
        side.addLayout(foot)
        self.mishaps.setFixedWidth(PANEL_WIDTH)
        row = hbox(self._side, (self.phone, 1), self.mishaps, spacing=0)
        vbox(head, (row, 1), within=self, spacing=0)


def _latest_customer(customers: tuple[SimulatedCustomer, ...]) -> SimulatedCustomer:
    spoken = [(customer.last.at, row) for row, customer in enumerate(customers) if customer.last is not None]
    return customers[max(spoken)[1] if spoken else 0]
