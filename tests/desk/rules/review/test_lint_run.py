"""The dry run, the check and the unmatched, on a real store."""

import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tests.prepared import SQLITE, prepare
from tests.store.chats import T0, Talk, second
from wxdesk.core.conversations.changes import ContactChange
from wxdesk.core.errors import BadTemplate
from wxdesk.core.model.account import Account
from wxdesk.core.model.decision import Outcome
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.reply import Content, ReplyKind, ReplyState
from wxdesk.core.model.rule import (
    Action,
    ActionKind,
    Condition,
    Cooldown,
    Delivery,
    HoursTest,
    MessageNo,
    Presence,
    Rule,
    TagsTest,
)
from wxdesk.core.replies.lifecycle import Move
from wxdesk.core.rules.business_hours import Calendar
from wxdesk.core.rules.lint.findings import LintCode
from wxdesk.core.templates import Template
from wxdesk.desk.answers.liquid.renderer import LiquidRenderer
from wxdesk.desk.answers.template_lookup import TemplateLookup
from wxdesk.desk.rules.review import lint_run as checkup
from wxdesk.desk.rules.review.dry_run import SLICE, DryRun, DryRunProgress, DryRunReport
from wxdesk.desk.rules.review.lint_run import RulesReview
from wxdesk.desk.rules.review.unset_variables import never_set_variables
from wxdesk.desk.rules.rulebook import Rulebook
from wxdesk.desk.settings.business_hours import Calendars
from wxdesk.i18n import tr
from wxdesk.store import Store, open_store

ACCOUNTS = {"shop": Account("shop", "", "", reserve=1)}


def rule(*words: str, say: str = "您说「{{ message.text }}」", **more: Any) -> Rule:
    return Rule("新", when=Condition(any=words), then=(Action(ActionKind.REPLY, text=say),), **more)


@dataclass(frozen=True)
class Shop:
    store: Store
    talk: Talk
    book: Rulebook
    dry_run: DryRun
    checkup: RulesReview

    async def tried(self, changed: Rule | None) -> DryRunReport:
        report = await self.dry_run.over_history(changed, DryRunProgress())
        assert report is not None
        return report

    async def operator_says(self, conversation_id: int, text: str, at: float) -> None:
        reply = await self.talk.writes(conversation_id, text, second(at))
        await self.talk.moves(reply, Move.CLAIM, Move.ACCEPT, at=second(at))


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    prepare(tmp_path)
    store = await open_store(SQLITE, tmp_path)
    calendars = Calendars(store.settings)

    def now() -> datetime:
        return T0 + timedelta(days=1)

    book = Rulebook(
        store.rules, calendars, LiquidRenderer(), now, lambda _: None, templates=TemplateLookup(store.templates)
    )
    await book.load()
    checkup = RulesReview(book, store, ACCOUNTS, now)
    yield Shop(store, Talk(store), book, DryRun(book, store.message_history, ACCOUNTS), checkup)
    await store.close()


async def test_a_dry_run_shows_the_former_answer_beside_the_new_one(shop: Shop) -> None:
    talk = shop.talk
    refund = (await talk.says("a", "我要退款", second(0))).message
    await shop.operator_says(refund.conversation_id, "马上为您处理", 5)
    same = (await talk.says("b", "退款", second(10))).message
    await shop.operator_says(same.conversation_id, "您说「退款」", 15)
    by_rule = (await talk.says("c", "退款吗", second(20))).message
    await talk.decides(by_rule, "旧的答复", at=second(20))
    await talk.says("d", "几点开门", second(30))
    report = await shop.tried(rule("退款"))
    assert (report.messages, report.answered, report.differently) == (4, 3, 1)
    assert [(one.message.id, one.said, one.would_say, one.by_hand) for one in report.lines] == [
        (refund.id, "马上为您处理", "您说「我要退款」", True),
        (by_rule.id, "旧的答复", "您说「退款吗」", False),
        (same.id, "您说「退款」", "您说「退款」", False),
    ]


async def test_an_operators_answer_to_another_message_is_no_different_answer(shop: Shop) -> None:
    """A rule has said when the shop opens; a day later the customer asks for a refund, and a human answers that."""
    talk, hours = shop.talk, rule("几点", say="九点")
    asked = (await talk.says("a", "你们几点开门", second(0))).message
    [said] = await talk.decides(asked, "九点", at=second(0))
    await talk.moves(said, Move.CLAIM, Move.ACCEPT, at=second(1))
    later = 20 * 3600
    await talk.says("a", "我要退款", second(later))
    await shop.operator_says(asked.conversation_id, "好的，退款已办理", later + 300)
    unheard = (await talk.says("b", "几点", second(0))).message
    await talk.says("b", "算了，运费多少", second(3600))
    await shop.operator_says(unheard.conversation_id, "运费八元", 3700)
    report = await shop.tried(hours)
    assert (report.messages, report.answered, report.differently) == (4, 2, 0)
    assert {(one.message.id, one.said, one.by_hand) for one in report.lines} == {
        (asked.id, "九点", False),
        (unheard.id, "", False),
    }


async def test_a_rules_reply_edited_by_an_operator_is_an_answer_by_hand(shop: Shop) -> None:
    asked = (await shop.talk.says("a", "几点开门", second(0))).message
    [draft] = await shop.talk.decides(asked, "九点", at=second(0), state=ReplyState.DRAFT)
    await shop.store.outbox.edit(draft.id, Content(text="今天十点"), second(1), "operator")
    await shop.talk.moves(draft, Move.RELEASE, Move.CLAIM, Move.ACCEPT, at=second(2))
    again = (await shop.talk.says("a", "几点", second(9))).message
    report = await shop.tried(rule("几点", say="九点"))
    assert [(one.message.id, one.said, one.by_hand) for one in report.lines] == [
        (asked.id, "今天十点", True),
        (again.id, "", False),
    ]
    third = Rule("n", when=Condition(any=("几点",), message_no=MessageNo(2)), then=rule("x").then)
    assert [one.message.id for one in (await shop.tried(third)).lines] == [
        again.id
    ]  # a rule's reply, as the desk counts


async def test_a_rule_is_tried_in_its_place_and_the_whole_list_too(shop: Shop) -> None:
    first = await shop.book.save(rule("退"))
    for n, text in enumerate(("退款", "退货", "发票", "你好")):
        await shop.talk.says("a", text, second(n))
    assert (await shop.tried(rule("退款", "发票"))).answered == 1
    assert (await shop.tried(replace(first, when=Condition(any=("货",))))).answered == 1
    assert (await shop.tried(None)).answered == 2


async def test_the_past_is_followed_along_the_way(shop: Shop) -> None:
    for n in range(4):
        thread = (await shop.talk.says("a", f"在吗{n}", second(10 * n))).conversation.id
    await shop.operator_says(thread, "在", 25)
    third = Rule("n", when=Condition(any=("在吗",), message_no=MessageNo(3)), then=rule("x", say="久等了").then)
    assert [one.message.text for one in (await shop.tried(third)).lines] == ["在吗2"]
    once = rule("在吗", cooldown=Cooldown(per_contact_s=15))
    assert [one.message.text for one in (await shop.tried(once)).lines] == ["在吗2", "在吗0"]
    first = Rule("f", when=Condition(any=("在吗",), first_contact=True), then=third.then)
    assert [one.message.text for one in (await shop.tried(first)).lines] == ["在吗0"]


async def test_a_dry_run_counts_a_rules_limit_a_minute_across_contacts(shop: Shop) -> None:
    for contact, at in (("a", 0), ("b", 10), ("c", 20), ("a", 60), ("b", 69), ("c", 70)):
        await shop.talk.says(contact, f"在吗{at}", second(at))
    often = rule("在吗", cooldown=Cooldown(per_account_per_min=2))
    answered = [one.message.text for one in (await shop.tried(often)).lines]
    assert answered == ["在吗70", "在吗60", "在吗10", "在吗0"]  # at 69, the words of 10 and 60 count still
    await shop.talk.says("a", "在吗没有规则", second(200), account="other")
    assert (await shop.tried(often)).answered == 5


async def test_the_minute_is_each_accounts_own(shop: Shop) -> None:
    for n, account in enumerate(("shop", "other", "shop")):
        await shop.talk.says("a", f"在吗{n}", second(n), account=account)
    often = rule("在吗", cooldown=Cooldown(per_account_per_min=1))
    assert [one.message.text for one in (await shop.tried(often)).lines] == ["在吗1", "在吗0"]


async def test_a_template_that_fails_says_so_in_its_line(shop: Shop) -> None:
    await shop.talk.says("a", "退款", second(0))
    [line] = (await shop.tried(rule("退款", say="{{ contact.alias }} 您好"))).lines
    assert (line.would_say, "contact.alias" in tr(line.problem)) == ("", True)


async def test_a_dry_run_tells_its_progress_and_ends_when_cancelled(shop: Shop) -> None:
    await shop.talk.says("a", "退款", second(0))
    course = DryRunProgress()
    assert await shop.dry_run.over_history(rule("退款"), course) is not None
    assert (course.done, course.total) == (1, 1)
    stopped = DryRunProgress()
    stopped.cancelled = True
    assert await shop.dry_run.over_history(rule("退款"), stopped) is None
    assert stopped.done == 0 < SLICE


@pytest.mark.expects_log("stored rule")
async def test_the_check_knows_faults_calendars_and_what_is_kept_for_the_human(shop: Shop) -> None:
    await shop.store.rules.save_hours(lambda _: [Calendar("shop")])
    await shop.book.load()
    often = (await shop.book.save(Rule("五条", when=Condition(any=("a",)), then=rule("x").then * 5))).id
    closed = Rule("营业", when=Condition(any=("b",), hours=HoursTest("shop")), then=rule("x").then)
    never = (await shop.book.save(closed)).id
    broken = (await shop.store.rules.save(Rule("坏", when=Condition(regex="("), then=rule("x").then), T0)).id
    await shop.book.load()
    with_calendar = await shop.checkup.findings()
    assert [(one.rule.id, one.doubt) for one in with_calendar] == [
        (often, LintCode.TOO_MANY_SENDS),
        (never, LintCode.NEVER_OPEN),
        (broken, LintCode.FAULT),
    ]
    assert with_calendar[2].where == ("when", "regex")


async def test_the_check_looks_into_the_stored_answers_that_rules_say(shop: Shop) -> None:
    content = Content(kind=ReplyKind.IMAGE, media_id="MEDIA")
    stored = Template(0, "货架图", shortcut="shelf", content=content)
    await shop.store.templates.save(stored, T0 - timedelta(days=3))
    await shop.book.load()
    says = Rule("货架", when=Condition(any=("货架",)), then=(Action(ActionKind.TEMPLATE, template="/shelf"),))
    saved = await shop.book.save(says)
    [found] = await shop.checkup.findings()
    assert (found.rule.id, found.doubt, found.where) == (saved.id, LintCode.MEDIA_EXPIRED, ("then", 0, "template"))
    assert found.word == "货架图"


async def test_a_message_answered_by_todays_rules_is_not_unmatched_any_more(shop: Shop) -> None:
    for n, text in enumerate(("怎么开发票", "开发票", "运费多少")):
        message = (await shop.talk.says(f"u{n}", text, second(n))).message
        await shop.talk.decides(message, outcome=Outcome.UNMATCHED, rule_id=None, at=second(n))
    groups = await shop.checkup.unmatched()
    assert [(one.times, one.newest.text, one.words) for one in groups] == [
        (2, "开发票", ("开发票",)),
        (1, "运费多少", ("运费多少",)),
    ]
    await shop.book.save(rule("开发票"))
    for operator in Presence:  # whatever is written, somebody is promised
        await shop.book.save(Rule(operator, when=Condition(operator=operator), then=(Action(ActionKind.TAKE_OVER),)))
    assert [one.newest.text for one in await shop.checkup.unmatched()] == ["运费多少"]


@pytest.mark.parametrize(
    "general",
    [
        Condition(first_contact=True),
        Condition(operator=Presence.PRESENT),
        Condition(operator=Presence.AWAY),
        Condition(tags=TagsTest(none=("VIP",))),
        Condition(message_no=MessageNo(1, 1)),
        Condition(quiet_days=30),
    ],
    ids=("first_contact", "present", "away", "tags", "message_no", "quiet_days"),
)
async def test_a_greeting_for_some_does_not_empty_the_list_for_all(shop: Shop, general: Condition) -> None:
    """The first message of each was answered by hand; what came next would meet none of these circumstances."""
    await shop.talk.says("a", "在吗", second(0))
    message = (await shop.talk.says("a", "发票怎么开", second(9))).message
    await shop.talk.decides(message, outcome=Outcome.UNMATCHED, rule_id=None, at=second(9))
    contact = (await shop.store.conversations.get(message.conversation_id)).contact
    await shop.store.conversations.change_contact(contact.id, ContactChange(add=("vip",)))
    await shop.book.save(Rule("问候", when=general, then=rule("x").then))
    assert [one.newest.text for one in await shop.checkup.unmatched()] == ["发票怎么开"]


async def test_a_message_answered_whatever_the_presence_is_not_unmatched(shop: Shop) -> None:
    message = (await shop.talk.says("a", "发票怎么开", second(0))).message
    await shop.talk.decides(message, outcome=Outcome.UNMATCHED, rule_id=None, at=second(0))
    for name, operator in (("在", Presence.PRESENT), ("不在", Presence.AWAY)):
        assert len(await shop.checkup.unmatched()) == 1
        when = Condition(any=("发票",), operator=operator, first_contact=True)
        await shop.book.save(Rule(name, when=when, then=rule("x").then))
    assert await shop.checkup.unmatched() == []


async def test_a_rule_that_was_cooling_down_did_not_answer(shop: Shop) -> None:
    often = await shop.book.save(rule("发票", cooldown=Cooldown(per_contact_s=60)))
    first = (await shop.talk.says("a", "发票怎么开", second(0))).message
    await shop.talk.decides(first, "开好了", rule_id=often.id, at=second(0))
    for at in (30, 90):
        message = (await shop.talk.says("a", f"发票呢 {at}", second(at))).message
        await shop.talk.decides(message, outcome=Outcome.UNMATCHED, rule_id=None, at=second(at))
    assert [one.newest.text for one in await shop.checkup.unmatched()] == ["发票呢 30"]


async def test_a_rule_in_the_shadow_is_counted_as_what_it_would_have_said(shop: Shop) -> None:
    await shop.talk.says("a", "退款", second(0))
    looks_on = await shop.book.save(rule("退款", delivery=Delivery.SHADOW))
    report = await shop.tried(looks_on)
    assert (report.answered, [one.would_say for one in report.lines]) == (1, ["您说「退款」"])
    assert (await shop.tried(None)).answered == 0  # as they are, it says nothing


async def test_a_switched_off_rule_is_tried_as_though_it_were_on(shop: Shop) -> None:
    await shop.talk.says("a", "退款", second(0))
    off = await shop.book.save(rule("退款", enabled=False))
    report = await shop.tried(off)
    assert (report.answered, report.switched_off) == (1, True)
    assert [one.would_say for one in report.lines] == ["您说「退款」"]
    again = await shop.tried(replace(off, id=0))  # one that was deleted, and is written again
    assert (again.answered, again.switched_off) == (1, True)
    every = await shop.tried(None)  # as they are, it says nothing
    assert (every.answered, every.switched_off) == (0, False)
    assert not (await shop.tried(rule("退款"))).switched_off


async def test_a_dry_run_supposes_presence_both_ways_and_tells_them_apart(shop: Shop) -> None:
    for n, text in enumerate(("退款", "退款", "发票")):
        await shop.talk.says("a", text, second(n))
    nobody = Rule("没人", when=Condition(any=("退款",), operator=Presence.AWAY), then=rule("x", say="明天回您").then)
    report = await shop.tried(nobody)
    assert (report.messages, report.answered, report.only_present, report.only_away) == (3, 2, 0, 2)
    assert [(one.would_say, one.only) for one in report.lines] == [("明天回您", Presence.AWAY)] * 2
    await shop.book.save(nobody)
    somebody = Rule("有人", when=Condition(any=("发票",), operator=Presence.PRESENT), then=rule("x", say="就来").then)
    await shop.book.save(somebody)
    every = await shop.tried(rule("发票", "退款"))  # below both
    assert (every.answered, every.only_present, every.only_away) == (3, 2, 1)


async def test_a_media_id_is_as_old_as_its_first_naming_whatever_was_renamed_since(shop: Shop) -> None:
    picture = Action(ActionKind.IMAGE, content=Content(ReplyKind.IMAGE, media_id="MEDIA"))
    made = await shop.store.rules.save(Rule("图", when=Condition(any=("图",)), then=(picture,)), T0 - timedelta(days=4))
    await shop.store.rules.save(replace(made, name="货架图"), T0)
    fresh = Action(ActionKind.IMAGE, content=Content(ReplyKind.IMAGE, media_id="NEWER"))
    other = await shop.store.rules.save(replace(made, id=0, when=Condition(any=("b",))), T0 - timedelta(days=4))
    await shop.store.rules.save(replace(other, then=(fresh,)), T0)
    content = Content(kind=ReplyKind.IMAGE, media_id="STORED")
    stored = await shop.store.templates.save(Template(0, "价目", shortcut="p", content=content), T0 - timedelta(days=4))
    await shop.store.templates.save(replace(stored, title="价目表"), T0)
    await shop.book.load()
    says = Rule("价", when=Condition(any=("价",)), then=(Action(ActionKind.TEMPLATE, template="p"),))
    named = await shop.book.save(says)
    assert [(one.rule.id, one.doubt) for one in await shop.checkup.findings()] == [
        (made.id, LintCode.MEDIA_EXPIRED),
        (named.id, LintCode.MEDIA_EXPIRED),
    ]


@pytest.mark.parametrize(
    ("on", "text", "variable"),
    [
        (MessageType.TEXT, "{{ hours.next_open }} 见", "hours.next_open"),
        (MessageType.TEXT, "来自 {{ session_from.page }}", "session_from.page"),
        (MessageType.IMAGE, "「{{ message.text }}」收到", "message.text"),
        (MessageType.TEXT, "{{ hours.next_open | default: '明早' }} {{ session.page }} {{ contact.alias }}", None),
        (MessageType.ENTER_SESSION, "来自 {{ session_from.page }}", None),
    ],
)
async def test_a_variable_that_can_never_have_a_value_is_named(
    shop: Shop, on: MessageType, text: str, variable: str | None
) -> None:
    words = Condition(any=("a",)) if on is MessageType.TEXT else Condition()
    await shop.book.save(Rule("r", on=frozenset({on}), when=words, then=rule("x", say=text).then))
    found = [(one.doubt, one.where, one.word) for one in await shop.checkup.findings()]
    assert found == ([] if variable is None else [(LintCode.NO_VALUE, ("then", 0, "reply"), variable)])


async def test_a_fixed_text_counts_as_the_messages_into_which_it_is_cut(shop: Shop) -> None:
    long = rule("a", say="长" * 1400)  # 4,200 bytes: three messages, of which four may be sent
    two = Rule("两条", when=Condition(any=("b",)), then=long.then * 2)
    await shop.book.save(long)
    saved = await shop.book.save(two)
    [found] = await shop.checkup.findings()
    assert (found.rule.id, found.doubt, found.most, found.sends) == (saved.id, LintCode.TOO_MANY_SENDS, 4, 6)


async def test_a_fixed_text_that_no_reply_can_hold_is_refused(shop: Shop) -> None:
    await shop.book.save(rule("a", say="长" * 2048))
    with pytest.raises(BadTemplate) as refused:
        await shop.book.save(rule("a", say="长" * 2049))
    assert "6,147 of 6,144" in tr(refused.value.reason)


async def test_texts_are_looked_into_beside_the_loop(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever listens for WeChat works on the loop, and ten thousand rules take seconds."""
    threads: list[int] = []

    def noted(*given: Any, **more: Any) -> dict[tuple[int, int], str]:
        threads.append(threading.get_ident())
        return never_set_variables(*given, **more)

    monkeypatch.setattr(checkup, "never_set_variables", noted)
    await shop.book.save(rule("a"))
    assert await shop.checkup.findings() == []
    assert threads
    assert threading.get_ident() not in threads


async def test_a_variable_of_a_link_that_never_has_a_value_is_named_at_its_field(shop: Shop) -> None:
    link = Content(ReplyKind.LINK, title="{{ time }}", url="https://a.cn/{{ session_from.page | url_encode }}")
    await shop.book.save(Rule("r", when=Condition(any=("a",)), then=(Action(ActionKind.LINK, content=link),)))
    found = [(one.doubt, one.where, one.word) for one in await shop.checkup.findings()]
    assert found == [(LintCode.NO_VALUE, ("then", 0, "link", "url"), "session_from.page")]
