from __future__ import annotations

import pytest

from wxdesk.desk.rules.patterns.literals import required_literals

DIGITS = set("0123456789")


@pytest.mark.parametrize(
    ("source", "needed"),
    [
        (r"(?P<no>\d{4,}).*(到哪|物流)", [DIGITS, {"到哪", "物流"}]),
        ("[退还]款", [{"退款", "还款"}]),
        (r"(?i)iPhone\s?1[56]", [{"iphone"}, {"15", "16"}]),
        ("^(你好|在吗)$", [{"你好", "在吗"}]),
        ("退.*款", [{"退"}, {"款"}]),
        ("好哈{2,}吗", [{"好哈哈"}, {"哈哈吗"}]),
        ("x?退款", [{"x退款", "退款"}]),
        ("(?:北京|广(?:州|东))快递", [{"北京快递", "广州快递", "广东快递"}]),
        (r"\Q1.5\E元", [{"1.5元"}]),
        (r"\x41\.\x{9000}", [{"a.退"}]),
        ("café", [{"caf"}]),
        (r"(?:词甲.*退|款)", [{"词甲", "款"}]),
        ("退款|", []),
        ("(退款)*", []),
        (r"\p{Han}{2}", []),
        ("[^退]", []),
        ("", []),
    ],
)
def test_the_pieces_of_a_pattern(source: str, needed: list[set[str]]) -> None:
    assert [set(one) for one in required_literals(source)] == needed


def test_a_choice_of_very_many_words_needs_one_of_them() -> None:
    towns = [f"城{number:02}" for number in range(60)]
    assert [set(one) for one in required_literals(f"({'|'.join(towns)})快递")] == [set(towns), {"快递"}]


def test_what_multiplies_stops_at_a_few_strings() -> None:
    needed = required_literals("[甲乙][丙丁][戊己][庚辛][壬癸]" * 8)
    assert max(map(len, needed)) <= 16
    assert all(len(word) >= 4 for one in needed for word in one)
