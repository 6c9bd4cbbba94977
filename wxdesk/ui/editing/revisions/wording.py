"""Phrases and lines that describe rules and templates alike."""

from collections.abc import Iterator, Sequence
from functools import reduce

from wxdesk.core.model.reply import Content
from wxdesk.i18n import language, tr
from wxdesk.ui.content.form import UPLOADED, content_labels
from wxdesk.ui.editing.revisions.comparison import RevisionLine

SHOWN_OF_DIGEST = 8
"""Characters of a stored picture's digest that tell it from another one."""


def joined(*parts: str) -> str:
    """Join parts of a sentence by the language's rules; empty ones are left out."""
    return reduce(_join, [part for part in parts if part], "")


def _join(said: str, more: str) -> str:
    if not said:
        return more
    # Chinese words follow each other without a gap; one stands round figures and Latin words only.
    gap = not language().startswith("zh") or _is_latin(said[-1]) != _is_latin(more[0])
    return f"{said} {more}" if gap and more[0] not in ",，" else said + more


def _is_latin(letter: str) -> bool:
    return letter.isascii() and letter.isalnum()


def named(words: Sequence[str]) -> str:
    """Return words in the quotation marks of the language, one after the other."""
    return joined(*(tr("“{word}”", word=word) for word in words))


def labelled(label: str, value: str) -> str:
    """Return a value behind its label; the label alone if the value is empty."""
    return tr("{label}: {value}", label=label, value=value) if value else label


def content_lines(content: Content) -> Iterator[RevisionLine]:
    """Yield a line for each field of a picture, link or card; empty ones are left out.

    Of a stored picture's digest, enough is shown to tell it from another one.
    """
    for name, label in content_labels().items():
        value = getattr(content, name)
        if name in UPLOADED:
            value = value[:SHOWN_OF_DIGEST] or getattr(content, UPLOADED[name])
        if value:
            yield RevisionLine(labelled(label, value), inner=True)


def text_lines(texts: Sequence[str]) -> Iterator[RevisionLine]:
    """Yield texts line by line; several texts begin with a bullet each."""
    for text in texts:
        dot = "• " if len(texts) > 1 else ""
        for number, line in enumerate(text.split("\n")):
            yield RevisionLine(line if number else dot + line, inner=True)
