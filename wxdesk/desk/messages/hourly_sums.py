"""Renews the sums by hour, from which insights count, after changes."""

import asyncio
from collections.abc import Callable

from wxdesk.core.errors import StoreError
from wxdesk.core.events import Event, TroubleRaised
from wxdesk.core.troubles import TroubleArea
from wxdesk.desk.ports import Clock
from wxdesk.store.reports import HourlySums

RECOUNT_SECONDS, REST_SECONDS = 15.0, 0.1
"""Time between two looks for changed hours, and rest after each turn of counting."""

MOST_FAILURES = 2
"""Turns of counting that fail before it is told."""

WITHOUT_SUMS = "Insights are slow at the moment: past hours are counted again each time."


async def keep_sums(sums: HourlySums, clock: Clock, publish: Callable[[Event], None]) -> None:
    """Renew the sums of past hours that have changed, until cancelled.

    A second turn that fails is told.
    """
    failures = 0
    while True:
        await asyncio.sleep(RECOUNT_SECONDS)
        try:
            while await sums.recount(clock()):  # noqa: ASYNC110 - others read in the meantime
                await asyncio.sleep(REST_SECONDS)
        except StoreError:
            failures += 1
            if failures >= MOST_FAILURES:
                publish(TroubleRaised(TroubleArea.FIGURES, WITHOUT_SUMS))
        else:
            publish(TroubleRaised(TroubleArea.FIGURES, ""))
            failures = 0
