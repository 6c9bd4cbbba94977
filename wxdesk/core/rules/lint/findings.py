"""Records of lint: codes, severities, findings and the context of a check."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from wxdesk.core.model.rule import Reference, Rule
from wxdesk.core.rules.faults import FieldPath, RuleFault
from wxdesk.core.templates import Template

type MediaOwner = tuple[str, int]
"""`("rule", id)` or `("template", id)`."""


def one_message(_text: str) -> int:
    """Count a text, whatever its length, as one message."""
    return 1


class LintCode(StrEnum):
    """Code of a lint finding."""

    FAULT = "fault"
    UNREACHABLE = "unreachable"
    SAME_WORDS = "same_words"
    TOO_MANY_SENDS = "too_many_sends"
    MEDIA_EXPIRED = "media_expired"
    MEDIA_EXPIRES = "media_expires"
    NEVER_OPEN = "never_open"
    ALWAYS_OPEN = "always_open"
    NO_EFFECT = "no_effect"
    CONTRADICTS = "contradicts"
    WORD_EXCLUDED = "word_excluded"
    NO_WORDS = "no_words"
    EMOTICON = "emoticon"
    NO_SUCH_RULE = "no_such_rule"
    WAITS_FOR_ITSELF = "waits_for_itself"
    TWO_OF_A_NAME = "two_of_a_name"
    SAYS_NOTHING = "says_nothing"
    EVERY_TEXT = "every_text"
    ALWAYS_HOLDS = "always_holds"
    NO_VALUE = "no_value"
    CALL_SET_ASIDE = "call_set_aside"
    RESOLVES_UNREAD = "resolves_unread"
    NEVER_SET_ASIDE = "never_set_aside"
    UNUSED = "unused"


class Severity(StrEnum):
    """Severity of a finding: the rule is wrong, may be wrong, or is worth a look."""

    WRONG = "wrong"
    DOUBTFUL = "doubtful"
    REMARK = "remark"


SEVERITIES: Mapping[LintCode, Severity] = MappingProxyType(
    {
        LintCode.FAULT: Severity.WRONG,
        LintCode.UNREACHABLE: Severity.WRONG,
        LintCode.SAME_WORDS: Severity.DOUBTFUL,
        LintCode.TOO_MANY_SENDS: Severity.WRONG,
        LintCode.MEDIA_EXPIRED: Severity.WRONG,
        LintCode.MEDIA_EXPIRES: Severity.DOUBTFUL,
        LintCode.NEVER_OPEN: Severity.WRONG,
        LintCode.ALWAYS_OPEN: Severity.WRONG,
        LintCode.NO_EFFECT: Severity.DOUBTFUL,
        LintCode.CONTRADICTS: Severity.WRONG,
        LintCode.WORD_EXCLUDED: Severity.DOUBTFUL,
        LintCode.NO_WORDS: Severity.WRONG,
        LintCode.EMOTICON: Severity.DOUBTFUL,
        LintCode.NO_SUCH_RULE: Severity.WRONG,
        LintCode.WAITS_FOR_ITSELF: Severity.WRONG,
        LintCode.TWO_OF_A_NAME: Severity.DOUBTFUL,
        LintCode.SAYS_NOTHING: Severity.DOUBTFUL,
        LintCode.EVERY_TEXT: Severity.DOUBTFUL,
        LintCode.ALWAYS_HOLDS: Severity.DOUBTFUL,
        LintCode.NO_VALUE: Severity.WRONG,
        LintCode.CALL_SET_ASIDE: Severity.DOUBTFUL,
        LintCode.RESOLVES_UNREAD: Severity.DOUBTFUL,
        LintCode.NEVER_SET_ASIDE: Severity.WRONG,
        LintCode.UNUSED: Severity.REMARK,
    }
)


@dataclass(frozen=True, slots=True)
class LintFinding:
    """One lint finding about one rule; `where` is empty for the rule as a whole.

    `other` is the rule that takes its messages, or that always answers before it; `word` the word that both
    look for, the calendar that never opens or closes, the template that names the media, the name that no rule
    has, or several, or one that sends nothing, or the variable that never has a value; `most` what the reply
    window allows, and `sends` how many there would be; `fault` what keeps the rule from being used at all.
    """

    doubt: LintCode
    rule: Rule
    where: FieldPath = ()
    other: Rule | None = None
    word: str = ""
    most: int = 0
    sends: int = 0
    fault: RuleFault | None = None

    @property
    def severity(self) -> Severity:
        """The severity of its code."""
        return SEVERITIES[self.doubt]


@dataclass(frozen=True, slots=True)
class LintContext:
    """Facts that lint needs beside the rules themselves.

    faults: of enabled rules that cannot be used, by id · closed, always_open: calendars that do not open, or
    close, within a year · media_since: since when a media_id has been named, if longer than by the newest
    revision · everywhere: patterns that are found in every text · valueless: variables that never have a value,
    by rule id and place of the action · messages_of: how many messages a fixed text makes · hits: how often
    each rule matched within UNUSED_AFTER, None if the desk has not run for so long · reserve: how many of
    WeChat's five replies every account reserves for the operator · stored: the templates by the references
    that rules have to them.
    """

    now: datetime
    faults: Mapping[int, RuleFault] = field(default_factory=lambda: MappingProxyType({}))
    closed: Collection[str] = frozenset()
    always_open: Collection[str] = frozenset()
    media_since: Mapping[MediaOwner, datetime] = field(default_factory=lambda: MappingProxyType({}))
    everywhere: Collection[str] = frozenset()
    never_set_variables: Mapping[tuple[int, int], str] = field(default_factory=lambda: MappingProxyType({}))
    messages_of: Callable[[str], int] = one_message
    hits: Mapping[int, int] | None = None
    reserve: int = 0
    stored: Mapping[Reference, Template] = field(default_factory=lambda: MappingProxyType({}))
