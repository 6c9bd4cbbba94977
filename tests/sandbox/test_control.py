"""The strings over HTTP: customers, faults, tokens and push URLs."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
import pytest

from tests.sandbox.worlds import ACCOUNT, OPENID, HandClock, listening
from wxdesk.sandbox.refusal import Refusal
from wxdesk.sandbox.server import Sandbox


async def pull(http: aiohttp.ClientSession, path: str, **asked: object) -> dict[str, Any]:
    response = await http.post(f"/control/{path}", json=asked)
    assert response.status == 200, await response.text()
    answer: dict[str, Any] = await response.json()
    return answer


def send(sandbox: Sandbox, text: str = "您好") -> None:
    body = {"touser": OPENID, "msgtype": "text", "text": {"content": text}}
    sandbox.platform.send(sandbox.platform.program(), json.dumps(body, ensure_ascii=False).encode())


async def test_a_customer_writes(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    async with listening() as ears:
        await pull(http, "push_url", url=ears.url)
        for asked in (
            {"content": "请问几点关门"},
            {"type": "image"},
            {"type": "card", "title": "茶具", "page_path": "pages/a"},
        ):
            answer = await pull(http, "message", openid=OPENID, account="shop", **asked)
            assert (answer["accepted"], answer["answer"], len(answer["attempts"])) == (True, "success", 1)
        await pull(http, "enter", openid=OPENID, session_from="goods/1024")
        await pull(http, "push", openid=OPENID, fields={"MsgType": "event", "Event": "debug_demo", "debug_str": "hi"})
    assert len(ears.got) == 5


async def test_what_was_sent_and_to_whom(sandbox: Sandbox, http: aiohttp.ClientSession, clock: HandClock) -> None:
    await sandbox.say(OPENID, "在吗")
    send(sandbox, "一")
    send(sandbox, "二")
    sent = await (await http.get("/control/sent?after=1")).json()
    assert sent == {
        "sent": [
            {
                "number": 2,
                "at": clock().isoformat().replace("+00:00", "Z"),
                "account": "shop",
                "openid": OPENID,
                "msgtype": "text",
                "content": {"content": "二"},
            }
        ]
    }
    (customer,) = (await (await http.get("/control/customers")).json())["customers"]
    assert (customer["account"], customer["openid"], customer["left"]) == ("shop", OPENID, 3)
    assert customer["until"].startswith("2026-03-03T08:00:00")


async def test_faults_come_as_often_as_asked(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    await pull(http, "fault", kind="errcode", call="check", errcode=45011, times=2)
    answer = await pull(http, "fault", kind="gateway", call="check")
    assert [fault["kind"] for fault in answer["planned"]] == ["errcode", "gateway"]
    token = sandbox.platform.tokens.stable(ACCOUNT.app_id)[0]
    url = f"/cgi-bin/getcallbackip?access_token={token}"
    statuses, codes = [], []
    for _ in range(4):
        response = await http.get(url)
        statuses.append(response.status)
        codes.append(json.loads(await response.read()).get("errcode") if response.status == 200 else None)
    assert statuses == [200, 200, 502, 200]
    assert codes == [45011, 45011, None, None]


async def test_faults_can_be_taken_back(http: aiohttp.ClientSession) -> None:
    await pull(http, "fault", kind="errcode", times=None)
    assert await pull(http, "fault", clear=True) == {"planned": []}


async def test_an_answer_can_be_late(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    await pull(http, "fault", kind="latency", call="check", milliseconds=150)
    token = sandbox.platform.tokens.stable(ACCOUNT.app_id)[0]
    with pytest.raises(TimeoutError):
        await http.get(f"/cgi-bin/getcallbackip?access_token={token}", timeout=aiohttp.ClientTimeout(total=0.05))
    assert (await http.get(f"/cgi-bin/getcallbackip?access_token={token}")).status == 200


@pytest.mark.parametrize(("kind", "arrivals"), [("drop", 0), ("duplicate", 2)])
async def test_pushes_can_be_lost_or_doubled(
    sandbox: Sandbox, http: aiohttp.ClientSession, kind: str, arrivals: int
) -> None:
    async with listening() as ears:
        sandbox.set_push_url(ears.url)
        await pull(http, "fault", kind=kind)
        await pull(http, "message", openid=OPENID, content="在吗")
        assert len(ears.got) == arrivals
        await pull(http, "message", openid=OPENID, content="在吗")
        assert len(ears.got) == arrivals + 1


@pytest.mark.parametrize(("how", "code"), [("expire", 42001), ("revoke", 40001)])
async def test_tokens_can_be_ended(sandbox: Sandbox, http: aiohttp.ClientSession, how: str, code: int) -> None:
    token = sandbox.platform.tokens.stable(ACCOUNT.app_id)[0]
    await pull(http, "expire_token", how=how)
    with pytest.raises(Refusal) as refused:
        sandbox.platform.tokens.owner(token)
    assert refused.value.errcode == code


async def test_a_push_url_is_only_saved_if_it_answers(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    async with listening((200, "success")) as ears:
        assert await pull(http, "push_url", url=ears.url, verify=True) == {"ok": False}
    assert sandbox.platform.program().push_url == ""


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("message", "{"),
        ("message", "{}"),
        ("message", '{"openid":"o1","type":"sound"}'),
        ("message", '{"openid":"o1","account":"nobody"}'),
        ("fault", '{"kind":"earthquake"}'),
        ("expire_token", '{"account":"nobody"}'),
    ],
)
async def test_what_makes_no_sense_is_refused(http: aiohttp.ClientSession, path: str, body: str) -> None:
    assert (await http.post(f"/control/{path}", data=body)).status == 400
    assert (await http.get("/control/sent?after=x")).status == 400
