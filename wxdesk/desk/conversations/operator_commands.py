"""Everything a human can do to the conversations: write, take over, hand back, and settle each reply.

Each command returns after its commit and has then been published. One that comes too late, because the
reply has just left, raises `MoveNotAllowed` and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta

from wxdesk.core.content import limits as contents
from wxdesk.core.conversations.contact_change import ContactChange
from wxdesk.core.conversations.takeover import UNTIL_HANDED_BACK, TakeOverFor
from wxdesk.core.errors import PartsDiffer, ReplyEmpty, TooFewLeft
from wxdesk.core.events import ConversationChanged, Event, ModeChanged, ReplyChanged
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.content import Content
from wxdesk.core.model.conversation import Author, Conversation
from wxdesk.core.model.reply import NewReply, Reply, ReplyState
from wxdesk.core.normalise import is_visible
from wxdesk.core.replies.lifecycle import Move
from wxdesk.core.replies.on_new_message import in_time
from wxdesk.core.wechat import quota
from wxdesk.desk.answers.splitting import split_text
from wxdesk.desk.conversations.takeover import OPERATOR, Word
from wxdesk.desk.conversations.transfers import Transfers
from wxdesk.desk.pictures.pictures import Pictures
from wxdesk.desk.ports.store import Clock, Store
from wxdesk.desk.replies.hold_timers import Holding
from wxdesk.desk.replies.policy_changes import Following
from wxdesk.desk.settings.preferences import KeptPreferences


class Handoff:
    """The operator's commands about conversations and replies."""

    def __init__(  # noqa: PLR0913 - what it commands, named
        self,
        store: Store,
        pictures: Pictures,
        holding: Holding,
        following: Following,
        transfers: Transfers,
        word: Word,
        preferences: KeptPreferences,
        publish: Callable[[Event], None],
        clock: Clock,
    ) -> None:
        self._store = store
        self._pictures = pictures
        self._holding = holding
        self._following = following
        self._transfers = transfers
        self._word = word
        self._preferences = preferences
        self._publish = publish
        self._clock = clock

    async def write(self, conversation_id: int, text: str) -> Reply:
        """Send `text` as the operator; the rules keep quiet in this conversation for a while (`desk.word`).

        It is held first for as long as it can be taken back (`undo`), unless the reply window is about to close.

        Raises:
            ReplyEmpty, ReplyTooLong: WeChat would refuse it.
        """
        return await self.write_content(conversation_id, Content(text=text))

    async def write_content(self, conversation_id: int, content: Content) -> Reply:
        """Send a picture, link, card or text as the operator; the rules keep quiet as after `write`.

        Pictures are named by the digests that `desk.pictures.add` gave: `Content(ReplyKind.IMAGE, picture=digest)`;
        for a card's cover, `thumb_picture`. They are uploaded when the reply leaves.

        Raises:
            ReplyEmpty, ReplyTooLong: a text that WeChat would refuse.
            BadContent: anything else that WeChat would refuse; its `field` is that of `Content`.
            NotFound: the picture is not kept on this machine, or the conversation is gone.
        """
        await self._check(content)
        conversation = await self._store.conversations.get(conversation_id)
        [reply] = await self._say(conversation, [content])
        return reply

    async def write_split(self, conversation_id: int, text: str, parts: int) -> list[Reply]:
        """Send a long `text` in `parts` messages, one after the other; the operator has agreed to that number.

        They are one answer: where one of them fails, the later ones wait for the operator (`core.parts`).

        Raises:
            ReplyEmpty, ReplyTooLong: WeChat would refuse it.
            PartsDiffer, TooFewLeft: it would take another number of messages, or more than may be sent.
        """
        if not is_visible(text):
            raise ReplyEmpty
        made = split_text(text)
        if len(made) != parts:
            raise PartsDiffer(len(made), parts)
        conversation = await self._store.conversations.get(conversation_id)
        left = quota.left(conversation.window, self._clock()) - await self._promised(conversation_id)
        if left < parts:
            raise TooFewLeft(parts, max(0, left))
        return await self._say(conversation, [Content(text=part) for part in made])

    async def _promised(self, conversation_id: int) -> int:
        """What waits there already, and leaves before what is written now."""
        silences = self._preferences.now.writing_takes_over
        return await self._store.replies.promised(conversation_id, only_by_hand=silences)

    async def _check(self, content: Content) -> None:
        """Refuse what WeChat would refuse, and pictures that are not here."""
        contents.check(content)
        for digest in filter(None, (content.picture, content.thumb_picture)):
            await self._pictures.get(digest)

    async def _say(self, conversation: Conversation, contents: Sequence[Content]) -> list[Reply]:
        """Take the word, and store what leaves in a moment, one message after the other."""
        spoken = await self._word.take_by_writing(conversation.id)
        now = self._clock()
        due_at = self._can_undo_until(conversation, now)
        state = ReplyState.QUEUED if due_at is None else ReplyState.HELD
        new = [NewReply(conversation.id, Author.OPERATOR, content, state, due_at=due_at) for content in contents]
        if spoken is None:
            return [self._told(reply) for reply in await self._store.replies.add_parts(new, now)]
        instead = await self._store.replies.add_instead(new, now)
        self._word.said(instead.written, spoken)
        for reply in (*instead.written, *instead.passed):
            self._told(reply)
        return instead.written

    def _can_undo_until(self, conversation: Conversation, now: datetime) -> datetime | None:
        """Until when what is written now can be taken back; None where it leaves at once."""
        due_at = now + timedelta(seconds=self._preferences.now.undo_seconds)
        in_haste = in_time(due_at, conversation.window.until) < due_at
        return None if due_at == now or in_haste else due_at

    async def undo(self, reply_id: int) -> list[Reply]:
        """Take back what was written while it counts down: all of its messages, as they are then, in their order.

        So is the word in the conversation that was taken by writing it, if nothing was said there since, and what the
        rules had ready asks again.

        Raises:
            MoveNotAllowed: it is too late, it is on its way.
        """
        undone = await self._store.waiting.undo(reply_id, OPERATOR, self._clock())
        await self._word.unsay(undone.replies)
        for reply in (*undone.replies, *undone.passed):
            self._told(reply)
        return undone.replies

    async def take_over(self, conversation_id: int, how: TakeOverFor = UNTIL_HANDED_BACK) -> None:
        """The human has the word, for as long as `how` says, from now on. What would leave by itself is cancelled.

        What he has released stays on its way. Drafts and what asks wait on, as does what he has edited or kept.
        """
        await self._word.take(conversation_id, how)

    async def hand_back(self, conversation_id: int) -> None:
        """The rules have the word again, from the next message on. What a rule's takeover left waiting still leaves."""
        await self._word.give(conversation_id)

    async def arm_transfer(self, conversation_id: int, armed: bool = True) -> None:
        """Hand the contact over to WeChat's own tool with his next message, or do not; it cannot be done before."""
        await self._transfers.arm(conversation_id, armed)
        self._publish(ConversationChanged(conversation_id))

    async def take_back(self, conversation_id: int) -> None:
        """The contact counts as served here again. WeChat's own tool is not told: a session there goes on there."""
        await self._store.transfers.take_back(conversation_id)
        self._publish(ConversationChanged(conversation_id))

    async def set_mode(self, conversation_id: int, mode: ReplyMode | None) -> None:
        """Set the conversation's own mode; None follows the account. What waits there follows as well."""
        await self._store.conversations.set_mode(conversation_id, mode)
        await self._following.conversation(conversation_id)
        self._publish(ModeChanged(conversation_id))
        self._publish(ConversationChanged(conversation_id))

    async def mark_read(self, conversation_id: int) -> None:
        """Nothing in this conversation is new any more."""
        if await self._store.conversations.mark_read(conversation_id):
            self._publish(ConversationChanged(conversation_id))

    async def describe(self, conversation_id: int, change: ContactChange) -> None:
        """Store what the operator has come to know about the contact; what he did not change stays."""
        conversation = await self._store.conversations.get(conversation_id)
        await self._store.conversations.change_contact(conversation.contact.id, change)
        self._publish(ConversationChanged(conversation_id))

    async def release(self, reply_id: int) -> Reply:
        """Send a held reply or a draft now, behind what of its answer waits before it; what waits behind it follows.

        Raises:
            ReplyHasGap: a value is missing in it; `PartHasGap`: in a part of its answer that comes before it.
        """
        return await self._move(reply_id, Move.RELEASE)

    async def release_answer(self, reply_id: int) -> Reply:
        """Send a reply now that asks or is a draft, with the later parts of its answer that are so too.

        Raises:
            ReplyHasGap: a value is missing in it; `PartHasGap`: in another part. Nothing was sent.
        """
        return await self._move(reply_id, Move.RELEASE, whole=True)

    async def keep(self, reply_id: int) -> Reply:
        """Take a held reply or a draft in hand to edit it: its clock stops, and no other answer takes its place."""
        return self._told(await self._store.replies.take_in_hand(reply_id, self._clock(), OPERATOR))

    async def put_back(self, before: Reply) -> Reply:
        """Leave a reply as it was `before` it was taken in hand; how it waits then, see `desk.holding`."""
        return self._told(await self._holding.put_back(before, OPERATOR))

    async def edit(self, reply_id: int, text: str) -> Reply:
        """Change what a draft, held or failed reply says; raises like `write`."""
        return await self.edit_content(reply_id, Content(text=text))

    async def edit_content(self, reply_id: int, content: Content) -> Reply:
        """Change what a draft, held or failed reply consists of; raises like `write_content`."""
        await self._check(content)
        return self._told(await self._store.replies.edit(reply_id, content, self._clock(), OPERATOR))

    async def cancel(self, reply_id: int) -> Reply:
        """Stop a reply that has not left, or discard a failed or unknown one; the later parts of its answer with it."""
        return await self._move(reply_id, Move.CANCEL)

    async def retry(self, reply_id: int) -> Reply:
        """Send a failed or unknown reply again; what of its answer waits behind it follows."""
        return await self._move(reply_id, Move.RETRY)

    async def confirm(self, reply_id: int) -> Reply:
        """An unknown reply did arrive; what of its answer waits behind it follows."""
        return await self._move(reply_id, Move.CONFIRM)

    async def pause(self, until: datetime | None = None) -> None:
        """Nothing automatic leaves from this instant, `until` then (an aware time) or until somebody resumes.

        What waits stays as it is; what a human writes or releases leaves.
        """
        await self._holding.pause(until)

    async def resume(self) -> None:
        """Rules speak again from the next message on. What waited is held and asks: it leaves when a human says so."""
        await self._holding.resume()

    async def release_held(self, only: Collection[int] | None = None) -> int:
        """Send everything now that is held back, in all conversations, or `only` those with these ids; how many.

        Those that are not held any more stay what they are.
        """
        return await self._holding.release_all(OPERATOR, only)

    async def cancel_held(self, only: Collection[int] | None = None) -> int:
        """Stop everything that is held back, in all conversations, or `only` those with these ids; how many.

        Drafts stay, and so does what is not held any more.
        """
        return await self._holding.cancel_all(OPERATOR, only)

    async def _move(self, reply_id: int, move: Move, *, whole: bool = False) -> Reply:
        moved, *later = await self._store.replies.settle(reply_id, move, self._clock(), OPERATOR, whole=whole)
        for reply in (moved, *later):
            self._told(reply)
        return moved

    def _told(self, reply: Reply) -> Reply:
        self._publish(ReplyChanged(reply.conversation_id, reply.id, reply.state))
        return reply
