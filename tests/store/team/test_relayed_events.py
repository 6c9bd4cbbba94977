"""Events for desks: who is far behind looks at everything instead of hearing of each."""

from datetime import timedelta

import pytest

from tests.store.chats import T0
from wxdesk.store import Store
from wxdesk.store.team import relay


async def test_a_desk_far_behind_reads_no_events_but_looks_at_everything(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "MOST_READ", 2)
    events = store.relayed_events
    for text in ("first", "second", "third"):
        await events.append(text, T0, T0 - timedelta(minutes=10))
    newest = await events.newest()
    assert await events.after(newest - 2) == (["second", "third"], newest, False)
    assert await events.after(newest - 3) == ([], newest, True)
    assert await events.after(newest) == ([], newest, False)
