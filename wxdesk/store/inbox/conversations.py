"""Contacts and their conversations: the entry point for most of the store."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, Update, func, literal, select, true, update

from wxdesk.core.conversations.contact_change import ContactChange
from wxdesk.core.conversations.listing import DayCounts, InboxCounts, InboxFilter, InboxRow, SearchHit, TimelineItem
from wxdesk.core.conversations.takeover import Takeover
from wxdesk.core.errors import NotFound
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.conversation import Contact, Conversation
from wxdesk.core.model.reply import Reply
from wxdesk.core.rules.conditions.facts import RequiredHistory
from wxdesk.core.rules.resolution import ConversationContext, Resolution, UndecidedMessage
from wxdesk.store import search
from wxdesk.store.conversations.takeovers import takeover_values
from wxdesk.store.decisions import resolving
from wxdesk.store.decisions import rule_facts as rule_facts
from wxdesk.store.decisions import trial_contact as trial_contact
from wxdesk.store.decisions.undecided import undecided_of
from wxdesk.store.engine.database import Database
from wxdesk.store.inbox import rows as inbox_rows
from wxdesk.store.messages import deriving
from wxdesk.store.messages.deriving import UnderivedPush
from wxdesk.store.schema import NOT_CALLED, UNDECIDED, UNREAD, contacts, conversations, messages, replies
from wxdesk.store.schema.columns import EPOCH, Moment
from wxdesk.store.schema.records import conversation_of, message_of, reply_of, select_conversations, select_replies


class Conversations:
    """Contacts, and the conversations with them."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def derive(self, pushes: Sequence[UnderivedPush]) -> list[UndecidedMessage]:
        """Make contact, conversation and message from each push, in one transaction.

        Reply window (`core.wechat.quota.window_after_event`), unread, waiting and preview are updated. A push that
        opens no conversation, or that cannot be read, is only marked as derived. Returns the new messages in the
        given order, each with its conversation as it is after the whole batch.
        """
        return await self._db.write(deriving.derive, pushes)

    async def undecided(self, limit: int = 500) -> list[UndecidedMessage]:
        """Return messages without a decision, oldest first (left over from a crash)."""
        return await self._db.read(_undecided, limit)

    async def still_undecided(self, message_ids: Collection[int]) -> list[UndecidedMessage]:
        """Return those of these messages that still have no decision, as they are now."""
        return await self._db.read(_undecided, len(message_ids), messages.c.id.in_(message_ids))

    async def with_history(
        self, undecided: Sequence[UndecidedMessage], wanted: RequiredHistory, now: datetime
    ) -> list[UndecidedMessage]:
        """Add the history that rules need, as it was when each message was written."""
        return await self._db.read(rule_facts.with_history, undecided, wanted, now)

    async def resolve(self, resolutions: Sequence[Resolution]) -> list[Reply]:
        """Store decisions with their effects in one transaction; return changed replies.

        Pending replies meet their `fate` in the same transaction, as they are then: those that give way are
        cancelled by "contact". Where the operator edits one, no new ones are made, and the decision says so
        (YIELDED); nor are they where fewer gave way than needed (NO_QUOTA). A reply's `created_at` is the
        decision's `decided_at`. A message that has a decision already is left alone, and its replies are not made a
        second time.

        Raises:
            DecisionOutdated: an operator has changed a conversation since `thought_from`
                (`core.rules.matching.guards.operator_decisions`).
                Nothing was stored; operators' later changes wait until all is.
        """
        return await self._db.write(resolving.resolve, resolutions)

    async def page(self, chosen: InboxFilter, offset: int = 0, limit: int = 100) -> list[InboxRow]:
        """Return rows of the inbox, newest first.

        WAITING and NEEDS_HUMAN list the longest waiting first. Under ALL, those with attention that rises come
        before all others, the longest waiting first; under NEEDS_HUMAN, those that only have an unsettled reply
        come last, newest first.
        """
        return await self._db.read(inbox_rows.page, chosen, offset, limit)

    async def rows(self, ids: Collection[int]) -> list[InboxRow]:
        """Return the rows of these conversations, unordered; unknown ids are left out."""
        return await self._db.read(inbox_rows.rows, ids)

    async def get(self, conversation_id: int) -> Conversation:
        """Return one conversation; raises `NotFound`."""
        return await self._db.read(_get, conversation_id)

    async def timeline(
        self, conversation_id: int, before: datetime | None = None, limit: int = 50
    ) -> list[TimelineItem]:
        """Return the last messages and replies before `before`, oldest first.

        Items of the same time are not torn apart, so that the next page (before the first item's `at`) leaves none
        out; a page can be longer than `limit` for that.
        """
        return await self._db.read(_timeline, conversation_id, before, limit)

    async def counts(self) -> InboxCounts:
        """Count for the filter chips; waiting and needs_human as `page` would list them."""
        return await self._db.read(inbox_rows.counts)

    async def day_counts(self, since: datetime) -> DayCounts:
        """Count messages, not events, and replies since `since`, and who waits now."""
        return await self._db.read(inbox_rows.day_counts, since)

    async def search(self, phrase: str, limit: int = 50) -> list[SearchHit]:
        """Find messages and replies by `phrase` (or one Chinese character), newest first."""
        return await self._db.read(search.search, phrase, limit)

    async def named(self, phrase: str, accounts: Collection[str], limit: int = 20) -> list[Conversation]:
        """Find conversations by their contact's alias or openid, newest first.

        An alias must contain `phrase`, an openid begin or end with it. An empty phrase finds all of these accounts.
        """
        return await self._db.read(trial_contact.find_contacts, phrase, accounts, limit)

    async def load_for_trial(self, conversation_id: int, now: datetime) -> ConversationContext:
        """Return a conversation as its next message would meet it; raises `NotFound`."""
        return await self._db.read(_as_it_stands, conversation_id, now)

    async def mark_read(self, conversation_id: int) -> bool:
        """Set unread to 0; False if it was 0 already."""
        change = update(conversations).where(conversations.c.id == conversation_id, UNREAD).values(unread=0)
        return await self._db.write(_changes, change)

    async def set_mode(self, conversation_id: int, mode: ReplyMode | None) -> None:
        """Set the conversation's own mode; None inherits the account's; or `NotFound`."""
        await self._change(conversation_id, {"mode": mode})

    async def take_over(
        self, conversation_id: int, until: datetime | None, silence: int | None = None, *, by_writing: bool = False
    ) -> None:
        """Take over, until `until` or, with None, until handed back.

        Each message postpones the end by `silence` seconds; with `by_writing`, the operator's replies postpone it
        (`TakeoverStore.written`). Raises `NotFound`.
        """
        await self._change(conversation_id, takeover_values(Takeover(until, silence, by_writing)) | NOT_CALLED)

    async def hand_back(self, conversation_id: int) -> None:
        """Hand the conversation back to the rules; raises `NotFound`."""
        await self._change(conversation_id, takeover_values(None) | NOT_CALLED)

    async def change_contact(self, contact_id: int, change: ContactChange) -> None:
        """Change a contact as it is now, in one transaction; raises `NotFound`."""
        await self._db.write(_change_contact, contact_id, change)

    async def _change(self, conversation_id: int, values: dict[str, Any]) -> None:
        change = update(conversations).where(conversations.c.id == conversation_id).values(values)
        if not await self._db.write(_changes, change):
            raise NotFound("conversation")


def _changes(connection: Connection, change: Update) -> bool:
    return connection.execute(change).rowcount > 0


def _change_contact(connection: Connection, contact_id: int, change: ContactChange) -> None:
    query = select(contacts).where(contacts.c.id == contact_id).with_for_update()
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise NotFound("contact")
    changed = change.applied_to(Contact(**row))
    values = {"alias": changed.alias, "note": changed.note, "tags": changed.tags, "blocked": changed.blocked}
    connection.execute(update(contacts).where(contacts.c.id == contact_id).values(values))


def _get(connection: Connection, conversation_id: int) -> Conversation:
    query = select_conversations().where(conversations.c.id == conversation_id)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound("conversation")
    return conversation_of(row)


def _as_it_stands(connection: Connection, conversation_id: int, now: datetime) -> ConversationContext:
    return trial_contact.load_for_trial(connection, _get(connection, conversation_id), now)


def _undecided(connection: Connection, limit: int, among: ColumnElement[bool] | None = None) -> list[UndecidedMessage]:
    query = select(messages).where(UNDECIDED, true() if among is None else among).order_by(messages.c.id).limit(limit)
    waiting = [message_of(row) for row in connection.execute(query)]
    ids = {message.conversation_id for message in waiting}
    found = connection.execute(select_conversations().where(conversations.c.id.in_(ids)))
    threads = {row.id: conversation_of(row) for row in found}
    return undecided_of(connection, waiting, threads)


def _timeline(connection: Connection, conversation_id: int, before: datetime | None, limit: int) -> list[TimelineItem]:
    said = select(messages).where(messages.c.conversation_id == conversation_id)
    answered = select_replies().where(replies.c.conversation_id == conversation_id)
    found: list[TimelineItem] = []
    for query, table, at in ((said, messages, messages.c.at), (answered, replies, replies.c.created_at)):
        chosen = query if before is None else query.where(at < before)
        make = message_of if table is messages else reply_of
        found += [make(row) for row in connection.execute(_last(chosen, table, at, limit))]
    found.sort(key=lambda item: (item.at, isinstance(item, Reply), item.id))
    return _page(found, limit)


def _last(query: Select[Any], table: Table, at: Any, limit: int) -> Select[Any]:  # noqa: ANN401
    """Select the newest `limit` rows of `query`, and those as old as the last of them."""
    edge = query.with_only_columns(at).order_by(at.desc(), table.c.id.desc()).limit(1).offset(limit - 1)
    oldest = func.coalesce(edge.correlate(None).scalar_subquery(), literal(EPOCH, Moment))
    return query.where(at >= oldest).order_by(at, table.c.id)


def _page(found: list[TimelineItem], limit: int) -> list[TimelineItem]:
    if len(found) <= limit:
        return found
    return [item for item in found if item.at >= found[-limit].at]
