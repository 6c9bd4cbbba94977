"""A home as an earlier version left it: its schema, with rows of customers and of the operator in its tables."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import create_engine

from tests.store.first_release import make_first_release
from wxdesk.store import opening
from wxdesk.store.migrate import Migrations
from wxdesk.store.migrations import FIRST_RELEASE, REVISIONS

NUMBERS = (FIRST_RELEASE, *REVISIONS)

CONTACTS = 20

ROWS = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {contacts})
INSERT INTO {table} ({columns}) SELECT {values} FROM n
"""

FIRST_ROWS = {
    "raw_pushes": {
        "id": "i", "account": "'shop'", "key": "'m:' || i", "body": "x'7b7d'", "format": "'json'",
        "received_at": "i * 1000000", "derived": "1", "note": "''",
    },
    "contacts": {
        "id": "i", "account": "'shop'", "openid": "'o' || i", "first_seen_at": "i", "alias": "'客户' || i",
        "note": "'note ' || i", "tags": "'[]'", "blocked": "i = 3", "words": "'客 户 ' || i",
    },
    "conversations": {
        "id": "i", "account": "'shop'", "contact_id": "i", "taken_over": "i = 5", "unread": "1",
        "preview": "'text ' || i", "preview_kind": "'text'", "preview_author": "'contact'", "last_at": "i * 1000000",
        "waiting_since": "i * 1000000", "window_left": "4",
    },
    "messages": {
        "id": "i", "conversation_id": "i", "push_id": "i", "type": "'text'", "created_at": "i * 1000000",
        "received_at": "i * 1000000", "at": "i * 1000000", "text": "'text ' || i", "msg_type": "'text'",
        "msg_id": "i", "fields": "'{}'", "decided": "1",
    },
    "decisions": {
        "id": "i", "message_id": "i", "conversation_id": "i", "outcome": "'replied'", "decided_at": "i * 1000000",
        "rule_id": "1", "rule_name": "'rule 1'", "rule_revision": "1", "verdicts": "'[]'", "rules_left": "0",
        "problem": "''",
    },
    "replies": {
        "id": "i", "conversation_id": "i", "author": "'rule'", "content": """'{"text":"reply ' || i || '"}'""",
        "state": "CASE i % 4 WHEN 0 THEN 'sent' WHEN 1 THEN 'draft' WHEN 2 THEN 'held' ELSE 'unknown' END",
        "created_at": "i * 1000000", "updated_at": "i * 1000000", "message_id": "i", "decision_id": "i",
        "rule_id": "1", "rule_name": "'rule 1'", "rule_revision": "1", "attempts": "1", "sent_at": "i * 1000000",
        "edited": "0", "\"by\"": "''", "error": "''", "rid": "''",
    },
    "rules": {
        "id": "i", "position": "i", "revision": "1", "enabled": "1",
        "rule": """'{"name":"rule ' || i || '","when":{"any":["a"]},"then":[{"kind":"reply","text":"b"}]}'""",
        "updated_at": "i",
    },
    "templates": {
        "id": "i", "revision": "1", "template": """'{"id":0,"title":"title ' || i || '","body":"b"}'""",
        "updated_at": "i", "uses": "i",
    },
    "settings": {"key": "'key ' || i", "value": "'value ' || i"},
    "search_texts": {"id": "i", "message_id": "i", "words": "'text ' || i"},
}  # fmt: skip
"""Rows of the first release; each migration makes of them what it makes of people's own."""

CONTENTS = {
    "raw_pushes": "SELECT key FROM raw_pushes",
    "contacts": "SELECT openid, alias, note, blocked FROM contacts",
    "conversations": "SELECT id, contact_id, taken_over, unread, preview FROM conversations",
    "messages": "SELECT id, conversation_id, push_id, text, msg_id FROM messages",
    "replies": "SELECT id, conversation_id, content, author FROM replies",
    "rules": "SELECT id, rule FROM rules",
    "templates": "SELECT id, template FROM templates",
    "settings": "SELECT key, value FROM settings WHERE key LIKE 'key %'",
    "found": "SELECT rowid FROM search_index WHERE search_index MATCH 'text'",
}
"""Questions to the newest schema, whose answers a migration that was cut off may not change."""


def make_old(home: Path, revision: str) -> None:
    """Put a database of this revision into `home`."""
    file = home / "desk.db"
    put_first_release(file)
    with closing(sqlite3.connect(file)) as db:
        for table, columns in FIRST_ROWS.items():
            listed = {"columns": ", ".join(columns), "values": ", ".join(columns.values())}
            db.execute(ROWS.format(contacts=CONTACTS, table=table, **listed))
        db.commit()
    if revision != NUMBERS[0]:
        asyncio.run(_open(file, until(revision)))
        (home / f"desk.before-{NUMBERS[0]}.db").unlink()


def put_first_release(file: Path) -> None:
    """Make an empty database of the first release."""
    file.parent.mkdir(exist_ok=True)
    engine = create_engine("sqlite://", creator=lambda: sqlite3.connect(file))
    with engine.begin() as connection:
        make_first_release(connection)
    engine.dispose()


async def _open(file: Path, migrations: Migrations) -> None:
    await (await opening._open_file(file, migrations)).close()


def until(newest: str) -> Migrations:
    """The program's migrations as they were when `newest` was the last."""
    return Migrations({number: change for number, change in REVISIONS.items() if number <= newest})


def contents(file: Path) -> dict[str, list[tuple[object, ...]]]:
    """What people would miss, and that the file is sound and of the newest schema."""
    with closing(sqlite3.connect(file)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("SELECT version_num FROM alembic_version").fetchall() == [(NUMBERS[-1],)]
        found = {name: sorted(db.execute(query).fetchall()) for name, query in CONTENTS.items()}
        objects = db.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
    return found | {"schema": sorted(one for one in objects if not one[1].startswith("sqlite_"))}
