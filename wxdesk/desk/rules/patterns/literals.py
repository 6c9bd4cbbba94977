r"""Literal pieces that a text must hold for a pattern to match.

    (?P<no>\d{4,}).*(到哪|物流)     one of 0 1 2 3 4 5 6 7 8 9, and one of 到哪 物流

The pattern is read as RE2 reads it; whatever has no pieces, or is not worth the trouble, counts as
“anything”. Letter case never matters here: pieces are case-folded and stand in a case-folded text, so that
`(?i)` needs no attention. A piece holds only characters for which RE2 and Python agree about what is the
same letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

type LiteralChoices = frozenset[str]
"""Pieces of which a text must hold at least one."""

_MOST = 16
"""Strings into which a part of a pattern is expanded."""

_MOST_CHARACTERS = 40
"""Characters of an expanded class: `[A-Z0-9]` fits, `[^退]` does not."""

_REPEATS = 8
"""Repetitions that are written out: `哈{3,}` holds 哈哈哈."""

_REPEAT = re.compile(r"\{(0|[1-9][0-9]{0,8})(,(0|[1-9][0-9]{0,8})?)?\}")
_GROUP = re.compile(r"\((?:\?(?:P?<[^>]*>|[imsU-]*:))?(?!\?)")
_FLAGS = re.compile(r"\(\?[imsU-]*\)")
_CLASS_NAME = re.compile(r"\[:\^?[a-z]+:\]|\\[pP](?:\{[^}]*\}|.)|\\[wsDWS]", re.DOTALL)
_CODE = re.compile(r"\\x(?:\{([0-9A-Fa-f]+)\}|([0-9A-Fa-f]{2}))|\\([0-7]{1,3})")
_NOWHERE = frozenset("bBAz")
_DIGITS = frozenset("0123456789")


@lru_cache(maxsize=1 << 15)
def required_literals(source: str) -> tuple[LiteralChoices, ...]:
    """Return the sets of which a text must hold one piece each; `source` has compiled."""
    try:
        found = _Reader(source).read()
    except LookupError:  # syntax of an RE2 that is newer than this file: it is searched for in every text
        return ()
    return tuple(dict.fromkeys(found.needs if found.strings is None else _without_empty([found.strings])))


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Part of a pattern: all its `strings` if they are few, else its required pieces."""

    strings: frozenset[str] | None
    needs: tuple[LiteralChoices, ...] = ()

    @property
    def best(self) -> LiteralChoices | None:
        """The most telling of its needs: the longest pieces, then the fewest."""
        needs = self.needs if self.strings is None else _without_empty([self.strings])
        return max(needs, key=lambda need: (min(map(len, need)), -len(need)), default=None)


_ANYTHING = _Stretch(None)
_NOTHING = _Stretch(frozenset({""}))


def _without_empty(needs: Iterable[LiteralChoices]) -> tuple[LiteralChoices, ...]:
    """Drop needs that the empty text fulfils, or that no text could."""
    return tuple(need for need in needs if need and "" not in need)


def _sequence(stretches: Iterable[_Stretch]) -> _Stretch:
    needs: list[LiteralChoices] = []
    run, complete = frozenset({""}), True
    for stretch in stretches:
        strings = stretch.strings
        if strings is not None and len(run) * len(strings) <= _MOST:
            run = frozenset({begin + end for begin in run for end in strings})
            continue
        needs += (run, *stretch.needs)
        run, complete = (frozenset({""}) if strings is None else strings), False
    return _Stretch(run) if complete else _Stretch(None, _without_empty([*needs, run]))


def _alternation(branches: Sequence[_Stretch]) -> _Stretch:
    if len(branches) == 1:
        return branches[0]
    strings = frozenset[str]().union(*(branch.strings or () for branch in branches))
    if len(strings) <= _MOST and all(branch.strings is not None for branch in branches):
        return _Stretch(strings)
    bests = [branch.best for branch in branches]
    certain = [best for best in bests if best is not None]
    return _Stretch(None, (frozenset[str]().union(*certain),)) if len(certain) == len(bests) else _ANYTHING


def _repetition(stretch: _Stretch, least: int, most: int | None) -> tuple[_Stretch, ...]:
    if least == 0:
        return (_alternation([stretch, _NOTHING]) if most == 1 else _ANYTHING,)
    certain = (stretch,) * min(least, _REPEATS)
    # With more between them, what stands before continues with the first ones, and what comes behind with the last.
    return certain if least == most == len(certain) else (*certain, _ANYTHING, *certain)


def _character(character: str) -> _Stretch:
    return _Stretch(frozenset({character.casefold()})) if _is_plain(character) else _ANYTHING


def _is_plain(character: str) -> bool:
    """Check that RE2 and `casefold` agree on case: ASCII, Chinese, kana, Hangul.

    Elsewhere the two might follow different versions of Unicode.
    """
    return character.isascii() or "\u2e80" <= character <= "\ua4cf" or "\uac00" <= character <= "\ud7a3"


class _Reader:
    """Reads a pattern from left to right; a stack keeps groups, which may nest deeply."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0
        self._groups: list[tuple[list[_Stretch], list[tuple[_Stretch, ...]]]] = []
        self._branches: list[_Stretch] = []
        # What can be repeated, one after the other; each is a row again if it has been repeated already.
        self._row: list[tuple[_Stretch, ...]] = []

    def read(self) -> _Stretch:
        """Return the literals of the whole pattern."""
        while self._at < len(self._source):
            self._step()
        return self._close()

    def _step(self) -> None:
        character = self._source[self._at]
        if character == "\\":
            self._escape()
        elif character == "[":
            self._row.append((self._class(),))
        elif character == "(":
            self._open()
        elif character in "*+?{" and self._repeat():
            pass
        else:
            self._at += 1
            self._plain(character)

    def _plain(self, character: str) -> None:
        if character == ")":
            whole = self._close()
            self._branches, self._row = self._groups.pop()
            self._row.append((whole,))
        elif character == "|":
            self._branches.append(_sequence(chain.from_iterable(self._row)))
            self._row = []
        elif character in "^$":
            self._row.append((_NOTHING,))
        else:
            self._row.append((_ANYTHING if character == "." else _character(character),))

    def _close(self) -> _Stretch:
        return _alternation([*self._branches, _sequence(chain.from_iterable(self._row))])

    def _open(self) -> None:
        if self._past(_FLAGS):
            return
        if not self._past(_GROUP):
            raise LookupError(self._source)
        self._groups.append((self._branches, self._row))
        self._branches, self._row = [], []

    def _repeat(self) -> bool:
        """Read a repetition, if there is one here; `{` may also be a brace."""
        character = self._source[self._at]
        least, most = {"*": (0, None), "+": (1, None), "?": (0, 1), "{": (0, 0)}[character]
        if character == "{":
            counts = _REPEAT.match(self._source, self._at)
            if counts is None:
                return False
            least = int(counts[1])
            most = least if counts[2] is None else int(counts[3]) if counts[3] else None
            self._at = counts.end()
        else:
            self._at += 1
        if self._source.startswith("?", self._at):
            self._at += 1
        self._row[-1] = _repetition(_sequence(self._row[-1]), least, most)
        return True

    def _escape(self) -> None:
        after = self._source[self._at + 1]
        if after == "Q":
            end = self._source.find("\\E", self._at + 2)
            quoted = self._source[self._at + 2 :] if end < 0 else self._source[self._at + 2 : end]
            self._at = len(self._source) if end < 0 else end + 2
            self._row += ((_character(character),) for character in quoted)
        elif after in _NOWHERE:
            self._at += 2
            self._row.append((_NOTHING,))
        elif after == "d":
            self._at += 2
            self._row.append((_Stretch(_DIGITS),))
        elif self._past(_CLASS_NAME):
            self._row.append((_ANYTHING,))
        else:
            character = self._escaped()
            self._row.append((_ANYTHING if character is None else _character(character),))

    def _escaped(self) -> str | None:
        """Read an escaped character; None if it is none that a customer types."""
        code = _CODE.match(self._source, self._at)
        if code is not None:
            self._at = code.end()
            return chr(int(code[3], 8) if code[3] else int(code[1] or code[2], 16))
        after = self._source[self._at + 1]
        self._at += 2
        return None if after.isalnum() else after

    def _class(self) -> _Stretch:
        """Read `[…]`: its characters where they are few and all of them plain."""
        start = self._at + 1
        negated = self._source.startswith("^", start)
        self._at = start = start + negated
        characters: set[str] = set()
        few = not negated
        while self._at == start or self._source[self._at] != "]":
            members = self._members()
            few = few and members is not None and all(map(_is_plain, members))
            characters.update(members or "")
        self._at += 1
        few = few and len(characters) <= _MOST_CHARACTERS
        return _Stretch(frozenset(map(str.casefold, characters))) if few else _ANYTHING

    def _members(self) -> str | None:
        """Read the characters of one item of a class; None where they are not listed."""
        if self._source.startswith("\\d", self._at):
            self._at += 2
            return "0123456789"
        if self._past(_CLASS_NAME):
            return None
        first = self._member()
        if not self._source.startswith("-", self._at) or self._source.startswith("-]", self._at):
            return first
        self._at += 1
        last = self._member()
        if first is None or last is None or ord(last) - ord(first) >= _MOST_CHARACTERS:
            return None
        return "".join(map(chr, range(ord(first), ord(last) + 1)))

    def _member(self) -> str | None:
        if self._source[self._at] == "\\":
            return self._escaped()
        self._at += 1
        return self._source[self._at - 1]

    def _past(self, pattern: re.Pattern[str]) -> bool:
        """Skip what `pattern` finds here, if it does."""
        found = pattern.match(self._source, self._at)
        self._at = found.end() if found else self._at
        return found is not None
