"""What WeChat allows to a contact, kept by the desk through a day's ups and downs, over real HTTP."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from tests.flow.timed_desk import START, Desk, timed_desk
from wxdesk.core.conversations.changes import ContactChange
from wxdesk.core.events import DecisionMade, OperatorCalled
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.conversation import ReplyWindow
from wxdesk.core.model.decision import Outcome
from wxdesk.core.model.push import BodyFormat, Push
from wxdesk.core.model.reply import ReplyState
from wxdesk.core.preferences import LastMoment, Preferences
from wxdesk.core.replies.on_new_message import HANDED_OVER, WINDOW_CLOSED
from wxdesk.desk.replies.account_backoff import FIRST
from wxdesk.desk.replies.outcomes import LOST_IN_A_ROW
from wxdesk.sandbox.demo_customers import CUSTOMERS, LI_LEI
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault
from wxdesk.store import open_store
from wxdesk.webhook.parse import read_push

LI = LI_LEI.openid
RULES = """
[[rules]]
name = "one"
when = { any = ["一"] }
then = [{ reply = "1" }]

[[rules]]
name = "three"
when = { any = ["三"] }
then = [{ reply = "1" }, { reply = "2" }, { reply = "3" }]

[[rules]]
name = "four"
when = { any = ["四"] }
then = [{ reply = "1" }, { reply = "2" }, { reply = "3" }, { reply = "4" }]

[[rules]]
name = "greeting"
on = ["enter_session"]
then = [{ reply = "欢迎！" }, { reply = "需要什么帮助？" }]
"""


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with timed_desk(tmp_path, RULES) as made:
        yield made


async def test_rules_stop_before_the_reserve(desk: Desk) -> None:
    assert (await desk.says(LI, "三")).outcome is Outcome.REPLIED
    await desk.until_sent(3)
    assert (await desk.thread(LI)).window == ReplyWindow(2, START + timedelta(hours=48))
    assert (await desk.says(LI, "四")).outcome is Outcome.NO_QUOTA  # reset to 5, of which 3 are the rules'
    assert len(desk.sandbox.sent) == 3
    replies = desk.opened.desk.replies
    for n in range(5):
        await replies.write((await desk.thread(LI)).id, f"{n}")
        await desk.until_sent(4 + n)
    assert await desk.window_left(LI) == 0


@pytest.mark.parametrize(("reserve", "outcome"), [(0, Outcome.REPLIED), (1, Outcome.REPLIED), (2, Outcome.NO_QUOTA)])
async def test_each_account_has_its_own_reserve(tmp_path: Path, reserve: int, outcome: Outcome) -> None:
    async with timed_desk(tmp_path, RULES, reserve=reserve) as desk:
        assert (await desk.says(LI, "四")).outcome is outcome


async def test_pending_replies_count_as_sent(desk: Desk) -> None:
    desk.sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, errcode=-1))
    assert (await desk.says(LI, "三")).outcome is Outcome.REPLIED
    await desk.until_refused(1)
    assert (await desk.says(LI, "一")).outcome is Outcome.NO_QUOTA  # 5 again, but 3 of them are promised and 2 kept
    desk.move_to(START + timedelta(seconds=1))
    await desk.until_sent(3)
    assert await desk.window_left(LI) == 2


async def test_messages_decided_together_do_not_use_the_same_quota_twice(desk: Desk) -> None:
    desk.sandbox.faults.plan(SimulatedFault(FaultKind.DROP, call="push"))
    await desk.sandbox.say(LI, "三")
    await desk.opened.stop()
    store = await open_store("sqlite:///desk.db", desk.setup.home)
    for number in range(4):  # kept just before a crash, so that the next start decides on them together
        body = {"FromUserName": LI, "CreateTime": int(START.timestamp()), "MsgType": "text", "Content": "三"}
        raw = json.dumps(body | {"MsgId": str(number)}).encode()
        await store.pushes.keep(Push("shop", f"m:{number}", raw, BodyFormat.JSON, START, read_push(raw)))
    await store.close()
    await desk.restart()
    await desk.until(lambda: sum(isinstance(event, DecisionMade) for event in desk.events) >= 4)
    rows = [await desk.opened.store.decision_history.for_message(number) for number in range(1, 5)]
    assert [row and row.outcome for row in rows] == [Outcome.REPLIED, *[Outcome.NO_QUOTA] * 3]
    for n in range(3):
        await desk.sandbox.wait_for_reply(LI, after=n)
    assert len(desk.sandbox.sent) == 3


async def test_a_greeting_may_use_what_entering_allows(desk: Desk) -> None:
    assert (await desk.enters(LI)).outcome is Outcome.REPLIED
    await desk.until_sent(2)
    assert desk.sent_at(LI) == [START, START]
    assert (await desk.thread(LI)).window == ReplyWindow(0, START + timedelta(minutes=1))


@pytest.mark.parametrize("last_moment", LastMoment)
async def test_a_held_greeting_never_outlives_its_reply_window(tmp_path: Path, last_moment: LastMoment) -> None:
    async with timed_desk(tmp_path, RULES, reply_mode=ReplyMode.HOLD, hold_seconds=90) as desk:
        await desk.opened.desk.preferences.set(Preferences(last_moment=last_moment))
        assert (await desk.enters(LI)).outcome is Outcome.REPLIED
        last = START + timedelta(seconds=50)
        assert [(await desk.reply(n)).due_at for n in (1, 2)] == [last, last]
        desk.move_to(last - timedelta(seconds=1))
        await desk.opened.desk.conversations.describe((await desk.thread(LI)).id, ContactChange(alias="李"))
        assert desk.states[1] == [ReplyState.HELD]
        desk.move_to(last)
        if last_moment is LastMoment.SEND:
            await desk.until_sent(2)
            assert desk.sent_at(LI) == [last, last]
        else:
            await desk.until(lambda: desk.states[2][-1] is ReplyState.DRAFT)
            drafts = [await desk.reply(n) for n in (1, 2)]
            assert {(draft.state, draft.due_at, draft.error) for draft in drafts} == {
                (ReplyState.DRAFT, None, HANDED_OVER)
            }
            assert OperatorCalled(drafts[0].conversation_id, "greeting") in desk.events
            await desk.opened.desk.replies.release(1)
            await desk.until_sent(1)
            assert desk.sent_at(LI) == [last]


async def test_a_held_greeting_that_has_time_waits_and_then_leaves(tmp_path: Path) -> None:
    async with timed_desk(tmp_path, RULES, reply_mode=ReplyMode.HOLD, hold_seconds=8) as desk:
        assert (await desk.enters(LI)).outcome is Outcome.REPLIED
        assert desk.states[1] == [ReplyState.HELD]
        desk.move_to(START + timedelta(seconds=8))
        await desk.until_sent(2)


async def test_a_draft_is_marked_when_its_window_closes_and_leaves_after_the_next_message(
    tmp_path: Path,
) -> None:
    async with timed_desk(tmp_path, RULES, reply_mode=ReplyMode.DRAFT) as desk:
        assert (await desk.says(LI, "一")).outcome is Outcome.REPLIED
        assert desk.states[1] == [ReplyState.DRAFT]
        desk.move_to(START + timedelta(hours=48))
        await desk.until(lambda: desk.states[1] == [ReplyState.DRAFT] * 2)
        assert (await desk.reply(1)).error == WINDOW_CLOSED
        assert (await desk.says(LI, "？")).outcome is Outcome.STILL_HELD
        again = await desk.reply(1)
        assert (again.state, again.error) == (ReplyState.DRAFT, "")
        await desk.opened.desk.replies.release(1)
        await desk.until_sent(1)


async def test_entering_the_chat_does_not_let_rules_use_up_the_reserve(desk: Desk) -> None:
    assert (await desk.says(LI, "三")).outcome is Outcome.REPLIED
    await desk.until_sent(3)
    assert (await desk.enters(LI)).outcome is Outcome.NO_QUOTA
    assert (await desk.thread(LI)).window == ReplyWindow(2, START + timedelta(hours=48))


async def test_a_queued_reply_fails_untried_after_its_window_unless_an_operator_retries(desk: Desk) -> None:
    desk.sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, errcode=48004))  # the account rests for a minute
    assert (await desk.enters(LI)).outcome is Outcome.REPLIED
    await desk.until_refused(1)
    calls = desk.calls()
    desk.move_to(START + timedelta(minutes=1))
    await desk.until(lambda: desk.states[1][-1] is ReplyState.FAILED)
    assert desk.calls() == calls
    assert desk.states[2][-1] is ReplyState.QUEUED  # the second half of the greeting waits for the first
    late = await desk.reply(1)
    assert (late.state, late.errcode) == (ReplyState.FAILED, None)
    assert late.error == "WeChat allows no more replies until the contact writes again"

    await desk.opened.desk.replies.retry(1)
    await desk.until(lambda: desk.states[1].count(ReplyState.FAILED) == 2)
    assert (await desk.reply(1)).errcode == 45015  # WeChat was asked, and agrees
    assert desk.calls() == calls + 1


async def test_the_reply_window_counts_from_create_time_and_survives_a_restart(desk: Desk) -> None:
    assert (await desk.says(LI, "三")).outcome is Outcome.REPLIED
    await desk.until_sent(3)
    await desk.restart()
    assert (await desk.thread(LI)).window == ReplyWindow(2, START + timedelta(hours=48))
    desk.move_to(START + timedelta(hours=47, minutes=59, seconds=59))
    conversation = await desk.thread(LI)
    await desk.opened.desk.replies.write(conversation.id, "最后一秒")
    await desk.until_sent(4)
    desk.move_to(START + timedelta(hours=48))
    late = await desk.opened.desk.replies.write(conversation.id, "晚了")
    await desk.until(lambda: desk.states[late.id][-1] is ReplyState.FAILED)
    assert (await desk.reply(late.id)).errcode == 45015
    assert (await desk.thread(LI)).window == ReplyWindow(0, START + timedelta(hours=48), refused=45015)


@pytest.mark.parametrize(("code", "left"), [(45047, 0), (45015, 0)])
async def test_wechats_quota_errcode_corrects_the_count_for_rules_too(desk: Desk, code: int, left: int) -> None:
    desk.sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, errcode=code))
    assert (await desk.says(LI, "一")).outcome is Outcome.REPLIED
    await desk.until_refused(1)
    await desk.until(lambda: desk.states[1][-1] is ReplyState.FAILED)
    assert await desk.window_left(LI) == left
    await desk.restart()
    assert await desk.window_left(LI) == left
    assert (await desk.says(LI, "一")).outcome is Outcome.REPLIED  # the contact wrote again: 5 in 48 hours
    await desk.until_sent(1)
    assert await desk.window_left(LI) == 4


async def test_a_late_push_allows_only_the_quota_not_used_meanwhile(desk: Desk) -> None:
    assert (await desk.says(LI, "一")).outcome is Outcome.REPLIED
    await desk.until_sent(1)
    desk.sandbox.faults.plan(SimulatedFault(FaultKind.DROP, call="push"))
    desk.clock.now = START + timedelta(seconds=10)
    await desk.sandbox.say(LI, "三")  # WeChat counts it, the desk does not hear of it yet
    desk.clock.now = START + timedelta(seconds=20)
    conversation = await desk.thread(LI)
    for n in range(2):
        await desk.opened.desk.replies.write(conversation.id, f"{n}")
        await desk.until_sent(2 + n)
    assert await desk.window_left(LI) == 2
    at = int((START + timedelta(seconds=10)).timestamp())
    fields: dict[str, str | int] = {"MsgType": "text", "Content": "三", "MsgId": "24051524690104999", "CreateTime": at}
    await desk.decided(desk.sandbox.push(LI, fields))
    assert (await desk.thread(LI)).window == ReplyWindow(3, START + timedelta(hours=48, seconds=10))
    [allowance] = [one.allowance for _, one in desk.sandbox.platform.contacts() if one.openid == LI]
    assert allowance.left == 3


async def test_a_reply_whose_answer_never_came_counts_as_sent(desk: Desk) -> None:
    desk.sandbox.faults.plan(SimulatedFault(FaultKind.RESET_AFTER))
    assert (await desk.says(LI, "一")).outcome is Outcome.REPLIED
    await desk.until(lambda: desk.states[1][-1] is ReplyState.UNKNOWN)
    assert await desk.window_left(LI) == 4


async def test_an_account_rests_while_answers_never_come_and_tries_again_with_one(desk: Desk) -> None:
    customers = [customer.openid for customer in CUSTOMERS[:5]]
    for _ in range(LOST_IN_A_ROW + 1):
        desk.sandbox.faults.plan(SimulatedFault(FaultKind.RESET_BEFORE, call="send"))
    for number, openid in enumerate(customers[:LOST_IN_A_ROW], 1):
        assert desk.trouble == ""
        await desk.says(openid, "一")
        await desk.until(partial(lambda number: desk.states[number][-1:] == [ReplyState.UNKNOWN], number))
    await desk.until(lambda: desk.trouble.startswith("shop cannot send: WeChat's answers do not arrive"))
    for openid in customers[LOST_IN_A_ROW:]:
        await desk.says(openid, "一")
    assert (desk.states[4][-1], desk.states[5][-1]) == (ReplyState.QUEUED, ReplyState.QUEUED)
    desk.move_to(START + FIRST)
    await desk.until(lambda: desk.states[4][-1] is ReplyState.UNKNOWN)
    assert desk.states[5][-1] is ReplyState.QUEUED
    assert desk.trouble
    [trouble] = desk.opened.desk.health.state.troubles
    await desk.opened.desk.outbox.try_now(trouble.account)
    await desk.until_sent(1)
    await desk.until(lambda: desk.trouble == "")
    assert [len(desk.sandbox.sent), desk.states[4][-1]] == [1, ReplyState.UNKNOWN], "what may have arrived stays"
