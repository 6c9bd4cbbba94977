"""Presence, judged from what a window reports: each change is told once, with its beginning."""

from datetime import UTC, datetime, timedelta

import pytest

from wxdesk.core.events import Event, PresenceChanged
from wxdesk.core.model.rule import Presence
from wxdesk.core.presence import AwayReason, PresenceSignals, PresenceState
from wxdesk.desk.conversations.presence import DeskPresence

START = datetime(2026, 11, 24, 6, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Room:
    """A desk's presence with its clock, and what it told."""

    def __init__(self) -> None:
        self.at = START
        self.told: list[Event] = []
        self.found: list[PresenceState] = []
        self.presence = DeskPresence(self.hear, lambda: self.at)

    def hear(self, event: Event) -> None:
        """Whoever is told looks who is there."""
        self.told.append(event)
        self.found.append(self.presence.now)

    async def sees(self, seen: PresenceSignals | None, after: timedelta = MINUTE) -> PresenceState:
        self.at += after
        await self.presence.report(seen)
        return self.presence.now


def test_without_a_window_nobody_is_present() -> None:
    room = Room()
    assert room.presence.now == PresenceState(START, AwayReason.NO_WINDOW)
    assert room.presence.now.who is Presence.AWAY
    assert room.told == []


async def test_an_open_window_makes_its_operator_present_until_it_closes() -> None:
    room = Room()
    assert await room.sees(PresenceSignals()) == PresenceState(START + MINUTE)
    assert room.presence.now.who is Presence.PRESENT
    assert await room.sees(None) == PresenceState(START + 2 * MINUTE, AwayReason.NO_WINDOW)


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        (PresenceSignals(declared_away=True, locked=True, idle_since=START), AwayReason.SAID),
        (PresenceSignals(locked=True, idle_since=START), AwayReason.LOCKED),
        (PresenceSignals(idle_since=START), AwayReason.IDLE),
        (PresenceSignals(), None),
    ],
)
async def test_the_weightiest_reason_counts(seen: PresenceSignals, reason: AwayReason | None) -> None:
    assert (await Room().sees(seen)).reason is reason


async def test_idleness_begins_with_the_last_movement() -> None:
    room = Room()
    await room.sees(PresenceSignals())
    last = room.at + MINUTE
    assert await room.sees(PresenceSignals(idle_since=last), after=11 * MINUTE) == PresenceState(last, AwayReason.IDLE)


async def test_another_reason_does_not_restart_an_absence() -> None:
    room = Room()
    await room.sees(PresenceSignals())
    left = (await room.sees(PresenceSignals(locked=True))).since
    assert await room.sees(PresenceSignals(locked=True, idle_since=START)) == PresenceState(left, AwayReason.LOCKED)
    assert await room.sees(PresenceSignals(idle_since=START)) == PresenceState(left, AwayReason.IDLE)


async def test_each_change_is_reported_once() -> None:
    room = Room()
    for seen in (
        PresenceSignals(),
        PresenceSignals(),
        PresenceSignals(locked=True),
        PresenceSignals(locked=True, idle_since=START),
        PresenceSignals(),
    ):
        await room.sees(seen)
    assert room.told == [PresenceChanged()] * 3
    assert room.found == [
        PresenceState(START + MINUTE),
        PresenceState(START + 3 * MINUTE, AwayReason.LOCKED),
        PresenceState(START + 5 * MINUTE),
    ]
