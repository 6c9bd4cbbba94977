"""Calls that a tunnel carries: to another address, but for the same host, and trusted by its name."""

import asyncio
import ssl
from pathlib import Path

import pytest
from aiohttp import web

from tests.certificates import NAME, Authority
from wxdesk.config.reading import WeChatSettings
from wxdesk.wechat import http
from wxdesk.wechat.http import ApiHttp


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_call_goes_into_the_tunnel_for_wechats_own_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    authority = Authority(tmp_path)
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # checks the name as well
    trusting.load_verify_locations(str(authority.roots))
    monkeypatch.setattr(http, "authorities", lambda: trusting)
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(f"{request.headers['Host']}{request.path_qs}")
        return web.json_response({"errcode": 0})

    app = web.Application()
    app.router.add_post("/{rest:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=authority.context() if scheme == "https" else None).start()
    way_out = asyncio.Event()

    async def route() -> tuple[str, int]:
        await way_out.wait()
        return "127.0.0.1", int(runner.addresses[0][1])

    api = ApiHttp(WeChatSettings(f"{scheme}://{NAME}", "http://127.0.0.1:9"), deadline=5.0, on_date=lambda _: None)
    api.route = route
    asyncio.get_running_loop().call_soon(way_out.set)
    sent = await api.post("/cgi-bin/message/custom/send", {"access_token": "t"}, b"{}")
    assert (sent.errcode, asked) == (0, [f"{NAME}/cgi-bin/message/custom/send?access_token=t"])
    await api.close()
    await runner.cleanup()
