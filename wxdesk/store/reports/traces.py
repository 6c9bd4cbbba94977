"""Traces of requests and calls: the stored rows behind the traffic page's lines."""

from collections.abc import Collection
from datetime import datetime
from operator import attrgetter

from sqlalchemy import Connection, func, select

from wxdesk.core.errors import required
from wxdesk.core.events import NOT_TIMED, ApiCalled, PushSeen
from wxdesk.core.model.decision import Decision
from wxdesk.core.model.message import Message
from wxdesk.core.model.push import KeptPush
from wxdesk.core.model.reply import Reply, ReplyState
from wxdesk.core.model.traces import PushPath, PushTrace, ReplyTrace
from wxdesk.store.engine.database import StorePart, reading
from wxdesk.store.schema.messaging import decisions, messages, raw_pushes, replies
from wxdesk.store.schema.records import SELECT_REPLIES, conversations_by_id, message_of, reply_of


class Traces(StorePart):
    """Links from traffic to messages and replies; a push is found by account and key."""

    @reading
    def of_pushes(self, connection: Connection, keys: Collection[tuple[str, str]]) -> list[PushTrace]:
        """Return the pushes with these (account, key), unordered; unknown ones left out."""
        wanted = set(keys)
        columns = (raw_pushes.c.id, raw_pushes.c.account, raw_pushes.c.key, raw_pushes.c.derived, raw_pushes.c.note)
        accounts, names = {account for account, _ in wanted}, {key for _, key in wanted}
        query = select(*columns).where(raw_pushes.c.account.in_(accounts), raw_pushes.c.key.in_(names))
        pushes = [row for row in connection.execute(query) if (row.account, row.key) in wanted]
        found = connection.execute(select(messages).where(messages.c.push_id.in_([p.id for p in pushes])))
        made = {row.push_id: message_of(row) for row in found}
        by_id = conversations_by_id(connection, {message.conversation_id for message in made.values()})
        traces = []
        for push in pushes:
            message = made.get(push.id)
            contact = by_id[message.conversation_id].contact if message is not None else None
            traces.append(PushTrace(push.id, push.account, push.key, push.derived, push.note, message, contact))
        return traces

    @reading
    def of_replies(self, connection: Connection, ids: Collection[int]) -> list[ReplyTrace]:
        """Return these replies with their contacts; unknown ones are left out."""
        found = [reply_of(row) for row in connection.execute(SELECT_REPLIES.where(replies.c.id.in_(ids)))]
        by_id = conversations_by_id(connection, {reply.conversation_id for reply in found})
        return [ReplyTrace(reply, by_id[reply.conversation_id].contact) for reply in found]

    @reading
    def before(self, connection: Connection, at: datetime | None, limit: int) -> list[PushSeen | ApiCalled]:
        """Return kept pushes and calls for replies before `at`, newest first."""
        # Both are read from the newest id on, as ids grow with time.
        ended = func.coalesce(replies.c.sent_at, replies.c.updated_at)
        pushes = select(raw_pushes, messages.c.msg_type, messages.c.event).outerjoin_from(raw_pushes, messages)
        calls = SELECT_REPLIES.where(replies.c.attempts > 0, replies.c.state.in_(_CALLED))
        if at is not None:
            pushes, calls = pushes.where(raw_pushes.c.received_at < at), calls.where(ended < at)
        found: list[PushSeen | ApiCalled] = []
        for row in connection.execute(pushes.order_by(raw_pushes.c.id.desc()).limit(limit)):
            kind = f"event:{row.event}" if row.event else row.msg_type or ""
            found.append(PushSeen(row.account, "kept", row.received_at, NOT_TIMED, kind, row.key))
        for one in map(reply_of, connection.execute(calls.order_by(replies.c.id.desc()).limit(limit))):
            outcome = "0 ok" if one.state is ReplyState.SENT else one.error if one.errcode is None else str(one.errcode)
            ended_at = one.sent_at or one.updated_at
            found.append(ApiCalled(one.account, SEND, outcome, ended_at, NOT_TIMED, one.id, one.error, one.rid))
        return sorted(found, key=attrgetter("at"), reverse=True)[:limit]

    @reading
    def path(self, connection: Connection, account: str, key: str) -> PushPath:
        """Return everything that followed from one push; raises `NotFound`."""
        query = select(raw_pushes).where(raw_pushes.c.account == account, raw_pushes.c.key == key)
        push = KeptPush(**required(connection.execute(query).mappings().one_or_none(), "push"))
        found = connection.execute(select(messages).where(messages.c.push_id == push.id)).one_or_none()
        if found is None:
            return PushPath(push)
        message = message_of(found)
        [conversation] = conversations_by_id(connection, {message.conversation_id}).values()
        query = select(decisions).where(decisions.c.message_id == message.id)
        made = connection.execute(query).mappings().one_or_none()
        decision = None if made is None else Decision(**made)
        contact, closes_at = conversation.contact, conversation.window.until
        return PushPath(push, message, contact, decision, _answers(connection, message), closes_at)


_CALLED = (ReplyState.SENT, ReplyState.FAILED, ReplyState.UNKNOWN)

SEND = "custom/send"
"""WeChat's name of the call that sends a reply."""


def _answers(connection: Connection, message: Message) -> tuple[Reply, ...]:
    # The conversation is named for the index; there is none on message_id.
    of_message = (replies.c.conversation_id == message.conversation_id, replies.c.message_id == message.id)
    rows = connection.execute(SELECT_REPLIES.where(*of_message).order_by(replies.c.id))
    return tuple(reply_of(row) for row in rows)
