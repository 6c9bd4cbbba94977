"""Full-text search of messages and replies, in Chinese from one character up.

Neither engine cuts Chinese into words. So the words of a message or reply are stored a second time, folded
(NFKC, case), with everything that is no letter or digit turned into a space and a space round every
character of a script that is written without spaces. Both engines index that as plain words, and a phrase
is found where its words follow each other: 退款 is the phrase "退 款". WeChat's emoticon codes are stored by
their names, so that 微笑 and "smile" find `/::)`.

SQLite: the FTS5 table `search_index` over `search_texts`, kept up by triggers in the same transaction.
PostgreSQL: a GIN index over `to_tsvector('simple', words)`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, delete, func, literal_column, select, text, update

from wxdesk import emoticons
from wxdesk.core.conversations.listing import SearchHit, TimelineItem
from wxdesk.core.model.content import Content
from wxdesk.core.model.message import Message
from wxdesk.core.model.reply import Reply
from wxdesk.core.wechat.emoticon_codes import EmoticonReplacer
from wxdesk.store.schema.messaging import conversations, messages, replies, search_texts
from wxdesk.store.schema.records import conversation_of, message_of, reply_of, select_conversations, select_replies

LONGEST = 20_000
"""Characters of one text that are indexed; PostgreSQL bounds a text's index entry."""

# Scripts written without spaces: Thai and Lao, Burmese, Khmer, kana to CJK with Yi and Hangul, CJK compatibility,
# and CJK beyond the basic plane.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = rf"(?=[^\W_])[{_UNSPACED}]|[^\W_{_UNSPACED}]+"
_ALONE = f"[{_UNSPACED}]"


@cache
def _emoticon_names() -> tuple[EmoticonReplacer, EmoticonReplacer]:
    """Return the emoticon names to store, all of each, and to search by, one of each."""
    table = emoticons.read_emoticons()
    return emoticons.findable(table), emoticons.named(table, "zh_CN")


def indexed_words(said: str) -> str:
    """Return `said` as it is indexed: its words, and the names of its emoticons."""
    return spaced(_emoticon_names()[0](said[:LONGEST]))


def spaced(said: str) -> str:
    """Return `said` as words with single spaces between them."""
    return " ".join(re.findall(_WORD, unicodedata.normalize("NFKC", said[:LONGEST]).casefold()))


def reply_words(content: Content) -> str:
    """Return the searchable words of a reply."""
    return indexed_words(f"{content.text} {content.title} {content.description}")


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


def search(connection: Connection, phrase: str, limit: int) -> list[SearchHit]:
    """Find messages and replies with the words of `phrase` in a row, newest first.

    The last word may be the beginning of a longer one, unless it is a single unspaced character. A phrase
    without a letter or digit finds nothing.
    """
    words = spaced(_emoticon_names()[1](phrase)).split()
    if not words:
        return []
    # Ids grow with time, so the newest entries are found from the index's end, without sorting all hits.
    newest = (
        select(search_texts)
        .where(_contains(words, sqlite=connection.dialect.name == "sqlite"))
        .order_by(search_texts.c.id.desc())
        .limit(limit)
    )
    found = (connection.execute(newest)).all()
    items = _items(connection, [r.message_id for r in found], [r.reply_id for r in found])
    threads = select_conversations().where(conversations.c.id.in_({item.conversation_id for item in items}))
    by_id = {row.id: conversation_of(row) for row in connection.execute(threads)}
    items.sort(key=lambda item: (item.at, isinstance(item, Reply), item.id), reverse=True)
    return [SearchHit(by_id[item.conversation_id], item) for item in items]


def _items(
    connection: Connection, message_ids: Sequence[int | None], reply_ids: Sequence[int | None]
) -> list[TimelineItem]:
    said: Select[Any] = select(messages).where(messages.c.id.in_([i for i in message_ids if i is not None]))
    answered = select_replies().where(replies.c.id.in_([i for i in reply_ids if i is not None]))
    items: list[TimelineItem] = [message_of(row) for row in connection.execute(said)]
    items += [reply_of(row) for row in connection.execute(answered)]
    return items


def _contains(words: list[str], *, sqlite: bool) -> ColumnElement[bool]:
    """Build the condition for these words in a row, letters and digits only, quoted."""
    last = words[-1]
    begins = not re.match(_ALONE, last)
    if sqlite:
        query = f'"{" ".join(words)}"' + (" *" if begins else "")
        rowids = text("SELECT rowid FROM search_index WHERE search_index MATCH :words").bindparams(
            bindparam("words", query, unique=True)
        )
        return search_texts.c.id.in_(rowids.columns(literal_column("rowid")).scalar_subquery())
    quoted = [f"'{word}'" for word in words]
    query = " <-> ".join(quoted) + (":*" if begins else "")
    simple = text("'simple'::regconfig")
    return func.to_tsvector(simple, search_texts.c.words).op("@@", is_comparison=True)(func.to_tsquery(simple, query))
