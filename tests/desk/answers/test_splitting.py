"""Cutting a long text: nothing lost, nothing torn, as few parts as possible, each ending where a reader would."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QTextBoundaryFinder

from wxdesk.core.errors import ReplyTooLong
from wxdesk.desk.answers.splitting import message_parts, split_text

LINK = '<a href="https://a.cn/?x=1" data-miniprogram-path="p/i">退</a>'
WHOLE = [
    "a",
    "退",
    "🙂",
    "👨‍👩‍👧",
    "🧑🏽‍🚀",
    "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "🇨🇳",
    "🇯🇵",
    "👍🏽",
    "1️⃣",
    "e\u0301\u0323",
    "❤️",
    "각",  # jamo: one syllable in three code points
    "ᄒ\u1161\u11ab",
    "กำ",
    "นี้",
    "का",
    "ﾊﾞ",
    "。",
    ". ",
    "，",
    "\n",
    "\n\n",
    "\r\n",
    " ",
    "\u3000",
    LINK,
]
TEXTS = st.one_of(st.text(max_size=200), st.lists(st.sampled_from(WHOLE), max_size=120).map("".join))
LIMITS = st.integers(min_value=90, max_value=200)


def _seams(text: str, parts: tuple[str, ...]) -> list[tuple[int, int]]:
    """Where each part stands in `text`; fails unless only blanks are missing between them."""
    places, at = [], 0
    for part in parts:
        start = text.index(part, at)
        assert not text[at:start].strip()
        at = start + len(part)
        places.append((start, at))
    assert not text[at:].strip()
    return places


@given(TEXTS, LIMITS)
def test_nothing_is_lost_but_the_blank_at_a_seam(text: str, limit: int) -> None:
    parts = split_text(text, limit)
    assert all(part.strip() and len(part.encode("utf-8", "surrogatepass")) <= limit for part in parts)
    _seams(text, parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


@given(st.lists(st.sampled_from(WHOLE), max_size=120).map("".join), LIMITS)
def test_no_part_ends_inside_a_character(text: str, limit: int) -> None:
    """Qt's boundary finder is the judge: another implementation of the same Unicode annex."""
    finder = QTextBoundaryFinder(QTextBoundaryFinder.BoundaryType.Grapheme, text)
    for start, end in _seams(text, split_text(text, limit)):
        for place in (start, end):
            finder.setPosition(len(text[:place].encode("utf-16-le")) // 2)
            assert finder.isAtBoundary(), (text[:place], text[place:])


@given(st.lists(st.sampled_from([*WHOLE, LINK, LINK]), max_size=60).map("".join), LIMITS)
def test_no_link_is_torn(text: str, limit: int) -> None:
    for part in split_text(text, limit):
        assert part.count("<a ") == part.count("</a>") == part.count(LINK)


@given(st.text(alphabet="退款ab。\n 🙂", min_size=1, max_size=300), LIMITS)
def test_there_are_no_more_parts_than_needed(text: str, limit: int) -> None:
    needed, held = 1, 0
    for size in (len(character.encode()) for character in text):
        needed, held = (needed, held + size) if held + size <= limit else (needed + 1, size)
    assert len(split_text(text, limit)) <= needed


@pytest.mark.parametrize(
    ("text", "limit", "parts"),
    [
        ("", 10, ()),
        (" \n ", 10, ()),
        ("abcd", 4, ("abcd",)),
        ("abcdefgh", 4, ("abcd", "efgh")),
        ("退款退款", 7, ("退款", "退款")),
        ("ab👨‍👩‍👧", 18, ("ab", "👨‍👩‍👧")),
        ("a🇨🇳🇯🇵", 10, ("a🇨🇳", "🇯🇵")),
        ("aaaaaaa,退退退👨‍👩‍👧", 18, ("aaaaaaa,退退退", "👨‍👩‍👧")),  # the first comma would make three of two
        ("退退。退退退退退", 12, ("退退。退", "退退退退")),  # its sentence would make three of two
        ("一句。两句。三", 16, ("一句。", "两句。三")),
        ("他说：“一句。”两句三", 25, ("他说：“一句。”", "两句三")),
        ("first line\nsecond", 14, ("first line", "second")),
        ("one. two\nthree\n\nfour", 19, ("one. two\nthree", "four")),
        ("one two three", 9, ("one two", "three")),
        ("Version 1.5 of it", 13, ("Version 1.5", "of it")),
        (" lead one two ", 9, (" lead one", "two ")),
        ("abcd      ", 4, ("abcd",)),
        ("好" + LINK, 64, ("好", LINK)),
    ],
)
def test_parts_end_where_a_reader_would(text: str, limit: int, parts: tuple[str, ...]) -> None:
    assert split_text(text, limit) == parts


def test_a_part_needs_room_for_a_character() -> None:
    with pytest.raises(ValueError, match="4 bytes"):
        split_text("退", 3)


def test_a_character_beyond_the_limit_comes_in_pieces() -> None:
    assert split_text("e" + "\u0301" * 4, 5) == ("e\u0301\u0301", "\u0301\u0301")


def test_a_link_beyond_the_limit_is_refused() -> None:
    with pytest.raises(ReplyTooLong):
        split_text(f"x {LINK}", len(LINK.encode()) - 1)


def test_rendered_is_what_would_be_sent() -> None:
    assert message_parts("\n退款 \n") == ("退款",)
    assert [len(part) for part in message_parts("退" * 683)] == [682, 1]
    assert message_parts("\n\u200b \u3164") == (), "nobody sees anything of it"
