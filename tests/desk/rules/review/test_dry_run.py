"""The dry run says what asking and filling everything in, message by message, says."""

import random
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.core.rules.rule_matching import ask_each
from tests.store.chats import T0, Talk, entering, second
from wxdesk.core.errors import Phrase
from wxdesk.core.model.account import Account
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.rule import (
    Action,
    ActionKind,
    Condition,
    Cooldown,
    LastRule,
    MessageNo,
    Presence,
    Rule,
    SessionFromTest,
    Variant,
)
from wxdesk.core.replies.lifecycle import Move
from wxdesk.core.rules.conditions.facts import ContactHistory, FiringCount, MatchInput
from wxdesk.core.rules.matching.matcher import MatchResult, Ruleset
from wxdesk.core.rules.past_messages import OperatorReply, PastMessage
from wxdesk.desk.answers.answer import RuleContext
from wxdesk.desk.answers.liquid.renderer import LiquidRenderer
from wxdesk.desk.rules.review.dry_run import ANSWERED_WITHIN, SHOWN, DryRun, DryRunProgress, DryRunReport
from wxdesk.desk.rules.rulebook import Rulebook
from wxdesk.desk.settings.business_hours import Calendars
from wxdesk.store import Store, open_store

ACCOUNTS = {name: Account(name, "", "") for name in ("shop", "other")}
ASKED = frozenset({MessageType.TEXT, MessageType.ENTER_SESSION})


def says(*texts: str, variant: Variant = Variant.FIRST) -> tuple[Action, ...]:
    return (Action(ActionKind.REPLY, text=texts[0], others=texts[1:], variant=variant),)


RULES = (
    Rule("退", when=Condition(any=("退款", "退货")), then=says("您说「{{ message.text }}」")),
    Rule("退货", when=Condition(any=("退货",)), then=says("退 {{- message.text }}", "运费"), continues=True),
    Rule("默认", default=True, then=says("好", "稍等，{{ message.text }}", variant=Variant.RANDOM)),
    Rule("默认二", on=ASKED, default=True, then=says("亲爱的{{ contact.alias }}")),
    Rule("冷", when=Condition(any=("发票",)), then=says("一", "二", variant=Variant.ROTATE), cooldown=Cooldown(40)),
    Rule("少", when=Condition(any=("退", "发")), then=says("好"), cooldown=Cooldown(per_account_per_min=2)),
    Rule("第三", when=Condition(message_no=MessageNo(3)), then=says("久等了")),
    Rule("首次", when=Condition(any=("退", "运"), first_contact=True), then=says("欢迎{{ message.text }}")),
    Rule("之后", when=Condition(any=("运费",), last_rule_within=LastRule("冷", 1)), then=says("运费八元")),
    Rule("没人", when=Condition(regex="运费|退(?P<what>.)", operator=Presence.AWAY), then=says("{{ m.what }}明天")),
    Rule(
        "按钮", on=ASKED, when=Condition(session_from=SessionFromTest(prefix="p")), then=says("看{{ session.value }}")
    ),
)
TEXTS = ("退款", "我要退货", "发票", "发票呢", "运费", "/::)", "")
BY_HAND = ("您说「退款」", " 您说 「退款」", "好", "好的", "退发票", "退我要退货", "稍等，运费", "在的", "一", "二")


@dataclass(frozen=True)
class Shop:
    store: Store
    book: Rulebook
    rendered: list[float]

    async def tried(self, changed: Rule | None) -> DryRunReport:
        report = await DryRun(self.book, self.store.message_history, ACCOUNTS).over_history(changed, DryRunProgress())
        assert report is not None
        return report


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    store = await open_store("sqlite:///desk.db", tmp_path)
    looked: list[float] = []

    def processor_time() -> float:
        looked.append(time.thread_time())
        return looked[-1]

    renderer = LiquidRenderer(processor_time)
    book = Rulebook(store.rules, Calendars(store.settings), renderer, lambda: T0 + timedelta(days=1), lambda _: None)
    await book.load()
    yield Shop(store, book, looked)
    await store.close()


async def lives(store: Store, chance: random.Random) -> None:
    """Some contacts of two accounts write and come by buttons; now and then a human answers, or a rule."""
    talk, at = Talk(store), 0.0
    for _ in range(40):
        at += chance.choice((1, 5, 20, 60, 700))
        contact, account = chance.choice("abc"), chance.choice(("shop", "shop", "other"))
        if chance.random() < 0.15:
            said = await talk.hears(entering(contact, second(at), chance.choice(("page=1", "q"))), second(at), account)
        else:
            said = await talk.says(contact, chance.choice(TEXTS), second(at), account)
        if chance.random() < 0.5:
            reply = await talk.writes(said.conversation.id, chance.choice(BY_HAND), second(at + 0.5))
            await talk.moves(reply, Move.CLAIM, Move.ACCEPT, at=second(at + 0.5))
        elif chance.random() < 0.2:
            [reply] = await talk.decides(said.message, "好", at=second(at + 0.5))
            await talk.moves(reply, Move.CLAIM, Move.ACCEPT, at=second(at + 0.6))


class Plainly:
    """The same by asking every rule about every message, and filling in whatever any of them says."""

    def __init__(self, book: Rulebook, ruleset: Ruleset, written: Sequence[OperatorReply]) -> None:
        self._book = book
        self._ruleset = ruleset
        self._written = written
        self._before: list[PastMessage] = []
        self._spoke: list[tuple[str, int, int, datetime]] = []
        self.answered: list[tuple[PastMessage, str, str, bool, str | Phrase, Presence | None]] = []

    def hears(self, message: PastMessage, account: str, rule_id: int | None, context: RuleContext) -> None:
        history = self._history(message, account)
        matchings = {who: self._asked(message, history, who) for who in self._ruleset.presences}
        speaking = [who for who, matching in matchings.items() if _counts(matching, rule_id)]
        who = speaking[0] if speaking else Presence.PRESENT
        self._before.append(message)
        self._spoke += ((account, message.conversation_id, one.rule.id, message.at) for one in matchings[who].matched)
        if not speaking:
            return
        only = who if len(speaking) < len(matchings) else None
        now = RuleContext(context.message, context.conversation, context.account, message.at, history, who)
        answer = self._book.builder.answer(matchings[who], matchings[who].verdicts, now)
        would_say = "" if answer.problem else "\n".join(content.summary for content in answer.contents)
        said = self._by_hand(message)
        differs = said is not None and said.strip() != would_say.strip()
        self.answered.append((message, said or "", would_say, differs, answer.problem, only))

    def _asked(self, message: PastMessage, history: ContactHistory, who: Presence) -> MatchResult:
        words = (message.type, message.text, message.at, message.session_from, message.event)
        return ask_each(self._ruleset, MatchInput(*words, (), who, history))

    def _history(self, message: PastMessage, account: str) -> ContactHistory:
        thread = message.conversation_id
        earlier = [one.at for one in self._before if one.conversation_id == thread and one.event is None]
        human = [one.sent_at for one in self._written if one.conversation_id == thread and one.sent_at < message.at]
        since = [at for at in earlier if not human or at > human[-1]]
        spoke = [(rule_id, at) for _, where, rule_id, at in self._spoke if where == thread]
        times = [rule_id for rule_id, _ in spoke]
        minute = [
            rule_id
            for where, _, rule_id, at in self._spoke
            if where == account and message.at - at < timedelta(minutes=1)
        ]
        return ContactHistory(
            earlier[-1] if earlier else None,
            len(since) + (message.event is None),
            {rule_id: FiringCount(at, times.count(rule_id)) for rule_id, at in spoke},
            {rule_id: minute.count(rule_id) for rule_id in minute},
            dict(spoke),
        )

    def _by_hand(self, message: PastMessage) -> str | None:
        """What a human said next, if that was to this message and came in time."""
        later = [
            one for one in self._written if one.conversation_id == message.conversation_id and one.sent_at >= message.at
        ]
        if not later or later[0].sent_at - message.at > ANSWERED_WITHIN or not later[0].answers(message):
            return None
        return later[0].text


def _counts(matching: MatchResult, rule_id: int | None) -> bool:
    ids = [one.rule.id for one in matching.matched]
    return matching.rule is not None if rule_id is None else rule_id in ids


@pytest.mark.parametrize("seed", range(8))
async def test_a_dry_run_equals_asking_each_rule_about_each_message(shop: Shop, seed: int) -> None:
    chance = random.Random(seed)
    await lives(shop.store, chance)
    saved = [await shop.book.save(rule) for rule in chance.sample(RULES, 5)]
    past = shop.store.message_history
    messages = await past.messages(0, 100)
    threads = await past.conversations_by_id({message.conversation_id for message in messages})
    written = await past.operator_replies_since(T0)
    for changed in (None, saved[0], saved[1], *chance.sample(RULES, 3)):
        ruleset = shop.book.ruleset if changed is None else shop.book.ruleset_with(changed)
        plainly = Plainly(shop.book, ruleset, written)
        for message in messages:
            thread = threads[message.conversation_id]
            context = RuleContext(message.message, thread, ACCOUNTS[thread.account], message.at)
            plainly.hears(message, thread.account, None if changed is None else changed.id, context)
        report = await shop.tried(changed)
        newest = plainly.answered[::-1]
        lines = [one for one in newest if one[3]] + [one for one in newest if not one[3]]
        told = [(one.message, one.by_hand, one.would_say, one.problem, one.only) for one in report.lines]
        assert told == [(one, other, says, why, only) for one, _, says, other, why, only in lines]
        assert [one.said for one in report.lines if one.by_hand] == [said for _, said, _, other, *_ in lines if other]
        assert (report.messages, report.answered) == (len(messages), len(lines))
        assert report.differently == sum(other for _, _, _, other, *_ in lines)


async def test_differing_answers_are_rendered_only_for_the_lines_shown(shop: Shop) -> None:
    talk, count = Talk(shop.store), SHOWN + 20
    for n in range(count):
        thread = (await talk.says(f"c{n % 9}", f"在吗{n}", second(60 * n))).conversation.id
        reply = await talk.writes(thread, "在的", second(60 * n + 1))
        await talk.moves(reply, Move.CLAIM, Move.ACCEPT, at=second(60 * n + 1))
    every = Rule("默认", default=True, then=says("您好，{{ message.text }}：请稍等"))
    ruleset = shop.book.ruleset_with(every)
    [message] = await shop.store.message_history.messages(count - 1, 1)
    [conversation] = (await shop.store.message_history.conversations_by_id({message.conversation_id})).values()
    context = RuleContext(message.message, conversation, ACCOUNTS["shop"], message.at)
    matching = ruleset.decide(context.subject)
    assert shop.book.builder.answer(matching, matching.verdicts, context).contents
    once = len(shop.rendered)
    shop.rendered.clear()
    report = await shop.tried(every)
    assert (report.answered, report.differently, len(report.lines)) == (count, count, SHOWN)
    assert [one.would_say for one in report.lines[:2]] == [f"您好，在吗{n}：请稍等" for n in (count - 1, count - 2)]
    assert len(shop.rendered) <= SHOWN * once
