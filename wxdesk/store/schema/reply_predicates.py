"""What `core.lifecycle` says of one reply, said in SQL of many."""

from __future__ import annotations

from sqlalchemy import ColumnElement, FromClause, and_, false, or_

from wxdesk.core.model.conversation import Author
from wxdesk.core.model.reply import ReplyState
from wxdesk.core.replies.lifecycle import NEVER_ARRIVES
from wxdesk.store.schema import replies

PENDING = (ReplyState.HELD, ReplyState.DRAFT)


def by_hand(table: FromClause) -> ColumnElement[bool]:
    """Whether a human wrote a reply, released it or sends it again: what `is_automatic` denies."""
    return or_(table.c.author != Author.RULE, table.c.by != "")


def undoable(table: FromClause) -> ColumnElement[bool]:
    """Whether an operator can still take back what he wrote: `can_be_undone`."""
    counts_down = and_(table.c.state == ReplyState.HELD, table.c.due_at.is_not(None))
    return and_(table.c.author == Author.OPERATOR, counts_down)


def passed_over(table: FromClause) -> ColumnElement[bool]:
    """Whether an operator wrote something himself instead of this draft: `is_passed_over`."""
    untouched = and_(table.c.edited.is_(false()), table.c.by == "")
    return and_(table.c.state == ReplyState.DRAFT, table.c.passed_by.is_not(None), untouched)


def unsaid(table: FromClause) -> ColumnElement[bool]:
    """Whether the contact has not got a reply, and will not unless a human wants it after all."""
    return or_(table.c.state.in_(NEVER_ARRIVES), passed_over(table))


UNDOABLE = undoable(replies)
PASSED_OVER = passed_over(replies)
