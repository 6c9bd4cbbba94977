"""Converts conditions into the parts of a sentence, and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from PySide6.QtWidgets import QWidget

from wxdesk.core.model.rule import Condition, FieldTest, HoursTest, LastRule, MessageNo, Presence, SessionFromTest
from wxdesk.ui.rules.editor.conditions.context_parts import (
    ConditionChoices,
    FirstContactPart,
    HoursPart,
    LastRulePart,
    MessageNumberPart,
    PresencePart,
    QuietDaysPart,
    TagsPart,
)
from wxdesk.ui.rules.editor.conditions.parts import ConditionPart, PatternPart, SourceFieldPart, SourcePart, WordsPart
from wxdesk.ui.rules.editor.conditions.text import WORD_CONDITIONS

DAYS = 30
MINUTES = 10
"""Initial number of a new condition."""


def parts_of(when: Condition, offers: ConditionChoices, host: QWidget) -> list[ConditionPart]:
    """Return the parts of `when`, exceptions last."""
    parts = list(_parts(when, offers, host))
    excepted = [] if when.unless is None else list(_parts(when.unless, offers, host))
    for part in excepted:
        part.excepted = True
    return parts + excepted


def _parts(when: Condition, offers: ConditionChoices, host: QWidget) -> Iterator[ConditionPart]:
    """Yield parts in the sentence's order: message, source, context."""
    for condition in WORD_CONDITIONS:
        if getattr(when, condition):
            yield WordsPart(condition, getattr(when, condition), host)
    if when.regex is not None:
        yield PatternPart(when.regex, host)
    if when.event:
        yield WordsPart("event", when.event, host)
    if when.session_from is not None:
        yield from _source_parts(when.session_from, host)
    yield from _context_parts(when, offers, host)
    yield from _history_parts(when, offers, host)


def _context_parts(when: Condition, offers: ConditionChoices, host: QWidget) -> Iterator[ConditionPart]:
    if when.hours is not None:
        yield HoursPart(when.hours, offers, host)
    if when.operator is not None:
        yield PresencePart(when.operator, host)
    if when.tags is not None:
        for key in ("any", "none"):
            if getattr(when.tags, key):
                yield TagsPart(key, getattr(when.tags, key), host)


def _history_parts(when: Condition, offers: ConditionChoices, host: QWidget) -> Iterator[ConditionPart]:
    if when.first_contact is not None:
        yield FirstContactPart(when.first_contact, host)
    if when.quiet_days is not None:
        yield QuietDaysPart(when.quiet_days, host)
    if when.message_no is not None:
        yield MessageNumberPart(when.message_no, host)
    if when.last_rule_within is not None:
        yield LastRulePart(when.last_rule_within, offers, host)


def _source_parts(test: SessionFromTest, host: QWidget) -> Iterator[ConditionPart]:
    if (test.equals, test.prefix, test.regex) != (None, None, None):
        yield SourcePart(test, host)
    for field in test.fields:
        yield SourceFieldPart(field, host)


def new_part(condition: str, offers: ConditionChoices, host: QWidget) -> ConditionPart:
    """Return an empty part; the only calendar is chosen already."""
    match condition:
        case "regex":
            return PatternPart("", host)
        case "session_from":
            return SourcePart(SessionFromTest(prefix=""), host)
        case "session_from.fields":
            return SourceFieldPart(FieldTest("", ()), host)
        case "tags.any" | "tags.none":
            return TagsPart(condition.removeprefix("tags."), (), host)
        case "hours":
            known = offers.calendars()
            return HoursPart(HoursTest(known[0] if len(known) == 1 else ""), offers, host)
        case _:
            return _new_context_part(condition, offers, host)


def _new_context_part(condition: str, offers: ConditionChoices, host: QWidget) -> ConditionPart:
    match condition:
        case "operator":
            return PresencePart(Presence.AWAY, host)
        case "first_contact":
            return FirstContactPart(True, host)
        case "quiet_days":
            return QuietDaysPart(DAYS, host)
        case "message_no":
            return MessageNumberPart(MessageNo(2), host)
        case "last_rule_within":
            return LastRulePart(LastRule("", MINUTES), offers, host)
        case _:
            return WordsPart(condition, (), host)


def condition_of(parts: Iterable[ConditionPart]) -> Condition:
    """Return the conditions of all parts; unfinished parts add nothing."""
    when, unless = Condition(), Condition()
    for part in parts:
        if part.excepted:
            unless = part.add_to(unless)
        else:
            when = part.add_to(when)
    return when if unless == Condition() else replace(when, unless=unless)
