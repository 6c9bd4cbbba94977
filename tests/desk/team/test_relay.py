"""What a server tells desks on other machines, also when it was too slow to rely on its lease for a moment."""

import asyncio
import time
from datetime import timedelta
from pathlib import Path

import pytest

from tests.postgresql import Postgres
from tests.store.chats import T0
from wxdesk.core.events import ConversationChanged, EverythingChanged, MessageArrived, MessageKept
from wxdesk.core.model.message import Message, MessageType
from wxdesk.desk.team import relay
from wxdesk.desk.team.relay import EventRelay, unpacked
from wxdesk.store import open_store
from wxdesk.store.engine import lease

pytestmark = pytest.mark.postgres


async def test_events_during_a_late_lease_make_desks_look_at_everything(
    postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = await open_store(postgres.emptied(), tmp_path, alone=True)
    relay = EventRelay(store, lambda: T0 + timedelta(days=1))
    with monkeypatch.context() as late:
        late.setattr(lease, "MARGIN_SECONDS", lease.LEASE_SECONDS)
        await store.lease.renew()
    assert not store.lease.is_held
    relay.on_event(ConversationChanged(1))
    await store.lease.renew()
    await relay.flush()
    [text], _, _ = await store.relayed_events.after(0)
    assert EverythingChanged() in unpacked(text)
    await store.close()


async def test_messages_themselves_stay_on_the_server(postgres: Postgres, tmp_path: Path) -> None:
    """Desks read them; what is relayed is kept for minutes, and has no words of contacts."""
    store = await open_store(postgres.emptied(), tmp_path, alone=True)
    told = EventRelay(store, lambda: T0 + timedelta(days=1))
    told.on_event(MessageKept(1, 7))
    told.on_event(MessageArrived(Message(7, 1, 1, MessageType.TEXT, T0, T0, "my telephone number")))
    await told.flush()
    [text], _, _ = await store.relayed_events.after(0)
    assert unpacked(text) == [MessageKept(1, 7)]
    await store.close()


async def test_a_stream_of_events_is_stored_a_few_times_a_second(postgres: Postgres, tmp_path: Path) -> None:
    """Each desk reads after each, so that many small ones would cost more than what they tell."""
    store = await open_store(postgres.emptied(), tmp_path, alone=True)
    told = EventRelay(store, lambda: T0 + timedelta(days=1))
    running, began = asyncio.create_task(told.run()), time.monotonic()
    for number in range(50):
        told.on_event(ConversationChanged(number))
        await asyncio.sleep(0.01)
    await told.flush()
    texts, _, _ = await store.relayed_events.after(0)
    assert len(texts) <= (time.monotonic() - began) / relay.REST_SECONDS + 3
    assert [event for text in texts for event in unpacked(text)][1:] == [ConversationChanged(n) for n in range(50)]
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await store.close()
