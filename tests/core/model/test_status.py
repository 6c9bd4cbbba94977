"""The status of a conversation, and what becomes of it where several rules set it aside."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from wxdesk.core.model.conversation import (
    Contact,
    Conversation,
    ConversationStatus,
    StatusChange,
    combined_status_change,
)

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
THREAD = Conversation(1, "shop", Contact(1, "shop", "oA", NOW), waiting_since=NOW)


@pytest.mark.parametrize(
    ("fields", "status", "awaits_answer"),
    [
        ({}, ConversationStatus.OPEN, True),
        ({"waiting_since": None}, ConversationStatus.OPEN, False),
        ({"back_at": NOW}, ConversationStatus.OPEN, True),
        ({"transferred_until": NOW}, ConversationStatus.OPEN, False),
        ({"snoozed_until": NOW}, ConversationStatus.SNOOZED, False),
        ({"resolved_at": NOW}, ConversationStatus.RESOLVED, False),
    ],
)
def test_a_conversations_status_follows_from_its_times(
    fields: dict[str, object], status: ConversationStatus, awaits_answer: bool
) -> None:
    thread = replace(THREAD, **fields)
    assert (thread.status, thread.awaits_answer) == (status, awaits_answer)


@pytest.mark.parametrize(
    ("wanted", "handed_over", "expected"),
    [
        ([], False, None),
        ([StatusChange()], False, StatusChange()),
        ([StatusChange()], True, None),
        ([StatusChange(60)], True, None),
        ([StatusChange(), StatusChange(60)], False, StatusChange(60)),
        ([StatusChange(120), StatusChange(60), StatusChange()], False, StatusChange(60)),
    ],
)
def test_of_several_rules_the_status_that_ends_first_wins(
    wanted: list[StatusChange], handed_over: bool, expected: StatusChange | None
) -> None:
    assert combined_status_change(wanted, handed_over=handed_over) == expected


def test_a_snooze_ends_and_a_resolution_does_not() -> None:
    assert StatusChange(90).until(NOW) == NOW + timedelta(minutes=90)
    assert StatusChange().until(NOW) is None
