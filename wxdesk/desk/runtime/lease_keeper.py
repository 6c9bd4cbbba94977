"""Keeps a server's right to work on a shared database, or waits for its turn."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from wxdesk.core.errors import LeaseLost, StoreError
from wxdesk.core.events import Event, WorkChanged
from wxdesk.store import RENEW_SECONDS, WorkLease
from wxdesk.threads import end_tasks

log = logging.getLogger(__name__)

TRY_SECONDS = 1.0
"""Time between two tries to take it."""

WORKING, STANDING_BY, ALONE = "working", "standing by", "alone"
"""Part of a server: does the work, waits to take over, or is the only one."""


@dataclass(eq=False, repr=False)
class LeaseKeeper:
    """Keeper of the lease of one server.

    It calls `begin` when the server has its turn to work, and `end` when another one has taken it. Who has the lease
    already, as a desk alone does, has begun to work by itself.
    """

    _lease: WorkLease
    _begin: Callable[[], Awaitable[None]]
    _end: Callable[[], Awaitable[None]]
    _publish: Callable[[Event], None]

    def __post_init__(self) -> None:
        self._has_turn = self._lease.is_held
        self._beginning: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Take, renew and give up until cancelled.

        Raises:
            Exception: the work cannot begin, as where a stored value cannot be read; another server may take the lease.
        """
        try:
            while True:
                with suppress(StoreError):  # which the store has logged
                    await self._take_or_renew()
                await asyncio.sleep(RENEW_SECONDS if self._lease.is_held else TRY_SECONDS)
                if self._beginning is not None and self._beginning.done():
                    self._beginning.result()
        finally:
            await self._stop_beginning()

    async def _take_or_renew(self) -> None:
        if not self._has_turn:
            if await self._lease.take():
                self._has_turn = True
                self._beginning = asyncio.create_task(self._take_turn(), name="take the turn to work")
            return
        try:
            await self._lease.renew()
        except LeaseLost:
            await self._give_up()

    async def _take_turn(self) -> None:
        log.info("This server decides and sends from now on")
        while True:
            try:
                await self._begin()
                break
            except StoreError as error:
                log.warning("Work begins again in a moment: %s", error)
                await self._end()
                await asyncio.sleep(TRY_SECONDS)
            except Exception:
                await self._leave_to_others()
                raise
        self._publish(WorkChanged(True))

    async def _give_up(self) -> None:
        log.warning("Another server has taken over deciding and sending; this one keeps what arrives")
        await self._stop_beginning()
        await self._leave_to_others()
        self._publish(WorkChanged(False))

    async def _leave_to_others(self) -> None:
        await self._end()
        await self._lease.release()
        self._has_turn = False

    async def _stop_beginning(self) -> None:
        if self._beginning is not None:
            await end_tasks([self._beginning])
            self._beginning = None
