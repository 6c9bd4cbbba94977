"""The operator's commands about replies: write, undo, release, edit, cancel.

Each returns after its commit and has then been published. One that comes too late, because the reply has
just left, raises `MoveNotAllowed` and changes nothing.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from wxdesk.core.content import limits as contents
from wxdesk.core.conversations.takeover import Takeover
from wxdesk.core.errors import BadInput, PartsDiffer, Phrase, ReplyEmpty, TooFewRepliesLeft
from wxdesk.core.events import ConversationChanged, Event, RepliesRecalled, TakeoverChanged
from wxdesk.core.model.account import Account, ModeSource, ReplyMode
from wxdesk.core.model.conversation import Author, Conversation
from wxdesk.core.model.operator import acting, acting_name
from wxdesk.core.model.reply import Content, NewReply, Reply, ReplyState
from wxdesk.core.normalise import is_visible
from wxdesk.core.replies.lifecycle import Move, is_scheduled, mode_of
from wxdesk.core.replies.on_new_message import due_before_closing
from wxdesk.core.wechat import quota
from wxdesk.desk.answers.splitting import split_text
from wxdesk.desk.pictures.pictures import Pictures
from wxdesk.desk.ports import Clock
from wxdesk.desk.runtime.bus import publish_replies
from wxdesk.desk.settings.preferences import CurrentPreferences
from wxdesk.store import Store

CLOSED_THEN = "The time for replies is over by then. Choose an earlier time, or send it now."


class ReplyCommands(Struct, frozen=True):
    """The operator's commands about replies."""

    _store: Store
    _pictures: Pictures
    _accounts: Mapping[str, Account]
    _preferences: CurrentPreferences
    _publish: Callable[[Event], None]
    _clock: Clock

    async def write(self, conversation_id: int, content: Content | str, at: datetime | None = None) -> Reply:
        """Send a text, picture, link or card as the operator, and take over.

        It is held first as long as it can be undone (`undo`), unless the reply window is about to close. One for a
        later time, `at`, takes nothing over, and asks if the contact writes first.

        Pictures are named by the digests that `Pictures.add` gave: `Content(ReplyKind.IMAGE, picture=digest)`;
        for a card's cover, `thumb_picture`. They are uploaded when the reply leaves.

        Raises:
            ReplyEmpty, ReplyTooLong: a text that WeChat would refuse.
            BadContent: anything else that WeChat would refuse; its `field` is that of `Content`.
            NotFound: the picture is not kept on this machine, or the conversation is gone.
        """
        made = await self._checked(content)
        conversation = await self._store.conversations.get(conversation_id)
        if at is not None and not quota.replies_left(conversation.window, at):
            raise BadInput(reason=Phrase(CLOSED_THEN))
        [reply] = await self._store_written(conversation, [made], at)
        return reply

    async def write_split(self, conversation_id: int, text: str, parts: int) -> list[Reply]:
        """Send a long `text` in `parts` messages, the number the operator has agreed to.

        They are one answer: where one of them fails, the later ones wait for the operator (`core.replies.parts`).

        Raises:
            ReplyEmpty, ReplyTooLong: WeChat would refuse it.
            PartsDiffer, TooFewRepliesLeft: it would take another number of messages, or more than may be sent.
        """
        if not is_visible(text):
            raise ReplyEmpty
        made = split_text(text)
        if len(made) != parts:
            raise PartsDiffer(made=len(made), agreed=parts)
        conversation = await self._store.conversations.get(conversation_id)
        silences = self._preferences.now.writing_takes_over
        promised = await self._store.replies.promised(conversation_id, only_by_hand=silences)
        left = quota.replies_left(conversation.window, self._clock()) - promised
        if left < parts:
            raise TooFewRepliesLeft(needed=parts, left=max(0, left))
        return await self._store_written(conversation, [Content(text=part) for part in made])

    async def _checked(self, content: Content | str) -> Content:
        """Refuse content that WeChat would refuse, and pictures that are not kept here."""
        made = Content(text=content) if isinstance(content, str) else content
        contents.check(made)
        for digest in filter(None, (made.picture, made.thumb_picture)):
            await self._pictures.get(digest)
        return made

    async def _store_written(
        self, conversation: Conversation, contents: Sequence[Content], at: datetime | None = None
    ) -> list[Reply]:
        """Store the messages in their order, and what writing them changes besides."""
        now, wanted = self._clock(), self._preferences.now
        due_at = None if at is not None else self._can_undo_until(conversation, now)
        state = ReplyState.QUEUED if due_at is None else ReplyState.HELD
        new = [
            NewReply(conversation.id, Author.OPERATOR, content, state, due_at=due_at, not_before=at)
            for content in contents
        ]
        span = wanted.takeover if wanted.writing_takes_over and at is None else None
        made = await self._store.replies.write(new, now, span)
        if made.takeover is not None:
            publish_replies(self._publish, made.drafted)
            self._publish(RepliesRecalled(conversation.id))
            if made.takeover.after != made.takeover.before:
                self._taken_over(conversation.id, made.takeover.after)
        publish_replies(self._publish, [*made.written, *made.passed])
        return made.written

    def _taken_over(self, conversation_id: int, takeover: Takeover | None) -> None:
        self._publish(TakeoverChanged(conversation_id, None if takeover is None else takeover.until))
        self._publish(ConversationChanged(conversation_id))

    def _can_undo_until(self, conversation: Conversation, now: datetime) -> datetime | None:
        """Return the end of the undo time; None if the reply leaves at once."""
        due_at = now + timedelta(seconds=self._preferences.now.undo_seconds)
        in_haste = due_before_closing(due_at, conversation.window.until) < due_at
        return None if due_at == now or in_haste else due_at

    async def undo(self, reply_id: int) -> list[Reply]:
        """Take back an operator's reply with all of its messages, during its undo time.

        The takeover by writing it ends too, if nothing was written since, and drafts that it passed over are
        restored. Returns the messages as they are then, in their order. One for a later time is only stopped.

        Raises:
            MoveNotAllowed: it is too late, it is being sent.
        """
        if is_scheduled(await self._store.replies.get(reply_id)):
            return [await self.cancel(reply_id)]
        undone = await self._store.pending_replies.undo(reply_id, acting(), self._clock())
        if undone.takeover is not None:
            self._taken_over(undone.replies[0].conversation_id, undone.takeover.before)
        publish_replies(self._publish, [*undone.replies, *undone.passed])
        return undone.replies

    async def release(self, reply_id: int, *, whole: bool = False) -> Reply:
        """Send a held reply, a draft or one for a later time now.

        Earlier parts of its answer leave before it. Later parts that wait for it follow; with the `whole` answer also
        those that are drafts or have no deadline.

        Raises:
            ReplyHasGap: a value is missing in it; `PartHasGap`: in a part of its answer that leaves with it. Nothing
                was sent.
        """
        return await self._move(reply_id, Move.RELEASE, whole=whole)

    async def lock_for_edit(self, reply_id: int) -> Reply:
        """Lock a held reply or a draft for editing; its timer stops, nothing replaces it."""
        return self._published(await self._store.outbox.lock_for_edit(reply_id, self._clock(), acting()))

    async def unlock(self, before: Reply) -> Reply:
        """Let a reply that was edited without a change wait again as it was `before`.

        It goes on with what was left of its time, unless the mode that applies now wants no reply to leave by
        itself.
        """
        conversation = await self._store.conversations.get(before.conversation_id)
        account = self._accounts.get(conversation.account)
        by_rule = before.mode_from is ModeSource.RULE and conversation.mode is None
        mode = before.mode if by_rule or account is None else mode_of(conversation, account)
        may_leave = mode not in (ReplyMode.DRAFT, ReplyMode.OFF)
        now = self._clock()
        return self._published(await self._store.outbox.unlock(before, now, acting(), may_leave=may_leave))

    async def edit(self, reply_id: int, content: Content | str) -> Reply:
        """Edit a draft, held or failed reply; raises like `write`."""
        made = await self._checked(content)
        return self._published(await self._store.outbox.edit(reply_id, made, self._clock(), acting_name()))

    async def cancel(self, reply_id: int) -> Reply:
        """Cancel or discard a reply that was not sent, with the later parts of its answer."""
        return await self._move(reply_id, Move.CANCEL)

    async def retry(self, reply_id: int) -> Reply:
        """Send a failed or unknown reply again; later parts that wait follow."""
        return await self._move(reply_id, Move.RETRY)

    async def confirm(self, reply_id: int) -> Reply:
        """Confirm that an unknown reply arrived; later parts that wait follow."""
        return await self._move(reply_id, Move.CONFIRM)

    async def release_held(self, only: Collection[int] | None = None) -> int:
        """Send all held replies now, or `only` those with these ids; return how many.

        Those that are not held any more stay as they are.
        """
        released = await self._store.pending_replies.release_held(acting(), self._clock(), only)
        publish_replies(self._publish, released)
        return len(released)

    async def cancel_held(self, only: Collection[int] | None = None) -> int:
        """Cancel all held replies, or `only` those with these ids; return how many.

        Drafts stay, and so do those that are not held any more.
        """
        moved = await self._store.pending_replies.cancel_held(acting(), self._clock(), only)
        publish_replies(self._publish, moved)
        return sum(reply.state is ReplyState.CANCELLED for reply in moved)

    async def _move(self, reply_id: int, move: Move, *, whole: bool = False) -> Reply:
        moved, *later = await self._store.outbox.apply_operator_move(
            reply_id, move, self._clock(), acting(), whole=whole
        )
        publish_replies(self._publish, [moved, *later])
        return moved

    def _published(self, reply: Reply) -> Reply:
        publish_replies(self._publish, [reply])
        return reply
