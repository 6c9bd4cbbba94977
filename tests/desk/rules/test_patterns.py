"""Patterns of rules: bounded in time, refused with a reason, and filtered by needed pieces."""

import timeit

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from tests.core.rules.rule_matching import REPLY, ask_each, subject
from wxdesk import i18n
from wxdesk.core.errors import BadPattern
from wxdesk.core.model.rule import Condition, Rule
from wxdesk.core.normalise import Normaliser
from wxdesk.core.rules.matching.matcher import MatchTools, Ruleset
from wxdesk.core.rules.patterns import Pattern, PatternMatch
from wxdesk.desk.rules.patterns import (
    PROGRAM_LIMIT,
    SHARE,
    SOURCE_LIMIT,
    TEXT_LIMIT,
    compile_pattern,
    finds_every_text,
    literal_prefilter,
)

REDOS = [
    (r"^(a+)+$", "a", "!", ""),
    (r"^(a|a)*$", "a", "!", ""),
    (r"^(a|aa)+$", "a", "!", ""),
    (r"^(a*)*$", "a", "!", ""),
    (r"^((a*)*)*$", "a", "b", ""),
    (r"^([a-zA-Z]+)*$", "a", "1", ""),
    (r"^(\d+)*x", "7", "!", "x"),
    (r"^(\w+\s?)*$", "ab", "!", ""),
    (r"^(\s*\S+)*!$", "a", "?", "!"),
    (r"(x+x+)+y", "x", "!", "y"),
    (r"^(.*?,){11}P", "1,2,3,", "!", "P"),
    (r"^(.*a){20}$", "a", "!", ""),
    (r"^(([a-z])+.)+[A-Z]([a-z])+$", "a", "!", "Zz"),
    (r"^(([^x])*)*x", "a", "!", "x"),
    (r"(?i)^(退|款|退款)+z", "退款", "!", "Z"),
    (r"^([\w.]+)+@", "a.b", "!", "@"),
    (r"^(?P<a>(?:b|a+)*)c", "a", "!", "c"),
    (r"^(?:(?:a退|a|退)?)+$", "a退", "!", ""),
    (r"^([a-z0-9]+[-.]?)*@", "a1", "!", "@"),
    (r"^(https?://)?([\w-]+\.?)+/$", "ab", "!", "/"),
    (r"^(\(?\d+\)?-?)+$", "13", "x", ""),
    (r"^((\d+,?)+;?)+$", "12,", "x", ";"),
    (r"^(好+啊*)+？$", "好", "！", "？"),
    (r"^(?:订单|订|单|号)+\d$", "订单", "x", "8"),
    (r"^(a+b?)+c$", "a", "!", "c"),
    (r"^(?:a+){2,}b", "a", "!", "b"),
    (r"^(.+)+：$", "退", "！", "："),
    (r"^(\p{Han}+)+$", "退", "1", ""),
    (r"^(?:[哈]+|[呵]*)+$", "哈", "x", ""),
    (r"^(\S+ ?)+\.$", "ab", "!", "."),
    (r"^(?:a|b|ab)*c$", "ab", "!", "c"),
    (r"^(\d+\.?)+元$", "1", "!", "元"),
    (r"^(?:0|1|01)+2", "01", "!", "2"),
    (r"(?s)^(.|\n)*\x00$", "\n", "!", "\x00"),
    (r"^(?:(?:\d{1,3})+,?)+$", "1", "x", ""),
    (r"^(e|é|.)+\d$", "é", "!", "5"),
    (r"^(👍|👍👍)+$", "👍", "x", ""),
    (r"^(\s+|　+)+！$", " 　", "x", "！"),
]
"""A pattern, what a hostile text repeats, and its end: one with which the pattern fails, one with which it is found.

An engine that goes back and tries again needs, for sixty characters of the failing text, longer than anybody waits.
"""

HUGE = ["a" * 100_000, "退款" * 50_000, "1," * 50_000, "aé退x " * 20_000, " " * 100_000, "👍" * 50_000]


def hostile(piece: str, end: str) -> str:
    """As long as is searched."""
    return piece * ((TEXT_LIMIT - len(end)) // len(piece)) + end


@pytest.mark.timeout(20)
@pytest.mark.parametrize(("pattern", "piece", "fails", "holds"), REDOS)
def test_no_text_keeps_a_pattern_busy(pattern: str, piece: str, fails: str, holds: str) -> None:
    compiled = compile_pattern(pattern)
    assert compiled.search(hostile(piece, fails)) is None
    found = compiled.search(hostile(piece, holds))
    assert found is not None
    assert found.text == hostile(piece, holds)
    for text in HUGE:
        compiled.search(text)


@pytest.mark.timeout(60)
def test_hostile_texts_do_not_slow_a_list_of_redos_patterns() -> None:
    rules = [Rule(row[0], id=n, when=Condition(regex=row[0]), then=REPLY) for n, row in enumerate(REDOS, start=1)]
    asked = Ruleset(rules, MatchTools(compile_pattern, Normaliser(()), literal_prefilter))
    for pattern, piece, fails, holds in REDOS:
        failing, holding = (subject(hostile(piece, end)) for end in (fails, holds))
        assert asked.decide(failing) == ask_each(asked, failing)
        assert asked.decide(holding) == ask_each(asked, holding)
        assert pattern not in {one.rule.name for one in asked.decide(failing).matched}


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
def test_a_refused_pattern_says_why(pattern: str, reason: str) -> None:
    with pytest.raises(BadPattern) as refused:
        compile_pattern(pattern)
    assert reason in i18n.tr(refused.value.reason)


def test_the_reason_is_in_the_operators_language() -> None:
    i18n.use("zh_CN")
    with pytest.raises(BadPattern) as refused:
        compile_pattern("(?=a)")
    assert "前后断言" in i18n.tr(refused.value.reason)


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (r"(?P<no>\d{4,}).*(到哪|物流)", "订单 20461 到哪了", PatternMatch("20461 到哪", {"no": "20461"})),
        (r"(?P<a>x)|(?P<b>y)", "zy", PatternMatch("y", {"b": "y"})),
        (r"(?<n>退)", "退", PatternMatch("退", {"n": "退"})),
        (r"\p{Han}+", "ab退款c", PatternMatch("退款", {})),
        (r"(?i)ok", "OK", PatternMatch("OK", {})),
        (r"^$", "", PatternMatch("", {})),
        (r"👍", "好👍", PatternMatch("👍", {})),
        (r"b", "a\ud83db", PatternMatch("b", {})),
        (r"x", "y", None),
    ],
)
def test_patterns_find_their_text_and_groups(pattern: str, text: str, found: PatternMatch | None) -> None:
    assert compile_pattern(pattern).search(text) == found


def test_names_of_groups() -> None:
    assert compile_pattern(r"(?P<no>\d)(x)(?P<word>y)?").names == {"no", "word"}


def test_a_text_is_searched_up_to_its_limit_only() -> None:
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


@pytest.mark.parametrize(
    "source",
    [
        "退款|退货|", "|退", "a||b", "x*", "^", "$", ".*", "()", "(?:)", r"\Q", r"\Q\E", ".{0}", "(?i)", "x*$",
        "(?P<all>.*)", "(?s).*", "^.*$", "^(?P<all>.*)$", r"\b|\B", "^|x",
    ],
)  # fmt: skip
def test_a_pattern_that_is_found_in_every_text_is_known(source: str) -> None:
    assert finds_every_text(source)
    assert all(compile_pattern(source).search(text) for text in ("", "a", "退款", "-", "a b", " ", "几点开门？"))


@pytest.mark.parametrize(
    "source",
    ["退款", ".+", "(?P<all>.+)", "^$", "^x*$", r"\b", r"\B", r"\Qa", "(", ")(", "a)|(b", "[", "a" * 501, "\ud83d"],
)
def test_other_patterns_are_not_known_to_be_found_everywhere(source: str) -> None:
    assert not finds_every_text(source)


PIECES = ["a", "退", ".", "*", "?", "+", "|", "(", ")", "^", "$", r"\b", r"\B", r"\Q", r"\E", "(?i)", "{0}", "-"]


@settings(max_examples=250, deadline=None)
@given(
    source=st.lists(st.sampled_from(PIECES), max_size=7).map("".join), texts=st.lists(st.text("aA退- ."), max_size=8)
)
def test_patterns_known_to_be_found_everywhere_are(source: str, texts: list[str]) -> None:
    if finds_every_text(source):
        assert all(compile_pattern(source).search(text) for text in ["", *texts])


@pytest.mark.parametrize(
    ("pattern", "text", "groups"),
    [
        (r"(?P<no>订\d+)|(?P<no>单\d+)", "单7", {"no": "单7"}),
        (r"(?P<no>订\d+)|(?P<no>单\d+)", "订7", {"no": "订7"}),
        (r"(?<no>a)|(?P<no>b)|(?P<other>c)", "b", {"no": "b"}),
        (r"(?<no>a)|(?P<no>b)|(?P<other>c)", "c", {"other": "c"}),
        (r"(?P<no>a)?(?P<no>b)(?P<no>c)", "bc", {"no": "b"}),
        (r"((?P<no>a)|((?P<no>b)))\d", "b1", {"no": "b"}),
        (r"(?P<g1>x)|(?P<g0>y)|(?P<g0>z)", "z", {"g0": "z"}),
        (r"\Q(?P<no>\E(?P<no>a)|(?P<no>[(?P<b>])", "b", {"no": "b"}),
        (r"\(?P<no>(?P<no>[(?P<no>])", "P<no>n", {"no": "n"}),
    ],
)
def test_groups_of_one_name_have_the_value_of_the_one_that_takes_part(
    pattern: str, text: str, groups: dict[str, str]
) -> None:
    compiled = compile_pattern(pattern)
    assert groups.keys() <= compiled.names <= {"no", "other", "g0", "g1"}
    assert compiled.search(text) == PatternMatch(text, groups)


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
def test_a_filter_never_excludes_a_pattern_that_matches(sources: list[str], text: str) -> None:
    found = {number for number, source in enumerate(sources) if compile_pattern(source).search(text)}
    assert found <= set(literal_prefilter(sources)(text))


def _compiled(source: str) -> tuple[str, Pattern]:
    return source, compile_pattern(source)


@settings(max_examples=500, deadline=None)
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


def test_a_text_without_a_needed_piece_is_not_searched() -> None:
    sources = [f"(?P<no>\\d{{4,}}).*词{number}尾" for number in range(3 * SHARE)]
    assert list(literal_prefilter(sources)("订单 20461 词1200尾")) == [1200]
    assert list(literal_prefilter(sources)("订单 20461 词1200")) == []
    assert list(literal_prefilter(sources)("你好")) == []


def test_the_prefilter_looks_for_pieces_that_few_patterns_need() -> None:
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


def test_the_prefilter_excludes_no_pattern_when_its_memory_runs_out(monkeypatch: pytest.MonkeyPatch) -> None:
    # RE2 cannot be brought there at will; what it does then is to find nothing.
    asked = literal_prefilter(["退款", "物流"])
    monkeypatch.setattr("re2.Filter.Match", lambda *_, **__: None)
    assert list(asked("退款")) == [0, 1]


def test_deeply_nested_patterns_are_read() -> None:
    deep = "(?:" * 120 + "退款" + ")" * 120
    assert list(literal_prefilter([deep])("退款")) == [0]
    assert list(literal_prefilter([deep])("退")) == []


def test_ten_thousand_patterns_are_filtered_much_faster_than_they_are_searched() -> None:
    sources = [f"(?P<no>\\d{{4,}}).*(词{number}尾|字{number:05})" for number in range(10_000)]
    asked = literal_prefilter(sources)
    text = "请问订单 20461 到哪了？" * 140
    some = [compile_pattern(source) for source in sources[:100]]

    def seconds(one: object) -> float:
        return min(timeit.repeat(one, number=1, repeat=5))  # type: ignore[arg-type]

    # It is more than a hundred times faster than all ten thousand searches; ten holds on any machine.
    assert seconds(lambda: asked(text)) < 10 * seconds(lambda: [pattern.search(text) for pattern in some])
