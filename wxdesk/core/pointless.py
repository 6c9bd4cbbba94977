"""What a rule asks for in vain: conditions that never hold, or always, and words that can find nothing.

Each is said only where it is certain, as in `core.claims`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from wxdesk.core.claims import Claim, Stand, contradicts
from wxdesk.core.contents import words_of
from wxdesk.core.faults import FIELDED, Place
from wxdesk.core.findings import Circumstances, Doubt, Finding
from wxdesk.core.model import MessageType
from wxdesk.core.rules import Condition, HoursTest, Rule
from wxdesk.core.words import Normaliser

WITH_WORDS = frozenset({MessageType.TEXT, MessageType.CARD})
"""Kinds of message that have a text; a card's is its title."""

_SOUGHT = (*(stand.value for stand in Stand), "all")


def pointless(
    rule: Rule, claims: Sequence[Claim], normaliser: Normaliser, around: Circumstances, names: Collection[str]
) -> Iterator[Finding]:
    """Doubts about one rule without fault. `claims` are what it demands, `names` those of all rules."""
    yield from _words(rule, claims, normaliser)
    yield from _hours(rule, rule.when.hours, around, negated=False)
    if rule.when.unless is not None:
        yield from _hours(rule, rule.when.unless.hours, around, negated=True)
    for place, when in _conditions(rule.when):
        last = when.last_rule_within
        if last is not None and last.rule not in names:
            yield Finding(Doubt.NO_SUCH_RULE, rule, (*place, "last_rule_within", "rule"), word=last.rule)
    for (rule_id, action), variable in around.valueless.items():
        if rule_id == rule.id:
            yield Finding(Doubt.NO_VALUE, rule, _where_shown(rule, action, variable), word=variable)


def _where_shown(rule: Rule, action: int, variable: str) -> Place:
    """The action, or the field of a link or card, in which a variable stands."""
    said = rule.then[action]
    words = words_of(said.content) if said.kind in FIELDED else {}
    field = next((name for name, text in words.items() if variable in text), None)
    place: Place = ("then", action, said.kind.value)
    return place if field is None else (*place, field)


def _conditions(when: Condition) -> Iterator[tuple[Place, Condition]]:
    yield ("when",), when
    if when.unless is not None:
        yield ("when", "not"), when.unless


def _words(rule: Rule, claims: Sequence[Claim], normaliser: Normaliser) -> Iterator[Finding]:
    sought = next((name for name in _SOUGHT if getattr(rule.when, name)), None)
    if sought is not None and rule.on.isdisjoint(WITH_WORDS):
        yield Finding(Doubt.NO_WORDS, rule, ("when", sought))
    elif contradicts(claims):
        yield Finding(Doubt.CONTRADICTS, rule, ("when",))
    else:
        yield from _excluded(rule, normaliser)


def _excluded(rule: Rule, normaliser: Normaliser) -> Iterator[Finding]:
    """Words, one of several, with which the rule fails by its own `none`."""
    none = [normaliser(word) for word in rule.when.none]
    for stand in Stand:
        for index, written in enumerate(getattr(rule.when, stand.value)):
            if any(word in normaliser(written) for word in none):
                yield Finding(Doubt.WORD_EXCLUDED, rule, ("when", stand.value, index), word=written)


def _hours(rule: Rule, hours: HoursTest | None, around: Circumstances, *, negated: bool) -> Iterator[Finding]:
    if hours is None:
        return
    place: Place = ("when", *(("not",) if negated else ()), "hours", "inside" if hours.inside else "outside")
    inside = hours.inside is not negated
    if hours.calendar in around.closed:
        yield Finding(Doubt.NEVER_OPEN if inside else Doubt.NO_EFFECT, rule, place, word=hours.calendar)
    elif hours.calendar in around.always_open:
        yield Finding(Doubt.NO_EFFECT if inside else Doubt.ALWAYS_OPEN, rule, place, word=hours.calendar)
