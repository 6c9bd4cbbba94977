"""Figures over a span, against a story short enough to count by hand."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from tests.store.chats import Talk, entering, reopen, resolve, snooze
from wxdesk.core.conversations.changes import RowAct, RowChange
from wxdesk.core.conversations.takeover import Takeover
from wxdesk.core.model.decision import Outcome
from wxdesk.core.model.message import Message
from wxdesk.core.model.reply import Content, Reply, ReplyState
from wxdesk.core.model.rule import Action, ActionKind, Rule
from wxdesk.core.model.statistics import (
    Figures,
    MessageCounts,
    RuleHits,
    TimeSpan,
    Undelivered,
    UnmatchedText,
    WaitTimes,
)
from wxdesk.core.replies.lifecycle import Move
from wxdesk.store import Store
from wxdesk.store.replies.moves import ReplyChanges

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
WEEK = TimeSpan(MONDAY, MONDAY + timedelta(days=7))


def at(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """A moment of the week; Monday is day 0."""
    return MONDAY + timedelta(days=day, hours=hour, minutes=minute, seconds=second)


async def figures(store: Store, span: TimeSpan = WEEK, before: TimeSpan | None = None) -> Figures:
    return await store.statistics.over(span, UTC, before)


async def ask(talk: Talk, who: str, when: datetime, text: str = "在吗") -> Message:
    return (await talk.says(who, text, when)).message


async def answer(talk: Talk, message: Message, when: datetime, sent: datetime, rule_id: int = 7) -> Reply:
    [reply] = await talk.decides(message, "您好", at=when, rule_id=rule_id)
    return await talk.moves(reply, Move.CLAIM, Move.ACCEPT, at=sent)


async def write(talk: Talk, message: Message, sent: datetime) -> Reply:
    return await talk.moves(await talk.writes(message.conversation_id, "在的", sent), Move.CLAIM, Move.ACCEPT, at=sent)


async def test_a_store_without_messages_has_figures_without_anything(store: Store) -> None:
    empty = await figures(store)
    assert empty == Figures(WEEK, (MessageCounts(),) * 24, ((0,) * 24,) * 7)
    assert empty.is_empty


async def test_each_message_counts_once_by_who_spoke_first_after_it(talk: Talk) -> None:
    # Monday 9: a rule, then the operator as well.
    by_rule = await ask(talk, "a", at(0, 9, 0))
    await answer(talk, by_rule, at(0, 9, 0, 1), at(0, 9, 0, 4))
    await write(talk, by_rule, at(0, 9, 5))
    # Tuesday 9 and 10: two messages and one answer of the operator's for both.
    await ask(talk, "b", at(1, 9, 59))
    await write(talk, await ask(talk, "b", at(1, 10, 1)), at(1, 10, 3))
    # Sunday 23: nobody; and a reply that did not leave is no answer.
    lost = await ask(talk, "c", at(6, 23, 30))
    await talk.moves(await talk.writes(lost.conversation_id, "x", at(6, 23, 31)), Move.CLAIM, Move.REFUSE)
    # An event is not a message.
    await talk.hears(entering("d", at(0, 9, 10)), at(0, 9, 10))

    found = await figures(talk.store)

    expected = [MessageCounts()] * 24
    expected[9] = MessageCounts(by_rule=1, by_operator=1)
    expected[10] = MessageCounts(by_operator=1)
    expected[23] = MessageCounts(unanswered=1)
    assert found.hours == tuple(expected)
    assert (found.messages.total, found.messages.by_rule, found.messages.by_operator, found.messages.unanswered) == (
        4,
        1,
        2,
        1,
    )
    counts = {(d, h): n for d, row in enumerate(found.week) for h, n in enumerate(row) if n}
    assert counts == {(0, 9): 1, (1, 9): 1, (1, 10): 1, (6, 23): 1}


async def test_a_rules_reply_does_not_answer_messages_written_before_it_arrived(talk: Talk) -> None:
    first = await ask(talk, "a", at(0, 9, 0, 0))
    await ask(talk, "a", at(0, 9, 0, 5))
    await answer(talk, first, at(0, 9, 0, 1), at(0, 9, 0, 8))
    found = await figures(talk.store)
    assert (found.messages.by_rule, found.messages.unanswered) == (1, 1)
    assert found.first_response == _waits([8])

    third = await ask(talk, "a", at(0, 9, 1))
    await answer(talk, third, at(0, 9, 1, 1), at(0, 9, 1, 5))  # a rule's answer to a later one is one to all before it
    found = await figures(talk.store)
    assert (found.messages.by_rule, found.messages.unanswered) == (3, 0)
    assert found.first_response == _waits([8, 60])


async def test_a_rules_reply_answers_no_later_message_of_the_same_second(talk: Talk) -> None:
    first, second = await ask(talk, "a", at(0, 9)), await ask(talk, "a", at(0, 9))
    await answer(talk, first, at(0, 9, 0, 1), at(0, 9, 0, 2))
    assert (await figures(talk.store)).messages.unanswered == 1
    assert (await talk.store.inbox.counts()).waiting == 1
    [reply] = await talk.decides(second, "您好", at=at(0, 10), rule_id=7)
    while await talk.store.hourly_sums.recount(at(1, 0)):
        pass
    await talk.moves(reply, Move.CLAIM, Move.ACCEPT, at=at(0, 11))
    assert (await figures(talk.store)).messages.unanswered == 0
    assert (await talk.store.inbox.counts()).waiting == 0


async def test_nobody_owes_an_answer_to_the_blocked_whatever_stopped_the_rules(talk: Talk) -> None:
    before = await ask(talk, "a", at(0, 9))
    await talk.store.rows.change((before.conversation_id,), RowChange(RowAct.BLOCK), at(0, 9, 1))
    for minute, outcome in enumerate((Outcome.TAKEN_OVER, Outcome.PAUSED, Outcome.STALE, Outcome.BLOCKED), 2):
        await talk.decides(await ask(talk, "a", at(0, 9, minute)), outcome=outcome, at=at(0, 9, minute))
    assert (await figures(talk.store)).messages == MessageCounts(by_operator=5)
    assert (await talk.store.inbox.counts()).waiting == 0

    await talk.store.rows.change((before.conversation_id,), RowChange(RowAct.UNBLOCK), at(0, 10))
    await ask(talk, "a", at(0, 10, 1))
    assert (await talk.store.inbox.counts()).waiting == 1
    assert (await figures(talk.store)).messages.unanswered > 0


@pytest.mark.parametrize("again", ["reopened", "snoozed", "a reply that failed", "a message of the same second"])
async def test_what_waits_again_after_it_was_resolved_is_unanswered_again(talk: Talk, again: str) -> None:
    message = await ask(talk, "a", at(0, 9))
    thread = message.conversation_id
    await resolve(talk.store, thread, at(0, 9, 1, 0) + timedelta(milliseconds=400))
    assert (await figures(talk.store)).messages == MessageCounts(by_operator=1)
    match again:
        case "reopened":
            await reopen(talk.store, thread)
        case "snoozed":
            await snooze(talk.store, thread, at(0, 9, 2), at(0, 18))
        case "a reply that failed":
            written = await talk.writes(thread, "在的", at(0, 9, 2))
            await talk.moves(written, Move.CLAIM, Move.REFUSE, at=at(0, 9, 3))
        case _:
            await ask(talk, "a", at(0, 9, 1, 0))  # WeChat tells whole seconds
    waiting = (await talk.store.conversations.get(thread)).waiting_since
    assert waiting is not None
    counts = (await figures(talk.store)).messages
    assert (counts.total - counts.unanswered, counts.unanswered) == (again == "a message of the same second", 1)


async def test_the_wait_for_a_reply_counts_though_it_left_after_resolving(talk: Talk) -> None:
    message = await ask(talk, "a", at(0, 9))
    written = await talk.writes(message.conversation_id, "在的", at(0, 9, 5))
    await resolve(talk.store, message.conversation_id, at(0, 9, 5, 1))
    await talk.moves(written, Move.CLAIM, Move.ACCEPT, at=at(0, 9, 5, 3))
    found = await figures(talk.store)
    assert (found.messages, found.human_wait) == (MessageCounts(by_operator=1), _waits([300]))


async def test_a_promise_of_a_human_counts_as_no_answer(talk: Talk) -> None:
    promised = await ask(talk, "a", at(0, 9, 0), "退款")
    await talk.store.outbox.take_over(promised.conversation_id, Takeover(None), at(0, 9, 0))
    await answer(talk, promised, at(0, 9, 0, 1), at(0, 9, 0, 2))
    kept_word = await ask(talk, "b", at(0, 10, 0), "退款")
    await talk.store.outbox.take_over(kept_word.conversation_id, Takeover(at(0, 18, 0)), at(0, 9, 0))
    await answer(talk, kept_word, at(0, 10, 0, 1), at(0, 10, 0, 2))
    await write(talk, kept_word, at(0, 10, 7))
    run_out = await ask(talk, "c", at(0, 11, 0))
    await talk.store.outbox.take_over(run_out.conversation_id, Takeover(at(0, 10, 59)), at(0, 9, 0))
    await answer(talk, run_out, at(0, 11, 0, 1), at(0, 11, 0, 2))

    found = await figures(talk.store)

    assert (found.messages.by_rule, found.messages.by_operator, found.messages.unanswered) == (1, 1, 1)
    assert found.human_wait == WaitTimes(1, *[timedelta(minutes=7)] * 3)
    assert (await talk.store.inbox.counts()).waiting == found.messages.unanswered


async def test_messages_transferred_to_wechats_tool_count_apart_and_do_not_wait(talk: Talk) -> None:
    handed = await ask(talk, "a", at(0, 9, 0), "人工")
    await talk.decides(handed, outcome=Outcome.TRANSFERRED, at=at(0, 9, 0, 1))
    announced = await ask(talk, "b", at(0, 10, 0), "人工")
    await talk.decides(announced, "马上", outcome=Outcome.TRANSFERRED, at=at(0, 10, 0, 1))
    kept = await ask(talk, "c", at(0, 11, 0))
    await answer(talk, kept, at(0, 11, 0, 1), at(0, 11, 0, 2))
    found = await figures(talk.store)
    assert (found.messages.total, found.messages.by_rule, found.messages.by_operator) == (3, 1, 0)
    assert (found.messages.handed_over, found.messages.unanswered) == (2, 0)
    assert [hour.handed_over for hour in found.hours if hour.total] == [1, 1, 0]
    assert found.first_response.count == 1


async def test_messages_a_rule_left_unanswered_count_as_the_rules_and_do_not_wait(talk: Talk) -> None:
    quiet = await ask(talk, "a", at(0, 9, 0), "嗯嗯")
    await talk.decides(quiet, outcome=Outcome.SILENT, at=at(0, 9))
    alone = await figures(talk.store)
    assert (alone.messages.by_rule, alone.messages.unanswered) == (1, 0)

    await write(talk, await ask(talk, "a", at(0, 10, 0)), at(0, 10, 2))
    found = await figures(talk.store)
    assert (found.messages.by_rule, found.messages.by_operator) == (1, 1)
    assert found.human_wait == _waits([120])


async def test_the_edges_of_a_span_and_what_it_is_compared_with(talk: Talk) -> None:
    for moment in (at(-7, 0), at(-1, 23, 59, 59), at(0, 0), at(6, 23, 59, 59), at(7, 0)):
        await ask(talk, "a", moment)
    found = await figures(talk.store, before=TimeSpan(WEEK.since - timedelta(days=7), WEEK.since))
    assert (found.messages.total, found.messages_before) == (2, 2)


async def test_waits_run_from_the_first_unanswered_message_to_the_next_answer(talk: Talk) -> None:
    # a: 10 s by a rule.
    await answer(talk, await ask(talk, "a", at(0, 9)), at(0, 9, 0, 1), at(0, 9, 0, 10))
    # b: three messages, one answer of the operator's: one wait of 300 s. Then another one of 20 s.
    await ask(talk, "b", at(0, 10, 0))
    await ask(talk, "b", at(0, 10, 2))
    await write(talk, await ask(talk, "b", at(0, 10, 4)), at(0, 10, 5))
    await write(talk, await ask(talk, "b", at(0, 11, 0)), at(0, 11, 0, 20))
    # c: 40 s by a rule. d: still waiting, so not a wait that ended.
    await answer(talk, await ask(talk, "c", at(0, 12)), at(0, 12), at(0, 12, 0, 40))
    await ask(talk, "d", at(0, 13))

    found = await figures(talk.store)

    assert found.first_response == _waits([10, 20, 40, 300])
    assert found.human_wait == _waits([20, 300])


@pytest.mark.parametrize("count", [1, 2, 3, 10, 11])
async def test_median_ninetieth_and_longest_of_any_number_of_waits(talk: Talk, count: int) -> None:
    seconds = [(7 * n * n) % 101 + 1 for n in range(count)]
    for n, wait in enumerate(seconds):
        await write(talk, await ask(talk, f"c{n}", at(0, 9)), at(0, 9) + timedelta(seconds=wait))
    assert (await figures(talk.store)).first_response == _waits(seconds)


def _waits(seconds: list[int]) -> WaitTimes:
    """The same by sorting: an implementation that has nothing to do with SQL."""
    ranked = sorted(seconds)
    n = len(ranked)
    median = (ranked[(n - 1) // 2] + ranked[n // 2]) / 2
    enough = next(wait for place, wait in enumerate(ranked, 1) if 10 * place >= 9 * n)
    return WaitTimes(n, timedelta(seconds=median), timedelta(seconds=enough), timedelta(seconds=ranked[-1]))


async def test_hours_and_weekdays_are_local_also_with_quarter_offsets_and_clock_changes(talk: Talk) -> None:
    await ask(talk, "a", at(6, 18, 20))  # Monday 02:20 in Beijing
    await ask(talk, "b", at(6, 18, 10))  # Monday 00:00 minus five minutes in Kathmandu, UTC+5:45
    beijing = await talk.store.statistics.over(WEEK, ZoneInfo("Asia/Shanghai"))
    assert (beijing.week[0][2], beijing.hours[2].unanswered) == (2, 2)
    nepal = await talk.store.statistics.over(WEEK, timezone(timedelta(hours=5, minutes=45)))
    assert (nepal.week[6][23], nepal.week[0][0]) == (1, 1)

    spring = datetime(2026, 3, 29, tzinfo=UTC)  # Berlin leaves 02:00 out on this night
    for hour in (0, 1):
        await ask(talk, "c", spring + timedelta(hours=hour, minutes=30))
    berlin = await talk.store.statistics.over(TimeSpan(spring, spring + timedelta(days=1)), ZoneInfo("Europe/Berlin"))
    assert {hour: n for hour, n in enumerate(berlin.week[6]) if n} == {1: 1, 3: 1}


async def test_rules_are_ranked_by_their_answers_with_their_corrections(talk: Talk) -> None:
    for n in range(3):
        message = await ask(talk, f"a{n}", at(0, 9, n))
        [held] = await talk.decides(message, "您好", at=at(0, 9, n), state=ReplyState.HELD, rule_id=4)
        if n:
            await talk.store.outbox.edit(held.id, Content(text="您好！"), at(0, 9, n, 5))
    two_parts = await ask(talk, "b", at(0, 10))
    for part in await talk.decides(two_parts, "一", "二", at=at(0, 10), state=ReplyState.HELD, rule_id=5):
        await talk.store.outbox.edit(part.id, Content(text="改"), at(0, 10, 1))
    # Decided in one batch, so at one moment, and only one of them changed.
    for rule_id in (6, 8):
        [held] = await talk.decides(
            await ask(talk, "d", at(0, 11)), "好", at=at(0, 11), state=ReplyState.HELD, rule_id=rule_id
        )
        if rule_id == 6:
            await talk.store.outbox.edit(held.id, Content(text="改"), at(0, 11, 1))
    too_early = await ask(talk, "c", at(-1, 10))
    await talk.decides(too_early, "您好", at=at(-1, 10), rule_id=5)

    found = await figures(talk.store)

    assert found.rules == (
        RuleHits(4, "r", hits=3, corrected=2),
        RuleHits(5, "r", hits=1, corrected=1),
        RuleHits(6, "r", hits=1, corrected=1),
        RuleHits(8, "r", hits=1),
    )
    assert found.corrected == 4


async def test_undelivered_replies_are_counted_by_code_also_those_given_up(talk: Talk) -> None:
    message = await ask(talk, "a", at(0, 9))
    thread = message.conversation_id

    async def lose(*moves: Move, code: int | None = None, day: int = 0) -> None:
        reply = await talk.moves(await talk.writes(thread, "x", at(day, 9)), Move.CLAIM, at=at(day, 9))
        first, *rest = moves
        reply = await talk.store.outbox.move(reply.id, first, at(day, 9), ReplyChanges(errcode=code))
        await talk.moves(reply, *rest, at=at(day, 9))

    for _ in range(2):
        await lose(Move.REFUSE, code=45015)
    await lose(Move.REFUSE, Move.CANCEL, code=45015)
    await lose(Move.REFUSE, code=45047)
    await lose(Move.REFUSE)
    await lose(Move.LOSE)
    await lose(Move.LOSE, Move.CONFIRM)
    await lose(Move.REFUSE, code=45047, day=8)
    await talk.moves(await talk.writes(thread, "stopped", at(0, 9)), Move.CANCEL, at=at(0, 9))

    found = (await figures(talk.store)).undelivered

    assert found[0] == Undelivered(ReplyState.FAILED, 45015, 3)
    assert set(found[1:]) == {
        Undelivered(ReplyState.FAILED, 45047, 1),
        Undelivered(ReplyState.FAILED, None, 1),
        Undelivered(ReplyState.UNKNOWN, None, 1),
    }


async def test_texts_that_no_rule_or_only_a_default_rule_answered(talk: Talk) -> None:
    default = await talk.store.rules.save(
        Rule("默认", default=True, then=(Action(ActionKind.REPLY, text="收到"),)), at(0, 0)
    )
    for n, text in enumerate(("能开发票吗", " 能开发票吗 ", "可以自提吗")):
        await talk.decides(
            await ask(talk, f"a{n}", at(0, 9), text), outcome=Outcome.UNMATCHED, at=at(0, 9), rule_id=None
        )
    await talk.decides(await ask(talk, "b", at(0, 9), "能开发票吗"), "收到", at=at(0, 9), rule_id=default.id)
    await talk.decides(await ask(talk, "c", at(0, 9), "几点关门"), "九点", at=at(0, 9), rule_id=default.id + 100)
    await talk.decides(
        await ask(talk, "d", at(0, 9), "请找人工"), outcome=Outcome.TAKEN_OVER, at=at(0, 9), rule_id=None
    )

    found = (await figures(talk.store)).unmatched

    assert found == (UnmatchedText("能开发票吗", 3), UnmatchedText("可以自提吗", 1))
