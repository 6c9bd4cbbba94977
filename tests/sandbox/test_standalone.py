"""`wxdesk sandbox` as a process of its own: any push URL, own secrets, mode and format, and a script."""

import asyncio
import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from wechatpy import parse_message
from wechatpy.crypto import WeChatCrypto

from tests.sandbox.worlds import OPENID, listening
from tests.test_papers import ROOT
from wxdesk.core.errors import BadInput
from wxdesk.sandbox.server import Sandbox
from wxdesk.sandbox.standalone import SandboxOptions, run_sandbox

SECRETS = {
    "APP_SECRET": "0123456789abcdef0123456789abcdef",
    "PUSH_TOKEN": "mytoken",
    "ENCODING_AES_KEY": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
}
APP_ID = "wx0123456789abcdef"


async def started(tmp_path: Path, *options: str, **environment: str) -> tuple[asyncio.subprocess.Process, Any]:
    command = (sys.executable, "-m", "wxdesk", "--home", str(tmp_path), "sandbox", *options)
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, env=os.environ | environment
    )
    assert process.stdout is not None
    return process, json.loads(await process.stdout.readline())


async def test_the_first_line_tells_all_that_a_desk_needs(tmp_path: Path) -> None:
    process, line = await started(tmp_path)
    try:
        assert line["event"] == "listening"
        assert line["control"] == line["url"] + "/control"
        assert {"api_base", "name", "app_id", "original_id", "push_mode", "format"} <= line.keys()
        assert {f"WXDESK_SHOP_{name}" for name in SECRETS} <= line.keys()
        for name in ("docs/sandbox.md", "docs/sandbox.zh-CN.md"):
            [shown] = re.findall(r"^    (\{.event.*), …\}$", (ROOT / name).read_text("utf-8"), re.MULTILINE)
            assert list(line)[: shown.count('":')] == re.findall(r'"(\w+)":', shown)
        async with aiohttp.ClientSession() as http, http.get(line["control"]) as page:
            assert page.status == 200
    finally:
        process.terminate()
        await process.wait()


async def test_the_sandbox_takes_own_secrets_and_any_push_url(tmp_path: Path) -> None:
    async with listening() as ears:
        script = tmp_path / "orders.jsonl"
        order = json.dumps({"do": "message", "openid": OPENID, "content": "在吗"})
        script.write_text(f"# a customer writes\n\n{order}\n", encoding="utf-8")
        process, line = await started(
            tmp_path,
            *("--push-url", ears.url + "?tenant=7", "--app-id", APP_ID, "--format", "xml", "--name", "my-shop"),
            *("--script", str(script), "--push-token", SECRETS["PUSH_TOKEN"]),
            WXDESK_MY_SHOP_APP_SECRET=SECRETS["APP_SECRET"],
            WXDESK_MY_SHOP_ENCODING_AES_KEY=SECRETS["ENCODING_AES_KEY"],
        )
        try:
            await ears.heard(1)
        finally:
            process.terminate()
            await process.wait()
    assert not [name for name, value in SECRETS.items() if value in json.dumps(line)]
    (got,) = ears.got
    assert got.query["tenant"] == "7"
    crypto = WeChatCrypto(SECRETS["PUSH_TOKEN"], SECRETS["ENCODING_AES_KEY"], APP_ID)
    inner = crypto.decrypt_message(got.body, got.query["msg_signature"], got.query["timestamp"], got.query["nonce"])
    assert parse_message(inner).content == "在吗"


async def test_senseless_options_are_reported(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="43"):
        await run_sandbox(0, SandboxOptions(encoding_aes_key="short"))
    bad = tmp_path / "bad.jsonl"
    for text in ("{", '{"do": "dance"}'):
        bad.write_text(text, encoding="utf-8")
        with pytest.raises(BadInput):
            await run_sandbox(0, SandboxOptions(), script=bad)
    with pytest.raises(BadInput):
        await run_sandbox(0, SandboxOptions(), script=tmp_path / "none.jsonl")


@pytest.mark.parametrize(("host", "named"), [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("::1", "[::1]")])  # noqa: S104
async def test_the_sandbox_listens_where_told_and_is_steered_from_there_only(host: str, named: str) -> None:
    sandbox = Sandbox(host=host)
    try:
        url = await sandbox.start()
        assert url.startswith(f"http://{named}:")
        async with aiohttp.ClientSession(url) as http:
            assert (await http.get("/control/state")).status == 200
            foreign = {"Host": "wechat.test:80"}
            assert (await http.get("/control/state", headers=foreign)).status == (200 if host == "0.0.0.0" else 403)  # noqa: S104
            crossing = {"Origin": "https://evil.example"}
            assert (await http.post("/control/fault", json={}, headers=crossing)).status == 403
    finally:
        await sandbox.stop()
