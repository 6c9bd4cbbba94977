"""Limits by minute and day, the IP list, the frozen secret, and what tells about them."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from msgspec.structs import replace

from tests.sandbox.worlds import ACCOUNT, CREDENTIALS, OPENID, HandClock
from wxdesk.sandbox.platform.errors import ApiRefusal
from wxdesk.sandbox.platform.program import SEND, STABLE_TOKEN, TOKEN, ProgramSettings
from wxdesk.sandbox.server import Sandbox

ASKED = {"grant_type": "client_credential", "appid": ACCOUNT.app_id, "secret": CREDENTIALS.app_secret}

type Ask = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
def ask(sandbox: Sandbox, http: aiohttp.ClientSession) -> Ask:
    """Call a path with a good token and a JSON body."""

    async def ask(path: str, **body: object) -> dict[str, Any]:
        token = sandbox.platform.tokens.stable(ACCOUNT.app_id)[0]
        raw = json.dumps(body, ensure_ascii=False).encode()
        answer: dict[str, Any] = json.loads(await (await http.post(f"{path}?access_token={token}", data=raw)).read())
        return answer

    return ask


@pytest.fixture
def send(sandbox: Sandbox, ask: Ask) -> Callable[..., Awaitable[int]]:
    async def send(openid: str = OPENID) -> int:
        await sandbox.say(openid, "在吗")
        return int((await ask(SEND, touser=openid, msgtype="text", text={"content": "好"}))["errcode"])

    return send


def configure(sandbox: Sandbox, **changes: Any) -> None:
    sandbox.platform.change("", settings=replace(sandbox.platform.program().settings, **changes))


async def test_calls_a_minute_are_limited(sandbox: Sandbox, send: Any, clock: HandClock) -> None:
    configure(sandbox, minutely={SEND: 2})
    clock.forward(seconds=50)
    assert [await send() for _ in range(3)] == [0, 0, 45011]
    clock.forward(seconds=10)
    assert await send() == 0


async def test_calls_a_minute_to_one_contact_are_limited(sandbox: Sandbox, send: Any, clock: HandClock) -> None:
    configure(sandbox, to_one_a_minute=2)
    assert [await send(), await send(), await send(), await send("o_another")] == [0, 0, 45011, 0]
    clock.forward(seconds=60)
    assert await send() == 0


async def test_calls_a_day_are_limited_until_midnight_in_beijing(sandbox: Sandbox, send: Any, clock: HandClock) -> None:
    configure(sandbox, daily={SEND: 2})  # it is 16:00 in Beijing
    assert [await send() for _ in range(3)] == [0, 0, 45009]
    clock.forward(hours=7, minutes=59)
    assert await send() == 45009
    clock.forward(minutes=1)
    assert await send() == 0


@pytest.mark.parametrize(("path", "limit"), [(TOKEN, 2000), (STABLE_TOKEN, 500_000), (SEND, 500_000)])
def test_the_default_limits_are_the_published_ones(path: str, limit: int) -> None:
    assert ProgramSettings().daily_limit(path) == limit
    assert ProgramSettings().minutely == {STABLE_TOKEN: 10_000}


async def test_the_quota_of_a_path_is_reported(sandbox: Sandbox, send: Any, ask: Ask) -> None:
    configure(sandbox, daily={SEND: 10})
    await send()
    await send()
    answer = await ask("/cgi-bin/openapi/quota/get", cgi_path=SEND)
    assert answer["quota"] == {"daily_limit": 10, "used": 2, "remain": 8}
    assert answer["rate_limit"] == {"call_count": 0, "refresh_second": 60}
    assert (await ask("/cgi-bin/openapi/quota/get", cgi_path="/cgi-bin/menu/create"))["errcode"] == 76021
    assert (await ask("/cgi-bin/openapi/quota/get", cgi_path="cgi-bin/message"))["errcode"] == 76003


async def test_the_daily_count_can_be_cleared_ten_times_a_month(
    sandbox: Sandbox, send: Any, ask: Ask, clock: HandClock
) -> None:
    configure(sandbox, daily={SEND: 1})
    assert (await ask("/cgi-bin/clear_quota", appid="wx0000000000000000"))["errcode"] == 40013
    for _ in range(10):
        assert [await send(), await send()] == [0, 45009]
        assert (await ask("/cgi-bin/clear_quota", appid=ACCOUNT.app_id))["errcode"] == 0
    assert (await ask("/cgi-bin/clear_quota", appid=ACCOUNT.app_id))["errcode"] == 48006
    clock.forward(days=31)
    assert (await ask("/cgi-bin/clear_quota", appid=ACCOUNT.app_id))["errcode"] == 0


async def test_the_daily_count_can_be_cleared_without_a_token(
    sandbox: Sandbox, http: aiohttp.ClientSession, send: Any
) -> None:
    configure(sandbox, daily={SEND: 1})
    assert [await send(), await send()] == [0, 45009]
    for secret, code in (("wrong", 40125), (CREDENTIALS.app_secret, 0)):
        asked = {"appid": ACCOUNT.app_id, "appsecret": secret}
        response = await http.post("/cgi-bin/clear_quota/v2", json=asked)
        assert json.loads(await response.read())["errcode"] == code
    assert await send() == 0
    assert CREDENTIALS.app_secret not in repr(sandbox.journal.calls)


@pytest.mark.parametrize(
    ("allowed", "seen_as", "code"),
    [
        (None, "203.0.113.7", None),
        (("203.0.113.0/24",), "203.0.113.7", None),
        (("127.0.0.1",), "", None),
        ((), "203.0.113.7", 40164),
        (("198.51.100.1", "198.51.100.2"), "203.0.113.7", 40164),
    ],
)
async def test_calls_from_outside_the_ip_list_are_refused(
    sandbox: Sandbox, http: aiohttp.ClientSession, allowed: Any, seen_as: str, code: int | None
) -> None:
    configure(sandbox, allowed_ips=allowed, seen_as=seen_as)
    for response in (
        await http.get(TOKEN, params=ASKED),
        await http.post(STABLE_TOKEN, json=ASKED),
    ):
        answer = json.loads(await response.read())
        assert answer.get("errcode") == code
        if code:
            assert answer["errmsg"].startswith(f"invalid ip {seen_as} ipv6 ::ffff:{seen_as}, not in whitelist rid: ")


async def test_a_frozen_secret_gets_no_token(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    configure(sandbox, secret_frozen=True)
    assert json.loads(await (await http.get(TOKEN, params=ASKED)).read())["errcode"] == 40243


async def test_a_flag_of_another_type_is_refused(http: aiohttp.ClientSession) -> None:
    answer = json.loads(await (await http.post(STABLE_TOKEN, json=ASKED | {"force_refresh": "true"})).read())
    assert answer["errcode"] == 47001


async def test_a_failed_call_is_explained_for_seven_days(
    sandbox: Sandbox, send: Any, ask: Ask, clock: HandClock
) -> None:
    sandbox.platform.contact(sandbox.platform.program(), OPENID).blocked = True
    assert await send() == 43019
    refused = sandbox.journal.calls[-1]
    explained = (await ask("/cgi-bin/openapi/rid/get", rid=refused.rid))["request"]
    assert json.loads(explained["request_body"])["touser"] == OPENID
    assert json.loads(explained["response_body"])["errcode"] == 43019
    assert explained["invoke_time"] == int(refused.at.timestamp())
    assert explained["request_url"] == "access_token=***"
    assert (await ask("/cgi-bin/openapi/rid/get", rid="0-0-0"))["errcode"] == 76001
    clock.forward(days=7, seconds=1)
    assert (await ask("/cgi-bin/openapi/rid/get", rid=refused.rid))["errcode"] == 76004
    with pytest.raises(ApiRefusal) as another:
        sandbox.journal.find(refused.rid, "another", clock())
    assert another.value.errcode == 76002


async def test_a_picture_of_another_mini_program_is_not_found(sandbox: Sandbox, ask: Ask) -> None:
    await sandbox.say(OPENID, "在吗")
    foreign = sandbox.platform.media.put(b"GIF89a..", app_id="wx0000000000000000").media_id
    answer = await ask(SEND, touser=OPENID, msgtype="image", image={"media_id": foreign})
    assert answer["errcode"] == 40007


async def test_agents_of_wechats_own_tool_are_listed(
    sandbox: Sandbox, http: aiohttp.ClientSession, clock: HandClock
) -> None:
    program = sandbox.platform.program()
    sandbox.platform.contact(program, OPENID).session.accept(clock())
    token = sandbox.platform.tokens.stable(ACCOUNT.app_id)[0]
    found: dict[str, Any] = {}
    for path in ("getkflist", "getonlinekflist"):
        response = await http.get(f"/cgi-bin/customservice/{path}?access_token={token}")
        found |= json.loads(await response.read())
    assert found["kf_list"][0]["kf_account"] == program.settings.kf_account
    assert (found["kf_online_list"][0]["status"], found["kf_online_list"][0]["accepted_case"]) == (1, 1)
