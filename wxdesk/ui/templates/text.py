"""What the page says about a template."""

from __future__ import annotations

from datetime import datetime

from wxdesk.core.model.content import ReplyKind
from wxdesk.core.model.rule import Variant
from wxdesk.core.templates import Template
from wxdesk.i18n import ntr, tr
from wxdesk.ui.wording.messages import ago


def kind_name(kind: ReplyKind) -> str:
    """What a template sends, as a choice names it."""
    return tr(_KINDS[kind])


_KINDS = {
    ReplyKind.TEXT: "Text",
    ReplyKind.IMAGE: "Picture",
    ReplyKind.LINK: "Link",
    ReplyKind.CARD: "Mini-program card",
}


def variant_name(variant: Variant) -> str:
    """Which of several texts is said."""
    return tr(_VARIANTS[variant])


_VARIANTS = {
    Variant.FIRST: "Always the first",
    Variant.RANDOM: "Any of them",
    Variant.ROTATE: "One after the other",
}


def shortcut_word(shortcut: str) -> str:
    """A shortcut as it is typed into a reply; empty for none."""
    return f"/{shortcut}" if shortcut else ""


def uses_words(template: Template, now: datetime) -> str:
    """How often it was inserted, and when last."""
    if not template.uses or template.last_used_at is None:
        return tr("Not used yet")
    often = ntr("Used {n} time", "Used {n} times", template.uses)
    return f"{often} · {ago(template.last_used_at, now)}"


def facts_words(template: Template, now: datetime) -> str:
    """The last line of a row: category, kind if it is no text, and its uses."""
    kind = "" if template.kind is ReplyKind.TEXT else kind_name(template.kind)
    return " · ".join(part for part in (template.category, kind, uses_words(template, now)) if part)


def row_text(template: Template) -> str:
    """One line about what it says: the text, or the title of a link or card."""
    return template.summary or (tr("[Image]") if template.kind is ReplyKind.IMAGE else "")
