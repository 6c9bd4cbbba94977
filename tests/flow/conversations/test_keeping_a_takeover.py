"""A takeover begun by writing lasts while the operator goes on writing, by what WeChat received."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.flow.timed_desk import START, Desk, sent, timed_desk
from wxdesk.core.conversations.takeover import UNTIL_HANDED_BACK, TakeoverDuration, extended_duration
from wxdesk.core.events import ConversationChanged, TakeoverEnded, TakeoverEnding
from wxdesk.core.model.decision import Outcome
from wxdesk.core.replies.lifecycle import is_taken_over
from wxdesk.sandbox.demo_customers import LI_LEI

LI = LI_LEI.openid
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
RULES = """
[[rules]]
name = "hours"
when = { any = ["几点"] }
then = [{ reply = "九点" }]
"""


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """Everything leaves at once, and writing takes over for 30 minutes."""
    async with timed_desk(tmp_path, RULES) as made:
        yield made


@pytest.fixture
async def undoing(tmp_path: Path) -> AsyncIterator[Desk]:
    """What is written can be taken back for three seconds."""
    async with timed_desk(tmp_path, RULES, undo_seconds=3) as made:
        yield made


async def writes(desk: Desk, at: timedelta, text: str) -> int:
    desk.move_to(START + at)
    return (await desk.opened.desk.replies.write((await desk.thread(LI)).id, text)).id


async def types(desk: Desk, at: timedelta) -> None:
    desk.move_to(START + at)
    await desk.opened.desk.typing.show((await desk.thread(LI)).id)


async def is_put_off(desk: Desk, at: timedelta, to: timedelta) -> None:
    """By `at` at the latest the end is put off `to` then."""
    desk.move_to(START + at)
    while True:
        seen = changes(desk)
        if await ends(desk) == START + to:
            return
        await desk.until(partial(lambda seen: changes(desk) > seen, seen))


def changes(desk: Desk) -> int:
    return sum(isinstance(event, ConversationChanged) for event in desk.events)


async def ends(desk: Desk) -> datetime | None:
    return (await desk.thread(LI)).taken_over_until


async def is_over(desk: Desk) -> TakeoverEnded:
    await desk.until(lambda: any(isinstance(event, TakeoverEnded) for event in desk.events))
    return next(event for event in desk.events if isinstance(event, TakeoverEnded))


async def test_each_operator_message_extends_a_takeover_begun_by_writing(desk: Desk) -> None:
    await desk.says(LI, "在吗")
    for minutes in (0, 10, 20, 29):
        await writes(desk, minutes * MINUTE, f"第 {minutes} 分")
    await desk.until_sent(4)
    desk.move_to(START + 31 * MINUTE)
    assert (await desk.says(LI, "几点")).outcome is Outcome.TAKEN_OVER
    await desk.restart()
    desk.move_to(START + 59 * MINUTE - SECOND)
    assert (await desk.says(LI, "几点")).outcome is Outcome.TAKEN_OVER
    desk.move_to(START + 59 * MINUTE)
    assert (await is_over(desk)).at == START + 59 * MINUTE
    await desk.says(LI, "几点")
    await desk.until_sent(5)
    assert sent(desk)[4:] == ["九点"]


async def test_writing_never_shortens_a_takeover_after_a_shorter_preference(desk: Desk) -> None:
    await desk.says(LI, "在吗")
    await writes(desk, 0 * MINUTE, "在的")
    preferences = desk.opened.desk.preferences
    await preferences.set(replace(preferences.now, takeover_minutes=5))
    await writes(desk, 10 * MINUTE, "您说")
    assert await ends(desk) == START + 30 * MINUTE
    await writes(desk, 28 * MINUTE, "还在吗")
    assert await ends(desk) == START + 33 * MINUTE


@pytest.mark.parametrize(
    ("how", "until"),
    [
        (UNTIL_HANDED_BACK, None),
        (TakeoverDuration(span=15 * MINUTE), START + 15 * MINUTE),
        (TakeoverDuration(until=START + 90 * MINUTE), START + 90 * MINUTE),
        (TakeoverDuration(silence=5 * MINUTE), START + 15 * MINUTE),
    ],
)
async def test_writing_does_not_extend_a_takeover_whose_duration_was_chosen(
    desk: Desk, how: TakeoverDuration, until: datetime | None
) -> None:
    thread = (await desk.says(LI, "在吗")).conversation_id
    await writes(desk, 0 * MINUTE, "在的")
    await desk.opened.desk.conversations.take_over(thread, how)
    for minutes in (4, 8, 10):
        await writes(desk, minutes * MINUTE, "您说")
    assert await ends(desk) == until


async def test_a_takeover_begun_by_writing_and_extended_by_hand_still_grows_by_writing(desk: Desk) -> None:
    thread = (await desk.says(LI, "在吗")).conversation_id
    await writes(desk, 0 * MINUTE, "在的")
    desk.move_to(START + 29 * MINUTE)
    await desk.opened.desk.conversations.take_over(thread, extended_duration(await desk.thread(LI), 30 * MINUTE))
    await writes(desk, 50 * MINUTE, "您说")
    assert await ends(desk) == START + 80 * MINUTE


@pytest.mark.parametrize("how", [None, TakeoverDuration(span=30 * MINUTE), TakeoverDuration(silence=30 * MINUTE)])
async def test_a_takeover_does_not_end_while_the_operator_types(desk: Desk, how: TakeoverDuration | None) -> None:
    thread = (await desk.says(LI, "在吗")).conversation_id
    if how is None:
        await writes(desk, 0 * MINUTE, "在的")
        await desk.until_sent(1)
    else:
        await desk.opened.desk.conversations.take_over(thread, how)
    already, end = len(sent(desk)), 30 * MINUTE
    for seconds in (-17, -8):
        await types(desk, end + seconds * SECOND)
    for seconds, to in ((-5, 10), (5, 20), (15, 30), (25, 40), (35, 50)):
        await is_put_off(desk, end + seconds * SECOND, to=end + to * SECOND)
    await is_put_off(desk, end + 45 * SECOND, to=end + 57 * SECOND)  # a minute without a key, and five seconds more
    await types(desk, end + 51 * SECOND)
    await is_put_off(desk, end + 52 * SECOND, to=end + 67 * SECOND)
    await desk.restart()
    desk.move_to(START + end + 66 * SECOND)
    assert is_taken_over(await desk.thread(LI), desk.clock.now)
    desk.move_to(START + end + 67 * SECOND)
    assert (await is_over(desk)).at == START + end + 67 * SECOND
    await desk.says(LI, "几点")
    await desk.until(lambda: len(sent(desk)) == already + 1)


async def test_a_takeover_extended_by_typing_announces_its_end_once(desk: Desk) -> None:
    thread = (await desk.says(LI, "在吗")).conversation_id
    await desk.opened.desk.conversations.take_over(thread, TakeoverDuration(span=15 * MINUTE))
    desk.move_to(START + 14 * MINUTE)
    await desk.until(lambda: any(isinstance(event, TakeoverEnding) for event in desk.events))
    for seconds in (-6, 3, 12):
        await types(desk, 15 * MINUTE + seconds * SECOND)
        until = 15 * MINUTE + (seconds + 16) * SECOND
        await is_put_off(desk, 15 * MINUTE + (seconds + 1) * SECOND, to=until)
    assert [event for event in desk.events if isinstance(event, TakeoverEnding)] == [
        TakeoverEnding(thread, START + 15 * MINUTE)
    ]


async def test_undo_ends_the_takeover_that_the_undone_message_began(undoing: Desk) -> None:
    await undoing.says(LI, "在吗")
    wrong = await writes(undoing, 0 * MINUTE, "打错了")
    await undoing.opened.desk.replies.undo(wrong)
    assert not (await undoing.thread(LI)).taken_over
    await undoing.says(LI, "几点")
    await undoing.until_sent(1)
    assert sent(undoing) == ["九点"]


async def test_undo_restores_the_end_that_the_undone_message_moved(undoing: Desk) -> None:
    await undoing.says(LI, "在吗")
    await writes(undoing, 0 * MINUTE, "在的")
    wrong = await writes(undoing, 20 * MINUTE, "打错了")
    assert await ends(undoing) == START + 50 * MINUTE
    await undoing.opened.desk.replies.undo(wrong)
    assert await ends(undoing) == START + 30 * MINUTE


@pytest.mark.parametrize("apart", [0 * SECOND, SECOND])
async def test_undo_of_each_of_two_messages_restores_the_takeover_before_it(undoing: Desk, apart: timedelta) -> None:
    await undoing.says(LI, "在吗")
    first = await writes(undoing, 0 * MINUTE, "一")
    second = await writes(undoing, apart, "二")
    await undoing.opened.desk.replies.undo(first)
    assert await ends(undoing) == START + 30 * MINUTE + apart  # by the second one
    await undoing.opened.desk.replies.undo(second)
    assert not (await undoing.thread(LI)).taken_over


async def test_undo_leaves_a_takeover_that_was_chosen_after_the_message(undoing: Desk) -> None:
    thread = (await undoing.says(LI, "在吗")).conversation_id
    wrong = await writes(undoing, 0 * MINUTE, "打错了")
    await undoing.opened.desk.conversations.take_over(thread)
    await undoing.opened.desk.replies.undo(wrong)
    assert ((await undoing.thread(LI)).taken_over, await ends(undoing)) == (True, None)
