"""All rows of an account are renamed or removed in one transaction, whatever table they stand in."""

from collections.abc import Mapping

import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import Connection, func, select

from tests.store.chats import T0, Talk, incoming, second
from tests.store.recounted import EVER
from wxdesk.core.conversations.attention import Attention, AttentionReason
from wxdesk.core.errors import BadInput
from wxdesk.core.model.conversation import Narrowing, SavedView
from wxdesk.core.model.picture import Picture, PictureFormat
from wxdesk.core.model.reply import Content, UnsentContent
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule
from wxdesk.core.preferences import Preferences
from wxdesk.core.replies.lifecycle import Move
from wxdesk.core.setup.findings import Check, CheckVerdict, Finding
from wxdesk.store import Store
from wxdesk.store.schema import metadata
from wxdesk.store.settings import ACCOUNT_KEYS, CALL, OWN_PREFERENCES, PREFERENCES
from wxdesk.store.setup.account_rows import _owned
from wxdesk.store.setup.attempts import CountedFinding

NOT_OF_AN_ACCOUNT = {
    "settings", "rules", "rule_revisions", "rule_lists", "templates", "template_revisions", "outages", "pictures",
    "picture_chunks", "leases", "relayed_events", "commands", "operators", "operator_actions",
    "changed_hours",
}  # fmt: skip
"""Tables whose rows belong to the whole desk. A new table is in the other group unless it is named here."""


def counted(connection: Connection) -> Mapping[str, int]:
    return {
        table.name: connection.scalar(select(func.count()).select_from(table)) or 0 for table in metadata.sorted_tables
    }


async def rows(store: Store) -> Mapping[str, int]:
    await sum_up(store)
    return await store._db.read(counted)


async def sum_up(store: Store) -> None:
    """Count all hours that have changed, so that equal rows have equal sums."""
    while await store.hourly_sums.recount(EVER.until):
        pass


async def fill(store: Store, account: str) -> None:
    """A conversation with a row in every table that an account has rows in."""
    talk = Talk(store)
    talk._keys = iter(range(1000 * len(account), 2**31))  # type: ignore[assignment]
    said = await talk.hears(incoming("oA", "退款"), second(0), account)
    [reply] = await talk.decides(said.message, "好的")
    await talk.moves(reply, Move.CANCEL)
    picture = Picture(account[0] * 64, PictureFormat.PNG, 1, 1, 1)
    await store.pictures.add_to_message(said.message.id, picture, T0)
    await store.pictures.note_upload(account, picture.digest, "m", T0)
    await store.attention.change([Attention(said.conversation.id, AttentionReason.CLOSING, T0)], [])
    await store.attempts.add([CountedFinding(Finding(Check.PUSH, CheckVerdict.OK, account, {}, T0))])
    await store.drafts.keep({said.conversation.id: (UnsentContent(Content(text="x")),)})
    for key in ACCOUNT_KEYS:
        await store.settings.set(key + account, "x")
    await store.settings.set(f"{CALL}小林:{said.conversation.id}", "look")


def test_every_table_belongs_to_an_account_or_to_the_desk() -> None:
    assert {table.name for table in _owned("x")} == set(metadata.tables) - NOT_OF_AN_ACCOUNT


async def test_a_removed_account_leaves_no_row(store: Store) -> None:
    empty = await rows(store)
    await fill(store, "aa")
    alone = await rows(store)
    await fill(store, "bb")
    filled = {name for name, count in alone.items() if count > empty[name]}
    assert filled >= {table.name for table in _owned("x")}
    assert await store.account_rows.remove("bb") == ["b" * 64]
    assert await rows(store) == alone
    assert [await store.settings.get(key + "bb") for key in ACCOUNT_KEYS] == [None] * len(ACCOUNT_KEYS)
    assert len(await store.settings.beginning(CALL)) == 1
    assert await store.account_rows.remove("aa") == ["a" * 64]
    assert await rows(store) == empty


async def test_a_picture_that_another_account_has_as_well_stays(store: Store) -> None:
    await fill(store, "aa")
    await fill(store, "ab")
    assert await store.account_rows.remove("aa") == []
    assert (await store.pictures.get("a" * 64)).digest == "a" * 64


async def test_removing_loses_no_push(store: Store) -> None:
    await fill(store, "aa")
    await fill(store, "bb")
    store.pushes.mark_newest()
    store.pushes.expect_fewer()
    store.pushes.mark_newest()
    await store.account_rows.remove("bb")
    assert await store.pushes.lost() == 0


async def test_a_renamed_account_keeps_everything(store: Store) -> None:
    await fill(store, "aa")
    view = SavedView("“aa”", "all", Narrowing(account="aa"))
    for key in (PREFERENCES, f"{OWN_PREFERENCES}小王"):
        await store.settings.set(key, msgspec.json.encode(Preferences(views=(view,))).decode())
    said = (Action(ActionKind.REPLY, text='"account":"aa"'),)
    named = Condition(account="aa", unless=Condition(account="aaa"))
    rule = await store.rules.save(Rule("aa", when=named, then=said), T0)
    before = await rows(store)
    await store.account_rows.begin_rename("aa", "new")
    assert await store.account_rows.unfinished_rename() == ("aa", "new")
    await store.account_rows.rename("aa", "new")
    await store.account_rows.rename("aa", "new")  # as after a start that was cut off as well
    await store.account_rows.forget_rename()
    assert await store.account_rows.unfinished_rename() is None
    assert await rows(store) == before
    for kept in (await store.settings.beginning(PREFERENCES)).values():
        [renamed] = msgspec.json.decode(kept, type=Preferences).views
        assert renamed == replace(view, narrowing=Narrowing(account="new"))
    rules = [*await store.rules.all(), *await store.rules.revisions(rule.id)]
    assert [one.when for one in rules] == [replace(named, account="new")] * 2
    assert {one.then for one in rules} == {said}, "what is said stays"
    [thread] = await store.inbox.customers("oA", accounts=["new"])
    assert thread.account == "new"
    assert await store.inbox.customers("oA", accounts=["aa"]) == []
    assert [await store.settings.get(key + "new") for key in ACCOUNT_KEYS] == ["x"] * len(ACCOUNT_KEYS)
    assert [await store.settings.get(key + "aa") for key in ACCOUNT_KEYS] == [None] * len(ACCOUNT_KEYS)


async def test_a_name_that_has_conversations_is_not_given(store: Store) -> None:
    await fill(store, "aa")
    await fill(store, "bb")
    before = await rows(store)
    with pytest.raises(BadInput, match="“bb” already"):
        await store.account_rows.begin_rename("aa", "bb")
    assert await rows(store) == before


async def test_what_accounts_left_that_are_not_configured_is_found_until_it_is_resolved(store: Store) -> None:
    for name in ("aa", "bb"):
        await fill(store, name)
    assert await store.account_rows.of_others(("bb", "cc")) == ["aa"]
    assert sorted(await store.account_rows.of_others(())) == ["aa", "bb"]
    assert await store.account_rows.of_others(("aa", "bb")) == []
    [left] = await store.account_rows.resolved("aa", None, 0)
    assert await store.account_rows.resolved("aa", None, left) == []
    assert await store.account_rows.resolved("aa", T0, 0) == []
