"""Sentences for rule conditions about a message's context (hours, tags, history).

Each states a condition that holds; for one that failed it states the opposite. The same sentences stand
below a rule in the editor, in its trial and in the reasons of an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta

from wxdesk.core.model.rule import Condition, Verdict
from wxdesk.i18n import ntr, tr
from wxdesk.ui.wording.messages import exact_span

NEGATED = "not."


def context_text(verdict: Verdict) -> str | None:
    """Return a finding as a phrase; None for conditions about the message itself."""
    said = _SAID.get(verdict.condition)
    return None if said is None else said(verdict, verdict.ok)


def without_not(verdict: Verdict) -> Verdict:
    """Turn the verdict of a condition under `not` into that of the condition itself."""
    if not verdict.condition.startswith(NEGATED):
        return verdict
    return Verdict(verdict.condition.removeprefix(NEGATED), not verdict.ok, verdict.words, verdict.found)


def context_texts(when: Condition) -> Iterator[str]:
    """Yield a sentence for each context that a condition requires."""
    for verdict in _as_verdicts(when):
        said = context_text(verdict)
        if said is not None:
            yield said


def _as_verdicts(when: Condition) -> Iterator[Verdict]:
    if when.event:
        yield Verdict("event", ok=True, words=when.event)
    if when.hours is not None:
        yield Verdict("hours", ok=True, words=("inside" if when.hours.inside else "outside", when.hours.calendar))
    if when.operator is not None:
        yield Verdict("operator", ok=True, words=(when.operator.value,))
    if when.tags is not None and when.tags.any:
        yield Verdict("tags.any", ok=True, words=when.tags.any)
    if when.tags is not None and when.tags.none:
        yield Verdict("tags.none", ok=True, words=when.tags.none)
    yield from _history_as_verdicts(when)


def _history_as_verdicts(when: Condition) -> Iterator[Verdict]:
    if when.first_contact is not None:
        yield Verdict("first_contact", ok=True, words=("true" if when.first_contact else "false",))
    if when.quiet_days is not None:
        yield Verdict("quiet_days", ok=True, words=(str(when.quiet_days),))
    if when.message_no is not None:
        bounds = (when.message_no.min, when.message_no.max)
        yield Verdict("message_no", ok=True, words=tuple("" if one is None else str(one) for one in bounds))
    if when.last_rule_within is not None:
        last = when.last_rule_within
        yield Verdict("last_rule_within", ok=True, words=(last.rule, str(last.minutes)))


def _event(verdict: Verdict, ok: bool) -> str:
    names = tr(", ").join(verdict.words)
    return tr("is the event {names}", names=names) if ok else tr("is not the event {names}", names=names)


def _hours(verdict: Verdict, ok: bool) -> str:
    place, calendar = verdict.words
    if (place == "inside") is ok:
        return tr("within the hours “{calendar}”", calendar=calendar)
    return tr("outside the hours “{calendar}”", calendar=calendar)


def _operator(verdict: Verdict, ok: bool) -> str:
    return tr("somebody is at the desk") if (verdict.words == ("present",)) is ok else tr("nobody is at the desk")


def _any_tag(verdict: Verdict, ok: bool) -> str:
    tags = verdict.found or tr(", ").join(verdict.words)
    return tr("the customer has the tag {tags}", tags=tags) if ok else tr("the customer has no tag {tags}", tags=tags)


def _no_tag(verdict: Verdict, ok: bool) -> str:
    return _any_tag(verdict, not ok)


def _first_contact(verdict: Verdict, ok: bool) -> str:
    if (verdict.words == ("true",)) is ok:
        return tr("the customer never wrote before")
    return tr("the customer has written before")


def _quiet_days(verdict: Verdict, ok: bool) -> str:
    days = int(verdict.words[0])
    if ok:
        return ntr("the customer was quiet for {n} day", "the customer was quiet for {n} days", days)
    return ntr("the customer was not quiet for {n} day", "the customer was not quiet for {n} days", days)


def _message_no(verdict: Verdict, ok: bool) -> str:
    least, most = verdict.words
    numbers = tr("from {n} on", n=least) if not most else least if least == most else f"{least}–{most}"
    if ok:
        return tr("message number since a human answered: {numbers}", numbers=numbers)
    return tr("message number since a human answered: not {numbers}", numbers=numbers)


def _last_rule(verdict: Verdict, ok: bool) -> str:
    rule, minutes = verdict.words
    n = int(minutes)
    if ok:
        many = "“{rule}” answered within the last {n} minutes"
        return ntr("“{rule}” answered within the last {n} minute", many, n, rule=rule)
    many = "“{rule}” did not answer within the last {n} minutes"
    return ntr("“{rule}” did not answer within the last {n} minute", many, n, rule=rule)


def _cooldown(verdict: Verdict, ok: bool) -> str:
    if ok:
        return tr("has not answered too often")
    seconds, _times, _rate = verdict.words
    match verdict.found:
        case "per_contact_s":
            span = exact_span(timedelta(seconds=int(seconds)))
            return tr("answered this customer less than {span} ago", span=span)
        case "per_conversation":
            return tr("has answered in this conversation as often as it may")
        case _:
            return tr("has answered as often as it may within a minute")


_SAID: Mapping[str, Callable[[Verdict, bool], str]] = {
    "event": _event,
    "hours": _hours,
    "operator": _operator,
    "tags.any": _any_tag,
    "tags.none": _no_tag,
    "first_contact": _first_contact,
    "quiet_days": _quiet_days,
    "message_no": _message_no,
    "last_rule_within": _last_rule,
    "cooldown": _cooldown,
}
