"""Stores an edited reply and sends it, from the composer or from a panel."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject

from wxdesk.core.model.content import Content
from wxdesk.core.model.reply import Reply, ReplyState
from wxdesk.desk.conversations.operator_commands import OperatorCommands
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
        work = _save_and_send(self._bridge.desk.handoff, reply.id, content, asking)
        told = partial(self._refused, failed or self._bridge.failed.emit)
        self._bridge.ask(work, done, told, once=("edit", reply.id))

    def _refused(self, failed: Callable[[Exception], None], error: Exception) -> None:
        self._session.retry()  # the change may be stored though it did not leave
        failed(error)


async def _save_and_send(commands: OperatorCommands, reply_id: int, content: Content, asking: bool) -> Reply:
    """Store the change and send the reply; runs on the desk's loop."""
    saved = await commands.edit_content(reply_id, content)
    if saved.state is ReplyState.FAILED:
        return await commands.retry(reply_id)
    return await (commands.release_answer if asking else commands.release)(reply_id)
