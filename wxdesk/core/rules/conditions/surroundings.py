"""Conditions on what surrounds a message: hours, operator, contact, history."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from wxdesk.core.model.rule import HoursTest, LastRule, MessageNo, Presence, TagsTest, Verdict
from wxdesk.core.normalise import Normaliser, as_displayed, is_visible
from wxdesk.core.rules.conditions.claims import AnyName, Claim, Fact, QuietAtLeast
from wxdesk.core.rules.conditions.facts import MatchInput, RequiredHistory
from wxdesk.core.rules.conditions.kind import (
    ConditionKind,
    ConditionTest,
    FaultContext,
    FaultInside,
    MatchState,
    TestTools,
    pairs_of,
)
from wxdesk.core.rules.rule_names import RuleNames

MOST_DAYS = 3650
"""Most days of quiet that a rule may ask for, and that a cool-down may last."""

MOST_MINUTES = 7 * 24 * 60
"""Most minutes since another rule answered."""


@dataclass(frozen=True, slots=True)
class _StateTest:
    """A condition about the surroundings of the message: it holds or it does not."""

    holds: Callable[[MatchInput], bool]
    refusal: Verdict
    clue = None

    def ask(self, facts: MatchState) -> Verdict:
        refusal = self.refusal
        return Verdict(refusal.condition, ok=True, words=refusal.words) if self.holds(facts.subject) else refusal


@dataclass(frozen=True, slots=True)
class _ContactTagsTest:
    """The first of its tags that the contact carries, wanted or not."""

    tags: tuple[tuple[str, str], ...]
    normaliser: Normaliser
    refusal: Verdict
    wanted: bool = True
    clue = None

    def ask(self, facts: MatchState) -> Verdict:
        carried = frozenset(map(self.normaliser, facts.subject.tags))
        found = next((written for written, tag in self.tags if tag in carried), "")
        ok = bool(found) is self.wanted
        return self.refusal if not ok and not found else Verdict(self.refusal.condition, ok, self.refusal.words, found)


class _Hours(ConditionKind[HoursTest]):
    """Business hours that have to be open, or closed."""

    def words(self, value: HoursTest) -> tuple[str, ...]:
        return ("inside" if value.inside else "outside"), value.calendar

    def tests(self, value: HoursTest, tools: TestTools) -> Iterator[ConditionTest]:
        schedule = tools.calendars[value.calendar]
        yield _StateTest(lambda s: schedule.in_zone(s.zone).is_open(s.at) is value.inside, self.refusal(value))

    def claims(self, value: HoursTest, normaliser: Normaliser) -> Iterator[Claim]:
        yield Claim(Fact("hours", value.calendar), value.inside)

    def faults(self, value: HoursTest, context: FaultContext) -> Iterator[FaultInside]:
        if context.calendars is not None and value.calendar not in context.calendars:
            yield ("inside" if value.inside else "outside",), "There is no calendar of this name."


class _Operator(ConditionKind[Presence]):
    """An operator's presence at the desk."""

    def tests(self, value: Presence, tools: TestTools) -> Iterator[ConditionTest]:
        yield _StateTest(lambda s: s.operator is value, self.refusal(value))

    def claims(self, value: Presence, normaliser: Normaliser) -> Iterator[Claim]:
        yield Claim(Fact("operator", Presence.PRESENT), value is Presence.PRESENT)


class _Tags(ConditionKind[TagsTest]):
    """Tags that the contact has to have, and others that it may not have."""

    def refusals(self, value: TagsTest) -> tuple[Verdict, ...]:
        both = (("tags.any", value.any), ("tags.none", value.none))
        return tuple(Verdict(name, ok=False, words=tags) for name, tags in both if tags)

    def tests(self, value: TagsTest, tools: TestTools) -> Iterator[ConditionTest]:
        for refusal in self.refusals(value):
            pairs, wanted = pairs_of(refusal.words, tools.normaliser), refusal.condition == "tags.any"
            yield _ContactTagsTest(pairs, tools.normaliser, refusal, wanted)

    def claims(self, value: TagsTest, normaliser: Normaliser) -> Iterator[Claim]:
        for refusal in self.refusals(value):
            tags = frozenset(map(normaliser, refusal.words))
            yield Claim(AnyName("tags", tags), holds=refusal.condition == "tags.any")

    def faults(self, value: TagsTest, context: FaultContext) -> Iterator[FaultInside]:
        if not (value.any or value.none):
            yield (), "tags takes “any”, “none” or both."
        for key, tags in (("any", value.any), ("none", value.none)):
            yield from (((key, index), "A tag is empty.") for index, tag in enumerate(tags) if not as_displayed(tag))


class _FirstContact(ConditionKind[bool]):
    """The contact never wrote before, or did."""

    def words(self, value: bool) -> tuple[str, ...]:
        return ("true" if value else "false",)

    def tests(self, value: bool, tools: TestTools) -> Iterator[ConditionTest]:
        yield _StateTest(lambda s: (s.history.last_written_at is None) is value, self.refusal(value))

    def claims(self, value: bool, normaliser: Normaliser) -> Iterator[Claim]:
        yield Claim(Fact("first_contact", True), value)

    def required(self, value: bool, rules: RuleNames) -> RequiredHistory:
        return RequiredHistory(last_written_at=True)


class _QuietDays(ConditionKind[int]):
    """Days for which the contact, who wrote before, has not written."""

    def tests(self, value: int, tools: TestTools) -> Iterator[ConditionTest]:
        span = timedelta(days=value)
        yield _StateTest(
            lambda s: (last := s.history.last_written_at) is not None and s.at - last >= span, self.refusal(value)
        )

    def claims(self, value: int, normaliser: Normaliser) -> Iterator[Claim]:
        yield Claim(QuietAtLeast(value))

    def faults(self, value: int, context: FaultContext) -> Iterator[FaultInside]:
        if not 1 <= value <= MOST_DAYS:
            yield (), "quiet_days is from 1 to 3650."
        if context.beside.first_contact:
            yield (), "Who never wrote before was not quiet: the rule could never match."

    def required(self, value: int, rules: RuleNames) -> RequiredHistory:
        return RequiredHistory(last_written_at=True)


class _MessageNo(ConditionKind[MessageNo]):
    """The number of the message since an operator answered."""

    def words(self, value: MessageNo) -> tuple[str, ...]:
        return str(value.min), "" if value.max is None else str(value.max)

    def tests(self, value: MessageNo, tools: TestTools) -> Iterator[ConditionTest]:
        yield _StateTest(lambda s: s.history.message_no in value, self.refusal(value))

    def claims(self, value: MessageNo, normaliser: Normaliser) -> Iterator[Claim]:
        yield Claim(value)

    def faults(self, value: MessageNo, context: FaultContext) -> Iterator[FaultInside]:
        if value.min < 0:
            yield ("min",), "“min” is 0 or more."
        if value.max is not None and value.max < value.min:
            yield ("max",), "“max” is below “min”, so the rule could never match."

    def required(self, value: MessageNo, rules: RuleNames) -> RequiredHistory:
        return RequiredHistory(message_no=value.decided_at)


class _LastRule(ConditionKind[LastRule]):
    """Another rule answered the contact shortly before."""

    def words(self, value: LastRule) -> tuple[str, ...]:
        return str(value.rule), str(value.minutes)

    def tests(self, value: LastRule, tools: TestTools) -> Iterator[ConditionTest]:
        ids, span = tools.rules.ids_of(value.rule), timedelta(minutes=value.minutes)
        named = replace(value, rule=tools.rules.name_of(value.rule))
        yield _StateTest(lambda s: _said_within(s, ids, span), self.refusal(named))

    def claims(self, value: LastRule, normaliser: Normaliser) -> Iterator[Claim]:
        yield Claim(value)

    def faults(self, value: LastRule, context: FaultContext) -> Iterator[FaultInside]:
        if not is_visible(str(value.rule)):
            yield ("rule",), "The name of the rule is empty."
        if not 1 <= value.minutes <= MOST_MINUTES:
            yield ("minutes",), "“minutes” is from 1 to 10080, a week."

    def required(self, value: LastRule, rules: RuleNames) -> RequiredHistory:
        said = frozenset(rules.ids_of(value.rule))
        return RequiredHistory(said=said, said_within=timedelta(minutes=value.minutes))


def _said_within(subject: MatchInput, ids: Sequence[int], span: timedelta) -> bool:
    said = subject.history.said
    return any(subject.at - said[rule_id] <= span for rule_id in ids if rule_id in said)


SURROUNDING_KINDS = (
    _Hours("hours"),
    _Operator("operator"),
    _Tags("tags"),
    _FirstContact("first_contact"),
    _QuietDays("quiet_days"),
    _MessageNo("message_no"),
    _LastRule("last_rule_within"),
)
