"""The composer widget: its text and tools."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import Signal

from wxdesk.core.content.word_guard import found_in
from wxdesk.core.model.conversation import Conversation
from wxdesk.core.model.reply import EDITABLE, Content, Draft, Reply
from wxdesk.ui.inbox.composer.drafts import DraftStack, above
from wxdesk.ui.inbox.composer.message_field import MessageEdit
from wxdesk.ui.inbox.composer.tools import ComposerFoot, ComposerTools, DraftBanner
from wxdesk.ui.inbox.sendability import TextFit, closed_text, editing_text, fit_of
from wxdesk.ui.inbox.timeline.entries import TimelineEntry
from wxdesk.ui.widgets.boxes import Frame, hbox, vbox


class Composer(Frame):
    """Writes to one conversation at a time; the drafts of all lie in `drafts`.

    Writing is possible as soon as the conversation's id is known, sending once its quota is known.

    Signals:
        sent: the id of the conversation that a text was written for, its `Content`, and how many messages it may take.
        edited: a `Reply` and its new text.
        given_up: the `Draft` of a reply that shall stay as it was.
        changed: something was written, sent or put aside.
        idle: True while the text has the focus, is empty, and neither changes a reply nor lies above another.
    """

    sent = Signal(int, object, int)
    edited = Signal(object, str)
    given_up = Signal(object)
    changed = Signal()
    idle = Signal(bool)

    def __init__(self) -> None:
        super().__init__("footer")
        self._id = 0
        self._conversation: Conversation | None = None
        self._editing: Reply | None = None
        self._company = (0, 0)
        self.drafts = DraftStack()
        self.guarded: Callable[[], Sequence[str]] = tuple  # words to warn of
        self._now: datetime | None = None
        self.edit = MessageEdit()
        self.tools = ComposerTools()
        self.line = DraftBanner()
        self.foot = ComposerFoot()
        self.send, self.send_split = self.foot.send, self.foot.send_split
        self.count, self.hint = self.foot.count, self.foot.hint
        tools = hbox((self.tools, 1), (self.line, 1), spacing=12)
        vbox(tools, self.edit, self.foot, within=self, spacing=8, margins=(16, 8, 16, 12))
        self._connect()
        self._show_state()

    def _connect(self) -> None:
        self.edit.textChanged.connect(self._show_state)
        self.edit.sent.connect(self.submit)
        self.edit.left.connect(self.line.leave.click)
        self.edit.focus_changed.connect(self._show_state)
        self.send.clicked.connect(self.submit)
        self.send_split.clicked.connect(self._submit_split)
        self.line.left.connect(self.stop_editing)

    # -- which conversation

    def switch_to(self, conversation_id: int) -> None:
        """Switch to a conversation by id, 0 for none, and show its latest draft."""
        if conversation_id != self._id:
            self.drafts.put(self._id, self._sheet)
            self._id, self._conversation = conversation_id, None
            self._write_on(self.drafts.take(conversation_id))
            self._show_state()

    def open(self, conversation: Conversation | None, now: datetime) -> None:
        """Write for this conversation, as it is now."""
        self.switch_to(0 if conversation is None else conversation.id)
        self._conversation = conversation
        self._now = now
        self._show_state()

    @property
    def conversation_id(self) -> int:
        """Id of the conversation being written to, 0 for none."""
        return self._id

    @property
    def unsent(self) -> list[tuple[int, Draft]]:
        """Every draft of every conversation, the visible one last."""
        return [*self.drafts.unsent, *([(self._id, self._sheet)] if self._sheet.unsaved else ())]

    def show_stored(self) -> None:
        """Show the open conversation's latest draft, unless something is written already."""
        if self._sheet.blank:
            self._write_on(self.drafts.take(self._id))
            self._show_state()

    # -- writing

    @property
    def editing(self) -> Reply | None:
        """The reply being edited."""
        return self._editing

    @property
    def in_hand(self) -> list[Reply]:
        """All replies of the open conversation being edited, the visible one last."""
        lying = self.drafts.edited(self._id)
        return lying if self._editing is None else [*lying, self._editing]

    @property
    def _sheet(self) -> Draft:
        return Draft.of_text(self.text(), self._editing)

    def text(self) -> str:
        """Return the text in the field."""
        return self.edit.toPlainText()

    def _write_on(self, sheet: Draft) -> None:
        """Show this draft; the one shown before must already be stored or sent."""
        self._editing = sheet.editing
        self.edit.write(sheet.text)

    def write_anew(self, text: str) -> None:
        """Begin another reply with `text`; the present draft is kept below it."""
        self._put_by()
        self._write_on(Draft.of_text(text))
        self.edit.setFocus()
        self._show_state()

    def _put_by(self) -> None:
        """Keep the present draft below the next one; release a reply that was not changed."""
        sheet = self._sheet
        if sheet.editing is not None and not sheet.changed:
            self.given_up.emit(sheet)
        else:
            self.drafts.put(self._id, sheet)

    def put_back(self, conversation_id: int, content: Content) -> None:
        """Restore a text after its send was undone; what was written since follows it."""
        text = content.text
        if conversation_id == self._id and self._editing is None:
            self._write_on(Draft.of_text(above(text, self.text())))
            self.edit.setFocus()
        else:  # another conversation is open, or a reply is being changed
            self.drafts.put_text_before(conversation_id, text)

    def start_editing(self, reply: Reply) -> None:
        """Edit `reply` here; the present draft, also of another edit, is kept below it."""
        if reply.conversation_id != self._id:
            return
        if self._editing is not None and self._editing.id == reply.id:
            self._editing = reply
        else:
            self._put_by()
            self._write_on(self.drafts.take_edit(reply))
        self.edit.setFocus()
        self._show_state()

    def note_other_parts(self, entry: TimelineEntry | None) -> None:
        """Note how many other parts of its answer leave with the reply being edited."""
        company = (0, 0) if entry is None else (entry.asking, entry.ahead)
        if company != self._company:
            self._company = company
            self._show_state()

    def stop_editing(self) -> None:
        """Leave the reply as it was and show the draft below; else only show that draft."""
        if self._editing is None and not self.drafts.count(self._id):
            return
        sheet = self._sheet
        below = self.drafts.take(self._id)
        if sheet.editing is None:
            self.drafts.put(self._id, sheet, below=True)
        else:
            self.drafts.leave(sheet)
            self.given_up.emit(sheet)
        self._write_on(below)
        if not below.text:
            self.edit.emptied.emit()
        self.edit.setFocus()
        self._show_state()

    def follow(self, reply: Reply) -> None:
        """Update a reply being edited; once it has ended, its text becomes a new draft."""
        ended = reply.state not in EDITABLE
        if self._editing is not None and self._editing.id == reply.id:
            self._editing = None if ended else reply
        self.drafts.follow(reply, ended=ended)
        self._show_state()

    def clear_after(self, conversation_id: int, sent: Draft) -> None:
        """Remove a draft that the desk has, also from the stack, but what follows it."""
        same = conversation_id == self._id and self._sheet.stored.reply_id == sent.stored.reply_id
        if same and self.text().startswith(sent.text):
            self._editing = None
            self.edit.drop(sent.text)
            if not self.text() and not self.edit.composing:
                self._write_on(self.drafts.take(conversation_id))
        else:
            self.drafts.remove(conversation_id, sent)
        self._show_state()

    def submit(self) -> None:
        """Send the text if it can be sent."""
        if not self.send.isEnabled():
            return
        if self._editing is not None:
            self.edited.emit(self._editing, self.text())
        else:
            self.sent.emit(self._id, self._sheet.content, 1)

    def _submit_split(self) -> None:
        fit = self.fit
        if fit.can_split:
            self.sent.emit(self._id, self._sheet.content, fit.parts)

    # -- showing

    @property
    def written(self) -> tuple[int, Content] | None:
        """The new text that can be sent now, and its conversation's id, if any."""
        return (self._id, self._sheet.content) if self._editing is None and self.send.isEnabled() else None

    @property
    def fit(self) -> TextFit:
        """Size of the text, the messages it takes, and the reason that it cannot be sent."""
        return fit_of(self.text(), self._conversation, self._now, whole=self._editing is not None)

    @property
    def closed(self) -> str:
        """The reason that nothing may be sent now; empty if something may."""
        return closed_text(self._conversation, self._now)

    def _show_state(self) -> None:
        editing = self._editing is not None
        self.foot.show_fit(
            self.fit, found_in(self._sheet.content, self.guarded()), blank=not self.text().strip(), editing=editing
        )
        if self._conversation is None:
            self.hint.setText("")  # what may be sent is known in a moment
        asking, ahead = self._company
        words = editing_text(asking, ahead) if editing else ""
        self.line.say(words, put_by=self.drafts.count(self._id))
        self.tools.setVisible(not editing)
        focused = self.edit.hasFocus()
        self.line.leave.set_key_hint("Esc" if focused else "")
        self.idle.emit(focused and not (editing or self.text() or self.drafts.count(self._id)))
        self.changed.emit()
