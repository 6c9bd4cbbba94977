import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from tests.webhook.pushing import ACCOUNTS, NOW, Desk, Shelf
from wxdesk.core.events import Event
from wxdesk.desk.ports import Clock
from wxdesk.webhook.http_server import DEFAULT_LIMITS, Limits
from wxdesk.webhook.listener import Listener

type Open = Callable[..., Awaitable[Desk]]


@pytest.fixture
async def open_desk() -> AsyncIterator[Open]:
    desks: list[Desk] = []

    async def start(
        limits: Limits = DEFAULT_LIMITS, accounts: dict[str, Any] = ACCOUNTS, clock: Clock = lambda: NOW
    ) -> Desk:
        shelf, events, seen = Shelf(), list[Event](), asyncio.Event()

        def publish(event: Event) -> None:
            events.append(event)
            seen.set()

        listener = Listener(accounts, shelf.keep, publish, clock, "127.0.0.1", 0, limits)
        desk = Desk(listener, await listener.start(), shelf, events, seen)
        desks.append(desk)
        return desk

    yield start
    for desk in desks:
        await desk.close()


@pytest.fixture
async def desk(open_desk: Open) -> Desk:
    return await open_desk(Limits(body=0.1, lingering=0.1))
