"""Decides how a message is answered: by guards first, then by rules.

It reads the rulebook and the pause, and returns what the store shall keep; it changes nothing but the claim of a push's
answer for a transfer (`desk.conversations.transfers`), which `Intake` gives up where nothing could be stored. A rule
that fails on a message leads to a decision too (`incomplete`, `not_rendered`), so that the operator sees it there;
its other actions are done all the same.
"""

import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from wxdesk.core.conversations.transfer import SESSION_LASTS
from wxdesk.core.model.account import Account, ReplyMode
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.decision import Decision, Firing, Outcome
from wxdesk.core.model.reply import WAITS, NewReply, ReplyState
from wxdesk.core.presence import PresenceState
from wxdesk.core.replies.lifecycle import effective_mode, first_state
from wxdesk.core.replies.on_new_message import (
    HoldTimes,
    OnNewMessage,
    PendingReply,
    due_before_closing,
    effect_on_pending,
    superseded_count,
)
from wxdesk.core.rules.conditions.facts import RequiredHistory
from wxdesk.core.rules.matching.guards import Situation, stopped_by
from wxdesk.core.rules.ruling import Ruling, UndecidedMessage
from wxdesk.desk.answers.answer import Answer, AnswerMessage, RuleContext
from wxdesk.desk.conversations.transfers import Transfers
from wxdesk.desk.ports import Clock
from wxdesk.desk.rules.rulebook import Rulebook
from wxdesk.desk.settings.pause import Pause
from wxdesk.desk.wechat.clock_skew import ClockCheck

log = logging.getLogger(__name__)

ALL_PAUSED = "Everything was paused then."
ACCOUNT_PAUSED = "The mini program was paused then."

GUARDED_WORD = "It has a word that should not leave by itself. Look at it before you send it."

GIVEN_UP = "The rules failed on this message, so nobody has answered it. The log says why."


class Answering(Struct, frozen=True):
    """Decides on messages in order, each with knowledge of the decisions before it."""

    _accounts: Mapping[str, Account]
    _rulebook: Rulebook
    _pause: Pause
    _transfers: Transfers
    _at_desk: Callable[[], PresenceState]
    _clock: Clock
    _clock_check: ClockCheck

    @property
    def wanted(self) -> RequiredHistory:
        """The history that the present rules need in `UndecidedMessage.history`."""
        return self._rulebook.ruleset.wanted

    def decide(self, undecided: Sequence[UndecidedMessage], asked_again: Mapping[int, bool]) -> list[Ruling]:
        """Make a ruling on each message, in order, knowing those before it.

        asked_again: ids of old messages that the operator wants answered, and whether by drafts only.
        """
        batch = _Batch()
        rulings = []
        for item in undecided:
            known = batch.now_known(item)
            ruling = self._decide(known, asked_again.get(known.message.id))
            batch.take(known, ruling)
            rulings.append(replace(ruling, based_on=item.conversation))
        return rulings

    def given_up(self, item: UndecidedMessage) -> Ruling:
        """Make the ruling on a message that is unanswered because its decision failed."""
        return Ruling(_decision(item, Outcome.NOT_RENDERED, self._clock(), problem=GIVEN_UP))

    def _decide(self, item: UndecidedMessage, as_drafts: bool | None) -> Ruling:
        now = self._clock()
        account = self._accounts.get(item.conversation.account)
        if account is None:
            return Ruling(_decision(item, Outcome.NO_ACCOUNT, now))
        made = self._ask_guards(item, account, now, as_drafts)
        effect = effect_on_pending(item.waiting, item.message, made.decision.outcome)
        if effect is OnNewMessage.STAY:
            return made
        return replace(made, on_pending=effect, hold_times=self._hold_times(item, account))

    def _ask_guards(self, item: UndecidedMessage, account: Account, now: datetime, as_drafts: bool | None) -> Ruling:
        paused = self._pause.on
        events, ahead = self._rulebook.ruleset.events, self._clock_check.ahead or timedelta()
        situation = Situation(
            item.message, item.conversation, account, paused, now, item.promised, events, item.waiting, ahead
        )
        stopped = stopped_by(situation if as_drafts is None else replace(situation, can_be_stale=False))
        if stopped is None:
            return self._ask_rules(item, situation, as_drafts=bool(as_drafts))
        by_rule = item.conversation.taken_over_by if stopped is Outcome.TAKEN_OVER else ""
        halted = ALL_PAUSED if paused else ACCOUNT_PAUSED if account.paused else ""
        why = halted if stopped is Outcome.PAUSED else ""
        ruling = Ruling(replace(_decision(item, stopped, now, why), rule_name=by_rule))
        return self._handed_over(item, ruling) if stopped is Outcome.TRANSFERRED else ruling

    def _hold_times(self, item: UndecidedMessage, account: Account) -> HoldTimes:
        """Return how long pending replies would be held if they were made now."""
        ready = self._rulebook.ruleset.by_id
        rules = [ready[one.rule_id].rule for one in item.waiting if one.rule_id is not None and one.rule_id in ready]
        seconds = {rule.id: effective_mode(rule, item.conversation, account).hold_seconds for rule in rules}
        return HoldTimes(account.hold_seconds, seconds, item.conversation.window.until)

    def _ask_rules(self, item: UndecidedMessage, situation: Situation, *, as_drafts: bool) -> Ruling:
        account, now, who = situation.account, situation.now, self._at_desk().who
        context = RuleContext(item.message, item.conversation, account, now, item.history, who)
        try:
            answer = self._rulebook.answer(context)
        except Exception:
            log.exception("The rules failed on a message")
            return self.given_up(item)
        answer = answer.with_transfer_as_takeover(item.conversation, account)
        outcome = answer.outcome_in(situation)
        if outcome is Outcome.STILL_HELD:
            return _still_held(item, answer, now)
        decision = _with_explanation(_decision(item, outcome, now), answer)
        if _needs_operator(situation, answer) or as_drafts:
            answer = replace(answer, aside=None)
        fits = answer.fits(situation.left_for_rules)
        spoke = decision.outcome not in (Outcome.NO_QUOTA, Outcome.NOT_RENDERED)
        ruling = replace(
            Ruling(decision, effects=answer.effects),
            replies=_replies(situation, answer, as_drafts=as_drafts) if fits else (),
            take_over=answer.take_over.name if answer.take_over else "",
            firings=_firings(answer, spoke=spoke),
            needs=0 if answer.missing else max(0, len(answer.contents) - situation.left_beside_pending),
            aside=None if answer.said else answer.aside,
        )
        return self._handed_over(item, ruling) if answer.transfer else ruling

    def _handed_over(self, item: UndecidedMessage, ruling: Ruling) -> Ruling:
        """Add a transfer to WeChat's own tool, by this answer or else by the next one."""
        decision = ruling.decision
        if self._transfers.claim(item.message.push_id):
            transferred = replace(decision, outcome=Outcome.TRANSFERRED)
            return replace(ruling, decision=transferred, transferred_until=decision.decided_at + SESSION_LASTS)
        return replace(ruling, decision=replace(decision, outcome=Outcome.TRANSFER_ARMED), arm_transfer=True)


def _decision(item: UndecidedMessage, outcome: Outcome, now: datetime, problem: str = "") -> Decision:
    return Decision(item.message.id, item.conversation.id, outcome, now, problem=problem)


def _still_held(item: UndecidedMessage, answer: Answer, now: datetime) -> Ruling:
    """Keep the pending answer and give no second one: only a default rule matched."""
    unsaid = {one.rule.id for one in answer.matching.matched if one.rule.default}
    explained = _with_explanation(_decision(item, Outcome.STILL_HELD, now), answer)
    decision = replace(explained, rule_id=None, rule_name="", rule_revision=0, problem="")
    firings = tuple(one for one in _firings(answer, spoke=True) if one.rule_id not in unsaid or one.shadow)
    return Ruling(decision, effects=answer.effects, firings=firings)


def _with_explanation(decision: Decision, answer: Answer) -> Decision:
    rule = answer.rule
    return replace(
        decision,
        rule_id=rule.id if rule else None,
        rule_name=rule.name if rule else "",
        rule_revision=rule.revision if rule else 0,
        verdicts=answer.verdicts,
        rules_left=answer.matching.rules_left,
        rules_asked=answer.matching.rules_asked,
        problem=answer.problem,
    )


def _needs_operator(at: Situation, answer: Answer) -> bool:
    """Tell whether a rule only made a draft or failed, so that the status stays."""
    if answer.problem:
        return True
    rules = (one.rule for one in answer.matching.matched)
    return any(effective_mode(rule, at.conversation, at.account).mode is ReplyMode.DRAFT for rule in rules)


def _firings(answer: Answer, *, spoke: bool) -> tuple[Firing, ...]:
    """Return the firings of the matched rules, of shadow ones only unless `spoke`."""
    matched = (one for one in answer.matching.verdicts if one.matched)
    return tuple(Firing(one.rule_id, one.shadow) for one in matched if spoke or one.shadow)


def _replies(at: Situation, answer: Answer, *, as_drafts: bool) -> tuple[NewReply, ...]:
    """Make an answer's replies, as drafts where somebody has to look first."""
    drafts = bool(answer.missing) or answer.is_guarded or as_drafts
    made = (_reply(at, answer, said, drafts=drafts) for said in answer.said)
    return tuple(one for one in made if one is not None)


def _reply(at: Situation, answer: Answer, said: AnswerMessage, *, drafts: bool) -> NewReply | None:
    how = effective_mode(said.rule, at.conversation, at.account)
    state = first_state(how.mode)
    if state is None:
        return None
    by_its_mode = not drafts or state is ReplyState.DRAFT
    state = ReplyState.DRAFT if drafts else state
    later = at.now + timedelta(seconds=said.after)
    due_at = due_before_closing(later + timedelta(seconds=how.hold_seconds), at.conversation.window.until)
    return NewReply(
        conversation_id=at.conversation.id,
        author=Author.RULE,
        content=said.content,
        state=state,
        message_id=at.message.id,
        rule_id=said.rule.id,
        rule_name=said.rule.name,
        rule_revision=said.rule.revision,
        due_at=due_at if state is ReplyState.HELD else None,
        not_before=later if said.after and state is ReplyState.QUEUED else None,
        mode=how.mode if by_its_mode else None,
        mode_from=how.source if by_its_mode else None,
        aside=answer.aside,
        error=GUARDED_WORD if answer.is_guarded else "",
    )


class _Batch:
    """Decisions of this batch that are not stored yet."""

    def __init__(self) -> None:
        self._changes: defaultdict[int, dict[str, Any]] = defaultdict(dict)
        self._promised: Counter[int] = Counter()
        self._fired: defaultdict[int, list[tuple[int, datetime]]] = defaultdict(list)
        self._lately: defaultdict[str, Counter[int]] = defaultdict(Counter)
        self._waiting: dict[int, tuple[PendingReply, ...]] = {}

    def now_known(self, item: UndecidedMessage) -> UndecidedMessage:
        """Return `item` with the changes by messages before it."""
        conversation, history = item.conversation, item.history
        for rule_id, at in self._fired[conversation.id]:
            history = history.after(rule_id, at)
        lately = Counter(history.lately) + self._lately[conversation.account]
        return replace(
            item,
            conversation=replace(conversation, **self._changes[conversation.id]),
            promised=item.promised + self._promised[conversation.id],
            history=replace(history, lately=lately),
            waiting=self._waiting.get(conversation.id, item.waiting),
        )

    def take(self, item: UndecidedMessage, ruling: Ruling) -> None:
        """Remember the effects of one decision."""
        conversation = item.conversation
        contact = ruling.of_contact.applied_to(conversation.contact)
        self._changes[conversation.id] |= ruling.of_conversation | {"contact": contact}
        self._promise(item, ruling)
        fired = [firing.rule_id for firing in ruling.firings if not firing.shadow]
        self._fired[conversation.id] += [(rule_id, ruling.decision.decided_at) for rule_id in fired]
        self._lately[conversation.account].update(fired)

    def _promise(self, item: UndecidedMessage, ruling: Ruling) -> None:
        """Count replies that a decision makes pending, less those that it supersedes."""
        stay, replies = list(item.waiting), ruling.replies
        if ruling.on_pending is OnNewMessage.SUPERSEDE:
            touched = [one for one in item.waiting if one.touched]
            if touched and replies:
                replies = ()
            else:
                stay = touched
                self._promised[item.conversation.id] -= superseded_count(item.waiting)
        self._promised[item.conversation.id] += sum(reply.state is not ReplyState.DRAFT for reply in replies)
        written = item.message.event is None
        made = [PendingReply(reply.state, reply.rule_id, written) for reply in replies if reply.state in WAITS]
        self._waiting[item.conversation.id] = (*stay, *made)
