"""Dry run of a changed rule over the stored messages, before it is saved.

The newest messages are walked from the oldest on, a slice at a time and in a thread, so that acknowledging
goes on; the history that rules ask for is followed along the way. Guards are not asked: the report has what
the rules would have answered, takeover or not. A rule in the shadow is tried as though it answered, one
that is switched off as though it were on. Whether an operator was present is not known any more: where the
rules ask for it both is supposed, and the report tells the two apart. Tags are those that contacts have
now: earlier ones are not stored. Nor are alias and reply window; an operator's reply is compared as though
they had been others.
"""

import asyncio
import re
from bisect import bisect_left
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from msgspec import Struct, field
from msgspec.structs import replace

from wxdesk.core.errors import Text
from wxdesk.core.model.account import Account
from wxdesk.core.model.conversation import Conversation, ReplyWindow
from wxdesk.core.model.reply import ReplyKind
from wxdesk.core.model.rule import SENDING_ACTIONS, ActionKind, Delivery, Presence, Rule
from wxdesk.core.normalise import is_visible
from wxdesk.core.rules.matching.matcher import MatchResult
from wxdesk.core.rules.past_messages import OperatorReply, PastMessage
from wxdesk.core.wechat.quota import AFTER_MESSAGE
from wxdesk.desk.answers.answer import RuleContext
from wxdesk.desk.answers.template_lookup import TemplateLookup
from wxdesk.desk.rules.review.replay import AnsweredMessage, Replay
from wxdesk.desk.rules.rulebook import Rulebook
from wxdesk.store.messages.message_history import MessageHistory

NEWEST = 100_000
"""Most messages of a dry run."""

SLICE = 1000
"""Messages between two checks for cancellation; a few hundredths of a second."""

SHOWN = 100
"""Most lines of each kind in the report, the newest."""

ANSWERED_WITHIN = AFTER_MESSAGE[1]
"""Longest time to an operator's reply: later, WeChat would not have taken it."""


class DryRunProgress:
    """Progress of a dry run: one thread writes, another reads, any may cancel."""

    def __init__(self) -> None:
        self.done = 0
        self.total = 0
        self.cancelled = False


class DryRunLine(Struct, frozen=True):
    """One message that would be answered, with its reply then (empty: none) and now.

    `by_hand`: an operator sent another reply · `problem`: why the answer cannot be made · `only`: it would be
    made only with an operator present, or away.
    """

    message: PastMessage
    said: str
    would_say: str
    by_hand: bool = False
    problem: Text = ""
    only: Presence | None = None


class DryRunReport(Struct, frozen=True):
    """Counts of `messages` and of those that would have been `answered`, with lines.

    `differently`: an operator replied otherwise · `only_present`, `only_away`: answered only with an operator
    present, or away · `switched_off`: the rule is, and was tried as though it were on.
    """

    messages: int
    answered: int = 0
    differently: int = 0
    only_present: int = 0
    only_away: int = 0
    lines: tuple[DryRunLine, ...] = ()
    switched_off: bool = False


class DryRun(Struct, frozen=True):
    """Walks over history, for the accounts of the configuration."""

    _rulebook: Rulebook
    _past: MessageHistory
    _accounts: Mapping[str, Account]

    async def over_history(self, rule: Rule | None, course: DryRunProgress) -> DryRunReport | None:
        """Try `rule` in its place among the others, or all rules if it is None.

        None if it was cancelled.

        Raises:
            BadRule: `rule` has a fault other than in a template.
        """
        ruleset = self._rulebook.ruleset if rule is None else self._rulebook.ruleset_with(_switched_on(rule))
        course.total, after = await self._past.extent(NEWEST)
        replay = Replay(ruleset, None if rule is None else rule.id, self._accounts)
        report = _Tally(self._rulebook, replay)
        page = await self._past.messages(after, SLICE)
        if page:
            report.know(await self._past.operator_replies_since(page[0].at - ANSWERED_WITHIN))
        while page and course.done < course.total:
            if course.cancelled:
                return None
            new_conversations = replay.new_conversations(page)
            conversations = await self._past.conversations_by_id(new_conversations) if new_conversations else {}
            await asyncio.to_thread(report.take, page, conversations)
            course.done += len(page)
            page = await self._past.messages(page[-1].id, SLICE)
        return DryRunReport(
            course.done,
            report.answered,
            report.differently,
            report.only[Presence.PRESENT],
            report.only[Presence.AWAY],
            await self._lines(report),
            switched_off=rule is not None and not rule.enabled,
        )

    async def _lines(self, report: "_Tally") -> tuple[DryRunLine, ...]:
        lines = await asyncio.to_thread(report.lines)
        said = await self._past.replies_by_rules([line.message for line in lines if not line.by_hand])
        return tuple(line if line.said else replace(line, said=said.get(line.message.id, "")) for line in lines)


def _switched_on(rule: Rule) -> Rule:
    delivery = Delivery.INHERIT if rule.delivery is Delivery.SHADOW else rule.delivery
    return replace(rule, enabled=True, delivery=delivery)


class _Tally(Struct):
    rulebook: Rulebook
    replay: Replay
    answered: int = 0
    differently: int = 0
    only: Counter[Presence] = field(default_factory=Counter)
    _own: defaultdict[int, list[OperatorReply]] = field(default_factory=lambda: defaultdict(list))
    _written: defaultdict[int, list[OperatorReply]] = field(default_factory=lambda: defaultdict(list))
    _other: deque[AnsweredMessage] = field(default_factory=lambda: deque(maxlen=SHOWN))
    _late: deque[AnsweredMessage] = field(default_factory=lambda: deque(maxlen=SHOWN))

    def know(self, written: Sequence[OperatorReply]) -> None:
        """Add operators' replies, in order; `_own` are those that no rule had prepared."""
        for one in written:
            self._written[one.conversation_id].append(one)
            if not one.edited:
                self._own[one.conversation_id].append(one)

    def take(self, page: Sequence[PastMessage], new_conversations: Mapping[int, Conversation]) -> None:
        """Replay one slice, and count those that are answered."""
        spoken = self.replay.take(page, self._own, new_conversations)
        self.answered += len(spoken)
        self.only.update(one.only for one in spoken if one.only is not None)
        for one in spoken:
            by_hand = self._by_hand(one.message)
            if by_hand is not None and not self._is_same(by_hand, one):
                self.differently += 1
                self._other.append(one)
            else:
                self._late.append(one)

    def lines(self) -> list[DryRunLine]:
        """Return the lines, those answered differently first, each the newest first."""
        rest = (replace(self._line(one), by_hand=False) for one in reversed(self._late))
        return [*map(self._line, reversed(self._other)), *rest]

    def _is_same(self, by_hand: str, one: AnsweredMessage) -> bool:
        """Return True if the reply equals that of the rule, except for values not stored."""
        if cannot_have_said(by_hand, one.matching, self.rulebook.templates):
            return False
        if self._answer(one.matching, one.context)[0].strip() == by_hand.strip():
            return True
        if not any(shows_unstored_value(matched.rule) for matched in one.matching.matched):
            return False
        marked = replace(one.context, conversation=with_marked_values(one.context.conversation))
        would_say, problem = self._answer(one.matching, marked)
        return not problem and could_match(by_hand, would_say)

    def _by_hand(self, message: PastMessage) -> str | None:
        written = self._written.get(message.conversation_id, ())
        at = bisect_left(written, message.at, key=lambda one: one.sent_at)
        if at == len(written) or written[at].sent_at - message.at > ANSWERED_WITHIN:
            return None
        return written[at].text if written[at].answers(message) else None

    def _line(self, one: AnsweredMessage) -> DryRunLine:
        by_hand = self._by_hand(one.message)
        would_say, problem = self._answer(one.matching, one.context)
        return DryRunLine(one.message, by_hand or "", would_say, by_hand is not None, problem, one.only)

    def _answer(self, matching: MatchResult, context: RuleContext) -> tuple[str, Text]:
        """Return the text of the answer, and why it cannot be made: one of both."""
        answer = self.rulebook.builder.answer(matching, matching.verdicts, context)
        return "" if answer.problem else "\n".join(content.summary for content in answer.contents), answer.problem


def cannot_have_said(words: str, matching: MatchResult, templates: TemplateLookup) -> bool:
    """Check by literal ends of texts that rules certainly did not send `words`.

    Filling a template takes many times as long. Blanks are not compared: where templates trim them and long texts
    are cut, they come and go. So for blank words nothing is certain.
    """
    sought = _without_blanks(words)
    if not sought:
        return False
    sent = tuple(_texts(matching, templates))
    return not (
        sent
        and any(sought.startswith(_without_blanks(text.partition("{")[0])) for text in sent[0])
        and any(sought.endswith(_without_blanks(text.rpartition("}")[2])) for text in sent[-1])
    )


def _texts(matching: MatchResult, templates: TemplateLookup) -> Iterator[Sequence[str]]:
    """Yield the wordings of each message, in order; a blank one stands for any."""
    for action in (action for one in matching.matched for action in one.rule.then):
        if action.kind in SENDING_ACTIONS:
            template = templates.of(action)
            yield template.texts if template is not None and template.kind is ReplyKind.TEXT else ("",)


def _without_blanks(text: str) -> str:
    return "".join(text.split())


_ALIAS = "\ue0a1\ue0a2\ue0a1"
_LEFT = 907_060_503
_UNTIL = datetime(7907, 1, 1, tzinfo=UTC)
_MOMENT = r"\d\d-\d\d \d\d:\d\d"
_MARK = re.compile(rf"({_ALIAS})|({_LEFT})|(790[67]-{_MOMENT})")
"""Marks for an alias, the replies left and a window's end, which are not stored."""

_KINDS = (r"[^\n\r\u2028\u2029。！？，；：、…．.!?,;:]{0,20}", r"(?:1?\d|20)", rf"\d{{4}}-{_MOMENT}")
"""Pattern for each mark; a name is short and no sentence, to hide no other answer."""

_NAMES = re.compile(r"\b(?:alias|window)\b")


def shows_unstored_value(rule: Rule) -> bool:
    """Return True if `rule` can show a value that is not stored; any template might."""
    return any(action.kind is ActionKind.TEMPLATE or _NAMES.search(repr(action)) for action in rule.then)


def with_marked_values(conversation: Conversation) -> Conversation:
    """Put marks in place of values not stored; an empty alias stays empty."""
    alias = _ALIAS if is_visible(conversation.contact.alias) else ""
    return replace(conversation, contact=replace(conversation.contact, alias=alias), window=ReplyWindow(_LEFT, _UNTIL))


def could_match(said: str, marked: str) -> bool:
    """Check that `said` equals the answer `marked`, with suitable values at its marks."""
    pattern, marked, end = "", marked.strip(), 0
    for mark in _MARK.finditer(marked):
        pattern += re.escape(marked[end : mark.start()]) + _KINDS[(mark.lastindex or 1) - 1]
        end = mark.end()
    return re.fullmatch(pattern + re.escape(marked[end:]), said.strip(), re.ASCII) is not None
