"""Rules to lint, and short ways to see what is found."""

from typing import Any

from msgspec.structs import replace

from tests.core.rules.rule_matching import NOW, REPLY, TOOLS
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.rule import Condition, Rule, SessionFromTest
from wxdesk.core.rules.lint.checks import findings
from wxdesk.core.rules.lint.findings import LintCode, LintContext, LintFinding

ENTERED = frozenset({MessageType.ENTER_SESSION})


def said_of(*rules: Rule, **around: Any) -> list[LintFinding]:
    numbered = [replace(rule, id=number) for number, rule in enumerate(rules, start=1)]
    return findings(numbered, TOOLS.normaliser, LintContext(NOW, **around))


def doubts(*rules: Rule, **around: Any) -> list[tuple[int, LintCode]]:
    return [(one.rule.id, one.doubt) for one in said_of(*rules, **around)]


def when(**fields: Any) -> Rule:
    return Rule("r", when=Condition(**fields), then=REPLY)


def entering(**fields: Any) -> Rule:
    return replace(when(session_from=SessionFromTest(**fields)), on=ENTERED)
