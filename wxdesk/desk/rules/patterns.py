"""Regular expressions that no text can make slow: RE2 within bounds.

RE2 runs in time linear in the text, but the factor is the size of the compiled program, so both are
bounded. What it does not know (look-around, back-references) is refused with a reason when the rule is
written.

A prefilter picks of many patterns those that are worth a search in a text: RE2 looks for the literal pieces
that a match must hold. What is picked is searched as ever, so that a pattern too many costs a little time and
is never wrong.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache

import re2

from wxdesk.core.errors import BadPattern, Phrase
from wxdesk.core.rules.patterns import Pattern, PatternFilter, PatternMatch

SOURCE_LIMIT = 500
"""Characters of a pattern."""

PROGRAM_LIMIT = 1500
"""Instructions of a pattern; a search over TEXT_LIMIT then takes milliseconds."""

TEXT_LIMIT = 2000
"""Characters that are searched; a text message is hardly longer."""

_MAX_MEM = 1 << 20

SHARE = 500
"""Patterns that are looked for together; the memory for that is bounded."""

_MARK = "\U000f0f0f"
"""A private character that no contact types, and that each share must find again."""


def compile_pattern(source: str) -> Pattern:
    """Compile `source` with RE2 (https://github.com/google/re2/wiki/Syntax).

    Raises:
        BadPattern: with a reason in the operator's language.
    """
    if len(source) > SOURCE_LIMIT:
        raise BadPattern(Phrase("The pattern is longer than {limit} characters.", limit=SOURCE_LIMIT))
    try:
        compiled = re2.compile(source, _re2_options())
    except UnicodeEncodeError:
        raise BadPattern(Phrase("The pattern holds a character that is not complete.")) from None
    except re2.error as error:
        raise BadPattern(_reason(error)) from None
    if compiled.programsize > PROGRAM_LIMIT:
        raise BadPattern(Phrase(TOO_LARGE))
    told_apart, names = _with_unique_group_names(source)
    if len(set(names.values())) < len(names):  # RE2 keeps the first group of a name only
        return _Re2Pattern(re2.compile(told_apart, _re2_options()), names)
    return _Re2Pattern(compiled, {name: name for name in compiled.groupindex})


def _with_unique_group_names(source: str) -> tuple[str, dict[str, str]]:
    """Make group names unique; return the pattern and the former names in order.

    What only looks like a group, in a character class or a quotation, stays as it is.
    """
    places = list(_GROUP_NAME.finditer(source))
    if len({place[0] for place in places}) == len(places):
        return source, {}
    groups = re2.compile(_renamed(source, dict(enumerate(places))), _re2_options()).groupindex
    found = {number: place for number, place in enumerate(places) if f"g{number}" in groups}
    return _renamed(source, found), {f"g{number}": place[0] for number, place in found.items()}


def _renamed(source: str, places: dict[int, re.Match[str]]) -> str:
    for number, place in reversed(places.items()):
        source = f"{source[: place.start()]}g{number}{source[place.end() :]}"
    return source


_GROUP_NAME = re.compile(r"(?<=\(\?P<)\w+(?=>)|(?<=\(\?<)\w+(?=>)")


def finds_every_text(source: str) -> bool:
    """Check that the pattern certainly matches every text, also an empty one.

    It does if the empty string, at the beginning or the end of a text, is a match, whatever stands beside it:
    all that RE2 can ask of a place is whether text, and a letter, stands before and behind it. Beside that,
    `^.*$` is known. A pattern that does not compile does not.
    """
    try:
        compile_pattern(source)
    except BadPattern:  # beside others it might be whole: `)(` in a group is two empty ones
        return False
    if _WHOLE.fullmatch(source):
        return True
    return any(
        all(_compiles_and_matches(around.replace("{}", f"(?:{source}{end})"), text) for around, text in places)
        for places in (_BEGINNINGS, _ENDS)
        for end in ("", r"\E")  # which ends a quotation that is not ended
    )


_WHOLE = re.compile(r"\^?(?:\((?:\?P?<\w+>|\?:)?\.\*\??\)|\.\*\??)\$?")
"""Patterns for a whole line; the texts that are searched have one line only."""

_BEGINNINGS = ((r"\A{}\z", ""), (r"\A{}a\z", "a"), (r"\A{}-\z", "-"), ("\\A{}\n\\z", "\n"))
_ENDS = ((r"\A{}\z", ""), (r"\Aa{}\z", "a"), (r"\A-{}\z", "-"), ("\\A\n{}\\z", "\n"))


def _compiles_and_matches(source: str, text: str) -> bool:
    try:
        return re2.compile(source, _re2_options()).search(text) is not None
    except (re2.error, UnicodeEncodeError):
        return False


class _Re2Pattern:
    """A compiled pattern; `names` maps internal names of groups to written ones.

    Of several groups of one name the first that takes part has the value.
    """

    def __init__(self, compiled: re2._Regexp, names: Mapping[str, str]) -> None:
        self._compiled = compiled
        self._names = names

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._names.values())

    def search(self, text: str) -> PatternMatch | None:
        match = self._compiled.search(_search_bytes(text))
        if match is None:
            return None
        groups: dict[str, str] = {}
        for inner, name in self._names.items():
            value = match.group(inner)
            if value is not None:
                groups.setdefault(name, _decoded(value))
        return PatternMatch(_decoded(match.group()), groups)


@lru_cache(maxsize=4)
def _search_bytes(text: str) -> bytes:
    """Encode the searched part of `text` for RE2, once for many patterns."""
    return text[:TEXT_LIMIT].encode("utf-8", "replace")


def _decoded(found: bytes) -> str:
    r"""Decode `found`, replacing what `\C` may have left of a character."""
    return found.decode("utf-8", "replace")


def literal_prefilter(sources: Sequence[str]) -> PatternFilter:
    """Implement `core.rules.patterns.FilterPatterns`; all `sources` have compiled."""
    starts = range(0, len(sources), SHARE)
    shares = [share for start in starts for share in _shares(sources[start : start + SHARE], start)]

    def possible(text: str) -> Collection[int]:
        marked = _search_bytes(text) + _MARK.encode()
        return [number for share in shares for number in share.possible(marked)]

    return possible


class _Share:
    """Some of the patterns, numbered from `start`.

    RE2 tells nobody when its memory does not suffice: it then finds nothing at all. So each text ends with a
    mark, for which there is a pattern too. Where it is not found, all patterns count as possible.
    """

    def __init__(self, sources: Sequence[str], start: int) -> None:
        self._numbers = range(start, start + len(sources))
        self._filter = re2.Filter()
        for source in (*sources, _MARK):
            self._filter.Add(source, _re2_options())
        self._filter.Compile()

    def possible(self, marked: bytes) -> Collection[int]:
        found = self._filter.Match(marked, potential=True) or ()
        mark = len(self._numbers)
        return [self._numbers[index] for index in found if index != mark] if mark in found else self._numbers


def _shares(sources: Sequence[str], start: int) -> Iterator[_Share]:
    """Yield one share of all patterns, or several where that becomes too large."""
    try:
        yield _Share(sources, start)
    except re2.error:
        half = len(sources) // 2
        yield from _shares(sources[:half], start)
        yield from _shares(sources[half:], start + half)


def _re2_options() -> re2.Options:
    options = re2.Options()
    options.log_errors = False  # it would write to stderr by itself
    options.max_mem = _MAX_MEM
    return options


TOO_LARGE = "The pattern becomes too large: use smaller counts or fewer character classes."


def _reason(error: re2.error) -> Phrase:
    """Explain RE2's error (`invalid perl operator: (?=`) for the operator."""
    raw = error.args[0] if error.args else ""
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw)
    complaint, _, spot = text.partition(": ")
    if "too large" in complaint:
        return Phrase(TOO_LARGE)
    if spot.startswith(("(?=", "(?!", "(?<")):
        return Phrase(
            "Look-ahead and look-behind “{spot}” are not possible here; rule words out by “does not contain” (none).",
            spot=spot,
        )
    if (complaint == "invalid perl operator" and spot == "(?P") or (
        complaint == "invalid escape sequence" and spot[1:2].isdigit()
    ):
        return Phrase("Back-references such as \\1 are not possible here.")
    sentences = {
        "missing )": Phrase("A “(” is not closed."),
        "unexpected )": Phrase("A “)” has no “(”."),
        "missing ]": Phrase("A “[” is not closed."),
        "no argument for repetition operator": Phrase("There is nothing before “{spot}” to repeat.", spot=spot),
        "bad repetition operator": Phrase("“{spot}” cannot stand here.", spot=spot),
        "invalid repetition size": Phrase("“{spot}” repeats too often; 1000 in all is the most.", spot=spot),
        "invalid character class range": Phrase("The character class “{spot}” is not valid.", spot=spot),
        "invalid escape sequence": Phrase("“{spot}” is not known here.", spot=spot),
        "invalid perl operator": Phrase("“{spot}” is not known here.", spot=spot),
        "invalid named capture group": Phrase("“{spot}” is not a name for a group.", spot=spot),
    }
    return sentences.get(complaint, Phrase("The pattern cannot be understood: {complaint}", complaint=text))
