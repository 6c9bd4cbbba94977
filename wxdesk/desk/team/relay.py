"""Events of the server that works, told to the buses of desks on other machines.

They are stored a moment after they were published. What a server could not store before it ended is made good by the
next one: its first event is `EverythingChanged`. A desk that finds a gap in what is stored reads everything again, too.
"""

import asyncio
import contextlib
from datetime import timedelta
from typing import Any

import msgspec

from wxdesk.core import events
from wxdesk.core.errors import StoreError
from wxdesk.desk.ports import Clock
from wxdesk.desk.runtime.timers import STORE_RETRY_SECONDS
from wxdesk.store import Store

GATHER_SECONDS = 0.02
"""Events within this time are stored together."""

REST_SECONDS = 0.2
"""Shortest time between two such stores, as every desk reads after each."""

MOST_GATHERED = 5000
"""Most events that wait for the database; of more, desks look at everything."""

KEPT = timedelta(minutes=10)

_LOCAL = (
    events.ColleaguesChanged, events.EverythingChanged, events.MessageArrived, events.NetworkChanged,
    events.OperatorsChanged, events.PresenceChanged, events.TunnelAsked,
)  # fmt: skip
"""Events about this machine or this window alone."""


_STORED_AS = {"EverythingChanged": "CaughtUp"}
"""Names under which events have been stored since before they were renamed."""

_NAMED = {stored: name for name, stored in _STORED_AS.items()}


def packed(batch: list[events.Event]) -> str:
    """Encode events as text."""
    named = ((type(event).__name__, event) for event in batch)
    return msgspec.json.encode([(_STORED_AS.get(name, name), event) for name, event in named]).decode()


def unpacked(text: str) -> list[events.Event]:
    """Decode events; those of a newer program are left out."""
    found: list[events.Event] = []
    for name, fields in msgspec.json.decode(text, type=list[tuple[str, msgspec.Raw]]):
        kind: Any = getattr(events, _NAMED.get(name, name), None)
        with contextlib.suppress(msgspec.MsgspecError):
            if isinstance(kind, type) and issubclass(kind, events.Event):
                found.append(msgspec.json.decode(fields, type=kind))
    return found


class EventRelay:
    """Server's side: stores what its bus publishes."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._gathered: list[events.Event] = []
        self._awake = asyncio.Event()
        self._storing = asyncio.Lock()

    def on_event(self, event: events.Event) -> None:
        """Gather an event; subscribed to the bus.

        In a moment in which nobody knows who works, it takes the place of all before it: desks look at everything.
        """
        if isinstance(event, _LOCAL):
            return
        if not self._store.lease.is_held or len(self._gathered) >= MOST_GATHERED:
            self._gathered = [events.EverythingChanged()]
        self._gathered.append(event)
        self._awake.set()

    async def run(self) -> None:
        """Store what is gathered, until cancelled."""
        self._gathered.insert(0, events.EverythingChanged())
        self._awake.set()
        while True:
            await self._awake.wait()
            await asyncio.sleep(GATHER_SECONDS)
            self._awake.clear()
            try:
                await self.flush()
            except StoreError:
                await asyncio.sleep(STORE_RETRY_SECONDS)
            await asyncio.sleep(REST_SECONDS)

    async def flush(self) -> None:
        """Store what is gathered by now; where that fails, desks look at everything.

        Raises:
            StoreError: it failed.
        """
        async with self._storing:
            batch, self._gathered = self._gathered, []
            now = self._clock()
            try:
                if batch:
                    await self._store.relayed_events.append(packed(batch), now, now - KEPT)
            except StoreError:
                self._gathered = [events.EverythingChanged()]
                self._awake.set()
                raise
