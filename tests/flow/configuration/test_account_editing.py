"""Accounts are added, changed and removed in a running desk, with all that belongs to them."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import keyring
import pytest
from keyring.backends.fail import Keyring as NoKeychain
from keyring.errors import KeyringLocked, PasswordSetError
from msgspec.structs import replace

from tests.flow.conftest import next_event
from tests.prepared import prepare
from tests.secrets.backends import Drawer, drawer
from tests.store.kept_pushes import kept_pushes
from wxdesk.app import OpenDesk, open_desk
from wxdesk.cli import main
from wxdesk.core.conversations.changes import RowAct, RowChange
from wxdesk.core.conversations.listing import InboxFilter, InboxRow
from wxdesk.core.errors import BadConfig, BadInput, NotFound
from wxdesk.core.events import ConfigurationChanged, DecisionMade
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.decision import Outcome
from wxdesk.core.outside import PhoneKind
from wxdesk.core.preferences import Preferences
from wxdesk.core.setup.tunnel_state import TunnelKind
from wxdesk.core.system_failures import UnusableFile
from wxdesk.core.wechat.credentials import Credentials
from wxdesk.desk.settings.configuration import read_setup
from wxdesk.desk.setup.account_editing import NotAdded
from wxdesk.sandbox.demo_customers import LI_LEI, WANG_FANG, demo_account
from wxdesk.sandbox.server import Sandbox
from wxdesk.secrets.names import TUNNEL_PASSWORD, SecretName, SecretSource
from wxdesk.secrets.sources import SecretSources

__all__ = ["drawer"]  # the keychain in memory, as a fixture

RULES = '[[rules]]\nname = "all"\ndefault = true\nthen = [{ reply = "好的" }]\n'


@dataclass
class Shop:
    """A desk that somebody sets up: its file, the memory with its secrets, and WeChat."""

    opened: OpenDesk
    home: Path
    sandbox: Sandbox
    sources: SecretSources

    async def add(self, name: str = "shop") -> ConfigurationChanged:
        account, credentials = demo_account()
        secrets = {secret: getattr(credentials, secret.value) for secret in SecretName}
        await asyncio.to_thread(self.sources.store, name, secrets, datetime.now(UTC), into=SecretSource.MEMORY)
        changes = await self.opened.desk.account_editing.add(name, account.app_id, original_id=account.original_id)
        self.sandbox.set_push_url(f"{self.opened.url}/wx/{name}")
        return changes

    @property
    def text(self) -> str:
        return (self.home / "config.toml").read_text(encoding="utf-8")

    def secrets(self, name: str) -> Credentials:
        return self.sources.read(replace(demo_account()[0], name=name), datetime.now(UTC)).credentials

    async def rows(self) -> tuple[InboxRow, ...]:
        return tuple((await self.opened.desk.inbox.list_page(InboxFilter.ALL, 0)).rows)

    async def until_counted(self, **expected: int) -> None:
        """Wait for these counts, which what is under way changes."""
        more = asyncio.Event()
        unsubscribe = self.opened.desk.bus.subscribe(lambda _: more.set())
        async with asyncio.timeout(20):
            while (counts := await self.opened.store.inbox.counts()) != replace(counts, **expected):
                await more.wait()
                more.clear()
        unsubscribe()

    async def says(self, text: str, openid: str = LI_LEI.openid) -> None:
        decided = asyncio.create_task(next_event(self.opened, lambda event: isinstance(event, DecisionMade)))
        await asyncio.sleep(0)  # it listens from here on
        assert (await self.sandbox.say(openid, text)).accepted
        await decided


@pytest.fixture
async def shop(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[Shop]:
    prepare(tmp_path)
    head = f'# Mine\n[listener]\nport = 0  # any\n[wechat]\napi_base = "{sandbox.url}"\n'
    (tmp_path / "config.toml").write_text(head, encoding="utf-8")
    sources = SecretSources(tmp_path, {})
    opened = await open_desk(read_setup(tmp_path, sources))
    await opened.desk.preferences.set(Preferences(undo_seconds=0))
    await opened.desk.rules.exchange.take_in(RULES, "rules.toml")
    made = Shop(opened, tmp_path, sandbox, sources)
    yield made
    await made.opened.stop()


async def test_an_account_is_added_and_answers(shop: Shop) -> None:
    before = shop.text
    assert await shop.add() == ConfigurationChanged(added=("shop",))
    assert shop.text.startswith(before)
    await shop.says("在吗")
    assert (await shop.sandbox.wait_for_reply(LI_LEI.openid)).text == "好的"


def refuse(*_: str) -> None:
    raise PasswordSetError


@pytest.mark.expects_log("The system keychain did not answer")
async def test_an_account_whose_secrets_cannot_be_kept_is_not_added(
    shop: Shop, drawer: Drawer, monkeypatch: pytest.MonkeyPatch
) -> None:
    account, credentials = demo_account()
    secrets = {secret: getattr(credentials, secret.value) for secret in SecretName}
    drawer.kept["wxdesk", "shop/app_secret"] = "of an earlier account"
    monkeypatch.setattr(drawer, "set_password", refuse)
    monkeypatch.setattr(drawer, "delete_password", refuse)
    before = shop.text
    with pytest.raises(NotAdded, match=r"“shop” was not added.*delete “shop/app_secret” of wxdesk in it"):
        await shop.opened.desk.account_editing.add("shop", account.app_id, secrets)
    assert shop.text == before
    monkeypatch.undo()
    await shop.opened.desk.account_editing.add("shop", account.app_id, secrets)
    assert shop.opened.desk.configuration.credentials["shop"] == credentials
    assert len(drawer.kept) == len(secrets)


@pytest.mark.skipif(sys.platform != "linux", reason="a folder that takes no file, not even of root's")
async def test_an_account_that_config_toml_does_not_take_leaves_no_secrets(shop: Shop, drawer: Drawer) -> None:
    (shop.home / "config.toml").unlink()
    (shop.home / "config.toml").symlink_to("/proc/self/nowhere/config.toml")
    secrets = {SecretName.APP_SECRET: demo_account()[1].app_secret}
    with pytest.raises(UnusableFile):
        await shop.opened.desk.account_editing.add("shop", demo_account()[0].app_id, secrets)
    assert drawer.kept == {}


async def test_a_key_is_changed_and_returns_to_its_default(shop: Shop) -> None:
    await shop.add()
    before = shop.text
    await shop.opened.desk.account_editing.change("shop", hold_seconds=30)
    assert shop.opened.desk.accounts["shop"].hold_seconds == 30
    await shop.opened.desk.account_editing.change("shop", hold_seconds=None)
    assert shop.opened.desk.accounts["shop"].hold_seconds == 8
    assert shop.text == before


async def test_the_public_address_is_set(shop: Shop) -> None:
    await shop.opened.desk.account_editing.set("listener", {"public_url": "https://desk.example.com"})
    assert shop.opened.desk.configuration.now.config.listener.public_url == "https://desk.example.com"


async def test_an_impossible_value_or_a_taken_name_changes_nothing(shop: Shop) -> None:
    await shop.add()
    before = shop.text
    with pytest.raises(BadConfig, match="0 to 3600"):
        await shop.opened.desk.account_editing.change("shop", hold_seconds=-1)
    with pytest.raises(BadInput, match="“shop” already"):
        await shop.add()
    assert shop.text == before
    assert shop.opened.desk.health.state.troubles == ()


async def test_a_removed_account_leaves_its_conversations_to_read(shop: Shop) -> None:
    empty = shop.text
    await shop.add()
    await shop.says("在吗")
    assert await shop.opened.desk.account_editing.remove("shop", with_data=False) == ConfigurationChanged(
        removed=("shop",)
    )
    assert shop.text.strip() == empty.strip()
    [row] = await shop.opened.store.inbox.page(InboxFilter.ANY_STATUS)
    snapshot = await shop.opened.desk.timeline.snapshot(row.conversation.id)
    assert snapshot.row.conversation.account == "shop"
    account, _ = demo_account()
    assert shop.sources.read(account, datetime.now(UTC)).credentials.app_secret == ""


async def remove_in_window(shop: Shop) -> None:
    await shop.opened.desk.account_editing.remove("shop", with_data=False)


async def remove_in_file(shop: Shop) -> None:
    (shop.home / "config.toml").write_text(shop.text.partition("[[accounts]]")[0], encoding="utf-8")
    await shop.opened.desk.configuration.reload()


async def remove_while_closed(shop: Shop) -> None:
    await shop.opened.stop()
    assert await asyncio.to_thread(main, ["--home", str(shop.home), "account", "remove", "shop"]) == 0
    shop.opened = await open_desk(read_setup(shop.home, shop.sources))


@pytest.mark.parametrize("remove", [remove_in_window, remove_in_file, remove_while_closed])
async def test_a_removed_account_leaves_nobody_waiting_until_it_is_there_again(
    shop: Shop, remove: Callable[[Shop], Awaitable[None]]
) -> None:
    await shop.add()
    for customer in (LI_LEI, WANG_FANG):
        await shop.says("在吗", customer.openid)
    await shop.until_counted(unread=2, waiting=0)
    waits, resolved = [row.conversation.id for row in await shop.rows()]
    await shop.opened.desk.conversations.change((resolved,), RowChange(RowAct.RESOLVE))
    await shop.opened.desk.conversations.take_over(waits)
    await shop.says("人呢", WANG_FANG.openid)
    await shop.until_counted(unread=1, waiting=1, needs_human=1)
    await remove(shop)
    await shop.until_counted(unread=0, waiting=0, needs_human=0)
    assert len(await shop.opened.store.inbox.page(InboxFilter.RESOLVED)) == 2
    await shop.add()
    await shop.until_counted(unread=1, waiting=1, needs_human=1)
    assert [row.conversation.id for row in await shop.rows()] == [waits]


async def test_a_start_without_any_account_leaves_conversations_as_they_are(shop: Shop) -> None:
    await shop.add()
    await shop.says("在吗")
    await shop.opened.desk.conversations.take_over((await shop.rows())[0].conversation.id)
    await shop.says("人呢")
    await shop.until_counted(unread=1, waiting=1, needs_human=1)
    await shop.opened.stop()
    file = shop.home / "config.toml"
    file.rename(shop.home / "elsewhere.toml")
    shop.opened = await open_desk(read_setup(shop.home, shop.sources))
    assert not shop.opened.desk.accounts
    await shop.until_counted(unread=1, waiting=1, needs_human=1)
    assert await shop.opened.store.inbox.page(InboxFilter.RESOLVED) == []


async def test_an_account_removed_with_its_data_leaves_nothing(shop: Shop) -> None:
    await shop.add()
    await shop.says("在吗")
    await shop.sandbox.wait_for_reply(LI_LEI.openid)
    await shop.opened.desk.account_editing.remove("shop", with_data=True)
    assert await shop.rows() == ()
    assert await kept_pushes(shop.opened.store) == []
    assert await shop.opened.store.pushes.lost() == 0


@pytest.mark.expects_log("The outcome of a reply could not be recorded")  # its conversation has gone
async def test_a_removal_that_was_cut_off_can_be_begun_again(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    await shop.add()
    await shop.says("在吗")
    shop.opened.store.pushes.mark_newest()
    editing = shop.opened.desk.account_editing
    before = shop.text
    monkeypatch.setattr(shop.opened.store.person_rows, "scrub", lambda: 1 / 0)  # as if it ended here
    with pytest.raises(ZeroDivisionError):
        await editing.remove("shop", with_data=True)
    monkeypatch.undo()
    assert shop.text == before
    assert await shop.opened.store.pushes.lost() == 0
    await editing.remove("shop", with_data=True)
    assert "shop" not in shop.text
    assert await kept_pushes(shop.opened.store) == []


@pytest.mark.expects_log("The system keychain did not answer")
async def test_an_account_is_not_removed_while_the_keychain_with_its_secrets_is_shut(
    shop: Shop, drawer: Drawer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shop.add()
    await shop.says("在吗")
    before = shop.text

    def fail(*_: str) -> None:
        raise KeyringLocked

    with monkeypatch.context() as shut:
        shut.setattr(drawer, "get_password", fail)
        with pytest.raises(BadInput, match="did not open"):
            await shop.opened.desk.account_editing.remove("shop", with_data=True)
    assert shop.text == before
    assert len(await shop.rows()) == 1


async def test_removing_an_unknown_account_is_refused(shop: Shop) -> None:
    with pytest.raises(NotFound):
        await shop.opened.desk.account_editing.remove("shop", with_data=True)


async def test_secrets_are_checked_stored_and_used_at_once(drawer: Drawer, shop: Shop) -> None:
    editing = shop.opened.desk.account_editing
    account, credentials = demo_account()
    await editing.add("shop", account.app_id, original_id=account.original_id)
    with pytest.raises(NotFound):
        await editing.set_secrets("other", {SecretName.PUSH_TOKEN: "aToken"})
    keyring.set_keyring(NoKeychain())
    values = {secret: f" {getattr(credentials, secret.value)}\n" for secret in SecretName}
    assert await editing.set_secrets("shop", values) == ConfigurationChanged(changed=("shop",))
    assert [one.name for one in shop.opened.ready] == ["shop"]
    assert shop.opened.desk.configuration.credentials["shop"] == credentials
    assert set(shop.opened.desk.configuration.now.found["shop"].sources.values()) == {SecretSource.MEMORY}
    await editing.set_secrets("shop", {SecretName.PUSH_TOKEN: "another1"})
    now = shop.opened.desk.configuration.credentials["shop"]
    assert (now.push_token, [one.value for one in now.former_push_tokens]) == ("another1", [credentials.push_token])
    await editing.set_secrets("shop", {SecretName.PUSH_TOKEN: "another2"}, at_once=True)
    assert shop.opened.desk.configuration.credentials["shop"].former_push_tokens == ()


@pytest.mark.parametrize("value", ["", "a b", demo_account()[1].encoding_aes_key, demo_account()[1].app_secret])
async def test_a_secret_that_cannot_be_right_is_refused_and_nothing_stored(shop: Shop, value: str) -> None:
    await shop.add()
    before = shop.opened.desk.configuration.now
    with pytest.raises(BadInput):
        await shop.opened.desk.account_editing.set_secrets("shop", {SecretName.PUSH_TOKEN: value})
    await shop.opened.desk.configuration.reload()
    assert shop.opened.desk.configuration.now is before


async def test_a_paused_account_takes_messages_and_only_people_answer(shop: Shop) -> None:
    await shop.add()
    await shop.says("在吗")
    await shop.sandbox.wait_for_reply(LI_LEI.openid)
    [row] = await shop.rows()
    await shop.opened.desk.conversations.set_mode(row.conversation.id, ReplyMode.AUTO)
    await shop.opened.desk.account_editing.pause("shop", on=True)
    assert shop.opened.desk.accounts["shop"].paused
    await shop.says("还在吗")
    decision = (await shop.opened.desk.timeline.snapshot(row.conversation.id)).latest
    assert decision is not None
    assert decision.outcome is Outcome.PAUSED
    await shop.opened.desk.replies.write(row.conversation.id, "在的")
    assert (await shop.sandbox.wait_for_reply(LI_LEI.openid, after=1)).text == "在的"
    await shop.opened.desk.conversations.hand_back(row.conversation.id)
    await shop.opened.desk.account_editing.pause("shop", on=False)
    assert "paused" not in shop.text
    await shop.says("好")
    assert (await shop.sandbox.wait_for_reply(LI_LEI.openid, after=2)).text == "好的"


async def test_a_held_reply_does_not_leave_once_its_account_is_paused(shop: Shop) -> None:
    await shop.add()
    await shop.opened.desk.account_editing.change("shop", reply_mode="hold", hold_seconds=3600)
    await shop.says("在吗")
    [row] = await shop.rows()
    await shop.opened.desk.conversations.set_mode(row.conversation.id, ReplyMode.HOLD)
    await shop.opened.desk.account_editing.pause("shop", on=True)
    assert await shop.opened.desk.inbox.held_replies() == ()


async def test_the_tunnel_is_set_with_its_password(shop: Shop) -> None:
    editing, configuration = shop.opened.desk.account_editing, shop.opened.desk.configuration
    keyring.set_keyring(NoKeychain())
    await editing.set_other_secret(TUNNEL_PASSWORD, "correct horse")
    await editing.set("tunnel", {"kind": "ssh", "host": "127.0.0.1", "port": 9, "user": "wx"})
    assert (configuration.now.config.tunnel.host, configuration.now.tunnel_password) == ("127.0.0.1", "correct horse")
    assert "correct horse" not in (shop.home / "config.toml").read_text(encoding="utf-8")
    assert shop.opened.tunnel.state.kind is TunnelKind.SSH
    await editing.set_other_secret(TUNNEL_PASSWORD, "")
    assert configuration.now.tunnel_password == ""


async def test_phones_and_the_shops_own_system_are_set_and_removed(shop: Shop) -> None:
    editing, configuration = shop.opened.desk.account_editing, shop.opened.desk.configuration
    keyring.set_keyring(NoKeychain())
    await editing.set_phone("boss", PhoneKind.BARK, "https://api.day.app/KEY")
    await editing.set_phone("night", PhoneKind.NTFY, "https://ntfy.sh/topic")
    await editing.set_customer_data("https://shop.example/wxdesk", "s3cret")
    assert configuration.now.config.phone.targets == {"boss": "bark", "night": "ntfy"}
    assert configuration.now.others == {
        ("phone", "boss"): "https://api.day.app/KEY",
        ("phone", "night"): "https://ntfy.sh/topic",
        ("customer_data", "key"): "s3cret",
    }
    assert set(configuration.now.others.values()) <= set(configuration.now.secrets)
    assert not any(secret in shop.text for secret in ("KEY", "topic", "s3cret"))
    with pytest.raises(BadConfig, match="a phone's name"):
        await editing.set_phone("app_secret", PhoneKind.BARK, "https://x.example")
    await editing.set_phone("boss")
    await editing.set_customer_data("", "s3cret")
    assert configuration.now.others == {("phone", "night"): "https://ntfy.sh/topic"}
