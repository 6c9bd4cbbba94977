"""Setting aside: how a conversation stands, and what becomes of it where several rules spoke."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from wxdesk.core.model.conversation import Contact, Conversation
from wxdesk.core.model.status import Aside, Status, combined

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
THREAD = Conversation(1, "shop", Contact(1, "shop", "oA", NOW), waiting_since=NOW)


@pytest.mark.parametrize(
    ("fields", "status", "awaits"),
    [
        ({}, Status.OPEN, True),
        ({"waiting_since": None}, Status.OPEN, False),
        ({"back_at": NOW}, Status.OPEN, True),
        ({"snoozed_until": NOW}, Status.SNOOZED, False),
        ({"resolved_at": NOW}, Status.RESOLVED, False),
    ],
)
def test_how_it_stands(fields: dict[str, object], status: Status, awaits: bool) -> None:
    thread = replace(THREAD, **fields)  # type: ignore[arg-type]
    assert (thread.status, thread.awaits) == (status, awaits)


@pytest.mark.parametrize(
    ("wanted", "handed_over", "expected"),
    [
        ([], False, None),
        ([Aside()], False, Aside()),
        ([Aside()], True, None),
        ([Aside(60)], True, None),
        ([Aside(), Aside(60)], False, Aside(60)),
        ([Aside(120), Aside(60), Aside()], False, Aside(60)),
    ],
)
def test_of_several_rules_whatever_comes_back_first(
    wanted: list[Aside], handed_over: bool, expected: Aside | None
) -> None:
    assert combined(wanted, handed_over=handed_over) == expected


def test_a_snooze_ends_and_a_resolution_does_not() -> None:
    assert Aside(90).until(NOW) == NOW + timedelta(minutes=90)
    assert Aside().until(NOW) is None
