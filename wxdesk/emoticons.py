"""WeChat's own emoticons, which arrive as text: their codes, names and stand-ins.

A text message carries a slash code (`/::)`) or a bracket name in the language of the customer's phone
(`[微笑]`, `[Smile]`). The table in resources/emoticons.json holds facts about WeChat's clients and no
pictures.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cache

import msgspec

from wxdesk.core.normalise import Normaliser
from wxdesk.core.wechat.emoticon_codes import EmoticonReplacer
from wxdesk.paths import resource


class Emoticon(msgspec.Struct, frozen=True):
    """One emoticon: slash code, names without brackets, and a Unicode stand-in if any.

    `hk` is given where the traditional name differs; `other` and `other_codes` hold further spellings that
    clients have used.
    """

    zh: str
    en: str = ""
    code: str = ""
    hk: str = ""
    unicode: str = ""
    other: tuple[str, ...] = ()
    other_codes: tuple[str, ...] = ()

    @property
    def markers(self) -> Iterator[str]:
        """All spellings that stand for it in a text."""
        if self.code:
            yield self.code
        yield from self.other_codes
        for name in (self.zh, self.hk, self.en, *self.other):
            if name:
                yield f"[{name}]"


@cache
def read_emoticons() -> tuple[Emoticon, ...]:
    """Read the table that comes with the program."""
    return msgspec.json.decode(resource("emoticons.json").read_bytes(), type=tuple[Emoticon, ...])


@cache
def normaliser(emoticons: tuple[Emoticon, ...]) -> Normaliser:
    """Make the normaliser that removes these emoticons before comparing."""
    return Normaliser(marker for emoticon in emoticons for marker in emoticon.markers)


def readable(emoticons: Sequence[Emoticon], language: str) -> EmoticonReplacer:
    """Show each by its Unicode stand-in, else by name in `language`, zh_CN or English."""
    return _legend(emoticons, lambda one: one.unicode or f"[{_name(one, language)}]")


def named(emoticons: Sequence[Emoticon], language: str) -> EmoticonReplacer:
    """Show each by its name in brackets, in `language`."""
    return _legend(emoticons, lambda one: f"[{_name(one, language)}]")


def findable(emoticons: Sequence[Emoticon]) -> EmoticonReplacer:
    """Show each as all the names by which somebody may search for it."""
    return _legend(emoticons, lambda one: f" {' '.join(dict.fromkeys(filter(None, (one.zh, one.hk, one.en))))} ")


def _name(emoticon: Emoticon, language: str) -> str:
    return emoticon.zh if language == "zh_CN" else emoticon.en or emoticon.zh


def _legend(emoticons: Sequence[Emoticon], show: Callable[[Emoticon], str]) -> EmoticonReplacer:
    """Map each spelling to its display; of a shared name, the first emoticon's."""
    shown: dict[str, str] = {}
    for emoticon in emoticons:
        for marker in emoticon.markers:
            shown.setdefault(marker, show(emoticon))
    plain = (f"[{name}]" for one in emoticons if one.zh.isascii() for name in (one.zh, one.hk, one.en) if name)
    return EmoticonReplacer(shown, plain)
