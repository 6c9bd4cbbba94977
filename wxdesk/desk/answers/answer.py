"""The answer of rules to a message, and the context in which they are asked."""

from collections.abc import Sequence
from datetime import datetime, tzinfo

from msgspec import Struct
from msgspec.structs import replace

from wxdesk.core.content.word_guard import found_in
from wxdesk.core.errors import Text
from wxdesk.core.model.account import Account, ReplyMode
from wxdesk.core.model.conversation import Conversation, StatusChange
from wxdesk.core.model.decision import Outcome, RuleVerdict
from wxdesk.core.model.message import Message
from wxdesk.core.model.reply import Content
from wxdesk.core.model.rule import EFFECTS, Action, ActionKind, Presence, Rule
from wxdesk.core.replies.lifecycle import effective_mode
from wxdesk.core.rules.conditions.facts import NO_HISTORY, ContactHistory, MatchInput
from wxdesk.core.rules.matching.guards import Situation
from wxdesk.core.rules.matching.matcher import MatchResult
from wxdesk.core.rules.ruling import Effect
from wxdesk.timezones import zone_named


class AnswerMessage(Struct, frozen=True):
    """One message of an answer, `after` so many seconds of typing."""

    rule: Rule
    content: Content
    after: int = 0


class Answer(Struct, frozen=True):
    """Messages and side effects that the rules want for one incoming message.

    `said` is ready to be sent, in order; a text too long for one message is in parts. If a template does not
    render, `problem` says why and `said` is empty: half an answer is none. If it only lacks values, `problem`
    names them, and `said` is there to be completed (`missing`). `verdicts` are those of the rules that were
    asked; of a long list only those that found something. `take_over` is the rule that hands over to the operator,
    `transfer` the one that hands the contact over to WeChat's own tool.
    `aside` is the conversation's status afterwards. `needs_reply`: the contact wrote a message, so silence leaves
    it unanswered. `guarded` are the words with which no rule's reply leaves by itself.
    """

    matching: MatchResult
    verdicts: tuple[RuleVerdict, ...] = ()
    said: tuple[AnswerMessage, ...] = ()
    take_over: Rule | None = None
    transfer: Rule | None = None
    needs_reply: bool = True
    aside: StatusChange | None = None
    problem: Text = ""
    guarded: Sequence[str] = ()

    @property
    def contents(self) -> tuple[Content, ...]:
        """The contents of the messages, in order."""
        return tuple(one.content for one in self.said)

    @property
    def missing(self) -> tuple[str, ...]:
        """The names of the variables that have no value."""
        return missing_values(self.said)

    @property
    def is_guarded(self) -> bool:
        """True if it has one of the `guarded` words, so that it waits as drafts."""
        return any(found_in(content, self.guarded) for content in self.contents)

    @property
    def rule(self) -> Rule | None:
        """The rule that answers."""
        return self.matching.rule

    @property
    def silent(self) -> bool:
        """True if a rule sends nothing on purpose."""
        return self.matching.first_with(ActionKind.SILENT) is not None

    @property
    def effects(self) -> tuple[Effect, ...]:
        """The effects of the rules besides their answer, in order; the same only once."""
        effects: dict[Action, Effect] = {}
        for one in self.matching.matched:
            for action in one.rule.then:
                if action.kind in EFFECTS:
                    effects.setdefault(action, Effect(action, one.rule.name))
        return tuple(effects.values())

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

    def with_transfer_as_takeover(self, conversation: Conversation, account: Account) -> "Answer":
        """Replace a transfer to WeChat's tool by a takeover, where an operator is needed.

        That is so for drafts, and for answers that could not be made.
        """
        rule = self.transfer
        if rule is None or not (self.problem or effective_mode(rule, conversation, account).mode is ReplyMode.DRAFT):
            return self
        return replace(self, transfer=None, take_over=rule)

    def outcome_in(self, situation: Situation) -> Outcome:
        """Return the outcome in this situation, once the rules have been asked.

        STILL_HELD: only a default rule matched, and an earlier answer is pending. NO_QUOTA: it does not fit.
        """
        if situation.is_answer_pending and (self.rule is None or self.rule.default):
            return Outcome.STILL_HELD
        if not (self.fits(situation.left_for_rules) or self.transfer):
            return Outcome.NO_QUOTA
        return self.outcome

    def fits(self, left: int) -> bool:
        """Check that rules may still send this many replies (`left`); a draft takes none."""
        return bool(self.missing) or len(self.contents) <= left


class RuleContext(Struct, frozen=True):
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
            self.now,
            message.session_from,
            message.event,
            self.conversation.contact.tags,
            self.operator,
            self.history,
            self.zone,
            self.conversation.account,
        )

    @property
    def zone(self) -> tzinfo | None:
        """The account's own time zone, if it has one."""
        return zone_named(self.account.timezone) if self.account.timezone else None


def missing_values(said: Sequence[AnswerMessage]) -> tuple[str, ...]:
    """Return the names of the variables that have no value in these messages."""
    return tuple(dict.fromkeys(name for one in said for name in one.content.gaps))
