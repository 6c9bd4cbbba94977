"""Sends the composer's texts to the desk, each once, and then clears them."""

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from wxdesk.core.model.content import Content
from wxdesk.core.model.reply import Draft, Reply, ReplyState
from wxdesk.desk.replies.commands import ReplyCommands
from wxdesk.ui.inbox.composer.composer import Composer
from wxdesk.ui.inbox.open_conversation import ChatSession
from wxdesk.ui.runtime.bridge import Bridge


class EditSaving(QObject):
    """Saves each change once; the first part of an asking answer releases all parts."""

    def __init__(self, bridge: Bridge, session: ChatSession, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._session = session

    def saves(self, reply_id: int) -> bool:
        """Return True while a change of this reply is being saved."""
        return self._bridge.is_asking(("edit", reply_id))

    def save(
        self,
        reply: Reply,
        content: Content,
        done: Callable[[Reply], None],
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """Store `content` in `reply` and send it, unless an earlier change is under way."""
        entry = self._session.entry(f"r{reply.id}")
        asking = entry is not None and entry.asking > 0  # the operator may be elsewhere when it is stored
        work = _save_and_send(self._bridge.desk.replies, reply.id, content, asking)
        told = partial(self._refused, failed or self._bridge.failed.emit)
        self._bridge.ask(work, done, told, once=("edit", reply.id))

    def _refused(self, failed: Callable[[Exception], None], error: Exception) -> None:
        self._session.retry()  # the change may be stored though it did not leave
        failed(error)


async def _save_and_send(replies: ReplyCommands, reply_id: int, content: Content, asking: bool) -> Reply:
    """Store the change and send the reply; runs on the desk's loop."""
    saved = await replies.edit(reply_id, content)
    if saved.state is ReplyState.FAILED:
        return await replies.retry(reply_id)
    return await replies.release(reply_id, whole=asking)


class ReplySending(QObject):
    """Connects the composer with the desk.

    Signals:
        taken: the desk has stored what was written in the open conversation.
        written: the text that the desk has stored, and its replies.
    """

    taken = Signal()
    written = Signal(str, object)

    def __init__(self, composer: Composer, bridge: Bridge, session: ChatSession, changes: EditSaving) -> None:
        super().__init__(composer)
        self._composer = composer
        self._bridge = bridge
        self._session = session
        self._changes = changes
        composer.sent.connect(self._send)
        composer.split.connect(self._send_split)
        composer.edited.connect(self._save_edit)

    def _send(self, conversation_id: int, text: str) -> None:
        self.hand_over(conversation_id, text, self._bridge.desk.replies.write(conversation_id, text))

    def _send_split(self, conversation_id: int, text: str, parts: int) -> None:
        work = self._bridge.desk.replies.write_split(conversation_id, text, parts)
        self.hand_over(conversation_id, text, work)

    def hand_over(self, conversation_id: int, text: str, work: Coroutine[Any, Any, object]) -> None:
        """Clear the text once the desk has stored it."""
        self._bridge.ask(work, partial(self._taken, conversation_id, text), once=("write", conversation_id, text))

    def _taken(self, conversation_id: int, text: str, answer: Reply | list[Reply]) -> None:
        self._composer.clear_after(conversation_id, Draft.of_text(text))
        self.written.emit(text, answer if isinstance(answer, list) else [answer])
        if conversation_id == self._session.conversation_id:
            self.taken.emit()

    def _save_edit(self, reply: Reply, text: str) -> None:
        self._changes.save(reply, Content(text=text), partial(self._edited, text))

    def _edited(self, text: str, reply: Reply) -> None:
        self._composer.clear_after(reply.conversation_id, Draft.of_text(text, reply))
