"""Stored answers: the record, what the operator is asked when he inserts one, and how one is found.

A template says one of the four kinds of `Content`. A text is Liquid, in one variant or several, and so are the written
fields of a link or card. How a template is filled is in `desk.filling`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from wxdesk.core.content import limits as contents
from wxdesk.core.errors import BadContent, BadTemplate
from wxdesk.core.model.content import Content, ReplyKind
from wxdesk.core.model.rule import Variant
from wxdesk.core.normalise import is_visible

ASK = "ask"
"""`{{ ask.order_no }}` is what the operator fills in when he inserts the template by hand."""

TITLE_LIMIT = 120
SHORTCUT_LIMIT = 30
CATEGORY_LIMIT = 30
"""Characters that fit into a row of the list."""

MOST_VARIANTS = 10

IN_CONTENT = "content."
"""What a fault's place begins with where it is in a field of the content."""

_SHORTCUT = re.compile(r"[^\s/]+")
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Prompt:
    """Something that the operator fills in, shown by `{{ ask.name }}`. An empty `label` means: ask by the name."""

    name: str
    label: str = ""
    default: str = ""
    required: bool = True

    @property
    def question(self) -> str:
        """What stands beside the field."""
        return self.label or self.name


@dataclass(frozen=True, slots=True)
class Template:
    """A stored answer. `id` and `revision` are 0 until the store has given them.

    `body` and the `others` are Liquid, and `variant` chooses among them; `content` counts where its kind is not text.
    `prompts` declare every `ask` that the texts show. `shortcut` is unique where it is not empty, whatever the case
    of its letters. `uses` and `last_used_at` tell how often it was inserted; they belong to no revision.
    """

    id: int
    title: str
    body: str = ""
    shortcut: str = ""
    updated_at: datetime | None = None
    keywords: tuple[str, ...] = ()
    category: str = ""
    others: tuple[str, ...] = ()
    variant: Variant = Variant.FIRST
    content: Content = field(default_factory=Content)
    prompts: tuple[Prompt, ...] = ()
    revision: int = 0
    uses: int = 0
    last_used_at: datetime | None = None

    @property
    def kind(self) -> ReplyKind:
        """What it sends."""
        return self.content.kind

    @property
    def texts(self) -> tuple[str, ...]:
        """All variants of a text."""
        return (self.body, *self.others)

    @property
    def sources(self) -> tuple[str, ...]:
        """All Liquid that it holds: its variants, or the fields of a link or card."""
        if self.kind is ReplyKind.TEXT:
            return self.texts
        return tuple(text for text in contents.words_of(self.content).values() if contents.has_liquid(text))

    @property
    def summary(self) -> str:
        """One line that reminds of what it says."""
        said = self.body if self.kind is ReplyKind.TEXT else self.content.summary
        return " ".join(said.split())

    @property
    def unanswered(self) -> Prompt | None:
        """The first question that only a person can answer; None if rules can say it."""
        return next((prompt for prompt in self.prompts if prompt.required and not prompt.default), None)

    @property
    def written(self) -> Template:
        """What a revision is a revision of: the template without what the store gave it."""
        return replace(self, id=0, revision=0, updated_at=None, uses=0, last_used_at=None)


@dataclass(frozen=True, slots=True)
class TemplateFault:
    """What is wrong: `where` is the field of `Template`, as `content.url` within a link, card or picture.

    In `body`, `variant` counts from 0 and `line` from 1. `reason` is an English sentence for `i18n.tr`, or comes
    translated from the check of a text.
    """

    where: str
    reason: str
    variant: int = 0
    line: int = 0


type MistakesIn = Callable[[str], Sequence[BadTemplate]]
"""All that is wrong with the Liquid of a text."""


def faults(template: Template, mistakes_in: MistakesIn) -> Iterator[TemplateFault]:
    """All that keeps `template` from being stored.

    Whether the shortcut is free is not asked here.
    """
    if not is_visible(template.title):
        yield TemplateFault("title", "The template has no title.")
    elif len(template.title) > TITLE_LIMIT:
        yield TemplateFault("title", "The title is longer than 120 characters.")
    if len(template.shortcut) > SHORTCUT_LIMIT:
        yield TemplateFault("shortcut", "The shortcut is longer than 30 characters.")
    elif template.shortcut and not _SHORTCUT.fullmatch(template.shortcut):
        yield TemplateFault("shortcut", "A shortcut is one word without blanks and slashes.")
    if len(template.category) > CATEGORY_LIMIT:
        yield TemplateFault("category", "The category is longer than 30 characters.")
    if template.kind is ReplyKind.TEXT:
        yield from _faults_in_texts(template.texts, mistakes_in)
        return
    yield from _faults_in_fields(template.content, mistakes_in)


def _faults_in_fields(content: Content, mistakes_in: MistakesIn) -> Iterator[TemplateFault]:
    wrong = set()
    for name, text in contents.words_of(content).items():
        for error in mistakes_in(text) if contents.has_liquid(text) else ():
            wrong.add(name)
            yield TemplateFault(IN_CONTENT + name, error.reason)
    try:
        contents.check_written(content)
    except BadContent as error:
        if error.field not in wrong:
            yield TemplateFault(IN_CONTENT + error.field, error.reason)


def _faults_in_texts(texts: Sequence[str], mistakes_in: MistakesIn) -> Iterator[TemplateFault]:
    if len(texts) > MOST_VARIANTS:
        yield TemplateFault("body", "A template has 10 variants at the most.", MOST_VARIANTS)
    for at, text in enumerate(texts[:MOST_VARIANTS]):
        if not is_visible(text):
            yield TemplateFault("body", "There is no text yet.", at)
            continue
        yield from (TemplateFault("body", error.reason, at, error.line) for error in mistakes_in(text))


def same_shortcut(one: str, other: str) -> bool:
    """Whether two shortcuts are the same to an operator; two empty ones are not."""
    return bool(one) and shortcut_key(one) == shortcut_key(other)


def shortcut_key(shortcut: str) -> str:
    """What is the same of two shortcuts that are the same to an operator."""
    return _plain(shortcut)


def found(templates: Iterable[Template], sought: str) -> list[Template]:
    """The templates in which every word of `sought` is found, the best first, among equals the last used first.

    A word is found in shortcut, title, keywords, category and text. In the first three its letters may stand apart
    (`rfd` in `refund`), but not Chinese characters.
    """
    words = _plain(sought.lstrip("/")).split()
    judged = [(_distance(template, words), template) for template in templates]
    near = [(distance, template) for distance, template in judged if distance is not None]
    near.sort(key=lambda one: (one[1].title, one[1].id))
    near.sort(key=lambda one: one[1].last_used_at or _LONG_AGO, reverse=True)
    near.sort(key=lambda one: one[0])
    return [template for _, template in near]


def _distance(template: Template, words: Sequence[str]) -> int | None:
    """How far the template is from what is sought, by its farthest word; None if one of them is not there."""
    distances = [_word_distance(template, word) for word in words]
    known = [distance for distance in distances if distance is not None]
    return max(known, default=0) if len(known) == len(distances) else None


def _word_distance(template: Template, word: str) -> int | None:
    shortcut, title = _plain(template.shortcut), _plain(template.title)
    keywords = [_plain(keyword) for keyword in template.keywords]
    near = (shortcut, title, *keywords)
    tests = (
        shortcut == word,
        shortcut.startswith(word),
        title.startswith(word),
        word in title,
        any(word in text for text in (shortcut, *keywords)),
        word in _plain(template.category),
        any(_scattered(word, text) for text in near),
        any(word in _plain(text) for text in (*template.texts, template.content.summary)),
    )
    return next((distance for distance, ok in enumerate(tests) if ok), None)


def _scattered(word: str, text: str) -> bool:
    """Whether the letters of `word` stand in `text` in this order. What is not ASCII is sought as a whole only."""
    rest = iter(text)
    return len(word) > 1 and word.isascii() and all(letter in rest for letter in word)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()
