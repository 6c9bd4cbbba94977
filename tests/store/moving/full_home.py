"""A home with rows in every table and replies in every state, and all that a store holds, to compare with another."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select, update

from tests.prepared import SQLITE, prepare
from tests.sandbox.pictures import cover, torn_box
from tests.store.chats import T0, Talk, second
from tests.store.setup.test_account_rows import fill
from tests.store.test_templates import FULL, LINK
from wxdesk.core.model.operator import Role
from wxdesk.core.model.reply import Content, ReplyState, UnsentContent
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule
from wxdesk.core.setup.findings import CheckVerdict
from wxdesk.desk.pictures.pictures import picture_record
from wxdesk.store import Store, open_store
from wxdesk.store.moving.rows import TABLES
from wxdesk.store.schema import metadata
from wxdesk.store.schema.messaging import replies

PICTURES = (torn_box(), cover(), cover() + b"\0" * 700_000)
ODD = "退款 '\"\\ \N{GRINNING FACE} \u2028 \ufffd {} %s"


async def make_home(home: Path, messages: int = 40) -> None:
    """Fill a SQLite home."""
    prepare(home)
    store = await open_store(SQLITE, home)
    try:
        await _write(store, messages)
        left_empty = [name for name, found in (await everything(store)).items() if not found]
        assert set(left_empty) <= set(metadata.tables) - {table.name for table in TABLES}
    finally:
        await store.close()


def send_nothing(home: Path) -> None:
    """Make drafts of what waits to be sent, which a restored home would not send by itself."""
    with closing(sqlite3.connect(home / "desk.db")) as db, db:
        db.execute("UPDATE replies SET state = 'draft' WHERE state = 'queued'")


async def _write(store: Store, messages: int) -> None:
    await fill(store, "aa")
    talk = Talk(store)
    for number in range(messages):
        await talk.says(f"o{number % 7}", f"{ODD} {number}", second(number))
    await _replies_in_all_states(store)
    kept = [await store.rules.save(rule(name), T0) for name in ("一", "二", "三")]
    await store.rules.save(rule("二，改", kept[1].id), second(1))
    await store.rules.delete(kept[2].id)  # its id is never given again
    await store.rules.record_order([(rule.id, 1) for rule in kept[:2]], T0)
    for template in (FULL, LINK):
        await store.templates.save(template, T0)
    for data in PICTURES:
        await store.picture_bytes.keep(picture_record(data), data)
        await store.pictures.add(picture_record(data), T0)
    await store.operators.add("小王", Role.OWNER, ODD, T0)
    await store.drafts.keep({1: (UnsentContent(Content(text=ODD)),)})
    await store.outages.begin(T0, CheckVerdict.OK)
    await store.settings.set("账户：a", ODD)
    await store.settings.set("Zebra", "")


def rule(name: str, rule_id: int = 0) -> Rule:
    said = Action(ActionKind.REPLY, ODD)
    return Rule(name, id=rule_id, when=Condition(any=("退款",)), then=(said,))


async def _replies_in_all_states(store: Store) -> None:
    def copy(connection: Connection) -> None:
        first = dict(connection.execute(select(replies).limit(1)).one()._mapping)
        for number, state in enumerate(ReplyState, start=100):
            connection.execute(insert(replies), [first | {"id": number, "state": state}])
        connection.execute(update(replies).where(replies.c.id == 100).values(errcode=45015, error=ODD, due_at=T0))

    await store._db.write(copy)


async def everything(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Every row that a store decodes, in no matter what order."""

    def read(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in metadata.sorted_tables
            if table.info.get("moves", True)
        }

    return await store._db.read(read)
