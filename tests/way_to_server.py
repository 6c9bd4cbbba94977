"""The network between a desk and its PostgreSQL server, as it is on bad days."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url

SOCKET = ".s.PGSQL.5432"
COMMIT = b"COMMIT;\0"
READY = b"Z\0\0\0\x05"
"""How the server ends its answer to a query, before the state of the transaction."""


@dataclass(eq=False)
class _Line:
    """One connection: what the desk sees, and what the server sees."""

    desk: asyncio.StreamWriter
    server: asyncio.StreamWriter
    commits: bool = False


class WayThere:
    """Carries what desk and server say to each other, until it is told otherwise."""

    def __init__(self, url: str, server: Path) -> None:
        self.url = url
        self.spare_answers = 0
        """So many of the next commits are answered."""
        self.lose_answers = 0
        """So many after those are carried out, but their answers are lost with the connection."""
        self.strand = b""
        """Who says this waits for `go_on`, alone."""
        self.go_on = asyncio.Event()
        self.passes_notices_on = True
        self.answers = 0
        """So many pieces of answers have come from the server."""
        self._server = server
        self._lines: set[_Line] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._open = True
        self._speaks = asyncio.Event()
        self._speaks.set()

    @classmethod
    @contextlib.asynccontextmanager
    async def to(cls, url: str, folder: Path) -> "AsyncIterator[WayThere]":
        there = str(make_url(url).query["host"])
        way = cls(url.replace(there, str(folder)), Path(there) / SOCKET)
        listening = await asyncio.start_unix_server(way._answer, folder / SOCKET)
        try:
            yield way
        finally:
            listening.close()
            for task in way._tasks:
                task.cancel()
            await asyncio.gather(*way._tasks, return_exceptions=True)

    def cut(self) -> None:
        """Both sides hear that all connections have ended."""
        for line in tuple(self._lines):
            self._end(line)

    def forget(self) -> None:
        """The server hears that all connections have ended; the desk only once it says something."""
        for line in tuple(self._lines):
            line.server.transport.abort()
        self._lines.clear()

    def haunt(self) -> None:
        """The desk hears that all connections have ended; the server does not."""
        for line in tuple(self._lines):
            line.desk.transport.abort()
        self._lines.clear()

    def shut(self) -> None:
        """Nobody comes through."""
        self._open = False
        self.cut()

    def open(self) -> None:
        """Everybody comes through again."""
        self._open = True

    def _is_open(self) -> bool:
        return self._open

    def fall_silent(self) -> None:
        """Nothing is carried any more, and nobody hears of it."""
        self._speaks.clear()

    def speak(self) -> None:
        """What was said meanwhile is carried now."""
        self._speaks.set()

    def _is_lost(self) -> bool:
        if self.spare_answers:
            self.spare_answers -= 1
        elif self.lose_answers:
            self.lose_answers -= 1
            return True
        return False

    def _end(self, line: _Line) -> None:
        self._lines.discard(line)
        line.desk.transport.abort()
        line.server.transport.abort()

    async def _answer(self, reader: asyncio.StreamReader, desk: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            if self._is_open():
                answers, server = await asyncio.open_unix_connection(self._server)
                line = _Line(desk, server)
                self._lines.add(line)
                if not self._is_open():  # shut meanwhile
                    self._end(line)
                    return
                for work in (self._bring_there(reader, line), self._bring_back(answers, line)):
                    task = asyncio.create_task(work)
                    self._tasks.add(task)
                    task.add_done_callback(self._tasks.discard)
                return
        desk.transport.abort()

    async def _bring_there(self, reader: asyncio.StreamReader, line: _Line) -> None:
        try:
            while data := await reader.read(65536):
                await self._speaks.wait()
                if line not in self._lines:
                    break
                if self.strand and self.strand in data:
                    await self.go_on.wait()
                line.commits = COMMIT in data
                line.server.write(data)
        except OSError:
            pass
        finally:
            line.desk.transport.abort()
            if line in self._lines:
                self._end(line)

    async def _bring_back(self, answers: asyncio.StreamReader, line: _Line) -> None:
        rest = b""
        try:
            while data := await answers.read(65536):
                await self._speaks.wait()
                if not self.passes_notices_on:
                    data, rest = _without_notices(rest + data)
                self.answers += 1
                if line.commits and READY in data and self._is_lost():
                    break
                if line in self._lines:
                    line.desk.write(data)
        except OSError:
            pass
        finally:
            line.server.transport.abort()
            if line in self._lines:
                self._end(line)


def _without_notices(data: bytes) -> tuple[bytes, bytes]:
    """The whole messages of the server in `data` but for its notices, and the rest."""
    kept, at = b"", 0
    while len(data) - at >= 5 and len(data) - at > int.from_bytes(data[at + 1 : at + 5]):
        end = at + 1 + int.from_bytes(data[at + 1 : at + 5])  # a letter, then a length that counts itself
        kept, at = kept + (b"" if data[at : at + 1] == b"A" else data[at:end]), end
    return kept, data[at:]
