"""Names that no name server answers hold up neither other work nor the program's end."""

import asyncio
import socket
import threading
from collections.abc import Iterator

import pytest

from wxdesk.threads import LoopThread


class NameServer:
    """A system that answers no look-up before `answers` is set."""

    def __init__(self) -> None:
        self.asked: list[object] = []
        self.answers = threading.Event()

    def __call__(self, *name: object, **_: object) -> list[tuple[object, ...]]:
        self.asked.append(name)
        self.answers.wait()
        if name[0] == "nowhere.test":
            raise socket.gaierror
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("203.0.113.7", 443))]


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> Iterator[NameServer]:
    server = NameServer()
    monkeypatch.setattr(socket, "getaddrinfo", server)
    yield server
    server.answers.set()


async def look_up(host: str) -> object:
    return await asyncio.get_running_loop().getaddrinfo(host, 443, type=socket.SOCK_STREAM)


@pytest.mark.impatient
def test_silent_name_servers_hold_up_neither_threads_nor_the_end(silent: NameServer) -> None:
    thread = LoopThread("desk")

    async def many() -> list[BaseException | object]:
        return await asyncio.gather(*(try_one(number) for number in range(64)), return_exceptions=True)

    async def try_one(number: int) -> None:
        async with asyncio.timeout(0.05):
            await look_up(f"host{number}.test")

    found = thread.call(many(), 30)
    assert {type(one) for one in found} == {TimeoutError}
    assert thread.call(asyncio.to_thread(lambda: "done"), 30) == "done"
    assert thread.stop(), "the loop has ended, and waits for no look-up"


def test_a_name_is_looked_up_once_for_all_who_ask_meanwhile(silent: NameServer) -> None:
    thread = LoopThread("desk")

    async def some() -> list[object]:
        asking = [asyncio.create_task(look_up("api.test")) for _ in range(9)]
        gone = asyncio.create_task(look_up("nowhere.test"))
        await asyncio.sleep(0)
        gone.cancel()
        silent.answers.set()
        return await asyncio.gather(*asking)

    assert thread.call(some(), 30) == [silent("api.test")] * 9
    assert silent.asked.count(("api.test", 443)) == 1
    assert thread.call(look_up("api.test"), 30)
    assert silent.asked.count(("api.test", 443)) == 2, "an answer is not kept"
    assert thread.stop()
