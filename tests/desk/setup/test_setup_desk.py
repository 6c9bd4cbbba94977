"""An account's own values are judged by shape and by a token of WeChat's, and each change of a fact is told."""

import asyncio
import dataclasses
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from msgspec.structs import replace

from tests.certificates import Authority
from tests.desk.setup.worlds import AT, PUBLIC_URL, SetupWorld, setup_world
from tests.wechat.serving import serving
from tests.wechat.worlds import ACCOUNT, CREDENTIALS, Heard, client_to
from wxdesk.core.events import ApiCalled, ConfigurationChanged, ListenerChanged, SetupChanged
from wxdesk.core.model.account import Account, PushMode
from wxdesk.core.setup.facts import SETUP_STEPS, judged_before
from wxdesk.core.setup.findings import Check, CheckVerdict, Finding
from wxdesk.core.wechat.credentials import Credentials
from wxdesk.desk.setup.sentences import text
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault
from wxdesk.sandbox.server import Sandbox

DEAD = "http://127.0.0.1:1"
V = CheckVerdict


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    made = Sandbox()
    await made.start()
    yield made
    await made.stop()


@asynccontextmanager
async def desk_at(
    home: Path, url: str = DEAD, account: Account = ACCOUNT, credentials: Credentials = CREDENTIALS
) -> AsyncIterator[SetupWorld]:
    """A set-up desk whose WeChat is at `url`."""
    heard = Heard()
    async with (
        client_to(url, heard, account=account, credentials=credentials) as client,
        setup_world(home, client, url, {"shop": (account, credentials)}, heard) as world,
    ):
        yield world


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
    sandbox: Sandbox, tmp_path: Path, errcode: int, errmsg: str, verdict: CheckVerdict
) -> None:
    sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, "token", times=None, errcode=errcode, text=errmsg))
    async with desk_at(tmp_path, sandbox.url) as world:
        world.heard.events.clear()
        found = await world.desk.check_mini_program("shop")
        tried = await world.desk.try_credentials(ACCOUNT.app_id, CREDENTIALS.app_secret)
    assert (found.verdict, tried.verdict) == (verdict, verdict)
    assert found.values["code"] == str(errcode)
    assert verdict is not V.IP_NOT_LISTED or found.values["address"] == "198.51.100.9"
    assert world.desk.state.account("shop").finding(Check.API) == found
    assert world.heard.of(SetupChanged) == [SetupChanged("shop")]


async def test_right_values_fetch_a_token_and_trying_them_keeps_nothing(sandbox: Sandbox, tmp_path: Path) -> None:
    wrong = dataclasses.replace(CREDENTIALS, app_secret="0" * 32)
    async with desk_at(tmp_path / "a", sandbox.url, credentials=wrong) as world:
        assert (await world.desk.try_credentials(ACCOUNT.app_id, CREDENTIALS.app_secret)).verdict is V.OK
        assert world.verdict(Check.API) is V.UNKNOWN
    async with desk_at(tmp_path / "b", sandbox.url) as world:
        assert (await world.desk.check_mini_program("shop")).verdict is V.OK


async def test_a_check_asks_wechat_although_a_token_is_held(sandbox: Sandbox, tmp_path: Path) -> None:
    async with desk_at(tmp_path, sandbox.url) as world:
        assert (await world.desk.check_mini_program("shop")).verdict is V.OK
        sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, "token", errcode=40125, text="invalid appsecret"))
        assert (await world.desk.check_mini_program("shop")).verdict is V.APP_SECRET_WRONG  # reset in the console
        assert (await world.desk.check_mini_program("shop")).verdict is V.OK


async def test_ordinary_token_fetches_keep_the_fact_up_to_date(tmp_path: Path) -> None:
    async with desk_at(tmp_path) as world:
        world.desk.on_event(
            ApiCalled("shop", "stable_token", "40125 the app secret is wrong", AT, 3.0, errmsg="invalid")
        )
        assert world.verdict(Check.API) is V.APP_SECRET_WRONG
        world.desk.on_event(ApiCalled("shop", "stable_token", "0 ok", AT, 3.0))
        assert world.verdict(Check.API) is V.OK
        world.desk.on_event(ApiCalled("", "stable_token", "40013 the AppID is wrong", AT, 3.0))
        assert [one.account for one in world.desk.state.accounts] == ["shop"]


async def test_an_unknown_name_is_told_apart_from_a_dead_connection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk_at(tmp_path / "a") as world:
        dead = await world.desk.check_mini_program("shop")

    def nothing(*_: object, **__: object) -> object:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nothing)
    async with desk_at(tmp_path / "b", "http://api.weixin.example") as world:
        unknown = await world.desk.check_mini_program("shop")
    assert {dead.verdict, unknown.verdict} == {V.API_UNREACHABLE}
    assert text(dead) == f"This computer cannot reach {dead.values['host']}."
    assert text(unknown) == "This computer cannot reach api.weixin.example: its name leads to no address"


async def test_a_proxy_that_opens_the_encryption_is_named(tmp_path: Path) -> None:
    server = await asyncio.start_server(_hang_up, "127.0.0.1", 0, ssl=Authority(tmp_path).context())
    async with desk_at(tmp_path / "home", f"https://localhost:{server.sockets[0].getsockname()[1]}") as world:
        found = await world.desk.check_mini_program("shop")
    server.close()
    await server.wait_closed()
    assert found.verdict is V.API_PROXY


def _hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


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
async def test_token_and_key_are_judged_by_their_shape(
    tmp_path: Path, given: dict[str, Any], verdict: CheckVerdict
) -> None:
    async with desk_at(tmp_path, credentials=dataclasses.replace(CREDENTIALS, **given)) as world:
        assert world.verdict(Check.SECRETS) is verdict


async def test_plain_mode_needs_no_key_and_is_warned_of(tmp_path: Path) -> None:
    account = replace(ACCOUNT, push_mode=PushMode.PLAIN)
    async with desk_at(
        tmp_path, account=account, credentials=dataclasses.replace(CREDENTIALS, encoding_aes_key="")
    ) as world:
        assert world.verdict(Check.SECRETS) is V.PLAIN_MODE


async def test_a_missing_app_secret_is_no_question_for_wechat(tmp_path: Path) -> None:
    async with desk_at(tmp_path, credentials=dataclasses.replace(CREDENTIALS, app_secret="")) as world:
        found = await world.desk.check_mini_program("shop")
    values = {"name": "AppSecret", "key": "app_secret", "variable": "WXDESK_SHOP_APP_SECRET"}
    assert (found.verdict, found.values) == (V.SECRET_MISSING, values)
    assert world.heard.of(ApiCalled) == []


async def test_a_mended_value_is_no_longer_held_against_the_account(tmp_path: Path) -> None:
    async with desk_at(tmp_path, credentials=dataclasses.replace(CREDENTIALS, app_secret="")) as world:
        assert world.verdict(Check.API) is V.SECRET_MISSING
        configuration = world.desk._configuration
        configuration.now = dataclasses.replace(configuration.now, credentials={"shop": CREDENTIALS})
        world.desk.on_event(ConfigurationChanged(changed=("shop",)))
        assert world.verdict(Check.API) is V.UNKNOWN


async def test_an_account_that_may_not_send_is_reported_until_it_may(tmp_path: Path) -> None:
    async with desk_at(tmp_path) as world:
        world.desk.on_event(ApiCalled("shop", "custom/send", "45015 too late", AT, 3.0))
        assert world.verdict(Check.MESSAGE) is V.WAITING
        world.desk.on_event(ApiCalled("shop", "custom/send", "48001 no permission", AT, 3.0))
        assert world.verdict(Check.MESSAGE) is V.NO_PERMISSION
        world.desk.on_event(ApiCalled("shop", "custom/send", "0 ok", AT, 3.0))
        await world.waiting._judge()
        assert world.verdict(Check.MESSAGE) is V.WAITING


async def test_the_lamp_names_what_keeps_messages_away(tmp_path: Path) -> None:
    async with desk_at(tmp_path) as world:
        lamp = lambda: world.desk.state.lamp.verdict  # noqa: E731
        assert lamp() is V.NOT_LISTENING
        world.desk.on_event(ListenerChanged("http://127.0.0.1:8765"))
        assert lamp() is V.UNKNOWN
        await world.desk.check_mini_program("shop")
        assert lamp() is V.API_UNREACHABLE


async def test_wechat_tells_whether_the_console_has_a_url(sandbox: Sandbox) -> None:
    heard = Heard()
    async with client_to(sandbox.url, heard) as client:
        assert await client.check_saved_url(ACCOUNT) is V.NOT_SUBMITTED
        sandbox.set_push_url("http://127.0.0.1:1/wx/shop")
        assert await client.check_saved_url(ACCOUNT) is V.OK
    assert [call.outcome for call in heard.of(ApiCalled)][-2:] == [
        "40201 no push URL is saved in the mini program's console",
        "0 ok",
    ]


async def test_a_saved_url_whose_name_wechat_does_not_find_is_told_as_that() -> None:
    async def nowhere(_: web.Request) -> web.Response:
        return web.json_response({"dns": [], "ping": []})

    async with serving(nowhere) as url, client_to(url, Heard()) as client:
        assert await client.check_saved_url(ACCOUNT) is V.NAME_UNRESOLVED


async def test_the_address_is_checked_by_each_accounts_own_push_url(tmp_path: Path) -> None:
    tea = replace(ACCOUNT, name="tea")
    known = {"shop": (ACCOUNT, CREDENTIALS), "tea": (tea, CREDENTIALS)}
    async with setup_world(tmp_path, accounts=known) as world:
        world.desk._reachability.follow(PUBLIC_URL, "shop", "127.0.0.1:8765")
        world.outside.verdicts["tea"] = V.OTHER_PROGRAM
        await world.desk.check_all("tea")
        await world.desk.check_all("shop")
        assert world.verdict(Check.ADDRESS, "tea") is V.OTHER_PROGRAM
        assert world.verdict(Check.ADDRESS, "shop") is V.OK


async def test_a_check_leaves_a_refused_message_until_one_comes_through(tmp_path: Path) -> None:
    async with setup_world(tmp_path) as world:
        checking = asyncio.create_task(world.desk.check_all("shop"))
        await asyncio.sleep(0)  # the check has begun, and the refusal comes while it looks
        world.sees("refused", V.AES_KEY_DIFFERS, cause="other_account")
        await checking
        assert world.verdict(Check.MESSAGE) is V.AES_KEY_DIFFERS
        await world.desk.check_all("shop")
        assert world.verdict(Check.MESSAGE) is V.AES_KEY_DIFFERS
        world.sees("kept", V.OK)
        await world.desk.check_all("shop")
    assert world.verdict(Check.MESSAGE) is V.WAITING


async def test_an_attempt_that_changes_no_fact_is_reported_until_it_is_only_counted(tmp_path: Path) -> None:
    async with setup_world(tmp_path) as world:
        world.sees("kept", V.OK)
        world.heard.events.clear()
        for _ in range(3):
            world.sees("kept", V.XML_FORMAT)
        assert world.heard.of(SetupChanged) == [SetupChanged("shop")] * 3
        assert [found.verdict for found in await world.desk.attempts("shop")] == [V.XML_FORMAT, V.OK]
        world.heard.events.clear()
        world.sees("kept", V.XML_FORMAT)
        assert world.heard.of(SetupChanged) == []


async def test_what_was_judged_before_a_change_says_so_until_it_is_judged_again(tmp_path: Path) -> None:
    minute, new = timedelta(minutes=1), dataclasses.replace(CREDENTIALS, push_token="another1")

    def older(world: SetupWorld) -> list[Check]:
        setup = world.desk.state.account("shop")
        return [fact for fact in SETUP_STEPS if setup.finding(fact).outdated]

    def use(world: SetupWorld, credentials: Credentials) -> None:
        configuration = world.desk._configuration
        configuration.now = dataclasses.replace(configuration.now, credentials={"shop": credentials})
        world.desk.on_event(ConfigurationChanged(changed=("shop",)))

    async with desk_at(tmp_path) as world:
        world.desk.on_event(ApiCalled("shop", "stable_token", "0 ok", AT, 3.0))
        world.sees("checked", V.OK, Check.URL_CHECK)
        await world.desk.attempts("shop")
        world.now += minute
        use(world, CREDENTIALS)
        assert older(world) == [], "nothing of it was judged"
        use(world, dataclasses.replace(CREDENTIALS, push_token=""))
        assert older(world) == [], "it is only kept back"
        use(world, new)
        assert older(world) == [Check.URL_CHECK]
        assert world.desk.state.account("shop").missing is not None
        assert [one.check for one in await world.desk.attempts("shop")] == [Check.URL_CHECK]
    async with desk_at(tmp_path, credentials=new) as world:
        assert older(world) == [Check.URL_CHECK]
        world.now += 2 * minute
        world.sees("checked", V.OK, Check.URL_CHECK)
        assert older(world) == []
        world.desk.on_event(ApiCalled("shop", "stable_token", "0 ok", AT, 3.0))
        use(world, dataclasses.replace(new, app_secret="1" * 32))
        assert older(world) == [Check.API]


async def test_an_answered_message_from_before_a_change_proves_nothing_until_another_comes(tmp_path: Path) -> None:
    async with desk_at(tmp_path) as world:
        answered = Finding(Check.MESSAGE, V.OK, "shop", at=AT)
        world.now += timedelta(minutes=1)
        world.desk._book.put("shop", judged_before(answered, world.now))
        world.now += timedelta(minutes=1)
        await world.desk.check_all("shop")
        assert world.desk.state.account("shop").finding(Check.MESSAGE).at == AT
        world.sees("kept", V.OK)
        await world.waiting._judge()
        assert world.desk.state.account("shop").finding(Check.MESSAGE).at == world.now
