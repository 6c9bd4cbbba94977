"""A wire between client and server that can be cut, or fall silent while both ends believe in it."""

import asyncio
from collections.abc import Callable

from tests.tunnel.ssh.tasks import Tasks


class Wire:
    """Copies bytes between whoever connects to `port` and a server's port."""

    def __init__(self, to_port: int) -> None:
        self.to_port = to_port
        self.silent = asyncio.Event()
        self._ends: list[tuple[asyncio.StreamWriter, asyncio.StreamWriter]] = []
        self._tasks = Tasks()

    async def open(self) -> int:
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        self.port: int
        _, self.port = self._server.sockets[0].getsockname()
        return self.port

    async def _connect(self, near: asyncio.StreamReader, near_end: asyncio.StreamWriter) -> None:
        try:
            far, far_end = await asyncio.open_connection("127.0.0.1", self.to_port)
        except OSError:
            near_end.close()
            return
        self._ends.append((near_end, far_end))
        quiet = self._dead = asyncio.Event()
        self._tasks.begin(_copy(near, far_end, quiet.is_set))
        self._tasks.begin(_copy(far, near_end, quiet.is_set))

    def fall_silent(self) -> None:
        """The connections so far carry nothing any more; both ends stay open. New ones work."""
        self._dead.set()

    def cut(self) -> None:
        """Both ends of all connections so far are told that it is over."""
        for ends in self._ends:
            for end in ends:
                end.transport.abort()
        self._ends.clear()

    def cut_far_ends(self) -> None:
        """The server hears at last that silent connections are over."""
        for _, far_end in self._ends:
            far_end.transport.abort()

    async def close(self) -> None:
        self._server.close()
        self.cut()
        await self._tasks.end()


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter, dead: Callable[[], bool]) -> None:
    try:
        while data := await source.read(65536):
            if not dead():
                target.write(data)
                await target.drain()
    except OSError:
        pass
    if not dead():
        target.close()
