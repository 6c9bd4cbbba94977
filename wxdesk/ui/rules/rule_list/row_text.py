"""Texts of a rule's row: figures and delivery."""

from __future__ import annotations

from datetime import datetime

from wxdesk.core.model.rule import Delivery, Rule
from wxdesk.core.rules.usage import RuleFigures
from wxdesk.i18n import ntr, tr
from wxdesk.ui.wording.messages import clock_time, day_word


def delivery_mark(rule: Rule) -> str:
    """Return a rule's delivery as a chip's text; empty where the mode decides."""
    match rule.delivery:
        case Delivery.SEND:
            return tr("at once")
        case Delivery.HOLD:
            return tr("hold {n} s", n=rule.hold_seconds)
        case Delivery.DRAFT:
            return tr("draft")
        case Delivery.SHADOW:
            return tr("shadow")
        case Delivery.INHERIT:
            return ""


def figures_line(figures: RuleFigures, now: datetime) -> str:
    """Return hits and corrections of the last seven days and the last time, in short."""
    if figures.last_at is None:
        return tr("never matched yet")
    hits = ntr("{n} hit in 7 days", "{n} hits in 7 days", figures.hits)
    corrected = tr("{n} corrected", n=figures.corrected) if figures.corrected else ""
    return " · ".join(part for part in (hits, corrected, _moment(figures.last_at, now)) if part)


def shorter_figures(figures: RuleFigures, now: datetime) -> tuple[str, ...]:
    """Return shorter and shorter figures for narrow rows; all have the last match."""
    if figures.last_at is None:
        return ()
    hits = ntr("{n} hit", "{n} hits", figures.hits)
    corrected = tr("{n} corrected", n=figures.corrected) if figures.corrected else ""
    today = figures.last_at.astimezone().date() == now.astimezone().date()
    at = clock_time(figures.last_at) if today else day_word(figures.last_at, now)
    moments = (_moment(figures.last_at, now), at)
    counts = ((hits, corrected), (hits,), ()) if corrected else ((hits,), ())
    return tuple(" · ".join((*told, moment)) for told in counts for moment in moments)


def figures_explained(figures: RuleFigures, now: datetime) -> str:
    """Return the figures as sentences that explain what a correction is."""
    if figures.last_at is None:
        return tr("No message has matched this rule yet.")
    matched = ntr(
        "It matched {n} message in the last 7 days.", "It matched {n} messages in the last 7 days.", figures.hits
    )
    corrected = ntr(
        "{n} of its answers was changed or stopped by a person before it left.",
        "{n} of its answers were changed or stopped by a person before they left.",
        figures.corrected,
    )
    last = tr("It matched last: {when}.", when=_moment(figures.last_at, now))
    return "\n".join((matched, corrected, last))


def _moment(at: datetime, now: datetime) -> str:
    return tr("{day} {time}", day=day_word(at, now), time=clock_time(at))
