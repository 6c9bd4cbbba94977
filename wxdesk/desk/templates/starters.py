"""The templates that come with the program, in each of its languages."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass

import msgspec

from wxdesk.core.model.content import Content, ReplyKind
from wxdesk.core.model.rule import Variant
from wxdesk.core.templates import Prompt, Template
from wxdesk.paths import resource


@dataclass(frozen=True, slots=True)
class StarterLink:
    """A link as written in the file."""

    title: str
    url: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class StarterTemplate:
    """One `[[templates]]` of a file; several texts are variants, a link replaces text."""

    title: str
    shortcut: str
    category: str
    keywords: tuple[str, ...] = ()
    text: tuple[str, ...] = ("",)
    variant: Variant = Variant.FIRST
    ask: tuple[Prompt, ...] = ()
    link: StarterLink | None = None

    def template(self) -> Template:
        """Make the template, not stored yet."""
        link = self.link
        said = Content() if link is None else Content(ReplyKind.LINK, "", "", link.title, link.description, link.url)
        return Template(
            0,
            self.title,
            self.text[0],
            self.shortcut,
            keywords=self.keywords,
            category=self.category,
            others=self.text[1:],
            variant=self.variant,
            content=said,
            prompts=self.ask,
        )


@dataclass(frozen=True, slots=True)
class _File:
    """The whole file."""

    templates: tuple[StarterTemplate, ...]


def starter_templates(language: str) -> tuple[Template, ...]:
    """Read those of a language of `i18n.LANGUAGES`, in the order of the file."""
    text = resource("templates", f"starter.{language}.toml").read_text(encoding="utf-8")
    file = msgspec.convert(tomllib.loads(text), type=_File)
    return tuple(entry.template() for entry in file.templates)
