"""Words by which a text is found, in Chinese from one character up."""

import re
import unicodedata

LONGEST = 20_000
"""Characters of one text that are indexed; PostgreSQL bounds a text's index entry."""

# Scripts written without spaces: Thai and Lao, Burmese, Khmer, kana to CJK with Yi and Hangul, CJK compatibility,
# and CJK beyond the basic plane.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = rf"(?=[^\W_])[{_UNSPACED}]|[^\W_{_UNSPACED}]+"
ALONE = f"[{_UNSPACED}]"
"""Pattern of a character that is a word by itself."""


def spaced(said: str) -> str:
    """Return `said` as words with single spaces between them."""
    return " ".join(re.findall(_WORD, unicodedata.normalize("NFKC", said[:LONGEST]).casefold()))


def contains(said: str, phrase: str) -> bool:
    """Tell if the words of `phrase` follow each other in `said`."""
    return f" {spaced(phrase)}" in f" {spaced(said)}"
