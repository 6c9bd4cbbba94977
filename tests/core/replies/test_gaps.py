"""When the mark of a missing value counts as still standing there."""

from __future__ import annotations

import pytest

from wxdesk.core.model.content import Content
from wxdesk.core.replies.gaps import gap_mark, open_gaps

NAME = "contact.alias"


@pytest.mark.parametrize(
    ("text", "open_still"),
    [
        (f"{gap_mark(NAME)}您好", True),
        ("‹ contact.alias ›您好", True),
        ("‹contact.alias>您好", True),
        ("‹Contact.Alias›您好", True),
        ("‹contact.alias您好", True),
        ("您好 ‹contact.alias", True),
        ("{{ contact.alias }}您好", True),
        ("王芳您好", False),
        ("您好，contact.alias 是什么", False),
        ("‹contact.aliases›", False),
        ("", False),
    ],
)
def test_a_gap_is_open_as_long_as_somebody_could_see_its_mark(text: str, open_still: bool) -> None:
    assert open_gaps(Content(text=text, gaps=(NAME,))) == ((NAME,) if open_still else ())
    assert open_gaps(Content(text=text)) == ()
