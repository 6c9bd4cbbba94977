from __future__ import annotations

import timeit

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from wxdesk.core.errors import BadPattern
from wxdesk.core.rules.patterns import Pattern
from wxdesk.desk.rules.patterns.engine import TEXT_LIMIT, compile_pattern
from wxdesk.desk.rules.patterns.prefilter import SHARE, literal_prefilter

SOURCES = (
    r"(?P<no>\d{4,}).*(到哪|物流)",
    r"\d+",
    "(?i)REFUND",
    "refund|退款",
    "É",
    "K|ſ",
    "(?i)k",
    ".",
    "a*",
    "x?退",
    r"\p{Han}{2}",
    "^退款$",
    "",
    "\U000f0f0f",
    "[退还]款",
    "ß",
    "(?i)İ|ı",
)
TEXTS = st.text(alphabet="退还款到哪物流物a1234 KkſÉéßİıREFUNDrefund\U000f0f0f\ud800x", max_size=12)

# What patterns are made of, put together at random: most of what comes out is a pattern, and many are strange ones.
TOKENS = r"""
    退 款 k K s S ss a b é É ß ſ K 1 2 0 , : - ] [ ^ [^ [a-c [退还 [A-Z0-9] [[:alpha:] [:^digit:] \d \w \W \S \pN
    \p{Han} \Q \E \x41 \x{9000} \101 \60 \0 \n \. \[ \- \] \b \B \A \z \C . * + ? ?? *? {2} {2,} {0,2} {1,3}?
    {,2} {01} {1000000000} { } | ( (?: (?P<n> (?<m> (?i) (?i: (?-i) (?s: (?U) ) ) ) $ ^
"""
PIECES_OF_TEXT = "退还款kKsSſKßéÉaAbBcC-]^[:.{}|(,120QEnx49 \n\\鐀"


@st.composite
def patterns(draw: st.DrawFn) -> tuple[str, Pattern]:
    source = "".join(draw(st.lists(st.sampled_from(TOKENS.split()), min_size=1, max_size=9)))
    try:
        return source, compile_pattern(source)
    except BadPattern:
        assume(False)
        raise


@given(sources=st.lists(st.sampled_from(SOURCES), max_size=6), text=TEXTS)
def test_what_can_be_found_is_always_possible(sources: list[str], text: str) -> None:
    found = {number for number, source in enumerate(sources) if compile_pattern(source).search(text)}
    assert found <= set(literal_prefilter(sources)(text))


def _compiled(source: str) -> tuple[str, Pattern]:
    return source, compile_pattern(source)


@settings(max_examples=1500, deadline=None)
@given(made=patterns(), texts=st.lists(st.text(PIECES_OF_TEXT, max_size=9), min_size=1, max_size=12))
@example(_compiled("(?i)k"), ["\u212a"])  # the sign for kelvin is a k to RE2
@example(_compiled("a+(?i)*b"), ["b"])  # repeats what stands before the flags
@example(_compiled("a{1000000000}"), ["a{1000000000}"])  # too large a number is no count
@example(_compiled("退{01}"), ["退{01}"])
@example(_compiled("[]a]款"), ["]款"])
@example(_compiled("a|(b)?退"), ["退"])
def test_no_pattern_however_strange_is_left_out_where_it_is_found(made: tuple[str, Pattern], texts: list[str]) -> None:
    source, pattern = made
    asked = literal_prefilter([source])
    for text in (*texts, source):
        assert pattern.search(text) is None or list(asked(text)) == [0]


def test_the_repeated_ones_are_all_named() -> None:
    assert sorted(literal_prefilter(["退款", "物流", "退款"])("我要退款")) == [0, 2]


def test_what_lacks_a_needed_piece_is_not_searched() -> None:
    sources = [f"(?P<no>\\d{{4,}}).*词{number}尾" for number in range(3 * SHARE)]
    assert list(literal_prefilter(sources)("订单 20461 词1200尾")) == [1200]
    assert list(literal_prefilter(sources)("订单 20461 词1200")) == []
    assert list(literal_prefilter(sources)("你好")) == []


def test_of_pieces_that_all_need_those_count_that_few_need() -> None:
    sources = [f"(订单|单号).*词{number:03}" for number in range(200)]
    asked = literal_prefilter(sources)
    assert list(asked("订单 词007")) == [7]
    shared, own = "订单" * 400, "词007" * 400
    assert list(asked(shared)) == list(asked(own)) == []


def test_only_as_much_text_counts_as_is_searched() -> None:
    assert list(literal_prefilter(["退款"])("x" * TEXT_LIMIT + "退款")) == []


def test_patterns_too_large_to_be_looked_for_together_are_divided() -> None:
    long = [f"甲乙{number:04}" * 60 for number in range(SHARE)]
    assert set(literal_prefilter(long)(long[7] + long[400])) == {7, 400}


def test_where_the_memory_of_a_search_does_not_suffice_all_are_possible(monkeypatch: pytest.MonkeyPatch) -> None:
    # RE2 cannot be brought there at will; what it does then is to find nothing.
    asked = literal_prefilter(["退款", "物流"])
    monkeypatch.setattr("re2.Filter.Match", lambda *_, **__: None)
    assert list(asked("退款")) == [0, 1]


def test_what_is_nested_very_deeply_is_read_as_well() -> None:
    deep = "(?:" * 120 + "退款" + ")" * 120
    assert list(literal_prefilter([deep])("退款")) == [0]
    assert list(literal_prefilter([deep])("退")) == []


def test_ten_thousand_patterns_are_passed_over_in_a_long_text_much_faster_than_they_are_searched() -> None:
    sources = [f"(?P<no>\\d{{4,}}).*(词{number}尾|字{number:05})" for number in range(10_000)]
    asked = literal_prefilter(sources)
    text = "请问订单 20461 到哪了？" * 140
    some = [compile_pattern(source) for source in sources[:100]]

    def seconds(one: object) -> float:
        return min(timeit.repeat(one, number=1, repeat=5))  # type: ignore[arg-type]

    # It is more than a hundred times faster than all ten thousand searches; ten holds on any machine.
    assert seconds(lambda: asked(text)) < 10 * seconds(lambda: [pattern.search(text) for pattern in some])
