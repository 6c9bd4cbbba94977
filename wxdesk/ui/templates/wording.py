"""Describes a whole template in words, card by card, for its history."""

from __future__ import annotations

from collections.abc import Iterator

from wxdesk.core.model.content import ReplyKind
from wxdesk.core.templates import Prompt, Template
from wxdesk.i18n import tr
from wxdesk.ui.editing.revisions.revision import Line, Revision, Section
from wxdesk.ui.editing.revisions.wording import field_lines, labelled, text_lines
from wxdesk.ui.templates.text import kind_name, shortcut_word, variant_name


def revision_of(template: Template) -> Revision:
    """Return a saved revision in words, for the history."""
    return Revision(template.revision, template.updated_at, template_sections(template), template)


def template_sections(template: Template) -> tuple[Section, ...]:
    """Return a template in sections: title, lookup, content and prompts."""
    return (
        Section(tr("Title of the template"), (Line(template.title),)),
        Section(tr("How it is found"), tuple(_finding(template))),
        Section(tr("What it says"), tuple(_saying(template))),
        Section(tr("What you fill in when you insert it"), tuple(_prompt(prompt) for prompt in template.prompts)),
    )


def _finding(template: Template) -> Iterator[Line]:
    for label, value in (
        (tr("Shortcut"), shortcut_word(template.shortcut)),
        (tr("Category"), template.category),
        (tr("Keywords"), tr(", ").join(template.keywords)),
    ):
        if value:
            yield Line(labelled(label, value))


def _saying(template: Template) -> Iterator[Line]:
    several = variant_name(template.variant) if template.others else ""
    yield Line(labelled(kind_name(template.kind), several))
    if template.kind is ReplyKind.TEXT:
        yield from text_lines(template.texts)
        return
    content = template.content
    yield from field_lines(
        (
            (tr("Title"), content.title),
            (tr("Description"), content.description),
            (tr("Address"), content.url),
            (tr("Picture's address"), content.thumb_url),
            (tr("Page"), content.page_path),
            (tr("Picture"), _picture(content.picture, content.media_id)),
            (tr("Cover picture"), _picture(content.thumb_picture, content.thumb_media_id)),
        )
    )


def _picture(digest: str, media_id: str) -> str:
    """Return enough of a stored picture's digest to tell it from another one."""
    return digest[:8] or media_id


def _prompt(prompt: Prompt) -> Line:
    filled = labelled(tr("Filled in already with"), prompt.default) if prompt.default else ""
    parts = (prompt.question, tr("Required") if prompt.required else "", filled)
    return Line(" · ".join(part for part in parts if part))
