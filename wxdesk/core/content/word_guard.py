"""Words that should not leave: promises, prices, numbers to call."""

import re
from collections.abc import Sequence

from wxdesk.core.content.limits import words_of
from wxdesk.core.model.reply import Content
from wxdesk.core.normalise import as_displayed

_WITHIN_NUMBER = re.compile(r"(?<=[\d#])[ -](?=[\d#])")


def found_in(content: Content, words: Sequence[str]) -> tuple[str, ...]:
    """Return those of `words` that are written in `content`, in any case and width.

    `#` is any digit: `1##########` finds mobile numbers, also with blanks or hyphens in them, and returns their digits.
    """
    said = _folded("\n".join(words_of(content).values()))
    found = [(word, re.search(re.escape(_folded(word)).replace(r"\#", r"\d"), said)) for word in words]
    return tuple(match.group() if "#" in word else word for word, match in found if match)


def _folded(text: str) -> str:
    return _WITHIN_NUMBER.sub("", as_displayed(text).casefold())
