"""Full-text search of messages and replies, in Chinese from one character up.

Neither engine cuts Chinese into words. So the words of a message or reply are stored a second time, folded
(NFKC, case), with everything that is no letter or digit turned into a space and a space round every
character of a script that is written without spaces. Both engines index that as plain words, and a phrase
is found where its words follow each other: 退款 is the phrase "退 款". WeChat's emoticon codes are stored by
their names, so that 微笑 and "smile" find `/::)`.

Customers are found the same way by their alias, tags, note and openid, whose words stand in `contacts`.

SQLite: an FTS5 table over each of the two, kept up by triggers in the same transaction.
PostgreSQL: a GIN index over `to_tsvector('simple', words)`.
"""

import re
from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from msgspec.structs import asdict
from sqlalchemy import Connection, Select, Table, TextualSelect, bindparam, delete, exists, func, select, text, update

from wxdesk import emoticons
from wxdesk.core.conversations.listing import SearchHit, TimelineItem
from wxdesk.core.model.conversation import Author, Contact, Conversation
from wxdesk.core.model.message import Message
from wxdesk.core.model.reply import Content, Reply
from wxdesk.core.search_words import ALONE, LONGEST, spaced
from wxdesk.core.wechat.emoticon_codes import EmoticonReplacer
from wxdesk.store.schema.messaging import PLACE, contacts, conversations, messages, replies, search_texts
from wxdesk.store.schema.records import (
    SELECT_CONVERSATIONS,
    SELECT_REPLIES,
    conversations_by_id,
    load_conversations,
    load_messages,
    message_of,
    reply_of,
)


@cache
def _emoticon_names() -> tuple[EmoticonReplacer, EmoticonReplacer]:
    """Return the emoticon names to store, all of each, and to search by, one of each."""
    table = emoticons.read_emoticons()
    return emoticons.findable(table), emoticons.named(table, "zh_CN")


def indexed_words(said: str) -> str:
    """Return `said` as it is indexed: its words, and the names of its emoticons."""
    return spaced(_emoticon_names()[0](said[:LONGEST]))


def reply_words(content: Content) -> str:
    """Return the searchable words of a reply."""
    return indexed_words(f"{content.text} {content.title} {content.description}")


def contact_values(contact: Contact) -> dict[str, Any]:
    """Return a contact's columns but the id, with the words by which it is found."""
    said = " ".join((contact.alias, *contact.tags, contact.note, contact.openid, contact.openid[-_END:]))
    return {name: value for name, value in asdict(contact).items() if name != "id"} | {"words": spaced(said)}


_END = 3
"""Characters of an openid's end that the window shows."""


def index_messages(connection: Connection, made: Sequence[Message]) -> None:
    """Index new messages."""
    rows = [{"message_id": message.id, "words": indexed_words(message.text)} for message in made if message.text]
    _add(connection, rows)


def index_replies(connection: Connection, made: Sequence[tuple[int, Content]]) -> None:
    """Index new replies."""
    _add(connection, [{"reply_id": reply_id, "words": reply_words(content)} for reply_id, content in made])


def index_again(connection: Connection, reply_id: int, content: Content) -> None:
    """Index a reply by its changed content."""
    change = update(search_texts).where(search_texts.c.reply_id == reply_id).values(words=reply_words(content))
    if (connection.execute(change)).rowcount == 0:
        index_replies(connection, [(reply_id, content)])


def forget_replies(connection: Connection, ids: Collection[int]) -> None:
    """Remove replies from the index."""
    connection.execute(delete(search_texts).where(search_texts.c.reply_id.in_(ids)))


def _add(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    found = [row for row in rows if row["words"]]
    if found:
        connection.execute(_INSERT, found)


_INSERT = search_texts.insert()
"""Insert statement, built once, because each message needs it."""


def search(connection: Connection, phrase: str, limit: int = 50) -> list[SearchHit]:
    """Find messages and replies with the words of `phrase` in a row, newest first.

    What rules said stands last, of the newest `RANKED`: the same words to everybody hide who asked for them.
    The last word may be the beginning of a longer one, unless it is a single unspaced character. A phrase
    without a letter or digit finds nothing.
    """
    words = _sought(phrase)
    if not words:
        return []
    # Ids grow with time, so the newest entries are found from the index's end, without sorting all hits.
    contained = search_texts.c.id.in_(_matching(connection, search_texts, words, RANKED))
    ranked = select(search_texts).where(contained).order_by(search_texts.c.id.desc()).limit(RANKED).subquery()
    by_rule = exists().where(replies.c.id == ranked.c.reply_id, replies.c.author == Author.RULE)
    found = connection.execute(select(ranked).order_by(by_rule, ranked.c.id.desc()).limit(limit)).all()
    items: list[TimelineItem] = []
    items += load_messages(connection, [one.message_id for one in found if one.message_id is not None])
    answered = SELECT_REPLIES.where(replies.c.id.in_([one.reply_id for one in found if one.reply_id is not None]))
    items += map(reply_of, connection.execute(answered))
    by_id = conversations_by_id(connection, {item.conversation_id for item in items})
    items.sort(key=lambda one: (not (isinstance(one, Reply) and one.author is Author.RULE), _place(one)), reverse=True)
    return [SearchHit(by_id[item.conversation_id], item) for item in items]


def find(connection: Connection, conversation_id: int, phrase: str, limit: int = 500) -> list[TimelineItem]:
    """Find messages and replies of one conversation by `phrase`, newest first.

    Its own words are gone through one by one, unless the phrase is rare: others may have said it a million times.
    """
    words = _sought(phrase)
    if not words:
        return []
    anywhere = _matching(connection, search_texts, words, RARE)
    some = select(anywhere.subquery()).limit(RARE)
    times: int = connection.execute(select(func.count()).select_from(some.subquery())).scalar_one()
    if not times:
        return []
    whole = " " if re.match(ALONE, words[-1]) else ""
    contained = (" " + search_texts.c.words + " ").contains(f" {' '.join(words)}{whole}")
    said = (select(messages), messages, messages.c.at, search_texts.c.message_id)
    answered = (SELECT_REPLIES, replies, PLACE, search_texts.c.reply_id)
    found: list[TimelineItem] = []
    for query, table, at, item_id in (said, answered):
        in_list = table.c.id.in_(select(item_id).where(search_texts.c.id.in_(anywhere)))
        its_own = query.where(in_list if times < RARE else exists().where(item_id == table.c.id, contained))
        newest = its_own.where(table.c.conversation_id == conversation_id).order_by(at.desc(), table.c.id.desc())
        found += map(message_of if table is messages else reply_of, connection.execute(newest.limit(limit)))
    return sorted(found, key=_place, reverse=True)[:limit]


def _place(item: TimelineItem) -> tuple[datetime, bool, int]:
    return item.at, isinstance(item, Reply), item.id


def customers(
    connection: Connection, phrase: str, limit: int = 20, accounts: Collection[str] | None = None
) -> list[Conversation]:
    """Find conversations by alias, tags, note or openid, those of that alias first.

    The others are newest first. Words are sought as in `search`; an empty phrase finds all.
    """
    query, order = SELECT_CONVERSATIONS, [conversations.c.last_at.desc(), conversations.c.id.desc()]
    if accounts is not None:
        query = query.where(conversations.c.account.in_(accounts))
    if phrase.strip():
        words, alias = _sought(phrase), func.lower(contacts.c.alias)
        if not words:
            return []
        query = query.where(conversations.c.contact_id.in_(_matching(connection, contacts, words, SORTED)))
        called = phrase.strip().casefold()
        order = [(alias == called).desc(), alias.startswith(called, autoescape=True).desc(), *order]
    return load_conversations(connection, query.order_by(*order).limit(limit))


def _sought(phrase: str) -> list[str]:
    return spaced(_emoticon_names()[1](phrase)).split()


RANKED = 1000
"""Messages and replies, the newest, of which people's come before rules'."""

SORTED = 300
"""Customers, the newest, that are sorted by how well a phrase names them."""

RARE = 40_000
"""Messages and replies with a phrase from which on it is not rare."""


def _matching(connection: Connection, table: Table, words: list[str], newest: int) -> Select[Any] | TextualSelect:
    """Build the query for rows with these words, letters and digits only, in a row.

    On SQLite only the `newest` rows match: it would gather all of them before it takes some.
    """
    begins = not re.match(ALONE, words[-1])
    if connection.dialect.name == "sqlite":
        query, index = f'"{" ".join(words)}"' + (" *" if begins else ""), _INDEXES[table.name]
        found = f"SELECT rowid AS id FROM {index} WHERE {index} MATCH :words ORDER BY rowid DESC LIMIT :newest"  # noqa: S608
        return (
            text(found)
            .bindparams(bindparam("words", query, unique=True), bindparam("newest", newest, unique=True))
            .columns(table.c.id)
        )
    query = " <-> ".join(f"'{word}'" for word in words) + (":*" if begins else "")
    simple = text("'simple'::regconfig")
    has_words = func.to_tsvector(simple, table.c.words).op("@@", is_comparison=True)(func.to_tsquery(simple, query))
    return select(table.c.id).where(has_words)


_INDEXES = {"search_texts": "search_index", "contacts": "search_index_of_contacts"}
"""FTS5 table of each table that has words."""
