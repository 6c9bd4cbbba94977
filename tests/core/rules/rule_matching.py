"""How the tests of the core ask rules: Python's own regex engine stands in for RE2."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from wxdesk.core.errors import BadPattern
from wxdesk.core.model.decision import RuleVerdict
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule
from wxdesk.core.normalise import Normaliser
from wxdesk.core.rules.business_hours import Schedule
from wxdesk.core.rules.conditions.facts import MatchInput
from wxdesk.core.rules.matching.matcher import MatchResult, MatchTools, Ruleset
from wxdesk.core.rules.patterns import Pattern, PatternMatch

CODES = ("/::)", "/::D", "/:rose", "/:kiss", "/:no", "/:v", "/:?", "[微笑]", "[Smile]", "[捂脸]", "[OK]")

REPLY = (Action(ActionKind.REPLY, text="好"),)
TAG = (Action(ActionKind.TAG, tags=("vip",)),)


class PythonPattern:
    """A pattern of the standard library."""

    def __init__(self, source: str) -> None:
        self._compiled = re.compile(source)

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._compiled.groupindex)

    def search(self, text: str) -> PatternMatch | None:
        match = self._compiled.search(text)
        if match is None:
            return None
        groups: Mapping[str, str | None] = match.groupdict()
        return PatternMatch(match[0], {name: value for name, value in groups.items() if value is not None})


def compile_with_python(source: str) -> Pattern:
    try:
        return PythonPattern(source)
    except re.error as error:
        raise BadPattern(str(error)) from None


NOW = datetime(2026, 11, 24, 6, 5, tzinfo=UTC)
"""A Tuesday, 14:05 in Shanghai."""


TOOLS = MatchTools(compile_with_python, Normaliser(CODES))


def ruleset(rules: Sequence[Rule], **calendars: Schedule) -> Ruleset:
    return Ruleset(rules, TOOLS, dict(calendars.items()))


def ask_each(asked: Ruleset, about: MatchInput) -> MatchResult:
    """Decide without the index, the oracle of `Ruleset.decide`."""
    return asked._walk(asked._facts(about), range(len(asked)))


def subject(text: str = "", kind: MessageType = MessageType.TEXT, **more: Any) -> MatchInput:
    return MatchInput(kind, text, **{"at": NOW, **more})


def ask(rules: Sequence[Rule], text: str = "", kind: MessageType = MessageType.TEXT, **more: Any) -> MatchResult:
    return ruleset(rules).decide(subject(text, kind, **more))


def verdicts(rules: Sequence[Rule], text: str = "", kind: MessageType = MessageType.TEXT) -> tuple[RuleVerdict, ...]:
    """What every rule said that was asked."""
    asked = ruleset(rules)
    return asked.all_verdicts(kind, asked.decide(subject(text, kind)))


def when(**fields: Any) -> Rule:
    """A rule named for its one condition."""
    return Rule("r", when=Condition(**fields), then=REPLY)
