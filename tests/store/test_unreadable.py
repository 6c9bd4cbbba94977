"""A value that is damaged, or that only a newer program can read, is told in plain words."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.store.chats import Talk
from wxdesk.core.errors import UnreadableValue
from wxdesk.store import open_store

SQLITE = "sqlite:///desk.db"


@pytest.mark.parametrize(
    "change",
    ["content = '{\"kind\"'", "content = x'ff'", "state = 'sennt'", "created_at = 'now'", f"updated_at = {2**62}"],
)
async def test_an_unreadable_value_is_reported(home: Path, change: str) -> None:
    store = await open_store(SQLITE, home)
    talk = Talk(store)
    made = await talk.says("o1")
    reply = await talk.writes(made.conversation.id, "您好")
    with closing(sqlite3.connect(home / "desk.db")) as other:
        other.execute(f"UPDATE replies SET {change}")  # noqa: S608
        other.commit()
    with pytest.raises(UnreadableValue, match="Restore a backup"):
        await store.replies.get(reply.id)
    await store.close()
