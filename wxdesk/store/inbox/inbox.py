"""The inbox: its rows and figures, the timelines, and the search in them."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Select, Table, Text, func, literal, select, type_coerce

from wxdesk.core.conversations.listing import InboxFilter, InboxRow, TimelineItem, in_order
from wxdesk.core.errors import required
from wxdesk.core.model.conversation import EVERYTHING, Narrowing
from wxdesk.core.model.decision import Decision
from wxdesk.core.model.reply import Reply
from wxdesk.store import search
from wxdesk.store.decisions.decisions import newest_decision
from wxdesk.store.engine.database import StorePart, read_by, reading
from wxdesk.store.inbox import rows as inbox_rows
from wxdesk.store.replies.inserting import load_replies
from wxdesk.store.schema.columns import EPOCH, Moment
from wxdesk.store.schema.figures import narrowed
from wxdesk.store.schema.messaging import PLACE, contacts, conversations, messages, replies
from wxdesk.store.schema.records import SELECT_REPLIES, load_messages, message_of, reply_of


def _timeline(
    connection: Connection,
    conversation_id: int,
    before: datetime | None = None,
    limit: int = 50,
    after: datetime | None = None,
) -> list[TimelineItem]:
    """Return the last items before `before`, or the first after `after`, oldest first.

    Items of the same time are not torn apart, so that the next page (before the first item's `at`, or
    after the last one's) leaves none out; a page can be longer than `limit` for that.
    """
    said = select(messages).where(messages.c.conversation_id == conversation_id)
    answered = SELECT_REPLIES.where(replies.c.conversation_id == conversation_id)
    found: list[TimelineItem] = []
    for query, table, at in ((said, messages, messages.c.at), (answered, replies, PLACE)):
        make = message_of if table is messages else reply_of
        if after is not None:
            query = query.where(at > after)
        elif before is not None:
            query = query.where(at < before)
        found += [make(row) for row in connection.execute(_end_of(query, table, at, limit, newest=after is None))]
    found = in_order(found)
    if len(found) <= limit:
        return found
    if after is None:
        return [item for item in found if item.at >= found[-limit].at]
    return [item for item in found if item.at <= found[limit - 1].at]


class Inbox(StorePart):
    """Everything that the inbox shows: rows, counts, timelines and search hits."""

    async def page(
        self,
        chosen: InboxFilter,
        offset: int = 0,
        limit: int = 100,
        me: str = "",
        narrowing: Narrowing = EVERYTHING,
        now: datetime = EPOCH,
    ) -> list[InboxRow]:
        """Return rows of the inbox for the operator `me`, newest first.

        WAITING and NEEDS_HUMAN list the longest waiting first. Under ALL, those with attention that rises come
        before all others, the longest waiting first; under NEEDS_HUMAN, those that only have an unsettled reply
        come last, newest first.
        """
        return await self._db.read(inbox_rows.page, chosen, offset, limit, me, narrowed(narrowing, now))

    @reading
    def choices(self, connection: Connection) -> tuple[list[str], list[str]]:
        """Return the tags in use, and the pages from which most customers came."""
        tagged = connection.scalars(
            select(contacts.c.tags).where(type_coerce(contacts.c.tags, Text) != "[]").distinct()
        )
        page = conversations.c.session_from
        pages = select(page).where(page != "").group_by(page).order_by(func.count().desc(), page).limit(20)
        return sorted({tag for tags in tagged for tag in tags}), list(connection.scalars(pages))

    rows = read_by(inbox_rows.rows)
    rows_and_counts = read_by(inbox_rows.rows_and_counts)

    timeline = read_by(_timeline)

    @reading
    def open_conversation(
        self, connection: Connection, conversation_id: int, limit: int, others: Collection[int] = ()
    ) -> tuple[InboxRow, list[TimelineItem], Decision | None, list[Reply]]:
        """Return a conversation's row, newest page and newest decision, of one moment.

        With them come those of its replies in `others` that are not on the page. Raises `NotFound`.
        """
        rows = required(inbox_rows.rows(connection, [conversation_id]), "conversation")
        items = _timeline(connection, conversation_id, limit=limit)
        shown = {item.id for item in items if isinstance(item, Reply)}
        more = load_replies(connection, set(others) - shown)
        return rows[0], items, newest_decision(connection, conversation_id), more

    messages = read_by(load_messages)
    counts = read_by(inbox_rows.counts)
    day_counts = read_by(inbox_rows.day_counts)
    find = read_by(search.find)
    customers = read_by(search.customers)
    search = read_by(search.search)


def _end_of(query: Select[Any], table: Table, at: Any, limit: int, *, newest: bool) -> Select[Any]:  # noqa: ANN401
    """Select the newest or oldest `limit` rows, and those of the last one's time."""
    order = (at.desc(), table.c.id.desc()) if newest else (at, table.c.id)
    edge = query.with_only_columns(at).order_by(*order).limit(1).offset(limit - 1)
    last = func.coalesce(edge.correlate(None).scalar_subquery(), literal(EPOCH if newest else _LATEST, Moment))
    return query.where(at >= last if newest else at <= last).order_by(at, table.c.id)


_LATEST = datetime.max.replace(tzinfo=UTC)
