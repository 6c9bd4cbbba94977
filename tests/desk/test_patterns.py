from __future__ import annotations

import time

import pytest

from wxdesk import i18n
from wxdesk.core.errors import BadPattern
from wxdesk.core.patterns import Found
from wxdesk.desk.patterns import PROGRAM_LIMIT, SOURCE_LIMIT, TEXT_LIMIT, compile_pattern

SECONDS = 0.05  # of processor time, ten times what is wanted: the machine may be slow

CATASTROPHIC = [
    r"^(a+)+$", r"(a|a)*$", r"(a|aa)+$", r"(.*a){20}", r"([a-zA-Z]+)*$", r"(x+x+)+y", r"(.*?,){11}P", r"(a?){30}a{30}",
    r"(\d+)*x", r"(.*)*(.*)*(.*)*=", r"(\w+\s?)*$", r"^(([a-z])+.)+[A-Z]([a-z])+$", r"(([^x])*)*x", r"(?i)(退|款|a)+z",
    r"^(\s*\S+)*!$", r"(<[^>]*>)*<", r"^([\w.]+)+@", r"(?P<a>(b|a+)*)c", r"(?:(?:a|退)?)+$", r"((a*)*)*b",
    r"^(?:.?.?.?.?){20}$", r"(.{1,20}){1,3}款",
]  # fmt: skip
SUBJECTS = ["a" * 10_240 + "!", "退款" * 5_120, "x" * 10_240, "1," * 5_120, "aé退x " * 2_048, " " * 10_240]


@pytest.mark.parametrize("pattern", CATASTROPHIC)
def test_no_text_makes_a_pattern_slow(pattern: str) -> None:
    compiled = compile_pattern(pattern)
    for subject in SUBJECTS:
        start = time.thread_time()
        compiled.search(subject)
        assert time.thread_time() - start < SECONDS


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        (r"a(?=b)", "Look-ahead"),
        (r"a(?!b)", "Look-ahead"),
        (r"(?<=a)b", "look-behind"),
        (r"(?<!a)b", "look-behind"),
        (r"(a)\1", "Back-references"),
        (r"(?P<n>a)(?P=n)", "Back-references"),
        (r"(", "“(” is not closed"),
        (r"a)", "“)” has no “(”"),
        (r"[a", "“[” is not closed"),
        (r"*a", "nothing before “*”"),
        (r"a**", "“**” cannot stand here"),
        (r"a{2000}", "repeats too often"),
        (r"[z-a]", "“z-a” is not valid"),
        (r"\p{Foo}", "is not valid"),
        (r"\q", "“\\q” is not known"),
        (r"(?>a)", "“(?>” is not known"),
        (r"(?P<a-b>x)", "not a name for a group"),
        ("a\\", "cannot be understood"),
        (r"(.{0,500})(.{0,400})x", "too large"),
        (r"(?:\pL{0,100}){0,9}", "too large"),
        ("a" * (SOURCE_LIMIT + 1), "longer than 500"),
        ("\ud83d", "not complete"),
    ],
)
def test_what_is_refused_says_why(pattern: str, reason: str) -> None:
    with pytest.raises(BadPattern) as refused:
        compile_pattern(pattern)
    assert reason in refused.value.reason


def test_the_reason_is_in_the_operators_language() -> None:
    i18n.use("zh_CN")
    with pytest.raises(BadPattern, match="前后断言"):
        compile_pattern("(?=a)")


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (r"(?P<no>\d{4,}).*(到哪|物流)", "订单 20461 到哪了", Found("20461 到哪", {"no": "20461"})),
        (r"(?P<a>x)|(?P<b>y)", "zy", Found("y", {"b": "y"})),
        (r"(?<n>退)", "退", Found("退", {"n": "退"})),
        (r"\p{Han}+", "ab退款c", Found("退款", {})),
        (r"(?i)ok", "OK", Found("OK", {})),
        (r"^$", "", Found("", {})),
        (r"👍", "好👍", Found("👍", {})),
        (r"b", "a\ud83db", Found("b", {})),
        (r"x", "y", None),
    ],
)
def test_what_is_found(pattern: str, text: str, found: Found | None) -> None:
    assert compile_pattern(pattern).search(text) == found


def test_names_of_groups() -> None:
    assert compile_pattern(r"(?P<no>\d)(x)(?P<word>y)?").names == {"no", "word"}


def test_only_so_much_of_a_text_is_searched() -> None:
    pattern = compile_pattern("b")
    assert pattern.search("a" * (TEXT_LIMIT - 1) + "b") is not None
    assert pattern.search("a" * TEXT_LIMIT + "b") is None


def test_ordinary_patterns_are_far_from_the_bound() -> None:
    compile_pattern(r"(?P<no>\d{4,}).{0,100}(到哪|物流|快递|发货)")
    assert PROGRAM_LIMIT == 1500


def test_refusals_leave_stderr_alone(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(BadPattern):
        compile_pattern("(?=a)")
    assert capfd.readouterr().err == ""
