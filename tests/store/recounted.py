"""Sums by hour against a count of all rows."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from wxdesk.core.model.statistics import ALL, TimeSpan
from wxdesk.store import Store
from wxdesk.store.reports.hourly import count_figures, read_figures

EVER = TimeSpan(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 7, 1, tzinfo=UTC))


async def assert_sums_are_a_count(store: Store) -> None:
    """Read at any moment, and once all is counted, sums are what the rows say."""
    read, counted = await store._db.read(_both)
    assert read == counted
    while await store.hourly_sums.recount(EVER.until):
        pass
    read, counted = await store._db.read(_both)
    assert read == counted


def _both(connection: Connection) -> tuple[Counter[tuple[Any, ...]], Counter[tuple[Any, ...]]]:
    """The figures of one moment: those that are read, and those of a count of all rows."""
    read, counted = Counter[tuple[Any, ...]](), Counter[tuple[Any, ...]]()
    for find, found in ((read_figures, read), (count_figures, counted)):
        for *key, n in find(connection, EVER, UTC, ALL):
            found[tuple(key)] += n
    return read, counted
