"""Rules imports beside the running desk, by a socket in its folder.

Windows has no such sockets in asyncio; there rules are imported in the window.
"""

import asyncio
import logging
import os
import socket
import sys
from contextlib import suppress
from pathlib import Path

import msgspec

from wxdesk.core.errors import HomeInUse, StoreError, WxdeskError
from wxdesk.desk.rules.exchange import RulesExchange
from wxdesk.desk.rules.import_check import ImportCheck
from wxdesk.desk.runtime.packed_errors import packed_error, unpacked_error

log = logging.getLogger(__name__)

SOCKET = "rules.socket"

LONGEST = 64 * 2**20
"""Bytes of a file, or of the changes that it makes."""

READ_SECONDS = 10.0


class ImportRequest(msgspec.Struct):
    """A rules file to take in, as one line of JSON."""

    text: str
    file_name: str


class ImportAnswer(msgspec.Struct):
    """The changes that were made, or the error, as one line of JSON."""

    check: ImportCheck | None = None
    error: str = ""


class ImportSocket:
    """Takes in rules files of whoever may write to the folder `home`, until cancelled."""

    def __init__(self, exchange: RulesExchange, home: Path) -> None:
        self._exchange = exchange
        self._place = home / SOCKET

    async def run(self) -> None:
        """Serve until cancelled; does nothing where the system has no such sockets."""
        if sys.platform == "win32":
            return
        own = socket.socket(socket.AF_UNIX)
        try:
            self._place.unlink(missing_ok=True)  # left behind by a crash
            with suppress(OSError):  # not every system has rights of sockets before they have names
                os.fchmod(own.fileno(), 0o600)
            own.bind(str(self._place))
            self._place.chmod(0o600)
            server = await asyncio.start_unix_server(self._answer, sock=own, limit=LONGEST)
        except OSError as error:  # as where the path is too long for a socket
            own.close()
            log.info("Rules cannot be imported by command line beside this desk: %s", error.strerror or error)
            return
        try:
            await asyncio.Event().wait()
        finally:
            server.close()  # without waiting for who is connected
            self._place.unlink(missing_ok=True)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(READ_SECONDS):
                asked = msgspec.json.decode(await reader.readuntil(), type=ImportRequest)
            writer.write(msgspec.json.encode(await self._taken_in(asked)) + b"\n")
            await writer.drain()
        except (OSError, EOFError, ValueError, asyncio.LimitOverrunError) as error:
            log.info("An import of rules was broken off: %s", type(error).__name__)
        finally:
            writer.close()

    async def _taken_in(self, asked: ImportRequest) -> ImportAnswer:
        try:
            return ImportAnswer(check=(await self._exchange.take_in(asked.text, asked.file_name)).check)
        except WxdeskError as error:
            return ImportAnswer(error=packed_error(error))
        except Exception:
            log.exception("An import of rules failed")
            return ImportAnswer(error=packed_error(StoreError(reason=UNEXPECTED)))


async def import_beside(home: Path, text: str, file_name: str) -> ImportCheck:
    """Have the desk that is open on `home` take a rules file in; return the changes.

    Raises:
        HomeInUse: the desk there takes in none.
        BadRulesFile, StoreError: nothing was changed; or the desk ended meanwhile.
    """
    if sys.platform == "win32":
        raise HomeInUse(home=str(home))
    try:
        reader, writer = await asyncio.open_unix_connection(home / SOCKET, limit=LONGEST)
    except OSError:
        raise HomeInUse(home=str(home)) from None
    try:
        writer.write(msgspec.json.encode(ImportRequest(text, file_name)) + b"\n")
        answer = msgspec.json.decode(await reader.readuntil(), type=ImportAnswer)
    except (OSError, EOFError, ValueError, asyncio.LimitOverrunError) as error:
        raise StoreError(reason=BROKEN_OFF) from error
    finally:
        writer.close()
    if answer.check is None:
        raise unpacked_error(answer.error)
    return answer.check


BROKEN_OFF = "the desk gave no answer; check on the rules page whether the rules were imported"
UNEXPECTED = "the desk met an unexpected error; its log says which"
