"""Finds WeChat's emoticons in a text: slash codes (`/:rose`) and names (`[微笑]`).

Slash codes are short, and some are plain words (`/:no`, `/:v`); some names are too (`[OK]`). So three
things are never markers: a word code that runs on into more letters or digits (`/:north`), anything inside
an address or a path of at least two steps (`https://a.cn/:ok`, `pages/user/:no`), and a name without a
Chinese character beside a letter or digit where it is a plain word in Chinese too (`status[OK]`). After a
single word (`thanks/:rose`) a code counts, because WeChat itself draws it there.
"""

import re
from collections.abc import Iterable, Mapping

# An address, or a path of two or more steps, up to the next blank or the next character beyond ASCII. It begins
# where a run of its characters begins and gives none of them back, so that a long run is read once.
_STEP = r"[A-Za-z0-9_.+\-]"
_ADDRESS = rf"(?-i:(?<!{_STEP})(?:[A-Za-z]{_STEP}*+://|[Ww]{{3}}\.|(?:{_STEP}++/){{2}})[!-~]*)"

_NAME = r"(?P<name>\[[^\[\]]{1,20}\])"

_WORD = re.compile(r"[A-Za-z0-9_]")


def marker_pattern(codes: Iterable[str], flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[str]:
    """Build a pattern for every slash code of `codes` and for possible bracket names.

    Its group `kept` is an address or path, which stays; `name` is anything in brackets, known or not. With
    neither, a slash code was found.
    """
    return re.compile(f"(?P<kept>{_ADDRESS})|{_slash_codes(codes)}|{_NAME}", flags)


def _slash_codes(codes: Iterable[str]) -> str:
    """Build a pattern, longest codes first; word codes match whole words only."""
    known = sorted(codes, key=lambda code: (-len(code), code))
    rests = [code.removeprefix("/:") for code in known if code.startswith("/:")]
    whole = "|".join(re.escape(rest) + (r"(?![A-Za-z0-9_])" if rest.isalpha() else "") for rest in rests)
    typed = "|".join(re.escape(code) for code in known if not code.startswith("/:"))
    found = [f"/:(?:{whole})"] if whole else []
    return "|".join([*found, rf"(?<![\w/])(?:{typed})"] if typed else found) or "(?!)"


class EmoticonReplacer:
    """Replaces the emoticons in a text by something readable, for display only.

    `shown` maps each whole marker to its replacement. Letter case matters: `/::D` and `/::d` are two faces.
    `words` are the markers in brackets that may be ordinary text, and count only apart from letters and digits.
    """

    def __init__(self, shown: Mapping[str, str], words: Iterable[str] = ()) -> None:
        self._shown = dict(shown)
        self._words = frozenset(words)
        self._pattern = marker_pattern(marker for marker in self._shown if marker.startswith("/"))

    def __call__(self, text: str) -> str:
        """Return `text` with every known marker replaced."""
        if "/" not in text and "[" not in text:
            return text
        return self._pattern.sub(self._stand_in, text)

    def _stand_in(self, found: re.Match[str]) -> str:
        marker = found[0]
        if marker in self._words and _beside_a_word(found):
            return marker
        return self._shown.get(marker, marker)


def _beside_a_word(found: re.Match[str]) -> bool:
    before, after = found.string[: found.start()][-1:], found.string[found.end() :][:1]
    return bool(_WORD.match(before) or _WORD.match(after))
