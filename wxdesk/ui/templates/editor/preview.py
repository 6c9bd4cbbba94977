"""Live preview of the bubble that a customer would see, with example values."""

from PySide6.QtWidgets import QFrame, QWidget

from wxdesk.core.content.variables import TEXT_LIMIT_BYTES, byte_count
from wxdesk.core.errors import BadInput
from wxdesk.core.model.account import Account
from wxdesk.core.model.conversation import Contact, Conversation, ReplyWindow
from wxdesk.core.model.message import Message, MessageType
from wxdesk.core.model.reply import Content, ReplyKind
from wxdesk.core.templates import Template
from wxdesk.core.wechat.quota import window_after_event
from wxdesk.desk.answers.answer import RuleContext
from wxdesk.desk.answers.splitting import split_text
from wxdesk.desk.desk import Desk
from wxdesk.i18n import number_text, tr
from wxdesk.ui.content.album import Album
from wxdesk.ui.content.preview import ContentPreview, cost_text
from wxdesk.ui.widgets.boxes import STRETCH, vbox
from wxdesk.ui.widgets.labels import heading, small_label


class TemplatePreview(QFrame):
    """Preview of one variant of a template, or a sentence where it cannot be shown."""

    def __init__(self, desk: Desk, album: Album, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.bubble = ContentPreview(album, self)
        self.cost = small_label(wrap=True, parent=self)
        self.note = small_label(wrap=True, parent=self)
        head = heading(tr("As the customer sees it"))
        vbox(head, self.bubble, self.cost, self.note, STRETCH, spacing=8, within=self)

    def show_template(self, template: Template, variant: int) -> None:
        """Show variant number `variant` (from 0) of `template` for an example customer."""
        try:
            content = self._desk.templates.begin(template, example_context(self._desk), variant).example()
        except BadInput:
            self._show(Content(), "", tr("It is shown here once there is no mistake in the text."))
            return
        asked = bool(template.prompts)
        note = tr("What you fill in is in ‹ ›.") if asked else ""
        self._show(content, _cost_of(content), note)

    def _show(self, content: Content, cost: str, note: str) -> None:
        is_written = bool(content.summary) or content.kind is not ReplyKind.TEXT
        self.bubble.show_content(content)
        self.bubble.setVisible(is_written)
        self.cost.show_if_any(cost if is_written else "")
        self.note.show_if_any(note)


def example_context(desk: Desk) -> RuleContext:
    """Return a message of an example customer, for previews."""
    now = desk.clock()
    account = next(iter(desk.accounts.values()), Account("", "", ""))
    message = Message(0, 0, 0, MessageType.TEXT, now, now, text=tr("When do you close?"))
    contact = Contact(0, account.name, "", now, alias=tr("Wang Fang"))
    window = window_after_event(ReplyWindow(), MessageType.TEXT, now)
    conversation = Conversation(0, account.name, contact, window=window)
    return RuleContext(message, conversation, account, now)


def _cost_of(content: Content) -> str:
    if content.kind is not ReplyKind.TEXT:
        return cost_text(1)
    size = byte_count(content.text)
    return cost_text(1 if size <= TEXT_LIMIT_BYTES else len(split_text(content.text)), number_text(size))
