"""How a list of words is written: by hand, or pasted from somewhere."""

from __future__ import annotations

import re

BETWEEN_WORDS = re.compile(r"[,，、;；\n\r\t\u2028\u2029]+")


def split_words(text: str) -> list[str]:
    """The words of a line or a pasted list: parted by commas, semicolons or line breaks, never by spaces."""
    return [word.strip() for word in BETWEEN_WORDS.split(text) if word.strip()]
