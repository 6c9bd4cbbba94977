"""What is looked up with every message costs in a conversation of many thousands what it costs in a new one.

Counted are the steps of SQLite's machine, which do not depend on how busy this one is.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from tests.store.chats import Talk, second
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.decision import UNFINISHED, Outcome
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.push import BodyFormat
from wxdesk.core.model.reply import Content, ReplyState
from wxdesk.core.rules.conditions.facts import RequiredHistory
from wxdesk.core.rules.ruling import UndecidedMessage
from wxdesk.store import Store, open_store
from wxdesk.store.decisions.rule_facts import with_history
from wxdesk.store.inbox.rows import rows
from wxdesk.store.replies.quota_counts import sent_since
from wxdesk.store.schema.messaging import UNFINISHED as UNFINISHED_IN_SQL
from wxdesk.store.schema.messaging import decisions, messages, raw_pushes, replies, rule_firings

MANY = 3000
MOST = 2000
"""Steps; each of these takes a few hundred, and more than 5 a message where it walks over all of them."""
EVERY = 20


def fill(connection: Connection, conversation_id: int) -> None:
    """A customer who wrote so often, was answered by a rule each time, and never by a human."""
    numbers = range(10, 10 + MANY)
    pushes = [
        {"id": n, "account": "shop", "key": f"k{n}", "body": b"{}", "format": BodyFormat.JSON, "received_at": second(n),
         "derived": True, "note": ""}
        for n in numbers
    ]  # fmt: skip
    written = [
        {"id": n, "conversation_id": conversation_id, "push_id": n, "type": MessageType.TEXT, "created_at": second(n),
         "received_at": second(n), "at": second(n), "text": "x", "msg_type": "text", "fields": {}, "decided": True}
        for n in numbers
    ]  # fmt: skip
    decided = [
        {"id": n, "message_id": n, "conversation_id": conversation_id, "outcome": Outcome.REPLIED,
         "decided_at": second(n), "rule_id": 1, "rule_name": "r", "rule_revision": 1, "verdicts": (), "rules_left": 0,
         "problem": ""}
        for n in numbers
    ]  # fmt: skip
    sent = [
        {"id": n, "conversation_id": conversation_id, "author": Author.RULE, "content": Content(text="x"),
         "state": ReplyState.SENT, "created_at": second(n), "updated_at": second(n), "sent_at": second(n),
         "message_id": n, "rule_id": 1,
         "rule_name": "r", "rule_revision": 1, "attempts": 1, "edited": False, "by": "", "error": "", "rid": ""}
        for n in numbers
    ]  # fmt: skip
    fired = [
        {"rule_id": 1, "message_id": n, "conversation_id": conversation_id, "account": "shop", "at": second(n),
         "shadow": False}
        for n in numbers
    ]  # fmt: skip
    filled = ((raw_pushes, pushes), (messages, written), (decisions, decided), (replies, sent), (rule_firings, fired))
    for table, values in filled:
        connection.execute(table.insert(), values)


def steps(connection: Connection, work: Callable[[Connection], object]) -> int:
    """How many steps `work` takes."""
    taken = 0

    def count() -> int:
        nonlocal taken
        taken += EVERY
        return 0

    driver: Any = connection.connection.driver_connection
    driver.set_progress_handler(count, EVERY)
    try:
        work(connection)
    finally:
        driver.set_progress_handler(None, EVERY)
    return taken


SAID = RequiredHistory(said=frozenset({1}), said_within=timedelta(seconds=20))

LOOKED_UP: dict[str, Callable[[Connection, UndecidedMessage, datetime], object]] = {
    "its row in the list": lambda connection, item, _: rows(connection, [item.conversation.id]),
    "which message it is": lambda connection, item, now: with_history(
        connection, [item], RequiredHistory(message_no=3), now
    ),
    "when the last came": lambda connection, item, now: with_history(connection, [item], RequiredHistory(True), now),
    "what a rule said lately": lambda connection, item, now: with_history(connection, [item], SAID, now),
    "what was sent since": lambda connection, item, now: sent_since(connection, item.conversation.id, now),
}


@pytest.mark.parametrize("name", LOOKED_UP)
async def test_many_messages_cost_no_more_than_a_few(name: str, tmp_path: Path) -> None:
    store = await open_store("sqlite:///desk.db", tmp_path)
    try:
        talk, end = Talk(store), second(10 + MANY)
        first = await talk.says("o1", at=second(0))
        await store._db.write(fill, first.conversation.id)
        item = await talk.says("o1", at=end)
        look = LOOKED_UP[name]
        assert await store._db.read(steps, lambda connection: look(connection, item, end)) < MOST
    finally:
        await store.close()


async def test_numbers_are_told_apart_as_far_as_rules_ask(talk: Talk, store: Store) -> None:
    items = [await talk.says("o1", f"{n}", at=second(n)) for n in range(6)]
    found = await store.decisions.with_history(items, RequiredHistory(message_no=3), second(100))
    numbers = [item.history.message_no for item in found]
    assert numbers[:3] == [1, 2, 3]
    assert min(numbers[3:]) > 3


def test_the_index_of_unfinished_answers_has_the_words_of_the_core() -> None:
    assert {word for word in Outcome if f"'{word}'" in str(UNFINISHED_IN_SQL)} == UNFINISHED
