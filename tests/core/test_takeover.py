"""How long a human keeps the word: a table of ends, and what moves them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from wxdesk.core.model import Contact, Conversation
from wxdesk.core.takeover import UNTIL_HANDED_BACK, TakeOverFor, ends_soon, left, longer, moved

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CONTACT = Contact(1, "shop", "oPerson", NOW)


def taken(until: datetime | None, silence: int | None = None) -> Conversation:
    return Conversation(1, "shop", CONTACT, taken_over=True, taken_over_until=until, takeover_silence=silence)


@pytest.mark.parametrize(
    ("how", "ends", "silence"),
    [
        (UNTIL_HANDED_BACK, None, None),
        (TakeOverFor(span=15 * MINUTE), NOW + 15 * MINUTE, None),
        (TakeOverFor(until=NOW + 99 * MINUTE), NOW + 99 * MINUTE, None),
        (TakeOverFor(silence=5 * MINUTE), NOW + 5 * MINUTE, 300),
    ],
)
def test_it_ends_as_it_was_begun(how: TakeOverFor, ends: datetime | None, silence: int | None) -> None:
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
def test_what_is_written_moves_an_end_by_silence_alone(
    until: int | None, silence: int | None, at: int, expected: int | None
) -> None:
    def minute(n: int | None) -> datetime | None:
        return None if n is None else NOW + n * MINUTE

    assert moved(minute(until), silence, NOW + at * MINUTE) == minute(expected)


@pytest.mark.parametrize(
    ("until", "remaining", "soon"),
    [
        (None, None, False),
        (NOW + 121 * timedelta(seconds=1), 121 * timedelta(seconds=1), False),
        (NOW + 2 * MINUTE, 2 * MINUTE, True),
        (NOW, None, False),  # it has ended
    ],
)
def test_the_return_is_announced_two_minutes_before(
    until: datetime | None, remaining: timedelta | None, soon: bool
) -> None:
    assert (left(taken(until), NOW), ends_soon(taken(until), NOW)) == (remaining, soon)


def test_keeping_the_word_means_another_silence_or_another_span() -> None:
    assert longer(taken(NOW + MINUTE), 30 * MINUTE) == TakeOverFor(span=30 * MINUTE)
    assert longer(taken(NOW + MINUTE, 600), 30 * MINUTE) == TakeOverFor(silence=10 * MINUTE)
