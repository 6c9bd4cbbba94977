"""A server in WeChat's place that cannot prove its name: it hears not a word of a call, and the operator why.

A right one is asked: test_through_tunnel.py.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.certificates import NAME, Authority
from wxdesk.core.errors import NotSent
from wxdesk.core.system_failures import FOREIGN_CERTIFICATE
from wxdesk.wechat import http
from wxdesk.wechat.http import ApiHttp

WRONG: dict[str, Callable[[Authority], ssl.SSLContext]] = {
    "signed by itself": Authority.self_signed,
    "of another name": lambda authority: authority.context("other.example.com"),
    "run out": lambda authority: authority.context(days=-1),
    "without its chain": lambda authority: authority.context(chain=False),
}


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("trusted", [True, False], ids=["our authority", "the public ones"])
async def test_nothing_is_said_to_a_server_that_cannot_prove_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: str, trusted: bool
) -> None:
    authority = Authority(tmp_path)
    if trusted:  # so that only what is wrong with the certificate counts
        trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        trusting.load_verify_locations(str(authority.roots))
        monkeypatch.setattr(http, "authorities", lambda: trusting)
    heard = bytearray()

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.extend(await reader.read())
        writer.close()

    server = await asyncio.start_server(hear, "127.0.0.1", 0, ssl=WRONG[wrong](authority))

    async def here() -> tuple[str, int]:
        return "127.0.0.1", int(server.sockets[0].getsockname()[1])

    api = ApiHttp(f"https://{NAME}", deadline=5.0, hear_date=lambda _: None)
    api.route = here
    with pytest.raises(NotSent, match=FOREIGN_CERTIFICATE):
        await api.post("/cgi-bin/message/custom/send", {"access_token": "t"}, b"{}")
    await api.close()
    server.close()
    await server.wait_closed()
    assert heard == b""
