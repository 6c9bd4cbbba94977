"""One HTTP request as WeChat makes it, and the answer byte for byte.

On purpose no HTTP library: one would decode, follow or forgive what WeChat does not. The headers are those of
a captured push (`User-Agent: Mozilla/4.0`, `Accept: */*`, `Pragma: no-cache`, HTTP/1.1).
"""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import Mapping

from msgspec import Struct

LARGEST_BODY = 256 * 1024
"""Most bytes that are read of an answer; ours has 19."""

MOST_CHUNKS = 1024
"""Most parts of an answer that are read; ours has one."""


class NotHttpError(ValueError):
    """The answer is not HTTP."""


class RawAnswer(Struct, frozen=True):
    """A response as it came, not decoded; names of `headers` are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


async def ask_as_wechat(reader: StreamReader, writer: StreamWriter, host: str, target: str) -> RawAnswer:
    """Send the request and read the whole answer.

    Raises:
        OSError, EOFError: the connection broke before the answer was complete.
        NotHttpError: something else than HTTP came.
    """
    writer.write(
        f"GET {target} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: Mozilla/4.0\r\nAccept: */*\r\n"
        "Pragma: no-cache\r\nConnection: close\r\n\r\n".encode()
    )
    await writer.drain()
    return await read_answer(reader)


async def read_answer(reader: StreamReader) -> RawAnswer:
    """Read a whole answer; raises as `ask_as_wechat` does."""
    try:
        status, headers = await _read_head(reader)
        return RawAnswer(status, headers, await _read_body(reader, headers))
    except (ValueError, asyncio.LimitOverrunError) as error:
        raise NotHttpError from error


async def _read_head(reader: StreamReader) -> tuple[int, dict[str, str]]:
    while True:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        version, _, rest = lines[0].partition(" ")
        if not version.startswith("HTTP/1."):
            raise NotHttpError
        status = int(rest[:3])
        if status >= 200:
            break  # those below are not the answer yet
    pairs = (line.partition(":") for line in lines[1:] if ":" in line)
    return status, {name.strip().lower(): value.strip() for name, _, value in pairs}


async def _read_body(reader: StreamReader, headers: Mapping[str, str]) -> bytes:
    if "chunked" in headers.get("transfer-encoding", "").lower():
        return await _read_chunks(reader)
    if "content-length" in headers:
        return await reader.readexactly(min(int(headers["content-length"]), LARGEST_BODY))
    body = b""
    while (more := await reader.read(LARGEST_BODY)) and len(body) < LARGEST_BODY:
        body += more
    return body


async def _read_chunks(reader: StreamReader) -> bytes:
    body = b""
    for _ in range(MOST_CHUNKS):
        size = int((await reader.readuntil(b"\n")).partition(b";")[0], 16)
        if not size or len(body) >= LARGEST_BODY:
            break
        body += await reader.readexactly(min(size, LARGEST_BODY))
        await reader.readuntil(b"\n")
    return body
