"""Past messages and answers, as the dry run and the list of unmatched messages read them."""

from datetime import timedelta

from msgspec.structs import replace

from tests.store.chats import T0, Talk, entering, incoming, second
from wxdesk.core.model.decision import Outcome
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.rule import Action, ActionKind, Condition, HoursTest, Rule
from wxdesk.core.replies.lifecycle import Move
from wxdesk.core.rules.past_messages import OperatorReply
from wxdesk.store import Store

REPLY = (Action(ActionKind.REPLY, text="好"),)


async def test_messages_come_in_slices_from_the_oldest_on(store: Store, talk: Talk) -> None:
    made = [(await talk.says("a", f"第{n}句", second(n))).message for n in range(5)]
    assert await store.message_history.extent(100) == (5, made[0].id - 1)
    count, before = await store.message_history.extent(3)
    assert count == 3
    first = await store.message_history.messages(before, 2)
    assert [(one.id, one.text, one.at) for one in first] == [(one.id, one.text, one.at) for one in made[2:4]]
    assert [one.text for one in await store.message_history.messages(first[-1].id, 2)] == ["第4句"]


async def test_an_empty_store_has_no_past(store: Store) -> None:
    assert await store.message_history.extent(100) == (0, 0)
    assert await store.message_history.messages(0, 10) == []
    assert await store.message_history.unmatched(T0, 10) == []


async def test_entering_is_asked_about_and_other_events_are_not(store: Store, talk: Talk) -> None:
    await talk.hears(entering("a", T0, "goods"))
    await talk.hears(
        incoming("a", at=second(1), type=MessageType.OTHER, msg_type="event", event="kf_close_session"), second(1)
    )
    found = await store.message_history.messages(0, 10)
    assert [(one.type, one.session_from) for one in found] == [(MessageType.ENTER_SESSION, "goods")]
    assert (await store.message_history.extent(10))[0] == 1


async def test_operators_messages_are_read_in_order(store: Store, talk: Talk) -> None:
    message = (await talk.says("a")).message
    for n, text in enumerate(("早", "在的"), start=1):
        reply = await talk.writes(message.conversation_id, text, second(n))
        await talk.moves(reply, Move.CLAIM, Move.ACCEPT, at=second(n))
    await talk.writes(message.conversation_id, "没有发出", second(3))
    [by_rule] = await talk.decides(message, "规则说的", at=second(4))
    await talk.moves(by_rule, Move.CLAIM, Move.ACCEPT, at=second(4))
    thread = message.conversation_id
    early, then = (
        OperatorReply(thread, second(1), "早", message.at),
        OperatorReply(thread, second(2), "在的", message.at),
    )
    assert await store.message_history.operator_replies_since(T0) == [early, then]
    assert await store.message_history.operator_replies_since(second(2)) == [
        replace(then, burst=second(2))
    ]  # nothing is known before
    told = await store.message_history.messages(0, 10)
    assert await store.message_history.replies_by_rules(told) == {message.id: "规则说的"}
    assert (await store.message_history.conversations_by_id([thread, 999]))[thread].contact.openid == "a"


async def test_only_what_no_rule_or_only_a_default_answered_is_unmatched(store: Store, talk: Talk) -> None:
    default = await store.rules.save(Rule("d", default=True, then=REPLY), T0)
    hours = await store.rules.save(Rule("h", when=Condition(any=("几点",)), then=REPLY), T0)
    promise = (*REPLY, Action(ActionKind.TAKE_OVER))
    closed = await store.rules.save(Rule("c", when=Condition(hours=HoursTest("店", inside=False)), then=promise), T0)
    said = ("发票", "几点", "尺码", "运费", "有货吗")
    asked = [(await talk.says("a", text, second(n))).message for n, text in enumerate(said)]
    await talk.decides(asked[0], outcome=Outcome.UNMATCHED, rule_id=None, at=second(10))
    await talk.decides(asked[1], "九点", rule_id=hours.id, at=second(11))
    await talk.decides(asked[2], "请稍等", rule_id=default.id, at=second(12))
    await talk.decides(asked[3], outcome=Outcome.PAUSED, rule_id=None, at=second(13))
    await talk.decides(asked[4], "打烊了", rule_id=closed.id, at=second(9))
    found = await store.message_history.unmatched(T0, 10)
    assert [(one.text, one.id, one.at) for one in found] == [
        ("尺码", asked[2].id, asked[2].at),
        ("发票", asked[0].id, asked[0].at),
        ("有货吗", asked[4].id, asked[4].at),
    ]
    assert [one.text for one in await store.message_history.unmatched(T0, 1)] == ["尺码"]
    shown = await talk.hears(incoming("a", at=second(11), type=MessageType.IMAGE, msg_type="image"), second(11))
    entered = await talk.hears(entering("a", second(11)), second(11))
    for message in (shown.message, entered.message):
        await talk.decides(message, outcome=Outcome.UNMATCHED, rule_id=None, at=second(11))
    assert [(one.type, one.text) for one in await store.message_history.unmatched(T0, 10)] == [
        (MessageType.TEXT, "尺码"),
        (MessageType.IMAGE, ""),
        (MessageType.TEXT, "发票"),
        (MessageType.TEXT, "有货吗"),
    ]
    assert await store.message_history.unmatched(second(12) + timedelta(seconds=1), 10) == []
