"""Short texts about templates, for the list and the editor."""

from __future__ import annotations

from datetime import datetime

from wxdesk.core.model.content import ReplyKind
from wxdesk.core.model.rule import Variant
from wxdesk.core.templates import Template
from wxdesk.i18n import ntr, tr
from wxdesk.ui.wording.messages import ago


def kind_name(kind: ReplyKind) -> str:
    """Return the name of a kind of content, as a choice shows it."""
    return tr(_KINDS[kind])


_KINDS = {
    ReplyKind.TEXT: "Text",
    ReplyKind.IMAGE: "Picture",
    ReplyKind.LINK: "Link",
    ReplyKind.CARD: "Mini-program card",
}


def variant_name(variant: Variant) -> str:
    """Return the name of a way to pick one of several texts."""
    return tr(_VARIANTS[variant])


_VARIANTS = {
    Variant.FIRST: "Always the first",
    Variant.RANDOM: "Any of them",
    Variant.ROTATE: "One after the other",
}


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


def row_text(template: Template) -> str:
    """Return one line of a template's content: its text, or a link's or card's title."""
    return template.summary or (tr("[Image]") if template.kind is ReplyKind.IMAGE else "")
