"""Takeovers with an end: rules are silent until then, the end is announced, and who wrote meanwhile still waits."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.flow.timed_desk import START, Desk, timed_desk
from wxdesk.core.conversations.listing import InboxFilter
from wxdesk.core.conversations.takeover import UNTIL_HANDED_BACK, TakeoverDuration
from wxdesk.core.events import Event, TakeoverEnded, TakeoverEnding
from wxdesk.core.presence import PresenceSignals
from wxdesk.core.replies.lifecycle import is_taken_over
from wxdesk.sandbox.demo_customers import LI_LEI

LI = LI_LEI.openid
MINUTE = timedelta(minutes=1)
RULES = """
[[rules]]
name = "hours"
when = { any = ["几点"] }
then = [{ reply = "九点。" }]
"""


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with timed_desk(tmp_path, RULES) as made:
        yield made


def told[E: Event](desk: Desk, kind: type[E]) -> list[E]:
    return [event for event in desk.events if isinstance(event, kind)]


async def ended(desk: Desk, count: int = 1) -> TakeoverEnded:
    await desk.until(lambda: len(told(desk, TakeoverEnded)) >= count)
    return told(desk, TakeoverEnded)[-1]


async def test_rules_are_silent_during_a_timed_takeover_and_answer_after_it(desk: Desk) -> None:
    thread = (await desk.says(LI, "在吗")).conversation_id
    await desk.opened.desk.conversations.take_over(thread, TakeoverDuration(span=15 * MINUTE))
    desk.move_to(START + 13 * MINUTE - timedelta(seconds=1))
    await desk.says(LI, "几点开门")
    assert (await desk.thread(LI)).unread == 2
    assert told(desk, TakeoverEnding) == []
    desk.move_to(START + 13 * MINUTE)
    await desk.until(lambda: told(desk, TakeoverEnding) == [TakeoverEnding(thread, START + 15 * MINUTE)])
    desk.move_to(START + 14 * MINUTE)
    await desk.says(LI, "几点开门")  # looked again, and said nothing new
    desk.move_to(START + 15 * MINUTE)
    assert await ended(desk) == TakeoverEnded(thread, START + 15 * MINUTE, waiting=True)
    assert len(told(desk, TakeoverEnding)) == 1
    await desk.says(LI, "几点开门")
    await desk.until_sent(1)
    assert len(desk.sent_at(LI)) == 1  # messages during the takeover are left to an operator


async def test_a_contact_who_wrote_during_a_takeover_still_waits_after_it(desk: Desk) -> None:
    thread = (await desk.says(LI, "在吗")).conversation_id
    await desk.opened.desk.conversations.take_over(thread, TakeoverDuration(span=MINUTE))
    desk.move_to(START + MINUTE)
    await ended(desk)
    store = desk.opened.store
    for chip in (InboxFilter.WAITING, InboxFilter.NEEDS_HUMAN):
        assert [row.conversation.id for row in await store.inbox.page(chip)] == [thread]


async def test_a_takeover_until_silence_is_extended_by_each_message(desk: Desk) -> None:
    thread = (await desk.says(LI, "在吗")).conversation_id
    replies, conversations = desk.opened.desk.replies, desk.opened.desk.conversations
    await conversations.take_over(thread, TakeoverDuration(silence=5 * MINUTE))
    desk.move_to(START + 4 * MINUTE)
    await desk.until(lambda: len(told(desk, TakeoverEnding)) == 1)
    await desk.says(LI, "几点开门")
    assert (await desk.thread(LI)).taken_over_until == START + 9 * MINUTE
    desk.move_to(START + 5 * MINUTE)
    desk.move_to(START + 6 * MINUTE)
    await replies.write(thread, "九点。")
    await desk.until_sent(1)
    assert (await desk.thread(LI)).taken_over_until == START + 11 * MINUTE
    desk.move_to(START + 9 * MINUTE)
    await desk.until(lambda: len(told(desk, TakeoverEnding)) == 2)
    assert told(desk, TakeoverEnded) == []
    desk.move_to(START + 11 * MINUTE)
    assert await ended(desk) == TakeoverEnded(thread, START + 11 * MINUTE, waiting=False)
    assert not (await desk.thread(LI)).taken_over


async def test_a_takeover_extended_or_handed_back_in_its_last_minute_does_not_end_by_time(desk: Desk) -> None:
    thread = (await desk.says(LI, "在吗")).conversation_id
    conversations = desk.opened.desk.conversations
    await conversations.take_over(thread, TakeoverDuration(span=MINUTE))
    await desk.until(lambda: len(told(desk, TakeoverEnding)) == 1)
    await conversations.take_over(thread, TakeoverDuration(span=10 * MINUTE))
    desk.move_to(START + MINUTE)
    assert is_taken_over(await desk.thread(LI), desk.clock.now)
    await conversations.take_over(thread, UNTIL_HANDED_BACK)
    desk.move_to(START + 10 * MINUTE)
    assert is_taken_over(await desk.thread(LI), desk.clock.now)
    await conversations.take_over(thread, TakeoverDuration(span=MINUTE))
    await desk.until(lambda: len(told(desk, TakeoverEnding)) == 2)
    await conversations.hand_back(thread)
    desk.move_to(START + 12 * MINUTE)
    await desk.says(LI, "几点开门")
    await desk.until_sent(1)
    assert told(desk, TakeoverEnded) == []


async def test_a_takeover_that_ended_while_the_desk_was_closed_is_reported_once(desk: Desk) -> None:
    thread = (await desk.says(LI, "在吗")).conversation_id
    await desk.opened.desk.conversations.take_over(thread, TakeoverDuration(span=30 * MINUTE))
    desk.clock.now = START + 10 * MINUTE
    await desk.restart()
    assert is_taken_over(await desk.thread(LI), desk.clock.now)
    desk.clock.now = START + 31 * MINUTE
    await desk.restart()
    assert await ended(desk) == TakeoverEnded(thread, START + 30 * MINUTE, waiting=True)
    await desk.restart()
    await desk.says(LI, "几点开门")
    await desk.until_sent(1)
    assert len(told(desk, TakeoverEnded)) == 1


async def test_writing_takes_over_as_the_preferences_say(desk: Desk) -> None:
    thread = (await desk.says(LI, "在吗")).conversation_id
    desk_ = desk.opened.desk
    await desk_.preferences.set(replace(desk_.preferences.now, takeover_minutes=7))
    await desk_.replies.write(thread, "在的")
    assert (await desk.thread(LI)).taken_over_until == START + 7 * MINUTE
    await desk_.conversations.hand_back(thread)
    await desk_.preferences.set(replace(desk_.preferences.now, writing_takes_over=False))
    await desk_.replies.write(thread, "请问？")
    assert not (await desk.thread(LI)).taken_over


async def test_absence_ends_takeovers_without_an_end_if_the_preference_says_so(desk: Desk) -> None:
    thread = (await desk.says(LI, "在吗")).conversation_id
    timed = (await desk.says("oTimed000000000000000000001", "在吗")).conversation_id
    conversations, presence, preferences = (
        desk.opened.desk.conversations,
        desk.opened.desk.presence,
        desk.opened.desk.preferences,
    )
    await presence.report(PresenceSignals())
    await conversations.take_over(thread)
    await conversations.take_over(timed, TakeoverDuration(span=120 * MINUTE))
    await presence.report(PresenceSignals(declared_away=True))
    desk.move_to(START + 60 * MINUTE)
    await desk.says(LI, "几点开门")
    assert (await desk.thread(LI)).taken_over_until is None, "by default, absence ends no takeover"
    await presence.report(PresenceSignals())
    await preferences.set(replace(preferences.now, hand_back_minutes=30))
    await presence.report(PresenceSignals(declared_away=True))
    desk.move_to(START + 89 * MINUTE)
    await desk.says(LI, "几点开门")
    assert desk.sent_at(LI) == []
    desk.move_to(START + 90 * MINUTE)
    assert await ended(desk) == TakeoverEnded(thread, START + 90 * MINUTE, waiting=True)
    await desk.says(LI, "几点开门")
    await desk.until_sent(1)
    assert len(desk.sent_at(LI)) == 1, "messages during the takeover are left to an operator"
    await conversations.take_over(thread)  # from the desktop, by an operator who does not come back
    desk.move_to(START + 91 * MINUTE)
    await desk.says(LI, "几点开门")
    assert is_taken_over(await desk.thread(LI), desk.clock())
    assert is_taken_over(await desk.opened.store.conversations.get(timed), desk.clock())


async def test_a_takeover_handed_back_during_the_check_announces_no_end(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    thread = (await desk.says(LI, "在吗")).conversation_id
    await desk.opened.desk.conversations.take_over(thread, TakeoverDuration(span=15 * MINUTE))
    takeovers = desk.opened.store.takeovers
    end_of, entered, go_on = takeovers.end_of, asyncio.Event(), asyncio.Event()

    async def slowly(conversation_id: int) -> datetime | None:
        end = await end_of(conversation_id)
        entered.set()
        await go_on.wait()
        return end

    monkeypatch.setattr(takeovers, "end_of", slowly)
    desk.move_to(START + 14 * MINUTE)
    await entered.wait()
    await desk.opened.desk.conversations.hand_back(thread)
    go_on.set()
    desk.move_to(START + 15 * MINUTE)
    await desk.opened.desk.conversations.take_over(thread, TakeoverDuration(span=15 * MINUTE))
    desk.move_to(START + 30 * MINUTE)
    await ended(desk)
    assert TakeoverEnding(thread, START + 15 * MINUTE) not in told(desk, TakeoverEnding)
