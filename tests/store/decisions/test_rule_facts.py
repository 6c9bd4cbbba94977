"""The history of a contact that rules can ask about, read for a batch of messages."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from tests.store.chats import T0, Talk, add_reply, entering, incoming, second
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.decision import Decision, Firing, Outcome
from wxdesk.core.model.message import Message, MessageType
from wxdesk.core.model.reply import Content, NewReply, ReplyState
from wxdesk.core.model.rule import Rule
from wxdesk.core.replies.lifecycle import Move
from wxdesk.core.rules.conditions.facts import NO_HISTORY, ContactHistory, FiringCount, RequiredHistory
from wxdesk.core.rules.past_messages import PastMessage
from wxdesk.core.rules.ruling import Ruling, UndecidedMessage
from wxdesk.store import Store
from wxdesk.store.schema.columns import EPOCH

ALL = RequiredHistory(last_written_at=True, message_no=9, fired=frozenset({1, 2}), lately=frozenset({1, 2}))


async def history(
    store: Store, item: UndecidedMessage, wanted: RequiredHistory = ALL, at: float = 100
) -> ContactHistory:
    [found] = await store.decisions.with_history([item], wanted, second(at))
    assert replace(found, history=NO_HISTORY) == item
    return found.history


async def fire(store: Store, message: Message, at: float, *firings: Firing) -> None:
    decision = Decision(message.id, message.conversation_id, Outcome.REPLIED, second(at), rule_id=firings[-1].rule_id)
    await store.decisions.store_rulings([Ruling(decision, firings=firings)])


async def answer(store: Store, conversation_id: int, at: float, author: Author = Author.OPERATOR) -> None:
    reply = await add_reply(store, NewReply(conversation_id, author, Content(text="好"), ReplyState.QUEUED), second(at))
    await store.outbox.move(reply.id, Move.CLAIM, second(at))
    await store.outbox.move(reply.id, Move.ACCEPT, second(at))


async def test_the_first_message_has_nothing_before_it(talk: Talk, store: Store) -> None:
    item = await talk.says("o1", "在吗", at=second(0))
    await talk.says("o2", "别人", at=second(-5))
    assert await history(store, item) == ContactHistory(None, 1)


async def test_earlier_messages_count_and_entering_does_not(talk: Talk, store: Store) -> None:
    await talk.hears(entering("o1", second(0)), second(0))
    first = await talk.says("o1", "一", at=second(10))
    await talk.hears(entering("o1", second(15)), second(15))
    second_one = await talk.says("o1", "二", at=second(20))
    entered = await talk.hears(entering("o1", second(30)), second(30))
    assert await history(store, first) == ContactHistory(None, 1)
    assert await history(store, second_one) == ContactHistory(first.message.at, 2)
    assert await history(store, entered) == ContactHistory(second_one.message.at, 2)


async def test_a_message_is_seen_as_of_its_own_time(talk: Talk, store: Store) -> None:
    late = await talk.says("o1", "早写的", at=second(0))
    await talk.says("o1", "后写的", at=second(10))
    assert await history(store, late) == ContactHistory(None, 1)


async def test_a_message_written_later_is_not_before_one_that_arrived_late(talk: Talk, store: Store) -> None:
    later = await talk.says("o1", "后写先到", at=second(10))
    delayed = await talk.hears(incoming("o1", "先写后到", at=second(0)), second(12))
    assert await history(store, delayed) == ContactHistory(None, 1)
    assert await history(store, later) == ContactHistory(delayed.message.at, 2)


async def test_messages_of_the_same_moment_come_in_their_order(talk: Talk, store: Store) -> None:
    first, then = [await talk.says("o1", text, at=second(0)) for text in ("一", "二")]
    assert await history(store, first) == ContactHistory(None, 1)
    assert await history(store, then) == ContactHistory(first.message.at, 2)


async def test_messages_are_counted_since_a_human_answered(talk: Talk, store: Store) -> None:
    await talk.says("o1", "一", at=second(0))
    item = await talk.says("o1", "二", at=second(10))
    await answer(store, item.conversation.id, 12, Author.RULE)
    third = await talk.says("o1", "三", at=second(20))
    assert (await history(store, third)).message_no == 3
    await answer(store, item.conversation.id, 25)
    fourth = await talk.says("o1", "四", at=second(30))
    assert (await history(store, fourth)).message_no == 1
    assert (await history(store, third)).message_no == 3
    assert (await history(store, fourth)).last_written_at == third.message.at


async def test_a_humans_reply_that_did_not_leave_is_no_answer(talk: Talk, store: Store) -> None:
    item = await talk.says("o1", "一", at=second(0))
    draft = NewReply(item.conversation.id, Author.OPERATOR, Content(text="好"), ReplyState.DRAFT)
    await add_reply(store, draft, second(5))
    assert (await history(store, await talk.says("o1", "二", at=second(10)))).message_no == 2


async def test_rules_that_matched_are_kept_for_their_contact(talk: Talk, store: Store) -> None:
    first = await talk.says("o1", "一", at=second(0))
    await fire(store, first.message, 1, Firing(1), Firing(2, shadow=True), Firing(3))
    other = await talk.says("o2", "一", at=second(2))
    await fire(store, other.message, 3, Firing(1))
    again = await talk.says("o1", "二", at=second(40))
    await fire(store, again.message, 41, Firing(1))
    item = await talk.says("o1", "三", at=second(50))
    found = await history(store, item, at=60)
    assert found.fired == {1: FiringCount(second(41), 2)}
    assert found.lately == {1: 3}
    assert (await history(store, item, at=62)).lately == {1: 2}
    assert (await history(store, item, at=101)).lately == {}


YEAR = 365 * 24 * 3600


async def test_what_matched_by_a_clock_a_year_ahead_cools_nothing_down_today(talk: Talk, store: Store) -> None:
    first = await talk.says("o1", "一", at=second(0))
    await fire(store, first.message, 1, Firing(1))
    ahead = await talk.says("o1", "二", at=second(YEAR))
    await fire(store, ahead.message, YEAR, Firing(1), Firing(2))
    item = await talk.says("o1", "三", at=second(30))
    wanted = replace(ALL, said=frozenset({1, 2}), said_within=timedelta(minutes=1))
    met = await history(store, item, wanted, at=30)
    assert met.fired == {1: FiringCount(second(1), 2), 2: FiringCount(EPOCH, 1)}
    assert (met.lately, met.said) == ({1: 1}, {1: second(1)})


ENDS = [
    ((), True, True),  # it waits still
    ((Move.CLAIM, Move.ACCEPT), True, True),
    ((Move.CLAIM, Move.LOSE), True, True),  # it may have arrived
    ((Move.CANCEL,), False, True),  # a human has said no to it
    ((Move.CLAIM, Move.REFUSE), False, False),
    ((Move.CLAIM, Move.REFUSE, Move.RETRY), True, True),
]


@pytest.mark.parametrize(("moves", "said", "counted"), ENDS)
async def test_a_cancelled_or_failed_reply_was_not_said_and_a_failed_one_is_no_firing(
    talk: Talk, store: Store, moves: tuple[Move, ...], said: bool, counted: bool
) -> None:
    await store.rules.save(Rule("the first one"), second(0))
    first = await talk.says("o1", "一", at=second(0))
    [before] = await talk.decides(first.message, "先", at=second(1), rule_id=1)
    await talk.moves(before, Move.CLAIM, Move.ACCEPT, at=second(2))
    again = await talk.says("o1", "二", at=second(10))
    [reply] = await talk.decides(again.message, "后", at=second(11), rule_id=1)
    await talk.moves(reply, *moves, at=second(12))
    item = await talk.says("o1", "三", at=second(20))
    met = await history(store, item, replace(ALL, said=frozenset({1}), said_within=timedelta(minutes=1)), at=20)
    assert met.said == {1: second(11 if said else 1)}
    assert met.fired == {1: FiringCount(second(11), 2) if counted else FiringCount(second(1), 1)}
    sentence = PastMessage(item.message.id, item.conversation.id, MessageType.TEXT, "三", second(20))
    past = (await store.message_history.histories_when_written([sentence], replace(ALL, said=frozenset({1}))))[
        item.message.id
    ]
    assert (past.said, past.fired) == (met.said, met.fired)
    supposed = (await store.decision_history.load_for_trial(item.conversation.id, second(20))).history
    assert (supposed.said, supposed.fired) == (met.said, met.fired)


async def test_a_rule_whose_only_reply_failed_has_neither_said_nor_fired(talk: Talk, store: Store) -> None:
    first = await talk.says("o1", "一", at=second(0))
    [reply] = await talk.decides(first.message, "好", at=second(1), rule_id=1)
    await talk.moves(reply, Move.CLAIM, Move.REFUSE, at=second(2))
    item = await talk.says("o1", "二", at=second(10))
    found = await history(
        store, item, RequiredHistory(fired=frozenset({1}), said=frozenset({1}), said_within=timedelta(1))
    )
    assert (found.fired, found.said) == ({}, {})


async def test_a_part_that_arrived_is_said_though_another_failed(talk: Talk, store: Store) -> None:
    first = await talk.says("o1", "一", at=second(0))
    one, other = await talk.decides(first.message, "上", "下", at=second(1), rule_id=1)
    await talk.moves(one, Move.CLAIM, Move.ACCEPT, at=second(2))
    await talk.moves(other, Move.CLAIM, Move.REFUSE, at=second(2))
    item = await talk.says("o1", "二", at=second(10))
    found = await history(
        store, item, RequiredHistory(fired=frozenset({1}), said=frozenset({1}), said_within=timedelta(1))
    )
    assert (found.fired, found.said) == ({1: FiringCount(second(1))}, {1: second(1)})


async def test_firings_are_looked_for_as_far_back_as_rules_ask(talk: Talk, store: Store) -> None:
    first = await talk.says("o1", "一", at=second(0))
    await fire(store, first.message, 1, Firing(1), Firing(2))  # they tagged, and said nothing
    await fire(store, (await talk.says("o1", "二", at=second(60))).message, 61, Firing(2))
    item = await talk.says("o1", "三", at=second(100))
    wanted = RequiredHistory(said=frozenset({1, 2}), said_within=timedelta(minutes=1))
    assert (await history(store, item, wanted, at=61)).said == {1: second(1), 2: second(61)}
    assert (await history(store, item, wanted, at=62)).said == {2: second(61)}


async def test_accounts_do_not_count_each_others_rules(talk: Talk, store: Store) -> None:
    other = await talk.says("o1", "一", account="other", at=second(0))
    await fire(store, other.message, 1, Firing(1))
    item = await talk.says("o1", "一", at=second(2))
    found = await history(store, item, at=3)
    assert (found.fired, found.lately) == ({}, {})


async def test_only_the_required_history_is_looked_up(talk: Talk, store: Store) -> None:
    first = await talk.says("o1", "一", at=second(0))
    await fire(store, first.message, 1, Firing(1))
    item = await talk.says("o1", "二", at=second(10))
    assert await history(store, item, RequiredHistory()) == NO_HISTORY
    assert await history(store, item, RequiredHistory(last_written_at=True)) == ContactHistory(first.message.at, 1)
    assert await history(store, item, RequiredHistory(message_no=9)) == ContactHistory(None, 2)
    assert await history(store, item, RequiredHistory(fired=frozenset({1}))) == ContactHistory(
        fired={1: FiringCount(second(1))}
    )
    assert await history(store, item, RequiredHistory(lately=frozenset({1})), at=20) == ContactHistory(lately={1: 1})


async def test_each_message_of_a_batch_has_its_own_history(talk: Talk, store: Store) -> None:
    items = [await talk.says(f"o{n % 3}", f"{n}", at=second(n)) for n in range(9)]
    found = await store.decisions.with_history(items, ALL, second(100))
    assert [item.history.message_no for item in found] == [1, 1, 1, 2, 2, 2, 3, 3, 3]
    assert found[4].history.last_written_at == items[1].message.at
    assert found[0].history.last_written_at is None
    assert T0 + timedelta(seconds=100) == second(100)


async def test_a_decision_that_comes_twice_fires_once(talk: Talk, store: Store) -> None:
    first = await talk.says("o1", "一", at=second(0))
    for _ in range(2):
        await fire(store, first.message, 1, Firing(1))
    item = await talk.says("o1", "二", at=second(2))
    assert (await history(store, item)).fired == {1: FiringCount(second(1), 1)}
