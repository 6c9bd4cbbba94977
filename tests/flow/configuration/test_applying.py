"""A configuration that changes while the desk runs: every part goes by the new one, and nothing is lost on the way."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest
from msgspec import structs

from tests.flow.conftest import World, next_event, setup_for
from tests.ports import free_port
from tests.prepared import prepare
from wxdesk import logs
from wxdesk.app import OpenDesk, open_desk
from wxdesk.config.outside import PhoneSettings
from wxdesk.config.reading import AccountEntry, ListenerSettings, StoreSettings
from wxdesk.core.conversations.listing import InboxFilter
from wxdesk.core.events import ApiCalled, ConfigurationChanged, Event, ReplyChanged, TokenChanged, TroubleRaised
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.reply import ReplyState
from wxdesk.core.preferences import Preferences
from wxdesk.core.setup.findings import CheckVerdict
from wxdesk.core.wechat.credentials import Credentials
from wxdesk.desk.settings.configuration import Setup
from wxdesk.i18n import tr
from wxdesk.sandbox.demo_customers import LI_LEI
from wxdesk.sandbox.server import Sandbox

RULES = '[[rules]]\nname = "all"\ndefault = true\nthen = [{ reply = "好的 {{ time }}" }]\n'


def with_accounts(setup: Setup, *entries: AccountEntry, **credentials: Credentials) -> Setup:
    config = structs.replace(setup.config, accounts=entries)
    return replace(setup, config=config, credentials=credentials or setup.credentials)


def with_listener(setup: Setup, host: str, port: int) -> Setup:
    return replace(setup, config=structs.replace(setup.config, listener=ListenerSettings(host, port)))


def with_phones(setup: Setup, *names: str) -> Setup:
    return replace(setup, config=structs.replace(setup.config, phone=PhoneSettings(dict.fromkeys(names, "wecom"))))


def entry_of(setup: Setup) -> AccountEntry:
    return setup.config.accounts[0]


@pytest.fixture
async def empty(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[OpenDesk]:
    """A desk without an account, as somebody opens it for the first time."""
    prepare(tmp_path)
    setup = setup_for(sandbox, tmp_path)
    opened = await open_desk(with_accounts(replace(setup, credentials={})))
    await opened.desk.preferences.set(Preferences(undo_seconds=0))
    await opened.desk.rules.exchange.take_in(RULES, "rules.toml")
    sandbox.set_push_url(f"{opened.url}/wx/shop")
    yield opened
    await opened.stop()


def recorded(opened: OpenDesk) -> list[Event]:
    events: list[Event] = []
    opened.desk.bus.subscribe(events.append)
    return events


async def status_at(url: str) -> int:
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return answer.status


async def applied(opened: OpenDesk, setup: Setup, wanted: Callable[[Event], bool]) -> Event:
    """The first such event after this configuration began to be applied."""
    event = asyncio.create_task(next_event(opened, wanted))
    await asyncio.sleep(0)  # it listens from here on
    await opened.apply(setup)
    return await event


async def test_the_first_account_answers_at_once(empty: OpenDesk, sandbox: Sandbox, tmp_path: Path) -> None:
    setup = setup_for(sandbox, tmp_path)
    assert not await sandbox.verify_push_url()
    assert [account.name for account in empty.ready] == []
    changes = await empty.apply(setup)
    assert changes == ConfigurationChanged(added=("shop",))
    assert [account.name for account in empty.ready] == ["shop"]
    assert await sandbox.verify_push_url()
    await sandbox.say(LI_LEI.openid, "在吗")
    assert (await sandbox.wait_for_reply(LI_LEI.openid)).text.startswith("好的")


async def test_an_account_without_secrets_is_ready_once_they_are_there(
    empty: OpenDesk, sandbox: Sandbox, tmp_path: Path
) -> None:
    setup = setup_for(sandbox, tmp_path)
    await empty.apply(replace(setup, credentials={}))
    assert "shop" in empty.desk.accounts
    assert [account.name for account in empty.ready] == []
    assert not await sandbox.verify_push_url()
    changes = await empty.apply(setup)
    assert changes == ConfigurationChanged(changed=("shop",))
    assert await sandbox.verify_push_url()
    assert (await empty.out.client.check(empty.ready[0])) > 0


async def test_a_token_is_fetched_before_anybody_needs_it(empty: OpenDesk, sandbox: Sandbox, tmp_path: Path) -> None:
    fetched = await applied(empty, setup_for(sandbox, tmp_path), lambda event: isinstance(event, TokenChanged))
    assert isinstance(fetched, TokenChanged)
    assert fetched.expires_at is not None


async def test_an_account_that_is_gone_leaves_its_conversations(world: World) -> None:
    await world.says(LI_LEI.openid, "几点关门")
    opened = world.opened
    opened.desk.bus.publish(TroubleRaised("account:shop", "no token"))
    changes = await opened.apply(with_accounts(world.setup))
    assert changes == ConfigurationChanged(removed=("shop",))
    assert [trouble.key for trouble in opened.desk.health.state.troubles] == []
    assert not (await world.sandbox.say(LI_LEI.openid, "还在吗")).accepted
    assert [trouble.key for trouble in opened.desk.health.state.troubles] == ["push:"]  # WeChat still pushes to it
    assert opened.desk.health.state.tokens == ()
    [row] = (await opened.desk.inbox.list_page(InboxFilter.RESOLVED, 0)).rows
    assert row.conversation.account == "shop"
    last = await opened.desk.timeline.last_contact_message(row.conversation.id)
    assert last is not None
    assert last.text == "几点关门"


async def test_a_removed_account_or_phone_ends_its_own_troubles_only(world: World) -> None:
    opened, kept = world.opened, ("phone:shop", "part:shop", "rule:shop")
    await opened.apply(with_phones(world.setup, "shop", "boss"))
    for key in (*kept, "account:shop", "token:shop", "keep_months:shop", "phone:boss"):
        opened.desk.bus.publish(TroubleRaised(key, "it fails"))
    await opened.apply(with_accounts(with_phones(world.setup, "shop")))
    assert tuple(trouble.key for trouble in opened.desk.health.state.troubles) == kept


async def test_a_corrected_app_secret_ends_the_trouble(world: World) -> None:
    opened, right = world.opened, world.setup.credentials["shop"]
    wrong = replace(world.setup, credentials={"shop": replace(right, app_secret="f" * 32)})
    raised = await applied(opened, wrong, lambda event: isinstance(event, TroubleRaised) and bool(event.text))
    assert isinstance(raised, TroubleRaised)
    assert raised.key == "account:shop"
    await applied(opened, world.setup, lambda event: isinstance(event, TokenChanged) and not event.error)
    assert [trouble.key for trouble in opened.desk.health.state.troubles] == []


async def test_a_changed_mode_keeps_the_token(world: World) -> None:
    await world.opened.out.client.check(world.opened.ready[0])
    fetched = await tokens_fetched(world)
    entry = structs.replace(entry_of(world.setup), hold_seconds=30)
    await world.opened.apply(with_accounts(world.setup, entry))
    assert await world.opened.out.client.check_saved_url(world.opened.ready[0]) is CheckVerdict.OK
    assert await tokens_fetched(world) == fetched


async def tokens_fetched(world: World) -> int:
    calls = await world.opened.desk.traffic.newest_first()
    return sum(isinstance(call, ApiCalled) and call.call == "stable_token" for call in calls)


async def test_a_changed_push_token_counts_from_the_next_request(world: World) -> None:
    right = world.setup.credentials["shop"]
    await world.opened.apply(replace(world.setup, credentials={"shop": replace(right, push_token="another")}))
    assert not (await world.sandbox.say(LI_LEI.openid, "在吗")).accepted
    await world.opened.apply(world.setup)
    assert (await world.sandbox.say(LI_LEI.openid, "在吗")).accepted


async def test_pending_replies_follow_the_mode_of_the_file(world: World) -> None:
    held = structs.replace(entry_of(world.setup), reply_mode=ReplyMode.HOLD, hold_seconds=3600)
    await world.opened.apply(with_accounts(world.setup, held))
    await world.hears(LI_LEI.openid, "几点关门", is_reply(ReplyState.HELD))
    draft = structs.replace(held, reply_mode=ReplyMode.DRAFT)
    await applied(world.opened, with_accounts(world.setup, draft), is_reply(ReplyState.DRAFT))


def is_reply(state: ReplyState) -> Callable[[Event], bool]:
    return lambda event: isinstance(event, ReplyChanged) and event.state is state


async def test_replies_go_to_another_api_from_the_next_call_on(world: World) -> None:
    await world.says(LI_LEI.openid, "几点关门")
    other = Sandbox()
    await other.start()
    try:
        wechat = structs.replace(world.setup.config.wechat, api_base=other.url, token_endpoint="classic")
        moved = replace(world.setup, config=structs.replace(world.setup.config, wechat=wechat))
        await world.opened.apply(moved)
        other.set_push_url(f"{world.opened.url}/wx/shop")
        await other.say(LI_LEI.openid, "几点关门")
        assert (await other.wait_for_reply(LI_LEI.openid)).text
        assert len(world.sandbox.sent) == 1
    finally:
        await other.stop()


async def test_the_listener_moves_without_a_gap(world: World) -> None:
    before = world.opened.url
    port = free_port()
    await world.opened.apply(with_listener(world.setup, "127.0.0.1", port))
    assert world.opened.url == f"http://127.0.0.1:{port}"
    assert world.opened.desk.health.state.listener_url == world.opened.url
    assert await status_at(f"{world.opened.url}/") == 404
    with pytest.raises(aiohttp.ClientConnectionError):
        await status_at(f"{before}/")


async def test_another_host_on_the_same_port_is_taken(world: World) -> None:
    port = int(world.opened.url.rpartition(":")[2])
    await world.opened.apply(with_listener(world.setup, "127.0.0.1", port))
    await world.opened.apply(with_listener(world.setup, "0.0.0.0", port))  # noqa: S104 - what is tested
    assert world.opened.url == f"http://0.0.0.0:{port}"
    assert await status_at(f"http://127.0.0.1:{port}/") == 404


@pytest.mark.parametrize("same_port", [False, True])
async def test_a_listener_that_cannot_move_keeps_its_former_address(world: World, *, same_port: bool) -> None:
    before = world.opened.url
    with socket.create_server(("127.0.0.1", 0)) as taken:
        if same_port:
            wanted = with_listener(world.setup, "192.0.2.1", int(before.rpartition(":")[2]))
        else:
            wanted = with_listener(world.setup, "127.0.0.1", taken.getsockname()[1])
        await world.opened.apply(wanted)
    assert world.opened.url == before
    [trouble] = world.opened.desk.health.state.troubles
    assert trouble.key == "listener"
    assert before in tr(trouble.text)
    assert await status_at(f"{before}/") == 404
    await world.opened.apply(world.setup)
    assert world.opened.desk.health.state.troubles == ()


async def test_another_database_waits_for_the_next_start(world: World) -> None:
    other = replace(world.setup, config=structs.replace(world.setup.config, store=StoreSettings("sqlite:///other.db")))
    changes = await world.opened.apply(other)
    assert changes.restart_needed
    assert [trouble.key for trouble in world.opened.desk.health.state.troubles] == ["restart"]
    await world.says(LI_LEI.openid, "几点关门")
    assert not (world.setup.home / "other.db").exists()
    await world.opened.apply(world.setup)
    assert world.opened.desk.health.state.troubles == ()


async def test_texts_tell_the_time_of_another_zone(world: World) -> None:
    await world.opened.desk.rules.exchange.take_in(RULES, "rules.toml")
    in_tokyo = structs.replace(entry_of(world.setup), timezone="Asia/Tokyo")
    await world.opened.apply(with_accounts(world.setup, in_tokyo))
    assert str(world.opened.desk.rules.rulebook.calendars.zone) == "Asia/Tokyo"


async def test_the_same_configuration_changes_nothing(world: World) -> None:
    heard = recorded(world.opened)
    assert await world.opened.apply(world.setup) == ConfigurationChanged()
    assert not any(isinstance(event, ConfigurationChanged) for event in heard)


async def test_a_new_secret_is_masked_in_the_log(world: World, tmp_path: Path) -> None:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        logs.set_up(tmp_path / "logged", "INFO", world.setup.secrets)
        secret = "0123456789abcdef0123456789abcdef"
        right = world.setup.credentials["shop"]
        await world.opened.apply(replace(world.setup, credentials={"shop": replace(right, app_secret=secret)}))
        logging.getLogger("test").info("the value is %s", secret)
        assert secret not in (tmp_path / "logged/logs/wxdesk.log").read_text(encoding="utf-8")
    finally:
        for handler in root.handlers:
            handler.close()
        root.handlers[:], root.level = handlers, level
