"""Templates: the record, prompts to the operator on insertion, faults, and search.

A template holds one of the four kinds of `Content`. A text is Liquid, in one variant or several, and so are
the written fields of a link or card. It is filled by `desk.answers.filling`.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime

from msgspec import Struct
from msgspec.structs import replace

from wxdesk.core.content import limits as contents
from wxdesk.core.errors import BadContent, BadTemplate, Text
from wxdesk.core.model.reply import Content, ReplyKind
from wxdesk.core.model.rule import Variant
from wxdesk.core.normalise import is_visible

ASK = "ask"
"""Variable of prompts: `{{ ask.order_no }}` is filled in by the operator."""

TITLE_LIMIT = 120
SHORTCUT_LIMIT = 30
CATEGORY_LIMIT = 30
"""Characters that fit into a row of the list."""

MOST_VARIANTS = 10

IN_CONTENT = "content."
"""Prefix of a fault's place in a field of the content."""

_SHORTCUT = re.compile(r"[^\s/]+")
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Prompt(Struct, frozen=True):
    """A value filled in by the operator for `{{ ask.name }}`; the label is optional."""

    name: str
    label: str = ""
    default: str = ""
    required: bool = True

    @property
    def question(self) -> str:
        """The label beside the field."""
        return self.label or self.name


class Template(Struct, frozen=True):
    """A stored answer; `id` and `revision` are 0 until the store has given them.

    `body` and the `others` are Liquid, and `variant` chooses among them; `content` counts where its kind is not
    text. `prompts` declare every `ask` that the texts show. `shortcut` is unique where it is not empty,
    whatever the case of its letters. `uses` and `last_used_at` tell how often it was inserted; they belong to
    no revision, in which `by` is the operator of a team who saved it.
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
    content: Content = Content()
    prompts: tuple[Prompt, ...] = ()
    revision: int = 0
    uses: int = 0
    last_used_at: datetime | None = None
    by: str = ""

    @property
    def kind(self) -> ReplyKind:
        """The kind of reply that it makes."""
        return self.content.kind

    @property
    def texts(self) -> tuple[str, ...]:
        """All variants of a text."""
        return (self.body, *self.others)

    @property
    def sources(self) -> tuple[str, ...]:
        """All Liquid in it: its variants, or the fields of a link or card."""
        if self.kind is ReplyKind.TEXT:
            return self.texts
        return tuple(text for text in contents.words_of(self.content).values() if contents.has_liquid(text))

    @property
    def summary(self) -> str:
        """One line of its content for lists."""
        said = self.body if self.kind is ReplyKind.TEXT else self.content.summary
        return " ".join(said.split())

    @property
    def unanswered(self) -> Prompt | None:
        """The first prompt that needs an operator; None if rules can use it."""
        return next((prompt for prompt in self.prompts if prompt.required and not prompt.default), None)

    @property
    def written(self) -> "Template":
        """The template as its revisions hold it, without the values given by the store."""
        return replace(self, id=0, revision=0, updated_at=None, uses=0, last_used_at=None, by="")

    def with_written(self, other: "Template") -> "Template":
        """Return the template with what is written in the other one."""
        return replace(
            other, id=self.id, revision=self.revision, updated_at=self.updated_at,
            uses=self.uses, last_used_at=self.last_used_at,
        )  # fmt: skip


class TemplateFault(Struct, frozen=True):
    """A fault in a template, in the field `where`, as `content.url` within content.

    In `body`, `variant` counts from 0 and `line` from 1. `reason` is for `i18n.tr`.
    """

    where: str
    reason: Text
    variant: int = 0
    line: int = 0


type CheckTemplate = Callable[[str], Sequence[BadTemplate]]
"""Returns all mistakes in the Liquid of a text."""


def template_faults(template: Template, mistakes_in: CheckTemplate) -> Iterator[TemplateFault]:
    """Yield the faults that keep `template` from being stored, but a taken shortcut."""
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


def _faults_in_fields(content: Content, mistakes_in: CheckTemplate) -> Iterator[TemplateFault]:
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


def _faults_in_texts(texts: Sequence[str], mistakes_in: CheckTemplate) -> Iterator[TemplateFault]:
    if len(texts) > MOST_VARIANTS:
        yield TemplateFault("body", "A template has 10 wordings at the most.", MOST_VARIANTS)
    for at, text in enumerate(texts[:MOST_VARIANTS]):
        if not is_visible(text):
            yield TemplateFault("body", "There is no text yet.", at)
            continue
        yield from (TemplateFault("body", error.reason, at, error.line) for error in mistakes_in(text))


def same_shortcut(one: str, other: str) -> bool:
    """True if two shortcuts are the same to an operator; two empty ones are not."""
    return bool(one) and shortcut_key(one) == shortcut_key(other)


def shortcut_key(shortcut: str) -> str:
    """Return the form in which shortcuts are compared."""
    return _plain(shortcut)


def search_templates(templates: Iterable[Template], sought: str) -> list[Template]:
    """Return the templates that contain every word of `sought`, the best first.

    Among equals the last used comes first. A word is sought in shortcut, title, keywords, category and text. In
    the first three its letters may stand apart (`rfd` in `refund`), but not Chinese characters.
    """
    words = _plain(sought.lstrip("/")).split()
    judged = [(_distance(template, words), template) for template in templates]
    near = [(distance, template) for distance, template in judged if distance is not None]
    near.sort(key=lambda one: (one[1].title, one[1].id))
    near.sort(key=lambda one: one[1].last_used_at or _LONG_AGO, reverse=True)
    near.sort(key=lambda one: one[0])
    return [template for _, template in near]


def _distance(template: Template, words: Sequence[str]) -> int | None:
    """Return the distance of the template's worst word; None if a word is missing."""
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
    """True if `text` has the letters of an ASCII `word` in this order."""
    rest = iter(text)
    return len(word) > 1 and word.isascii() and all(letter in rest for letter in word)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()
