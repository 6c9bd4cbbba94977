"""Trials of the rules, and examples of one of them, on messages that nobody sent."""

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from wxdesk.core.content.variables import byte_count
from wxdesk.core.model.account import Account, ReplyMode
from wxdesk.core.model.decision import Outcome
from wxdesk.core.model.reply import Content, ReplyKind
from wxdesk.core.model.rule import Rule
from wxdesk.core.replies.gaps import gap_mark
from wxdesk.core.replies.lifecycle import EffectiveMode, effective_mode
from wxdesk.core.replies.on_new_message import OnNewMessage, effect_on_pending
from wxdesk.core.rules.matching.guards import Situation, stopped_by
from wxdesk.core.rules.ruling import ConversationContext
from wxdesk.desk.answers.answer import Answer, RuleContext
from wxdesk.desk.answers.liquid.renderer import LiquidRenderer
from wxdesk.desk.ports import Clock
from wxdesk.desk.rules.rulebook import Rulebook
from wxdesk.desk.rules.trial.example import RuleExamples
from wxdesk.desk.rules.trial.scenario import TrialMessage


class Trial(Struct, frozen=True):
    """The answer to a message nobody sent, and the bytes of each text (0: not a text).

    outcome: what the desk would decide · left: how many replies rules may send in this context · deliveries:
    how each message of the answer would leave, none where nothing is made · shadows: the rules that matched in
    the shadow · asked: False where the desk would not ask the rules at all; the answer is what they would send.
    """

    answer: Answer
    sizes: tuple[int, ...]
    outcome: Outcome
    left: int
    deliveries: tuple[EffectiveMode, ...] = ()
    shadows: tuple[str, ...] = ()
    asked: bool = True

    @property
    def contents(self) -> tuple[Content, ...]:
        """The messages to be made: none where not all of the answer may be sent."""
        return self.answer.contents if self.deliveries else ()

    @property
    def leaving(self) -> tuple[Content, ...]:
        """The same for WeChat; a mark stands for a media_id that only an upload gives."""
        return tuple(_uploaded(content) for content in self.contents)


def trial_of(answer: Answer, context: RuleContext, events: frozenset[str], known: ConversationContext | None) -> Trial:
    """Work out the outcome with nothing else under way.

    `events` are those that rules ask for; replies that wait for the `known` customer count.
    """
    answer = answer.with_transfer_as_takeover(context.conversation, context.account)
    waiting, promised = (known.waiting, known.promised) if known else ((), 0)
    message, conversation, account = context.message, context.conversation, context.account
    at = Situation(message, conversation, account, False, context.now, promised, events, waiting)
    stopped = stopped_by(at)
    outcome = stopped or _once_stored(answer, at)
    is_made = stopped is None and outcome not in _NOTHING_MADE and answer.fits(at.left_for_rules)
    return Trial(
        answer,
        tuple(byte_count(content.text) for content in answer.contents),
        outcome,
        at.left_for_rules,
        _deliveries(answer, context) if is_made else (),
        tuple(one.rule_name for one in answer.matching.verdicts if one.shadow),
        asked=stopped is None,
    )


_NOTHING_MADE = frozenset({Outcome.NO_QUOTA, Outcome.STILL_HELD, Outcome.YIELDED})


def _once_stored(answer: Answer, at: Situation) -> Outcome:
    """Return the outcome, also YIELDED where an operator edits what would give way."""
    outcome = answer.outcome_in(at)
    gives_way = effect_on_pending(at.waiting, at.message, outcome) is OnNewMessage.SUPERSEDE
    if gives_way and answer.contents and any(one.touched for one in at.waiting):
        return Outcome.YIELDED
    return outcome


def _deliveries(answer: Answer, context: RuleContext) -> tuple[EffectiveMode, ...]:
    ways = [effective_mode(one.rule, context.conversation, context.account) for one in answer.said]
    drafts = answer.missing or answer.is_guarded
    return tuple(replace(how, mode=ReplyMode.DRAFT) if drafts else how for how in ways)


def _uploaded(content: Content) -> Content:
    given = gap_mark("media_id")
    if content.kind is ReplyKind.IMAGE and content.picture:
        return replace(content, media_id=given)
    if content.kind is ReplyKind.CARD and content.thumb_picture:
        return replace(content, thumb_media_id=given)
    return content


class RuleTrials:
    """Tries the rules of `rulebook` as though for the first of the `accounts`.

    `examples` shows the messages of one rule by itself.
    """

    def __init__(
        self, rulebook: Rulebook, renderer: LiquidRenderer, accounts: Mapping[str, Account], clock: Clock
    ) -> None:
        self.rulebook = rulebook
        self._accounts = accounts
        self._clock = clock
        self.examples = RuleExamples(rulebook, renderer, self._context)

    def try_message(self, tried: TrialMessage, *, instead: Rule | None = None) -> Trial:
        """Try the rules on a message; nothing is stored or sent.

        `instead` stands in the place of the stored rule of its id, or where a new one would be put (id 0). It is
        tried as though it were switched on; others that are not have the verdict that they are switched off.

        Raises:
            BadRule: `instead` has a fault other than in a template.
        """
        rulebook = self.rulebook
        ruleset = rulebook.ruleset if instead is None else rulebook.ruleset_with(replace(instead, enabled=True))
        context = self._context(tried)
        matching = ruleset.ask_all(context.subject)
        verdicts = ruleset.with_switched_off(ruleset.all_verdicts(tried.on, matching), matching)
        answer = rulebook.builder.answer(matching, verdicts, context)
        return trial_of(answer, context, ruleset.events, tried.around.known)

    def _context(self, tried: TrialMessage) -> RuleContext:
        return tried.context(self._accounts, self._clock())
