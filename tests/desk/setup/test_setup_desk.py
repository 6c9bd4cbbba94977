"""An account's own values are judged by shape and by a token of WeChat's, and each change of a fact is told."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.wechat.worlds import ACCOUNT, CREDENTIALS, Heard, client_to
from wxdesk.core.events import ApiCalled, ListenerChanged, SetupChanged
from wxdesk.core.model.account import Account, PushMode
from wxdesk.core.setup.facts import SetupFact
from wxdesk.core.setup.verdicts import CheckVerdict
from wxdesk.core.wechat.credentials import Credentials
from wxdesk.desk.setup.setup_desk import SetupDesk
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault
from wxdesk.sandbox.server import Sandbox
from wxdesk.wechat.client import WeChatClient

V = CheckVerdict
AT = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    made = Sandbox()
    await made.start()
    yield made
    await made.stop()


def desk_on(
    client: WeChatClient,
    api_base: str,
    heard: Heard,
    account: Account = ACCOUNT,
    credentials: Credentials = CREDENTIALS,
) -> SetupDesk:
    return SetupDesk({account.name: account}, {account.name: credentials}, client, api_base, heard, lambda: AT)


@pytest.mark.parametrize(
    ("errcode", "errmsg", "verdict"),
    [
        (40013, "invalid appid", V.APP_ID_WRONG),
        (40001, "invalid credential", V.APP_SECRET_WRONG),
        (40125, "invalid appsecret", V.APP_SECRET_WRONG),
        (41004, "appsecret missing", V.APP_SECRET_WRONG),
        (40243, "appsecret is frozen", V.APP_SECRET_FROZEN),
        (40164, "invalid ip 198.51.100.9 ipv6 ::ffff:198.51.100.9, not in whitelist", V.IP_NOT_LISTED),
        (45009, "reach max api daily quota limit", V.TOKEN_QUOTA),
        (45011, "api minute-quota reach limit", V.TOKEN_QUOTA),
        (89503, "此次调用需要管理员确认", V.IP_CONFIRMATION),
        (50002, "user limited", V.API_REFUSED),
    ],
)
async def test_each_refusal_of_a_token_has_its_verdict(
    sandbox: Sandbox, errcode: int, errmsg: str, verdict: CheckVerdict
) -> None:
    heard = Heard()
    async with client_to(sandbox.url, heard) as client:
        desk = desk_on(client, sandbox.url, heard)
        sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, "token", times=None, errcode=errcode, text=errmsg))
        found = await desk.check_mini_program("shop")
        tried = await desk.try_credentials(ACCOUNT.app_id, CREDENTIALS.app_secret)
    assert (found.verdict, tried.verdict) == (verdict, verdict)
    assert found.values["code"] == str(errcode)
    assert verdict is not V.IP_NOT_LISTED or found.values["address"] == "198.51.100.9"
    assert desk.state.account("shop").finding(SetupFact.MINI_PROGRAM) == found
    assert heard.of(SetupChanged) == [SetupChanged("shop")] * 2  # its secrets, then its token


async def test_right_values_fetch_a_token_and_trying_them_keeps_nothing(sandbox: Sandbox) -> None:
    heard = Heard()
    async with client_to(sandbox.url, heard) as client:
        desk = desk_on(client, sandbox.url, heard, credentials=replace(CREDENTIALS, app_secret="0" * 32))
        assert (await desk.try_credentials(ACCOUNT.app_id, CREDENTIALS.app_secret)).verdict is V.OK
        assert desk.state.account("shop").finding(SetupFact.MINI_PROGRAM).verdict is V.UNKNOWN
        desk = desk_on(client, sandbox.url, heard)
        assert (await desk.check_mini_program("shop")).verdict is V.OK


async def test_what_the_desk_does_anyway_keeps_the_fact_up_to_date(sandbox: Sandbox) -> None:
    heard = Heard()
    async with client_to(sandbox.url, heard) as client:
        desk = desk_on(client, sandbox.url, heard)
        desk.hear(ApiCalled("shop", "stable_token", "40125 the app secret is wrong", AT, 3.0, errmsg="invalid"))
        assert desk.state.account("shop").finding(SetupFact.MINI_PROGRAM).verdict is V.APP_SECRET_WRONG
        desk.hear(ApiCalled("shop", "stable_token", "0 ok", AT, 3.0))
        assert desk.state.account("shop").finding(SetupFact.MINI_PROGRAM).verdict is V.OK
        desk.hear(ApiCalled("", "stable_token", "40013 the app id is wrong", AT, 3.0))
        assert [one.account for one in desk.state.accounts] == ["shop"]


async def test_an_unknown_name_is_told_apart_from_a_dead_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    heard = Heard()
    async with client_to("http://127.0.0.1:1", heard) as client:
        dead = await desk_on(client, "http://127.0.0.1:1", heard).check_mini_program("shop")

    def nothing(*_: object, **__: object) -> object:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nothing)
    async with client_to("http://api.weixin.example", heard) as client:
        unknown = await desk_on(client, "http://api.weixin.example", heard).check_mini_program("shop")
    assert (dead.verdict, dead.values["reason"]) == (V.API_UNREACHABLE, "WeChat cannot be reached")
    assert (unknown.verdict, unknown.values["host"]) == (V.API_UNREACHABLE, "api.weixin.example")
    assert unknown.values["reason"] == "WeChat cannot be reached: its name leads to no address"


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        ({}, V.OK),
        ({"push_token": ""}, V.SECRET_MISSING),
        ({"encoding_aes_key": ""}, V.SECRET_MISSING),
        ({"push_token": "a b"}, V.TOKEN_ILLEGAL),
        ({"encoding_aes_key": "k" * 42}, V.AES_KEY_ILLEGAL),
        ({"push_token": CREDENTIALS.encoding_aes_key, "encoding_aes_key": CREDENTIALS.push_token}, V.SECRETS_SWAPPED),
    ],
)
async def test_token_and_key_are_judged_by_their_shape(given: dict[str, str], verdict: CheckVerdict) -> None:
    heard = Heard()
    async with client_to("http://127.0.0.1:1", heard) as client:
        desk = desk_on(client, "http://127.0.0.1:1", heard, credentials=replace(CREDENTIALS, **given))
    assert desk.state.account("shop").finding(SetupFact.MESSAGE_PUSH).verdict is verdict


async def test_plain_mode_needs_no_key_and_is_warned_of() -> None:
    heard, account = Heard(), replace(ACCOUNT, push_mode=PushMode.PLAIN)
    async with client_to("http://127.0.0.1:1", heard) as client:
        desk = desk_on(client, "http://127.0.0.1:1", heard, account, replace(CREDENTIALS, encoding_aes_key=""))
    assert desk.state.account("shop").finding(SetupFact.MESSAGE_PUSH).verdict is V.PLAIN_MODE


async def test_a_missing_app_secret_is_no_question_for_wechat() -> None:
    heard = Heard()
    async with client_to("http://127.0.0.1:1", heard) as client:
        desk = desk_on(client, "http://127.0.0.1:1", heard, credentials=replace(CREDENTIALS, app_secret=""))
        found = await desk.check_mini_program("shop")
    values = {"name": "AppSecret", "key": "app_secret", "variable": "WXDESK_SHOP_APP_SECRET"}
    assert (found.verdict, found.values) == (V.SECRET_MISSING, values)
    assert heard.of(ApiCalled) == []


async def test_the_lamp_names_what_keeps_messages_away() -> None:
    heard = Heard()
    async with client_to("http://127.0.0.1:1", heard) as client:
        desk = desk_on(client, "http://127.0.0.1:1", heard)
        assert desk.state.lamp.verdict is V.NOT_LISTENING
        desk.hear(ListenerChanged("http://127.0.0.1:8765"))
        assert desk.state.lamp.verdict is V.UNKNOWN
        await desk.check_mini_program("shop")
        assert desk.state.lamp.verdict is V.API_UNREACHABLE


async def test_wechat_tells_whether_the_console_has_a_url(sandbox: Sandbox) -> None:
    heard = Heard()
    async with client_to(sandbox.url, heard) as client:
        assert not await client.has_saved_url(ACCOUNT)
        sandbox.set_push_url("http://127.0.0.1:1/wx/shop")
        assert await client.has_saved_url(ACCOUNT)
    assert [call.outcome for call in heard.of(ApiCalled)][-2:] == [
        "40201 no push URL is saved in the mini program's console",
        "0 ok",
    ]
