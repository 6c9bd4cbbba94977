"""Long silence deletes, a day after that was told; and what was deleted comes back from a backup only."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.flow.timed_desk import START, HandClock
from tests.prepared import SQLITE, prepare
from tests.store.chats import Talk
from tests.store.moving.full_home import everything, make_home, send_nothing
from wxdesk.core.events import ContactErased, Event, RepliesRecalled, TroubleRaised
from wxdesk.core.model.account import Account
from wxdesk.core.replies.lifecycle import Move
from wxdesk.desk.data import erasing
from wxdesk.desk.data.backups import back_up
from wxdesk.desk.data.erasing import MONTH, NOTICE, Erasing
from wxdesk.desk.data.exporting import ExportKind, export
from wxdesk.desk.pictures.pictures import Pictures
from wxdesk.desk.runtime.decision_lock import DecisionLock
from wxdesk.i18n import tr
from wxdesk.store import Store, open_store, read_store
from wxdesk.store.moving.restore import restore_backup


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    prepare(tmp_path / "home")
    opened = await open_store(SQLITE, tmp_path / "home")
    yield opened
    await opened.close()


def erasing_of(store: Store, clock: HandClock, heard: list[Event]) -> Erasing:
    pictures = Pictures(store.pictures, store.picture_bytes, clock)
    return Erasing(store, {}, pictures, DecisionLock(), heard.append, clock)


async def test_a_deletion_after_long_silence_is_reported_a_day_before(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasing, "REST_SECONDS", 0.0)
    monkeypatch.setattr(erasing, "AT_ONCE", 2)
    clock, heard, talk = HandClock(), list[Event](), Talk(store)
    old = [(await talk.says(f"o{n}", at=START - 7 * MONTH)).conversation.id for n in range(3)]
    new = (await talk.says("o9", at=START - 5 * MONTH)).conversation.id
    part = erasing_of(store, clock, heard)
    shop = Account("shop", "wx1", "gh_1", keep_months=6)
    assert await part.forget_silent(Account("shop", "wx1", "gh_1")) == 0  # by default for ever
    assert await part.forget_silent(shop) == 0
    [told] = heard
    assert isinstance(told, TroubleRaised)
    assert "3 customers of “shop”" in tr(told.text)
    clock.now += NOTICE - timedelta(seconds=1)
    assert await part.forget_silent(shop) == 0
    assert heard == [told]
    clock.now += timedelta(seconds=1)
    assert [await part.forget_silent(shop) for _ in range(3)] == [2, 1, 0]
    assert {event.conversation_id for event in heard if isinstance(event, ContactErased)} == set(old)
    assert [one.id for one in await store.inbox.customers("o9", accounts=["shop"])] == [new]
    shorter = Account("shop", "wx1", "gh_1", keep_months=3)
    assert await part.forget_silent(shorter) == 0  # told anew
    assert sum(isinstance(event, TroubleRaised) for event in heard) == 2
    assert await part.forget_silent(Account("shop", "wx1", "gh_1")) == 0
    clock.now += NOTICE
    assert await part.forget_silent(shorter) == 0  # switched off meanwhile: told anew
    assert sum(isinstance(event, TroubleRaised) for event in heard) == 3


async def test_a_customer_who_writes_or_is_written_to_meanwhile_is_not_deleted(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasing, "REST_SECONDS", 0.0)
    clock, talk, heard = HandClock(), Talk(store), list[Event]()
    first, again, sent_to, last = [(await talk.says(f"o{n}", at=START - 7 * MONTH)).conversation.id for n in range(4)]
    await talk.moves(await talk.writes(sent_to, "在吗", START - 7 * MONTH), Move.CLAIM)
    part = erasing_of(store, clock, heard)
    shop = Account("shop", "wx1", "gh_1", keep_months=6)
    await part.forget_silent(shop)
    clock.now += NOTICE

    def hear(event: Event) -> None:
        heard.append(event)
        with closing(sqlite3.connect(tmp_path / "home" / "desk.db", isolation_level=None)) as other:
            other.execute("UPDATE conversations SET last_at = last_at * 2 WHERE id = ?", (again,))

    assert await replace(part, _publish=hear).forget_silent(shop) == 2
    assert [event.conversation_id for event in heard if isinstance(event, ContactErased)] == [first, last]
    assert not any(isinstance(event, RepliesRecalled) for event in heard)


async def test_a_customer_who_cannot_be_deleted_does_not_block_the_others(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasing, "REST_SECONDS", 0.0)
    monkeypatch.setattr(erasing, "AT_ONCE", 2)
    clock, talk, heard = HandClock(), Talk(store), list[Event]()
    threads = [(await talk.says(f"o{n}", at=START - 7 * MONTH)).conversation.id for n in range(5)]
    for thread in threads[:2]:
        await talk.moves(await talk.writes(thread, "在吗", START - 7 * MONTH), Move.CLAIM)
    part, shop = erasing_of(store, clock, heard), Account("shop", "wx1", "gh_1", keep_months=6)
    await part.forget_silent(shop)
    clock.now += NOTICE
    assert [await part.forget_silent(shop) for _ in range(3)] == [2, 1, 0]
    assert [event.conversation_id for event in heard if isinstance(event, ContactErased)] == threads[2:]


async def test_export_then_delete_then_restore_gives_the_same(tmp_path: Path) -> None:
    home, again = tmp_path / "home", tmp_path / "again"
    await make_home(home, 14)
    send_nothing(home)
    made = await back_up(SQLITE, home, tmp_path / "b.zip", lambda _: None)
    exported = [tmp_path / f"{kind}{end}" for kind, end in (("messages", ".jsonl"), ("contacts", ".csv"))]
    for file in exported:
        await export(SQLITE, home, file, lambda _: None, kind=ExportKind(file.stem))
    store = await open_store(SQLITE, home)
    before = await everything(store)
    part = erasing_of(store, HandClock(), [])
    for n in range(7):
        [thread] = await store.inbox.customers(f"o{n}", accounts=["shop"])
        await part.erase(thread.id)
    assert [row[1] for row in (await everything(store))["contacts"]] == ["aa"]
    await store.close()
    await restore_backup(tmp_path / "b.zip", again, START, lambda _: None, set_aside=False)
    back = await read_store(SQLITE, again)
    assert await everything(back) == before
    await back.close()
    assert (await back_up(SQLITE, again, tmp_path / "c.zip", lambda _: None)).rows == made.rows
    for file in exported:
        twin = file.with_name(f"again{file.suffix}")
        await export(SQLITE, again, twin, lambda _: None, kind=ExportKind(file.stem))
        assert twin.read_bytes() == file.read_bytes()
