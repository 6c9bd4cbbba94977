"""Calls of desks: what has ended is forgotten after a while, however long a server works."""

import pytest

from tests.store.chats import T0
from wxdesk.core.model.command import CommandState, StoredCommand
from wxdesk.store import Store
from wxdesk.store.team import relay


async def test_old_commands_are_dropped(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Desks put thousands a day, and a server may work for months."""
    monkeypatch.setattr(relay, "KEPT", 2)
    queue = store.commands
    ids: list[int] = []
    for _ in range(5):
        await queue.put(StoredCommand(0, "presence.attend", "{}", CommandState.PENDING), T0, ids.append)
    for begun in await queue.begin():
        await queue.end(begun.id, CommandState.DONE, "null")
    found = {ended.id: ended.state for ended in await queue.ended(ids)}
    assert found == dict.fromkeys(ids[:-2], CommandState.LOST) | dict.fromkeys(ids[-2:], CommandState.DONE)
    await queue.forget(ids[-1])  # a result that is kept nowhere
    assert [ended.state for ended in await queue.ended(ids[-1:])] == [CommandState.LOST]


async def test_a_call_withdrawn_before_it_was_stored_never_is(store: Store) -> None:
    """Whoever lost the answer to its storing is told the truth, however often the withdrawal loses its own."""
    queue, ids = store.commands, [4711]
    assert [await queue.withdraw(4711, T0) for _ in range(2)] == [True, True]
    assert await queue.begin() == []
    await queue.put(StoredCommand(0, "presence.attend", "{}", CommandState.PENDING), T0, ids.append)
    await queue.begin()
    assert not await queue.withdraw(ids[-1], T0)
