"""A rule for an empty desk, over real HTTP: it answers while nobody is there, and only then."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.flow.timed_desk import START, Desk, timed_desk
from wxdesk.core.presence import PresenceSignals
from wxdesk.sandbox.demo_customers import LI_LEI

RULES = """
[[rules]]
name = "away"
when = { any = ["在吗"], operator = "away" }
then = [{ reply = "现在没人，稍后回您。" }]

[[rules]]
name = "there"
when = { any = ["在吗"], operator = "present" }
then = [{ reply = "在的，请说。" }]
"""
AWAY, THERE = "现在没人，稍后回您。", "在的，请说。"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with timed_desk(tmp_path, RULES) as made:
        yield made


async def answer(desk: Desk) -> str:
    """The reply to the question of a customer whom nobody has answered yet."""
    count = len(desk.sandbox.sent)
    await desk.sandbox.say(LI_LEI.openid, "在吗")
    await desk.until_sent(count + 1)
    return desk.sandbox.sent[-1].text


async def test_the_desk_answers_by_who_is_there(desk: Desk) -> None:
    presence = desk.opened.desk.presence
    assert await answer(desk) == AWAY  # no window yet, as under `wxdesk serve`
    await presence.report(PresenceSignals())
    assert await answer(desk) == THERE
    desk.move_to(START.replace(minute=11))
    await presence.report(PresenceSignals(idle_since=START))
    assert await answer(desk) == AWAY
    await presence.report(PresenceSignals())
    await presence.report(PresenceSignals(declared_away=True))
    assert await answer(desk) == AWAY


async def test_after_a_restart_nobody_is_there_until_a_window_opens(desk: Desk) -> None:
    await desk.opened.desk.presence.report(PresenceSignals())
    await desk.restart()
    assert await answer(desk) == AWAY
