"""Translations of the English sentences in the source, from .po files.

`tr("Send")` gives the sentence in the language chosen at start. The catalogues are gettext .po files, one a
room or topic, read as they are; a test holds that every sentence in the source has its Chinese one.
"""

import locale
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time
from functools import cache, partial
from types import MappingProxyType

from wxdesk.core.content.writing_direction import contained
from wxdesk.core.errors import Phrase, Text, WxdeskError
from wxdesk.paths import resource

LANGUAGES = ("zh_CN", "en")

_catalogue: Mapping[str, str] = MappingProxyType({})
_language = "en"
_keys: dict[str, str] = {}
_titles: Mapping[str, str] = MappingProxyType({})


def use(language: str | None = None) -> str:
    """Choose the language of the process, one of LANGUAGES; None follows the system.

    Called once at start, like the set-up of logging. Returns the language that is used now.
    """
    global _language
    _language = language or system_language()
    _fill_catalogue()
    return _language


def language() -> str:
    """The language in use."""
    return _language


def system_language() -> str:
    """Return zh_CN on a Chinese system, else en.

    As with gettext, LANGUAGE comes first and LC_ALL=C silences it. Programs started from macOS's Finder have no
    such variables; there the operator's list of preferred languages decides.
    """
    chosen = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    if chosen not in ("C", "POSIX"):
        chosen = os.environ.get("LANGUAGE", "").strip(":").partition(":")[0] or chosen
    if not chosen and sys.platform == "darwin":
        chosen = _first_language_of_macos()
    name = chosen or locale.getlocale()[0] or ""
    return "zh_CN" if name.lower().startswith(("zh", "chinese")) else "en"


def _first_language_of_macos() -> str:
    """First language of macOS's preferences, such as zh-Hans-CN; empty if unknown."""
    command = ["/usr/bin/defaults", "read", "-g", "AppleLanguages"]
    try:
        listed = subprocess.run(command, capture_output=True, text=True, check=False, timeout=5).stdout  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return ""
    found = re.search(r"[A-Za-z][A-Za-z-]*", listed)
    return found[0] if found else ""


def name_keys(own: Mapping[str, str]) -> None:
    """Let sentences name the operator's own keys, by the usual ones, from now on.

    They are put into the sentences themselves, never into what fills them: a rule may be called F4.
    """
    if own != _keys:
        _keys.clear()
        _keys.update(own)
        _fill_catalogue()


def tr(sentence: Text, **values: object) -> str:
    """Translate `sentence` into the operator's language and fill its `{named}` holes."""
    if isinstance(sentence, Phrase):
        values = {name: _translated(name, value) for name, value in sentence.values.items()}
        sentence = sentence.sentence
    text = _catalogue.get(sentence, sentence)
    return _filled(text, values) if values else text


def ntr(one: str, many: str, n: int, **values: object) -> str:
    """Choose `one` or `many` by the number `n` (`{n}`); Chinese has one form for both."""
    return tr(one if n == 1 else many, n=n, **values)


def counted(one: str, many: str, n: int, **values: object) -> Phrase:
    """Choose like `ntr`, for a text that is translated where it is read."""
    return Phrase(one if n == 1 else many, n=n, **values)


def unit(one: str, many: str) -> Callable[[int], str]:
    """Return the words behind a number, by the number."""
    return partial(ntr, one, many)


def names[K](table: Mapping[K, str]) -> Callable[[K], str]:
    """Return what names each key of a table of sentences."""
    return lambda key: tr(table[key])


def name_accounts(titles: Mapping[str, str]) -> None:
    """Call accounts by these titles from now on; an empty one stands for the name."""
    global _titles
    _titles = MappingProxyType({name: title for name, title in {**_titles, **titles}.items() if title})


def account_title(name: str) -> str:
    """Return what people call the account of this name."""
    return contained(_title(name))


def _title(name: str) -> str:
    """Return the title of an account, with its name if it is that of others too."""
    title = _titles.get(name, name)
    return f"{title} ({name})" if list(_titles.values()).count(title) > 1 else title


def _filled(text: str, values: Mapping[str, object]) -> str:
    """Fill holes; no value turns the words around it, whatever its writing direction.

    An account has its title in a hole of that name; whole numbers in `n`, `size` and `limit` count something. A float
    in `time` is a Unix time, told by the reader's clock.
    """
    if "account" in values:
        values = {**values, "account": _title(str(values["account"]))}
    if isinstance(at := values.get("time"), float):
        values = {**values, "time": f"{datetime.fromtimestamp(at, UTC).astimezone():%H:%M:%S}"}
    counts = {hole: number_text(n) for hole in ("n", "size", "limit") if isinstance(n := values.get(hole), int)}
    said = {name: tr(one) for name, one in values.items() if isinstance(one, Phrase)}
    values = {**values, **counts, **said}
    return text.format(**{name: contained(one) if isinstance(one, str) else one for name, one in values.items()})


def number_text(number: float, decimals: int = 0) -> str:
    """Write a number as both languages do, its thousands parted by commas."""
    return f"{number:,.{decimals}f}"


def clock_text(at: datetime | time) -> str:
    """Write a time of day as both languages do, from 00:00 to 23:59."""
    return f"{at:%H:%M}"


def moment_text(at: datetime) -> str:
    """Write a local date and time for tables and commands, so that they sort."""
    return f"{at.astimezone():%Y-%m-%d %H:%M}"


def size_text(size: int) -> str:
    """Write a number of bytes in a suitable unit."""
    kilobytes = size / 1024
    if kilobytes < 1024:
        return tr("{n} KB", n=max(1, round(kilobytes)))
    return tr("{n} MB", n=number_text(kilobytes / 1024, 1))


def explain(error: BaseException) -> str:
    """Describe an error in the operator's language."""
    return tr(explanation(error))


def explanation(error: BaseException) -> Phrase:
    """Describe an error, to be translated where it is read.

    Foreign exceptions are named only by their type: their text may hold a URL with a token in it.
    """
    if isinstance(error, WxdeskError):
        return Phrase(error.template, **error.values)
    return Phrase("Unexpected error: {kind}", kind=type(error).__name__)


def explain_reason(error: BaseException) -> str:
    """Describe an error beside its field: the reason, without file, line and key."""
    reason = error.values.get("reason") if isinstance(error, WxdeskError) else None
    return tr(reason if reason and isinstance(reason, str | Phrase) else explanation(error))


_SENTENCES = {"reason", "why", "noun", "state", "move"}
"""Holes of errors that sentences fill; in all others stands what people wrote."""


def _translated(name: str, value: object) -> object:
    return tr(value) if name in _SENTENCES and isinstance(value, str) else value


def _fill_catalogue() -> None:
    """Take the sentences of the language in use, with the operator's own keys in them."""
    global _catalogue
    sentences = _read(_language) if _keys or _language != "en" else {}
    if _keys:
        named = "|".join(map(re.escape, sorted(_keys, key=len, reverse=True)))
        keys = partial(re.compile(rf"(?<![\w+])(?:{named})(?![\w+])", re.ASCII).sub, lambda found: _keys[found[0]])
        sentences = {english: keys(said) for english, said in sentences.items()}
    _catalogue = MappingProxyType(sentences)


@cache
def _read(language: str) -> Mapping[str, str]:
    """Read the sentences by the English ones, those for one and for many too."""
    from babel.messages.pofile import read_po  # English sentences are in the source

    sentences: dict[str, str] = {}
    for path in sorted(resource("translations", LANGUAGES[0]).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=LANGUAGES[0]):
                forms = message.id if language == "en" else message.string or ""
                english, said = ((one,) if isinstance(one, str) else one for one in (message.id, forms))
                if message.id and forms:
                    sentences |= {english[-1]: said[-1], english[0]: said[0]}
    return sentences
