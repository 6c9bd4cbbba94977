"""Outages are kept, one after the other."""

from datetime import UTC, datetime, timedelta

from wxdesk.core.setup.findings import CheckVerdict
from wxdesk.core.setup.reach import Outage
from wxdesk.store import Store

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


async def test_an_outage_is_kept_from_its_begin_to_its_end(store: Store) -> None:
    await store.outages.begin(NOON, CheckVerdict.FIREWALL)
    assert await store.outages.newest() == (Outage(NOON, None, CheckVerdict.FIREWALL),)
    await store.outages.begin(NOON + MINUTE, CheckVerdict.TOO_SLOW)
    await store.outages.end(NOON + 2 * MINUTE)
    await store.outages.end(NOON + 3 * MINUTE)
    assert await store.outages.newest() == (Outage(NOON, NOON + 2 * MINUTE, CheckVerdict.FIREWALL),)
    await store.outages.begin(NOON + 5 * MINUTE, CheckVerdict.DESK_OFF)
    assert [outage.verdict for outage in await store.outages.newest()] == [
        CheckVerdict.FIREWALL,
        CheckVerdict.DESK_OFF,
    ]
