"""Texts about templates, for the list, the editor and the comparison of revisions."""

from collections.abc import Iterator
from datetime import datetime

from wxdesk.core.model.reply import ReplyKind
from wxdesk.core.templates import Prompt, Template
from wxdesk.i18n import names, ntr, tr
from wxdesk.ui.editing.revisions.comparison import Revision, RevisionLine, RevisionSection
from wxdesk.ui.editing.revisions.wording import content_lines, labelled, text_lines
from wxdesk.ui.editing.wordings import variant_name
from wxdesk.ui.wording.times import ago

kind_name = names(
    {ReplyKind.TEXT: "Text", ReplyKind.IMAGE: "Picture", ReplyKind.LINK: "Link", ReplyKind.CARD: "Mini-program card"}
)
"""Name of a kind of content, as a choice shows it."""


def shortcut_text(shortcut: str) -> str:
    """Return a shortcut as it is typed into a reply; empty for none."""
    return f"/{shortcut}" if shortcut else ""


def uses_text(template: Template, now: datetime) -> str:
    """Return how often a template was inserted, and when last, in words."""
    if not template.uses or template.last_used_at is None:
        return tr("Not used yet")
    often = ntr("Used {n} time", "Used {n} times", template.uses)
    return f"{often} · {ago(template.last_used_at, now)}"


def facts_text(template: Template, now: datetime) -> str:
    """Return the last line of a row: category, kind if it is no text, and uses."""
    kind = "" if template.kind is ReplyKind.TEXT else kind_name(template.kind)
    return " · ".join(part for part in (template.category, kind, uses_text(template, now)) if part)


def row_text(template: Template, said: str) -> str:
    """Return one line of a template's content: what it says, or the kind of a picture."""
    return said or (tr("[Image]") if template.kind is ReplyKind.IMAGE else "")


def revision_of(template: Template) -> Revision:
    """Return a saved revision in words, for the history."""
    return Revision(template.revision, template.updated_at, template_sections(template), template, template.by)


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
    yield from content_lines(template.content)


def _prompt_line(prompt: Prompt) -> RevisionLine:
    filled = labelled(tr("Filled in already with"), prompt.default) if prompt.default else ""
    parts = (prompt.question, tr("Required") if prompt.required else "", filled)
    return RevisionLine(" · ".join(part for part in parts if part))
