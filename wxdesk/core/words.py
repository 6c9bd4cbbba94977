"""Makes a customer's sentence and an operator's keyword comparable.

Both sides go through the same steps, so that what looks the same to a reader is the same to a rule: full-width
forms, letter case, surrounding and repeated blanks, emoji variation selectors and WeChat's emoticon markers make
no difference. What is stored, shown and sent is never changed by this.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

# Variation selectors, zero-width space, word joiner, byte order mark; and surrogates that lost their other half,
# which no encoder and no RE2 takes.
_UNSEEN = re.compile("[\ufe0e\ufe0f\u200b\u2060\ufeff\ud800-\udfff]+")

# An address, or a path of two or more steps, up to the next blank or the next character beyond ASCII.
_ADDRESS = r"(?:[a-z][a-z0-9+.\-]*://|www\.|(?:[a-z0-9_.\-]+/){2})[!-~]*"

_WORD_CODE = re.compile("/:[A-Za-z]+")


def seen(text: str) -> str:
    """`text` as a reader sees it: NFKC, without invisible characters, every run of blanks one space."""
    return " ".join(unicodedata.normalize("NFKC", _UNSEEN.sub("", text)).split())


class Normaliser:
    """Brings text into the form in which words are compared.

    `codes` are the whole markers that WeChat's clients put for their own emoticons: slash codes (`/::)`) and
    bracket names (`[微笑]`); letter case does not matter. Each becomes a blank. Slash codes are short, and some
    are plain words (`/:no`, `/:v`), so two things stay as they are: a word code that runs on into more letters
    or digits (`/:north`), and anything inside an address or a path of at least two steps (`https://a.cn/:ok`,
    `pages/user/:no`). After a single word (`thanks/:rose`) a code counts, because WeChat itself draws it there.

    A text that consists of markers only is compared with its markers.
    """

    def __init__(self, codes: Iterable[str]) -> None:
        forms = sorted({seen(code) for code in codes if seen(code)}, key=lambda form: (-len(form), form))
        markers = "|".join(
            re.escape(form) + (r"(?![A-Za-z0-9_])" if _WORD_CODE.fullmatch(form) else "") for form in forms
        )
        self._marker = re.compile(f"(?P<kept>{_ADDRESS})|{markers}" if forms else "(?!)", re.IGNORECASE)

    def cased(self, text: str) -> str:
        """`text` normalised but for its letter case: what a regex is searched in, and what its groups hold."""
        whole = seen(text)
        if "/" not in whole and "[" not in whole:
            return whole
        return " ".join(self._marker.sub(_blank, whole).split()) or whole

    def __call__(self, text: str) -> str:
        """`text` as it is compared. Doing it twice changes nothing more."""
        return self._folded(self.cased(text))

    def _folded(self, cased: str) -> str:
        return unicodedata.normalize("NFKC", cased.casefold())


def _blank(found: re.Match[str]) -> str:
    return found["kept"] or " "
