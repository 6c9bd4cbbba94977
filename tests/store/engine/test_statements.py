"""Statements of messages and replies are compiled and planned once, since that takes longer than running them."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, Executable, Insert, event

from tests.store.chats import T0, Talk, second
from wxdesk.core.replies.lifecycle import Move
from wxdesk.core.wechat.quota import window_after_send
from wxdesk.store import open_store
from wxdesk.store.engine.sqlite import SqliteDatabase
from wxdesk.store.replies.moves import ReplyChanges


async def _answered(talk: Talk, at: float) -> None:
    """One message on its whole way, and what a window and the alarms ask meanwhile."""
    store, now = talk.store, second(at)
    heard = await talk.says("o1", at=now)
    await talk.decides(heard.message, "您好", at=now)
    [claimed] = await store.outbox.claim(now, busy=(), limit=8, only_by_hand=False)
    await store.outbox.end(claimed.reply.id, Move.ACCEPT, now, ReplyChanges(window=window_after_send))
    await store.inbox.rows([heard.conversation.id])
    await store.inbox.counts()
    await store.inbox.day_counts(T0 - timedelta(days=1))
    await store.attention.rows_to_judge([heard.conversation.id])


async def test_the_second_message_makes_no_statement_anew(home: Path) -> None:
    store = await open_store("sqlite:///desk.db", home)
    asked: list[Executable] = []

    def about_to(_connection: Connection, statement: Executable, *_: object) -> None:
        if not isinstance(statement, Insert):  # how conflicts are met depends on the engine; they are cheap to make
            asked.append(statement)

    assert isinstance(store._db, SqliteDatabase)
    for engine in (store._db._write_engine, store._db._read_engine):
        event.listen(engine, "before_execute", about_to)
    talk = Talk(store)
    await _answered(talk, 0)
    known = {id(statement) for statement in asked}
    before = len(asked)
    await _answered(talk, 10)
    made_anew = [str(statement) for statement in asked[before:] if id(statement) not in known]
    assert len(asked) > before
    assert made_anew == []
    await store.close()


def _tells_of_its_statements() -> bool:
    with closing(sqlite3.connect(":memory:")) as connection:
        return ("ENABLE_STMTVTAB",) in connection.execute("PRAGMA compile_options").fetchall()


def _planned_again(connection: Connection) -> list[str]:
    """Statements that SQLite planned again at their runs; once is what a change of the schema costs."""
    return list(connection.exec_driver_sql("SELECT sql FROM sqlite_stmt WHERE reprep > 1").scalars())


@pytest.mark.skipif(not _tells_of_its_statements(), reason="this SQLite does not tell how often it planned a statement")
async def test_sqlite_plans_no_statement_again_at_each_run(home: Path) -> None:
    store = await open_store("sqlite:///desk.db", home)
    talk = Talk(store)
    for at in (0, 10, 20):
        await _answered(talk, at)
    assert await store._db.write(_planned_again) + await store._db.read(_planned_again) == []
    await store.close()
