"""Replays stored messages in order and asks the rules about each.

The history that rules ask for is followed along the way, as they would have made it.
"""

from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from wxdesk.core.model.account import Account
from wxdesk.core.model.conversation import Conversation
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.rule import Presence
from wxdesk.core.rules.conditions.facts import LATELY, NO_HISTORY, ContactHistory
from wxdesk.core.rules.matching.matcher import MatchResult, Ruleset
from wxdesk.core.rules.past_messages import OperatorReply, PastMessage
from wxdesk.desk.answers.answer import RuleContext


class AnsweredMessage(Struct, frozen=True):
    """A message that is answered now; `only`: with an operator present, or away."""

    message: PastMessage
    context: RuleContext
    matching: MatchResult
    only: Presence | None = None


class _Replayed(Struct):
    """A conversation as it is now, and up to here; `spoken` has the answers of rules."""

    now: Conversation
    last_written_at: datetime | None
    session_from: str
    spoken: ContactHistory = NO_HISTORY
    numbered_from: datetime | None = None
    number: int = 0

    def count(self, message: PastMessage, written: Sequence[OperatorReply]) -> None:
        """Number `message` since the last operator's reply; `written` has those in order."""
        last = bisect_left(written, message.at, key=lambda one: one.sent_at)
        answered = written[last - 1].sent_at if last else None
        if answered != self.numbered_from:
            self.numbered_from, self.number = answered, 0
        self.number += message.event is None


class Replay:
    """Asks the rules about one message after the other; without `rule_id` any counts.

    Where one counts, only messages are asked about that it, or a rule whose history is asked for, could answer.
    """

    def __init__(self, ruleset: Ruleset, rule_id: int | None, accounts: Mapping[str, Account]) -> None:
        self._ruleset = ruleset
        self._rule_id = rule_id
        self._accounts = accounts
        self._lately: defaultdict[str, dict[int, deque[datetime]]] = defaultdict(dict)
        self._conversations: dict[int, _Replayed] = {}
        wanted = ruleset.wanted
        self._counted = bool(wanted.message_no)
        self._followed = wanted.fired | wanted.said
        self._hearing = None if rule_id is None else ruleset.message_filter({rule_id} | self._followed | wanted.lately)

    def new_conversations(self, page: Sequence[PastMessage]) -> set[int]:
        """Return the conversations that the replay has not met yet."""
        return {message.conversation_id for message in page} - self._conversations.keys()

    def take(
        self,
        page: Sequence[PastMessage],
        written: Mapping[int, Sequence[OperatorReply]],
        new_conversations: Mapping[int, Conversation],
    ) -> list[AnsweredMessage]:
        """Return those messages of the page that are answered."""
        spoken: list[AnsweredMessage] = []
        for message in page:
            known = self._conversations.get(message.conversation_id)
            replayed = known or self._met(new_conversations[message.conversation_id], message)
            if message.type is MessageType.ENTER_SESSION:
                replayed.session_from = message.session_from or ""
            if self._counted:
                replayed.count(message, written.get(message.conversation_id, ()))
            if self._hearing is None or self._hearing(message.type, message.text, message.session_from):
                spoken += self._answers_to(message, replayed)
            if message.event is None:
                replayed.last_written_at = message.at
        return spoken

    def _met(self, stranger: Conversation, message: PastMessage) -> _Replayed:
        """Start a conversation; a contact seen before this first message wrote before.

        Such a contact has also come from somewhere: the last origin is the best that is known.
        """
        before = stranger.contact.first_seen_at
        is_known = message.at - before > timedelta(seconds=1)
        replayed = _Replayed(stranger, before if is_known else None, stranger.session_from if is_known else "")
        self._conversations[stranger.id] = replayed
        return replayed

    def _answers_to(self, message: PastMessage, replayed: _Replayed) -> list[AnsweredMessage]:
        name, history = replayed.now.account, self._before(replayed, message.at)
        account = self._accounts.get(name) or Account(name, "", "")
        contexts = [
            RuleContext(message.message, replayed.now, account, message.at, history, who)
            for who in self._ruleset.presences
        ]
        asked = [(one, self._ruleset.decide(one.subject)) for one in contexts]
        speaking = [(one, matching) for one, matching in asked if self._counts(matching)]
        context, matching = (speaking or asked)[0]
        self._follow(replayed, message.at, matching)
        if not speaking:
            return []
        only = context.operator if len(speaking) < len(asked) else None
        then = replace(replayed.now, session_from=replayed.session_from)
        return [AnsweredMessage(message, replace(context, conversation=then), matching, only)]

    def _counts(self, matching: MatchResult) -> bool:
        if self._rule_id is None:
            return matching.rule is not None
        return any(one.rule.id == self._rule_id for one in matching.matched)

    def _before(self, replayed: _Replayed, at: datetime) -> ContactHistory:
        lately = self._within_a_minute(replayed.now.account, at) if self._ruleset.wanted.lately else NO_HISTORY.lately
        spoken = replayed.spoken
        return ContactHistory(replayed.last_written_at, replayed.number, spoken.fired, lately, spoken.said)

    def _follow(self, replayed: _Replayed, at: datetime, matching: MatchResult) -> None:
        counted = self._ruleset.wanted.lately
        if not (self._followed or counted):
            return
        for rule_id in (one.rule_id for one in matching.verdicts if one.matched and not one.shadow):
            if rule_id in self._followed:
                replayed.spoken = replayed.spoken.after(rule_id, at)
            if rule_id in counted:
                self._lately[replayed.now.account].setdefault(rule_id, deque()).append(at)

    def _within_a_minute(self, account: str, now: datetime) -> dict[int, int]:
        spoken = self._lately[account]
        for times in spoken.values():
            while times and times[0] <= now - LATELY:
                times.popleft()
        self._lately[account] = {rule_id: times for rule_id, times in spoken.items() if times}
        return {rule_id: len(times) for rule_id, times in self._lately[account].items()}
