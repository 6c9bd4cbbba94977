"""Records of the decisions that rules and guards make about messages."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from wxdesk.core.errors import Text


class Verdict(Struct, frozen=True):
    """The outcome of one condition, by its name in the rules file (`any`, `regex` …).

    `words` are what it looked for, `found` what of it
    was there (a word, or the matched stretch of text).
    """

    condition: str
    ok: bool
    words: tuple[str, ...] = ()
    found: str = ""


class RuleVerdict(Struct, frozen=True):
    """The verdict of one rule on one message, condition by condition.

    It ends with the first failure, except in a trial. `shadow`: it matched and did nothing by its delivery.
    """

    rule_id: int
    rule_name: str
    revision: int
    matched: bool
    verdicts: tuple[Verdict, ...] = ()
    shadow: bool = False


class Firing(Struct, frozen=True):
    """A rule that matched a message; under `shadow` it did nothing more."""

    rule_id: int
    shadow: bool = False


class Outcome(StrEnum):
    """The result of deciding about a message; the first eight are guards in order.

    no_account: its mini program is not in config.toml any more · in_tool: WeChat's own tool serves the contact,
    the rules keep quiet · transferred: this message's answer transferred the contact to it · transfer_armed:
    that came too late for this answer, so the next message's will · still_held: only a default rule had an
    answer, and the one to an earlier message is still pending · yielded: an answer that an operator is editing
    is pending, and no second one is made beside it · resolved, snoozed: a rule sends nothing and resolves or
    snoozes the conversation, because nothing is left to answer or the answer has time · silent: it sends
    nothing on purpose · left_open: it only tags the contact or calls for an operator, who has to answer ·
    incomplete: the answer lacks a value and is a draft for the operator to complete · not_rendered: it could
    not be made at all.
    """

    NO_ACCOUNT = "no_account"
    NOT_A_CUSTOMER = "not_a_customer"
    STALE = "stale"
    PAUSED = "paused"
    TAKEN_OVER = "taken_over"
    IN_TOOL = "in_tool"
    BLOCKED = "blocked"
    NO_QUOTA = "no_quota"
    REPLIED = "replied"
    SILENT = "silent"
    LEFT_OPEN = "left_open"
    HANDED_OVER = "handed_over"
    TRANSFERRED = "transferred"
    TRANSFER_ARMED = "transfer_armed"
    UNMATCHED = "unmatched"
    STILL_HELD = "still_held"
    YIELDED = "yielded"
    RESOLVED = "resolved"
    SNOOZED = "snoozed"
    INCOMPLETE = "incomplete"
    NOT_RENDERED = "not_rendered"


OWES_NO_ANSWER = frozenset({Outcome.BLOCKED, Outcome.SILENT, Outcome.RESOLVED, Outcome.TRANSFERRED})
"""Outcomes after which this desk owes the contact no answer."""

UNFINISHED = frozenset({Outcome.INCOMPLETE, Outcome.NOT_RENDERED})
"""Outcomes after which an operator has to complete or write a rule's answer."""


class Decision(Struct, frozen=True):
    """The stored decision about a message, with its reasons.

    `id` is 0 until stored. `rule_*` name the rule that answered (the last one, if an earlier one continues); under
    TAKEN_OVER `rule_name` is the rule that had handed over, empty for an operator.
    `verdicts` are those of the rules asked, in order; of a long list only those that found something, for the
    others say the same to every message (`core.rules.matching.matcher.refusal_of`). `rules_asked` counts all of them,
    None if that is not known. `rules_left` counts the enabled rules below that were not asked any more.
    `problem` describes what kept a reply from being made or completed (a value that is missing).
    """

    message_id: int
    conversation_id: int
    outcome: Outcome
    decided_at: datetime
    id: int = 0
    rule_id: int | None = None
    rule_name: str = ""
    rule_revision: int = 0
    verdicts: tuple[RuleVerdict, ...] = ()
    rules_left: int = 0
    problem: Text = ""
    rules_asked: int | None = None

    @property
    def went_to_rules(self) -> bool:
        """False if a guard stopped it, or the rules failed."""
        return self.rule_id is not None or self.outcome in (Outcome.UNMATCHED, Outcome.STILL_HELD)
