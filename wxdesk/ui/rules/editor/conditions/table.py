"""Editors of the conditions: an entry for each makes its part of the sentence."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtWidgets import QWidget

from wxdesk.core.model.message import MessageType
from wxdesk.core.model.rule import Condition, FieldTest, HoursTest, LastRule, MessageNo, Presence, SessionFromTest
from wxdesk.i18n import account_title, tr
from wxdesk.ui.editing.revisions.wording import joined, named
from wxdesk.ui.rules.editor.conditions.context_parts import (
    ChoicePart,
    ConditionChoices,
    HoursPart,
    LastRulePart,
    MessageNumberPart,
    QuietDaysPart,
    TagsPart,
    days_before,
)
from wxdesk.ui.rules.editor.conditions.parts import ConditionPart, PatternPart, SourceFieldPart, SourcePart, WordsPart
from wxdesk.ui.wording.conditions import WORDINGS
from wxdesk.ui.wording.times import MINUTE, unit_text

DAYS = 30
MINUTES = 10
"""Initial number of a new condition."""


class ConditionEditor(Struct, frozen=True):
    """Means to edit one condition, named as in verdicts.

    part: shows a value in the sentence · new: the value to begin with · line: a value in words, for the history
    · is_shown: whether it has a part at all · is_empty: whether it was just added · fits: the kind of message
    that it fits, if there is only one, or hardly any other · several: a sentence can have more than one.
    """

    part: Callable[[Any, ConditionChoices, QWidget], ConditionPart]
    new: Callable[[ConditionChoices], Any]
    line: Callable[[Any], str]
    is_shown: Callable[[Any], bool] = lambda _: True
    is_empty: Callable[[Any], bool] = lambda _: False
    fits: MessageType | None = None
    several: bool = False


def parts_of(when: Condition, offers: ConditionChoices, host: QWidget) -> list[ConditionPart]:
    """Return the parts of `when`, exceptions last."""
    parts = [EDITORS[name].part(value, offers, host) for name, value in _values(when)]
    excepted = [] if when.unless is None else parts_of(when.unless, offers, host)
    for part in excepted:
        part.excepted = True
    return parts + excepted


def new_part(condition: str, offers: ConditionChoices, host: QWidget) -> ConditionPart:
    """Return an empty part; the only calendar is chosen already."""
    return EDITORS[condition].part(EDITORS[condition].new(offers), offers, host)


def condition_of(parts: Iterable[ConditionPart]) -> Condition:
    """Return the conditions of all parts; unfinished parts add nothing."""
    when, unless = Condition(), Condition()
    for part in parts:
        if part.excepted:
            unless = part.add_to(unless)
        else:
            when = part.add_to(when)
    return when if unless == Condition() else replace(when, unless=unless)


def value_lines(when: Condition) -> Iterator[tuple[str, str]]:
    """Yield each condition and its value in words, in the order of the sentence."""
    return ((name, EDITORS[name].line(value)) for name, value in _values(when))


def is_empty(when: Condition, name: str) -> bool:
    """Return True if a condition was just added and is still empty."""
    value = _value(when, name)
    return name in EDITORS and value is not None and EDITORS[name].is_empty(value)


def _values(when: Condition) -> Iterator[tuple[str, Any]]:
    for name in WORDINGS:
        value = _value(when, name) if name in EDITORS else None
        if value is not None and value != () and EDITORS[name].is_shown(value):
            several = value if isinstance(value, tuple) and EDITORS[name].several else (value,)
            yield from ((name, one) for one in several)


def _value(when: Condition, name: str) -> object:
    """Return the value at the end of a dotted name; None if it is not set."""
    value: object = when
    for step in name.split("."):
        value = getattr(value, step, None)
    return value


def _words(name: str) -> ConditionEditor:
    return ConditionEditor(lambda words, _, host: WordsPart(name, words, host), lambda _: (), named)


def _tags(key: str) -> ConditionEditor:
    return ConditionEditor(lambda tags, _, host: TagsPart(key, tags, host), lambda _: (), named)


def _choice(name: str, label: str, choices: Mapping[Any, str], new: object) -> ConditionEditor:
    def part(value: object, _: ConditionChoices, host: QWidget) -> ConditionPart:
        return ChoicePart(name, [(one, tr(words)) for one, words in choices.items()], tr(label), value, host)

    return ConditionEditor(part, lambda _: new, lambda value: tr(choices[value]))


def _has_whole(test: SessionFromTest) -> bool:
    return (test.equals, test.prefix, test.regex) != (None, None, None)


def _source_line(test: SessionFromTest) -> str:
    tests = ((tr("equals"), test.equals), (tr("starts with"), test.prefix), (tr("matches the pattern"), test.regex))
    return "; ".join(joined(how, value) for how, value in tests if value is not None)


def _is_empty_source(test: SessionFromTest) -> bool:
    whole = test.equals or test.prefix or test.regex
    return not whole if not test.fields else any(not (one.name and one.values) for one in test.fields)


def _account_part(name: str, offers: ConditionChoices, host: QWidget) -> ConditionPart:
    part = ChoicePart("account", [(name, account_title(name))], tr("Mini program"), name, host)

    def offer() -> None:
        part.choice.offer([(one, account_title(one)) for one in dict.fromkeys((*offers.accounts, part.choice.value))])

    part.choice.popup_menu.aboutToShow.connect(offer)
    return part


def _new_hours(offers: ConditionChoices) -> HoursTest:
    known = list(offers.calendars().ids.values())
    return HoursTest(known[0] if len(known) == 1 else "")


def _number_line(bounds: MessageNo) -> str:
    least, most = str(bounds.min), str(bounds.max)
    if bounds.max is None:
        return joined(tr("at least"), least)
    if bounds.min == bounds.max:
        return joined(tr("exactly"), least)
    if bounds.min == 1:
        return joined(tr("at most"), most)
    return joined(tr("between"), least, tr("and"), most)


def _last_rule_line(last: LastRule) -> str:
    return joined(named((str(last.rule),)), tr("within the last"), str(last.minutes), unit_text(MINUTE, last.minutes))


GROUPS: Mapping[str, Mapping[str, ConditionEditor]] = {
    "What the customer writes": {
        **{name: _words(name) for name in ("any", "all", "none", "exact", "prefix", "suffix")},
        "regex": ConditionEditor(
            lambda pattern, _, host: PatternPart(pattern, host), lambda _: "", str, is_empty=lambda pattern: not pattern
        ),
    },
    "When it arrives": {
        "hours": ConditionEditor(
            HoursPart,
            _new_hours,
            lambda test: joined(tr("within") if test.inside else tr("outside"), named((str(test.calendar),))),
            is_empty=lambda test: not test.calendar,
        ),
        "operator": _choice(
            "operator",
            "Who is at the desk",
            {Presence.PRESENT: "somebody at the desk", Presence.AWAY: "nobody at the desk"},
            Presence.AWAY,
        ),
    },
    "Who the customer is": {
        "first_contact": _choice(
            "first_contact",
            "Whether the customer wrote before",
            {True: "writes for the first time", False: "has written before"},
            True,
        ),
        "quiet_days": ConditionEditor(
            lambda days, _, host: QuietDaysPart(days, host),
            lambda _: DAYS,
            lambda days: joined(str(days), days_before(days)),
        ),
        "tags.any": _tags("any"),
        "tags.none": _tags("none"),
    },
    "What went before": {
        "message_no": ConditionEditor(
            lambda bounds, _, host: MessageNumberPart(bounds, host), lambda _: MessageNo(2), _number_line
        ),
        "last_rule_within": ConditionEditor(
            LastRulePart, lambda _: LastRule("", MINUTES), _last_rule_line, is_empty=lambda last: not last.rule
        ),
    },
    "Where the customer comes from": {
        "account": ConditionEditor(_account_part, lambda offers: next(iter(offers.accounts), ""), account_title),
        "session_from": ConditionEditor(
            lambda test, _, host: SourcePart(test, host),
            lambda _: SessionFromTest(prefix=""),
            _source_line,
            is_shown=_has_whole,
            is_empty=_is_empty_source,
            fits=MessageType.ENTER_SESSION,
        ),
        "session_from.fields": ConditionEditor(
            lambda test, _, host: SourceFieldPart(test, host),
            lambda _: FieldTest("", ()),
            lambda test: joined(test.name, tr("being one of"), named(test.values)),
            fits=MessageType.ENTER_SESSION,
            several=True,
        ),
        "event": replace(_words("event"), fits=MessageType.OTHER),
    },
}
"""All conditions, by group and in the order of the menu that adds them."""

EDITORS = {name: editor for group in GROUPS.values() for name, editor in group.items()}
