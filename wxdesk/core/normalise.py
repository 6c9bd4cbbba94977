"""Normalisation that makes a customer's sentence comparable with a keyword.

Both sides go through the same steps, so that what looks the same to a reader is the same to a rule:
full-width forms, letter case, surrounding and repeated blanks, emoji variation selectors and WeChat's
emoticon markers make no difference. The stored, shown and sent texts are never changed by this.
"""

import re
import unicodedata
from collections.abc import Iterable

from wxdesk.core.wechat.emoticon_codes import marker_pattern

# Variation selectors, zero-width space, word joiner, byte order mark; and surrogates that lost their other half,
# which no encoder and no RE2 takes.
_UNSEEN = re.compile("[\ufe0e\ufe0f\u200b\u2060\ufeff\ud800-\udfff]+")


# Unicode's Default_Ignorable_Code_Point, control characters, half characters, and the Braille pattern without dots.
_INVISIBLE = re.compile(
    "[\\s\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u2800\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]*"
)


def is_visible(text: str) -> bool:
    """True if a reader sees at least one character of `text`."""
    return _INVISIBLE.fullmatch(text) is None


def as_displayed(text: str) -> str:
    """Return `text` as displayed: NFKC, no invisible characters, single spaces.

    Invisible characters that join or part others (emoji, Persian) stay; a text of nothing else becomes empty.
    """
    found = " ".join(unicodedata.normalize("NFKC", _UNSEEN.sub("", text)).split())
    return found if is_visible(found) else ""


class Normaliser:
    """Brings text into the form in which words are compared.

    `codes` are the whole markers that WeChat's clients put for their own emoticons: slash codes, which begin
    with `/:`, and bracket names (`[微笑]`). Letter case does not matter; each becomes a blank. A text that only
    looks like a marker stays (`core.wechat.emoticon_codes`).

    A text that consists of markers only is compared with its markers.
    """

    def __init__(self, codes: Iterable[str]) -> None:
        forms = {_folded(code) for code in codes} - {""}
        self._names = frozenset(form for form in forms if form.startswith("["))
        self._marker = marker_pattern(forms - self._names, re.IGNORECASE)

    def __call__(self, text: str) -> str:
        """Return `text` as it is compared; doing it twice changes nothing more."""
        return self._without_markers(_folded(text))

    def forms(self, text: str) -> tuple[str, str]:
        """Return `text` but for letter case, as a regex searches it, and as compared."""
        plain = as_displayed(text)
        return self._without_markers(plain), self._without_markers(unicodedata.normalize("NFKC", plain.casefold()))

    def is_markers(self, text: str) -> bool:
        """True if `text` consists of WeChat's own emoticons and nothing else."""
        whole = _folded(text)
        return bool(whole) and not is_visible(self._marker.sub(self._blank, whole))

    def _without_markers(self, whole: str) -> str:
        if "/" not in whole and "[" not in whole:
            return whole
        left = " ".join(self._marker.sub(self._blank, whole).split())
        return left if is_visible(left) else whole

    def _blank(self, found: re.Match[str]) -> str:
        kept = found["kept"] or found["name"]
        return " " if kept is None or kept.casefold() in self._names else kept


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", as_displayed(text).casefold())


def is_chinese(text: str) -> bool:
    """True if a sentence contains a Chinese character."""
    return any("\u4e00" <= character <= "\u9fff" for character in text)
