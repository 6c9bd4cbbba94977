"""Panel with data about the customer from the shop's own system."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame

from wxdesk.core.content.text_links import TextLink
from wxdesk.core.errors import BadInput
from wxdesk.core.outside import CustomerSheet
from wxdesk.i18n import explain, tr
from wxdesk.ui.inbox.timeline.dialogs import LinkDialog
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.boxes import AT_LEFT, AT_TOP, STRETCH, grid, hbox, remove_widgets, vbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.labels import PlainLabel, heading


class CustomerDataPanel(QFrame):
    """A button that asks for the data, and what was answered as plain text.

    Nothing is asked for by itself, and no link is followed without a question.
    """

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._bridge = bridge
        self._conversation = 0
        self._asked = False
        self.title = heading(tr("From your own system"))
        self.ask = Button(tr("Look it up"), kind=ButtonKind.LINK, then=self._ask)
        self.state = PlainLabel(role="secondary", wrap=True)
        self._lines = grid(across=12, down=3)
        self._links = vbox(spacing=0)
        head = hbox(self.title, STRETCH, self.ask)
        vbox(head, self.state, self._lines, self._links, within=self, spacing=6, margins=(0, 0, 0, 12))
        self.hide()

    def show_conversation(self, conversation_id: int) -> None:
        """Offer the data about another conversation's customer; of the same one they stay."""
        desk = self._bridge.desk
        self.setVisible(desk.is_remote or desk.customer_data.is_there)
        if conversation_id != self._conversation:
            self._conversation, self._asked = conversation_id, False
            self._show(CustomerSheet(), "")

    def _ask(self) -> None:
        work = self._bridge.desk.customer_data.sheet(self._conversation, anew=self._asked)
        self._asked = True
        self._show(CustomerSheet(), tr("Asking…"))
        self._bridge.ask(work, self._show_answer, self._refused, about=lambda: self._conversation)

    def _show_answer(self, sheet: CustomerSheet) -> None:
        self._show(sheet, "" if sheet != CustomerSheet() else tr("It knows nothing about this customer."))

    def _refused(self, error: Exception) -> None:
        self._show(CustomerSheet(), explain(error))
        if not isinstance(error, BadInput):
            self._bridge.failed.emit(error)

    def _show(self, sheet: CustomerSheet, state: str) -> None:
        self.ask.setText(tr("Ask again") if self._asked else tr("Look it up"))
        self.state.show_if_any(state)
        remove_widgets(self._lines)
        remove_widgets(self._links)
        lines = [("", sheet.title), *sheet.lines] if sheet.title else list(sheet.lines)
        for row, (name, text) in enumerate(lines):
            both = bool(name and text)
            if both:
                label = PlainLabel(name, role="secondary", wrap=True, parent=self)
                self._lines.addWidget(label, row, 0, AT_TOP)
            value = PlainLabel(text or name, wrap=True, strong=bool(sheet.title) and row == 0, parent=self)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._lines.addWidget(value, row, int(both), 1, 1 if both else 2, AT_TOP)
        for name, url in sheet.links:
            link = Button(name or url, kind=ButtonKind.LINK, parent=self, then=partial(self._open, url))
            self._links.addWidget(link, 0, AT_LEFT)

    def _open(self, url: str) -> None:
        LinkDialog(TextLink(url, url), self).open()
