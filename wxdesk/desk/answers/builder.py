"""The answer of the rules that matched: messages to send, and their side effects.

Templates are filled, variants chosen, long texts split. No message has a hole in it: where a value that a
template shows is missing, the answer is prepared with a mark in its place, for an operator to complete.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from functools import partial

from wxdesk.core.content import limits as contents
from wxdesk.core.content.variables import MAX_PARTS, variables
from wxdesk.core.errors import BadContent, BadTemplate, MissingValue, ReplyTooLong
from wxdesk.core.model.account import Account, ReplyMode
from wxdesk.core.model.content import Content, ReplyKind
from wxdesk.core.model.conversation import Conversation
from wxdesk.core.model.message import Message
from wxdesk.core.model.rule import Action, ActionKind, Outcome, Presence, Rule, RuleVerdict, Variant
from wxdesk.core.model.status import StatusChange, combined_status_change
from wxdesk.core.normalise import is_chinese
from wxdesk.core.replies.gaps import marked_gaps
from wxdesk.core.replies.lifecycle import effective_mode
from wxdesk.core.rules.business_hours import Schedule
from wxdesk.core.rules.conditions.facts import NO_HISTORY, ContactHistory, MatchInput
from wxdesk.core.rules.matching.matcher import MatchedRule, MatchResult
from wxdesk.core.templates import Template
from wxdesk.desk.answers.filling import NO_ANSWERS, Filling
from wxdesk.desk.answers.liquid.engine import LiquidRenderer
from wxdesk.desk.answers.splitting import message_parts
from wxdesk.desk.answers.template_lookup import TemplateLookup
from wxdesk.desk.settings.business_hours import Calendars
from wxdesk.i18n import explain, tr
from wxdesk.timezones import zone_named

type Values = Callable[[str], Mapping[str, object]]
"""Returns the variables that a text may use."""

type Choose = Callable[[Sequence[str], Variant], str]
"""Picks one of the variants of a text."""


@dataclass(frozen=True, slots=True)
class AnswerMessage:
    """One message of an answer, `after` so many seconds of typing."""

    rule: Rule
    content: Content
    after: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """Messages and side effects that the rules want for one incoming message.

    `said` is ready to be sent, in order; a text too long for one message is in parts. If a template does not
    render, `problem` says why and `said` is empty: half an answer is none. If it only lacks values, `problem`
    names them, and `said` is there to be completed (`missing`). `verdicts` are those of the rules that were
    asked; of a long list only those that found something. `transfer` is the rule that hands the contact over to
    WeChat's own tool, `notify` the one that calls an operator. `aside` is the conversation's status afterwards.
    `needs_reply`: the contact wrote a message, so silence leaves it unanswered.
    """

    matching: MatchResult
    verdicts: tuple[RuleVerdict, ...] = ()
    said: tuple[AnswerMessage, ...] = ()
    tags: tuple[str, ...] = ()
    take_over: bool = False
    transfer: Rule | None = None
    notify: Rule | None = None
    silent: bool = False
    needs_reply: bool = True
    aside: StatusChange | None = None
    problem: str = ""

    @property
    def contents(self) -> tuple[Content, ...]:
        """The contents of the messages, in order."""
        return tuple(one.content for one in self.said)

    @property
    def missing(self) -> tuple[str, ...]:
        """The names of the variables that have no value."""
        return _missing(self.said)

    @property
    def rule(self) -> Rule | None:
        """The rule that answers."""
        return self.matching.rule

    @property
    def outcome(self) -> Outcome:
        """The outcome for the message if the whole answer may be sent."""
        if self.rule is None:
            return Outcome.UNMATCHED
        if self.problem:
            return Outcome.INCOMPLETE if self.missing else Outcome.NOT_RENDERED
        if self.contents:
            return Outcome.REPLIED
        if self.take_over:
            return Outcome.HANDED_OVER
        if self.transfer is not None:
            return Outcome.TRANSFERRED
        if self.aside is None:
            return Outcome.LEFT_OPEN if self.needs_reply and not self.silent else Outcome.SILENT
        return Outcome.SNOOZED if self.aside.minutes else Outcome.RESOLVED

    def with_transfer_as_takeover(self, conversation: Conversation, account: Account) -> Answer:
        """Replace a transfer to WeChat's tool by a takeover, where an operator is needed.

        That is so for drafts, and for answers that could not be made.
        """
        rule = self.transfer
        if rule is None or not (self.problem or effective_mode(rule, conversation, account).mode is ReplyMode.DRAFT):
            return self
        return replace(self, transfer=None, take_over=True)

    def fits(self, left: int) -> bool:
        """Check that rules may still send this many replies (`left`); a draft takes none."""
        return bool(self.missing) or len(self.contents) <= left

    @property
    def rules_left(self) -> int:
        """The number of switched-on rules that were not asked."""
        return self.matching.rules_left


@dataclass(frozen=True, slots=True)
class RuleContext:
    """The message to answer, with all that rules and templates use; `now` is aware."""

    message: Message
    conversation: Conversation
    account: Account
    now: datetime
    history: ContactHistory = NO_HISTORY
    operator: Presence = Presence.PRESENT

    @property
    def subject(self) -> MatchInput:
        """The same facts in the form in which rules are asked."""
        message = self.message
        return MatchInput(
            message.type,
            message.text,
            message.session_from,
            message.event,
            self.conversation.contact.tags,
            self.operator,
            self.history,
            self.zone,
            at=self.now,
        )

    @property
    def zone(self) -> tzinfo | None:
        """The account's own time zone, if it has one."""
        return zone_named(self.account.timezone) if self.account.timezone else None


class AnswerBuilder:
    """Turns rules that matched into an answer.

    `zone` is that of `{{ time }}` and `{{ date }}` for accounts without one of their own; None: the machine's.
    """

    def __init__(
        self, renderer: LiquidRenderer, calendars: Calendars, shelf: TemplateLookup, zone: tzinfo | None
    ) -> None:
        self._renderer = renderer
        self._calendars = calendars
        self._shelf = shelf
        self._zone = zone

    @property
    def schedules(self) -> Mapping[str, Schedule]:
        """The business hours that rules name."""
        return self._calendars.schedules

    def answer(self, matching: MatchResult, verdicts: tuple[RuleVerdict, ...], occasion: RuleContext) -> Answer:
        """Build the answer; changes nothing, and a template that fails is an answer too."""
        actions = [action for one in matching.matched for action in one.rule.then]
        kinds = {action.kind for action in actions}
        said: tuple[AnswerMessage, ...] = ()
        problem = ""
        try:
            said = tuple(one for matched in matching.matched for one in self._said(matched, occasion))
            problem = "\n".join(tr("“{name}” has no value for this message.", name=name) for name in _missing(said))
        except (BadTemplate, BadContent) as error:
            problem = explain(error)
        return Answer(
            matching,
            verdicts,
            said,
            tags=tuple(dict.fromkeys(tag for action in actions for tag in action.tags)),
            take_over=ActionKind.TAKE_OVER in kinds,
            transfer=_first_rule_with(matching, ActionKind.TRANSFER),
            notify=_first_rule_with(matching, ActionKind.NOTIFY),
            silent=ActionKind.SILENT in kinds,
            needs_reply=occasion.message.event is None,
            aside=_status_after(actions),
            problem=problem,
        )

    def _said(self, matched: MatchedRule, occasion: RuleContext) -> list[AnswerMessage]:
        values = partial(self.values, matched, occasion)
        said: list[AnswerMessage] = []
        after = 0
        for place, action in enumerate(matched.rule.then):
            if action.kind is ActionKind.TYPING:
                after += action.seconds
            choose = partial(_chosen_text, place, matched.rule, occasion)
            said += [AnswerMessage(matched.rule, content, after) for content in self._contents(action, choose, values)]
        return said

    def values(self, matched: MatchedRule, occasion: RuleContext, text: str) -> Mapping[str, object]:
        """Return the variables that `text` may use."""
        zone = occasion.zone
        now = occasion.now.astimezone(zone or self._zone)
        values = variables(occasion.message, occasion.conversation, occasion.account, matched.groups, now)
        schedule = self._schedule(matched.rule)
        if schedule is None:
            return values
        return {**values, "hours": HoursValues(schedule.in_zone(zone), occasion.now, text)}

    def _schedule(self, rule: Rule) -> Schedule | None:
        """Return the calendar that the rule names, also under “not”; else the first."""
        schedules = self._calendars.schedules
        named = next((one.hours.calendar for one in rule.when.both if one.hours is not None), None)
        return next(iter(schedules.values()), None) if named is None else schedules.get(named)

    def _contents(self, action: Action, choose: Choose, values: Values) -> list[Content]:
        match action.kind:
            case ActionKind.REPLY:
                text = choose(action.texts, action.variant)
                return self._filled(action_template(action), text, values)
            case ActionKind.TEMPLATE:
                template = self._stored(action.text)
                return self._filled(template, choose(template.texts, template.variant), values)
            case ActionKind.IMAGE | ActionKind.LINK | ActionKind.CARD:
                return self._filled(action_template(action), "", values)
            case _:
                return []

    def _stored(self, name: str) -> Template:
        template = self._shelf.named(name)
        if template is None:
            raise BadTemplate(1, self._shelf.reason_against(name))
        return template

    def _filled(self, template: Template, text: str, values: Values) -> list[Content]:
        source = text if template.kind is ReplyKind.TEXT else "\n".join(template.sources)
        known = values(source) if "{" in source else NO_ANSWERS  # what shows nothing is not told anything
        prepared = Filling(template, text, template.prompts, known, self._renderer).prepared()
        parts = messages_of(prepared)
        for name in prepared.gaps:
            if not any(name in part.gaps for part in parts):  # cut in two, or changed by a filter: nobody would see it
                raise MissingValue(1, name, tr("“{name}” has no value for this message.", name=name))
        return parts


def _missing(said: Sequence[AnswerMessage]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for one in said for name in one.content.gaps))


def action_template(action: Action) -> Template:
    """Wrap the reply, picture, link or card of a rule as a template."""
    if action.kind is ActionKind.REPLY:
        return Template(0, "", action.text, others=action.others)
    return Template(0, "", content=action.content)


def messages_of(content: Content) -> list[Content]:
    """Split a filled content into as many messages as it takes.

    Raises:
        BadTemplate: a text that is empty or takes too many.
        BadContent: a link or card that WeChat would refuse as it comes out.
    """
    if content.kind is ReplyKind.TEXT:
        return _parts_of(content)
    if content.kind is not ReplyKind.IMAGE:
        contents.check(content)
    return [replace(content, gaps=marked_gaps(content))]


def _parts_of(content: Content) -> list[Content]:
    try:
        parts = message_parts(content.text)
    except ReplyTooLong:
        raise BadTemplate(1, tr("A link comes out longer than a message can be.")) from None
    if not parts:
        raise BadTemplate(1, tr("The reply comes out empty for this message."))
    if len(parts) > MAX_PARTS:
        taken = tr("The reply comes out too long: it takes {n} messages, {most} at most.", n=len(parts), most=MAX_PARTS)
        raise BadTemplate(1, taken)
    made = [Content(text=part, gaps=content.gaps) for part in parts]
    return [replace(part, gaps=marked_gaps(part)) for part in made] if content.gaps else made


def _status_after(actions: Sequence[Action]) -> StatusChange | None:
    wanted = [
        StatusChange(action.minutes) for action in actions if action.kind in (ActionKind.RESOLVE, ActionKind.SNOOZE)
    ]
    return combined_status_change(wanted, handed_over=any(action.kind is ActionKind.TAKE_OVER for action in actions))


def _first_rule_with(matching: MatchResult, does: ActionKind) -> Rule | None:
    """Return the first rule that matched with such an action."""
    rules = (one.rule for one in matching.matched)
    return next((rule for rule in rules if any(action.kind is does for action in rule.then)), None)


def _chosen_text(place: int, rule: Rule, occasion: RuleContext, texts: Sequence[str], variant: Variant) -> str:
    """Choose a text, always the same one for the same message."""
    match variant:
        case Variant.FIRST:
            return texts[0]
        case Variant.RANDOM:
            seed = f"{rule.id} {place} {occasion.message.id}".encode()
            return texts[int.from_bytes(hashlib.blake2b(seed, digest_size=8).digest()) % len(texts)]
        case Variant.ROTATE:
            fired = occasion.history.fired.get(rule.id)
            return texts[(fired.times if fired else 0) % len(texts)]


class HoursValues(Mapping[str, object]):
    """Values of `hours.*` in a template; a time that never comes is absent.

    The wording is in the language of `text`, which the customer reads, not the operator. Each value is computed
    on access, because most texts show none, and a calendar that never closes takes milliseconds.
    """

    _NAMES = ("open", "next_open", "next_close")

    def __init__(self, schedule: Schedule, now: datetime, text: str) -> None:
        self._schedule = schedule
        self._now = now
        self._text = text

    def __getitem__(self, name: str) -> object:
        """Return one value; `KeyError` if it never comes."""
        match name:
            case "open":
                return self._schedule.is_open(self._now)
            case "next_open":
                return self._words(name, self._schedule.next_open(self._now))
            case "next_close":
                return self._words(name, self._schedule.next_close(self._now))
            case _:
                raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names that have a value."""
        return (name for name in self._NAMES if name in self)

    def __len__(self) -> int:
        """Return the number of names that have a value."""
        return sum(1 for _ in self)

    def _words(self, name: str, at: datetime | None) -> str:
        if at is None:
            raise KeyError(name)
        local = self._schedule.local
        return _relative_time(local(at), local(self._now), chinese=is_chinese(self._text))


def _relative_time(at: datetime, now: datetime, *, chinese: bool) -> str:
    """Format a time for a customer who reads it `now`."""
    match (at.date() - now.date()).days:
        case 0:
            return f"{at:%H:%M}"
        case 1:
            return f"明天 {at:%H:%M}" if chinese else f"tomorrow {at:%H:%M}"
        case _:
            return f"{at.month}月{at.day}日 {at:%H:%M}" if chinese else f"{at:%m-%d %H:%M}"
