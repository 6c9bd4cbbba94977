from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wxdesk.desk.pattern_filter import PATTERNS, Re2Filter
from wxdesk.desk.patterns import TEXT_LIMIT, compile_pattern

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


@given(sources=st.lists(st.sampled_from(SOURCES), max_size=6), text=TEXTS)
def test_what_can_be_found_is_always_possible(sources: list[str], text: str) -> None:
    found = {number for number, source in enumerate(sources) if compile_pattern(source).search(text)}
    assert found <= set(Re2Filter(sources).possible(text))


def test_what_lacks_a_needed_piece_is_not_searched() -> None:
    sources = [f"(?P<no>\\d{{4,}}).*词{number}尾" for number in range(3 * PATTERNS)]
    assert list(Re2Filter(sources).possible("订单 20461 词1200尾")) == [1200]
    assert list(Re2Filter(sources).possible("你好")) == []


def test_only_as_much_text_counts_as_is_searched() -> None:
    assert list(Re2Filter(["退款"]).possible("x" * TEXT_LIMIT + "退款")) == []


def test_patterns_too_large_for_one_filter_are_divided() -> None:
    pieces = [f"甲乙{number:04}" * 60 for number in range(PATTERNS)]
    assert set(Re2Filter(pieces).possible(pieces[7] + pieces[400])) == {7, 400}


def test_where_the_memory_of_a_search_does_not_suffice_all_are_possible(monkeypatch: pytest.MonkeyPatch) -> None:
    # RE2 cannot be brought there at will; what it does then is to find nothing.
    asked = Re2Filter(["退款", "物流"])
    monkeypatch.setattr("re2.Filter.Match", lambda *_, **__: None)
    assert list(asked.possible("退款")) == [0, 1]
