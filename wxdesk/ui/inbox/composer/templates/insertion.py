"""Inserts a template, chosen and filled in, or an emoticon."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from wxdesk.core.errors import BadTemplate, MissingValue
from wxdesk.core.model.content import Content, ReplyKind
from wxdesk.core.model.message import Message, MessageType
from wxdesk.core.templates import Template
from wxdesk.desk.answers.answer import RuleContext
from wxdesk.ui.inbox.composer.composer import Composer
from wxdesk.ui.inbox.composer.panels.control import SendingPanels
from wxdesk.ui.inbox.composer.templates.emoticons import EmoticonPicker
from wxdesk.ui.inbox.composer.templates.form import TemplateForm
from wxdesk.ui.inbox.composer.templates.picker import TemplatePicker
from wxdesk.ui.inbox.open_conversation import ChatSession
from wxdesk.ui.runtime.bridge import Bridge


class TemplateInsertion(QObject):
    """Inserts text into the composer, and other content into the panel that sends it."""

    def __init__(
        self, host: QWidget, composer: Composer, panels: SendingPanels, bridge: Bridge, session: ChatSession
    ) -> None:
        super().__init__(host)
        self._composer = composer
        self._panels = panels
        self._bridge = bridge
        self._templates = bridge.desk.templates
        self._session = session
        self.picker = TemplatePicker(host)
        self.form = TemplateForm(host)
        self.emoticons = EmoticonPicker(host)
        composer.tools.template.clicked.connect(self.open_picker)
        composer.edit.slashed.connect(self.open_picker)
        self.picker.chosen.connect(self._choose)
        composer.tools.emoticon.clicked.connect(self.open_emoticons)
        self.emoticons.chosen.connect(self._insert_emoticon)
        for picker in (self.picker, self.emoticons):
            picker.closed.connect(composer.edit.setFocus)
        self.form.filled.connect(self._insert)
        self.form.closed.connect(composer.edit.setFocus)

    def open_picker(self) -> None:
        """Let the operator choose a template."""
        self._panels.close()
        self.form.close_it()
        self.picker.open_over(self._composer)
        self._bridge.ask(self._templates.all(), self._offer)

    def _offer(self, templates: Sequence[Template]) -> None:
        context = self._context()
        self.picker.offer(templates, partial(self._one_line, context))

    def _one_line(self, context: RuleContext | None, template: Template) -> str:
        """Return what a template says to the customer of the open conversation."""
        return template.summary if context is None else self._templates.one_line(template, context)

    def close(self) -> None:
        """Close picker and form, so that no value is used for another contact."""
        self.picker.hide()
        self.emoticons.hide()
        self.form.close_it()

    def open_emoticons(self) -> None:
        """Let the operator choose an emoticon or emoji."""
        self._panels.close()
        self.close()
        self.emoticons.open_over(self._composer)

    def _insert_emoticon(self, used: tuple[str, str]) -> None:
        self._composer.edit.insert(used[0])

    def _choose(self, template: Template) -> None:
        context = self._context()
        if context is None:
            return
        filling = self._templates.begin(template, context)
        if not filling.prompts:
            try:
                self._insert(template, filling.content({}))
            except MissingValue:
                pass  # the form asks for it
            except BadTemplate as error:
                self._bridge.failed.emit(error)
                return
            else:
                return
        self.form.ask(filling)
        self.form.open_over(self._composer)

    def _insert(self, template: Template, content: Content) -> None:
        if content.kind is ReplyKind.TEXT:
            self._composer.edit.insert(content.text)
        else:
            self._composer.edit.insert("")  # the slash has done its work
            self._panels.offer(content)
        self._bridge.ask(self._templates.count_use(template.id))

    def _context(self) -> RuleContext | None:
        conversation = self._session.conversation
        account = self._bridge.desk.accounts.get(conversation.account) if conversation else None
        if conversation is None or account is None:
            return None
        now = self._bridge.desk.clock()
        message = self._session.known.last_message() or Message(0, conversation.id, 0, MessageType.TEXT, now, now)
        source = message.session_from or self._session.known.source()
        return RuleContext(replace(message, session_from=source), conversation, account, now)
