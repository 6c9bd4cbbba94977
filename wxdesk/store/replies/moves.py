"""One move of a reply and its effect on the conversation, in one transaction."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any, NamedTuple

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import ColumnElement, Connection, Row, Update, and_, bindparam, select, update

from wxdesk.core.errors import MoveNotAllowed, NotFound, PartHasGap, ReplyHasGap
from wxdesk.core.model.conversation import Author, ReplyWindow
from wxdesk.core.model.reply import EDITABLE, UNSETTLED, WAITS, Content, Reply, ReplyState
from wxdesk.core.replies.gaps import open_gaps
from wxdesk.core.replies.lifecycle import Move, ReplyStep, StepKind, is_automatic, next_state
from wxdesk.core.replies.parts import needs_operator
from wxdesk.store.conversations import status
from wxdesk.store.conversations.on_message import (
    PREVIEW,
    PROLONGED_TAKEOVER,
    WAITING_FOR_LATER,
    WAITING_SINCE_LATEST,
    message_values,
)
from wxdesk.store.conversations.unanswered import newest_message_id
from wxdesk.store.replies.history import write_moves, write_steps
from wxdesk.store.schema.columns import Among
from wxdesk.store.schema.messaging import conversations, replies
from wxdesk.store.schema.records import SELECT_REPLIES, WINDOW_COLUMNS, reply_of, window_of, window_values
from wxdesk.store.search import index_again


class ReplyChanges(Struct, frozen=True):
    """Further fields to change when a reply moves; None leaves a field as it is.

    `window` gets the contact's reply window and returns the one to store, in the same transaction.
    """

    by: str | None = None
    due_at: datetime | None = None
    not_before: datetime | None = None
    errcode: int | None = None
    error: str | None = None
    rid: str | None = None
    window: Callable[[ReplyWindow], ReplyWindow] | None = None


ARRIVED = (Move.ACCEPT, Move.CONFIRM)
"""Moves after which the contact has the reply."""


_LEFT_TO_A_HUMAN = UNSETTLED | {ReplyState.DRAFT}
"""States in which an operator decides, also about the conversation's status."""

_LOCKED = (
    SELECT_REPLIES.add_columns(
        *WINDOW_COLUMNS, conversations.c.taken_over, conversations.c.taken_over_until, conversations.c.last_at
    )
    .where(Among(replies.c.id, "ids"))
    .order_by(replies.c.conversation_id)
    .with_for_update(of=[replies, conversations])
)
"""Replies with their conversations, locked in the order that decisions keep."""


class LockedReply(Struct, frozen=True):
    """A reply with its contact's reply window and its conversation's takeover, locked."""

    reply: Reply
    window: ReplyWindow
    taken_over: bool
    taken_over_until: datetime | None
    hands_over: bool
    heard_id: int | None
    last_at: datetime | None

    def is_promise(self, at: datetime) -> bool:
        """Tell if the reply, arriving at `at`, only promises that an operator will come.

        Its rule hands over with it (`hands_over`), or it is automatic and arrives during a takeover. One that an
        operator edited, or released without `hands_over`, is an answer.
        """
        if self.reply.message_id is None:
            return False
        if self.hands_over:
            return not self.reply.edited
        return self.taken_over_at(at) and is_automatic(self.reply)

    def taken_over_at(self, at: datetime) -> bool:
        """Tell if the conversation is taken over at `at`."""
        return self.taken_over and (self.taken_over_until is None or self.taken_over_until > at)


def lock_reply(connection: Connection, reply_id: int) -> LockedReply:
    """Load a reply with its window and takeover, locked until the transaction ends."""
    return _lock_replies(connection, [reply_id])[reply_id]


def _lock_replies(connection: Connection, ids: Sequence[int]) -> dict[int, LockedReply]:
    found = {row.id: _locked(row) for row in connection.execute(_LOCKED, {"ids": ids})}
    if len(found) < len(ids):
        raise NotFound("reply")
    return found


def _locked(row: Row[Any]) -> LockedReply:
    taken_over = (row.taken_over, row.taken_over_until)
    return LockedReply(reply_of(row), window_of(row), *taken_over, row.promise, row.heard_id, row.last_at)


class WantedMove(NamedTuple):
    """A move of one reply, and what changes with it."""

    reply_id: int
    made: Move
    at: datetime
    changes: ReplyChanges


def move_each(connection: Connection, wanted: Sequence[WantedMove]) -> list[Reply]:
    """Make a move each of replies in different conversations; raises as `move` does."""
    found = _lock_replies(connection, [one.reply_id for one in wanted])
    made = [_begun(connection, found[one.reply_id], one) for one in wanted]
    _execute_alike(connection, [_reply_change(one.before, one.values) for one in made])
    _execute_alike(connection, [change for one in made if (change := _conversation_change(one)) is not None])
    for one in made:
        _finish(connection, one)
    return [one.after for one in made]


def move(
    connection: Connection, reply_id: int, made: Move, at: datetime, changes: ReplyChanges = ReplyChanges()
) -> Reply:
    """Make one move of `core.replies.lifecycle`'s table, with further changes.

    ACCEPT updates the preview and ends the waiting in the same transaction: of all messages by an operator's
    reply, of the answered message by a rule's, of none by a rule's during a takeover. The outbox claims many at
    once (`store.replies.outbox`), and counts the attempt.

    Raises:
        NotFound, MoveNotAllowed: nothing was changed.
    """
    [moved] = move_each(connection, [WantedMove(reply_id, made, at, changes)])
    return moved


class _Begun(NamedTuple):
    """A move of a locked reply: what it changes, and the reply afterwards."""

    found: LockedReply
    made: Move
    at: datetime
    changes: ReplyChanges
    values: dict[str, Any]
    after: Reply
    promise: bool

    @property
    def before(self) -> Reply:
        return self.found.reply


def _begun(connection: Connection, found: LockedReply, wanted: WantedMove) -> _Begun:
    _, made, at, changes = wanted
    before, promise = found.reply, found.is_promise(at)
    state = next_state(before.state, made)
    if made in _TOWARDS_THE_CONTACT:
        _refuse_gap(connection, before)
    values = _values(made, at, changes) | {"state": state, "updated_at": at}
    if made in ARRIVED and found.last_at is not None and found.last_at > before.created_at:
        values["placed_at"] = at
        _place_later_parts(connection, before, at)
    if state in _LEFT_TO_A_HUMAN or needs_operator(before):
        values["aside"] = None
    after = replace(before, **values, confirmed=made is Move.CONFIRM)
    stored = values | ({"promise": promise} if made in ARRIVED else {})
    return _Begun(found, made, at, changes, stored, after, promise)


def _finish(connection: Connection, one: _Begun) -> None:
    """Make what follows from a move of a reply for its conversation and its history."""
    made, at, after = one.made, one.at, one.after
    if made in ARRIVED and not one.found.taken_over_at(at):
        status.set_aside_when_answered(connection, after, at)
    status.reopen_conversations(connection, status.needing_operator([after]))
    by, reason = one.changes.by or "", one.changes.error or ""
    told = one.before if made is Move.KEEP else after  # its step tells which deadline was stopped
    write_moves(connection, made, [told], at, by=by, reason=reason, errcode=one.changes.errcode)


def _execute_alike(connection: Connection, changes: Sequence[tuple[Update, dict[str, Any]]]) -> None:
    """Execute changes of different rows, each statement once with the values of all."""
    by_statement: defaultdict[Update, list[dict[str, Any]]] = defaultdict(list)
    for statement, values in changes:
        by_statement[statement].append(values)
    for statement, of_all in by_statement.items():
        connection.execute(statement, of_all)


def _place_later_parts(connection: Connection, reply: Reply, at: datetime) -> None:
    first = reply.id if reply.part_of is None else reply.part_of
    later = and_(replies.c.part_of == first, replies.c.id > reply.id, replies.c.sent_at.is_(None))
    connection.execute(update(replies).where(later).values(placed_at=at))


def _refuse_gap(connection: Connection, reply: Reply) -> None:
    for name in open_gaps(reply.content):
        raise ReplyHasGap(name=name)
    if reply.part_of is not None:
        is_earlier = (replies.c.id == reply.part_of) | (
            (replies.c.part_of == reply.part_of) & (replies.c.id < reply.id)
        )
        refuse_gaps_among(connection, is_earlier & replies.c.state.in_(WAITS))


def refuse_gaps_among(connection: Connection, others: ColumnElement[bool]) -> None:
    """Raise `PartHasGap` if one of `others`, parts of the same answer, has a gap."""
    for content in connection.scalars(select(replies.c.content).where(others).order_by(replies.c.id)):
        for name in open_gaps(content):
            raise PartHasGap(name=name)


_TOWARDS_THE_CONTACT = frozenset({Move.HOLD, Move.RELEASE, Move.RETRY})


def _values(made: Move, at: datetime, changes: ReplyChanges) -> dict[str, Any]:
    """Return the columns that a move changes.

    Release, retry and arrival clear old errors.
    """
    values: dict[str, Any] = {}
    if made in (Move.RELEASE, Move.RETRY) or made in ARRIVED:
        values |= {"errcode": None, "error": "", "rid": "", "not_before": None}
    if made in ARRIVED:
        values["sent_at"] = at
    if made in (Move.KEEP, Move.HOLD):  # without a deadline, unless one is given
        values["due_at"] = None
    if changes.error is not None:  # WeChat's last answer stands whole or not at all
        values |= {"errcode": None, "rid": ""}
    named = ("by", "due_at", "not_before", "errcode", "error", "rid")
    return values | {name: value for name in named if (value := getattr(changes, name)) is not None}


def update_guarded(connection: Connection, before: Reply, what: str, values: dict[str, Any]) -> None:
    """Update a reply's row in the state of `before`, else `MoveNotAllowed` for `what`."""
    if connection.execute(*_reply_change(before, values)).rowcount == 0:
        raise MoveNotAllowed(state=before.state.value, move=what)


def _reply_change(before: Reply, values: dict[str, Any]) -> tuple[Update, dict[str, Any]]:
    given = {f"new_{name}": value for name, value in values.items()}
    return _guarded_update(frozenset(values)), {"its_id": before.id, "its_state": before.state} | given


def edit(connection: Connection, reply_id: int, content: Content, at: datetime, operator: str = "") -> Reply:
    """Change a draft, held or failed reply and mark it edited; else `MoveNotAllowed`."""
    before = lock_reply(connection, reply_id).reply
    if before.state not in EDITABLE:
        raise MoveNotAllowed(state=before.state.value, move="edit")
    content = replace(content, gaps=before.content.gaps)  # a value that was not filled in is still missing
    values = {"content": content, "edited": True, "updated_at": at, "aside": None, "operator": operator}
    heard = {"heard_id": newest_message_id(connection, before.conversation_id)}
    update_guarded(connection, before, "edit", values | heard)
    index_again(connection, reply_id, content)
    write_steps(
        connection, [ReplyStep(reply_id, at, StepKind.EDIT, by=operator or Author.OPERATOR, before=before.content)]
    )
    edited = replace(before, content=content, edited=True, updated_at=at, aside=None, operator=operator)
    status.reopen_conversations(connection, status.needing_operator([edited]))
    return edited


class _Effect(Enum):
    """Columns of its conversation that change when a reply has arrived."""

    PROMISED = PREVIEW | PROLONGED_TAKEOVER  # after a promise all wait on
    ANSWERED_ONE = PREVIEW | PROLONGED_TAKEOVER | WAITING_FOR_LATER
    ANSWERED_ALL = PREVIEW | PROLONGED_TAKEOVER | WAITING_SINCE_LATEST


def _effect(reply: Reply, *, promise: bool) -> _Effect:
    if promise:
        return _Effect.PROMISED
    by_hand = reply.message_id is None or reply.edited
    return _Effect.ANSWERED_ALL if by_hand else _Effect.ANSWERED_ONE


_ANY = 2**62
"""Id above all messages, for replies without `heard_id`: they answer everything."""


def _conversation_change(one: _Begun) -> tuple[Update, dict[str, Any]] | None:
    """Return what a move changes in the conversation's row."""
    reply, heard_id = one.after, one.found.heard_id
    effect = _effect(reply, promise=one.promise) if one.made in ARRIVED else None
    window = one.changes.window and one.changes.window(one.found.window)
    if effect is None and window is None:
        return None
    answered = {"answered_id": reply.message_id, "heard_id": _ANY if heard_id is None else heard_id}
    values: dict[str, Any] = {"its_id": reply.conversation_id} | answered
    if window is not None:
        values |= window_values(window)
    if effect is not None:
        values |= message_values(reply.author, reply.content, one.at, reply.created_at)
    return _change(effect, window=window is not None), values


@cache
def _change(effect: _Effect | None, *, window: bool) -> Update:
    """Return the statement for an effect, cached, because each reply needs one."""
    values: dict[str, ColumnElement[Any]] = {} if effect is None else effect.value
    if window:
        values = values | {column.name: bindparam(f"new_{column.name}") for column in WINDOW_COLUMNS}
    return update(conversations).where(conversations.c.id == bindparam("its_id")).values(values)


@cache
def _guarded_update(changed: frozenset[str]) -> Update:
    change = update(replies).where(replies.c.id == bindparam("its_id"), replies.c.state == bindparam("its_state"))
    return change.values({name: bindparam(f"new_{name}") for name in sorted(changed)})
