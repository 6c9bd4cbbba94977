"""Lint of ineffective conditions: never or always true, or words never found.

Each is reported only where it is certain, as in `core.rules.conditions.demands`.
"""

from collections.abc import Iterator, Mapping, Sequence

from wxdesk.core.content.limits import words_of
from wxdesk.core.model.rule import Condition, Delivery, HoursTest, Rule
from wxdesk.core.normalise import Normaliser
from wxdesk.core.rules.conditions.demands import Demand, NumberRange, WordPosition, contradicts, holds_always
from wxdesk.core.rules.conditions.table import patterns_of
from wxdesk.core.rules.faults import FIELDED, FieldPath
from wxdesk.core.rules.lint.findings import LintCode, LintContext, LintFinding

_SOUGHT = (*(position.value for position in WordPosition), "all")

_PLACES: tuple[FieldPath, ...] = (("when",), ("when", "not"))
"""Places of a rule's condition, and of the one under `not`."""


def ineffective_findings(
    rule: Rule,
    demands: Sequence[Demand],
    normaliser: Normaliser,
    around: LintContext,
    named: Mapping[str, Sequence[Rule]],
) -> Iterator[LintFinding]:
    """Yield findings about one valid rule with its `demands`; `named` is by name."""
    yield from _words(rule, demands, normaliser, around)
    yield from _emoticons(rule, normaliser)
    yield from _always(rule, demands, around)
    for place, when in zip(_PLACES, rule.when.both, strict=False):
        yield from _hours(rule, when.hours, around, place)
        if when.account is not None and when.account not in around.accounts:
            yield LintFinding(LintCode.NO_SUCH_ACCOUNT, rule, (*place, "account"), word=when.account)
    for place, when in zip(_PLACES, rule.when.both, strict=False):
        doubt = _about_another(rule, when, named, around)
        if doubt is not None and when.last_rule_within is not None:
            yield LintFinding(doubt, rule, (*place, "last_rule_within", "rule"), word=str(when.last_rule_within.rule))
    for (rule_id, action), variable in around.never_set_variables.items():
        if rule_id == rule.id:
            yield LintFinding(LintCode.NO_VALUE, rule, _where_shown(rule, action, variable), word=variable)


def _about_another(
    rule: Rule, when: Condition, named: Mapping[str, Sequence[Rule]], around: LintContext
) -> LintCode | None:
    if when.last_rule_within is None:
        return None
    others = named.get(str(when.last_rule_within.rule), ())
    if not others:
        return LintCode.NO_SUCH_RULE
    if len(others) > 1:
        return LintCode.TWO_OF_A_NAME
    [other] = others
    if other.id == rule.id:
        return LintCode.WAITS_FOR_ITSELF if when is rule.when else None
    speaks = other.enabled and other.delivery is not Delivery.SHADOW and other.id not in around.faults
    return None if speaks else LintCode.SAYS_NOTHING


def _always(rule: Rule, demands: Sequence[Demand], around: LintContext) -> Iterator[LintFinding]:
    """Find conditions that always hold, but no pattern for its groups beside another."""
    for place, source in patterns_of(rule.when):
        if source in around.everywhere and not (demands and ("(?P<" in source or "(?<" in source)):
            yield LintFinding(LintCode.EVERY_TEXT, rule, ("when", *place))
    number = rule.when.message_no
    if number is not None and holds_always(NumberRange("message_no", number.min, number.max), rule.on, ()):
        yield LintFinding(LintCode.ALWAYS_HOLDS, rule, ("when", "message_no"))


def _where_shown(rule: Rule, action: int, variable: str) -> FieldPath:
    """Return the action, or the field of a link or card, in which a variable stands."""
    said = rule.then[action]
    words = words_of(said.content) if said.kind in FIELDED else {}
    field = next((name for name, text in words.items() if variable in text), None)
    place: FieldPath = ("then", action, said.kind.value)
    return place if field is None else (*place, field)


def _words(rule: Rule, demands: Sequence[Demand], normaliser: Normaliser, around: LintContext) -> Iterator[LintFinding]:
    never = any(not demand.holds and holds_always(demand.test, rule.on, around.everywhere) for demand in demands)
    sought = next((name for name in _SOUGHT if getattr(rule.when, name)), None)
    if sought is not None and not any(kind.has_words for kind in rule.on):
        yield LintFinding(LintCode.NO_WORDS, rule, ("when", sought))
    elif never or contradicts(demands):
        yield LintFinding(LintCode.CONTRADICTS, rule, ("when",))
    else:
        yield from _excluded(rule, normaliser)


def _emoticons(rule: Rule, normaliser: Normaliser) -> Iterator[LintFinding]:
    """Find emoticons sought within a text, which loses them if it has words as well."""
    for place, when in zip(_PLACES, rule.when.both, strict=False):
        for name in ("prefix", "suffix", "any", "all", "none"):
            for index, written in enumerate(getattr(when, name)):
                if not _MARKS.isdisjoint(written) and normaliser.is_markers(written):
                    yield LintFinding(LintCode.EMOTICON, rule, (*place, name, index), word=written)


_MARKS = frozenset("/[／［")
"""First characters of emoticons."""


def _excluded(rule: Rule, normaliser: Normaliser) -> Iterator[LintFinding]:
    """Find words that can never match, because they contain a word of `none`."""
    none = [normaliser(word) for word in rule.when.none]
    for position in WordPosition:
        for index, written in enumerate(getattr(rule.when, position.value)):
            if any(word in normaliser(written) for word in none):
                yield LintFinding(LintCode.WORD_EXCLUDED, rule, ("when", position.value, index), word=written)


def _hours(rule: Rule, hours: HoursTest | None, around: LintContext, path: FieldPath) -> Iterator[LintFinding]:
    if hours is None:
        return
    place = (*path, "hours", "inside" if hours.inside else "outside")
    inside = hours.inside is (path == _PLACES[0])
    if hours.calendar in around.closed:
        yield LintFinding(LintCode.NEVER_OPEN if inside else LintCode.NO_EFFECT, rule, place, word=str(hours.calendar))
    elif hours.calendar in around.always_open:
        yield LintFinding(LintCode.NO_EFFECT if inside else LintCode.ALWAYS_OPEN, rule, place, word=str(hours.calendar))
