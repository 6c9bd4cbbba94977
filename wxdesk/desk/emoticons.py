"""WeChat's own emoticons, which arrive as text: what stands for them, and what they are called.

A text message carries a slash code (`/::)`) or a bracket name in the language of the customer's phone (`[微笑]`,
`[Smile]`). The table in resources/emoticons.json holds facts about WeChat's clients and no pictures.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from wxdesk.core.words import Normaliser
from wxdesk.paths import resource


class Emoticon(msgspec.Struct, frozen=True):
    """One emoticon: slash code if it has one, names without brackets, and a Unicode stand-in if there is one.

    `hk` is given where the traditional name differs, `other` holds further spellings that clients have used.
    """

    zh: str
    en: str = ""
    code: str = ""
    hk: str = ""
    unicode: str = ""
    other: tuple[str, ...] = ()

    @property
    def markers(self) -> Iterator[str]:
        """Everything that stands for it in a text."""
        if self.code:
            yield self.code
        for name in (self.zh, self.hk, self.en, *self.other):
            if name:
                yield f"[{name}]"


def read_emoticons() -> tuple[Emoticon, ...]:
    """The table that comes with the program."""
    return msgspec.json.decode(resource("emoticons.json").read_bytes(), type=tuple[Emoticon, ...])


def normaliser(emoticons: Sequence[Emoticon]) -> Normaliser:
    """The normaliser that takes these emoticons out of what it compares."""
    return Normaliser(marker for emoticon in emoticons for marker in emoticon.markers)
