"""The answer of the rules that matched: messages to send, and their side effects.

Templates are filled, variants chosen, long texts split. No message has a hole in it: where a value that a
template shows is missing, the answer is prepared with a mark in its place, for an operator to complete.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from wxdesk.core.content import limits as contents
from wxdesk.core.content.variables import MAX_PARTS
from wxdesk.core.errors import BadContent, BadTemplate, MissingValue, Phrase, ReplyTooLong, Text
from wxdesk.core.model.conversation import StatusChange, combined_status_change
from wxdesk.core.model.decision import RuleVerdict
from wxdesk.core.model.reply import Content, ReplyKind
from wxdesk.core.model.rule import SENDING_ACTIONS, STATUS_ACTIONS, Action, ActionKind, Reference, Rule, Variant
from wxdesk.core.replies.gaps import marked_gaps
from wxdesk.core.rules.business_hours import Schedule
from wxdesk.core.rules.matching.matcher import MatchedRule, MatchResult
from wxdesk.core.templates import Template
from wxdesk.desk.answers.answer import Answer, AnswerMessage, RuleContext, missing_values
from wxdesk.desk.answers.filling import NO_ANSWERS, Filling, text_values
from wxdesk.desk.answers.liquid.renderer import LiquidRenderer
from wxdesk.desk.answers.splitting import message_parts
from wxdesk.desk.answers.template_lookup import TemplateLookup
from wxdesk.desk.settings.business_hours import Calendars
from wxdesk.i18n import explanation

TOO_LONG = "The reply comes out too long: it takes {n} messages, {most} at most."
NO_VALUE = "“{name}” has no value for this message."

type Values = Callable[[str], Mapping[str, object]]
"""Returns the variables that a text may use."""

type Choose = Callable[[Sequence[str], Variant], str]
"""Picks one of the variants of a text."""


class AnswerBuilder(Struct, frozen=True):
    """Turns rules that matched into an answer."""

    _renderer: LiquidRenderer
    _calendars: Calendars
    _templates: TemplateLookup
    _guarded: Callable[[], Sequence[str]]

    @property
    def schedules(self) -> Mapping[Reference, Schedule]:
        """The business hours that rules refer to."""
        return self._calendars.schedules

    def answer(self, matching: MatchResult, verdicts: tuple[RuleVerdict, ...], context: RuleContext) -> Answer:
        """Build the answer; changes nothing, and a template that fails is an answer too."""
        actions = [action for one in matching.matched for action in one.rule.then]
        said: tuple[AnswerMessage, ...] = ()
        problem: Text = ""
        try:
            said = tuple(one for matched in matching.matched for one in self._messages(matched, context))
            for name in missing_values(said):
                one = Phrase(NO_VALUE, name=name)
                problem = Phrase("{said}\n{more}", said=problem, more=one) if problem else one
        except (BadTemplate, BadContent) as error:
            problem = explanation(error)
        return Answer(
            matching,
            verdicts,
            said,
            take_over=matching.first_with(ActionKind.TAKE_OVER),
            transfer=matching.first_with(ActionKind.TRANSFER),
            needs_reply=context.message.event is None,
            aside=_status_after(actions),
            problem=problem,
            guarded=self._guarded(),
        )

    def _messages(self, matched: MatchedRule, context: RuleContext) -> list[AnswerMessage]:
        values = partial(self.values, matched, context)
        said: list[AnswerMessage] = []
        after = 0
        for place, action in enumerate(matched.rule.then):
            if action.kind is ActionKind.TYPING:
                after += action.seconds
            choose = partial(_chosen_text, place, matched.rule, context)
            said += [AnswerMessage(matched.rule, content, after) for content in self._contents(action, choose, values)]
        return said

    def values(self, matched: MatchedRule, context: RuleContext, text: str) -> Mapping[str, object]:
        """Return the variables that `text` may use."""
        return text_values(context, matched.groups, self._schedule(matched.rule), self._calendars.zone, text)

    def _schedule(self, rule: Rule) -> Schedule | None:
        """Return the hours that the rule asks for, also under “not”; else the first."""
        schedules = self._calendars.schedules
        named = next((one.hours.calendar for one in rule.when.both if one.hours is not None), None)
        return next(iter(schedules.values()), None) if named is None else schedules.get(named)

    def _contents(self, action: Action, choose: Choose, values: Values) -> list[Content]:
        if action.kind not in SENDING_ACTIONS:
            return []
        template = self._templates.of(action)
        if template is None:
            raise BadTemplate(1, self._templates.reason_against(action.template))
        return self._filled(template, choose(template.texts, template.variant), values)

    def _filled(self, template: Template, text: str, values: Values) -> list[Content]:
        source = text if template.kind is ReplyKind.TEXT else "\n".join(template.sources)
        known = values(source) if "{" in source else NO_ANSWERS  # what shows nothing is not told anything
        prepared = Filling(template, text, template.prompts, known, self._renderer).prepared()
        parts = messages_of(prepared)
        for name in prepared.gaps:
            if not any(name in part.gaps for part in parts):  # cut in two, or changed by a filter: nobody would see it
                raise MissingValue(1, name, Phrase(NO_VALUE, name=name))
        return parts


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
        raise BadTemplate(1, Phrase("A link comes out longer than a message can be.")) from None
    if not parts:
        raise BadTemplate(1, Phrase("The reply comes out empty for this message."))
    if len(parts) > MAX_PARTS:
        raise BadTemplate(1, Phrase(TOO_LONG, n=len(parts), most=MAX_PARTS))
    made = [Content(text=part, gaps=content.gaps) for part in parts]
    return [replace(part, gaps=marked_gaps(part)) for part in made] if content.gaps else made


def _status_after(actions: Sequence[Action]) -> StatusChange | None:
    wanted = [StatusChange(action.minutes) for action in actions if action.kind in STATUS_ACTIONS]
    return combined_status_change(wanted, handed_over=any(action.kind is ActionKind.TAKE_OVER for action in actions))


def _chosen_text(place: int, rule: Rule, context: RuleContext, texts: Sequence[str], variant: Variant) -> str:
    """Choose a text, always the same one for the same message."""
    match variant:
        case Variant.FIRST:
            return texts[0]
        case Variant.RANDOM:
            seed = f"{rule.id} {place} {context.message.id}".encode()
            return texts[int.from_bytes(hashlib.blake2b(seed, digest_size=8).digest()) % len(texts)]
        case Variant.ROTATE:
            fired = context.history.fired.get(rule.id)
            return texts[(fired.times if fired else 0) % len(texts)]
