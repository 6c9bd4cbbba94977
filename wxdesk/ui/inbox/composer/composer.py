"""The composer widget: its text field and tools."""

from collections.abc import Callable, Container, Sequence
from datetime import datetime

from PySide6.QtCore import Signal

from wxdesk.core.content.word_guard import found_in
from wxdesk.core.model.conversation import Conversation
from wxdesk.core.model.reply import Content, Draft, Reply, ReplyKind
from wxdesk.ui.inbox.composer.drafts import Drafts
from wxdesk.ui.inbox.composer.message_field import MessageEdit
from wxdesk.ui.inbox.composer.tools import ComposerFoot, ComposerTools, DraftBanner
from wxdesk.ui.inbox.sendability import TextFit, closed_text, editing_text, fit_of
from wxdesk.ui.inbox.timeline.entries import TimelineEntry
from wxdesk.ui.look.theme import Measure
from wxdesk.ui.widgets.boxes import Frame, hbox, vbox


class Composer(Frame):
    """Shows the text in hand among the `drafts` of the open conversation.

    Writing is possible as soon as the conversation's id is known, sending once its quota is known.

    Signals:
        sent: the `Draft` of a text that the operator sends, and how many messages it may take.
        panel_wanted: the `ReplyKind` of what is begun in a panel, to be shown again.
        idle: True while the text has the focus, is empty also of a word being composed, and neither changes a reply
            nor lies above another.
    """

    sent = Signal(object, int)
    panel_wanted = Signal(object)
    idle = Signal(bool)

    def __init__(
        self,
        accounts: Callable[[], Container[str] | None],
        guarded: Callable[[], Sequence[str]],
        entry_of: Callable[[Reply], TimelineEntry | None],
    ) -> None:
        super().__init__("footer")
        self._conversation: Conversation | None = None
        self.drafts = Drafts(self)
        self._accounts = accounts
        self.guarded = guarded  # words to warn of
        self._entry_of = entry_of  # with the other parts of its answer
        self._now: datetime | None = None
        self.edit = MessageEdit()
        self.text = self.edit.toPlainText
        self.tools = ComposerTools()
        self.line = DraftBanner()
        self.foot = ComposerFoot()
        self.send, self.send_split = self.foot.send, self.foot.send_split
        self.count, self.hint = self.foot.count, self.foot.hint
        tools = hbox((self.tools, 1), (self.line, 1), spacing=12)
        self.column = Frame("flat")
        self.column.setMaximumWidth(Measure.CHAT_MAX)
        vbox(tools, self.edit, self.foot, within=self.column, spacing=8, margins=(16, 8, 16, 12))
        hbox(self.column, within=self)
        self._connect()
        self._show_state()

    def _connect(self) -> None:
        self.drafts.composing = lambda: self.edit.composing
        self.drafts.changed.connect(self._show_draft)
        self.edit.textChanged.connect(self._note_text)
        self.edit.sent.connect(self.submit)
        self.edit.left.connect(self.go_on)
        self.edit.focus_changed.connect(self._show_state)
        self.edit.composed.connect(self._show_state)
        self.send.clicked.connect(self.submit)
        self.send_split.clicked.connect(self._submit_split)
        self.line.leave.clicked.connect(self.go_on)

    # -- which conversation

    def switch_to(self, conversation_id: int) -> None:
        """Switch to a conversation by id, 0 for none, and show its text in hand."""
        if conversation_id != self.drafts.conversation_id:
            self.edit.take_composed()
            self._conversation = None
            self.drafts.open(conversation_id)

    def open(self, conversation: Conversation, now: datetime) -> None:
        """Write for this conversation, as it is now."""
        self.switch_to(conversation.id)
        self._conversation = conversation
        self._now = now
        self._show_state()

    # -- writing

    @property
    def editing(self) -> Reply | None:
        """The reply that the text in hand changes."""
        return self.drafts.top().editing

    def write_anew(self, text: str) -> None:
        """Begin another reply with `text`; the present draft is kept below it."""
        self.drafts.begin(Draft.of_text(text))
        self.edit.setFocus()

    def start_editing(self, reply: Reply) -> None:
        """Edit `reply` here; the present draft, also of another edit, is kept below it."""
        self.drafts.edit(reply)
        self.edit.setFocus()

    def go_on(self) -> None:
        """Leave the reply as it was or show the text below; else open a begun panel."""
        if self.editing is None and not self.drafts.below[ReplyKind.TEXT]:
            for kind in self.drafts.begun[:1]:
                self.panel_wanted.emit(kind)
            return
        self.drafts.leave()
        if not self.text():
            self.edit.emptied.emit()
        self.edit.setFocus()

    def submit(self) -> None:
        """Send the text if it can be sent."""
        if self.send.isEnabled():
            self.sent.emit(self.drafts.top(), 1)

    def _submit_split(self) -> None:
        fit = self.fit
        if fit.can_split:
            self.sent.emit(self.drafts.top(), fit.parts)

    # -- showing

    @property
    def fit(self) -> TextFit:
        """Size of the text, the messages it takes, and the reason that it cannot be sent."""
        return fit_of(self.text(), self._conversation, self._now, self.closed, whole=self.editing is not None)

    @property
    def closed(self) -> str:
        """The reason that nothing may be sent now; empty if something may."""
        return closed_text(self._conversation, self._now, self._accounts())

    def _note_text(self) -> None:
        self.drafts.write(Content(text=self.text()))

    def _show_draft(self) -> None:
        """Show the text in hand; what follows one that was sent stays as it is."""
        text, before = self.drafts.top().text, self.text()
        if before != text and before.endswith(text):
            self.edit.drop(before.removesuffix(text))
        elif before != text:
            self.edit.write(text)
        self._show_state()

    def _show_state(self) -> None:
        draft, below, words = self.drafts.top(), self.drafts.below[ReplyKind.TEXT], ""
        editing = draft.editing is not None
        if draft.editing is not None:
            entry = self._entry_of(draft.editing)
            parts = (entry.asking, entry.ahead) if entry is not None else ()
            words = editing_text(self.edit.send_key, *parts)
        self.foot.show_fit(
            self.fit, found_in(draft.content, self.guarded()), blank=not draft.text.strip(), editing=editing
        )
        if self._conversation is None:
            self.hint.setText("")  # what may be sent is known in a moment
        self.line.say(words, below, self.drafts.begun)
        self.tools.setVisible(not editing)
        focused = self.edit.hasFocus()
        self.line.leave.set_key_hint("Esc" if focused else "")
        self.idle.emit(focused and not (editing or draft.text or below or self.edit.composing))
