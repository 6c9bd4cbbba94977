"""One customer's phone and actions: write, enter, send a picture or a card."""

from collections.abc import Coroutine
from datetime import datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLineEdit, QSizePolicy, QWidget

from wxdesk.core.errors import BadInput
from wxdesk.i18n import tr
from wxdesk.sandbox.port import PushReport, Scene, Simulator
from wxdesk.ui.content.form import picture_filter
from wxdesk.ui.content.picture_intake import read_file
from wxdesk.ui.look.theme import Measure, Size
from wxdesk.ui.simulator.phone_view import PhoneModel, PhoneView
from wxdesk.ui.simulator.text import name_text, report_word, window_text
from wxdesk.ui.widgets.boxes import Frame, hbox, vbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind, SmallButton
from wxdesk.ui.widgets.dialogs.file_jobs import ask_for_files
from wxdesk.ui.widgets.dialogs.notices import WindowBridge
from wxdesk.ui.widgets.fields.choice import ChoiceField
from wxdesk.ui.widgets.flow_layout import FlowLayout
from wxdesk.ui.widgets.labels import PlainLabel, small_label
from wxdesk.ui.widgets.quota_dots import QuotaDots

LONGEST_SESSION_FROM = 1024
CARD = ("青瓷茶具六件套", "pages/goods/detail?id=2201")


class PhonePane(QWidget):
    """Shows a scene's phone, and acts as the customer `openid` in the simulator.

    Signals:
        chosen: an openid from the drop-down.
    """

    chosen = Signal(str)

    def __init__(self, bridge: WindowBridge, simulator: Simulator, parent: QWidget) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._simulator = simulator
        self.openid = ""
        self._scene: Scene | None = None
        self._offered: list[tuple[str, str]] = []
        self.model = PhoneModel(self)
        self.view = PhoneView(self.model, self)
        self.customers = ChoiceField(self, tr("Customer"))
        self.customers.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.add = SmallButton("plus", tr("New customer"), self)
        self.name = PlainLabel(size=Size.TITLE, strong=True, elide=True, parent=self)
        self.window_text = small_label(tabular=True, elide=True, parent=self)
        self.dots = QuotaDots(self)
        self.with_tool = QFrame(self)
        self.text = QLineEdit(self)
        self.session_from = QLineEdit(self)
        self.send = Button(tr("Send"), kind=ButtonKind.PRIMARY, parent=self, then=self._write)
        self.enter = Button(tr("Enter by the button"), parent=self, then=self._enter)
        self.ready = Button(tr("Picture"), icon="image", parent=self, then=self._show_ready)
        self.own = Button(tr("From a file…"), icon="folder", parent=self, then=self._choose_file)
        self.card = Button(tr("Card"), icon="card", parent=self, then=self._send_card)
        self.result = small_label(" ", elide=True, parent=self)
        vbox(self._head(), self._tool_bar(), (self.view, 1), self._foot(), within=self, spacing=0)
        self.text.returnPressed.connect(self._write)
        self.session_from.returnPressed.connect(self._enter)
        self.customers.activated.connect(self._choose)
        self.offer_customers(False)

    def offer_customers(self, wanted: bool) -> None:
        """Offer the customers in a drop-down, if their list has no room."""
        self.customers.setVisible(wanted)
        self.add.setVisible(wanted)
        self.name.setVisible(not wanted)

    def show_scene(self, scene: Scene) -> None:
        """Show the phone of this scene."""
        self._scene = scene
        phone = scene.phone
        self.model.show_phone(phone, scene.pictures)
        self.name.setText(name_text(phone) if phone is not None else "")
        self.with_tool.setVisible(phone is not None and phone.with_tool)
        for widget in (self.text, self.session_from, self.send, self.enter, self.ready, self.own, self.card):
            widget.setEnabled(phone is not None)
        self._show_customers(scene)
        self.show_time(scene.now)

    def show_time(self, now: datetime) -> None:
        """Update the reply window's remaining time."""
        phone = self._scene.phone if self._scene is not None else None
        self.window_text.setText(window_text(phone, now) if phone is not None else "")
        self.dots.show_left(phone.left if phone is not None and phone.until is not None and now < phone.until else 0)

    def show_report(self, report: PushReport) -> None:
        """Show the outcome of a push."""
        self.result.setText(report_word(report))
        self.result.set_role("secondary" if report.accepted or not report.pushed else "failed")

    def _show_customers(self, scene: Scene) -> None:
        choices = [(customer.openid, name_text(customer)) for customer in scene.customers]
        if choices != self._offered:
            self._offered = choices
            self.customers.offer(choices)
        if scene.phone is not None:
            self.customers.show_value(scene.phone.openid)

    # -- what the customer does

    def _do(self, doing: Coroutine[Any, Any, PushReport]) -> None:
        self._bridge.ask(doing, self.show_report)

    def _write(self) -> None:
        if self.text.text().strip():
            self._do(self._simulator.write(self.openid, self.text.text()))
            self.text.clear()

    def _enter(self) -> None:
        self._do(self._simulator.enter(self.openid, self.session_from.text().strip()))

    def _show_ready(self) -> None:
        self._do(self._simulator.show(self.openid, None))

    def _send_card(self) -> None:
        self._do(self._simulator.send_card(self.openid, *CARD))

    def _let_go(self) -> None:
        self._bridge.ask(self._simulator.let_go(self.openid))

    def _choose_file(self) -> None:
        ask_for_files(self, tr("A picture from a file"), lambda files: self.show_file(files[0]), picture_filter())

    def show_file(self, path: str) -> None:
        """Let the customer send the picture in that file."""
        try:
            data = read_file(Path(path))
        except BadInput as error:
            self._bridge.failed.emit(error)
        else:
            self._do(self._simulator.show(self.openid, data))

    def _choose(self) -> None:
        self.chosen.emit(self.customers.value)

    def _head(self) -> QWidget:
        head = Frame("header", self)
        head.setFixedHeight(Measure.HEADER)
        who = ((self.name, 1), (self.customers, 1))
        hbox(*who, self.add, self.dots, self.window_text, within=head, spacing=12, margins=(16, 0, 16, 0))
        return head

    def _tool_bar(self) -> QWidget:
        self.with_tool.setProperty("class", "bar-pending")
        self.with_tool.hide()
        self.release = Button(tr("End the session there"), parent=self.with_tool, then=self._let_go)
        words = tr("WeChat's own customer-service tool has this customer: the desk hears nothing.")
        sentence = PlainLabel(words, role="pending", wrap=True, parent=self.with_tool)
        release = (self.release, Qt.AlignmentFlag.AlignVCenter)
        hbox((sentence, 1), release, within=self.with_tool, spacing=12, margins=(16, 6, 16, 6))
        return self.with_tool

    def _foot(self) -> QWidget:
        foot = Frame("footer", self)
        self.text.setPlaceholderText(tr("Write as the customer…"))
        self.text.setAccessibleName(tr("Write as the customer"))
        writing = hbox((self.text, 1), self.send, spacing=8)
        self.session_from.setPlaceholderText(tr("session-from, may be empty"))
        self.session_from.setAccessibleName(tr("session-from of the button"))
        self.session_from.setMaxLength(LONGEST_SESSION_FROM)
        self.session_from.setFixedWidth(160)
        entering = QWidget(foot)
        entering.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        hbox(self.session_from, self.enter, within=entering, spacing=8)
        flow = FlowLayout(None, entering, self.ready, self.own, self.card)
        vbox(writing, flow, self.result, within=foot, spacing=8, margins=(16, 12, 16, 10))
        return foot
