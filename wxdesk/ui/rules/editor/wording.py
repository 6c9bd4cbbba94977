"""Describes a whole rule in words, card by card, for its history."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from wxdesk.core.model.rule import (
    Action,
    ActionKind,
    Condition,
    Cooldown,
    Delivery,
    HoursTest,
    LastRule,
    MessageNo,
    Presence,
    Rule,
    SessionFromTest,
)
from wxdesk.i18n import tr
from wxdesk.ui.editing.revisions.revision import Revision, RevisionLine, RevisionSection
from wxdesk.ui.editing.revisions.wording import field_lines, joined, labelled, named, text_lines
from wxdesk.ui.rules.editor.actions.bodies import typing_texts
from wxdesk.ui.rules.editor.actions.fields import content_fields
from wxdesk.ui.rules.editor.actions.reply import variant_choice
from wxdesk.ui.rules.editor.conditions.text import WORD_CONDITIONS, condition_phrase, days_suffix
from wxdesk.ui.rules.editor.limit_parts import LIMITS, limit_sentence
from wxdesk.ui.rules.editor.limits_card import delivery_choice, hold_suffix
from wxdesk.ui.rules.text import action_name, type_names
from wxdesk.ui.wording.messages import MINUTE, unit_word

SHOWN_OF_DIGEST = 8
"""Characters of a stored picture's digest that tell it from another one."""


def revision_of(rule: Rule, named: Callable[[Rule], Rule]) -> Revision:
    """Return a saved revision in words, for the history."""
    return Revision(rule.revision, rule.updated_at, rule_sections(named(rule)), rule)


def rule_sections(rule: Rule) -> tuple[RevisionSection, ...]:
    """Return a rule, with names instead of ids, in sections from its name to delivery."""
    return (
        RevisionSection(tr("Name of the rule"), (RevisionLine(rule.name),)),
        RevisionSection(tr("When to answer"), tuple(_when(rule))),
        RevisionSection(tr("How to answer"), tuple(_then(rule))),
        RevisionSection(tr("How often, and how it leaves"), tuple(_limit_lines(rule))),
    )


def _when(rule: Rule) -> Iterator[RevisionLine]:
    yield RevisionLine(joined(tr("When the customer sends"), type_names(rule.on)))
    if rule.default:
        yield RevisionLine(tr("Default: everything else"))
        return
    yield from _conditions(rule.when, excepted=False)
    if rule.when.unless is not None:
        yield from _conditions(rule.when.unless, excepted=True)


def _conditions(when: Condition, *, excepted: bool) -> Iterator[RevisionLine]:
    for condition, value in _condition_values(when):
        yield RevisionLine(joined(condition_phrase(condition, excepted=excepted), value))


def _condition_values(when: Condition) -> Iterator[tuple[str, str]]:
    """Yield each condition and its value, in the order of the editor's sentence."""
    for condition in WORD_CONDITIONS:
        if getattr(when, condition):
            yield condition, named(getattr(when, condition))
    if when.regex is not None:
        yield "regex", when.regex
    if when.event:
        yield "event", named(when.event)
    if when.session_from is not None:
        yield from _source(when.session_from)
    yield from _context_values(when)


def _source(test: SessionFromTest) -> Iterator[tuple[str, str]]:
    for how, value in (
        (tr("equals"), test.equals),
        (tr("starts with"), test.prefix),
        (tr("matches the pattern"), test.regex),
    ):
        if value is not None:
            yield "session_from", joined(how, value)
    for field in test.fields:
        yield "session_from.fields", joined(field.name, tr("being one of"), named(field.values))


def _context_values(when: Condition) -> Iterator[tuple[str, str]]:
    if when.hours is not None:
        yield "hours", _hours(when.hours)
    if when.operator is not None:
        there = when.operator is Presence.PRESENT
        yield "operator", tr("somebody at the desk") if there else tr("nobody at the desk")
    if when.tags is not None and when.tags.any:
        yield "tags.any", named(when.tags.any)
    if when.tags is not None and when.tags.none:
        yield "tags.none", named(when.tags.none)
    yield from _history_values(when)


def _history_values(when: Condition) -> Iterator[tuple[str, str]]:
    if when.first_contact is not None:
        yield "first_contact", tr("writes for the first time") if when.first_contact else tr("has written before")
    if when.quiet_days is not None:
        yield "quiet_days", joined(str(when.quiet_days), days_suffix(when.quiet_days))
    if when.message_no is not None:
        yield "message_no", _number(when.message_no)
    if when.last_rule_within is not None:
        yield "last_rule_within", _last_rule(when.last_rule_within)


def _hours(test: HoursTest) -> str:
    return joined(tr("within") if test.inside else tr("outside"), named((test.calendar,)))


def _number(bounds: MessageNo) -> str:
    least, most = str(bounds.min), str(bounds.max)
    if bounds.max is None:
        return joined(tr("at least"), least)
    if bounds.min == bounds.max:
        return joined(tr("exactly"), least)
    if bounds.min == 1:
        return joined(tr("at most"), most)
    return joined(tr("between"), least, tr("and"), most)


def _last_rule(test: LastRule) -> str:
    return joined(named((test.rule,)), tr("within the last"), str(test.minutes), unit_word(MINUTE, test.minutes))


def _then(rule: Rule) -> Iterator[RevisionLine]:
    for action in rule.then:
        yield from _action(action)
    if rule.continues:
        yield RevisionLine(tr("Ask the rules below as well"))


def _action(action: Action) -> Iterator[RevisionLine]:
    word = action_name(action.kind)
    match action.kind:
        case ActionKind.REPLY:
            yield RevisionLine(labelled(word, variant_choice(action.variant) if action.others else ""))
            yield from text_lines(action.texts)
        case ActionKind.TEMPLATE:
            yield RevisionLine(joined(word, named((str(action.template),))))
        case ActionKind.TAG:
            yield RevisionLine(joined(word, named(action.tags)))
        case ActionKind.TYPING:
            before, after = typing_texts(action.seconds)
            yield RevisionLine(joined(before, str(action.seconds), after))
        case ActionKind.SNOOZE:
            before, after = tr("Out of sight for"), tr("minutes, or until the customer writes; then it calls for you.")
            yield RevisionLine(joined(before, str(action.minutes), after))
        case ActionKind.IMAGE | ActionKind.LINK | ActionKind.CARD:
            yield RevisionLine(word)
            fields = content_fields(action.kind)
            yield from field_lines((label, getattr(action.content, name)) for name, label, _ in fields)
            pictures = ((tr("Picture"), action.content.picture), (tr("Cover picture"), action.content.thumb_picture))
            yield from field_lines((label, digest[:SHOWN_OF_DIGEST]) for label, digest in pictures)
        case _:
            yield RevisionLine(word)


def _limit_lines(rule: Rule) -> Iterator[RevisionLine]:
    if rule.cooldown == Cooldown():
        yield RevisionLine(tr("Answers whenever it matches."))
    for limit in LIMITS:
        number = getattr(rule.cooldown, limit)
        if number:
            yield RevisionLine(joined(*limit_sentence(limit, number)))
    held = rule.delivery is Delivery.HOLD
    rest = (str(rule.hold_seconds), hold_suffix(rule.hold_seconds)) if held else ()
    yield RevisionLine(joined(delivery_choice(rule.delivery), *rest))
