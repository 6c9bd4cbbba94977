"""Derives contacts, conversations and messages from raw pushes, a batch at a time.

The number of statements does not depend on the batch. A message's effect on its conversation is computed
here, on records, while the conversations' rows are locked; then all rows are written at once.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, bindparam, update

from wxdesk.core.conversations.takeover import end_after_message
from wxdesk.core.conversations.transfer import transfer_end_after
from wxdesk.core.model.conversation import Author, Contact, Conversation
from wxdesk.core.model.message import Message, MessageType
from wxdesk.core.model.picture import PictureState
from wxdesk.core.model.push import Incoming
from wxdesk.core.rules.ruling import UndecidedMessage
from wxdesk.core.wechat.quota import window_after_event
from wxdesk.store.conversations.status import REOPENED, unsettle
from wxdesk.store.decisions.undecided import undecided_of
from wxdesk.store.engine.database import insert_into
from wxdesk.store.replies.quota_counts import sent_since
from wxdesk.store.schema.columns import Among, cleaned
from wxdesk.store.schema.messaging import NO_TAKEOVER, UNDERIVED, contacts, conversations, messages, raw_pushes
from wxdesk.store.schema.records import SELECT_CONVERSATIONS, WINDOW_COLUMNS, conversation_of, window_values
from wxdesk.store.search import contact_values, index_messages


class UnderivedPush(Struct, frozen=True):
    """A stored push without its message yet; `incoming` is None if it is unreadable."""

    push_id: int
    account: str
    received_at: datetime
    incoming: Incoming | None


FOLDED = (
    "unread",
    "preview",
    "preview_kind",
    "preview_author",
    "last_at",
    "waiting_since",
    "transferred_until",
    "session_from",
    *NO_TAKEOVER,
    *REOPENED,
)
"""Columns of the conversation that messages change, beside its reply window."""

type ConversationKey = tuple[str, str]
"""Account and openid."""


def derive(connection: Connection, pushes: Sequence[UnderivedPush]) -> list[UndecidedMessage]:
    """Make contact, conversation and message from each push, in one transaction.

    Reply window (`core.wechat.quota.window_after_event`), unread, waiting and preview are updated. A push that
    opens no conversation, or that cannot be read, is only marked as derived. Returns the new messages in the
    given order, each with its conversation as it is after the whole batch.
    """
    if not pushes:
        return []
    ids = sorted({push.push_id for push in pushes})
    fresh = set(connection.scalars(_DERIVE, {"ids": ids}))  # those that were not derived, once for all desks
    readable = [
        (push, push.incoming)
        for push in {push.push_id: push for push in pushes if push.push_id in fresh}.values()
        if push.incoming is not None and push.incoming.opens_conversation
    ]
    if not readable:
        return []
    by_contact = _conversations_of(connection, readable)
    resolved = [conversation.id for conversation in by_contact.values() if conversation.resolved_at is not None]
    made = _insert_messages(connection, readable, by_contact)
    _update_conversations(connection, by_contact)
    if resolved:
        unsettle(connection, resolved)
    return undecided_of(connection, made, {conversation.id: conversation for conversation in by_contact.values()})


# Statements never change once made, and these are asked for each message: put together once.
_DERIVE = (
    update(raw_pushes).where(Among(raw_pushes.c.id, "ids"), UNDERIVED).values(derived=True).returning(raw_pushes.c.id)
)
_LOCKED = (
    SELECT_CONVERSATIONS.where(Among(contacts.c.account, "accounts"), Among(contacts.c.openid, "openids"))
    .order_by(conversations.c.id)
    .with_for_update(of=conversations)
)


def _conversations_of(
    connection: Connection, readable: Sequence[tuple[UnderivedPush, Incoming]]
) -> dict[ConversationKey, Conversation]:
    """Return the conversation of each contact, created where there was none."""
    first_seen: dict[ConversationKey, datetime] = {}
    for push, incoming in readable:
        first_seen.setdefault(_key(push, incoming), push.received_at)
    by_contact = _locked(connection, first_seen)
    missing = {key: at for key, at in first_seen.items() if key not in by_contact}
    if missing:
        _insert_conversations(connection, missing)
        by_contact |= _locked(connection, missing)
    return by_contact


def _key(push: UnderivedPush, incoming: Incoming) -> ConversationKey:
    return push.account, cleaned(incoming.openid)


def _locked(connection: Connection, keys: dict[ConversationKey, datetime]) -> dict[ConversationKey, Conversation]:
    given = {"accounts": tuple({account for account, _ in keys}), "openids": [openid for _, openid in keys]}
    found = map(conversation_of, connection.execute(_LOCKED, given))
    return {key: one for one in found if (key := (one.account, one.contact.openid)) in keys}


def _insert_conversations(connection: Connection, missing: dict[ConversationKey, datetime]) -> None:
    people = [contact_values(Contact(0, *who, at)) for who, at in sorted(missing.items())]
    new_people = insert_into(connection, contacts).on_conflict_do_nothing(
        index_elements=[contacts.c.account, contacts.c.openid]
    )
    rows = connection.execute(new_people.returning(contacts.c.id, contacts.c.account), people)
    new = [
        {
            "account": row.account,
            "contact_id": row.id,
            "taken_over": False,
            "unread": 0,
            "preview": "",
            "preview_kind": MessageType.OTHER.value,
            "preview_author": Author.CONTACT,
            "window_left": 0,
        }
        for row in rows
    ]
    if new:
        connection.execute(conversations.insert(), new)


def _insert_messages(
    connection: Connection,
    readable: Sequence[tuple[UnderivedPush, Incoming]],
    by_contact: dict[ConversationKey, Conversation],
) -> list[Message]:
    """Insert the messages, and fold the effect of each into `by_contact`."""
    drafts = [_message(push, incoming, by_contact[_key(push, incoming)].id) for push, incoming in readable]
    rows = [{name: getattr(message, name) for name in MESSAGE_FIELDS} for message in drafts]
    inserted = connection.execute(_INSERT, rows)
    ids = {row.push_id: row.id for row in inserted}
    made = [replace(message, id=ids[message.push_id]) for message in drafts]
    for (push, incoming), message in zip(readable, made, strict=True):
        key = _key(push, incoming)
        conversation = by_contact[key]
        late = conversation.last_at is not None and conversation.last_at >= message.at
        sent = sent_since(connection, conversation.id, message.at) if late else 0
        by_contact[key] = _with_message(conversation, message, sent)
    index_messages(connection, made)
    return made


_INSERT = messages.insert().returning(messages.c.push_id, messages.c.id)
MESSAGE_FIELDS = [column.name for column in messages.c if column.name != "id"]


def _message(push: UnderivedPush, incoming: Incoming, conversation_id: int) -> Message:
    """Build the message as the database will return it, without its id."""
    return Message(
        id=0,
        conversation_id=conversation_id,
        push_id=push.push_id,
        type=incoming.type,
        created_at=incoming.created_at,
        received_at=push.received_at,
        text=cleaned(incoming.text),
        msg_type=cleaned(incoming.msg_type),
        msg_id=_cleaned(incoming.msg_id),
        event=_cleaned(incoming.event),
        session_from=_cleaned(incoming.session_from),
        media_id=_cleaned(incoming.media_id),
        pic_url=_cleaned(incoming.pic_url),
        fields={cleaned(name): cleaned(value) for name, value in incoming.fields.items()},
        picture_state=PictureState.AWAITED if incoming.names_picture else None,
    )


def _cleaned(text: str | None) -> str | None:
    return None if text is None else cleaned(text)


def _with_message(conversation: Conversation, message: Message, sent: int) -> Conversation:
    """Return the conversation with `message`; `sent` counts replies sent after it.

    A late message does not hide later replies. Events of WeChat's own tool (kf_…) show if the contact is served
    there: nobody waits for an answer to them, and they allow no reply.
    """
    at = message.at
    written = message.event is None
    entered = message.type is MessageType.ENTER_SESSION
    if not written and not entered:
        until = transfer_end_after(conversation.transferred_until, message.event, message.created_at)
        return replace(conversation, last_at=max(conversation.last_at or at, at), transferred_until=until)
    changes: dict[str, Any] = {
        "window": window_after_event(conversation.window, message.type, message.created_at, sent_since=sent)
    }
    if conversation.last_at is None or at >= conversation.last_at:
        changes |= {"preview": message.text if written else "", "preview_kind": message.kind}
        changes |= {"preview_author": Author.CONTACT, "last_at": at}
    if entered:
        changes |= {"session_from": message.session_from or ""}
    if written and not conversation.contact.blocked:  # a blocked contact is not heard: nothing is new, nobody waits
        waiting = None if conversation.resolved_at is not None else conversation.waiting_since
        changes |= {"unread": conversation.unread + 1, "waiting_since": min(waiting or at, at)} | REOPENED
        heard = message.received_at  # by our clock, as the takeover is
        until, silence = conversation.taken_over_until, conversation.takeover_silence
        changes |= {"taken_over_until": end_after_message(until, silence, heard)}
        if conversation.resolved_at is not None and (conversation.taken_over_by or conversation.takeover_by_writing):
            changes |= NO_TAKEOVER  # nobody chose it, and what it was for is done
    return replace(conversation, **changes)


def _update_conversations(connection: Connection, by_contact: dict[ConversationKey, Conversation]) -> None:
    rows: list[dict[str, Any]] = [
        {f"new_{name}": getattr(one, name) for name in FOLDED} | window_values(one.window) | {"its_id": one.id}
        for one in sorted(by_contact.values(), key=lambda one: one.id)
    ]
    connection.execute(_UPDATE, rows)
    settled = tuple(one.id for one in by_contact.values() if one.contact.blocked and not _waits(one))
    if settled:  # an operator has, by blocking the contact
        connection.execute(_SETTLE, {"ids": settled})


def _waits(conversation: Conversation) -> bool:
    return conversation.waiting_since is not None and conversation.resolved_at is None


_SETTLE = update(conversations).where(Among(conversations.c.id, "ids")).values(settled_at=conversations.c.last_at)


_UPDATE = (
    update(conversations)
    .where(conversations.c.id == bindparam("its_id"))
    .values({name: bindparam(f"new_{name}") for name in (*FOLDED, *(column.name for column in WINDOW_COLUMNS))})
)
