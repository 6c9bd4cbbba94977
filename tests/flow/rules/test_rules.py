"""Rules that know more than the message, over real HTTP and a real database: they remember, also after a restart."""

import asyncio
from collections.abc import Callable

import pytest

from tests.flow.conftest import World
from wxdesk.core.events import ApiCalled, DecisionMade, Event, OperatorCalled
from wxdesk.core.model.decision import Decision, Outcome
from wxdesk.core.model.reply import Reply, ReplyState
from wxdesk.sandbox.demo_customers import LI_LEI, WANG_FANG
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault

RULES = """
[[rules]]
name = "welcome"
when = { first_contact = true }
continue = true
then = [{ reply = "欢迎新朋友。" }]

[[rules]]
name = "hours"
when = { any = ["几点"] }
cooldown = { per_contact_s = 3600 }
then = [{ reply = "九点到九点。" }]

[[rules]]
name = "looks on"
when = { any = ["退款"] }
delivery = "shadow"
then = [{ reply = "马上退。" }, { take_over = true }]

[[rules]]
name = "slowly"
when = { any = ["慢慢说"] }
then = [{ typing = 1 }, { reply = "好的。" }]

[[rules]]
name = "third time"
when = { message_no = { min = 3 }, last_rule_within = { rule = "else", minutes = 5 } }
then = [{ notify = true }, { reply = "同事马上来。" }]

[[rules]]
name = "else"
default = true
then = [{ reply = "收到。" }]
"""


@pytest.fixture
async def shop(world: World) -> World:
    await world.opened.desk.rules.exchange.take_in(RULES, "rules.toml")
    return world


def last(shop: World, count: int) -> list[str]:
    return [message.text for message in shop.sandbox.sent[-count:]]


async def test_a_greeting_comes_once_and_an_answer_rests_also_over_a_restart(shop: World) -> None:
    await shop.says(LI_LEI.openid, "几点开门")
    assert last(shop, 2) == ["欢迎新朋友。", "九点到九点。"]
    await shop.says(LI_LEI.openid, "几点关门")
    assert last(shop, 1) == ["收到。"]
    await shop.restart()
    decision = await shop.says(LI_LEI.openid, "周日几点")
    assert last(shop, 1) == ["同事马上来。"]  # the third message, a moment after “else”
    cooled = next(said for said in decision.verdicts if said.rule_name == "hours")
    assert (cooled.verdicts[-1].condition, cooled.verdicts[-1].found) == ("cooldown", "per_contact_s")
    await shop.says(WANG_FANG.openid, "几点")
    assert last(shop, 2) == ["欢迎新朋友。", "九点到九点。"]


async def test_a_shadow_rule_leaves_only_its_verdict(shop: World) -> None:
    await shop.says(LI_LEI.openid, "你好")
    decision = await shop.says(LI_LEI.openid, "我要退款")
    assert last(shop, 2) == ["欢迎新朋友。", "收到。"]
    assert (decision.outcome, decision.rule_name) == (Outcome.REPLIED, "else")
    assert [said.rule_name for said in decision.verdicts if said.shadow] == ["looks on"]
    assert not (await shop.row_of(LI_LEI.openid)).conversation.taken_over
    hits = await shop.opened.store.decision_history.hits(decision.decided_at)
    named = {rule.id: rule.name for rule in await shop.opened.desk.rules.rulebook.all()}
    assert {named[rule_id] for rule_id in hits} == {"looks on", "else"}


async def test_typing_is_shown_before_the_answer_comes(shop: World) -> None:
    greeted = asyncio.create_task(shop.heard(_is_call("send")))
    await shop.says(LI_LEI.openid, "你好")
    await greeted
    typing, sending = (asyncio.create_task(shop.heard(_is_call(call))) for call in ("typing", "send"))
    decision = await shop.says(LI_LEI.openid, "慢慢说")
    shown, sent = await typing, await sending
    assert isinstance(shown, ApiCalled)
    assert isinstance(sent, ApiCalled)
    assert (decision.rule_name, last(shop, 1)) == ("slowly", ["好的。"])
    assert shown.at < sent.at
    assert (sent.at - decision.decided_at).total_seconds() >= 1


def _is_call(word: str) -> Callable[[Event], bool]:
    return lambda event: isinstance(event, ApiCalled) and event.call.endswith(word) and event.outcome == "0 ok"


async def test_a_rule_calls_somebody_to_the_desk(shop: World) -> None:
    called = asyncio.create_task(shop.heard(lambda event: isinstance(event, OperatorCalled)))
    for text in ("你好", "在吗", "有人吗"):
        await shop.says(LI_LEI.openid, text)
    event = await called
    row = await shop.row_of(LI_LEI.openid)
    assert event == OperatorCalled(row.conversation.id, "third time")


STOPPED = """
[[rules]]
name = "coupon"
when = { any = ["优惠券"] }
delivery = { hold = 60 }
then = [{ reply = "券码 2046" }]

[[rules]]
name = "used"
when = { any = ["怎么用"], last_rule_within = { rule = "coupon", minutes = 30 } }
then = [{ reply = "刚才的券码付款时填。" }]

[[rules]]
name = "once"
when = { any = ["几点"] }
cooldown = { per_conversation = "once" }
then = [{ reply = "九点到九点。" }]
"""


async def decided(shop: World, openid: str, text: str) -> Decision:
    """The decision about what the customer says, also where its reply waits or fails."""
    event = await shop.hears(openid, text, lambda event: isinstance(event, DecisionMade))
    assert isinstance(event, DecisionMade)
    decision = await shop.opened.store.decision_history.for_message(event.message_id)
    assert decision is not None
    return decision


async def test_a_cancelled_reply_does_not_count_as_said_by_its_rule(world: World) -> None:
    desk = world.opened.desk
    await desk.rules.exchange.take_in(STOPPED, "rules.toml")
    thread = (await decided(world, LI_LEI.openid, "有优惠券吗")).conversation_id
    await decided(world, WANG_FANG.openid, "有优惠券吗")
    [held] = [one for one in await world.opened.store.inbox.timeline(thread) if isinstance(one, Reply)]
    assert held.state is ReplyState.HELD
    await desk.replies.cancel(held.id)
    assert (await decided(world, LI_LEI.openid, "怎么用")).outcome is Outcome.UNMATCHED
    waiting = await decided(world, WANG_FANG.openid, "怎么用")
    assert waiting.rule_name == "used"  # what waits may still leave


async def test_a_rule_whose_reply_wechat_refused_can_answer_again(world: World) -> None:
    await world.opened.desk.rules.exchange.take_in(STOPPED, "rules.toml")
    world.sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, "send", times=1, errcode=45047))
    await world.hears(LI_LEI.openid, "几点开门", lambda event: getattr(event, "state", None) is ReplyState.FAILED)
    again = await world.says(LI_LEI.openid, "几点关门")
    assert (again.rule_name, last(world, 1)) == ("once", ["九点到九点。"])
    assert (await world.says(LI_LEI.openid, "几点休息")).outcome is Outcome.UNMATCHED
