"""Membership and order of rows under a filter, for rows that change while shown.

It repeats the store's rules, so that one changed row can move without reading the page again.
"""

from __future__ import annotations

from datetime import UTC, datetime

from wxdesk.core.conversations.attention import RINGING
from wxdesk.core.conversations.listing import InboxFilter, InboxRow
from wxdesk.core.model.status import ConversationStatus

STATUS_SHOWN = {InboxFilter.SNOOZED: ConversationStatus.SNOOZED, InboxFilter.RESOLVED: ConversationStatus.RESOLVED}
"""Conversation status that a filter shows, where that is not open."""

LONGEST_FIRST = frozenset({InboxFilter.WAITING, InboxFilter.NEEDS_HUMAN})
"""Filters that show the longest waiting first; the others show the newest first."""

_NEVER = datetime.min.replace(tzinfo=UTC)
_LAST = datetime.max.replace(tzinfo=UTC)


def matches_filter(row: InboxRow, chosen: InboxFilter) -> bool:
    """Return True if `chosen` shows `row`."""
    conversation = row.conversation
    if chosen is InboxFilter.ANY_STATUS:
        return True
    return conversation.status is STATUS_SHOWN.get(chosen, ConversationStatus.OPEN) and _has_asked_property(row, chosen)


def _has_asked_property(row: InboxRow, chosen: InboxFilter) -> bool:
    """Return True if the row has the property of its filter chip."""
    conversation = row.conversation
    match chosen:
        case InboxFilter.WAITING:
            return conversation.awaits_answer
        case InboxFilter.NEEDS_HUMAN:
            unanswered = conversation.taken_over and conversation.awaits_answer
            return unanswered or row.failed is not None or any(call.cause in RINGING for call in row.calls)
        case InboxFilter.PENDING:
            return row.held > 0 or row.drafts > 0
        case InboxFilter.UNREAD:
            return conversation.unread > 0
    return True


def sort_key(row: InboxRow, chosen: InboxFilter) -> tuple[int, float, float, int]:
    """Return a key that sorts rows as `chosen` shows them, smallest first.

    Where nothing waits, the newest is first. Among all, those with a call that rises come first, longest
    waiting first.
    """
    conversation = row.conversation
    risen = chosen is InboxFilter.ALL and any(call.sorts_first for call in row.calls)
    last = -_seconds(conversation.last_at or _NEVER)
    if chosen is InboxFilter.SNOOZED:
        return (True, _seconds(conversation.snoozed_until or _LAST), last, -conversation.id)
    if risen or chosen in LONGEST_FIRST:
        return (not risen, _seconds(conversation.waiting_since or _LAST), last, -conversation.id)
    return (True, last, 0.0, -conversation.id)


def _seconds(at: datetime) -> float:
    return (at - _NEVER).total_seconds()
