"""Panel that turns text of the reply into a link to a web or mini-program page."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from wxdesk.core.content import limits as contents
from wxdesk.core.content.text_links import TextLink
from wxdesk.core.errors import BadContent
from wxdesk.i18n import explain, tr
from wxdesk.ui.inbox.composer.panels.popover import Popover
from wxdesk.ui.look.theme import Size
from wxdesk.ui.widgets.boxes import hbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.fields.labelled import LabelledField
from wxdesk.ui.widgets.labels import PlainLabel

_WIDEST = 460


class TextLinkPanel(Popover):
    """Fields for label, address, and a mini-program page that new clients open.

    Signals:
        made: the `TextLink` to insert into the text.
    """

    made = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(tr("Link in the text"), _WIDEST, parent)
        self._app_id = ""
        self.label = LabelledField(tr("Words that the customer touches"))
        self.url = LabelledField(tr("Address"), "https://")
        self.path = LabelledField(tr("Page of the mini program (optional)"), "pages/index/index")
        self.note = PlainLabel(
            tr("With a page, the address is what old versions of WeChat open."),
            size=Size.SMALL,
            role="secondary",
            wrap=True,
        )
        self.put_in = Button(tr("Put it into the text"), kind=ButtonKind.PRIMARY, key_hint="Ctrl+⏎")
        for field in (self.label, self.url, self.path):
            self.column.addWidget(field)
        self.column.addLayout(hbox((self.note, 1), self.put_in))
        self.put_in.clicked.connect(self.submit)
        self.confirmed.connect(self.submit)

    def prepare(self, label: str, app_id: str) -> None:
        """Begin with the selected text as label; `app_id` is the conversation's."""
        self._app_id = app_id
        for field, text in ((self.label, " ".join(label.split())), (self.url, ""), (self.path, "")):
            field.edit.setText(text)
            field.show_error("")

    def start(self) -> None:
        """Focus the first field that is missing."""
        (self.url if self.label.text() else self.label).edit.setFocus()

    def submit(self) -> None:
        """Emit the link, or show what is wrong."""
        if not self.label.text():
            self._complain(self.label, tr("Which words are to be touched?"))
            return
        try:
            contents.check_url(self.url.text())
            if self.path.text():
                contents.check_page_path(self.path.text())
        except BadContent as error:
            self._complain(self.url if error.field == "url" else self.path, explain(error))
            return
        page = self.path.text()
        self.made.emit(TextLink(self.label.text(), self.url.text(), self._app_id if page else "", page))
        self.close_it()

    def _complain(self, field: LabelledField, reason: str) -> None:
        field.show_error(reason)
        field.edit.setFocus()
