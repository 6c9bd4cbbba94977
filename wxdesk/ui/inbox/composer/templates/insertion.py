"""Inserts a template, chosen and filled in by a form, or an emoticon."""

from collections.abc import Callable, Sequence
from urllib.parse import quote

from msgspec.structs import replace
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from wxdesk.core.content.limits import words_of
from wxdesk.core.errors import BadTemplate, MissingValue
from wxdesk.core.model.message import Message, MessageType
from wxdesk.core.model.reply import Content, ReplyKind
from wxdesk.core.templates import ASK, Prompt, Template
from wxdesk.desk.answers.answer import RuleContext
from wxdesk.desk.answers.filling import Filling
from wxdesk.i18n import explain, tr
from wxdesk.ui.editing.template_text import variable_names
from wxdesk.ui.inbox.chat_session import ChatSession
from wxdesk.ui.inbox.composer.composer import Composer
from wxdesk.ui.inbox.composer.panels.content import Popover
from wxdesk.ui.inbox.composer.panels.control import PanelControl
from wxdesk.ui.inbox.composer.templates.picker import EmoticonOffer, EmoticonPicker, TemplatePicker
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.boxes import extend, grid, hbox, remove_widgets
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.fields.labelled import set_wrong
from wxdesk.ui.widgets.labels import PlainLabel, small_label

WIDEST = 480
GAP = "‹…›"
"""Placeholder for a value that is still missing."""

SHOWN = 240
"""Characters of the preview shown below the fields."""


class TemplateForm(Popover):
    """Fields for missing values; Enter inserts, once all required ones are filled in.

    `then` gets the template, and the content that it makes.
    """

    def __init__(self, then: Callable[[Template, Content], None], parent: QWidget) -> None:
        super().__init__(tr("Fill in the template"), WIDEST, parent)
        self._then = then
        self._filling: Filling | None = None
        self.fields: dict[str, QLineEdit] = {}
        self._grid = grid(across=12, down=6)
        self.text = PlainLabel(role="secondary", wrap=True)
        self.problem = small_label(role="failed", wrap=True)
        self.insert = Button(tr("Insert"), kind=ButtonKind.PRIMARY, key_hint="⏎", then=self.submit)
        foot = hbox((self.problem, 1), self.insert, spacing=8)
        extend(self.column, self._grid, self.text, foot)

    def ask(self, filling: Filling) -> None:
        """Begin another insertion."""
        remove_widgets(self._grid)
        self.fields = {}
        self._filling = filling
        self.title.setText(filling.template.title)
        self.setAccessibleName(filling.template.title)
        for prompt in filling.prompts:
            self._add(f"{ASK}.{prompt.name}", prompt)
        self._add_lacking(filling)
        self._show()

    def start(self) -> None:
        """Focus the first empty field."""
        fields = list(self.fields.values())
        next((field for field in fields if not field.text()), fields[0] if fields else self.insert).setFocus()

    def submit(self) -> None:
        """Insert, or show and focus what is missing."""
        if self._filling is None:
            return
        try:
            content = self._filling.content(self._answers())
        except MissingValue as error:
            self._complain(error.name, tr(error.reason))
        except BadTemplate as error:
            self._complain("", explain(error))
        else:
            self.close_it()
            self._then(self._filling.template, content)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.submit()
        else:
            super().keyPressEvent(event)

    def _add_lacking(self, filling: Filling) -> None:
        """Add a field for each variable without a value in this conversation."""
        answers = dict.fromkeys(self.fields, "…")
        while True:
            try:
                filling.content(answers)
            except MissingValue as error:
                if error.name in answers:
                    return
                answers[error.name] = "…"
                self._add(error.name, Prompt(error.name, dict(variable_names()).get(error.name, "")))
            except BadTemplate:
                return
            else:
                return

    def _add(self, variable: str, prompt: Prompt) -> None:
        question = prompt.question if prompt.required else tr("{question} (optional)", question=prompt.question)
        label = small_label(question, parent=self)
        field = QLineEdit(prompt.default, self)
        field.setAccessibleName(question)
        field.textChanged.connect(self._show)
        at = len(self.fields)
        self._grid.addWidget(label, at, 0)
        self._grid.addWidget(field, at, 1)
        label.show()
        field.show()
        self.fields[variable] = field

    def _answers(self) -> dict[str, str]:
        return {variable: field.text() for variable, field in self.fields.items()}

    def _complain(self, variable: str, reason: str) -> None:
        self.problem.setText(reason)
        field = self.fields.get(variable)
        if field is not None:
            set_wrong(field, True)
            field.setAccessibleDescription(reason)
            field.setFocus()

    def _show(self) -> None:
        self.problem.setText("")
        for field in self.fields.values():
            set_wrong(field, False)
            field.setAccessibleDescription("")
        if self._filling is not None:
            shown = _shown(self._filling, self._answers())
            self.text.setText(shown if len(shown) <= SHOWN else shown[:SHOWN] + "…")


def _shown(filling: Filling, answers: dict[str, str]) -> str:
    optional = {f"{ASK}.{prompt.name}" for prompt in filling.prompts if not prompt.required}
    gaps = {name: answer if answer.strip() or name in optional else GAP for name, answer in answers.items()}
    try:
        content: Content = filling.content(gaps)
    except BadTemplate as error:
        return explain(error)
    shown = "\n".join(words for words in words_of(content).values() if words)
    return shown.replace(quote(GAP, safe=""), GAP)  # as it comes out in an address


class TemplateInsertion(QObject):
    """Inserts text into the composer, and other content into the panel that sends it."""

    def __init__(
        self, host: QWidget, composer: Composer, panels: PanelControl, bridge: Bridge, session: ChatSession
    ) -> None:
        super().__init__(host)
        self._composer = composer
        self._panels = panels
        self._bridge = bridge
        self._templates = bridge.desk.templates
        self._session = session
        self.picker = TemplatePicker(host)
        self.form = TemplateForm(self._insert, host)
        self.emoticons = EmoticonPicker(host)
        self._slash = ""
        composer.tools.template.clicked.connect(self.open_picker)
        composer.edit.slashed.connect(self._open_by_slash)
        self.picker.field.textEdited.connect(self._write_slash)
        self.picker.chosen.connect(self._choose)
        composer.tools.emoticon.clicked.connect(self.open_emoticons)
        self.emoticons.chosen.connect(self._insert_emoticon)
        for popup in (self.picker, self.emoticons, self.form):
            panels.serve(popup)

    def open_picker(self) -> None:
        """Let the operator choose a template."""
        self._slash = ""
        self._panels.show(self.picker)
        self.renew()

    def _open_by_slash(self, slash: str) -> None:
        self.open_picker()
        self._slash = slash

    def _write_slash(self, sought: str) -> None:
        """Write a slash into the reply, because a second one was pressed at once."""
        if sought and sought == self._slash:
            self.picker.close_it()
            self._composer.edit.insert(sought)

    def renew(self) -> None:
        """Offer the templates as they are, also while the picker stays open."""
        if not self.picker.isHidden():
            self._bridge.ask(self._templates.all(), self._offer)

    def _offer(self, templates: Sequence[Template]) -> None:
        context = self._context()
        said = self._templates.one_line  # to the customer of the open conversation
        self.picker.offer(templates, lambda one: one.summary if context is None else said(one, context))

    def open_emoticons(self) -> None:
        """Let the operator choose an emoticon or emoji."""
        self._panels.show(self.emoticons)

    def _insert_emoticon(self, used: EmoticonOffer) -> None:
        self._composer.edit.insert(used.text)

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
        self._panels.show(self.form)

    def _insert(self, template: Template, content: Content) -> None:
        if content.kind is ReplyKind.TEXT:
            self._composer.edit.insert(content.text)
        else:
            self._panels.offer(content)
        self._bridge.ask(self._templates.count_use(template.id), failed=self._bridge.outdated.emit)

    def _context(self) -> RuleContext | None:
        conversation = self._session.conversation
        account = self._bridge.desk.accounts.get(conversation.account) if conversation else None
        if conversation is None or account is None:
            return None
        now = self._bridge.desk.clock()
        message = self._session.known.last_message() or Message(0, conversation.id, 0, MessageType.TEXT, now, now)
        source = message.session_from or self._session.known.source()
        return RuleContext(replace(message, session_from=source), conversation, account, now)
