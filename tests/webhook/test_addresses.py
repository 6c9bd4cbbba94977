"""Where the listener listens: any free port, another one while it runs, and the old one where that cannot be."""

import socket

import pytest

from tests.ports import free_port
from tests.webhook.pushing import ACCOUNTS, NOW, TEXT, Desk, Shelf, ask, read_reply, signed, written
from wxdesk.core.errors import BadConfig, PortInUse
from wxdesk.webhook.listener import Listener

PUSH = written("/wx/plain", TEXT, signed())


def listener_at(port: int, host: str = "127.0.0.1") -> Listener:
    return Listener(ACCOUNTS, Shelf().keep, lambda _: None, lambda: NOW, host, port)


def port_of(desk: Desk) -> int:
    return int(desk.url.rpartition(":")[2])


async def answers(desk: Desk, port: int) -> bool:
    """Whether a push to this port is acknowledged; False where nobody listens."""
    desk.url = f"http://127.0.0.1:{port}"
    try:
        return (await ask(desk, PUSH)).body == b"success"
    except ConnectionRefusedError:
        return False


async def test_a_port_in_use_is_reported() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortInUse, match=f"Port {port} on 127.0.0.1 is in use"):
            await listener_at(port).start()


async def test_an_address_of_another_machine_is_reported() -> None:
    with pytest.raises(BadConfig) as told:
        await listener_at(0, "192.0.2.1").start()
    assert str(told.value).startswith("config.toml: [listener]: This machine has no address 192.0.2.1")


async def test_the_url_has_the_port_that_was_free_and_is_empty_before() -> None:
    listener = listener_at(0)
    assert listener.url == ""
    assert await listener.start() == listener.url
    assert 0 < int(listener.url.removeprefix("http://127.0.0.1:")) < 65536
    await listener.stop()


async def test_an_ipv6_address_stands_in_brackets() -> None:
    port = free_port()
    try:
        socket.create_server(("::1", port), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("no IPv6 here")
    listener = listener_at(port, "::1")
    assert await listener.start() == f"http://[::1]:{port}"
    await listener.stop()


async def test_the_port_is_free_again_after_a_stop() -> None:
    port = free_port()
    first, second = listener_at(port), listener_at(port)
    url = await first.start()
    await first.stop()
    await first.stop()
    assert await second.start() == url
    await second.stop()


async def test_many_may_wait_until_they_are_accepted(desk: Desk) -> None:
    """They connect while the listener's loop stands still; another one would be asked to wait a second."""
    waiting = [socket.create_connection(("127.0.0.1", port_of(desk)), timeout=5) for _ in range(100)]
    assert (await ask(desk, PUSH)).body == b"success"
    for one in waiting:
        one.close()


async def test_a_listener_at_rest_does_not_move() -> None:
    listener = listener_at(0)
    assert await listener.move("127.0.0.1", free_port()) is None
    await listener.start()
    assert await listener.move("127.0.0.1", 0) is None  # it listens there already: any port
    await listener.stop()
    assert await listener.move("127.0.0.1", free_port()) is None


async def test_a_listener_that_moves_listens_at_its_last_address_alone(desk: Desk) -> None:
    reader, writer = await desk.connect()
    ports = [port_of(desk), free_port(), free_port()]
    for port in ports[1:]:
        assert await desk.listener.move("127.0.0.1", port) == desk.listener.url == f"http://127.0.0.1:{port}"
        assert [one for one in ports if await answers(desk, one)] == [port]
        assert await desk.listener.move("127.0.0.1", port) is None
    assert await desk.listener.move("0.0.0.0", ports[2]) == f"http://0.0.0.0:{ports[2]}"  # noqa: S104 - for a moment
    assert [one for one in ports if await answers(desk, one)] == [ports[2]]
    assert await desk.listener.move("127.0.0.1", ports[1]) == f"http://127.0.0.1:{ports[1]}"
    assert [one for one in ports if await answers(desk, one)] == [ports[1]]
    writer.write(PUSH)  # a connection made before goes on
    assert (await read_reply(reader)).body == b"success"


async def test_a_listener_that_cannot_move_goes_on_where_it_is(desk: Desk) -> None:
    url, port = desk.url, port_of(desk)
    with pytest.raises(BadConfig):
        await desk.listener.move("192.0.2.1", port)
    assert await answers(desk, port)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        with pytest.raises(PortInUse):
            await desk.listener.move("127.0.0.1", taken.getsockname()[1])
        assert await answers(desk, port)
    assert desk.listener.url == url
    moved = free_port()
    assert await desk.listener.move("127.0.0.1", moved) == f"http://127.0.0.1:{moved}"
    assert [one for one in (port, moved) if await answers(desk, one)] == [moved]
