"""What an edit changed, as the operator reads it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wxdesk.core.model.reply import Content, ReplyKind
from wxdesk.ui.editing.revisions.comparison import LineChange
from wxdesk.ui.inbox.details.difference import difference, editable_text, picture_changed, shortened

CASES = [
    ("", "", ""),
    ("您好", "您好", "您好"),
    ("我们九点开门", "我们十点开门", "我们[-九-][+十+]点开门"),
    ("We open at 9 today.", "We open at 10 today.", "We open at [-9-][+10+] today."),
    ("opening", "opened", "[-opening-][+opened+]"),  # words stay whole
    ("九点到八点", "十点到七点", "[-九-][+十+]点到[-八-][+七+]点"),
    ("open late", "close early", "[-open late-][+close early+]"),  # a blank that stayed is no piece
    ("好👩‍👩‍👧", "好👩‍👩‍👦", "好[-👩‍👩‍👧-][+👩‍👩‍👦+]"),  # an emoji stays whole
    ("cafe\u0301 ok", "cafe ok", "[-cafe\u0301-][+cafe+] ok"),
    ("", "您好", "[+您好+]"),
    ("您好\n再见", "您好", "您好[-\n再见-]"),
]

_SIGNS = {LineChange.SAME: "{}", LineChange.GONE: "[-{}-]", LineChange.ADDED: "[+{}+]"}


@pytest.mark.parametrize(("before", "after", "told"), CASES)
def test_words_and_characters_that_went_and_came(before: str, after: str, told: str) -> None:
    assert "".join(_SIGNS[piece.change].format(piece.text) for piece in difference(before, after)) == told


@given(st.text("ab 九点\u0301👩‍", max_size=30), st.text("ab 九点\u0301👩‍", max_size=30))
def test_both_texts_can_be_read_from_it(before: str, after: str) -> None:
    pieces = difference(before, after)
    assert "".join(piece.text for piece in pieces if piece.change is not LineChange.ADDED) == before
    assert "".join(piece.text for piece in pieces if piece.change is not LineChange.GONE) == after


def test_a_text_of_the_longest_kind_is_told_as_a_whole() -> None:
    before, after = "的" * 682, "了" * 682
    assert [(piece.text, piece.change) for piece in difference(before, after)] == [
        (before, LineChange.GONE),
        (after, LineChange.ADDED),
    ]


def test_unchanged_text_far_from_a_change_is_left_out() -> None:
    pieces = shortened(difference("一" * 40 + "九" + "二" * 40 + "八", "一" * 40 + "十" + "二" * 40 + "八"))
    assert [piece.text for piece in pieces] == ["…" + "一" * 12, "九", "十", "二" * 12 + "…"]


def test_all_that_can_be_written_is_compared_and_pictures_by_what_they_are() -> None:
    link = Content(ReplyKind.LINK, title="看", description="这里", url="https://e/x", picture="a")
    assert editable_text(link) == "看\n这里\nhttps://e/x"
    assert picture_changed(link, Content(ReplyKind.LINK, title="看", picture="b"))
    assert not picture_changed(link, Content(ReplyKind.LINK, picture="a"))
