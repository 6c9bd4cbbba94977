"""What to answer to a message: guards first, then rules, and what follows from both.

Pure of effects: it reads the rulebook and the pause, and returns what the store shall keep. A rule that
fails on a message is a decision too (`not_rendered`), so that the operator sees it where it happened.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from wxdesk.core.guards import Situation, stopped_by
from wxdesk.core.lifecycle import first_state, mode_of
from wxdesk.core.model import Account, Author, NewReply, ReplyState
from wxdesk.core.quota import closes_soon
from wxdesk.core.rules import Decision, Outcome
from wxdesk.desk.pause import Pause
from wxdesk.desk.ports import Clock, Resolution, Undecided
from wxdesk.desk.rulebook import Answer, Rulebook

log = logging.getLogger(__name__)


class Answering:
    """Decides on messages, one after the other, each knowing what was decided before it."""

    def __init__(self, accounts: Mapping[str, Account], rulebook: Rulebook, pause: Pause, clock: Clock) -> None:
        self._accounts = accounts
        self._rulebook = rulebook
        self._pause = pause
        self._clock = clock

    def resolve(self, undecided: Sequence[Undecided]) -> list[Resolution]:
        """One resolution a message, in the same order.

        A rule that hands a conversation to a human silences the rules for the messages behind it in the same
        batch as well, although the store has not been told yet; likewise its replies count as promised.
        """
        handed_over: set[int] = set()
        promised: Counter[int] = Counter()
        resolutions = []
        for item in undecided:
            thread = item.conversation
            now_taken = replace(thread, taken_over=thread.taken_over or thread.id in handed_over)
            waiting = item.promised + promised[thread.id]
            resolution = self._resolve(replace(item, conversation=now_taken, promised=waiting))
            if resolution.take_over:
                handed_over.add(thread.id)
            promised[thread.id] += sum(reply.state is not ReplyState.DRAFT for reply in resolution.replies)
            resolutions.append(resolution)
        return resolutions

    def _resolve(self, item: Undecided) -> Resolution:
        now = self._clock()
        account = self._accounts.get(item.conversation.account)
        if account is None:  # its mini program is not in config.toml any more
            return Resolution(_decision(item, Outcome.PAUSED, now))
        situation = Situation(item.message, item.conversation, account, self._pause.on, now, item.promised)
        stopped = stopped_by(situation)
        if stopped is not None:
            return Resolution(_decision(item, stopped, now))
        return self._ask_rules(item, situation)

    def _ask_rules(self, item: Undecided, situation: Situation) -> Resolution:
        account, now = situation.account, situation.now
        try:
            answer = self._rulebook.answer(item.message, item.conversation, account)
        except Exception as error:
            log.exception("The rules failed on a message")
            return Resolution(_decision(item, Outcome.NOT_RENDERED, now, problem=type(error).__name__))
        decision = _explained(_decision(item, _outcome(answer), now), answer)
        if decision.outcome is Outcome.NOT_RENDERED:
            return Resolution(decision)
        if len(answer.contents) > situation.left_for_rules:
            return Resolution(replace(decision, outcome=Outcome.NO_QUOTA), take_over=answer.take_over)
        return Resolution(decision, _replies(item, account, answer, now), answer.take_over, answer.tags)


def _decision(item: Undecided, outcome: Outcome, now: datetime, problem: str = "") -> Decision:
    return Decision(item.message.id, item.conversation.id, outcome, now, problem=problem)


def _explained(decision: Decision, answer: Answer) -> Decision:
    rule = answer.rule
    return replace(
        decision,
        rule_id=rule.id if rule else None,
        rule_name=rule.name if rule else "",
        rule_revision=rule.revision if rule else 0,
        verdicts=answer.verdicts,
        rules_left=answer.rules_left,
        problem=answer.problem,
    )


def _outcome(answer: Answer) -> Outcome:
    if answer.rule is None:
        return Outcome.UNMATCHED
    if answer.problem:
        return Outcome.NOT_RENDERED
    if answer.contents:
        return Outcome.REPLIED
    return Outcome.HANDED_OVER if answer.take_over else Outcome.SILENT


def _replies(item: Undecided, account: Account, answer: Answer, now: datetime) -> tuple[NewReply, ...]:
    state = first_state(mode_of(item.conversation, account))
    rule = answer.rule
    if state is None or rule is None:
        return ()
    if state is ReplyState.HELD and closes_soon(item.conversation.window, now):
        state = ReplyState.QUEUED  # held, a greeting would miss its minute
    return tuple(
        NewReply(
            conversation_id=item.conversation.id,
            author=Author.RULE,
            content=content,
            state=state,
            message_id=item.message.id,
            rule_id=rule.id,
            rule_name=rule.name,
            rule_revision=rule.revision,
            due_at=now + timedelta(seconds=account.hold_seconds) if state is ReplyState.HELD else None,
        )
        for content in answer.contents
    )
