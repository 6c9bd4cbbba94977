"""Records of lint: codes, severities, findings and the context of a check."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Self

from msgspec import Struct, field

from wxdesk.core.model.rule import Reference, Rule
from wxdesk.core.rules.faults import FieldPath, RuleFault
from wxdesk.core.templates import Template

type MediaOwner = tuple[str, int]
"""`("rule", id)` or `("template", id)`."""


class Severity(StrEnum):
    """Severity of a finding: the rule is wrong, may be wrong, or is worth a look."""

    WRONG = "wrong"
    DOUBTFUL = "doubtful"
    REMARK = "remark"


class LintCode(StrEnum):
    """Code of a lint finding, with its severity."""

    severity: Severity

    def __new__(cls, code: str, severity: Severity) -> Self:
        """Make a member that equals its code."""
        made = str.__new__(cls, code)
        made._value_, made.severity = code, severity
        return made

    FAULT = "fault", Severity.WRONG
    UNREACHABLE = "unreachable", Severity.WRONG
    SAME_WORDS = "same_words", Severity.DOUBTFUL
    TOO_MANY_SENDS = "too_many_sends", Severity.WRONG
    MEDIA_EXPIRED = "media_expired", Severity.WRONG
    MEDIA_EXPIRES = "media_expires", Severity.DOUBTFUL
    NEVER_OPEN = "never_open", Severity.WRONG
    ALWAYS_OPEN = "always_open", Severity.WRONG
    NO_EFFECT = "no_effect", Severity.DOUBTFUL
    CONTRADICTS = "contradicts", Severity.WRONG
    WORD_EXCLUDED = "word_excluded", Severity.DOUBTFUL
    NO_WORDS = "no_words", Severity.WRONG
    EMOTICON = "emoticon", Severity.DOUBTFUL
    NO_SUCH_RULE = "no_such_rule", Severity.WRONG
    NO_SUCH_ACCOUNT = "no_such_account", Severity.WRONG
    WAITS_FOR_ITSELF = "waits_for_itself", Severity.WRONG
    TWO_OF_A_NAME = "two_of_a_name", Severity.DOUBTFUL
    SAYS_NOTHING = "says_nothing", Severity.DOUBTFUL
    EVERY_TEXT = "every_text", Severity.DOUBTFUL
    ALWAYS_HOLDS = "always_holds", Severity.DOUBTFUL
    NO_VALUE = "no_value", Severity.WRONG
    CALL_SET_ASIDE = "call_set_aside", Severity.DOUBTFUL
    RESOLVES_UNREAD = "resolves_unread", Severity.DOUBTFUL
    REPEATS = "repeats", Severity.DOUBTFUL
    NEVER_SET_ASIDE = "never_set_aside", Severity.WRONG
    UNUSED = "unused", Severity.REMARK


class LintFinding(Struct, frozen=True):
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


class LintContext(Struct, frozen=True):
    """Facts that lint needs beside the rules themselves.

    faults: of enabled rules that cannot be used, by id · closed, always_open: calendars that do not open, or
    close, within a year · media_since: since when a media_id has been named, if longer than by the newest
    revision · everywhere: patterns that are found in every text · never_set_variables: those without a value, by
    rule id and place of the action · messages_of: how many messages a fixed text makes · hits: how often
    each rule matched within UNUSED_AFTER, None if the desk has not run for so long · reserve: how many of
    WeChat's five replies every account reserves for the operator · stored: the templates by the references
    that rules have to them · accounts: the names of the mini programs.
    """

    now: datetime
    faults: Mapping[int, RuleFault] = field(default_factory=lambda: MappingProxyType({}))
    closed: Collection[str] = frozenset()
    always_open: Collection[str] = frozenset()
    media_since: Mapping[MediaOwner, datetime] = field(default_factory=lambda: MappingProxyType({}))
    everywhere: Collection[str] = frozenset()
    never_set_variables: Mapping[tuple[int, int], str] = field(default_factory=lambda: MappingProxyType({}))
    messages_of: Callable[[str], int] = lambda _text: 1
    hits: Mapping[int, int] | None = None
    reserve: int = 0
    stored: Mapping[Reference, Template] = field(default_factory=lambda: MappingProxyType({}))
    accounts: Collection[str] = ()
