"""Labels of conditions: in the sentence, and in the menu that adds them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from wxdesk.i18n import ntr, tr

WORD_CONDITIONS = ("any", "all", "exact", "prefix", "suffix", "none")
ABOUT_THE_MESSAGE = frozenset({*WORD_CONDITIONS, "regex", "session_from", "session_from.fields", "event"})


@dataclass(frozen=True, slots=True)
class ConditionGroup:
    """Section of the menu that adds conditions; conditions are named as in verdicts."""

    title: str
    conditions: tuple[str, ...]


def groups() -> tuple[ConditionGroup, ...]:
    """Return all conditions, in the order of the menu."""
    return (
        ConditionGroup(tr("What the customer writes"), ("any", "all", "none", "exact", "prefix", "suffix", "regex")),
        ConditionGroup(tr("When it arrives"), ("hours", "operator")),
        ConditionGroup(tr("Who the customer is"), ("first_contact", "quiet_days", "tags.any", "tags.none")),
        ConditionGroup(tr("What went before"), ("message_no", "last_rule_within")),
        ConditionGroup(tr("Where the customer comes from"), ("session_from", "session_from.fields", "event")),
    )


def condition_choice(condition: str) -> str:
    """Return a condition's name in the menu that adds one."""
    return _CHOICES[condition]()


_CHOICES: Mapping[str, Callable[[], str]] = {
    "any": lambda: tr("contains any of these words"),
    "all": lambda: tr("contains all of these words"),
    "none": lambda: tr("contains none of these words"),
    "exact": lambda: tr("is exactly"),
    "prefix": lambda: tr("begins with"),
    "suffix": lambda: tr("ends with"),
    "regex": lambda: tr("regular expression"),
    "hours": lambda: tr("within or outside business hours"),
    "operator": lambda: tr("somebody is at the desk, or nobody"),
    "first_contact": lambda: tr("writes for the first time, or has written before"),
    "quiet_days": lambda: tr("comes back after some days"),
    "tags.any": lambda: tr("has one of these tags"),
    "tags.none": lambda: tr("has none of these tags"),
    "message_no": lambda: tr("how many messages since a person answered"),
    "last_rule_within": lambda: tr("another rule has just answered"),
    "session_from": lambda: tr("where the customer comes from"),
    "session_from.fields": lambda: tr("a field of where the customer comes from"),
    "event": lambda: tr("an event of WeChat's"),
}


def condition_label(condition: str, *, first: bool, excepted: bool = False) -> str:
    """Return the words before a condition in the sentence.

    Conditions that must hold are joined by “and”; of the excepted ones none may, so “or” stands between them.
    """
    what = _PHRASES[condition]()
    about_the_message = condition in ABOUT_THE_MESSAGE
    if excepted:
        if not first:
            return tr("or {what}", what=what)
        return tr("unless it {what}", what=what) if about_the_message else tr("unless {what}", what=what)
    return tr("that {what}", what=what) if first and about_the_message else tr("and {what}", what=what)


def condition_phrase(condition: str, *, excepted: bool = False) -> str:
    """Return the words before a condition on its own, without a joining word."""
    return condition_label(condition, first=True, excepted=True) if excepted else _PHRASES[condition]()


def days_suffix(days: int) -> str:
    """Return the words behind the number of days without a message."""
    return ntr("day before", "days before", days)


_PHRASES: Mapping[str, Callable[[], str]] = {
    "any": lambda: tr("contains any of"),
    "all": lambda: tr("contains all of"),
    "none": lambda: tr("does not contain"),
    "exact": lambda: tr("is exactly one of"),
    "prefix": lambda: tr("begins with one of"),
    "suffix": lambda: tr("ends with one of"),
    "regex": lambda: tr("has this pattern in it"),
    "hours": lambda: tr("it is"),
    "operator": lambda: tr("there is"),
    "first_contact": lambda: tr("the customer"),
    "quiet_days": lambda: tr("the customer was quiet for at least"),
    "tags.any": lambda: tr("the customer has one of the tags"),
    "tags.none": lambda: tr("the customer has none of the tags"),
    "message_no": lambda: tr("the number of messages since a person last answered is"),
    "last_rule_within": lambda: tr("the customer was answered by the rule"),
    "session_from": lambda: tr("comes by a button whose session_from"),
    "session_from.fields": lambda: tr("comes by a button with the field"),
    "event": lambda: tr("is the event"),
}
