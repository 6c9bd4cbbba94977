"""Every errcode of WeChat's tables through the real outbox and real HTTP: what becomes of the reply, its contact,
the others, and what the operator reads."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from tests.core.wechat.errcode_table import action_by_code
from tests.flow.timed_desk import START, Desk, timed_desk
from wxdesk import i18n
from wxdesk.core.events import TroubleRaised
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.reply import Reply, ReplyState
from wxdesk.core.wechat.errcodes import meaning_of, remedy_of
from wxdesk.desk.replies.outcomes import MISSED_IN_A_ROW
from wxdesk.sandbox.demo_customers import LI_LEI, WANG_FANG
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault
from wxdesk.ui.inbox.timeline.bubble_text import trouble_of

MIDNIGHT_IN_BEIJING = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
UNKNOWN = (4, 99999)
ACTIONS = action_by_code() | dict.fromkeys(UNKNOWN, "FIX")
OF = {action: [code for code, its in ACTIONS.items() if its == action] for action in set(ACTIONS.values())}
AT_TOKEN = [40002, 40013, 40125, 40164, 40243, 41002, 41004, 45009, 50002, 89501, 89503, 89506, 89507]

RULES = """
[[rules]]
name = "two"
when = { any = ["几点"] }
then = [{ reply = "九点。" }, { reply = "还有什么可以帮您？" }]
"""


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with timed_desk(tmp_path, RULES) as made:
        yield made


async def refuse(desk: Desk, code: int, call: str = "send", times: int = 1) -> None:
    """A customer writes, and WeChat refuses the first of the two answers."""
    desk.sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, call, times=times, errcode=code))
    await desk.sandbox.say(LI_LEI.openid, "几点关门")
    await desk.until_refused(1)


def remedy_told(code: int) -> str:
    if code == 40164:
        return i18n.tr("Add {address} to the IP list in the mini program's console.", address="203.0.113.7")
    return i18n.tr(remedy_of(code))


def reads(reply: Reply, code: int) -> None:
    """Code, meaning, remedy and rid of a reply are shown in the operator's language."""
    for language in ("en", "zh_CN"):
        i18n.use(language)
        words = trouble_of(reply)
        meaning, remedy = i18n.tr(meaning_of(code)), remedy_told(code)
        assert str(code) in words
        assert meaning in words
        assert remedy in words
        assert reply.rid in words
        assert language == "en" or any("\u4e00" <= character <= "\u9fff" for character in meaning + remedy)
    i18n.use("en")
    assert len(reply.rid.split("-")) == 3


@pytest.mark.parametrize("code", [*OF["FIX"], *OF["REUPLOAD"], *OF["IGNORE"]])
async def test_a_refused_reply_holds_up_only_the_parts_of_its_answer(desk: Desk, code: int) -> None:
    await refuse(desk, code)
    await desk.sandbox.say(WANG_FANG.openid, "几点开门")
    await desk.until_sent(2)
    failed = await desk.reply(1)
    assert (failed.state, failed.errcode, failed.attempts) == (ReplyState.FAILED, code, 1)
    reads(failed, code)
    second = await desk.reply(2)
    assert (second.state, second.attempts) == (ReplyState.QUEUED, 0)
    assert desk.calls() == 3
    assert (len(desk.sent_at(LI_LEI.openid)), len(desk.sent_at(WANG_FANG.openid))) == (0, 2)
    assert await desk.window_left(LI_LEI.openid) == 5
    assert desk.trouble == ""

    await desk.sandbox.say(LI_LEI.openid, "那几点开门")  # what answers this is another answer, and passes by
    await desk.until_sent(4)
    assert (await desk.reply(2)).state is ReplyState.QUEUED


@pytest.mark.parametrize("code", OF["CONTACT"])
async def test_rules_are_silent_for_an_unreachable_contact_until_the_contact_writes(desk: Desk, code: int) -> None:
    await refuse(desk, code)
    await desk.sandbox.say(WANG_FANG.openid, "几点开门")
    await desk.until_sent(2)
    failed, second = await desk.reply(1), await desk.reply(2)
    assert (failed.state, failed.errcode, failed.attempts) == (ReplyState.FAILED, code, 1)
    assert (second.state, second.attempts) == (ReplyState.QUEUED, 0)  # until somebody sends the first one again
    reads(failed, code)
    ended = (await desk.thread(LI_LEI.openid)).window
    assert (ended.left, ended.refused) == (0, code)
    assert desk.calls() == 3
    assert desk.trouble == ""

    await desk.sandbox.say(LI_LEI.openid, "那几点开门")
    await desk.until_sent(4)
    assert len(desk.sent_at(LI_LEI.openid)) == 2
    assert (await desk.thread(LI_LEI.openid)).window.refused == 0
    assert (await desk.reply(2)).state is ReplyState.QUEUED


@pytest.mark.parametrize("code", OF["RETRY"])
async def test_a_busy_wechat_is_asked_again_after_1_3_and_9_seconds(desk: Desk, code: int) -> None:
    await refuse(desk, code, times=1)
    await desk.sandbox.say(WANG_FANG.openid, "几点开门")
    await desk.until_sent(2)
    assert desk.sent_at(LI_LEI.openid) == []  # in this contact's order
    waiting = await desk.reply(1)
    assert (waiting.state, waiting.not_before) == (ReplyState.QUEUED, START + timedelta(seconds=1))
    reads(waiting, code)
    desk.move_to(START + timedelta(seconds=1))
    await desk.until_sent(4)
    assert [sent.text for sent in desk.sandbox.sent if sent.openid == LI_LEI.openid] == ["九点。", "还有什么可以帮您？"]


async def test_after_three_repeats_a_busy_wechat_is_left_alone(desk: Desk) -> None:
    await refuse(desk, -1, times=4)
    for second, calls in ((1, 2), (4, 3), (13, 4)):
        desk.move_to(START + timedelta(seconds=second))
        await desk.until(partial(lambda calls: len(desk.states[1]) == 1 + 2 * calls, calls))
    assert (await desk.reply(1)).state is ReplyState.FAILED
    assert not desk.sandbox.faults.planned
    assert (await desk.reply(2)).state is ReplyState.QUEUED
    await desk.sandbox.say(LI_LEI.openid, "那几点开门")
    await desk.until_sent(2)  # the next answer to this contact goes well
    assert desk.calls() == 6


async def test_a_retried_reply_is_repeated_as_often_as_a_new_one(desk: Desk) -> None:
    await refuse(desk, -1, times=3)
    desk.move_to(START + timedelta(seconds=1))
    await desk.until(lambda: len(desk.states[1]) == 5)
    assert (await desk.reply(1)).not_before == START + timedelta(seconds=4)
    chat = (await desk.thread(LI_LEI.openid)).id
    await desk.opened.desk.conversations.set_mode(chat, ReplyMode.DRAFT)
    await desk.opened.desk.replies.release(1)
    await desk.until(lambda: desk.states[1][-3:] == [ReplyState.QUEUED, ReplyState.SENDING, ReplyState.QUEUED])
    assert (await desk.reply(1)).not_before == START + timedelta(seconds=2)


@pytest.mark.parametrize("code", OF["TOKEN"])
async def test_a_refused_token_is_renewed_and_the_call_repeated_once(desk: Desk, code: int) -> None:
    desk.sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, errcode=code))
    await desk.sandbox.say(LI_LEI.openid, "几点关门")
    await desk.until_sent(2)
    assert desk.calls() == 3
    assert (await desk.reply(1)).attempts == 1
    assert desk.trouble == ""


RESTING = [
    *((code, "send", 2, START + timedelta(seconds=60)) for code in OF["TOKEN"]),
    *((code, "send", 1, START + timedelta(seconds=60)) for code in [*OF["WAIT"], *OF["CONFIG"]]),
    *((code, "send", 1, MIDNIGHT_IN_BEIJING) for code in OF["MIDNIGHT"]),
    *((code, "token", 2, START + timedelta(seconds=60)) for code in AT_TOKEN if ACTIONS[code] == "CONFIG"),
]


@pytest.mark.parametrize(("code", "call", "times", "until"), RESTING, ids=[f"{r[0]}-{r[1]}" for r in RESTING])
async def test_a_refused_account_rests_tells_why_and_goes_on_by_one_reply(
    desk: Desk, code: int, call: str, times: int, until: datetime
) -> None:
    if call == "token":
        desk.sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, "send", errcode=42001))  # makes it fetch one
        times -= 1
    await refuse(desk, code, call, times)
    await desk.sandbox.say(WANG_FANG.openid, "几点开门")
    await desk.until(lambda: ReplyState.QUEUED in desk.states[4])
    calls = desk.calls()
    waiting = await desk.reply(1)
    assert (waiting.state, waiting.errcode) == (ReplyState.QUEUED, code)
    reads(waiting, code)
    for part in (str(code), meaning_of(code), remedy_told(code), "shop cannot send", f"{until.astimezone():%H:%M:%S}"):
        assert part in desk.trouble

    desk.move_to(until - timedelta(seconds=1))
    desk.move_to(until)
    if until == MIDNIGHT_IN_BEIJING:  # hours late, each answer needs an operator's word, and its second part follows
        await desk.until(lambda: all(desk.states[late][-1] is ReplyState.HELD for late in (1, 3)))
        for late in (1, 3):
            await desk.opened.desk.replies.release(late)
    await desk.until_sent(4)
    assert min(desk.sent_at(LI_LEI.openid) + desk.sent_at(WANG_FANG.openid)) == until
    assert desk.calls() - calls == 4 + (1 if until == MIDNIGHT_IN_BEIJING else 0)  # the token has ended by then
    await desk.until(lambda: desk.trouble == "")


async def test_an_account_in_back_off_tries_one_reply_at_ever_longer_intervals(tmp_path: Path) -> None:
    # Released by an operator, they leave however late it is.
    async with timed_desk(tmp_path, RULES, reply_mode=ReplyMode.DRAFT) as desk:
        await _one_at_a_time(desk)


async def _one_at_a_time(desk: Desk) -> None:
    customers = [f"oW7hT5{n:022d}" for n in range(6)]
    desk.sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, times=None, errcode=48004))
    for openid in (LI_LEI.openid, *customers):
        await desk.sandbox.say(openid, "几点关门")
    await desk.until(lambda: sum(states == [ReplyState.DRAFT] for states in desk.states.values()) == 14)
    await desk.opened.desk.replies.release(1)
    await desk.until_refused(1)
    for reply_id in range(2, 15):
        await desk.opened.desk.replies.release(reply_id)
    await desk.until(lambda: sum(states[-1] is ReplyState.QUEUED for states in desk.states.values()) == 14)
    desk.sandbox.faults.plan(SimulatedFault(FaultKind.LATENCY, times=None, milliseconds=50))
    at = START
    for number, seconds in enumerate((60, 120, 240, 480, 900, 900), start=2):
        at += timedelta(seconds=seconds)
        assert f"the first after {at.astimezone():%H:%M:%S}" in desk.trouble
        desk.move_to(at)
        await desk.until(lambda: desk.under_way() == 1)
        desk.move_to(at)  # it looks at the queue again while the one is under way
        await desk.until(partial(lambda number: desk.calls() == number, number))
        await desk.until(lambda: desk.under_way() == 0)
    assert desk.most_under_way == 1
    assert desk.calls() == 7

    desk.sandbox.faults.clear()
    await desk.opened.desk.outbox.try_now("shop")  # the operator has mended it and does not wait
    await desk.until_sent(14)
    assert {sent.at for sent in desk.sandbox.sent} == {at}
    assert desk.trouble == ""


async def test_the_address_for_the_ip_list_is_reported_and_offered(desk: Desk) -> None:
    desk.sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, "send", errcode=42001))
    desk.sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, "token", errcode=40164))
    await desk.sandbox.say(LI_LEI.openid, "几点关门")
    await desk.until_refused(1)
    [trouble] = desk.opened.desk.health.state.troubles
    assert (trouble.copy, trouble.account) == ("203.0.113.7", "shop")
    assert "Add 203.0.113.7 to the IP list" in i18n.tr(trouble.text)
    assert "Add 203.0.113.7 to the IP list" in trouble_of(await desk.reply(1))


async def test_a_token_that_can_be_fetched_again_ends_the_account_back_off(desk: Desk) -> None:
    desk.sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, "send", errcode=42001))
    await refuse(desk, 40125, "token")
    assert desk.trouble.startswith("shop cannot send: 40125 the app secret is wrong.")
    await desk.opened.out.client.check(desk.opened.ready[0])
    await desk.until_sent(2)
    await desk.until(lambda: desk.trouble == "")


async def test_a_missing_token_is_reported_although_nothing_is_to_be_sent(desk: Desk) -> None:
    desk.sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, "token", errcode=40164))
    account = desk.opened.ready[0]
    desk.opened.out.client._tokens._held.clear()
    with pytest.raises(Exception, match="40164"):
        await desk.opened.out.client.check(account)
    [trouble] = desk.opened.desk.health.state.troubles
    assert isinstance(trouble, TroubleRaised)
    assert i18n.tr(trouble.text).startswith(
        "No access_token for shop: 40164 this machine's address is not in the IP list."
    )
    assert (trouble.copy, trouble.account) == ("203.0.113.7", "shop")
    await desk.opened.desk.outbox.try_now("shop")  # the operator has added it to the list
    await desk.until(lambda: desk.trouble == "")


async def missed(desk: Desk, reply_id: int) -> None:
    """Let the reply be tried until it is told that nothing is reached, and no longer."""
    for tries in range(1, MISSED_IN_A_ROW + 1):
        assert desk.trouble == ""
        await desk.until(partial(lambda tries: desk.states[reply_id].count(ReplyState.SENDING) >= tries, tries))
        await desk.until(lambda: desk.states[reply_id][-1] is ReplyState.QUEUED)
        if tries < MISSED_IN_A_ROW:
            desk.move_to((await desk.reply(reply_id)).not_before or desk.clock.now)
    await desk.until(lambda: desk.trouble.startswith("shop cannot send: WeChat cannot be reached. Its replies"))


async def test_that_wechat_is_not_reached_is_told_until_it_is_or_nothing_waits(desk: Desk) -> None:
    """Else all is green, and nothing but each single reply says that none leaves."""
    decision = await desk.says(LI_LEI.openid, "几点")
    await desk.until_sent(2)
    port, replies = int(desk.sandbox.url.rpartition(":")[2]), desk.opened.desk.replies
    await desk.sandbox.stop()
    first = await replies.write(decision.conversation_id, "在的")
    await missed(desk, first.id)
    desk.sandbox._port = port
    await desk.sandbox.start()
    desk.move_to((await desk.reply(first.id)).not_before or desk.clock.now)
    await desk.until_sent(3)
    await desk.until(lambda: desk.trouble == "")
    await desk.sandbox.stop()
    second = await replies.write(decision.conversation_id, "还在吗")
    await missed(desk, second.id)
    await replies.cancel(second.id)
    await desk.until(lambda: desk.trouble == "")
