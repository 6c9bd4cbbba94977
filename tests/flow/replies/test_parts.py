"""An answer in several parts, one of which does not arrive: what of the rest leaves, when, and in which order."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.flow.timed_desk import START, Desk, timed_desk
from wxdesk.core.model.decision import Outcome
from wxdesk.core.model.reply import Reply, ReplyState
from wxdesk.sandbox.demo_customers import LI_LEI
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault

LI = LI_LEI.openid
PARTS = ("第一段。" * 160, "第二段。" * 160, "第三段。" * 160)
LONG = "\n\n".join(PARTS)
THREE = ("九点。", "周日休息。", "还有什么可以帮您？")
RULES = f"""
[[rules]]
name = "three"
when = {{ any = ["几点"] }}
then = [{{ reply = "{THREE[0]}" }}, {{ reply = "{THREE[1]}" }}, {{ reply = "{THREE[2]}" }}]

[[rules]]
name = "held"
when = {{ any = ["退款"] }}
delivery = {{ hold = 8 }}
then = [{{ reply = "{THREE[0]}" }}, {{ reply = "{THREE[1]}" }}, {{ reply = "{THREE[2]}" }}]
"""
WELL = SimulatedFault(FaultKind.ERRCODE, errcode=0, delivered=True)
REFUSED = SimulatedFault(FaultKind.ERRCODE, errcode=87014)
LOST = SimulatedFault(FaultKind.RESET_AFTER)
S = ReplyState


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with timed_desk(tmp_path, RULES) as made:
        yield made


def arrived(desk: Desk) -> list[str]:
    return [sent.text for sent in desk.sandbox.sent if sent.openid == LI]


async def asks(desk: Desk, said: str) -> int:
    """Let the contact write and the desk decide; the conversation."""
    return (await desk.says(LI, said)).conversation_id


async def split_in_three(desk: Desk, second: SimulatedFault, state: ReplyState) -> list[Reply]:
    """An operator's long text in three parts, the second of which gets this fault and state."""
    thread = await asks(desk, "说说看")
    for fault in (WELL, second):
        desk.sandbox.faults.plan(fault)
    parts = await desk.opened.desk.replies.write_split(thread, LONG, 3)
    await desk.until(lambda: desk.states[parts[1].id][-1:] == [state])
    return parts


async def nothing_follows(desk: Desk, third: Reply) -> None:
    """The outbox has looked again, as something else has left since, and still the third part waits."""
    written = await desk.opened.desk.replies.write(third.conversation_id, "另外一句")
    await desk.until(lambda: desk.states[written.id][-1:] == [S.SENT])
    assert arrived(desk)[-1] == "另外一句"
    assert (await desk.reply(third.id)).state is S.QUEUED


async def test_later_parts_wait_behind_a_refused_one_and_follow_its_retry_in_order(desk: Desk) -> None:
    parts = await split_in_three(desk, REFUSED, S.FAILED)
    await nothing_follows(desk, parts[2])
    assert arrived(desk) == [PARTS[0], "另外一句"]
    await desk.opened.desk.replies.retry(parts[1].id)
    await desk.until_sent(4)
    assert arrived(desk) == [PARTS[0], "另外一句", PARTS[1], PARTS[2]]


async def test_discarding_a_refused_part_discards_the_later_ones(desk: Desk) -> None:
    parts = await split_in_three(desk, REFUSED, S.FAILED)
    await desk.opened.desk.replies.cancel(parts[1].id)
    assert [(await desk.reply(part.id)).state for part in parts] == [S.SENT, S.CANCELLED, S.CANCELLED]
    assert desk.states[parts[2].id][-1] is S.CANCELLED
    written = await desk.opened.desk.replies.write(parts[0].conversation_id, "另外一句")
    await desk.until(lambda: desk.states[written.id][-1:] == [S.SENT])
    assert arrived(desk) == [PARTS[0], "另外一句"]


async def test_later_parts_wait_behind_an_unknown_one_until_it_is_settled(desk: Desk) -> None:
    parts = await split_in_three(desk, LOST, S.UNKNOWN)
    await nothing_follows(desk, parts[2])
    await desk.restart()
    await nothing_follows(desk, parts[2])
    await desk.opened.desk.replies.confirm(parts[1].id)
    await desk.until(lambda: desk.states[parts[2].id][-1:] == [S.SENT])
    assert arrived(desk) == [PARTS[0], PARTS[1], "另外一句", "另外一句", PARTS[2]]


async def test_a_part_that_fails_again_holds_up_the_later_ones_again(desk: Desk) -> None:
    parts = await split_in_three(desk, LOST, S.UNKNOWN)
    desk.sandbox.faults.plan(REFUSED)
    await desk.opened.desk.replies.retry(parts[1].id)
    await desk.until(lambda: desk.states[parts[1].id][-1] is S.FAILED)
    await nothing_follows(desk, parts[2])
    await desk.opened.desk.replies.retry(parts[1].id)
    await desk.until(lambda: desk.states[parts[2].id][-1] is S.SENT)
    assert arrived(desk) == [PARTS[0], PARTS[1], "另外一句", PARTS[1], PARTS[2]]


@pytest.mark.parametrize("refused", [0, 1])
async def test_later_parts_wait_behind_one_refused_for_quota_until_a_retry(desk: Desk, refused: int) -> None:
    for fault in (*[WELL] * refused, SimulatedFault(FaultKind.ERRCODE, errcode=45047)):
        desk.sandbox.faults.plan(fault)
    thread = await asks(desk, "几点关门")
    failed = refused + 1
    await desk.until(lambda: desk.states[failed][-1] is S.FAILED)
    assert [(await desk.reply(part)).state for part in range(failed, 4)] == [S.FAILED, *[S.QUEUED] * (3 - failed)]
    assert await asks(desk, "喂") == thread  # which allows five again
    await desk.opened.desk.replies.retry(failed)
    await desk.until_sent(3)
    assert arrived(desk) == list(THREE)


async def test_a_failed_answer_does_not_keep_rules_from_the_next_one(desk: Desk) -> None:
    desk.sandbox.faults.plan(REFUSED)
    await asks(desk, "几点关门")
    await desk.until(lambda: desk.states[1][-1] is S.FAILED)
    assert (await desk.says(LI, "几点开门")).outcome is Outcome.REPLIED
    await desk.until_sent(3)
    assert arrived(desk) == list(THREE)
    assert [(await desk.reply(part)).state for part in (1, 2, 3)] == [S.FAILED, S.QUEUED, S.QUEUED]


async def test_later_parts_survive_a_pause_and_need_one_retry_only(desk: Desk) -> None:
    desk.sandbox.faults.plan(REFUSED)
    await asks(desk, "几点关门")
    await desk.until_refused(1)
    await desk.opened.desk.outbox.pause()
    await desk.opened.desk.outbox.resume()
    assert [(await desk.reply(part)).state for part in (1, 2, 3)] == [S.FAILED, S.QUEUED, S.QUEUED]
    await desk.opened.desk.replies.retry(1)
    await desk.until_sent(3)
    assert arrived(desk) == list(THREE)


async def test_later_parts_follow_a_retried_part_also_during_a_pause(desk: Desk) -> None:
    desk.sandbox.faults.plan(REFUSED)
    await asks(desk, "几点关门")
    await desk.until_refused(1)
    await desk.opened.desk.outbox.pause()
    await desk.opened.desk.replies.retry(1)
    await desk.until_sent(3)
    assert arrived(desk) == list(THREE)


async def test_later_parts_wait_while_the_first_part_is_being_edited(desk: Desk) -> None:
    await asks(desk, "我要退款")
    replies = desk.opened.desk.replies
    await replies.lock_for_edit(1)
    desk.move_to(START + timedelta(seconds=9))
    await desk.until(lambda: desk.states[2][-1] is S.QUEUED and desk.states[3][-1] is S.QUEUED)
    assert arrived(desk) == []
    await replies.edit(1, "九点半。")
    await replies.release(1)
    await desk.until_sent(3)
    assert arrived(desk) == ["九点半。", *THREE[1:]]
