"""SQL conditions on replies, the counterparts of `core.replies.lifecycle`."""

from sqlalchemy import ColumnElement, FromClause, and_, false, not_, or_

from wxdesk.core.model.conversation import Author
from wxdesk.core.model.reply import ReplyState
from wxdesk.core.replies.lifecycle import NEVER_ARRIVES
from wxdesk.store.schema.messaging import replies


def by_hand(table: FromClause) -> ColumnElement[bool]:
    """Match replies that an operator wrote, released or sends again: not automatic."""
    return or_(table.c.author != Author.RULE, table.c.by != "")


def counts_down(table: FromClause) -> ColumnElement[bool]:
    """Match replies that are held until a deadline."""
    return and_(table.c.state == ReplyState.HELD, table.c.due_at.is_not(None))


def leaves_by_itself(table: FromClause) -> ColumnElement[bool]:
    """Match automatic replies that leave unless somebody stops them or takes over."""
    return and_(not_(by_hand(table)), or_(table.c.state == ReplyState.QUEUED, counts_down(table)))


def undoable(table: FromClause) -> ColumnElement[bool]:
    """Match operators' replies that can still be undone."""
    return and_(table.c.author == Author.OPERATOR, counts_down(table))


def scheduled(table: FromClause) -> ColumnElement[bool]:
    """Match what operators wrote for a time that has not come."""
    fresh = and_(table.c.author == Author.OPERATOR, table.c.attempts == 0)
    return and_(fresh, table.c.state == ReplyState.QUEUED, table.c.not_before.is_not(None))


def untouched(table: FromClause) -> ColumnElement[bool]:
    """Match replies that nobody has edited, locked or otherwise decided about."""
    return and_(table.c.edited.is_(false()), table.c.by == "")


def passed_over(table: FromClause) -> ColumnElement[bool]:
    """Match drafts that an operator passed over by writing a reply instead."""
    return and_(table.c.state == ReplyState.DRAFT, table.c.passed_by.is_not(None), untouched(table))


def never_arrives(table: FromClause) -> ColumnElement[bool]:
    """Match replies that did not arrive, and will not unless an operator decides so."""
    return or_(table.c.state.in_(NEVER_ARRIVES), passed_over(table))


UNDOABLE = undoable(replies)
LOCKED = and_(replies.c.state == ReplyState.DRAFT, replies.c.by != "", replies.c.edited.is_(false()))
"""Condition: drafts that an operator is editing and has not changed yet."""
UNTOUCHED = untouched(replies)
PASSED_OVER = passed_over(replies)
