"""A note that two operators write at once keeps what both have written."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from wxdesk.core.conversations.changes import ContactChange, change_from_form
from wxdesk.core.model.conversation import Contact

LI = Contact(1, "shop", "oLI00000000000000000001", datetime(2026, 1, 1, tzinfo=UTC), alias="李")


@pytest.mark.parametrize(
    ("noted", "written", "stored", "after"),
    [
        ("", "owes us 30", "likes tea", "owes us 30\nlikes tea"),
        ("tea", "green tea", "tea\n小李 → @小王: call back", "green tea\n小李 → @小王: call back"),
        ("tea", "", "tea\nVIP", "VIP"),
        ("tea\nVIP", "tea", "tea\nVIP", "tea"),
        ("tea", "VIP", "VIP", "VIP"),
        ("tea", "green tea", "", "green tea"),
    ],
    ids=["both begin", "one adds a line", "one empties it", "one removes a line", "both write the same", "one removes"],
)
def test_lines_that_others_have_written_meanwhile_stay(noted: str, written: str, stored: str, after: str) -> None:
    change = change_from_form(LI, replace(LI, note=written), noted)
    assert change.applied_to(replace(LI, note=stored)).note == after


def test_a_note_that_is_left_as_it_was_shown_changes_nothing() -> None:
    assert change_from_form(replace(LI, note="VIP"), replace(LI, note="tea"), "tea") == ContactChange()
