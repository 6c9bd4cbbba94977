"""How long a takeover lasts: a table of ends, and what moves them."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from wxdesk.core.conversations.takeover import (
    UNTIL_HANDED_BACK,
    Takeover,
    TakeoverDuration,
    end_after_message,
    ends_soon,
    extended_duration,
    takeover_after_writing,
    time_left,
)
from wxdesk.core.model.conversation import Contact, Conversation

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CONTACT = Contact(1, "shop", "oPerson", NOW)


def taken(until: datetime | None, silence: int | None = None) -> Conversation:
    return Conversation(1, "shop", CONTACT, taken_over=True, taken_over_until=until, takeover_silence=silence)


@pytest.mark.parametrize(
    ("how", "ends", "silence"),
    [
        (UNTIL_HANDED_BACK, None, None),
        (TakeoverDuration(span=15 * MINUTE), NOW + 15 * MINUTE, None),
        (TakeoverDuration(until=NOW + 99 * MINUTE), NOW + 99 * MINUTE, None),
        (TakeoverDuration(silence=5 * MINUTE), NOW + 5 * MINUTE, 300),
    ],
)
def test_a_takeovers_duration_sets_its_end_and_silence(
    how: TakeoverDuration, ends: datetime | None, silence: int | None
) -> None:
    assert (how.ends(NOW), how.silent_seconds) == (ends, silence)


@pytest.mark.parametrize(
    ("until", "silence", "at", "expected"),
    [
        (None, None, 0, None),
        (10, None, 3, 10),  # a fixed time does not move
        (10, 600, 3, 13),
        (10, 600, 0, 10),
        (10, 300, 3, 10),  # never to an earlier end
        (10, 600, 10, 10),  # over is over
        (10, 600, 11, 10),
    ],
)
def test_messages_move_only_the_end_of_a_takeover_until_silence(
    until: int | None, silence: int | None, at: int, expected: int | None
) -> None:
    def minute(n: int | None) -> datetime | None:
        return None if n is None else NOW + n * MINUTE

    assert end_after_message(minute(until), silence, NOW + at * MINUTE) == minute(expected)


@pytest.mark.parametrize(
    ("until", "remaining", "soon"),
    [
        (None, None, False),
        (NOW + 121 * timedelta(seconds=1), 121 * timedelta(seconds=1), False),
        (NOW + 2 * MINUTE, 2 * MINUTE, True),
        (NOW, None, False),  # it has ended
    ],
)
def test_a_takeovers_end_is_announced_two_minutes_before(
    until: datetime | None, remaining: timedelta | None, soon: bool
) -> None:
    assert (time_left(taken(until), NOW), ends_soon(taken(until), NOW)) == (remaining, soon)


def test_extending_a_takeover_adds_another_silence_or_span() -> None:
    assert extended_duration(taken(NOW + MINUTE), 30 * MINUTE) == TakeoverDuration(span=30 * MINUTE)
    assert extended_duration(taken(NOW + MINUTE, 600), 30 * MINUTE) == TakeoverDuration(silence=10 * MINUTE)


BY_WRITING = Takeover(NOW + 30 * MINUTE, by_writing=True)


@pytest.mark.parametrize(
    ("present", "after"),
    [
        (None, BY_WRITING),
        (Takeover(NOW), BY_WRITING),
        (Takeover(NOW, silence=300), BY_WRITING),
        (Takeover(NOW, by_writing=True), BY_WRITING),
        (Takeover(NOW + MINUTE, by_writing=True), BY_WRITING),
        (Takeover(NOW + 40 * MINUTE, by_writing=True), Takeover(NOW + 40 * MINUTE, by_writing=True)),
        (Takeover(NOW + MINUTE), Takeover(NOW + MINUTE)),
        (Takeover(NOW + MINUTE, silence=300), Takeover(NOW + MINUTE, silence=300)),
        (Takeover(None), Takeover(None)),
    ],
)
def test_writing_begins_a_takeover_or_extends_one_begun_by_writing(present: Takeover | None, after: Takeover) -> None:
    assert takeover_after_writing(present, NOW, 30 * MINUTE) == after


def test_an_extended_takeover_begun_by_writing_stays_one() -> None:
    conversation = replace(taken(NOW + MINUTE), takeover_by_writing=True)
    assert extended_duration(conversation, 30 * MINUTE) == TakeoverDuration(span=30 * MINUTE, by_writing=True)
