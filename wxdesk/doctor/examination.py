"""The examination: all checks in the order in which to mend what they find."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

from wxdesk.core.setup.findings import Check, Finding
from wxdesk.core.setup.verdicts import CheckVerdict
from wxdesk.doctor.case import Case
from wxdesk.doctor.configuration import check_api, check_configuration, check_secrets
from wxdesk.doctor.inward import check_address, check_listener, check_tunnel
from wxdesk.doctor.machine import check_disk, check_folder, check_font, check_power
from wxdesk.doctor.records import check_database, check_records
from wxdesk.doctor.window import WindowCheck

log = logging.getLogger(__name__)

type Step = Callable[[Case], Awaitable[Iterable[Finding]]]

DEADLINE = 10.0
"""Seconds for one check, unless it has a deadline of its own below."""

_AFTER_WINDOW: tuple[tuple[Check, Step, float], ...] = (
    (Check.FOLDER, check_folder, DEADLINE),
    (Check.DISK, check_disk, DEADLINE),
    (Check.CONFIGURATION, check_configuration, DEADLINE),
    (Check.DATABASE, check_database, 20.0),
    (Check.SECRETS, check_secrets, 30.0),
    (Check.LISTENER, check_listener, DEADLINE),
    (Check.API, check_api, 40.0),
    (Check.TUNNEL, check_tunnel, DEADLINE),
    (Check.ADDRESS, check_address, 15.0),
    (Check.RULES, check_records, 20.0),
    (Check.POWER, check_power, DEADLINE),
    (Check.FONT, check_font, DEADLINE),
)


async def examine(case: Case) -> AsyncIterator[Finding]:
    """Run every check and give each finding as soon as there is one.

    Changes and keeps nothing, also beside a desk that is open. What an earlier failure makes impossible is left out. No
    check can hang the rest: each has a deadline.
    """
    window = WindowCheck()
    try:
        for finding in await _in_time(Check.LIBRARIES, window.first(), window.deadline):
            yield finding
        for check, step, deadline in _AFTER_WINDOW:
            for finding in await _in_time(check, step(case), deadline):
                yield finding
        for finding in window.rest:
            yield finding
    finally:
        window.stop()


async def _in_time(check: Check, step: Awaitable[Iterable[Finding]], deadline: float) -> Iterable[Finding]:
    try:
        async with asyncio.timeout(deadline):
            return await step
    except TimeoutError:
        return (Finding(check, CheckVerdict.CHECK_TIMED_OUT, values={"seconds": f"{deadline:.0f}"}),)
    except Exception as error:
        log.exception("The check of %s failed", check)
        return (Finding(check, CheckVerdict.CHECK_FAILED, values={"reason": type(error).__name__}),)
