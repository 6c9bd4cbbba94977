"""How an account answers, set while it works: it holds at once, what waits follows, config.toml is the default."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.flow.timed_desk import START, Desk, timed_desk
from wxdesk.core.errors import BadPreference, NotFound
from wxdesk.core.events import AccountChanged
from wxdesk.core.model.account import ModeSource, ReplyMode
from wxdesk.core.model.reply import ReplyState
from wxdesk.sandbox.demo_customers import HAN_MEIMEI, LI_LEI, WANG_FANG

LI, WANG, HAN = LI_LEI.openid, WANG_FANG.openid, HAN_MEIMEI.openid
RULES = """
[[rules]]
name = "hours"
when = { any = ["几点"] }
then = [{ reply = "九点" }]

[[rules]]
name = "own"
when = { any = ["退款"] }
delivery = { hold = 60 }
then = [{ reply = "请稍等" }]
"""


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with timed_desk(tmp_path, RULES, reply_mode=ReplyMode.HOLD, hold_seconds=30) as made:
        yield made


async def state(desk: Desk, reply_id: int) -> ReplyState:
    return (await desk.reply(reply_id)).state


async def test_a_changed_account_mode_holds_for_the_next_reply(desk: Desk) -> None:
    await desk.opened.desk.accounts.set_mode("shop", ReplyMode.HOLD, 90)
    assert desk.events[-1] == AccountChanged("shop")
    await desk.says(LI, "几点")
    assert (await desk.reply(1)).due_at == START + timedelta(seconds=90)
    await desk.opened.desk.accounts.set_mode("shop", ReplyMode.AUTO, 90)
    await desk.says(WANG, "几点")
    await desk.until_sent(1)
    assert [sent.openid for sent in desk.sandbox.sent] == [WANG]
    assert await state(desk, 1) is ReplyState.HELD


@pytest.mark.parametrize(
    ("mode", "from_account", "from_rule"),
    [
        (ReplyMode.DRAFT, ReplyState.DRAFT, ReplyState.HELD),
        (ReplyMode.OFF, ReplyState.CANCELLED, ReplyState.CANCELLED),
        (ReplyMode.AUTO, ReplyState.HELD, ReplyState.HELD),
    ],
)
async def test_pending_replies_follow_the_account_mode_where_nothing_narrower_is_set(
    desk: Desk, mode: ReplyMode, from_account: ReplyState, from_rule: ReplyState
) -> None:
    await desk.says(LI, "几点")
    await desk.says(WANG, "退款")
    await desk.opened.desk.conversations.set_mode((await desk.says(HAN, "几点")).conversation_id, ReplyMode.HOLD)
    await desk.opened.desk.accounts.set_mode("shop", mode, 30)
    assert [await state(desk, reply) for reply in (1, 2, 3)] == [from_account, from_rule, ReplyState.HELD]
    assert desk.sandbox.sent == ()


async def test_an_account_mode_survives_a_restart_and_can_follow_config_again(desk: Desk) -> None:
    await desk.opened.desk.accounts.set_mode("shop", ReplyMode.DRAFT, 5)
    await desk.restart()
    accounts = desk.opened.desk.accounts
    assert accounts.is_overridden("shop")
    assert (accounts["shop"].reply_mode, accounts["shop"].hold_seconds) == (ReplyMode.DRAFT, 5)
    await desk.says(LI, "几点")
    assert await state(desk, 1) is ReplyState.DRAFT
    await accounts.follow_config("shop")
    assert not accounts.is_overridden("shop")
    assert (accounts["shop"].reply_mode, accounts["shop"].hold_seconds) == (ReplyMode.HOLD, 30)
    await desk.restart()
    assert desk.opened.desk.accounts["shop"].reply_mode is ReplyMode.HOLD


async def test_an_impossible_account_mode_is_refused_and_changes_nothing(desk: Desk) -> None:
    accounts = desk.opened.desk.accounts
    with pytest.raises(BadPreference):
        await accounts.set_mode("shop", ReplyMode.HOLD, 3601)
    with pytest.raises(NotFound):
        await accounts.set_mode("nobody", ReplyMode.OFF, 8)
    assert accounts["shop"].hold_seconds == 30
    assert not accounts.is_overridden("shop")


@pytest.mark.expects_log("stored mode of an account cannot be read")
async def test_an_unreadable_stored_mode_counts_as_never_set(desk: Desk) -> None:
    await desk.opened.store.settings.set("account:shop", '{"reply_mode": "later", "hold_seconds": 1}')
    await desk.restart()
    assert desk.opened.desk.accounts["shop"].reply_mode is ReplyMode.HOLD


async def test_each_reply_keeps_what_set_its_mode(desk: Desk) -> None:
    conversations, accounts = desk.opened.desk.conversations, desk.opened.desk.accounts
    han = (await desk.says(HAN, "在吗")).conversation_id
    await conversations.set_mode(han, ReplyMode.DRAFT)
    for openid, text in ((LI, "几点"), (WANG, "退款"), (HAN, "退款")):
        await desk.says(openid, text)

    async def words() -> list[tuple[ReplyMode | None, ModeSource | None]]:
        return [((reply := await desk.reply(one)).mode, reply.mode_from) for one in (1, 2, 3)]

    made = [
        (ReplyMode.HOLD, ModeSource.ACCOUNT),
        (ReplyMode.HOLD, ModeSource.RULE),
        (ReplyMode.DRAFT, ModeSource.CONVERSATION),
    ]
    assert await words() == made
    await accounts.set_mode("shop", ReplyMode.AUTO, 8)
    await conversations.set_mode(han, ReplyMode.HOLD)
    assert await words() == made
    await accounts.set_mode("shop", ReplyMode.DRAFT, 8)
    assert await words() == [(ReplyMode.DRAFT, ModeSource.ACCOUNT), *made[1:]]
    steps = [[step.reason for step in await desk.opened.store.replies.steps(one)] for one in (1, 2, 3)]
    assert steps == [
        ["As it was set for the account.", "The mode was changed for the account while it waited."],
        ["As the rule itself said."],
        ["As it was set for this conversation."],
    ]


async def test_a_pending_reply_follows_the_account_mode_again_with_its_conversation(desk: Desk) -> None:
    conversations = desk.opened.desk.conversations
    await desk.opened.desk.accounts.set_mode("shop", ReplyMode.DRAFT, 8)
    han = (await desk.says(HAN, "在吗")).conversation_id
    await conversations.set_mode(han, ReplyMode.HOLD)
    await desk.says(HAN, "几点")
    assert await state(desk, 1) is ReplyState.HELD
    await conversations.set_mode(han, None)
    reply = await desk.reply(1)
    assert (reply.state, reply.mode_from) == (ReplyState.DRAFT, ModeSource.ACCOUNT)
