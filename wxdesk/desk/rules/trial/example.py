"""Example messages of one rule with supposed values, for its editor.

Nothing of it is decided, stored or sent. An unknown value stands there as a question between marks, as it
does in the example of a template.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from wxdesk.core.errors import BadContent, BadRule, BadTemplate
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.reply import Content, ReplyKind
from wxdesk.core.model.rule import SENDING_ACTIONS, Action, ActionKind, Condition, Cooldown, Delivery, Rule
from wxdesk.core.normalise import is_chinese
from wxdesk.core.rules.faults import known_groups
from wxdesk.core.rules.matching.matcher import MatchedRule, Ruleset
from wxdesk.desk.answers.answer import RuleContext
from wxdesk.desk.answers.builder import messages_of
from wxdesk.desk.answers.filling import Filling
from wxdesk.desk.answers.liquid.renderer import LiquidRenderer
from wxdesk.desk.rules.rulebook import Rulebook
from wxdesk.desk.rules.trial.scenario import TrialMessage
from wxdesk.i18n import explain, tr


class ActionExample(Struct, frozen=True):
    """Messages of one text, picture, link or card of a rule, or the `problem` with it.

    `action` is its place among the rule's actions; `wording`, from 0, which of `wordings` texts it is.
    """

    action: int
    contents: tuple[Content, ...] = ()
    problem: str = ""
    wording: int = 0
    wordings: int = 1


class RuleExample(Struct, frozen=True):
    """All messages of a rule, in order; `answers` is the tried message if it matches."""

    spoken: tuple[ActionExample, ...] = ()
    answers: TrialMessage | None = None


class RuleExamples(Struct, frozen=True):
    """Makes examples, in the context of a tried message; callable on any thread."""

    _rulebook: Rulebook
    _renderer: LiquidRenderer
    _context: Callable[[TrialMessage], RuleContext]

    def of(self, rule: Rule, tried: TrialMessage) -> RuleExample:
        """Make the example for `tried`, or for a matching message if that does not match."""
        found = self._found(rule, tried) if tried.on is not MessageType.TEXT or tried.sentence.strip() else None
        shown = _message_matching(rule, tried) if found is None else tried
        groups = found or self._found(rule, shown) or {}
        values = partial(self._rulebook.builder.values, MatchedRule(rule, groups), self._context(shown))
        names = known_groups(rule.when, self._rulebook.ruleset.tools.compile_pattern)
        spoken = tuple(
            one for place, action in enumerate(rule.then) for one in self._spoken(place, action, names, values)
        )
        return RuleExample(spoken, None if found is None else tried)

    def _found(self, rule: Rule, tried: TrialMessage) -> Mapping[str, str] | None:
        """Return the groups of the rule's patterns; None without a match or with a fault.

        It is asked as if it were switched on and had never answered; a default, as if nothing above it had
        answered.
        """
        alone = replace(rule, enabled=True, cooldown=Cooldown(), delivery=Delivery.INHERIT)
        try:
            ruleset = Ruleset((alone,), self._rulebook.ruleset.tools, self._rulebook.builder.schedules)
        except BadRule:
            return None
        matched = ruleset.decide(self._context(tried).subject).matched
        return matched[0].groups if matched else None

    def _spoken(
        self, place: int, action: Action, names: frozenset[str] | None, values: Callable[[str], Mapping[str, object]]
    ) -> Iterator[ActionExample]:
        if action.kind not in SENDING_ACTIONS:
            return
        template = self._rulebook.templates.of(action)
        if template is None:
            yield ActionExample(place, problem=tr(self._rulebook.templates.reason_against(action.template)))
            return
        for number, text in enumerate(template.texts):
            sources = (text,) if template.kind is ReplyKind.TEXT else template.sources
            own = sources if action.kind is not ActionKind.TEMPLATE else ()
            mistakes = [one for source in own for one in self._renderer.mistakes(source, names)]
            if mistakes:
                problem = "\n".join(_problem(action, one) for one in mistakes)
                yield ActionExample(place, (), problem, number, len(template.texts))
                continue
            try:
                known = values("\n".join(sources))
                content = Filling(template, text, template.prompts, known, self._renderer).unchecked_example()
                yield ActionExample(place, tuple(messages_of(content)), "", number, len(template.texts))
            except (BadTemplate, BadContent) as error:
                yield ActionExample(place, (), _problem(action, error), number, len(template.texts))


def _problem(action: Action, error: BadTemplate | BadContent) -> str:
    """Explain a mistake: the rule's own text by its line, a field without one."""
    if isinstance(error, BadContent) or action.kind is ActionKind.TEMPLATE:
        return explain(error)
    if action.kind is ActionKind.REPLY:
        return tr("Line {line}: {reason}", line=error.line, reason=error.reason)
    return tr(error.reason)


def _message_matching(rule: Rule, tried: TrialMessage) -> TrialMessage:
    kind = MessageType.TEXT if MessageType.TEXT in rule.on or not rule.on else min(rule.on)
    source = _source(rule.when) if kind is MessageType.ENTER_SESSION else None
    return replace(tried, sentence=_sentence(rule.when), on=kind, session_from=source)


def _sentence(when: Condition) -> str:
    words = when.exact[:1] or (*when.prefix[:1], *when.all, *when.any[:1], *when.suffix[:1])
    said = "".join(words)
    return said if is_chinese(said) else " ".join(words)


def _source(when: Condition) -> str:
    test = when.session_from
    if test is None:
        return ""
    fields = "&".join(f"{field.name}={field.values[0]}" for field in test.fields if field.values)
    return test.equals or fields or test.prefix or ""
