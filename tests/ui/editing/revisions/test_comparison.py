"""Two revisions compared: lines in order, rewritten ones side by side, and the words that differ in them."""

from wxdesk.ui.editing.revisions.comparison import (
    MAX_TOKENS,
    ComparedLine,
    LineChange,
    RevisionLine,
    RevisionSection,
    compare,
)

SAME, GONE, ADDED = LineChange.SAME, LineChange.GONE, LineChange.ADDED


def section(title: str, *texts: str) -> RevisionSection:
    return RevisionSection(title, tuple(RevisionLine(text) for text in texts))


def compared(then: tuple[str, ...], now: tuple[str, ...]) -> list[tuple[LineChange, str]]:
    [only] = compare((section("a", *then),), (section("a", *now),))
    return [(line.change, line.text) for line in only.lines]


def marked(line: ComparedLine) -> list[str]:
    return [line.text[begin:end] for begin, end in line.marks]


def test_lines_that_went_and_came_stand_where_they_belong() -> None:
    assert compared(("one", "two", "three"), ("one", "three", "four")) == [
        (SAME, "one"),
        (GONE, "two"),
        (SAME, "three"),
        (ADDED, "four"),
    ]


def test_a_rewritten_line_stands_below_the_one_it_replaces() -> None:
    assert compared(("we open at 9", "on weekdays"), ("we open at 10", "every weekday", "always")) == [
        (GONE, "we open at 9"),
        (ADDED, "we open at 10"),
        (GONE, "on weekdays"),
        (ADDED, "every weekday"),
        (ADDED, "always"),
    ]


def test_the_words_that_differ_are_marked() -> None:
    [only] = compare((section("a", "我们 9:00 开门"),), (section("a", "我们 10:00 准时开门"),))
    old, new = only.lines
    assert (marked(old), marked(new)) == (["9"], ["10", "准时"])


def test_nothing_is_marked_in_lines_that_have_little_in_common() -> None:
    [only] = compare((section("a", "alpha beta"),), (section("a", "quite another sentence"),))
    assert [line.marks for line in only.lines] == [(), ()]


def test_a_line_longer_than_anybody_compares_is_not_marked() -> None:
    words = "x " * MAX_TOKENS
    [only] = compare((section("a", words + "y"),), (section("a", words + "z"),))
    assert [(line.change, line.marks) for line in only.lines] == [(GONE, ()), (ADDED, ())]


def test_sections_are_compared_by_title_and_empty_ones_are_left_out() -> None:
    then = (section("name", "n"), section("old", "x"), section("nothing"))
    now = (section("name", "n"), section("new", "y"))
    assert [(one.title, one.changed) for one in compare(then, now)] == [("name", False), ("new", True), ("old", True)]


def test_the_same_words_that_stand_in_are_another_line() -> None:
    [only] = compare(
        (RevisionSection("a", (RevisionLine("x"),)),), (RevisionSection("a", (RevisionLine("x", inner=True),)),)
    )
    assert [(line.change, line.inner) for line in only.lines] == [(GONE, False), (ADDED, True)]


def test_a_revision_alone_shows_no_changes() -> None:
    [only] = compare((section("a", "x", "y"),), (section("a", "x", "y"),))
    assert [(line.change, line.text) for line in only.lines] == [(SAME, "x"), (SAME, "y")]
