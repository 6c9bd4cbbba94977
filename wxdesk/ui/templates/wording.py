"""Describes a whole template in words, card by card, for its history."""

from __future__ import annotations

from collections.abc import Iterator

from wxdesk.core.model.content import ReplyKind
from wxdesk.core.templates import Prompt, Template
from wxdesk.i18n import tr
from wxdesk.ui.editing.revisions.revision import Revision, RevisionLine, RevisionSection
from wxdesk.ui.editing.revisions.wording import field_lines, labelled, text_lines
from wxdesk.ui.templates.text import kind_name, shortcut_text, variant_name


def revision_of(template: Template) -> Revision:
    """Return a saved revision in words, for the history."""
    return Revision(template.revision, template.updated_at, template_sections(template), template)


def template_sections(template: Template) -> tuple[RevisionSection, ...]:
    """Return a template in sections: title, lookup, content and prompts."""
    return (
        RevisionSection(tr("Title of the template"), (RevisionLine(template.title),)),
        RevisionSection(tr("How it is found"), tuple(_lookup_lines(template))),
        RevisionSection(tr("What it says"), tuple(_content_lines(template))),
        RevisionSection(
            tr("What you fill in when you insert it"), tuple(_prompt_line(prompt) for prompt in template.prompts)
        ),
    )


def _lookup_lines(template: Template) -> Iterator[RevisionLine]:
    for label, value in (
        (tr("Shortcut"), shortcut_text(template.shortcut)),
        (tr("Category"), template.category),
        (tr("Keywords"), tr(", ").join(template.keywords)),
    ):
        if value:
            yield RevisionLine(labelled(label, value))


def _content_lines(template: Template) -> Iterator[RevisionLine]:
    several = variant_name(template.variant) if template.others else ""
    yield RevisionLine(labelled(kind_name(template.kind), several))
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


def _prompt_line(prompt: Prompt) -> RevisionLine:
    filled = labelled(tr("Filled in already with"), prompt.default) if prompt.default else ""
    parts = (prompt.question, tr("Required") if prompt.required else "", filled)
    return RevisionLine(" · ".join(part for part in parts if part))
