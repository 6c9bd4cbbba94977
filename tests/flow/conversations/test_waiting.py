"""Since when a customer waits: until a message is answered, with a warning before the window closes."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.flow.timed_desk import START, Desk, after, sent, timed_desk
from wxdesk.core.conversations.attention import AttentionReason
from wxdesk.core.events import AttentionRaised
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.decision import Outcome
from wxdesk.core.model.reply import ReplyState
from wxdesk.core.model.statistics import TimeSpan
from wxdesk.desk.runtime import timers as sleeping
from wxdesk.sandbox.demo_customers import LI_LEI, WANG_FANG
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault

LI, WANG = LI_LEI.openid, WANG_FANG.openid
HOUR = timedelta(hours=1)
RULES = """
[[rules]]
name = "how long"
when = { any = ["多久"] }
delivery = "draft"
then = [{ reply = "三天" }]

[[rules]]
name = "hours"
when = { any = ["几点"] }
then = [{ typing = 5 }, { reply = "九点" }]

[[rules]]
name = "human"
when = { any = ["人工"] }
delivery = { hold = 10 }
then = [{ reply = "马上转人工" }, { take_over = true }]

[[rules]]
name = "entering"
on = ["enter_session"]
then = [{ notify = true }]

[[rules]]
name = "thanks"
when = { exact = ["谢谢"] }
then = [{ silent = true }]

[[rules]]
name = "watch"
when = { exact = ["好评"] }
then = [{ notify = true }, { silent = true }]

[[rules]]
name = "complaint"
when = { any = ["投诉"] }
then = [{ tag = "投诉" }, { notify = true }]

[[rules]]
name = "tagged"
when = { any = ["批发"] }
then = [{ tag = "批发" }]
"""


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """What is written can be taken back for three seconds."""
    async with timed_desk(tmp_path, RULES, undo_seconds=3) as made:
        yield made


async def waits_since(desk: Desk) -> datetime | None:
    return (await desk.thread(LI)).waiting_since


async def says(desk: Desk, at: datetime, text: str) -> int:
    """Where it stands."""
    desk.move_to(at)
    return (await desk.says(LI, text)).conversation_id


async def writes(desk: Desk, at: datetime, thread: int, text: str) -> int:
    desk.move_to(at)
    return (await desk.opened.desk.replies.write(thread, text)).id


async def at_once(desk: Desk) -> None:
    preferences = desk.opened.desk.preferences
    await preferences.set(replace(preferences.now, undo_seconds=0))


def closing(desk: Desk) -> list[int]:
    """Where the desk has warned that a window closes."""
    calls = [event for event in desk.events if isinstance(event, AttentionRaised)]
    return [event.conversation_id for event in calls if event.cause is AttentionReason.CLOSING]


async def test_a_message_during_undo_send_is_not_answered_by_the_reply_that_counts_down(desk: Desk) -> None:
    thread = await says(desk, START, "在吗")
    await writes(desk, after(10), thread, "在的")
    await says(desk, after(11), "我要退款")
    desk.move_to(after(13))
    await desk.until_sent(1)
    assert await waits_since(desk) == after(11)
    chat = await desk.thread(LI)
    assert (chat.preview_author, chat.preview) == (Author.CONTACT, "我要退款")
    desk.move_to(after(11) + 46 * HOUR)
    await desk.until(lambda: bool(closing(desk)))


async def test_all_messages_before_an_operators_reply_are_answered_by_it(desk: Desk) -> None:
    thread = await says(desk, START, "在吗")
    await says(desk, after(9), "我要退款")
    await writes(desk, after(10), thread, "可以退的")
    desk.move_to(after(13))
    await desk.until_sent(1)
    assert await waits_since(desk) is None
    chat = await desk.thread(LI)
    assert (chat.preview_author, chat.preview, chat.last_at) == (Author.OPERATOR, "可以退的", after(13))


async def test_figures_count_a_message_during_undo_send_as_unanswered(desk: Desk) -> None:
    thread = await says(desk, START, "在吗")
    await writes(desk, after(10), thread, "在的")
    await says(desk, after(11), "我要退款")
    desk.move_to(after(13))
    await desk.until_sent(1)
    figures = await desk.opened.store.statistics.over(TimeSpan(START, after(60)), None)
    assert sum(hour.by_operator for hour in figures.hours) == 1
    assert sum(hour.unanswered for hour in figures.hours) == 1


async def test_an_unknown_reply_confirmed_later_answers_no_newer_message(desk: Desk) -> None:
    await at_once(desk)
    thread = await says(desk, START, "在吗")
    desk.sandbox.faults.plan(SimulatedFault(FaultKind.RESET_AFTER))
    word = await writes(desk, after(10), thread, "在的")
    await desk.until(lambda: desk.states[word][-1:] == [ReplyState.UNKNOWN])
    await says(desk, after(3600), "我要退款")
    desk.move_to(after(3700))
    await desk.opened.desk.replies.confirm(word)
    assert await waits_since(desk) == after(3600)
    chat = await desk.thread(LI)
    assert (chat.preview_author, chat.preview) == (Author.CONTACT, "我要退款")


async def test_a_clock_set_back_makes_no_answered_contact_wait(desk: Desk) -> None:
    await at_once(desk)
    thread = await says(desk, after(240), "在吗")
    await writes(desk, after(60), thread, "在的")
    await desk.until_sent(1)
    assert await waits_since(desk) is None


@pytest.mark.expects_log("WeChat refused")
async def test_an_edited_and_retried_reply_answers_messages_until_its_edit(desk: Desk) -> None:
    await at_once(desk)
    thread = await says(desk, START, "在吗")
    desk.sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, errcode=40008))
    word = await writes(desk, after(10), thread, "在的")
    await desk.until_refused(word)
    await says(desk, after(60), "我要退款")
    replies = desk.opened.desk.replies
    await replies.edit(word, "在的，可以退款")
    await says(desk, after(70), "还要开发票")
    await replies.retry(word)
    await desk.until_sent(1)
    assert await waits_since(desk) == after(70)


@pytest.mark.expects_log("WeChat refused")
async def test_a_retried_unchanged_reply_answers_no_newer_message(desk: Desk) -> None:
    await at_once(desk)
    thread = await says(desk, START, "在吗")
    desk.sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, errcode=40008))
    word = await writes(desk, after(10), thread, "在的")
    await desk.until_refused(word)
    await says(desk, after(60), "我要退款")
    await desk.opened.desk.replies.retry(word)
    await desk.until_sent(1)
    assert await waits_since(desk) == after(60)


async def test_an_edited_draft_answers_all_messages_before_its_release(desk: Desk) -> None:
    await at_once(desk)
    await says(desk, START, "要多久")
    await says(desk, after(60), "发顺丰吗")
    replies = desk.opened.desk.replies
    await replies.edit(1, "三天，发顺丰")
    await replies.release(1)
    await desk.until_sent(1)
    assert await waits_since(desk) is None


async def test_a_rules_reply_answers_only_its_own_of_two_messages_of_one_second(desk: Desk) -> None:
    """Pushes that come late have whole seconds only."""
    await says(desk, START, "几点")
    assert (await desk.says(LI, "在吗")).outcome is Outcome.UNMATCHED
    desk.move_to(after(5))
    await desk.until_sent(1)
    assert await waits_since(desk) == START


@pytest.mark.parametrize(("text", "outcome"), [("谢谢", Outcome.SILENT), ("几点关门", Outcome.REPLIED)])
async def test_a_late_push_makes_no_answered_contact_wait(desk: Desk, text: str, outcome: Outcome) -> None:
    """The first message arrives after the second was answered, and needs no answer or gets one."""
    await says(desk, after(7), "几点")
    desk.move_to(after(12))
    await desk.until_sent(1)
    desk.move_to(after(20))
    late: dict[str, str | int] = {"MsgType": "text", "Content": text, "MsgId": "24051524690104998"}
    late["CreateTime"] = int(after(5).timestamp())
    assert (await desk.decided(desk.sandbox.push(LI, late))).outcome is outcome
    if outcome is Outcome.REPLIED:
        desk.move_to(after(25))
        await desk.until_sent(2)
    assert await waits_since(desk) is None


async def test_entering_the_chat_does_not_wait_though_a_rule_calls(desk: Desk) -> None:
    assert (await desk.enters(LI)).outcome is Outcome.SILENT
    assert await waits_since(desk) is None


async def test_a_passed_over_draft_sent_later_answers_no_newer_message(desk: Desk) -> None:
    """Both of the first messages are answered; only the last one waits."""
    await at_once(desk)
    thread = await says(desk, START, "要多久")
    await says(desk, after(60), "在吗")
    await writes(desk, after(120), thread, "看地方")
    await desk.until_sent(1)
    await says(desk, after(3600), "还有个问题")
    await desk.opened.desk.replies.release(1)
    await desk.until_sent(2)
    assert sent(desk) == ["看地方", "三天"]
    assert await waits_since(desk) == after(3600)


async def test_a_message_that_needs_no_answer_does_not_wait_behind_a_slow_reply(desk: Desk) -> None:
    await says(desk, START, "几点")
    desk.move_to(after(2))
    assert (await desk.says(LI, "谢谢")).outcome is Outcome.SILENT
    desk.move_to(after(5))
    await desk.until_sent(1)
    assert await waits_since(desk) is None


async def test_a_promise_of_a_human_answers_nothing_also_after_a_hand_back(desk: Desk) -> None:
    thread = await says(desk, START, "人工")
    await desk.opened.desk.conversations.hand_back(thread)
    desk.move_to(after(10))
    await desk.until_sent(1)
    assert sent(desk) == ["马上转人工"]
    assert await waits_since(desk) == START


@pytest.mark.parametrize("text", ["投诉", "批发"])
async def test_a_rule_that_only_calls_or_tags_has_not_answered(desk: Desk, text: str) -> None:
    decision = await desk.says(LI, text)
    assert decision.outcome is Outcome.LEFT_OPEN
    await desk.opened.desk.attention.look(decision.conversation_id)  # somebody has looked, and forgets it
    assert await waits_since(desk) == START
    desk.move_to(START + 46 * HOUR)
    await desk.until(lambda: bool(closing(desk)))


async def test_a_message_of_a_silent_rule_that_calls_does_not_wait(desk: Desk) -> None:
    assert (await desk.says(LI, "好评")).outcome is Outcome.SILENT
    assert await waits_since(desk) is None


async def test_a_reply_held_after_a_restart_does_not_stop_the_closing_warning(desk: Desk) -> None:
    thread = await says(desk, START, "在吗")
    await desk.opened.desk.replies.write(thread, "在的")
    await desk.opened.store.pending_replies.hold_after_restart(START, START - HOUR)
    desk.move_to(START + 46 * HOUR)
    await desk.until(lambda: bool(closing(desk)))


@pytest.mark.expects_log("WeChat refused")
async def test_a_reply_queued_behind_a_refused_account_does_not_stop_the_closing_warning(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The account is refused, and the operator's next reply waits behind that; a minute later nobody is answered."""
    monkeypatch.setattr(sleeping, "TICK_SECONDS", 0.01)
    await at_once(desk)
    desk.sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, errcode=48001, times=None))
    thread = await says(desk, START, "在吗")
    other = (await desk.says(WANG, "在吗")).conversation_id
    await desk.until_refused(await writes(desk, after(1), thread, "在的"))
    await writes(desk, START + 46 * HOUR - timedelta(seconds=30), thread, "您好")
    desk.move_to(START + 46 * HOUR)
    await desk.until(lambda: closing(desk) == [other])
    desk.clock.now += timedelta(seconds=30)  # and nothing else happens
    await desk.until(lambda: closing(desk) == [other, thread])


async def test_retries_while_wechat_is_unreachable_warn_of_a_closing_window_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each try makes the reply newer, but does not deliver it."""
    monkeypatch.setattr(sleeping, "TICK_SECONDS", 0.01)
    await at_once(desk)
    thread = await says(desk, START, "在吗")
    await desk.sandbox.stop()
    word = await writes(desk, START + 46 * HOUR, thread, "在的")
    for tries in range(1, 10):
        await desk.until(partial(lambda tries: desk.states[word].count(ReplyState.QUEUED) > tries, tries))
        again = (await desk.reply(word)).not_before
        assert again is not None
        desk.clock.now = again
    assert desk.clock.now > START + 46 * HOUR + timedelta(minutes=3)
    await desk.until(lambda: bool(closing(desk)))
    assert closing(desk) == [thread]
