"""What strangers and servers have a tunnel program print leads nobody astray, and ends nothing."""

import asyncio

import pytest

from wxdesk.config.tunnel import PRESETS
from wxdesk.core.setup.tunnel_state import TunnelEnd, TunnelUp
from wxdesk.tunnel.command_output import CommandOutput, _read_page
from wxdesk.tunnel.presets import ANY_OTHER, PROGRAMS

OWN = "https://fast-cat.loca.lt"


def test_every_preset_of_the_settings_is_a_known_program() -> None:
    assert PROGRAMS.keys() == set(PRESETS)


class Told:
    """What one run of a program told, after these lines."""

    def __init__(self, preset: str, *lines: str) -> None:
        self.said: list[TunnelUp | TunnelEnd] = []
        output = CommandOutput(PROGRAMS.get(preset, ANY_OTHER), "it", 8765, OWN, self.said.append)  # type: ignore[call-overload]
        for line in lines:
            output.read_line(line)


@pytest.mark.parametrize(
    "line",
    [
        "GET /?url=https://evil.example HTTP/1.1",
        '203.0.113.9 - - [27/Nov/2026] "GET / HTTP/1.1" 200 0 "-" "url: https://evil.example"',
        "POST /wx/shop endpoint: https://evil.example",
        "https://evil.example",
        "url: https://somebody:else@evil.example",
    ],
)
async def test_a_strangers_request_brings_in_no_other_address(line: str) -> None:
    told = Told("", f"your url is: {OWN}", line)
    assert told.said[-1] == TunnelUp(OWN)
    first = Told("", line)
    if "HTTP" in line or "POST" in line or "@" in line:
        assert first.said == [TunnelUp(OWN)]


@pytest.mark.parametrize("preset", ["", "cpolar", "natapp"])
async def test_a_malformed_address_does_not_end_the_reading_of_output(preset: str) -> None:
    for line in ("url: https://[evil", "Tunnel established at https://[evil", "url: https://evil:99999999"):
        told = Told(preset, line, f"url: {OWN}", f"Tunnel established at {OWN}")
        assert told.said[-1] == TunnelUp(OWN)


async def test_of_an_address_only_the_address_is_taken() -> None:
    assert Told("", f"url: {OWN}/?authtoken=abcdefgh").said[-1] == TunnelUp(OWN)


async def test_an_error_is_reported_without_what_cannot_be_shown() -> None:
    [end] = Told("frpc", "login to the server failed: no\x1b]0;title\x07 \u202eway\r").said
    assert isinstance(end, TunnelEnd)
    assert str(end.values["reason"]).isprintable()


@pytest.mark.parametrize("answer", [b"SSH-2.0-OpenSSH_9.9\r\n", b"HTTP/1.1 200 OK\r\n\r\n" + b"[" * 60_000, b""])
async def test_the_page_of_another_program_gives_no_address(answer: bytes) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/quicktunnel"
        assert await asyncio.to_thread(_read_page, url) is None
