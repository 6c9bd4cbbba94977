"""Tells what is merely missing in an unfinished rule from mistakes."""

from __future__ import annotations

from wxdesk.core.model.rule import Condition, Rule, SessionFromTest
from wxdesk.core.rules.faults import FieldPath, RuleFault
from wxdesk.ui.rules.editor.actions.bodies import empty_action


def is_unfinished(fault: RuleFault, rule: Rule) -> bool:
    """Return True for mere lacks: name, condition, action, or its empty fields."""
    if fault.where in (("name",), ("when",), ("then",)):
        return True
    if fault.where[0] == "when" and _is_empty_condition(rule.when, fault.where):
        return True
    at = fault.where[1] if fault.where[0] == "then" else None
    return isinstance(at, int) and rule.then[at] == empty_action(rule.then[at].kind)


def _is_empty_condition(when: Condition, where: FieldPath) -> bool:
    """Return True if a condition that was just added is still empty."""
    if where[1:2] == ("not",):
        return when.unless is not None and _is_empty_condition(when.unless, where[1:])
    match where[1]:
        case "regex":
            return when.regex == ""
        case "session_from":
            return _is_empty_source(when.session_from or SessionFromTest())
        case "hours":
            return when.hours is not None and not when.hours.calendar
        case "last_rule_within":
            return when.last_rule_within is not None and not when.last_rule_within.rule
        case _:
            return False


def _is_empty_source(test: SessionFromTest) -> bool:
    whole = test.equals or test.prefix or test.regex
    return not whole if not test.fields else any(not (one.name and one.values) for one in test.fields)
