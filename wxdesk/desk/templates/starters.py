"""The templates that come with the program, in each of its languages."""

import tomllib
from dataclasses import dataclass, replace

import msgspec

from wxdesk.core.model.content import Content, ReplyKind
from wxdesk.core.model.rule import Variant
from wxdesk.core.templates import Prompt, Template
from wxdesk.paths import resource


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
    link: Content | None = None

    def template(self) -> Template:
        """Make the template, not stored yet."""
        return Template(
            0,
            self.title,
            self.text[0],
            self.shortcut,
            keywords=self.keywords,
            category=self.category,
            others=self.text[1:],
            variant=self.variant,
            content=Content() if self.link is None else replace(self.link, kind=ReplyKind.LINK),
            prompts=self.ask,
        )


def starter_templates(language: str) -> tuple[Template, ...]:
    """Read those of a language of `i18n.LANGUAGES`, in the order of the file."""
    text = resource("templates", f"starter.{language}.toml").read_text(encoding="utf-8")
    entries = msgspec.convert(tomllib.loads(text)["templates"], type=tuple[StarterTemplate, ...])
    return tuple(entry.template() for entry in entries)
