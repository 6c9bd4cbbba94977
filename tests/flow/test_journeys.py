"""Whole journeys over real HTTP: a customer writes, a rule answers, an operator steps in."""

import asyncio

import pytest

from tests.flow.conftest import World
from wxdesk.core.events import DecisionMade, ReplyChanged
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.decision import Outcome
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.reply import Reply, ReplyState
from wxdesk.sandbox.demo_customers import LI_LEI, WANG_FANG, ZHANG_SANFENG
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault


async def _sent_reply(world: World) -> None:
    await world.heard(lambda event: isinstance(event, ReplyChanged) and event.state is ReplyState.SENT)


async def _replies(world: World, openid: str) -> list[Reply]:
    row = await world.row_of(openid)
    timeline = await world.opened.store.inbox.timeline(row.conversation.id)
    return [item for item in timeline if isinstance(item, Reply)]


async def test_a_message_comes_in_and_an_answer_goes_out(world: World) -> None:
    sent = asyncio.create_task(_sent_reply(world))
    outcome = await world.sandbox.say(LI_LEI.openid, "请问几点关门")
    assert outcome.accepted
    assert (await world.sandbox.wait_for_reply(LI_LEI.openid)).text == "我们 9:00–21:00 营业。"
    await sent
    (reply,) = await _replies(world, LI_LEI.openid)
    assert (reply.author, reply.state, reply.rule_name) == (Author.RULE, ReplyState.SENT, "hours")
    row = await world.row_of(LI_LEI.openid)
    assert row.conversation.window.left == 4
    assert row.conversation.unread == 1


async def test_an_operators_message_reaches_the_customer(world: World) -> None:
    await world.hears(WANG_FANG.openid, "这款还有白色的吗", lambda event: isinstance(event, DecisionMade))
    row = await world.row_of(WANG_FANG.openid)
    await world.opened.desk.replies.write(row.conversation.id, "有的，“白色”还剩两件\n需要留一件吗？")
    assert (await world.sandbox.wait_for_reply(WANG_FANG.openid)).text == "有的，“白色”还剩两件\n需要留一件吗？"


async def test_a_takeover_silences_the_rule_until_it_is_handed_back(world: World) -> None:
    await world.sandbox.say(LI_LEI.openid, "几点开门")
    await world.sandbox.wait_for_reply(LI_LEI.openid)
    row = await world.row_of(LI_LEI.openid)
    await world.opened.desk.conversations.take_over(row.conversation.id)

    decided = asyncio.create_task(world.heard(lambda event: isinstance(event, DecisionMade)))
    await world.sandbox.say(LI_LEI.openid, "那几点关门")
    event = await decided
    assert isinstance(event, DecisionMade)
    decision = await world.opened.store.decision_history.for_message(event.message_id)
    assert decision is not None
    assert decision.outcome is Outcome.TAKEN_OVER
    assert len(world.sandbox.sent) == 1

    await world.opened.desk.conversations.hand_back(row.conversation.id)
    await world.sandbox.say(LI_LEI.openid, "周日几点关门")
    await world.sandbox.wait_for_reply(LI_LEI.openid, after=1)


async def test_a_rule_hands_over_to_a_human(world: World) -> None:
    await world.sandbox.say(ZHANG_SANFENG.openid, "退款三天了还没到账")
    assert (await world.sandbox.wait_for_reply(ZHANG_SANFENG.openid)).text == "马上为您转人工。"
    assert (await world.row_of(ZHANG_SANFENG.openid)).conversation.taken_over


async def test_a_repeated_push_is_kept_and_answered_once_also_after_a_restart(world: World) -> None:
    world.sandbox.faults.plan(SimulatedFault(FaultKind.DUPLICATE, call="push"))
    outcome = await world.sandbox.say(LI_LEI.openid, "几点关门")
    assert outcome.accepted
    await world.sandbox.wait_for_reply(LI_LEI.openid)
    fields = {"MsgType": "text", "Content": "几点开门", "MsgId": "7000000000000000001"}
    await world.sandbox.push(LI_LEI.openid, fields)
    await world.sandbox.wait_for_reply(LI_LEI.openid, after=1)
    await world.restart()
    assert (await world.sandbox.push(LI_LEI.openid, fields)).accepted

    await world.sandbox.say(WANG_FANG.openid, "几点关门")  # what follows it is decided after it
    await world.sandbox.wait_for_reply(WANG_FANG.openid)
    assert [sent.text for sent in world.sandbox.sent if sent.openid == LI_LEI.openid] == ["我们 9:00–21:00 营业。"] * 2
    assert (await world.row_of(LI_LEI.openid)).conversation.unread == 2


async def test_a_held_reply_waits_for_the_operator(world: World) -> None:
    await world.hears(WANG_FANG.openid, "你好", lambda event: isinstance(event, DecisionMade))
    row = await world.row_of(WANG_FANG.openid)
    await world.opened.desk.conversations.set_mode(row.conversation.id, ReplyMode.DRAFT)
    await world.hears(
        WANG_FANG.openid, "几点关门", lambda event: isinstance(event, ReplyChanged) and event.state is ReplyState.DRAFT
    )
    (draft,) = await _replies(world, WANG_FANG.openid)
    await world.opened.desk.replies.edit(draft.id, "今天 22:00 关门。")
    await world.opened.desk.replies.release(draft.id)
    assert (await world.sandbox.wait_for_reply(WANG_FANG.openid)).text == "今天 22:00 关门。"


async def test_a_pause_keeps_everything_automatic_and_nothing_written(world: World) -> None:
    await world.opened.desk.outbox.pause()
    await world.hears(LI_LEI.openid, "几点关门", lambda event: isinstance(event, DecisionMade))
    row = await world.row_of(LI_LEI.openid)
    await world.opened.desk.replies.write(row.conversation.id, "九点")
    assert (await world.sandbox.wait_for_reply(LI_LEI.openid)).text == "九点"
    assert len(world.sandbox.sent) == 1
    await world.restart()
    assert world.opened.pause.on


async def test_a_greeting_follows_the_entrance(world: World) -> None:
    await world.opened.desk.rules.exchange.take_in(
        '[[rules]]\nname = "hi"\non = ["enter_session"]\nwhen = { session_from = { prefix = "goods" } }\n'
        'then = [{ reply = "欢迎！" }]\n',
        "rules.toml",
    )
    await world.sandbox.enter(WANG_FANG.openid, "goods/1024")
    assert (await world.sandbox.wait_for_reply(WANG_FANG.openid)).text == "欢迎！"
    row = await world.row_of(WANG_FANG.openid)
    items = await world.opened.store.inbox.timeline(row.conversation.id)
    assert getattr(items[0], "type", None) is MessageType.ENTER_SESSION


@pytest.mark.parametrize(
    ("fault", "state", "errcode"),
    [
        (SimulatedFault(FaultKind.ERRCODE, errcode=45015), ReplyState.FAILED, 45015),
        (SimulatedFault(FaultKind.ERRCODE, errcode=87014), ReplyState.FAILED, 87014),
        (SimulatedFault(FaultKind.RESET_AFTER), ReplyState.UNKNOWN, None),
    ],
)
async def test_each_outcome_has_its_state(
    world: World, fault: SimulatedFault, state: ReplyState, errcode: int | None
) -> None:
    world.sandbox.faults.plan(fault)
    await world.hears(LI_LEI.openid, "几点关门", lambda event: isinstance(event, ReplyChanged) and event.state is state)
    (reply,) = await _replies(world, LI_LEI.openid)
    assert (reply.state, reply.errcode) == (state, errcode)
    assert len(world.sandbox.sent) == (1 if state is ReplyState.UNKNOWN else 0)


async def test_replies_to_one_person_leave_in_order(world: World) -> None:
    world.sandbox.faults.plan(SimulatedFault(FaultKind.LATENCY, milliseconds=200))
    texts = [f"回声{n}" for n in range(3)]  # as many as leave the reserve
    for text in texts:
        await world.sandbox.say(LI_LEI.openid, text)
    await world.sandbox.wait_for_reply(LI_LEI.openid, after=2)
    assert [sent.text for sent in world.sandbox.sent] == [f"听到了：{text}" for text in texts]
