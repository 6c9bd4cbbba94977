"""Rows of the inbox list and figures on its chips: one SQL expression per chip."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    case,
    exists,
    false,
    func,
    not_,
    nulls_last,
    or_,
    select,
)

from wxdesk.core.conversations.attention import Attention
from wxdesk.core.conversations.listing import LONGEST_FIRST, DayCounts, InboxCounts, InboxFilter, InboxRow
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.reply import ON_ITS_WAY, UNSETTLED, ReplyState
from wxdesk.core.replies import parts
from wxdesk.store.replies.bulk_moves import HELD_BACK
from wxdesk.store.replies.inserting import load_replies
from wxdesk.store.schema.columns import Among, Moment
from wxdesk.store.schema.figures import AT_ISSUE, CHOSEN
from wxdesk.store.schema.messaging import (
    AWAITS,
    OPEN,
    PINNED,
    RISES,
    UNFINISHED,
    UNREAD,
    WRITTEN,
    calls,
    conversations,
    decisions,
    messages,
    operator_drafts,
    replies,
)
from wxdesk.store.schema.records import SELECT_CONVERSATIONS, attention_of, conversation_of, load_messages
from wxdesk.store.schema.reply_predicates import PASSED_OVER, UNDOABLE, by_hand

_FIRST = or_(conversations.c.id.in_(select(calls.c.conversation_id).where(RISES)), PINNED)

_NEWEST = (conversations.c.last_at.desc(), conversations.c.id.desc())
_LONGEST = (nulls_last(conversations.c.waiting_since.asc()), *_NEWEST)
_ORDERS: dict[InboxFilter, tuple[Any, ...]] = {
    **dict.fromkeys(LONGEST_FIRST, _LONGEST),
    InboxFilter.SNOOZED: (conversations.c.snoozed_until, *_NEWEST),
}


def page(
    connection: Connection, chip: InboxFilter, offset: int, limit: int, me: str, only: Sequence[ColumnElement[bool]]
) -> list[InboxRow]:
    """Return a page of rows under a chip for `me` in its order, as `only` admits."""
    if chip is InboxFilter.ALL:
        return _all_page(connection, offset, limit, me, and_(OPEN, *only))
    order = _ORDERS.get(chip, _NEWEST)
    return _rows(connection, _ROWS.where(CHOSEN[chip], *only).order_by(*order).limit(limit).offset(offset), {"me": me})


def _all_page(connection: Connection, offset: int, limit: int, me: str, shown: ColumnElement[bool]) -> list[InboxRow]:
    risen = and_(_FIRST, shown)
    first = _ROWS.where(risen).order_by(conversations.c.pinned.desc(), *_LONGEST).limit(limit).offset(offset)
    found = _rows(connection, first, {"me": me})
    if len(found) == limit:
        return found
    passed = connection.scalar(select(func.count()).select_from(conversations).where(risen)) or 0
    others = _ROWS.where(not_(_FIRST), shown).order_by(*_NEWEST)
    return found + _rows(connection, others.limit(limit - len(found)).offset(max(0, offset - passed)), {"me": me})


def rows(connection: Connection, ids: Collection[int], me: str = "") -> list[InboxRow]:
    """Return the rows of these conversations for `me`; unknown ids are left out."""
    return _rows(connection, _NAMED, {"ids": tuple(ids), "me": me}) if ids else []


def rows_query(*chosen: ColumnElement[bool]) -> Select[Any]:
    """Build the query for `load_rows`: conversations by id that match all of `chosen`."""
    return _ROWS.where(Among(conversations.c.id, "ids"), *chosen)


def load_rows(connection: Connection, named: Select[Any], ids: Collection[int]) -> list[InboxRow]:
    """Return the rows of these conversations, unordered, by a query of `rows_query`."""
    return _rows(connection, named, {"ids": tuple(ids)}) if ids else []


def _select_rows() -> Select[Any]:
    """Select conversations with their replies' figures, each one look into an index."""
    own = replies.c.conversation_id == conversations.c.id

    def of_state(column: ColumnElement[Any], *states: ReplyState) -> Any:  # noqa: ANN401
        query = select(column).where(own, replies.c.state.in_(states), AT_ISSUE)
        return query.correlate(conversations).scalar_subquery()

    newest = select(replies.c.id).where(own).order_by(replies.c.created_at.desc(), replies.c.id.desc()).limit(1)
    return SELECT_CONVERSATIONS.add_columns(
        of_state(func.min(replies.c.due_at), ReplyState.HELD).label("due_at"),
        of_state(func.count(), ReplyState.HELD).label("held"),
        of_state(func.count(), ReplyState.DRAFT).label("drafts"),
        _leaving(own).label("leaving"),
        of_state(func.max(replies.c.id), *UNSETTLED).label("failed_id"),
        newest.correlate(conversations).scalar_subquery().label("last_reply_id"),
        _begun().label("unsent"),
        _question().label("question_id"),
        _last_unfinished(decisions.c.decided_at >= conversations.c.waiting_since).label("unmade_at"),
        _last_unfinished(and_(decisions.c.id.in_(_decisions_of_drafts(own)), _SOMEBODY_WROTE)).label("incomplete_at"),
    )


def _leaving(own: ColumnElement[bool]) -> Any:  # noqa: ANN401
    """Count operators' replies that are on their way and take one of those left."""
    on_its_way = or_(UNDOABLE, replies.c.state.in_(ON_ITS_WAY))
    query = select(func.count()).where(own, replies.c.author == Author.OPERATOR, on_its_way)
    return query.correlate(conversations).scalar_subquery()


def _question() -> Any:  # noqa: ANN401
    """Select the contact's last message where it waits although a rule has replied."""
    own = and_(messages.c.conversation_id == conversations.c.id, WRITTEN)
    last = select(messages.c.id).where(own).order_by(messages.c.at.desc(), messages.c.id.desc()).limit(1)
    waits = and_(AWAITS, conversations.c.preview_author == Author.RULE)
    return case((waits, last.correlate(conversations).scalar_subquery()))


def _begun() -> Any:  # noqa: ANN401
    own = and_(
        operator_drafts.c.conversation_id == conversations.c.id, operator_drafts.c.operator == bindparam("me", "")
    )
    return select(operator_drafts.c.drafts).where(own).correlate(conversations).scalar_subquery()


_SOMEBODY_WROTE = or_(
    conversations.c.waiting_since.is_not(None), exists().where(messages.c.id == decisions.c.message_id, WRITTEN)
)
"""Condition: the contact wrote, and did not only open the chat."""


def _decisions_of_drafts(own: ColumnElement[bool]) -> Select[Any]:
    untouched = and_(own, replies.c.state == ReplyState.DRAFT, replies.c.edited.is_(false()), not_(PASSED_OVER))
    return select(replies.c.decision_id).where(untouched).correlate(conversations)


def _last_unfinished(which: ColumnElement[bool]) -> Any:  # noqa: ANN401
    """Select the time of the last decision whose answer could not be completed."""
    own = and_(decisions.c.conversation_id == conversations.c.id, UNFINISHED)
    return select(func.max(decisions.c.decided_at)).where(own, which).correlate(conversations).scalar_subquery()


# Statements never change once made, and a busy window and the alarms ask these all the time: put together once.
_ROWS = _select_rows()
_NAMED = rows_query()
_CALLS = select(calls).where(Among(calls.c.conversation_id, "ids")).order_by(calls.c.conversation_id, calls.c.cause)


def _rows(connection: Connection, query: Select[Any], given: dict[str, Any] | None = None) -> list[InboxRow]:
    found = connection.execute(query, given).all()
    wanted = {row.failed_id for row in found} | {row.last_reply_id for row in found}
    loaded = {reply.id: reply for reply in load_replies(connection, wanted - {None})}
    asked = [row.question_id for row in found if row.question_id is not None]
    questions = {message.id: message for message in load_messages(connection, asked)}
    calling = _calls(connection, [row.id for row in found])
    behind = _waiting_parts(connection, [row.id for row in found if row.held])
    return [
        InboxRow(
            conversation=conversation_of(row),
            due_at=behind[row.id].due_at if row.id in behind else row.due_at,
            held=row.held,
            waits=behind[row.id].parts if row.id in behind else 0,
            drafts=row.drafts,
            leaving=row.leaving,
            failed=loaded.get(row.failed_id),
            last_reply=loaded.get(row.last_reply_id),
            unfinished_at=max(filter(None, (row.unmade_at, row.incomplete_at)), default=None),
            calls=calling.get(row.id, ()),
            unsent=row.unsent[-1].content if row.unsent else None,
            question=questions.get(row.question_id),
        )
        for row in found
    ]


class _WaitingParts(Struct):
    """Count of held parts behind earlier ones, and the first due time of the rest."""

    parts: int = 0
    due_at: datetime | None = None


def _waiting_parts(connection: Connection, ids: Collection[int]) -> dict[int, _WaitingParts]:
    """Find the waiting parts of those conversations that hold back parts of an answer."""
    if not ids:
        return {}
    here = and_(HELD_BACK, replies.c.conversation_id.in_(ids))
    firsts = select(replies.c.part_of).where(here, replies.c.part_of.is_not(None)).distinct()
    answers = list(connection.scalars(firsts))
    if not answers:
        return {}
    of_answers = or_(replies.c.id.in_(answers), replies.c.part_of.in_(answers))
    waiting = parts.blocked_parts(
        load_replies(connection, set(connection.scalars(select(replies.c.id).where(of_answers))))
    )
    found: defaultdict[int, _WaitingParts] = defaultdict(_WaitingParts)
    for one in connection.execute(select(replies.c.id, replies.c.conversation_id, replies.c.due_at).where(here)):
        kept = found[one.conversation_id]
        if one.id in waiting:
            kept.parts += 1
        elif one.due_at is not None:
            kept.due_at = min(filter(None, (kept.due_at, one.due_at)))
    return found


def _calls(connection: Connection, ids: Collection[int]) -> dict[int, tuple[Attention, ...]]:
    found: dict[int, tuple[Attention, ...]] = {}
    for row in connection.execute(_CALLS, {"ids": tuple(ids)}) if ids else ():
        found[row.conversation_id] = (*found.get(row.conversation_id, ()), attention_of(row))
    return found


def counts(connection: Connection, me: str = "") -> InboxCounts:
    """Count for the filter chips; waiting and needs_human as `page` would list them."""
    return InboxCounts(**connection.execute(_COUNTS, {"me": me}).mappings().one())


def rows_and_counts(connection: Connection, ids: Collection[int], me: str = "") -> tuple[list[InboxRow], InboxCounts]:
    """Return what `rows` and `counts` do, of one moment."""
    return rows(connection, ids, me), counts(connection, me)


def _count_under(chip: InboxFilter) -> Any:  # noqa: ANN401
    return select(func.count()).select_from(conversations).where(CHOSEN[chip]).scalar_subquery()


def _counts_query() -> Select[Any]:
    in_unread = select(func.coalesce(func.sum(conversations.c.unread), 0)).where(UNREAD, OPEN).scalar_subquery()
    kept = replies.c.state.in_((ReplyState.HELD, ReplyState.QUEUED)) & ~by_hand(replies)
    return select(
        *(_count_under(chip).label(chip.value) for chip in InboxFilter if chip.value in InboxCounts.__struct_fields__),
        in_unread.label("messages"),
        select(func.count()).where(kept).scalar_subquery().label("automatic"),
    )


_COUNTS = _counts_query()


def day_counts(connection: Connection, since: datetime) -> DayCounts:
    """Count messages, not events, and replies since `since`."""
    return DayCounts(**connection.execute(_DAY_COUNTS, {"midnight": since}).mappings().one())


def _day_counts_query() -> Select[Any]:
    since = bindparam("midnight", type_=Moment)
    since_then = and_(WRITTEN, messages.c.at >= since)
    written = select(func.count()).select_from(messages).where(since_then).scalar_subquery()

    def sent(author: Author) -> Any:  # noqa: ANN401
        return select(func.count()).where(replies.c.author == author, replies.c.sent_at >= since).scalar_subquery()

    return select(
        written.label("messages"), sent(Author.RULE).label("by_rule"), sent(Author.OPERATOR).label("by_operator")
    )


_DAY_COUNTS = _day_counts_query()
