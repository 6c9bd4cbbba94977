"""Conditions on what surrounds a message: hours, operator, contact, history."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from msgspec.structs import replace

from wxdesk.core.model.rule import HoursTest, LastRule, MessageNo, Presence
from wxdesk.core.normalise import as_displayed, is_visible
from wxdesk.core.rules.conditions.demands import AnyName, Demand, Fact, NumberRange
from wxdesk.core.rules.conditions.facts import MatchInput, RequiredHistory
from wxdesk.core.rules.conditions.kind import (
    ConditionKind,
    FaultContext,
    FaultInside,
    Find,
    MatchState,
    Stage,
    TestTools,
    pairs_of,
)

MOST_DAYS = 3650
"""Most days of quiet that a rule may ask for, and that a cool-down may last."""

MOST_MINUTES = 7 * 24 * 60
"""Most minutes since another rule answered."""

MOST_MESSAGES = 999
"""Largest number of a message that a field for it takes; a file may have more."""


def _holds(test: Callable[[MatchInput], bool]) -> tuple[Find, None]:
    """Return a test that holds or does not, and finds nothing."""
    return lambda state: (test(state.subject), ""), None


def _find_hours(test: HoursTest, tools: TestTools) -> tuple[Find, None]:
    schedule = tools.calendars[test.calendar]
    return _holds(lambda subject: schedule.in_zone(subject.zone).is_open(subject.at) is test.inside)


def _hours_faults(test: HoursTest, context: FaultContext) -> Iterator[FaultInside]:
    if context.calendars is not None and test.calendar not in context.calendars:
        yield FaultInside(("inside" if test.inside else "outside",), "There is no calendar of this name.")


def _tags(key: str, *, wanted: bool) -> ConditionKind[tuple[str, ...]]:
    """Return the kind for tags of which the contact has to have one, or none."""

    def find_tag(tags: tuple[str, ...], tools: TestTools) -> tuple[Find, None]:
        pairs, normaliser = pairs_of(tags, tools.normaliser), tools.normaliser

        def find(state: MatchState) -> tuple[bool, str]:
            carried = frozenset(map(normaliser, state.subject.tags))
            found = next((written for written, tag in pairs if tag in carried), "")
            return bool(found) is wanted, found

        return find, None

    def faults(tags: tuple[str, ...], _: FaultContext) -> Iterator[FaultInside]:
        return (FaultInside((index,), "A tag is empty.") for index, tag in enumerate(tags) if not as_displayed(tag))

    return ConditionKind(
        name=f"tags.{key}",
        get=lambda when: None if when.tags is None else getattr(when.tags, key),
        words=tuple,
        find=find_tag,
        demands=lambda tags, normaliser: [Demand(AnyName("tags", frozenset(map(normaliser, tags))), holds=wanted)],
        faults=faults,
    )


def _find_quiet(days: int, _: TestTools) -> tuple[Find, None]:
    span = timedelta(days=days)
    return _holds(lambda subject: (last := subject.history.last_written_at) is not None and subject.at - last >= span)


def _quiet_faults(days: int, context: FaultContext) -> Iterator[FaultInside]:
    if not 1 <= days <= MOST_DAYS:
        yield FaultInside((), "quiet_days is from 1 to 3650.")
    if context.beside.first_contact:
        yield FaultInside((), "Who never wrote before was not quiet: the rule could never match.")


def _number_faults(bounds: MessageNo, _: FaultContext) -> Iterator[FaultInside]:
    if bounds.min < 0:
        yield FaultInside(("min",), "“min” is 0 or more.")
    if bounds.max is not None and bounds.max < bounds.min:
        yield FaultInside(("max",), "“max” is below “min”, so the rule could never match.")


def _find_last_rule(last: LastRule, tools: TestTools) -> tuple[Find, None]:
    ids, span = tools.rules.ids_of(last.rule), timedelta(minutes=last.minutes)

    def said_within(subject: MatchInput) -> bool:
        said = subject.history.said
        return any(subject.at - said[rule_id] <= span for rule_id in ids if rule_id in said)

    return _holds(said_within)


def _last_rule_faults(last: LastRule, _: FaultContext) -> Iterator[FaultInside]:
    if not is_visible(str(last.rule)):
        yield FaultInside(("rule",), "The name of the rule is empty.")
    if not 1 <= last.minutes <= MOST_MINUTES:
        yield FaultInside(("minutes",), "“minutes” is from 1 to 10080, a week.")


SURROUNDING_KINDS = (
    ConditionKind[str](
        name="account",
        stage=Stage.BUTTON,
        find=lambda name, _: _holds(lambda subject: subject.account == name),
        demands=lambda name, _: [Demand(Fact("account", name))],
    ),
    ConditionKind[HoursTest](
        name="hours",
        words=lambda test: ("inside" if test.inside else "outside", str(test.calendar)),
        named=lambda test, tools: replace(test, calendar=tools.calendars[test.calendar].name),
        find=_find_hours,
        demands=lambda test, _: [Demand(Fact("hours", test.calendar), test.inside)],
        faults=_hours_faults,
    ),
    ConditionKind[Presence](
        name="operator",
        find=lambda wanted, _: _holds(lambda subject: subject.operator is wanted),
        demands=lambda wanted, _: [Demand(Fact("operator", Presence.PRESENT), wanted is Presence.PRESENT)],
    ),
    _tags("any", wanted=True),
    _tags("none", wanted=False),
    ConditionKind[bool](
        name="first_contact",
        words=lambda never: ("true" if never else "false",),
        find=lambda never, _: _holds(lambda subject: (subject.history.last_written_at is None) is never),
        demands=lambda never, _: [Demand(Fact("first_contact", True), never)],
        required=lambda *_: RequiredHistory(last_written_at=True),
    ),
    ConditionKind[int](
        name="quiet_days",
        find=_find_quiet,
        demands=lambda days, _: [Demand(NumberRange("quiet_days", days))],
        faults=_quiet_faults,
        required=lambda *_: RequiredHistory(last_written_at=True),
    ),
    ConditionKind[MessageNo](
        name="message_no",
        words=lambda bounds: (str(bounds.min), "" if bounds.max is None else str(bounds.max)),
        find=lambda bounds, _: _holds(lambda subject: subject.history.message_no in bounds),
        demands=lambda bounds, _: [Demand(NumberRange("message_no", bounds.min, bounds.max))],
        faults=_number_faults,
        required=lambda bounds, _: RequiredHistory(message_no=bounds.decided_at),
    ),
    ConditionKind[LastRule](
        name="last_rule_within",
        words=lambda last: (str(last.rule), str(last.minutes)),
        named=lambda last, tools: replace(last, rule=tools.rules.name_of(last.rule)),
        find=_find_last_rule,
        demands=lambda last, _: [Demand(last)],
        faults=_last_rule_faults,
        required=lambda last, rules: RequiredHistory(
            said=frozenset(rules.ids_of(last.rule)), said_within=timedelta(minutes=last.minutes)
        ),
    ),
)
