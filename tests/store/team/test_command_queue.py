"""Calls of desks: what has ended is forgotten after a while, however long a server works."""

import pytest

from tests.store.chats import T0
from wxdesk.core.model.operator import CommandState
from wxdesk.store import Store
from wxdesk.store.team import relay


async def test_old_calls_are_dropped(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Desks put thousands a day, and a server may work for months."""
    monkeypatch.setattr(relay, "KEPT", 2)
    queue = store.commands
    ids = [await queue.put("presence.attend", "{}", T0) for _ in range(5)]
    for begun in await queue.begin():
        await queue.end(begun.id, CommandState.DONE, "null")
    found = {ended.id: ended.state for ended in await queue.ended(ids)}
    assert found == dict.fromkeys(ids[:-2], CommandState.LOST) | dict.fromkeys(ids[-2:], CommandState.DONE)
    await queue.forget(ids[-1])  # a result that is kept nowhere
    assert [ended.state for ended in await queue.ended(ids[-1:])] == [CommandState.LOST]
