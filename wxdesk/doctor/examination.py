"""The examination: all checks in the order in which to mend what they find."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import suppress

import msgspec

from wxdesk.core.setup.findings import Check, CheckVerdict, Finding
from wxdesk.doctor.case import Case
from wxdesk.doctor.configuration import check_api, check_configuration, check_secrets
from wxdesk.doctor.inward import check_address, check_listener, check_tunnel
from wxdesk.doctor.machine import check_disk, check_folder, check_font, check_power
from wxdesk.doctor.records import check_database, check_records
from wxdesk.paths import own_command

log = logging.getLogger(__name__)

OPTION = "--check-window"
"""Hidden option of `wxdesk` for the child: it prints one finding a line, as JSON."""

_AT_ONCE = (Check.LIBRARIES, Check.DISPLAY)


class WindowCheck:
    """One child process, and its findings.

    `first` gives what keeps a window from opening, `rest` is for the end.
    """

    deadline = 60.0

    def __init__(self) -> None:
        self.rest: list[Finding] = []
        self._child: asyncio.subprocess.Process | None = None

    async def first(self) -> Iterable[Finding]:
        """Run the child to its end."""
        pipe = asyncio.subprocess.PIPE
        self._child = await asyncio.create_subprocess_exec(*own_command(), OPTION, stdout=pipe, stderr=pipe)
        out, err = await self._child.communicate()
        found = [msgspec.json.decode(line, type=Finding) for line in out.splitlines() if line.startswith(b"{")]
        if self._child.returncode:
            last = (err.decode(errors="replace").strip().splitlines() or [f"exit {self._child.returncode}"])[-1]
            found.append(Finding(Check.LIBRARIES, CheckVerdict.LIBRARY_MISSING, values={"name": last}))
        self.rest = [finding for finding in found if finding.check not in _AT_ONCE]
        return [finding for finding in found if finding.check in _AT_ONCE]

    def stop(self) -> None:
        """End the child if it still runs."""
        if self._child is not None and self._child.returncode is None:
            with suppress(ProcessLookupError):
                self._child.kill()


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
