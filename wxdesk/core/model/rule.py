"""Records of rules and of the decisions made about messages.

A rule is tested against a message in `core.rules.matching`; a file of rules is read and written in
`desk.rules.file`. Rules stand in one list, first match wins from top to bottom.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct, field
from msgspec.structs import replace

from wxdesk.core.errors import Text
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.reply import Content

type Reference = int | str
"""Id of what a rule refers to, or its name while nothing has that name."""


class FieldTest(Struct, frozen=True):
    """Test that a field inside `SessionFrom` (JSON or query string) has a given value."""

    name: str
    values: tuple[str, ...]


class SessionFromTest(Struct, frozen=True):
    """A test of `SessionFrom`, the value that the mini program's button carries.

    At most one of equals, prefix and regex tests the whole, `fields` its parts. All that is set must hold.
    """

    equals: str | None = None
    prefix: str | None = None
    regex: str | None = None
    fields: tuple[FieldTest, ...] = ()


class HoursTest(Struct, frozen=True):
    """Test that a calendar is open (`inside`) or closed when the decision is made."""

    calendar: Reference
    inside: bool = True


class Presence(StrEnum):
    """Presence of an operator at the desk."""

    PRESENT = "present"
    AWAY = "away"


class TagsTest(Struct, frozen=True):
    """Test that the contact has a tag of `any`, if set, and none of `none`."""

    any: tuple[str, ...] = ()
    none: tuple[str, ...] = ()


class MessageNo(Struct, frozen=True):
    """Range, both bounds included, of the message's number since an operator answered."""

    min: int = 1
    max: int | None = None

    def __contains__(self, number: int) -> bool:
        return self.min <= number and (self.max is None or number <= self.max)

    @property
    def decided_at(self) -> int:
        """The number from which on the result stays the same, so that counting can stop."""
        return self.min if self.max is None else max(self.min, self.max + 1)


class LastRule(Struct, frozen=True):
    """Test that another rule answered this contact at most `minutes` ago."""

    rule: Reference
    minutes: int


class Condition(Struct, frozen=True):
    """The condition of a rule: the fields that are set must all hold.

    Words match after normalising both sides.
    any: one of the words occurs · all: every one does · none: none does · exact: the whole text is one of
    them · prefix, suffix: the text starts, ends with one of them · regex: an RE2 pattern is found in the text.

    account: the name of the account · event: WeChat's name of an event · first_contact: whether the contact
    never wrote before · quiet_days: the contact wrote before, and then not for that many days · unless: holds if
    not one of *its* fields does.
    """

    any: tuple[str, ...] = ()
    all: tuple[str, ...] = ()
    none: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()
    prefix: tuple[str, ...] = ()
    suffix: tuple[str, ...] = ()
    regex: str | None = None
    account: str | None = None
    session_from: SessionFromTest | None = None
    event: tuple[str, ...] = ()
    hours: HoursTest | None = None
    operator: Presence | None = None
    tags: TagsTest | None = None
    first_contact: bool | None = None
    quiet_days: int | None = None
    message_no: MessageNo | None = None
    last_rule_within: LastRule | None = None
    unless: Condition | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """The words that it requires of a text; not those of `unless`."""
        return (*self.exact, *self.prefix, *self.suffix, *self.any, *self.all)

    @property
    def both(self) -> tuple[Condition, ...]:
        """The condition itself, and the one under `unless` if there is one."""
        return (self,) if self.unless is None else (self, self.unless)

    @property
    def calendars(self) -> frozenset[Reference]:
        """The business hours that it refers to."""
        return frozenset(one.hours.calendar for one in self.both if one.hours is not None)

    @property
    def rules(self) -> frozenset[Reference]:
        """The other rules that it refers to."""
        return frozenset(one.last_rule_within.rule for one in self.both if one.last_rule_within is not None)

    def referring(self, calendars: Mapping[Reference, Reference], rules: Mapping[Reference, Reference]) -> Condition:
        """Return the condition with its references replaced as these map them."""
        hours, last = self.hours, self.last_rule_within
        return replace(
            self,
            hours=hours and replace(hours, calendar=calendars.get(hours.calendar, hours.calendar)),
            last_rule_within=last and replace(last, rule=rules.get(last.rule, last.rule)),
            unless=self.unless and self.unless.referring(calendars, rules),
        )

    @property
    def has_references(self) -> bool:
        """True if it refers to a calendar or another rule, which can change independently."""
        return bool(self.calendars or self.rules)


class Cooldown(Struct, frozen=True):
    """Limits on how often a rule may match; 0 is no limit.

    per_contact_s: seconds between two times to one contact · per_conversation: so many times in a conversation,
    which is one a contact · per_account_per_min: so many times within a minute to all contacts of an account.
    """

    per_contact_s: int = 0
    per_conversation: int = 0
    per_account_per_min: int = 0


class Delivery(StrEnum):
    """Treatment of the replies of a rule.

    inherit: the conversation's mode decides · send: at once · hold: after a wait in which they can be stopped ·
    draft: prepared only · shadow: the rule is tested and counted, but does nothing.

    The conversation's own mode goes before the rule's delivery, and that before the account's mode.
    """

    INHERIT = "inherit"
    SEND = "send"
    HOLD = "hold"
    DRAFT = "draft"
    SHADOW = "shadow"


class ActionKind(StrEnum):
    """Kind of action of a rule, by its name in the rules file."""

    REPLY = "reply"
    TEMPLATE = "template"
    IMAGE = "image"
    LINK = "link"
    CARD = "card"
    TRANSFER = "transfer"
    TAKE_OVER = "take_over"
    TAG = "tag"
    TYPING = "typing"
    NOTIFY = "notify"
    RESOLVE = "resolve"
    SNOOZE = "snooze"
    SILENT = "silent"


SENDING_ACTIONS = frozenset({ActionKind.REPLY, ActionKind.TEMPLATE, ActionKind.IMAGE, ActionKind.LINK, ActionKind.CARD})
"""Actions that cost one of the contact's five replies each."""

STATUS_ACTIONS = frozenset({ActionKind.RESOLVE, ActionKind.SNOOZE})
"""Actions that set the conversation's status, of which a rule has at most one."""

EFFECTS = frozenset({ActionKind.NOTIFY, ActionKind.TAG})
"""Changes of the conversation or its contact, whatever becomes of the answer."""

SIDE_ACTIONS = EFFECTS | {ActionKind.TYPING}
"""Actions that are no answer to the contact, nor a decision to give none."""


class ActionNumber(Struct, frozen=True):
    """Number of an action: its field in `Action`, what a new one has, and the most.

    `fault` is the reason against one that is not from 1 to `most`.
    """

    field: str
    initial: int
    most: int
    fault: str


ACTION_NUMBERS: Mapping[ActionKind, ActionNumber] = {
    # A new one types about as long as a short sentence takes.
    ActionKind.TYPING: ActionNumber("seconds", 3, 15, "Typing is shown for 1 to 15 seconds."),
    ActionKind.SNOOZE: ActionNumber(
        "minutes", 60, 7 * 24 * 60, "A conversation is snoozed for 1 to 10080 minutes, a week."
    ),
}
"""Numbers of the actions that have one."""


class Variant(StrEnum):
    """Choice among a reply's texts: the first, a random one, or in turn per contact."""

    FIRST = "first"
    RANDOM = "random"
    ROTATE = "rotate"


class Action(Struct, frozen=True):
    """One step of a rule's answer.

    reply: `text` is a Liquid template, `others` are more of them, and `variant` chooses · template: refers to
    a stored `template`, which brings variants of its own · image, link, card: `content` · tag: `tags` ·
    typing: `seconds` for which the contact sees somebody type before what follows is sent · snooze: `minutes`
    for which the conversation is snoozed · the others carry nothing.
    """

    kind: ActionKind
    text: str = ""
    content: Content = field(default_factory=Content)
    tags: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    variant: Variant = Variant.FIRST
    seconds: int = 0
    minutes: int = 0
    template: Reference = ""

    @property
    def texts(self) -> tuple[str, ...]:
        """All templates of a reply."""
        return (self.text, *self.others)


class Rule(Struct, frozen=True):
    """One rule of the list; `id` and `revision` are 0 until the store has given them.

    A `default` rule ignores `when` and answers what no other rule above it did. `continues` lets the rules
    below it answer as well, which is the exception. `hold_seconds` belong to the delivery HOLD. In a revision, `by` is
    the operator of a team who saved it.
    """

    name: str
    id: int = 0
    position: int = 0
    revision: int = 0
    enabled: bool = True
    on: frozenset[MessageType] = frozenset({MessageType.TEXT})
    when: Condition = Condition()
    then: tuple[Action, ...] = ()
    default: bool = False
    continues: bool = False
    updated_at: datetime | None = None
    cooldown: Cooldown = Cooldown()
    delivery: Delivery = Delivery.INHERIT
    hold_seconds: int = 0
    by: str = ""


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


SETTLED = frozenset({Outcome.BLOCKED, Outcome.SILENT, Outcome.RESOLVED, Outcome.TRANSFERRED})
"""Outcomes after which this desk owes the contact no answer."""

UNFINISHED = frozenset({Outcome.INCOMPLETE, Outcome.NOT_RENDERED})
"""Outcomes after which an operator has to complete or write a rule's answer."""

UNANSWERED = UNFINISHED | {Outcome.UNMATCHED, Outcome.LEFT_OPEN}
"""Outcomes for which the rules have no answer that can be sent."""


class Decision(Struct, frozen=True):
    """The stored decision about a message, with its reasons.

    `id` is 0 until stored. `rule_*` name the rule that answered (the last one, if an earlier one continues); under
    TAKEN_OVER `rule_name` is the rule that had handed over, empty for an operator.
    `verdicts` are those of the rules asked, in order; of a long list only those that found something, for the
    others say the same to every message (`core.rules.matching.matcher.refusal_of`). `asked` counts all of them,
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
    asked: int | None = None

    @property
    def went_to_rules(self) -> bool:
        """False if a guard stopped it, or the rules failed."""
        return self.rule_id is not None or self.outcome in (Outcome.UNMATCHED, Outcome.STILL_HELD)
