"""Locks pending replies while the operator edits them."""

from collections.abc import Callable
from functools import partial

from msgspec.structs import replace
from PySide6.QtCore import QObject

from wxdesk.core.errors import MoveNotAllowed
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.reply import Draft, Reply, ReplyState
from wxdesk.i18n import tr
from wxdesk.ui.inbox.chat_session import ChatSession
from wxdesk.ui.inbox.composer.drafts import Drafts
from wxdesk.ui.widgets.dialogs.notices import WindowBridge
from wxdesk.ui.wording.reply_status import ended_text, unlocked_text


class EditLock(QObject):
    """Remembers locked replies as they were, to let them wait so again once unlocked.

    One that is not remembered stays a draft when its edit is given up.
    """

    def __init__(self, drafts: Drafts, bridge: WindowBridge, session: ChatSession) -> None:
        super().__init__(drafts)
        self._drafts = drafts
        self._bridge = bridge
        self._session = session
        self._before: dict[int, Reply] = {}
        drafts.given_up.connect(self._give_up)

    def lock_for_edit(
        self, reply: Reply, then: Callable[[Reply], None], failed: Callable[[Exception], None] | None = None
    ) -> None:
        """Lock a pending reply and call `then` with its new state, or `failed`."""
        self._before[reply.id] = self._unlocked(reply)
        told = partial(self._not_locked, reply.id, failed or self._bridge.failed.emit)
        self._bridge.ask(self._bridge.desk.replies.lock_for_edit(reply.id), then, told, once=("lock", reply.id))

    def is_locking(self, conversation_id: int) -> bool:
        """Return True while a reply of this conversation is being locked."""
        here = (one for one in self._before.values() if one.conversation_id == conversation_id)
        return any(self._bridge.is_asking(("lock", one.id)) for one in here)

    def _not_locked(self, reply_id: int, failed: Callable[[Exception], None], error: Exception) -> None:
        self._before.pop(reply_id, None)
        failed(error)

    def unlock(self, reply_id: int, changed: bool) -> None:
        """Unlock a reply to wait as before; `changed`: its edit had changed the text."""
        before = self._before.pop(reply_id, None)
        if before is not None:
            told = partial(self._toast_unlocked, changed)
            ended = (MoveNotAllowed, lambda _: None)  # as its bubble says
            self._bridge.ask(self._bridge.desk.replies.unlock(before), told, expected=ended)

    def unlock_all(self) -> None:
        """Unlock all replies but those that stored drafts go on to change."""
        for reply_id in self._before.keys() - {draft.reply_id for _, draft in self._drafts.unsent}:
            if not self.is_saving(reply_id):
                self.unlock(reply_id, False)

    def is_saving(self, reply_id: int) -> bool:
        """Return True while a change of this reply is being saved."""
        return self._bridge.is_asking(saving(reply_id))

    def follow(self) -> None:
        """Tell the drafts the present state of the replies that they edit."""
        for reply_id in self._drafts.edited:
            reply = self._session.known.reply(f"r{reply_id}")
            if reply is None or self.is_saving(reply_id):  # the one being saved ends because it is sent
                continue
            if self._drafts.follow(reply):
                self._before.pop(reply_id, None)
                self._bridge.notices.toast(tr("{what} Your change stands here as a new reply.", what=ended_text(reply)))

    def _give_up(self, draft: Draft) -> None:
        if draft.editing is not None and not self.is_saving(draft.editing.id):
            if draft.editing.state is ReplyState.DRAFT:  # locked in an earlier window, whose draft was stored
                self._before.setdefault(draft.editing.id, self._unlocked(draft.editing))
            self.unlock(draft.editing.id, draft.changed)

    def _unlocked(self, reply: Reply) -> Reply:
        """Return a reply without a lock that an earlier window of the operator left."""
        mine = reply.by == (self._bridge.desk.me or Author.OPERATOR)
        return replace(reply, by="") if mine and reply.state is ReplyState.DRAFT and not reply.edited else reply

    def _toast_unlocked(self, changed: bool, reply: Reply) -> None:
        words = unlocked_text(reply, self._bridge.desk.clock())
        more = tr("Your change is kept: Edit brings it back.") if changed else ""
        self._bridge.notices.toast(tr("{words} {more}", words=words, more=more).strip())


def saving(reply_id: int) -> tuple[str, int]:
    """Return the key under which a change of a reply is asked for once."""
    return "edit", reply_id
