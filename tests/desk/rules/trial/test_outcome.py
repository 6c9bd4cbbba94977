"""A tried sentence gets what a real one would: the account's values, the window's limits, and what is done beside."""

from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from tests.desk.rules.rules_in_memory import KeptRules
from tests.desk.settings.settings_in_memory import KeptSettings, keep_hours
from wxdesk.core.model.account import Account, ReplyMode
from wxdesk.core.model.conversation import Contact, Conversation, ReplyWindow
from wxdesk.core.model.decision import Outcome
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.reply import Content, ReplyKind
from wxdesk.core.model.rule import (
    Action,
    ActionKind,
    Condition,
    Cooldown,
    Delivery,
    HoursTest,
    LastRule,
    MessageNo,
    Presence,
    Rule,
    TagsTest,
)
from wxdesk.core.rules.business_hours import Calendar
from wxdesk.core.rules.conditions.facts import ContactHistory, FiringCount
from wxdesk.core.rules.ruling import ConversationContext, Effect
from wxdesk.desk.answers.liquid.renderer import LiquidRenderer
from wxdesk.desk.rules.rulebook import Rulebook
from wxdesk.desk.rules.trial.scenario import TrialMessage, TrialScenario
from wxdesk.desk.rules.trial.trials import RuleTrials, Trial
from wxdesk.desk.settings.business_hours import Calendars
from wxdesk.wechat.payload import to_body

NOW = datetime(2026, 11, 24, 6, 5, tzinfo=UTC)
SHOP = Account("tea-shop", "", "", reserve=2, timezone="Asia/Shanghai")


def reply(text: str) -> Action:
    return Action(ActionKind.REPLY, text=text)


def rule(name: str, *then: Action, when: Condition = Condition(any=("x",)), **more: Any) -> Rule:  # noqa: B008
    return Rule(name, when=when, then=then, **more)


async def trials_of(*rules: Rule, account: Account = SHOP) -> RuleTrials:
    calendars = Calendars(await keep_hours(KeptSettings(), Calendar("shop", "Asia/Shanghai")))
    renderer = LiquidRenderer()
    book = Rulebook(KeptRules(rules), calendars, renderer, lambda: NOW, lambda _: None)
    await book.load()
    accounts = {account.name: account, "other": Account("other", "", "")}
    return RuleTrials(book, renderer, accounts, lambda: NOW)


def texts(trial: Trial) -> list[str]:
    return [content.text for content in trial.contents]


async def test_every_value_that_a_real_message_has_is_there() -> None:
    says = "{{ account }} {{ contact.short_id | size }} {{ window.left }} {{ window.until }} {{ time }}"
    trial = (await trials_of(rule("a", reply(says)))).try_message(TrialMessage("x"))
    assert texts(trial) == ["tea-shop 6 5 2026-11-26 14:05 14:05"]
    assert trial.outcome is Outcome.REPLIED


async def test_a_known_customer_and_another_account_can_be_supposed() -> None:
    trials = await trials_of(rule("a", reply("{{ account }} {{ contact.alias }} {{ window.left }}")))
    known = Conversation(
        7, "other", Contact(7, "other", "oLiLei", NOW, alias="李雷"), window=ReplyWindow(1, NOW + timedelta(hours=1))
    )
    around = TrialScenario(known=ConversationContext(known), left=3)
    assert texts(trials.try_message(TrialMessage("x", around=around))) == ["other 李雷 3"]


async def test_an_answer_that_does_not_fit_into_the_window_is_not_shown_as_sent() -> None:
    enters = rule("e", reply("1"), reply("2"), reply("3"), on=frozenset({MessageType.ENTER_SESSION}), when=Condition())
    trial = (await trials_of(enters)).try_message(TrialMessage("", MessageType.ENTER_SESSION))
    assert (trial.outcome, trial.left, trial.contents, trial.leaving) == (Outcome.NO_QUOTA, 2, (), ())
    five = await trials_of(rule("a", *(reply(str(n)) for n in range(5))))
    trial = five.try_message(TrialMessage("x"))
    assert (trial.outcome, trial.left, trial.contents) == (Outcome.NO_QUOTA, 3, ())
    assert len(trial.answer.contents) == 5
    three = await trials_of(rule("a", reply("1"), reply("2"), reply("3")))
    assert len(three.try_message(TrialMessage("x")).contents) == 3
    assert three.try_message(TrialMessage("x", around=TrialScenario(left=4))).outcome is Outcome.NO_QUOTA


async def test_switched_off_rules_stand_where_the_others_passed_them_by() -> None:
    def off(name: str) -> Rule:
        return rule(name, reply(name), enabled=False)

    goes_on = rule("on", Action(ActionKind.TAG, tags=("t",)), continues=True)
    trials = await trials_of(
        off("1"), goes_on, off("2"), off("3"), rule("y", reply("y"), when=Condition(any=("y",))), off("4")
    )

    def heard(sentence: str, instead: Rule | None = None) -> list[tuple[str, bool]]:
        verdicts = trials.try_message(TrialMessage(sentence), instead=instead).answer.verdicts
        return [(one.rule_name, one.matched) for one in verdicts]

    switched_off = [("1", False), ("on", True), ("2", False), ("3", False)]
    assert heard("x y") == [*switched_off, ("y", True)]  # what is below is not asked
    assert heard("x") == [*switched_off, ("y", False), ("4", False)]
    third = next(one for one in await trials.rulebook.all() if one.name == "3")
    trial = trials.try_message(TrialMessage("x"), instead=third)
    assert texts(trial) == ["3"]
    assert heard("x", third) == [("1", False), ("on", True), ("2", False), ("3", True)]
    assert [one.condition for one in trial.answer.verdicts[0].verdicts] == ["enabled"]


async def test_a_trial_tells_how_the_answer_would_leave() -> None:
    trials = await trials_of(
        rule("s", reply("0"), delivery=Delivery.SHADOW),
        rule("a", reply("1"), Action(ActionKind.NOTIFY), delivery=Delivery.HOLD, hold_seconds=9, continues=True),
        rule("b", reply("2")),
    )
    trial = trials.try_message(TrialMessage("x"))
    assert [one.mode for one in trial.deliveries] == [ReplyMode.HOLD, ReplyMode.AUTO]
    assert trial.deliveries[0].hold_seconds == 9
    assert (trial.shadows, trial.answer.effects) == (("s",), (Effect(Action(ActionKind.NOTIFY), "a"),))
    by_hand = replace(SHOP, reply_mode=ReplyMode.OFF)
    silent = trials.try_message(TrialMessage("x", around=TrialScenario(account=by_hand)))
    assert (silent.outcome, silent.contents) == (Outcome.PAUSED, ())
    lacking = await trials_of(rule("a", reply("{{ contact.alias }}")))
    trial = lacking.try_message(TrialMessage("x"))
    assert (trial.outcome, [one.mode for one in trial.deliveries]) == (Outcome.INCOMPLETE, [ReplyMode.DRAFT])


async def test_cooldowns_and_another_rule_that_spoke_can_be_supposed() -> None:
    trials = await trials_of(
        rule("a", reply("1"), cooldown=Cooldown(per_contact_s=60)),
        rule("b", reply("2"), when=Condition(last_rule_within=LastRule("a", 5))),
    )
    assert texts(trials.try_message(TrialMessage("x"))) == ["1"]
    assert texts(trials.try_message(TrialMessage("x", around=TrialScenario(spoke={1: timedelta(seconds=30)})))) == ["2"]
    assert texts(trials.try_message(TrialMessage("x", around=TrialScenario(spoke={1: timedelta(minutes=2)})))) == ["1"]
    assert texts(trials.try_message(TrialMessage("z", around=TrialScenario(spoke={1: timedelta(minutes=4)})))) == ["2"]
    assert texts(trials.try_message(TrialMessage("z", around=TrialScenario(spoke={1: timedelta(minutes=6)})))) == []
    each_minute = await trials_of(rule("a", reply("1"), cooldown=Cooldown(per_account_per_min=1)))
    assert (
        texts(each_minute.try_message(TrialMessage("x", around=TrialScenario(spoke={1: timedelta(seconds=59)})))) == []
    )


async def test_every_condition_has_its_verdict_also_behind_one_that_failed() -> None:
    when = Condition(any=("退款",), none=("x",), hours=HoursTest("shop"), operator=Presence.PRESENT)
    [said] = (await trials_of(rule("a", reply("1"), when=when))).try_message(TrialMessage("x")).answer.verdicts
    assert [(one.condition, one.ok) for one in said.verdicts] == [
        ("on", True),
        ("any", False),
        ("none", False),
        ("hours", False),
        ("operator", True),
    ]
    assert not said.matched


async def test_a_picture_of_the_desks_is_named_by_a_mark_where_its_media_id_will_stand() -> None:
    picture = Action(ActionKind.IMAGE, content=Content(ReplyKind.IMAGE, media_id="OLD", picture="ab" * 32))
    trial = (await trials_of(rule("a", picture))).try_message(TrialMessage("x"))
    [leaving] = trial.leaving
    assert "‹media_id›".encode() in to_body("OPENID", leaving)
    wechats = Action(ActionKind.IMAGE, content=Content(ReplyKind.IMAGE, media_id="MEDIA"))
    [leaving] = (await trials_of(rule("a", wechats))).try_message(TrialMessage("x")).leaving
    assert b'"media_id":"MEDIA"' in to_body("OPENID", leaving)


async def test_the_state_of_the_conversation_can_be_supposed() -> None:
    trials = await trials_of(rule("a", reply("1"), Action(ActionKind.TRANSFER)))
    taken = trials.try_message(TrialMessage("x", around=TrialScenario(taken_over=True)))
    assert (taken.outcome, taken.asked, taken.contents) == (Outcome.TAKEN_OVER, False, ())
    assert taken.answer.rule is not None
    drafts = trials.try_message(TrialMessage("x", around=TrialScenario(mode=ReplyMode.DRAFT)))
    assert [one.mode for one in drafts.deliveries] == [ReplyMode.DRAFT]
    assert drafts.answer.transfer is None
    assert drafts.answer.take_over is not None
    assert trials.try_message(TrialMessage("x", around=TrialScenario(mode=ReplyMode.OFF))).outcome is Outcome.PAUSED


async def test_supposed_circumstances_precede_known_ones() -> None:
    contact = Contact(7, "tea-shop", "oLiLei", NOW, alias="李雷", tags=("VIP",))
    hour_ago = NOW - timedelta(hours=1)
    history = ContactHistory(NOW - timedelta(days=3), 4, {1: FiringCount(hour_ago, 2)}, said={1: hour_ago})
    known = ConversationContext(Conversation(7, "tea-shop", contact, taken_over=True, mode=ReplyMode.DRAFT), history)
    lately = rule("l", reply("lately"), when=Condition(last_rule_within=LastRule("n", 90)))
    new = rule("n", reply("new"), when=Condition(first_contact=True))
    quiet = rule("q", reply("quiet"), when=Condition(quiet_days=10))
    often = rule("o", reply("often"), when=Condition(message_no=MessageNo(4, 4)))
    tagged = rule("t", reply("tagged"), when=Condition(tags=TagsTest(any=("VIP",))))
    trials = await trials_of(new, lately, quiet, often, tagged)
    around = TrialScenario(known=known, taken_over=False, mode=ReplyMode.AUTO)
    assert texts(trials.try_message(TrialMessage("x", around=around))) == ["lately"]
    around = replace(around, spoke={})
    assert texts(trials.try_message(TrialMessage("x", around=around))) == ["often"]
    assert texts(trials.try_message(TrialMessage("x", around=replace(around, first_contact=True)))) == ["new"]
    assert texts(trials.try_message(TrialMessage("x", around=replace(around, quiet_days=10)))) == ["quiet"]
    around = replace(around, message_no=1)
    assert texts(trials.try_message(TrialMessage("x", around=around))) == ["tagged"]
    assert texts(trials.try_message(TrialMessage("x", around=replace(around, tags=())))) == []


async def test_the_account_of_a_known_customer_counts_and_one_that_is_gone_answers_nothing() -> None:
    trials = await trials_of(rule("a", reply("{{ account }}")))
    known = ConversationContext(Conversation(7, "other", Contact(7, "other", "oLiLei", NOW)))
    assert texts(trials.try_message(TrialMessage("x", around=TrialScenario(account=SHOP, known=known)))) == ["other"]
    gone = ConversationContext(Conversation(7, "gone", Contact(7, "gone", "oLiLei", NOW)))
    assert trials.try_message(TrialMessage("x", around=TrialScenario(known=gone))).outcome is Outcome.PAUSED


async def test_a_tried_event_goes_with_other_messages_only() -> None:
    closed = rule("c", reply("bye"), on=frozenset({MessageType.OTHER}), when=Condition(event=("kf_close_session",)))
    trials = await trials_of(closed, rule("a", reply("1")))
    around = TrialScenario(event="kf_close_session")
    assert texts(trials.try_message(TrialMessage("x", around=around))) == ["1"]
    assert texts(trials.try_message(TrialMessage("", MessageType.OTHER, around=around))) == ["bye"]
    none_asks = trials.try_message(TrialMessage("", MessageType.OTHER, around=TrialScenario(event="kf_switch_session")))
    assert (none_asks.outcome, none_asks.asked) == (Outcome.NOT_A_CUSTOMER, False)
    known = ConversationContext(Conversation(7, "tea-shop", Contact(7, "tea-shop", "oLiLei", NOW)))
    allowed = trials.try_message(TrialMessage("", MessageType.OTHER, around=replace(around, known=known)))
    assert (allowed.outcome, allowed.left) == (Outcome.NO_QUOTA, 0)


async def test_rules_that_ask_for_one_ask_for_it_by_the_name_that_it_has_in_the_editor() -> None:
    asks = Condition(any=("b",), unless=Condition(last_rule_within=LastRule("A", 10)))
    trials = await trials_of(rule("A", reply("1"), when=Condition(any=("a",))), rule("B", reply("2"), when=asks))
    [first, second] = await trials.rulebook.all()
    lately = TrialScenario(spoke={first.id: timedelta(minutes=1)})
    assert texts(trials.try_message(TrialMessage("b", around=lately))) == []
    assert texts(trials.try_message(TrialMessage("b", around=lately), instead=replace(first, name="A2"))) == []
    as_it_was = replace(second, name="B2")
    assert texts(trials.try_message(TrialMessage("b", around=lately), instead=as_it_was)) == []


async def test_the_title_of_a_card_is_asked_like_a_text_and_a_picture_has_no_words() -> None:
    on = frozenset({MessageType.TEXT, MessageType.CARD, MessageType.IMAGE})
    trials = await trials_of(rule("tea", reply("茶"), on=on, when=Condition(any=("红茶",))))
    assert texts(trials.try_message(TrialMessage("红茶 500 克", MessageType.CARD))) == ["茶"]
    assert texts(trials.try_message(TrialMessage("红茶 500 克", MessageType.IMAGE))) == []
