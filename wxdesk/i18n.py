"""The operator's language: English sentences in the source, Chinese ones in resources/translations.

`tr("Send")` gives the sentence in the language chosen at start. The catalogues are gettext .po files, one a
room, read as they are; a test holds that every sentence in the source has its Chinese one.
"""

from __future__ import annotations

import locale
import os
from collections.abc import Mapping
from types import MappingProxyType

from babel.messages.pofile import read_po

from wxdesk.core.errors import WxdeskError
from wxdesk.core.phrase import Phrase
from wxdesk.paths import resource

LANGUAGES = ("zh_CN", "en")

_catalogue: Mapping[str, str | tuple[str, ...]] = MappingProxyType({})
_language = "en"


def use(language: str | None = None) -> str:
    """Choose the language for the whole process: one of LANGUAGES, or None to follow the system.

    Called once at start, like the set-up of logging. Returns the language that is used now.
    """
    global _catalogue, _language
    _language = language or system_language()
    _catalogue = MappingProxyType({} if _language == "en" else _read(_language))
    return _language


def language() -> str:
    """The language in use."""
    return _language


def system_language() -> str:
    """zh_CN on a Chinese system, else en."""
    spoken = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG")
    if not spoken:
        spoken = locale.getlocale()[0] or ""
    return "zh_CN" if spoken.lower().startswith(("zh", "chinese")) else "en"


def tr(sentence: str, **values: object) -> str:
    """`sentence` in the operator's language, with its `{named}` holes filled."""
    found = _catalogue.get(sentence, sentence)
    text = found if isinstance(found, str) else found[0]
    return text.format(**values) if values else text


def ntr(one: str, many: str, n: int, **values: object) -> str:
    """`one` or `many` after the number `n`, which fills the hole `{n}`. Chinese has one form for both."""
    found = _catalogue.get(one)
    text = (one if n == 1 else many) if found is None else found if isinstance(found, str) else found[0]
    return text.format(n=n, **values)


def explain(error: BaseException) -> str:
    """What an error says, in the operator's language; other exceptions only by their kind, never their text.

    The text of a foreign exception may hold a URL with a token in it.
    """
    if isinstance(error, WxdeskError):
        return tr(error.template).format(**_said(error.values))
    return tr("Unexpected error: {kind}", kind=type(error).__name__)


def _said(values: Mapping[str, object]) -> dict[str, object]:
    """The values of a sentence, with those that are sentences in the operator's language."""
    return {name: _in_words(value) for name, value in values.items()}


def _in_words(value: object) -> object:
    if isinstance(value, Phrase):
        return tr(value.sentence).format(**_said(value.values))
    return tr(value) if isinstance(value, str) else value


def _read(language: str) -> dict[str, str | tuple[str, ...]]:
    catalogue: dict[str, str | tuple[str, ...]] = {}
    for path in sorted(resource("translations", language).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if message.id and message.string:
                    key = message.id if isinstance(message.id, str) else message.id[0]
                    catalogue[key] = message.string if isinstance(message.string, str) else tuple(message.string)
    return catalogue
