"""A trial as a stored customer tells what happens when that customer sends the message."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.flow.timed_desk import START, Desk, timed_desk
from wxdesk.core.conversations.changes import ContactChange
from wxdesk.core.conversations.listing import TimelineItem
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.decision import Decision, Outcome
from wxdesk.core.model.reply import Reply, ReplyState
from wxdesk.desk.rules.trial.scenario import TrialMessage, TrialScenario
from wxdesk.desk.rules.trial.trials import Trial
from wxdesk.sandbox.demo_customers import LI_LEI, WANG_FANG

UNDER_WAY = frozenset({ReplyState.QUEUED, ReplyState.SENDING})
LI, WANG = LI_LEI.openid, WANG_FANG.openid
RULES = """
[[rules]]
name = "once"
when = { any = ["优惠"] }
cooldown = { per_conversation = 1 }
then = [{ reply = "优惠码给您，{{ contact.alias }}" }]

[[rules]]
name = "minute"
when = { any = ["地址"] }
cooldown = { per_account_per_min = 1 }
then = [{ reply = "人民路1号" }]

[[rules]]
name = "after the hours"
when = { any = ["周末"], last_rule_within = { rule = "hours", minutes = 5 } }
then = [{ reply = "周末一样" }]

[[rules]]
name = "hours"
when = { any = ["几点"] }
then = [{ reply = "九点" }]

[[rules]]
name = "three"
when = { any = ["三条"] }
then = [{ reply = "一" }, { reply = "二" }, { reply = "三" }]

[[rules]]
name = "long"
when = { any = ["慢"] }
delivery = { hold = 60 }
then = [{ reply = "慢慢来" }]

[[rules]]
name = "tool"
when = { any = ["客服"] }
then = [{ transfer = true }]

[[rules]]
name = "patience"
when = { message_no = { min = 4 } }
then = [{ reply = "让您久等了" }]

[[rules]]
name = "back"
when = { quiet_days = 1 }
then = [{ reply = "欢迎回来" }]

[[rules]]
name = "shoes"
when = { tags = { any = ["VIP"] } }
then = [{ reply = "{{ session.goods | default: '全场' }}八折" }]

[[rules]]
name = "default"
default = true
then = [{ reply = "已收到" }]
"""

type Before = Callable[[Desk, int], Awaitable[object]]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with timed_desk(tmp_path, RULES) as made:
        yield made


async def _settled(desk: Desk) -> None:
    """Nothing is on its way any more."""
    await desk.until(lambda: all(states[-1] not in UNDER_WAY for states in desk.states.values()))


async def _nothing(_desk: Desk, _thread: int) -> None:
    pass


async def _taken_over(desk: Desk, thread: int) -> None:
    await desk.opened.desk.conversations.take_over(thread)


async def _handed_back(desk: Desk, thread: int) -> None:
    await desk.opened.desk.conversations.take_over(thread)
    await desk.opened.desk.conversations.hand_back(thread)


async def _drafts_only(desk: Desk, thread: int) -> None:
    await desk.opened.desk.conversations.set_mode(thread, ReplyMode.DRAFT)


async def _guarded(desk: Desk, _thread: int) -> None:
    preferences = desk.opened.desk.preferences
    await preferences.set(replace(preferences.now, guarded_words=("九",), guards_rules=True))


async def _by_hand(desk: Desk, thread: int) -> None:
    await desk.opened.desk.conversations.set_mode(thread, ReplyMode.OFF)


async def _to_the_tool_next(desk: Desk, thread: int) -> None:
    await desk.opened.desk.conversations.arm_transfer(thread)


async def _blocked(desk: Desk, thread: int) -> None:
    contact = (await desk.opened.store.conversations.get(thread)).contact
    await desk.opened.store.conversations.change_contact(contact.id, ContactChange(blocked=True))


async def _described(desk: Desk, thread: int) -> None:
    await desk.opened.desk.conversations.describe(thread, ContactChange(alias="李雷", add=("VIP",)))


async def _from_the_shoes(desk: Desk, thread: int) -> None:
    await _described(desk, thread)
    await desk.decided(desk.sandbox.enter(LI, "goods=鞋"))


async def _had_the_coupon(desk: Desk, thread: int) -> None:
    await _described(desk, thread)
    await desk.says(LI, "有优惠吗")


async def _somebody_asked_the_address(desk: Desk, _thread: int) -> None:
    await desk.says(WANG, "地址")


async def _heard_the_hours(desk: Desk, _thread: int) -> None:
    await desk.says(LI, "几点")
    await _settled(desk)
    desk.move_to(START + timedelta(minutes=4))


async def _heard_the_hours_long_ago(desk: Desk, _thread: int) -> None:
    await desk.says(LI, "几点")
    await _settled(desk)
    desk.move_to(START + timedelta(minutes=6))


async def _wrote_often(desk: Desk, _thread: int) -> None:
    for _ in range(2):
        await desk.says(LI, "在吗")


async def _was_answered(desk: Desk, thread: int) -> None:
    await _wrote_often(desk, thread)
    desk.clock.now += timedelta(seconds=2)
    reply = await desk.opened.desk.replies.write(thread, "您好")
    await desk.until(lambda: desk.states[reply.id][-1:] == [ReplyState.SENT])
    await desk.opened.desk.conversations.hand_back(thread)
    desk.clock.now += timedelta(seconds=2)


async def _was_quiet(desk: Desk, _thread: int) -> None:
    desk.move_to(START + timedelta(days=1, hours=1))


async def _waits_for_one(desk: Desk, _thread: int) -> None:
    await desk.says(LI, "慢")


async def _one_edited(desk: Desk, thread: int) -> None:
    await _waits_for_one(desk, thread)
    [held] = [one for one in await _timeline(desk, thread) if isinstance(one, Reply) and one.state is ReplyState.HELD]
    await desk.opened.desk.replies.edit(held.id, "慢慢来，不急")


async def _timeline(desk: Desk, thread: int) -> list[TimelineItem]:
    return await desk.opened.store.inbox.timeline(thread)


async def _tried(desk: Desk, thread: int, text: str) -> Trial:
    known = await desk.opened.store.decision_history.load_for_trial(thread, desk.clock())
    return desk.opened.desk.rules.trials.try_message(TrialMessage(text, around=TrialScenario(known=known)))


async def _made(desk: Desk, decision: Decision) -> list[tuple[str, bool]]:
    """The text of each reply that a decision made, and whether it was a draft at first."""
    said = await _timeline(desk, decision.conversation_id)
    made = [one for one in said if isinstance(one, Reply) and one.message_id == decision.message_id]
    return [(one.content.text, desk.states[one.id][0] is ReplyState.DRAFT) for one in made]


@pytest.mark.parametrize(
    ("before", "text", "outcome", "says"),
    [
        (_nothing, "几点", Outcome.REPLIED, "九点"),
        (_taken_over, "几点", Outcome.TAKEN_OVER, None),
        (_handed_back, "几点", Outcome.REPLIED, "九点"),
        (_drafts_only, "几点", Outcome.REPLIED, "九点"),
        (_drafts_only, "客服", Outcome.HANDED_OVER, None),
        (_guarded, "几点", Outcome.REPLIED, "九点"),
        (_guarded, "地址", Outcome.REPLIED, "人民路1号"),
        (_by_hand, "几点", Outcome.PAUSED, None),
        (_to_the_tool_next, "几点", Outcome.TRANSFERRED, None),
        (_blocked, "几点", Outcome.BLOCKED, None),
        (_described, "优惠", Outcome.REPLIED, "优惠码给您，李雷"),
        (_nothing, "优惠", Outcome.INCOMPLETE, "优惠码给您，‹contact.alias›"),
        (_had_the_coupon, "优惠", Outcome.REPLIED, "全场八折"),
        (_described, "看看", Outcome.REPLIED, "全场八折"),
        (_from_the_shoes, "看看", Outcome.REPLIED, "鞋八折"),
        (_nothing, "地址", Outcome.REPLIED, "人民路1号"),
        (_somebody_asked_the_address, "地址", Outcome.REPLIED, "已收到"),
        (_heard_the_hours, "周末呢", Outcome.REPLIED, "周末一样"),
        (_heard_the_hours_long_ago, "周末呢", Outcome.REPLIED, "已收到"),
        (_nothing, "在吗", Outcome.REPLIED, "已收到"),
        (_wrote_often, "在吗", Outcome.REPLIED, "让您久等了"),
        (_was_answered, "在吗", Outcome.REPLIED, "已收到"),
        (_was_quiet, "在吗", Outcome.REPLIED, "欢迎回来"),
        (_waits_for_one, "在吗", Outcome.STILL_HELD, None),
        (_waits_for_one, "几点", Outcome.REPLIED, "九点"),
        (_one_edited, "几点", Outcome.YIELDED, None),
        (_nothing, "三条", Outcome.REPLIED, "一 二 三"),
        (_waits_for_one, "三条", Outcome.REPLIED, "一 二 三"),
        (_one_edited, "三条", Outcome.NO_QUOTA, None),
    ],
)
async def test_the_next_message_meets_what_was_tried(
    desk: Desk, before: Before, text: str, outcome: Outcome, says: str | None
) -> None:
    thread = (await desk.says(LI, "你好")).conversation_id
    await desk.until_sent(1)  # else its answer, with WeChat's date, may come after the clock was moved by a day
    await before(desk, thread)
    await _settled(desk)
    desk.move_to(desk.clock.now + timedelta(seconds=2))
    trial = await _tried(desk, thread, text)
    assert (trial.outcome, [content.text for content in trial.contents]) == (outcome, says.split(" ") if says else [])
    decision = await desk.says(LI, text)
    drafts = [one.mode is ReplyMode.DRAFT for one in trial.deliveries]
    told = [(one.text, draft) for one, draft in zip(trial.contents, drafts, strict=True)]
    assert (decision.outcome, await _made(desk, decision)) == (trial.outcome, told)
