"""An account is renamed in a running desk, with all that belongs to it."""

import asyncio
from datetime import UTC, datetime

import pytest

from tests.flow.configuration.test_account_editing import RULES, Shop, shop
from tests.secrets.backends import Drawer, drawer
from wxdesk.core.errors import BadInput, StoreError
from wxdesk.core.events import ConfigurationChanged, Event, PreferencesChanged
from wxdesk.core.rules.lint.findings import LintCode
from wxdesk.core.wechat.credentials import NO_CREDENTIALS
from wxdesk.desk.settings import configuration
from wxdesk.sandbox.demo_customers import LI_LEI
from wxdesk.secrets.names import SecretName

__all__ = ["drawer", "shop"]  # fixtures: the keychain in memory, the desk


async def test_a_renamed_account_goes_on_with_its_conversation(shop: Shop) -> None:
    await shop.add()
    await shop.says("在吗")
    await shop.sandbox.wait_for_reply(LI_LEI.openid)
    told: list[Event] = []
    shop.opened.desk.bus.subscribe(told.append, PreferencesChanged)
    changes = await shop.opened.desk.account_editing.rename("shop", "store")
    assert changes == ConfigurationChanged(added=("store",), removed=("shop",))
    assert told, "saved views name accounts"
    assert not (await shop.sandbox.say(LI_LEI.openid, "还在吗")).accepted
    shop.sandbox.set_push_url(f"{shop.opened.url}/wx/store")
    await shop.says("还在吗")
    assert (await shop.sandbox.wait_for_reply(LI_LEI.openid, after=1)).text == "好的"
    [row] = await shop.rows()
    assert row.conversation.account == "store"


async def test_a_rule_for_one_mini_program_answers_there_only_and_goes_with_its_new_name(shop: Shop) -> None:
    await shop.add()
    for own in ("other", "shop"):
        text = f'[[rules]]\nname = "own"\nwhen.account = "{own}"\nthen = [{{ reply = "这里是茶具店" }}]\n'
        await shop.opened.desk.rules.exchange.take_in(text + RULES, "rules.toml")
        await shop.says("在吗")
    first, second = [await shop.sandbox.wait_for_reply(LI_LEI.openid, after=number) for number in (0, 1)]
    assert (first.text, second.text) == ("好的", "这里是茶具店")
    await shop.opened.desk.account_editing.rename("shop", "store")
    shop.sandbox.set_push_url(f"{shop.opened.url}/wx/store")
    await shop.says("还在吗")
    assert (await shop.sandbox.wait_for_reply(LI_LEI.openid, after=2)).text == "这里是茶具店"
    found = await shop.opened.desk.rules.review.findings()
    assert LintCode.NO_SUCH_ACCOUNT not in [one.doubt for one in found]


async def test_a_name_with_conversations_is_refused_and_nothing_has_changed(shop: Shop) -> None:
    await shop.add()
    await shop.says("在吗")
    await shop.opened.desk.account_editing.remove("shop", with_data=False)
    await shop.add("other")
    before = shop.text
    with pytest.raises(BadInput, match="“shop” already"):
        await shop.opened.desk.account_editing.rename("other", "shop")
    assert shop.text == before
    await shop.says("还在吗")


async def test_a_keychain_that_takes_nothing_loses_nothing_of_a_renamed_account(
    shop: Shop, drawer: Drawer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shop.add()
    await asyncio.to_thread(shop.sources.store, "shop", {SecretName.APP_SECRET: "kept"}, datetime.now(UTC))
    before, found = shop.text, await asyncio.to_thread(shop.secrets, "shop")
    monkeypatch.setattr(drawer, "set_password", lambda *_: 1 / 0)
    with pytest.raises(BadInput, match="did not take"):
        await shop.opened.desk.account_editing.rename("shop", "store")
    assert shop.text == before
    assert await asyncio.to_thread(shop.secrets, "shop") == found
    assert await asyncio.to_thread(shop.secrets, "store") == NO_CREDENTIALS
    assert await shop.opened.store.account_rows.unfinished_rename() is None


@pytest.mark.parametrize("kept", [True, False])
async def test_a_rename_whose_file_cannot_be_put_back_is_finished(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, kept: bool
) -> None:
    """As on a full disk; the rows may have been kept though the answer was lost."""
    await shop.add()
    await shop.says("在吗")
    found, rows = await asyncio.to_thread(shop.secrets, "shop"), shop.opened.store.account_rows
    move = rows.rename

    async def fail(old: str, new: str) -> None:
        if kept:
            await move(old, new)
        raise StoreError(reason="the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(rows, "rename", fail)
        broken.setattr(configuration, "restore", lambda *_: None)
        with pytest.raises(StoreError):
            await shop.opened.desk.account_editing.rename("shop", "store")
    await shop.opened.desk.account_editing.finish_rename()
    await shop.opened.desk.configuration.reload()
    assert [one.name for one in shop.opened.ready] == ["store"]
    assert await asyncio.to_thread(shop.secrets, "store") == found
    assert await asyncio.to_thread(shop.secrets, "shop") == NO_CREDENTIALS
    assert [row.conversation.account for row in await shop.rows()] == ["store"]


async def test_a_rename_that_nothing_could_finish_is_finished_before_the_next_one(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shop.add()
    await shop.says("在吗")
    found, editing = await asyncio.to_thread(shop.secrets, "shop"), shop.opened.desk.account_editing

    async def fail(old: str, new: str) -> None:
        raise StoreError(reason="the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(shop.opened.store.account_rows, "rename", fail)
        broken.setattr(configuration, "restore", lambda *_: None)
        with pytest.raises(StoreError):
            await editing.rename("shop", "store")
        await shop.opened.desk.configuration.reload()
    await editing.rename("store", "third")
    assert await asyncio.to_thread(shop.secrets, "third") == found
    assert [row.conversation.account for row in await shop.rows()] == ["third"]


async def test_a_rename_whose_rows_moved_unseen_is_undone_with_them(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a server keeps a change and its answer is lost."""
    await shop.add()
    await shop.says("在吗")
    found, rows = await asyncio.to_thread(shop.secrets, "shop"), shop.opened.store.account_rows
    move, answers = rows.rename, [StoreError(reason="no answer"), None]

    async def rename(old: str, new: str) -> None:
        await move(old, new)
        if lost := answers.pop(0):
            raise lost

    monkeypatch.setattr(rows, "rename", rename)
    with pytest.raises(StoreError, match="no answer"):
        await shop.opened.desk.account_editing.rename("shop", "store")
    assert 'name = "shop"' in shop.text
    assert await asyncio.to_thread(shop.secrets, "shop") == found
    assert [row.conversation.account for row in await shop.rows()] == ["shop"]


async def test_the_next_start_removes_former_secrets_that_a_rename_left(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shop.add()
    with monkeypatch.context() as broken:
        broken.setattr(shop.sources, "remove", lambda *_: 1 / 0)  # as if it ended here
        with pytest.raises(ZeroDivisionError):
            await shop.opened.desk.account_editing.rename("shop", "store")
    await shop.opened.desk.account_editing.finish_rename()
    assert await asyncio.to_thread(shop.secrets, "shop") == NO_CREDENTIALS
    assert await shop.opened.store.account_rows.unfinished_rename() is None


async def test_former_secrets_that_a_shut_keychain_keeps_are_removed_at_the_next_start(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shop.add()

    def shut(*_: object) -> None:
        raise BadInput(reason="shut")

    with monkeypatch.context() as broken:
        broken.setattr(shop.sources, "remove", shut)
        await shop.opened.desk.account_editing.rename("shop", "store")
    assert await shop.opened.store.account_rows.unfinished_rename() == ("shop", "store")
    await shop.opened.desk.account_editing.finish_rename()
    assert await asyncio.to_thread(shop.secrets, "shop") == NO_CREDENTIALS
    assert await shop.opened.store.account_rows.unfinished_rename() is None


async def test_a_server_whose_turn_begins_leaves_a_rename_alone(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    await shop.add()
    found = await asyncio.to_thread(shop.secrets, "shop")
    editing, loop, copy = shop.opened.desk.account_editing, asyncio.get_running_loop(), shop.sources.copy

    def copy_meanwhile(old: str, new: str) -> None:
        copy(old, new)
        asyncio.run_coroutine_threadsafe(editing.finish_rename(), loop).result(10)

    monkeypatch.setattr(shop.sources, "copy", copy_meanwhile)
    await editing.rename("shop", "store")
    assert await asyncio.to_thread(shop.secrets, "store") == found
    assert await asyncio.to_thread(shop.secrets, "shop") == NO_CREDENTIALS


async def test_of_two_accounts_renamed_alike_at_once_each_keeps_its_secrets(shop: Shop) -> None:
    await shop.add()
    await shop.add("other")
    editing = shop.opened.desk.account_editing
    await editing.set_secrets("other", {SecretName.PUSH_TOKEN: "OneOfTheOtherShop"})
    kept = await asyncio.to_thread(shop.secrets, "shop")
    others = await asyncio.to_thread(shop.secrets, "other")
    both = (editing.rename("shop", "store"), editing.rename("other", "store"))
    first, second = await asyncio.gather(*both, return_exceptions=True)
    assert isinstance(first, ConfigurationChanged)
    assert isinstance(second, BadInput)
    assert await asyncio.to_thread(shop.secrets, "store") == kept
    assert await asyncio.to_thread(shop.secrets, "other") == others
