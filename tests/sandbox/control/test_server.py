"""The strings over HTTP: customers, faults, tokens and push URLs."""

import json
import re
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.sandbox import pictures
from tests.sandbox.worlds import ACCOUNT, CREDENTIALS, OPENID, HandClock, listening
from wxdesk.sandbox.control import server as control
from wxdesk.sandbox.platform.errors import ApiRefusal
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault
from wxdesk.sandbox.platform.program import ProgramSettings
from wxdesk.sandbox.push.pusher import Attempt
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


async def test_sent_replies_are_listed_with_their_contacts(
    sandbox: Sandbox, http: aiohttp.ClientSession, clock: HandClock
) -> None:
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
    with pytest.raises(ApiRefusal) as refused:
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
        ("message", '{"openid":"o1","contents":"misspelt"}'),
        ("clock", '{"forward":-1}'),
        ("settings", '{"settings":{"risky":["a"]}}'),
        ("settings", '{"settings":{"seen_as":"nowhere"}}'),
        ("settings", '{"settings":{"allowed_ips":["1.2.3.4/99"]}}'),
        ("settings", '{"settings":{"to_one_a_minute":"many"}}'),
        ("script", '{"steps":[{"do":"nothing"}]}'),
        ("tool", '{"openid":"o1","do":"sleep"}'),
        ("fault", '{"kind":"earthquake"}'),
        ("expire_token", '{"account":"nobody"}'),
    ],
)
async def test_senseless_orders_are_refused(http: aiohttp.ClientSession, path: str, body: str) -> None:
    assert (await http.post(f"/control/{path}", data=body)).status == 400
    assert (await http.get("/control/sent?after=x")).status == 400


async def look(http: aiohttp.ClientSession, path: str) -> dict[str, Any]:
    answer: dict[str, Any] = await (await http.get(f"/control/{path}")).json()
    return answer


async def test_the_clock_can_be_forwarded_by_hours(
    sandbox: Sandbox, http: aiohttp.ClientSession, clock: HandClock
) -> None:
    await pull(http, "message", openid=OPENID, content="在吗")
    token = sandbox.platform.tokens.stable(ACCOUNT.app_id)[0]
    picture = sandbox.platform.media.put(b"GIF89a..").media_id
    told = await pull(http, "clock", forward=48 * 3600)
    assert told["now"].startswith("2026-03-03T08:00:00")
    assert (await look(http, "state"))["ahead_seconds"] == 48 * 3600
    with pytest.raises(ApiRefusal, match="42001"):
        sandbox.platform.tokens.owner(token)
    with pytest.raises(ApiRefusal, match="45015"):
        send(sandbox)
    assert sandbox.platform.media.get(picture)
    await pull(http, "clock", forward=24 * 3600)
    with pytest.raises(ApiRefusal, match="40007"):
        sandbox.platform.media.get(picture)


async def test_an_own_picture_of_a_customer_is_sent(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    async with listening() as ears:
        sandbox.set_push_url(ears.url)
        response = await http.post(f"/control/picture?openid={OPENID}", data=pictures.cover())
        assert (await response.json())["accepted"]
    (line,) = (await look(http, f"chat?openid={OPENID}"))["chat"]
    assert (line["side"], line["kind"]) == ("contact", "image")
    shown = await http.get(f"/pictures/{line['content']['media_id']}")
    assert await shown.read() == pictures.cover()
    assert (await http.post(f"/control/picture?openid={OPENID}", data=b"%PDF")).status == 400
    assert (await http.post("/control/picture", data=pictures.cover())).status == 400


async def test_the_chat_shows_what_is_on_the_customers_phone(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    await pull(http, "enter", openid=OPENID, session_from="goods/1024")
    await pull(http, "message", openid=OPENID, content="在吗")
    send(sandbox, "在的")
    typing = json.dumps({"touser": OPENID, "command": "Typing"}).encode()
    sandbox.platform.type(sandbox.platform.program(), typing)
    told = await look(http, f"chat?openid={OPENID}")
    assert [(line["side"], line["kind"], line["content"]["content"]) for line in told["chat"]] == [
        ("notice", "enter", "goods/1024"),
        ("contact", "text", "在吗"),
        ("shop", "text", "在的"),
    ]
    assert {name: told["customer"][name] for name in ("left", "open", "typing", "session", "blocked")} == {
        "left": 4,
        "open": True,
        "typing": True,
        "session": "none",
        "blocked": False,
    }
    assert (await http.get("/control/chat?account=nobody&openid=o1")).status == 400


async def test_contacts_can_be_blocked_and_refuse_messages(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    await pull(http, "message", openid=OPENID, content="在吗")
    assert (await pull(http, "customer", openid=OPENID, blocked=True))["blocked"]
    with pytest.raises(ApiRefusal, match="43019"):
        send(sandbox)
    told = await pull(http, "customer", openid=OPENID, blocked=False, refuses=True)
    assert (told["blocked"], told["refuses"]) == (False, True)
    with pytest.raises(ApiRefusal, match="48002"):
        send(sandbox)


async def test_the_tool_can_take_and_release_customers(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    assert await pull(http, "tool", openid=OPENID, do="accept") == {"ok": True}
    assert await pull(http, "tool", openid=OPENID, do="accept") == {"ok": False}
    await pull(http, "tool", openid=OPENID, do="say", content="我是客服")
    told = await look(http, f"chat?openid={OPENID}")
    assert (told["customer"]["session"], told["chat"][0]["side"]) == ("open", "tool")
    assert await pull(http, "tool", openid=OPENID, do="close") == {"ok": True}


async def test_settings_change_one_by_one(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    await pull(http, "message", openid=OPENID, content="在吗")
    await pull(http, "settings", settings={"risky_words": ["赌"], "escapes": "literal"})
    told = await pull(http, "settings", settings={"to_one_a_minute": 1})
    assert (told["settings"]["risky_words"], told["settings"]["escapes"]) == (["赌"], "literal")
    with pytest.raises(ApiRefusal, match="87014"):
        send(sandbox, "赌一把")
    send(sandbox, "好")
    with pytest.raises(ApiRefusal, match="45011"):
        send(sandbox, "好的")


async def test_the_state_shows_everything_but_secrets(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    asked = {"grant_type": "client_credential", "appid": ACCOUNT.app_id, "secret": CREDENTIALS.app_secret}
    token = json.loads(await (await http.post("/cgi-bin/stable_token", json=asked)).read())["access_token"]
    await http.get("/cgi-bin/token", params=asked)
    body = json.dumps({"touser": OPENID, "msgtype": "text", "text": {"content": "好"}}, ensure_ascii=False)
    async with listening((200, "success"), (200, "<p>no</p>")) as ears:
        sandbox.set_push_url(ears.url)
        await pull(http, "message", openid=OPENID, content="在吗")
        for _ in range(2):
            await http.post(f"/cgi-bin/message/custom/send?access_token={token}", data=body.encode())
        await pull(http, "message", openid=OPENID, content="还在吗")
    state, calls, pushes = await look(http, "state"), await look(http, "calls"), await look(http, "pushes?after=1")
    assert state["counters"] == {"delivered": 2, "doubled": 1, "pushed": 2, "push_failed": 1}
    assert state["accounts"][0]["app_id"] == ACCOUNT.app_id
    assert [call["path"].rpartition("/")[2] for call in calls["calls"]] == ["stable_token", "token", "send", "send"]
    assert (calls["calls"][2]["asked"], calls["calls"][2]["errcode"]) == (body, 0)
    (failed,) = pushes["pushes"]
    assert (failed["understood"], len(failed["attempts"])) == ("wrong", 3)
    assert failed["reason"] == "neither success nor JSON, the format of the push"
    page = "".join([await (await http.get("/control")).text(), json.dumps([state, calls, pushes])])
    secrets = (CREDENTIALS.app_secret, CREDENTIALS.push_token, CREDENTIALS.encoding_aes_key, token)
    assert not [secret for secret in secrets if secret in page]


async def test_several_orders_are_carried_out_in_order(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    async with listening() as ears:
        steps = [
            {"do": "push_url", "url": ears.url},
            {"do": "fault", "kind": "duplicate"},
            {"do": "message", "openid": OPENID, "content": "在吗", "after": 0.01},
            {"do": "clock", "forward": 3600},
        ]
        told = (await pull(http, "script", steps=steps))["told"]
        assert len(ears.got) == 2
    assert told[0] == {"ok": True}
    assert len(told[2]["attempts"]) == 2


async def test_the_page_and_its_files_come_from_here_alone(http: aiohttp.ClientSession) -> None:
    page = await http.get("/control")
    assert page.content_type == "text/html"
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self';")
    text = await page.text()
    assert "//" not in text.replace("<!doctype html>", "")
    for name, kind in (("control.css", "text/css"), ("control.js", "text/javascript")):
        assert f"/control/{name}" in text
        file = await http.get(f"/control/{name}")
        assert (file.status, file.content_type) == (200, kind)
        words = await file.text()
        assert "http:" not in words
        assert "https:" not in words
        assert "innerHTML" not in words


async def test_the_page_itself_may_steer_and_no_other(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    for origin, status in ((sandbox.url, 200), ("http://127.0.0.1:1", 403), ("null", 403)):
        response = await http.post("/control/fault", json={}, headers={"Origin": origin})
        assert response.status == status


def test_replies_sent_twice_are_counted(sandbox: Sandbox) -> None:
    program = sandbox.platform.program()
    contact = sandbox.platform.contact(program, OPENID)
    sandbox.platform.wrote(program, OPENID, "text", {"content": "在吗"})
    send(sandbox, "您好")
    send(sandbox, "请稍等")
    assert contact.doubled == 0
    send(sandbox, "您好")
    assert contact.doubled == 1
    sandbox.platform.wrote(program, OPENID, "text", {"content": "在吗"})
    send(sandbox, "您好")  # to another message, and so no double
    sandbox.platform.entered(program, OPENID)
    send(sandbox, "您好")
    assert contact.doubled == 1


async def test_a_picture_can_be_gone_when_it_is_asked_for(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    async with listening() as ears:
        sandbox.set_push_url(ears.url)
        assert (await pull(http, "message", openid=OPENID, type="image", media_id="gone"))["accepted"]
    token = sandbox.platform.tokens.stable(ACCOUNT.app_id)[0]
    answer = await http.get(f"/cgi-bin/media/get?access_token={token}&media_id=gone")
    assert json.loads(await answer.read())["errcode"] == 40007


@pytest.mark.parametrize("place", ["docs/sandbox.md", "docs/sandbox.zh-CN.md", "resources/sandbox/control.js"])
def test_every_fault_is_described(place: str) -> None:
    text = (Path(__file__).parents[3] / place).read_text(encoding="utf-8")
    described = set(re.findall(r"\w+", text))
    assert {kind.value for kind in FaultKind} <= described
    if place.endswith(".md"):
        assert {*ProgramSettings.__struct_fields__, *SimulatedFault.__struct_fields__} <= described
        assert {*Attempt.__struct_fields__} <= described
        assert set(re.findall(r"/control/(\w+)", control.__doc__ or "")) <= described
