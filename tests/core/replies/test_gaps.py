"""When the mark of a missing value counts as still standing there."""

import pytest

from wxdesk.core.model.reply import Content, ReplyKind
from wxdesk.core.replies.gaps import MarkedText, gap_mark, marked_gaps, open_gaps

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
def test_a_gap_is_open_as_long_as_its_mark_is_visible(text: str, open_still: bool) -> None:
    assert open_gaps(Content(text=text, gaps=(NAME,))) == ((NAME,) if open_still else ())
    assert open_gaps(Content(text=text)) == ()


def test_the_mark_is_what_templates_and_drafts_show() -> None:
    assert gap_mark(NAME) == "‹contact.alias›"


def test_a_marked_text_knows_each_of_its_values_once() -> None:
    both = MarkedText.of("order", "price")
    assert (both, both.names) == ("‹order›‹price›", ("order", "price"))
    assert MarkedText.around("‹order› ‹order›", ["order", "order"]).names == ("order",)


def test_a_mark_is_looked_for_in_every_field_and_counts_as_intact_only_to_the_letter() -> None:
    names = (NAME, "order", "price")
    link = Content(kind=ReplyKind.LINK, title="‹order›", description="‹price>", url="https://a.b", gaps=names)
    assert marked_gaps(link) == ("order",)
    assert open_gaps(link) == ("order", "price")
