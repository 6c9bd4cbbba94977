"""What a changed rule would have said to the messages that are stored: asked before it is saved.

The newest messages are walked from the oldest on, a slice at a time and beside the loop, so that acknowledging goes on;
what rules want to know of the past is followed along the way. Guards are not asked: it is told what the rules would
have said, whoever had the word then. One rule in the shadow is tried as though it spoke, one that is switched off as
though it were on. Who sat at the desk is not known any more: where the rules ask for it both is supposed, and the
report tells the two apart. Tags are those that contacts have now: what they were then is not kept. Nor are alias and
reply window; what an operator said is compared as though they could have been anything (`desk.unkept`).
"""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections import Counter, defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from wxdesk.core.matching import Matching, Ruleset
from wxdesk.core.model import Account, Conversation, MessageType
from wxdesk.core.quota import AFTER_MESSAGE
from wxdesk.core.rules import Delivery, Presence, Rule
from wxdesk.core.subject import LATELY, History, Subject
from wxdesk.desk.composing import Occasion
from wxdesk.desk.past import Past, PastMessage, Written
from wxdesk.desk.rulebook import Rulebook
from wxdesk.desk.unkept import could_be, shows_unkept, with_anything
from wxdesk.zones import zone_named

NEWEST = 100_000
"""So many messages are looked at."""

SLICE = 1000
"""Messages between two looks at whether it was cancelled; a few hundredths of a second."""

SHOWN = 100
"""Lines that are told of each kind, the newest."""

ANSWERED_WITHIN = AFTER_MESSAGE[1]
"""A human's reply answers nothing older than that: WeChat would not have taken it."""


class Course:
    """How far a dry run has come. One thread writes, another reads; any of them may cancel."""

    def __init__(self) -> None:
        self.done = 0
        self.total = 0
        self.cancelled = False


@dataclass(frozen=True, slots=True)
class Line:
    """One message that would have been answered: what was said to it (empty: nothing), and what would have been.

    `by_hand`: an operator said it, and something else · `problem`: why the answer cannot be made · `only`: it would
    have been made only while somebody, or nobody, sat at the desk.
    """

    message: PastMessage
    said: str
    would_say: str
    by_hand: bool = False
    problem: str = ""
    only: Presence | None = None


@dataclass(frozen=True, slots=True)
class DryRunReport:
    """`answered` of `messages` would have been answered; `differently` of these an operator answered in other words.

    `only_present` of those that would have been answered only if somebody sat at the desk, `only_away` if nobody did.
    `switched_off`: the rule is, and was tried as though it were on.
    """

    messages: int
    answered: int = 0
    differently: int = 0
    only_present: int = 0
    only_away: int = 0
    lines: tuple[Line, ...] = ()
    switched_off: bool = False


class DryRun:
    """Walks over history. `accounts` are those of the configuration."""

    def __init__(self, rulebook: Rulebook, past: Past, accounts: Mapping[str, Account]) -> None:
        self._rulebook = rulebook
        self._past = past
        self._accounts = accounts

    async def over_history(self, rule: Rule | None, course: Course, newest: int = NEWEST) -> DryRunReport | None:
        """What `rule` would have said in its place among the others, or all rules if it is None.

        None if it was cancelled.

        Raises:
            BadRule: `rule` has a fault other than in a template.
        """
        ruleset = self._rulebook.ruleset if rule is None else self._rulebook.ruleset_with(_speaking(rule))
        course.total, after = await self._past.extent(newest)
        walk = _Walk(ruleset, None if rule is None else rule.id, self._accounts)
        report = _Tally(self._rulebook, ruleset, self._accounts)
        page = await self._past.messages(after, SLICE)
        if page:
            report.know(await self._past.written(page[0].at - ANSWERED_WITHIN))
        while page and course.done < course.total:
            if course.cancelled:
                return None
            threads = await self._threads(walk, page)
            matched = await asyncio.to_thread(walk.take, page, report.own, threads)
            await asyncio.to_thread(report.take, matched, walk.threads)
            course.done += len(page)
            page = await self._past.messages(page[-1].id, SLICE)
        told = await self._told(report, course.done)
        return replace(told, switched_off=rule is not None and not rule.enabled)

    async def _threads(self, walk: _Walk, page: Sequence[PastMessage]) -> Mapping[int, Conversation]:
        """The conversations of contacts who have not been met yet."""
        strangers = {message.conversation_id for message in page} - walk.threads.keys()
        return await self._past.conversations(strangers) if strangers else {}

    async def _told(self, report: _Tally, messages: int) -> DryRunReport:
        lines = await asyncio.to_thread(report.lines)
        said = await self._past.said_by_rules([line.message for line in lines if not line.by_hand])
        told = [line if line.said else replace(line, said=said.get(line.message.id, "")) for line in lines]
        return report.told(messages, tuple(told))


def _speaking(rule: Rule) -> Rule:
    """What one wants to see of a rule that is switched off, or in the shadow, is what it would say."""
    delivery = Delivery.INHERIT if rule.delivery is Delivery.SHADOW else rule.delivery
    return replace(rule, enabled=True, delivery=delivery)


@dataclass(frozen=True, slots=True)
class _Spoken:
    """A message that is answered now, with what rules knew of the past; `only` if somebody was there, or nobody."""

    message: PastMessage
    matching: Matching
    history: History
    session_from: str
    only: Presence | None = None


@dataclass(slots=True)
class _Thread:
    """A conversation up to here, and as it is now. `session_from`: where the contact came from last, up to here."""

    now: Conversation
    history: History
    session_from: str
    numbered_from: datetime | None = None
    number: int = 0


class _Walk:
    """Asks the rules about one message after the other. `rule_id` None: any rule counts."""

    def __init__(self, ruleset: Ruleset, rule_id: int | None, accounts: Mapping[str, Account]) -> None:
        self._ruleset = ruleset
        self._rule_id = rule_id
        self._zones = {name: zone_named(account.timezone) for name, account in accounts.items() if account.timezone}
        self._lately: defaultdict[str, dict[int, deque[datetime]]] = defaultdict(dict)
        self.threads: dict[int, _Thread] = {}

    def take(
        self,
        page: Sequence[PastMessage],
        written: Mapping[int, Sequence[Written]],
        strangers: Mapping[int, Conversation],
    ) -> list[_Spoken]:
        """Those of the page that are answered."""
        for stranger in strangers.values():
            history = _so_far(stranger, page)
            # Who was there before the walk has come from somewhere; what he came from last is the best that is known.
            came_from = "" if history.last_written_at is None else stranger.session_from
            self.threads[stranger.id] = _Thread(stranger, history, came_from)
        spoken = []
        for message in page:
            thread = self.threads[message.conversation_id]
            if message.type is MessageType.ENTER_SESSION:
                thread.session_from = message.session_from or ""
            history = self._before(thread, message, written.get(message.conversation_id, ()))
            matchings = {who: self._decide(message, thread, history, who) for who in self._ruleset.presences}
            speaking = [who for who, matching in matchings.items() if self._counts(matching)]
            matching = matchings[speaking[0] if speaking else Presence.PRESENT]
            if speaking:
                only = speaking[0] if len(speaking) < len(matchings) else None
                spoken.append(_Spoken(message, matching, history, thread.session_from, only))
            self._after(thread, message, matching)
        return spoken

    def _decide(self, message: PastMessage, thread: _Thread, history: History, who: Presence) -> Matching:
        return self._ruleset.decide(
            Subject(
                message.type,
                message.text,
                message.session_from,
                message.event,
                thread.now.contact.tags,
                who,
                history,
                self._zones.get(thread.now.account),
                at=message.at,
            )
        )

    def _counts(self, matching: Matching) -> bool:
        if self._rule_id is None:
            return matching.rule is not None
        return any(one.rule.id == self._rule_id for one in matching.matched)

    def _before(self, thread: _Thread, message: PastMessage, written: Sequence[Written]) -> History:
        wanted = self._ruleset.wanted
        if wanted.lately:
            thread.history = replace(thread.history, lately=self._within_a_minute(thread.now.account, message.at))
        if not wanted.message_no:
            return thread.history
        last = bisect_left(written, message.at, key=lambda one: one.sent_at)
        answered = written[last - 1].sent_at if last else None
        if answered != thread.numbered_from:
            thread.numbered_from, thread.number = answered, 0
        thread.number += message.event is None
        return replace(thread.history, message_no=thread.number)

    def _after(self, thread: _Thread, message: PastMessage, matching: Matching) -> None:
        wanted = self._ruleset.wanted
        if message.event is None and wanted.last_written_at:
            thread.history = replace(thread.history, last_written_at=message.at)
        followed = wanted.fired | wanted.said
        if not (followed or wanted.lately):
            return
        for rule_id in (one.rule_id for one in matching.verdicts if one.matched and not one.shadow):
            if rule_id in followed:
                thread.history = thread.history.after(rule_id, message.at)
            if rule_id in wanted.lately:
                self._lately[thread.now.account].setdefault(rule_id, deque()).append(message.at)

    def _within_a_minute(self, account: str, now: datetime) -> dict[int, int]:
        """How often each rule that counts it would have spoken to anybody of the account."""
        spoken = self._lately[account]
        for times in spoken.values():
            while times and times[0] <= now - LATELY:
                times.popleft()
        self._lately[account] = {rule_id: times for rule_id, times in spoken.items() if times}
        return {rule_id: len(times) for rule_id, times in self._lately[account].items()}


def _so_far(thread: Conversation, page: Sequence[PastMessage]) -> History:
    """Who was seen before the first message that is looked at has written before."""
    first = next(message for message in page if message.conversation_id == thread.id)
    before = thread.contact.first_seen_at
    return History(last_written_at=before if first.at - before > timedelta(seconds=1) else None)


@dataclass(slots=True)
class _Tally:
    """Counts, and keeps the newest lines."""

    rulebook: Rulebook
    ruleset: Ruleset
    accounts: Mapping[str, Account]
    answered: int = 0
    differently: int = 0
    only: Counter[Presence] = field(default_factory=Counter)
    own: defaultdict[int, list[Written]] = field(default_factory=lambda: defaultdict(list))
    _written: defaultdict[int, list[Written]] = field(default_factory=lambda: defaultdict(list))
    _other: deque[Line] = field(default_factory=lambda: deque(maxlen=SHOWN))
    _late: deque[tuple[_Spoken, Conversation]] = field(default_factory=lambda: deque(maxlen=SHOWN))

    def know(self, written: Sequence[Written]) -> None:
        """What operators said, in order. `own` of it is what no rule had prepared."""
        for one in written:
            self._written[one.conversation_id].append(one)
            if not one.edited:
                self.own[one.conversation_id].append(one)

    def take(self, spoken: Sequence[_Spoken], threads: Mapping[int, _Thread]) -> None:
        """Count these, which are in order."""
        self.answered += len(spoken)
        self.only.update(one.only for one in spoken if one.only is not None)
        for one in spoken:
            thread = threads[one.message.conversation_id].now
            by_hand = self._by_hand(one.message)
            line = None if by_hand is None else self._line(one, thread, by_hand)
            if line is not None and not self._is_same(one, thread, line):
                self.differently += 1
                self._other.append(line)
            else:
                self._late.append((one, thread))

    def told(self, messages: int, lines: tuple[Line, ...]) -> DryRunReport:
        """The result for so many messages."""
        present, away = self.only[Presence.PRESENT], self.only[Presence.AWAY]
        return DryRunReport(messages, self.answered, self.differently, present, away, lines)

    def lines(self) -> list[Line]:
        """What was answered differently first, each the newest first."""
        rest = [self._line(one, thread, self._by_hand(one.message)) for one, thread in reversed(self._late)]
        return [*reversed(self._other), *(replace(line, by_hand=False) for line in rest)]

    def _by_hand(self, message: PastMessage) -> str | None:
        """What an operator answered to it, None if he did not."""
        written = self._written.get(message.conversation_id, ())
        at = bisect_left(written, message.at, key=lambda one: one.sent_at)
        if at == len(written) or written[at].sent_at - message.at > ANSWERED_WITHIN:
            return None
        return written[at].text if written[at].answers(message) else None

    def _is_same(self, one: _Spoken, thread: Conversation, line: Line) -> bool:
        """Whether the operator said what the rule would have, but for what is not kept."""
        if line.would_say.strip() == line.said.strip():
            return True
        if not any(shows_unkept(matched.rule) for matched in one.matching.matched):
            return False
        marked = self._line(one, with_anything(thread), line.said)
        return not marked.problem and could_be(line.said, marked.would_say)

    def _line(self, one: _Spoken, thread: Conversation, by_hand: str | None) -> Line:
        told = one.message
        account = self.accounts.get(thread.account) or Account(thread.account, "", "")
        then = replace(thread, session_from=one.session_from)
        answer = self.rulebook.composed(
            one.matching, Occasion(told.message, then, account, told.at, one.history, one.only or Presence.PRESENT)
        )
        would_say = "" if answer.problem else "\n".join(content.summary for content in answer.contents)
        return Line(told, by_hand or "", would_say, by_hand is not None, answer.problem, one.only)
