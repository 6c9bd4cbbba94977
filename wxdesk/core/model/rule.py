"""Records of rules, with their conditions and actions.

A rule is tested against a message in `core.rules.matching`; a file of rules is read and written in
`desk.rules.file`. Rules stand in one list, first match wins from top to bottom.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

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
    unless: "Condition | None" = None

    @property
    def words(self) -> tuple[str, ...]:
        """The words that it requires of a text; not those of `unless`."""
        return (*self.exact, *self.prefix, *self.suffix, *self.any, *self.all)

    @property
    def both(self) -> "tuple[Condition, ...]":
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

    def referring(
        self, calendar: Callable[[Reference], Reference], rule: Callable[[Reference], Reference]
    ) -> "Condition":
        """Return the condition with what these return in the place of its references."""
        hours, last = self.hours, self.last_rule_within
        return replace(
            self,
            hours=hours and replace(hours, calendar=calendar(hours.calendar)),
            last_rule_within=last and replace(last, rule=rule(last.rule)),
            unless=self.unless and self.unless.referring(calendar, rule),
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
    content: Content = Content()
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

    @property
    def written(self) -> "Rule":
        """The rule without position, switch and values given by the store."""
        return replace(self, id=0, position=0, revision=0, enabled=True, updated_at=None, by="")

    def with_written(self, other: "Rule") -> "Rule":
        """Return the rule, in its own place and switch, with the other one's content."""
        return replace(
            other,
            id=self.id,
            position=self.position,
            revision=self.revision,
            enabled=self.enabled,
            updated_at=self.updated_at,
        )

    @property
    def asks_words(self) -> bool:
        """True if it answers only what says certain things."""
        return not self.default and bool(self.when.words or self.when.regex)

    @property
    def answers_nothing(self) -> bool:
        """True for a default, and for a promise to whatever comes while nobody is there."""
        absent = self.when.hours is not None or self.when.operator is not None
        promises = any(action.kind is ActionKind.TAKE_OVER for action in self.then)
        return self.default or (absent and promises and not self.asks_words)

    def place_in(self, listed: "Sequence[Rule]") -> int:
        """Return the index of a new rule: the end, but before a trailing default.

        One that asks for words stands before all at the end that do not: below “we are closed” it would be silent
        every night.
        """
        place = len(listed)
        while place and not self.default and _gives_way(listed[place - 1], self.asks_words):
            place -= 1
        return place


def _gives_way(rule: Rule, to_words: bool) -> bool:
    return rule.default or (to_words and not rule.asks_words and not rule.continues)
