"""Tells what is merely missing in an unfinished rule from mistakes."""

from __future__ import annotations

from wxdesk.core.model.rule import Condition, Rule, SessionFromTest
from wxdesk.core.rules.faults import Fault, Place
from wxdesk.ui.rules.editor.actions.bodies import empty_action


def is_lack(fault: Fault, rule: Rule) -> bool:
    """Return True for mere lacks: name, condition, action, or its empty fields."""
    if fault.where in (("name",), ("when",), ("then",)):
        return True
    if fault.where[0] == "when" and _to_be_written(rule.when, fault.where):
        return True
    at = fault.where[1] if fault.where[0] == "then" else None
    return isinstance(at, int) and rule.then[at] == empty_action(rule.then[at].kind)


def _to_be_written(when: Condition, where: Place) -> bool:
    """Return True if a condition that was just added is still empty."""
    if where[1:2] == ("not",):
        return when.unless is not None and _to_be_written(when.unless, where[1:])
    match where[1]:
        case "regex":
            return when.regex == ""
        case "session_from":
            return _source_to_be_written(when.session_from or SessionFromTest())
        case "hours":
            return when.hours is not None and not when.hours.calendar
        case "last_rule_within":
            return when.last_rule_within is not None and not when.last_rule_within.rule
        case _:
            return False


def _source_to_be_written(test: SessionFromTest) -> bool:
    whole = test.equals or test.prefix or test.regex
    return not whole if not test.fields else any(not (one.name and one.values) for one in test.fields)
