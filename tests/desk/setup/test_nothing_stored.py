"""While nothing can be stored, as on a full disk, WeChat's messages are refused: the timelines have to tell it."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.desk.setup.test_reachability import NOON, Outside, quick_looks, store, watching
from tests.prepared import SQLITE, prepare
from wxdesk.core.errors import StoreError
from wxdesk.core.setup.findings import CheckVerdict as V
from wxdesk.core.setup.reach import Outage
from wxdesk.store import Store, open_store
from wxdesk.store.engine import sqlite

__all__ = ["quick_looks", "store"]


@pytest.mark.expects_log("Outages are not kept|database error")
@pytest.mark.parametrize(("failures", "missed"), [(1, False), (2, True), (4, True)])
async def test_messages_may_be_missing_from_the_time_in_which_nothing_was_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failures: int, missed: bool
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_MS", 20)
    prepare(tmp_path)
    store, outside = await open_store(SQLITE, tmp_path), Outside()
    try:
        with closing(sqlite3.connect(tmp_path / "desk.db", isolation_level=None)) as other:
            async with watching(outside, store):
                await outside.next_probe()
                other.execute("BEGIN IMMEDIATE")
                for _ in range(failures):
                    await outside.next_probe()
                other.execute("ROLLBACK")
                outside.events.clear()
                back = await outside.next_probe()
                assert outside.told() == [V.OK] * missed, "what shows the outages reads them again"
        assert await store.outages.newest() == (Outage(NOON, back, V.DESK_OFF),) * missed
    finally:
        await store.close()


@pytest.mark.expects_log("database error")
async def test_an_outage_that_could_not_be_stored_at_first_is_stored_while_it_lasts(
    store: Store, tmp_path: Path
) -> None:
    outside = Outside()
    with closing(sqlite3.connect(tmp_path / "desk.db", isolation_level=None)) as other:
        async with watching(outside, store) as watch:
            outside.verdict = V.TOO_SLOW
            other.execute("CREATE TRIGGER full BEFORE INSERT ON outages BEGIN SELECT RAISE(ABORT, 'full'); END")
            with pytest.raises(StoreError):
                await watch.check()
            assert watch.state.lost
            other.execute("DROP TRIGGER full")
            await watch.check()
    assert [one.verdict for one in await store.outages.newest()] == [V.TOO_SLOW]
