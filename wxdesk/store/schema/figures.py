"""Figures that the window shows: their SQL, and their sums by hour.

See `core.conversations.listing` and `core.model.statistics`.
"""

from datetime import datetime

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Table,
    Text,
    and_,
    bindparam,
    literal_column,
    not_,
    or_,
    select,
    true,
    type_coerce,
    union,
)

from wxdesk.core.conversations.attention import RINGING
from wxdesk.core.conversations.listing import InboxFilter
from wxdesk.core.model.conversation import Narrowing
from wxdesk.core.model.reply import UNSETTLED, WAITS
from wxdesk.core.model.statistics import HourlyFigure
from wxdesk.store.schema.columns import EnumText, metadata
from wxdesk.store.schema.messaging import (
    AWAITS,
    CLAIMED,
    OPEN,
    SNOOZED,
    UNREAD,
    calls,
    contacts,
    conversations,
    replies,
)
from wxdesk.store.schema.reply_predicates import PASSED_OVER, UNDOABLE

# Sums of what the rows say about an hour, counted since 1970 in UTC. A zero or an empty name stands for none.
hourly_figures = Table(
    "hourly_figures",
    metadata,
    Column("hour", BigInteger, primary_key=True, autoincrement=False),
    Column("account", Text, primary_key=True),
    Column("figure", EnumText(HourlyFigure), primary_key=True),
    Column("rule_id", BigInteger, primary_key=True),
    Column("operator", Text, primary_key=True),
    Column("detail", BigInteger, primary_key=True),
    Column("n", BigInteger, nullable=False),
    sqlite_with_rowid=False,
    info={"moves": False},
)

# Hours whose sums are older than the rows. Triggers write them (migration 0036): a row an hour and, on a server, a
# transaction, so that nobody waits for anybody; `n` tells if a row has been written to again.
changed_hours = Table(
    "changed_hours",
    metadata,
    Column("hour", BigInteger, primary_key=True, autoincrement=False),
    Column("tx", BigInteger, primary_key=True, autoincrement=False),
    Column("n", BigInteger, nullable=False),
    sqlite_with_rowid=False,
    info={"moves": False},
)

# An operator's fresh reply leaves by itself, and a passed-over draft has been answered by the operator.
AT_ISSUE = not_(or_(UNDOABLE, PASSED_OVER))
_WITH_PENDING = select(replies.c.conversation_id).where(replies.c.state.in_(WAITS), AT_ISSUE)

# A takeover whose time has run out still counts: nobody answered, and the rules will not go back to it.
_LEFT_TO_HUMAN = select(conversations.c.id).where(conversations.c.taken_over.is_(true()), AWAITS)
_WITH_UNSETTLED = select(replies.c.conversation_id).where(replies.c.state.in_(UNSETTLED))
_RINGING = select(calls.c.conversation_id).where(calls.c.cause.in_(RINGING))

ME = bindparam("me", type_=Text())
A_COLLEAGUES = and_(CLAIMED, conversations.c.claimed_by != ME, literal_column("''") != ME)

CHOSEN: dict[InboxFilter, ColumnElement[bool]] = {
    InboxFilter.ALL: OPEN,
    InboxFilter.WAITING: AWAITS,
    InboxFilter.NEEDS_HUMAN: and_(
        conversations.c.id.in_(union(_LEFT_TO_HUMAN, _WITH_UNSETTLED, _RINGING).scalar_subquery()), not_(A_COLLEAGUES)
    ),
    InboxFilter.PENDING: conversations.c.id.in_(_WITH_PENDING),
    InboxFilter.FAILED: conversations.c.id.in_(_WITH_UNSETTLED),
    InboxFilter.UNREAD: and_(UNREAD, OPEN),
    InboxFilter.MINE: and_(conversations.c.claimed_by == ME, CLAIMED, OPEN),
    InboxFilter.NOBODYS: and_(AWAITS, not_(CLAIMED)),
    InboxFilter.SNOOZED: SNOOZED,
    InboxFilter.RESOLVED: conversations.c.resolved_at.is_not(None),
    InboxFilter.ANY_STATUS: true(),
}
"""Conversations that each filter shows, as `matches` tells of one row.

Two of them ask for the name of `me`.
"""


def narrowed(to: Narrowing, now: datetime) -> list[ColumnElement[bool]]:
    """Match conversations that a narrowing admits, see `Narrowing.admits`."""
    tag = type_coerce(contacts.c.tags, Text).contains(msgspec.json.encode(to.tag).decode(), autoescape=True)
    since = to.since(now)
    wanted = [
        conversations.c.account == to.account if to.account else None,
        conversations.c.contact_id.in_(select(contacts.c.id).where(tag)) if to.tag else None,
        conversations.c.preview_author == to.author if to.author else None,
        conversations.c.session_from == to.page if to.page else None,
        conversations.c.last_at >= since if since else None,
        conversations.c.contact_id.in_(select(contacts.c.id).where(contacts.c.blocked)) if to.blocked else None,
    ]
    return [condition for condition in wanted if condition is not None]
