"""The line in a TOML file at which each key and value is."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wxdesk.toml import Path, TomlLines

SOURCE = '''\
# [[rules]] in a comment, and "a quote that is not closed
[[rules]]
name = "one"   # name = "x"

when = { any = [
    "a",       # ]
    "b [[rules]]", ], none = ["c"] }
then = [
    { reply = """
[[rules]]
name = "no"
"quoted" \\""" end""" }, { tag = 'x' },

    # a comment between
    { link = { title = "t", url = 'https://a.cn/#x' } },
]

[[ rules ]]
"name" = 'two'
on = ["text"]
default = true
when.regex = \'\'\'
\\d{4}[[rules]]\'\'\'
[[rules]]
name = "three"
[rules.when]
any = ["x"]
[[rules.then]]
reply = "1"
[[rules.then]]
reply = """one
two"""
[other."a.b"]
c = 1979-05-27T07:32:00Z
'''

PLACES: list[tuple[Path, int]] = [
    (("rules", 0), 2),
    (("rules", 0, "name"), 3),
    (("rules", 0, "when"), 5),
    (("rules", 0, "when", "any"), 5),
    (("rules", 0, "when", "any", 0), 6),
    (("rules", 0, "when", "any", 1), 7),
    (("rules", 0, "when", "none"), 7),
    (("rules", 0, "then"), 8),
    (("rules", 0, "then", 0), 9),
    (("rules", 0, "then", 0, "reply"), 9),
    (("rules", 0, "then", 1), 12),
    (("rules", 0, "then", 2), 15),
    (("rules", 0, "then", 2, "link", "url"), 15),
    (("rules", 1), 18),
    (("rules", 1, "name"), 19),
    (("rules", 1, "on", 0), 20),
    (("rules", 1, "default"), 21),
    (("rules", 1, "when"), 22),
    (("rules", 1, "when", "regex"), 22),
    (("rules", 2), 24),
    (("rules", 2, "when"), 26),
    (("rules", 2, "when", "any"), 27),
    (("rules", 2, "then", 0), 28),
    (("rules", 2, "then", 0, "reply"), 29),
    (("rules", 2, "then", 1), 30),
    (("rules", 2, "then", 1, "reply"), 31),
    (("other", "a.b", "c"), 34),
    # what does not stand there leads to what is around it
    (("rules", 1, "then"), 18),
    (("rules", 0, "when", "any", 9), 5),
    (("rules", 9), 2),
    ((), 1),
]


@pytest.mark.parametrize(("path", "line"), PLACES)
def test_every_key_has_its_line(path: Path, line: int) -> None:
    assert TomlLines(SOURCE).line(path) == line


@pytest.mark.parametrize(("path", "line"), PLACES)
def test_windows_line_ends_change_nothing(path: Path, line: int) -> None:
    assert TomlLines(SOURCE.replace("\n", "\r\n")).line(path) == line


@pytest.mark.parametrize(
    ("path", "line", "in_file"),
    [
        (("rules", 0, "then", 0, "reply"), 1, 10),
        (("rules", 0, "then", 0, "reply"), 3, 12),
        (("rules", 2, "then", 1, "reply"), 1, 31),
        (("rules", 2, "then", 1, "reply"), 2, 32),
        (("rules", 2, "then", 0, "reply"), 2, 29),
    ],
)
def test_lines_inside_a_text(path: Path, line: int, in_file: int) -> None:
    assert TomlLines(SOURCE).text_line(path, line) == in_file


def test_the_source_is_what_the_parser_reads() -> None:
    assert [rule["name"] for rule in tomllib.loads(SOURCE)["rules"]] == ["one", "two", "three"]


STRINGS = st.sampled_from(
    ['""', "''", '"\\""', '"""a"""', '""""a\\" """""', "''''a'''''", '"""\n\\\\"""', "'\\'", '"# ]}"']
)
VALUES = st.recursive(
    st.one_of(STRINGS, st.sampled_from(["1", "true", "1.5", "1979-05-27", "[]", "{}"])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: "[\n  # [\n  " + " ,\n".join(items) + "\n]"),
        st.lists(inner, max_size=3).map(
            lambda items: "{ " + ", ".join(f"k{index} = {item}" for index, item in enumerate(items)) + " }"
        ),
    ),
    max_leaves=6,
)


@given(VALUES, VALUES)
def test_no_value_hides_what_comes_after_it(first: str, second: str) -> None:
    source = f"[[rules]]\na = {first}\nb = {second} # end\n[[rules]]\nc = 0\n"
    tomllib.loads(source)
    lines = TomlLines(source)
    assert lines.line(("rules", 0, "b")) == 3 + first.count("\n")
    assert lines.line(("rules", 1, "c")) == source.count("\n")
