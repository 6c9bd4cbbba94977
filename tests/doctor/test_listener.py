"""The doctor looks at the listener and its public address, beside an open desk and in its place."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.doctor.conftest import case_from_outside, configure, files, found, one_of
from tests.ports import free_port
from wxdesk.app import open_desk
from wxdesk.config.reading import load
from wxdesk.core.events import Event, PushSeen
from wxdesk.core.setup.findings import Check
from wxdesk.core.setup.findings import CheckVerdict as V
from wxdesk.desk.settings.configuration import Setup
from wxdesk.doctor.case import Case
from wxdesk.doctor.examination import examine
from wxdesk.sandbox.demo_customers import demo_account
from wxdesk.sandbox.server import Sandbox
from wxdesk.store import open_store


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6")
async def test_a_listener_on_ipv6_is_looked_at(home: Path) -> None:
    configure(home, "[listener]\nport = 0", f'[listener]\nhost = "::1"\nport = {free_port()}')
    assert (await found(home, Check.LISTENER)).verdict is V.OK


@pytest.mark.parametrize(
    ("host", "port", "verdict"),
    [
        ("203.0.113.1", "8765", V.LISTENER_ADDRESS),
        ("desk.invalid", "8765", V.LISTENER_ADDRESS),
        ("127.0.0.1", "0", V.OK),
    ],
)
async def test_a_listener_address_of_another_machine_is_reported(home: Path, host: str, port: str, verdict: V) -> None:
    configure(home, "[listener]\nport = 0", f'[listener]\nhost = "{host}"\nport = {port}')
    assert (await found(home, Check.LISTENER)).verdict is verdict


async def test_a_port_that_is_taken_is_reported(home: Path) -> None:
    with closing(await asyncio.to_thread(socket.create_server, ("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        configure(home, "port = 0", f"port = {port}")
        listener = await found(home, Check.LISTENER)
    assert (listener.verdict, listener.values["port"]) == (V.PORT_TAKEN, str(port))


@dataclass
class Open:
    """A desk that is open on the home, what it published, and its home's case with a way to it from outside."""

    case: Case
    heard: list[Event]


@pytest.fixture
async def opened(home: Path, sandbox: Sandbox) -> AsyncIterator[Open]:
    port = free_port()
    configure(home, "[listener]\nport = 0", f'[listener]\npublic_url = "http://desk.example.com"\nport = {port}')
    _, credentials = demo_account()
    desk = await open_desk(Setup(home, load(home), {"shop": credentials}))
    heard: list[Event] = []
    unsubscribe = desk.desk.bus.subscribe(heard.append)
    yield Open(case_from_outside(home, port), heard)
    unsubscribe()
    await desk.stop()


async def test_beside_an_open_desk_its_port_is_good_and_its_address_is_asked(opened: Open) -> None:
    findings = [finding async for finding in examine(opened.case)]
    assert one_of(findings, Check.DATABASE).verdict is V.DATABASE_IN_USE
    listener = one_of(findings, Check.LISTENER)
    assert (listener.verdict, listener.values["cause"]) == (V.OK, "ours")
    address = one_of(findings, Check.ADDRESS, "shop")
    assert address.verdict is V.OK, address
    assert one_of(findings, Check.RULES).verdict is V.NO_RULES
    assert not [event for event in opened.heard if isinstance(event, PushSeen)], "taken for WeChat's check"


async def test_another_program_at_the_port_of_an_open_desk_is_reported(home: Path) -> None:
    with closing(await asyncio.to_thread(socket.create_server, ("127.0.0.1", 0))) as taken:
        configure(home, "port = 0", f"port = {taken.getsockname()[1]}")
        store = await open_store("sqlite:///desk.db", home)
        try:
            asked = asyncio.create_task(found(home, Check.LISTENER))
            connection, _ = await asyncio.to_thread(taken.accept)
            connection.close()
            assert (await asked).verdict is V.PORT_TAKEN
        finally:
            await store.close()


async def test_a_closed_desk_is_stood_in_for_while_its_address_is_asked(home: Path) -> None:
    port = free_port()
    configure(home, "[listener]\nport = 0", f'[listener]\npublic_url = "http://desk.example.com"\nport = {port}')
    address = await found(case_from_outside(home, port), Check.ADDRESS, "shop")
    assert address.verdict is V.OK, address
    assert list(files(home)) == ["config.toml"]
    elsewhere = case_from_outside(home, free_port())
    assert (await found(elsewhere, Check.ADDRESS, "shop")).verdict is V.FIREWALL
