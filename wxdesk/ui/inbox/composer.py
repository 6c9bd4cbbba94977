"""Where the operator writes: the text, its size, why it cannot be sent, and what is being edited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from wxdesk.core import quota
from wxdesk.core.model import Conversation, Reply, ReplyState
from wxdesk.core.render import TEXT_LIMIT_BYTES, byte_count
from wxdesk.i18n import tr
from wxdesk.ui.inbox.message_edit import MessageEdit
from wxdesk.ui.theme import Size, font
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.labels import PlainLabel


@dataclass(frozen=True, slots=True)
class Written:
    """What was written for one conversation and not sent yet; `editing` is the reply that it changes."""

    text: str = ""
    editing: Reply | None = None


class Composer(QFrame):
    """Writes to one conversation at a time; what is unfinished in the others is kept in memory.

    Signals:
        sent: a text to be sent to the conversation.
        edited: a `Reply` and the text that it shall have.
        templates_wanted: the operator asks for a stored answer.
        went_up: the cursor left an empty text upwards.
    """

    sent = Signal(str)
    edited = Signal(object, str)
    templates_wanted = Signal()
    went_up = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("class", "footer")
        self._conversation: Conversation | None = None
        self._editing: Reply | None = None
        self._kept: dict[int, Written] = {}
        self._now: datetime | None = None
        self.edit = MessageEdit()
        self.template = Button(tr("/ Templates"), kind=ButtonKind.LINK)
        self.strip = PlainLabel(size=Size.SMALL, role="pending", strong=True, elide=True)
        self.template.setFont(font(Size.SMALL))
        self.leave = Button(tr("Leave it as it was"), kind=ButtonKind.LINK, key_hint="Esc")
        self.count = PlainLabel(size=Size.SMALL, role="secondary", tabular=True)
        self.hint = PlainLabel(size=Size.SMALL, role="secondary", elide=True)
        self.send = Button(tr("Send"), kind=ButtonKind.PRIMARY)
        self._arrange()
        self._connect()
        self._show_state()

    def _arrange(self) -> None:
        tools = QHBoxLayout()
        tools.setSpacing(12)
        tools.addWidget(self.template)
        tools.addWidget(self.strip, 1)
        tools.addStretch(0)
        tools.addWidget(self.leave)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.count)
        foot.addWidget(self.hint, 1)
        foot.addWidget(self.send)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 16, 12)
        column.setSpacing(8)
        column.addLayout(tools)
        column.addWidget(self.edit)
        column.addLayout(foot)

    def _connect(self) -> None:
        self.edit.textChanged.connect(self._show_state)
        self.edit.sent.connect(self.submit)
        self.edit.left.connect(self.stop_editing)
        self.edit.slashed.connect(self.templates_wanted)
        self.edit.went_up.connect(self.went_up)
        self.send.clicked.connect(self.submit)
        self.template.clicked.connect(self.templates_wanted)
        self.leave.clicked.connect(self.stop_editing)

    # -- which conversation

    def open(self, conversation: Conversation | None, now: datetime) -> None:
        """Write to this conversation; what was unfinished here comes back."""
        old = self._conversation
        same = old is not None and conversation is not None and old.id == conversation.id
        if old is not None and not same:
            self._kept[old.id] = Written(self.edit.toPlainText(), self._editing)
        self._conversation = conversation
        self._now = now
        if not same:
            kept = self._kept.pop(conversation.id, Written()) if conversation else Written()
            self._editing = kept.editing
            self.edit.setPlainText(kept.text)
            self.edit.moveCursor(QTextCursor.MoveOperation.End)
        self._show_state()

    def tick(self, now: datetime) -> None:
        """The reply window may be over now."""
        self._now = now
        self._show_state()

    def unfinished(self, conversation_id: int) -> str:
        """What was written for a conversation that is not open."""
        return self._kept.get(conversation_id, Written()).text

    # -- writing

    @property
    def editing(self) -> Reply | None:
        """The reply that is being changed."""
        return self._editing

    def text(self) -> str:
        """What stands there."""
        return self.edit.toPlainText()

    def insert(self, text: str) -> None:
        """Put `text` where the cursor is, in place of a slash at the start."""
        cursor = self.edit.textCursor()
        if self.text() == "/":
            cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(text)
        self.edit.setTextCursor(cursor)
        self.edit.setFocus()

    def write_in(self, text: str) -> None:
        """Replace what stands there by `text`."""
        self.edit.setPlainText(text)
        self.edit.moveCursor(QTextCursor.MoveOperation.End)
        self.edit.setFocus()

    def start_editing(self, reply: Reply) -> None:
        """Change `reply` here; what was being written is kept until that is done."""
        if self._conversation is None:
            return
        if self._editing is None and self.text():
            self._kept[self._conversation.id] = Written(self.text())
        self._editing = reply
        self.write_in(reply.content.text)
        self._show_state()

    def stop_editing(self) -> None:
        """Leave the reply as it was."""
        if self._editing is None:
            return
        self._editing = None
        kept = self._kept.pop(self._conversation.id, Written()) if self._conversation else Written()
        self.write_in(kept.text)
        self._show_state()

    def follow(self, reply: Reply) -> None:
        """The reply that is being edited has changed: once it has left, the text becomes one of its own."""
        if self._editing is None or self._editing.id != reply.id:
            return
        if reply.state in _EDITABLE:
            self._editing = reply
        else:
            self._editing = None
        self._show_state()

    def clear_after(self, sent: str) -> None:
        """Empty the text once it has been taken over, unless more was written meanwhile."""
        if self.text() == sent:
            self._editing = None
            self.edit.clear()
            if self._conversation is not None:
                self.edit.setPlainText(self._kept.pop(self._conversation.id, Written()).text)
        self._show_state()

    def submit(self) -> None:
        """Send what stands there, if it can be sent."""
        if not self.send.isEnabled():
            return
        if self._editing is not None:
            self.edited.emit(self._editing, self.text())
        else:
            self.sent.emit(self.text())

    # -- showing

    def problem(self) -> str:
        """Why this text cannot be sent now; empty if it can."""
        conversation = self._conversation
        if conversation is None or self._now is None:
            return tr("No conversation is open")
        until = conversation.window.until
        if until is None:
            return tr("WeChat allows no reply until the customer writes")
        if self._now >= until:
            return tr("The 48 hours for replies are over; the customer has to write again")
        if not quota.left(conversation.window, self._now):
            return tr("No replies are left until the customer writes again")
        over = byte_count(self.text()) - TEXT_LIMIT_BYTES
        return tr("{n} bytes too long for one message", n=over) if over > 0 else ""

    def _show_state(self) -> None:
        size = byte_count(self.text())
        problem = self.problem()
        self.count.setText(tr("{size} / {limit} bytes", size=size, limit=TEXT_LIMIT_BYTES))
        self.count.set_role("failed" if size > TEXT_LIMIT_BYTES else "secondary")
        ready = tr("· takes 1 reply") if self._editing is None else ""
        self.hint.setText(f"· {problem}" if problem else ready)
        self.hint.set_role("failed" if problem else "secondary")
        self.send.setEnabled(not problem and bool(self.text().strip()))
        self.send.setToolTip(problem)
        editing = self._editing is not None
        self.strip.setText(tr("You are changing this reply; Enter sends it") if editing else "")
        self.strip.setVisible(editing)
        self.leave.setVisible(editing)
        self.template.setVisible(not editing)
        self.send.setText(tr("Save and send") if editing else tr("Send"))


_EDITABLE = frozenset({ReplyState.DRAFT, ReplyState.HELD, ReplyState.FAILED})
