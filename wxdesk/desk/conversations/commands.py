"""The operator's commands about conversations: take over, resolve, block.

Each returns after its commit and has then been published.
"""

from collections.abc import Callable

from msgspec import Struct

from wxdesk.core import events
from wxdesk.core.conversations.changes import ContactChange, RowChange, RowsChanged
from wxdesk.core.conversations.claim import called_in
from wxdesk.core.conversations.takeover import UNTIL_HANDED_BACK, Takeover, TakeoverDuration
from wxdesk.core.errors import UnsettledReply
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.operator import acting, acting_name
from wxdesk.desk.conversations.transfers import Transfers
from wxdesk.desk.ports import Clock
from wxdesk.desk.replies.policy_changes import PolicyChanges
from wxdesk.desk.runtime.bus import publish_replies
from wxdesk.store import Store


class ConversationCommands(Struct, frozen=True):
    """The operator's commands about one conversation; all raise `NotFound`."""

    _store: Store
    _policy_changes: PolicyChanges
    _transfers: Transfers
    _publish: Callable[[events.Event], None]
    _clock: Clock

    async def take_over(self, conversation_id: int, how: TakeoverDuration = UNTIL_HANDED_BACK) -> None:
        """Take over for as long as `how` says; cancel replies that leave by themselves.

        Released replies still leave. Drafts, replies without a deadline, and edited or kept ones stay pending.
        """
        now = self._clock()
        takeover = Takeover(how.ends(now), how.silent_seconds, how.by_writing)
        cancelled = await self._store.outbox.take_over(conversation_id, takeover, now, acting())
        publish_replies(self._publish, cancelled)
        self._publish(events.RepliesRecalled(conversation_id))
        self._publish(events.TakeoverChanged(conversation_id, takeover.until))
        self._changed(conversation_id)

    async def hand_back(self, conversation_id: int) -> None:
        """Hand back: rules answer the next message. A rule's promise still leaves."""
        await self._store.takeovers.hand_back(conversation_id)
        self._publish(events.TakeoverChanged(conversation_id, None))
        self._changed(conversation_id)

    async def arm_transfer(self, conversation_id: int, armed: bool = True) -> None:
        """Arm or disarm a transfer by the contact's next message, the first WeChat allows."""
        await self._transfers.arm(conversation_id, armed)
        self._changed(conversation_id)

    async def take_back(self, conversation_id: int) -> None:
        """Mark a contact as served here again; a session in WeChat's own tool goes on."""
        await self._store.transfers.take_back(conversation_id)
        self._changed(conversation_id)

    async def set_mode(self, conversation_id: int, mode: ReplyMode | None) -> None:
        """Set the conversation's mode (None: the account's); pending replies follow."""
        await self._store.conversations.set_mode(conversation_id, mode)
        await self._policy_changes.conversation(conversation_id)
        self._publish(events.ModeChanged(conversation_id))
        self._changed(conversation_id)

    async def mark_read(self, conversation_id: int) -> None:
        """Mark a conversation as read."""
        if await self._store.conversations.mark_read(conversation_id):
            self._changed(conversation_id)

    async def describe(self, conversation_id: int, change: ContactChange) -> None:
        """Store the operator's notes on the contact; call those whom they name by an @."""
        before, me = (await self._store.conversations.get(conversation_id)).contact, acting_name()
        calls: list[events.ColleagueCalled] = []
        if change.note and me:
            new = "\n".join(line for line in change.note.splitlines() if line not in before.note.splitlines())
            names = called_in(new, [one.name for one in await self._store.operators.all()])
            calls = [events.ColleagueCalled(conversation_id, name, me, new) for name in names]
        await self._store.conversations.change_contact(before.id, change, calls)
        self._changed(conversation_id)
        for call in calls:
            self._publish(call)

    async def change(self, ids: tuple[int, ...], change: RowChange) -> RowsChanged:
        """Change several conversations: pin, resolve, snooze, tag, block, and so on.

        Rules do not answer a blocked contact, and messages from it are neither new nor raise attention; they stay in
        the conversation. WeChat is not told; its own black list is another thing. Blocking cancels pending automatic
        replies and resolves the conversation. Raises `UnsettledReply` if none could be set aside.
        """
        changed, cancelled = await self._store.rows.change(ids, change, self._clock(), acting())
        publish_replies(self._publish, cancelled)
        for conversation_id in changed.ids:
            if change.blocks:
                self._publish(events.RepliesRecalled(conversation_id))
            self._changed(conversation_id)
        if changed.unsettled and not changed.ids:
            raise UnsettledReply
        return changed

    def _changed(self, conversation_id: int) -> None:
        self._publish(events.ConversationChanged(conversation_id))
