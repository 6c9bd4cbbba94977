"""Short words for what the store's tests say again and again: a customer writes, a rule answers."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.store.kept_pushes import kept_pushes
from wxdesk.core.conversations.changes import RowAct, RowChange
from wxdesk.core.errors import UnsettledReply
from wxdesk.core.model.conversation import Author, Conversation
from wxdesk.core.model.decision import Decision, Firing, Outcome
from wxdesk.core.model.message import Message, MessageType
from wxdesk.core.model.push import BodyFormat, Incoming, KeptPush, Push
from wxdesk.core.model.reply import Content, NewReply, Reply, ReplyState
from wxdesk.core.model.rule import Action, ActionKind
from wxdesk.core.replies.lifecycle import Move
from wxdesk.core.rules.ruling import Effect, Ruling, UndecidedMessage
from wxdesk.store import Store
from wxdesk.store.messages.deriving import UnderivedPush

T0 = datetime(2026, 3, 4, 5, 6, 7, 123456, tzinfo=UTC)


def second(n: float) -> datetime:
    return T0 + timedelta(seconds=n)


def incoming(openid: str, text: str = "", *, at: datetime = T0, **fields: Any) -> Incoming:
    values: dict[str, Any] = {
        "to_user": "gh_0123456789ab",
        "openid": openid,
        "created_at": at.replace(microsecond=0),
        "type": MessageType.TEXT,
        "msg_type": "text",
        "text": text,
        "fields": {"Content": text},
    }
    return Incoming(**(values | fields))


def tagged(*tags: str) -> tuple[Effect, ...]:
    return (Effect(Action(ActionKind.TAG, tags=tags), "r"),)


def calling(rule: str) -> tuple[Effect, ...]:
    return (Effect(Action(ActionKind.NOTIFY), rule),)


def entering(openid: str, at: datetime, session_from: str = "") -> Incoming:
    return incoming(
        openid,
        at=at,
        type=MessageType.ENTER_SESSION,
        msg_type="event",
        event="user_enter_tempsession",
        session_from=session_from,
        fields={"SessionFrom": session_from},
    )


class Talk:
    """A conversation as a test tells it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._keys = itertools.count(1)

    def push(self, said: Incoming | None, at: datetime = T0, account: str = "shop", key: str | None = None) -> Push:
        body = b"{}" if said is None else said.text.encode("utf-8", "replace")
        key = key or f"m:{next(self._keys)}"
        return Push(account, key, body, BodyFormat.JSON, at, said)

    async def kept(self, said: Incoming | None, at: datetime = T0, account: str = "shop") -> UnderivedPush:
        push_id = await self.store.pushes.keep(self.push(said, at, account))
        assert push_id is not None
        return UnderivedPush(push_id, account, at, said)

    async def hears(self, said: Incoming, at: datetime = T0, account: str = "shop") -> UndecidedMessage:
        [made] = await self.store.pushes.derive([await self.kept(said, at, account)])
        return made

    async def says(self, openid: str, text: str = "你好", at: datetime = T0, account: str = "shop") -> UndecidedMessage:
        return await self.hears(incoming(openid, text, at=at), at, account)

    async def decides(
        self,
        message: Message,
        *texts: str,
        outcome: Outcome = Outcome.REPLIED,
        at: datetime = T0,
        state: ReplyState = ReplyState.QUEUED,
        due_at: datetime | None = None,
        rule_id: int | None = 7,
    ) -> list[Reply]:
        made = tuple(
            NewReply(message.conversation_id, Author.RULE, Content(text=text), state, rule_id=rule_id, due_at=due_at)
            for text in texts
        )
        decision = Decision(message.id, message.conversation_id, outcome, at, rule_id=rule_id, rule_name="r")
        firings = () if rule_id is None else (Firing(rule_id),)
        return await self.store.decisions.store_rulings([Ruling(decision, made, firings=firings)])

    async def writes(
        self, conversation_id: int, text: str, at: datetime = T0, state: ReplyState = ReplyState.QUEUED
    ) -> Reply:
        new = NewReply(conversation_id, Author.OPERATOR, Content(text=text), state)
        return await add_reply(self.store, new, at)

    async def moves(self, reply: Reply, *moves: Move, at: datetime = T0) -> Reply:
        for move in moves:
            reply = await self.store.outbox.move(reply.id, move, at)
        return reply

    async def thread(self, conversation_id: int) -> Conversation:
        return await self.store.conversations.get(conversation_id)

    async def raw(self) -> list[KeptPush]:
        return await kept_pushes(self.store)


async def add_reply(store: Store, new: NewReply, at: datetime) -> Reply:
    [reply] = (await store.replies.write([new], at)).written
    return reply


async def resolve(store: Store, thread: int, at: datetime) -> None:
    """An operator resolves a conversation."""
    await _set_aside(store, thread, at, RowChange(RowAct.RESOLVE))


async def snooze(store: Store, thread: int, at: datetime, until: datetime) -> datetime | None:
    """An operator snoozes a conversation; when it comes back."""
    return await _set_aside(store, thread, at, RowChange(RowAct.SNOOZE, until))


async def _set_aside(store: Store, thread: int, at: datetime, change: RowChange) -> datetime | None:
    changed, _ = await store.rows.change((thread,), change, at)
    if changed.unsettled:
        raise UnsettledReply
    return changed.until


async def reopen(store: Store, thread: int) -> None:
    """An operator reopens a conversation."""
    await store.rows.change((thread,), RowChange(RowAct.REOPEN), T0)
