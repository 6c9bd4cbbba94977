"""Separators of a typed or pasted list of words."""

from __future__ import annotations

import re

BETWEEN_WORDS = re.compile(r"[,，、;；\n\r\t\u2028\u2029]+")


def split_words(text: str) -> list[str]:
    """Split a line or a list at commas, semicolons and line breaks, never at spaces."""
    return [word.strip() for word in BETWEEN_WORDS.split(text) if word.strip()]
