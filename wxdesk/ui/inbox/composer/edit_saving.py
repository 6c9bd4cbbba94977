"""Stores an edited reply and sends it, from the composer or from a panel."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject

from wxdesk.core.model.content import Content
from wxdesk.core.model.reply import Reply, ReplyState
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
        work = self._bridge.desk.handoff.edit_content(reply.id, content)
        self._bridge.ask(work, partial(self._saved, asking, done), failed, once=("edit", reply.id))

    def _saved(self, asking: bool, done: Callable[[Reply], None], reply: Reply) -> None:
        handoff = self._bridge.desk.handoff
        go_on = handoff.release_answer if asking else handoff.release
        self._bridge.ask((handoff.retry if reply.state is ReplyState.FAILED else go_on)(reply.id))
        done(reply)
