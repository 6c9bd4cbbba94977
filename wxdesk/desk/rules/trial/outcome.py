"""The outcome of a trial: the answer, and how the desk would deliver it."""

from dataclasses import dataclass, replace

from wxdesk.core.content.variables import byte_count
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.content import Content, ReplyKind
from wxdesk.core.model.rule import Outcome
from wxdesk.core.replies.gaps import gap_mark
from wxdesk.core.replies.lifecycle import effective_mode
from wxdesk.core.replies.on_new_message import OnNewMessage, effect_on_pending
from wxdesk.core.rules.matching.guards import Situation, stopped_by
from wxdesk.core.rules.resolution import ConversationContext
from wxdesk.desk.answers.answer import Answer, RuleContext


@dataclass(frozen=True, slots=True)
class TrialDelivery:
    """Delivery of one message; `seconds` of hold where the mode is HOLD."""

    mode: ReplyMode
    seconds: int = 0


@dataclass(frozen=True, slots=True)
class Trial:
    """The answer to a message nobody sent, and the bytes of each text (0: not a text).

    outcome: what the desk would decide · left: how many replies rules may send in this context · deliveries:
    how each message of the answer would leave, none where nothing is made · shadows: the rules that matched in
    the shadow · asked: False where the desk would not ask the rules at all; the answer is what they would send.
    """

    answer: Answer
    sizes: tuple[int, ...]
    outcome: Outcome
    left: int
    deliveries: tuple[TrialDelivery, ...] = ()
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


def trial_of(
    answer: Answer, occasion: RuleContext, events: frozenset[str], known: ConversationContext | None = None
) -> Trial:
    """Work out the outcome with nothing else under way.

    `events` are those that rules ask for; replies that wait for the `known` customer count.
    """
    answer = answer.with_transfer_as_takeover(occasion.conversation, occasion.account)
    waiting, promised = (known.waiting, known.promised) if known else ((), 0)
    message, conversation, account = occasion.message, occasion.conversation, occasion.account
    at = Situation(message, conversation, account, False, occasion.now, promised, events, waiting)
    stopped = stopped_by(at)
    outcome = stopped or _once_stored(answer, at)
    is_made = stopped is None and outcome not in _NOTHING_MADE and answer.fits(at.left_for_rules)
    return Trial(
        answer,
        tuple(byte_count(content.text) for content in answer.contents),
        outcome,
        at.left_for_rules,
        _deliveries(answer, occasion) if is_made else (),
        tuple(one.rule_name for one in answer.matching.verdicts if one.shadow),
        asked=stopped is None,
    )


_NOTHING_MADE = frozenset({Outcome.NO_QUOTA, Outcome.STILL_HELD, Outcome.YIELDED})


def _once_stored(answer: Answer, at: Situation) -> Outcome:
    """Return the outcome, also YIELDED where an operator edits what would give way."""
    outcome = answer.outcome_in(at)
    gives_way = effect_on_pending(at.waiting, at.message, outcome) is OnNewMessage.SUPERSEDE
    if gives_way and answer.contents and any(not one.can_be_superseded for one in at.waiting):
        return Outcome.YIELDED
    return outcome


def _deliveries(answer: Answer, occasion: RuleContext) -> tuple[TrialDelivery, ...]:
    if answer.missing:
        return tuple(TrialDelivery(ReplyMode.DRAFT) for _ in answer.said)
    ways = [effective_mode(one.rule, occasion.conversation, occasion.account) for one in answer.said]
    return tuple(TrialDelivery(how.mode, how.hold_seconds if how.mode is ReplyMode.HOLD else 0) for how in ways)


def _uploaded(content: Content) -> Content:
    given = gap_mark("media_id")
    if content.kind is ReplyKind.IMAGE and content.picture:
        return replace(content, media_id=given)
    if content.kind is ReplyKind.CARD and content.thumb_picture:
        return replace(content, thumb_media_id=given)
    return content
