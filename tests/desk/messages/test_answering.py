"""From a message to its ruling: deliveries, shadows, cool-downs, typing, and what a batch knows of itself."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from msgspec.structs import replace

from tests.desk.rules.rules_in_memory import KeptRules
from tests.desk.settings.settings_in_memory import KeptSettings
from wxdesk.core.errors import NotFound
from wxdesk.core.model.account import Account, ReplyMode
from wxdesk.core.model.conversation import Contact, Conversation, ReplyWindow, StatusChange
from wxdesk.core.model.decision import Firing, Outcome
from wxdesk.core.model.message import Message, MessageType
from wxdesk.core.model.reply import NewReply, ReplyState
from wxdesk.core.model.rule import (
    Action,
    ActionKind,
    Condition,
    Cooldown,
    Delivery,
    LastRule,
    MessageNo,
    Presence,
    Rule,
    TagsTest,
)
from wxdesk.core.presence import AwayReason, PresenceState
from wxdesk.core.rules.conditions.facts import ContactHistory, FiringCount, RequiredHistory
from wxdesk.core.rules.ruling import Ruling, UndecidedMessage
from wxdesk.desk.answers import filling
from wxdesk.desk.answers.liquid.renderer import LiquidRenderer
from wxdesk.desk.conversations.transfers import Transfers
from wxdesk.desk.messages.answering import GIVEN_UP, Answering
from wxdesk.desk.rules.rulebook import Rulebook
from wxdesk.desk.settings.business_hours import Calendars
from wxdesk.desk.settings.pause import Pause
from wxdesk.desk.wechat.clock_skew import ClockCheck
from wxdesk.store.conversations.transfers import TransferStore
from wxdesk.ui.wording.decision import outcome_text

NOW = datetime(2026, 11, 24, 6, 5, tzinfo=UTC)
ACCOUNT = Account("shop", "wx0123456789abcdef", "gh_0123456789ab")
SOMEBODY = PresenceState(NOW)
THREAD = Conversation(1, "shop", Contact(1, "shop", "oLiLei", NOW), window=ReplyWindow(5, NOW + timedelta(hours=47)))


def reply(text: str) -> Action:
    return Action(ActionKind.REPLY, text=text)


def rule(name: str, *words: str, then: tuple[Action, ...] = (), **more: Any) -> Rule:
    when = more.pop("when", Condition(any=words))
    return Rule(name, when=when, then=then or (reply(name),), **more)


def message(number: int, text: str, thread: Conversation = THREAD, **more: Any) -> UndecidedMessage:
    asked = Message(number, thread.id, number, MessageType.TEXT, NOW, NOW, text=text)
    return UndecidedMessage(asked, thread, **more)


class NobodyArmed(TransferStore):
    """The store's part of transfers, where there is none."""

    def __init__(self) -> None:
        """Have no database."""

    async def armed(self) -> set[tuple[str, str]]:
        return set()

    async def arm(self, conversation_id: int, armed: bool) -> tuple[str, str]:
        raise NotFound("conversation")


async def answering(
    rules: Sequence[Rule],
    account: Account = ACCOUNT,
    at_desk: PresenceState = SOMEBODY,
    clock_ahead: timedelta = timedelta(),
) -> Answering:
    book = Rulebook(KeptRules(rules), Calendars(KeptSettings()), LiquidRenderer(), lambda: NOW, lambda _: None)
    await book.load()
    pause = Pause(KeptSettings(), lambda _: None)
    transfers = Transfers(NobodyArmed(), lambda: False)
    check = ClockCheck(lambda _: None, lambda: NOW + clock_ahead)
    check.compare(format_datetime(NOW, usegmt=True))
    return Answering({account.name: account}, book, pause, transfers, lambda: at_desk, lambda: NOW + clock_ahead, check)


@pytest.mark.parametrize("reason", [None, *AwayReason])
async def test_a_rule_for_an_empty_desk_answers_only_there(reason: AwayReason | None) -> None:
    rules = [
        rule("nobody", when=Condition(any=("x",), operator=Presence.AWAY)),
        rule("somebody", when=Condition(any=("x",), operator=Presence.PRESENT)),
    ]
    [made] = (await answering(rules, at_desk=PresenceState(NOW, reason))).decide([message(1, "x")], {})
    assert texts(made) == ["somebody" if reason is None else "nobody"]


async def decided(rules: Sequence[Rule], *items: UndecidedMessage, account: Account = ACCOUNT) -> list[Ruling]:
    return (await answering(rules, account)).decide(items, {})


def texts(ruling: Ruling) -> list[str]:
    return [made.content.text for made in ruling.replies]


def born(made: NewReply) -> tuple[ReplyState, float | None]:
    return made.state, None if made.due_at is None else (made.due_at - NOW).total_seconds()


@pytest.mark.parametrize(
    ("delivery", "account_mode", "own_mode", "expected"),
    [
        (Delivery.INHERIT, ReplyMode.AUTO, None, (ReplyState.QUEUED, None)),
        (Delivery.INHERIT, ReplyMode.HOLD, None, (ReplyState.HELD, 8)),
        (Delivery.INHERIT, ReplyMode.DRAFT, None, (ReplyState.DRAFT, None)),
        (Delivery.SEND, ReplyMode.HOLD, None, (ReplyState.QUEUED, None)),
        (Delivery.SEND, ReplyMode.DRAFT, None, (ReplyState.QUEUED, None)),
        (Delivery.HOLD, ReplyMode.AUTO, None, (ReplyState.HELD, 20)),
        (Delivery.HOLD, ReplyMode.HOLD, None, (ReplyState.HELD, 20)),
        (Delivery.DRAFT, ReplyMode.AUTO, None, (ReplyState.DRAFT, None)),
        # what a human set on this very conversation goes before the rule
        (Delivery.SEND, ReplyMode.AUTO, ReplyMode.DRAFT, (ReplyState.DRAFT, None)),
        (Delivery.HOLD, ReplyMode.AUTO, ReplyMode.HOLD, (ReplyState.HELD, 8)),
        (Delivery.DRAFT, ReplyMode.AUTO, ReplyMode.AUTO, (ReplyState.QUEUED, None)),
    ],
)
async def test_a_rule_has_its_own_delivery(
    delivery: Delivery, account_mode: ReplyMode, own_mode: ReplyMode | None, expected: tuple[ReplyState, float | None]
) -> None:
    asked = rule("a", "x", delivery=delivery, hold_seconds=20)
    account = replace(ACCOUNT, reply_mode=account_mode)
    [made] = await decided([asked], message(1, "x", replace(THREAD, mode=own_mode)), account=account)
    assert [born(one) for one in made.replies] == [expected]


@pytest.mark.parametrize("own_mode", [None, ReplyMode.OFF])
async def test_where_answers_are_off_no_rule_sends(own_mode: ReplyMode | None) -> None:
    account = replace(ACCOUNT, reply_mode=ReplyMode.OFF if own_mode is None else ReplyMode.AUTO)
    thread = replace(THREAD, mode=own_mode)
    [made] = await decided([rule("a", "x", delivery=Delivery.SEND)], message(1, "x", thread), account=account)
    assert (made.decision.outcome, made.replies) == (Outcome.PAUSED, ())


async def test_messages_of_an_unconfigured_account_are_reported_as_that() -> None:
    [made] = await decided([rule("a", "x")], message(1, "x", replace(THREAD, account="gone")))
    assert (made.decision.outcome, made.replies) == (Outcome.NO_ACCOUNT, ())
    assert "not in config.toml any more" in outcome_text(made.decision)


@pytest.mark.expects_log("The rules failed on a message")
async def test_a_defect_is_reported_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise KeyError("oSecretOpenid")

    monkeypatch.setattr(filling, "variables", fail)
    [made] = await decided([rule("a", "x", then=(reply("{{ contact.alias }}"),))], message(1, "x"))
    assert made.decision.outcome is Outcome.NOT_RENDERED
    assert made.decision.problem == GIVEN_UP


async def test_each_reply_belongs_to_the_rule_that_says_it() -> None:
    rules = [rule("a", "x", continues=True, delivery=Delivery.DRAFT), rule("b", "x")]
    [made] = await decided(rules, message(1, "x"))
    assert [(one.rule_name, one.state) for one in made.replies] == [("a", ReplyState.DRAFT), ("b", ReplyState.QUEUED)]
    assert made.firings == (Firing(1), Firing(2))


async def test_a_rule_in_the_shadow_is_judged_and_does_nothing() -> None:
    everything = (reply("a"), Action(ActionKind.TAG, tags=("vip",)), Action(ActionKind.TAKE_OVER))
    shadow = rule("a", "x", then=everything, delivery=Delivery.SHADOW)
    [made] = await decided([shadow, rule("b", "x")], message(1, "x"))
    assert (texts(made), made.of_contact.add, made.take_over) == (["b"], (), "")
    assert [(one.rule_name, one.matched, one.shadow) for one in made.decision.verdicts] == [
        ("a", True, True),
        ("b", True, False),
    ]
    assert made.firings == (Firing(1, shadow=True), Firing(2))
    [alone] = await decided([shadow], message(1, "x"))
    assert (alone.decision.outcome, alone.decision.rule_id) == (Outcome.UNMATCHED, None)
    assert alone.firings == (Firing(1, shadow=True),)


async def test_a_shadow_rule_does_not_keep_the_default_from_answering() -> None:
    default = rule("默认", when=Condition(), default=True)
    [made] = await decided([rule("a", "x", delivery=Delivery.SHADOW), default], message(1, "x"))
    assert texts(made) == ["默认"]


async def test_a_rule_that_could_not_speak_does_not_cool_down() -> None:
    broken = rule("a", "x", then=(reply("{{ message.text | divided_by: 0 }}"),))
    [made] = await decided([broken], message(1, "x"))
    assert (made.decision.outcome, made.firings, made.replies) == (Outcome.NOT_RENDERED, (), ())
    three = rule("a", "x", then=(reply("1"), reply("2"), reply("3"), reply("4")))
    [made] = await decided([three], message(1, "x"))
    assert (made.decision.outcome, made.firings, made.replies) == (Outcome.NO_QUOTA, (), ())


TAG_CALL_AND_TAKE = (
    Action(ActionKind.TAG, tags=("vip",)),
    Action(ActionKind.NOTIFY),
    Action(ActionKind.TAKE_OVER),
)


async def test_an_answer_that_lacks_a_value_is_a_draft_that_says_which() -> None:
    says = (reply("好的。"), reply("{{ contact.alias }}，订单 {{ m.no }} 到了。"))
    asks = rule("a", then=says, when=Condition(any=("到哪",), regex="(?P<no>[0-9]+)?到哪"), delivery=Delivery.SEND)
    [made] = await decided([asks], message(1, "到哪了"))
    assert made.decision.outcome is Outcome.INCOMPLETE
    assert [(one.state, one.due_at) for one in made.replies] == [(ReplyState.DRAFT, None)] * 2
    assert texts(made) == ["好的。", "‹contact.alias›，订单 ‹m.no› 到了。"]
    assert [one.content.gaps for one in made.replies] == [(), ("contact.alias", "m.no")]
    assert "“contact.alias”" in str(made.decision.problem)
    assert "“m.no”" in str(made.decision.problem)
    assert made.firings == (Firing(1),)


@pytest.mark.parametrize(
    ("says", "outcome"),
    [
        ("{{ contact.alias }}", Outcome.INCOMPLETE),
        ("{{ message.text | divided_by: 0 }}", Outcome.NOT_RENDERED),
        ("{% for n in (1..900) %}很长很长{% endfor %}", Outcome.NOT_RENDERED),
    ],
)
async def test_a_rules_other_actions_are_done_where_its_answer_cannot_be_made(says: str, outcome: Outcome) -> None:
    [made] = await decided([rule("a", "x", then=(reply(says), *TAG_CALL_AND_TAKE))], message(1, "x"))
    assert made.decision.outcome is outcome
    assert (made.of_contact.add, made.called_by, made.take_over) == (("vip",), "a", "a")


async def test_a_rules_other_actions_are_done_where_the_quota_is_too_small() -> None:
    many = rule("a", "x", then=(reply("1"), reply("2"), reply("3"), reply("4"), *TAG_CALL_AND_TAKE))
    [made] = await decided([many], message(1, "x"))
    assert (made.decision.outcome, made.replies) == (Outcome.NO_QUOTA, ())
    assert (made.of_contact.add, made.called_by, made.take_over) == (("vip",), "a", "a")


async def test_a_rule_whose_answer_has_a_gap_does_not_transfer() -> None:
    says = (reply("{{ contact.alias }}"), Action(ActionKind.TRANSFER))
    [made] = await decided([rule("a", "x", then=says)], message(1, "x"))
    assert (made.decision.outcome, made.arm_transfer, made.take_over) == (Outcome.INCOMPLETE, False, "a")
    assert made.transferred_until is None


async def test_a_typing_action_delays_the_replies_after_it() -> None:
    steps = (
        reply("1"),
        Action(ActionKind.TYPING, seconds=3),
        reply("2"),
        Action(ActionKind.TYPING, seconds=2),
        reply("3"),
    )
    [made] = await decided([rule("a", "x", then=steps)], message(1, "x"))
    later = [None if one.not_before is None else (one.not_before - NOW).total_seconds() for one in made.replies]
    assert later == [None, 3, 5]
    held = rule("a", "x", then=steps, delivery=Delivery.HOLD, hold_seconds=20)
    [made] = await decided([held], message(1, "x"))
    assert [born(one) for one in made.replies] == [(ReplyState.HELD, due) for due in (20, 23, 25)]
    assert [one.not_before for one in made.replies] == [None] * 3


async def test_notify_calls_and_is_no_answer() -> None:
    calling = rule("a", "x", then=(Action(ActionKind.NOTIFY),), continues=True)
    [made] = await decided([calling, rule("默认", when=Condition(), default=True)], message(1, "x"))
    assert (made.called_by, texts(made)) == ("a", ["默认"])


@pytest.mark.parametrize(
    ("limits", "history", "speaks"),
    [
        (Cooldown(per_contact_s=60), ContactHistory(), True),
        (Cooldown(per_contact_s=60), ContactHistory(fired={1: FiringCount(NOW - timedelta(seconds=59))}), False),
        (Cooldown(per_contact_s=60), ContactHistory(fired={1: FiringCount(NOW - timedelta(seconds=60))}), True),
        (Cooldown(per_contact_s=60), ContactHistory(fired={2: FiringCount(NOW)}), True),
        (Cooldown(per_conversation=1), ContactHistory(fired={1: FiringCount(NOW - timedelta(days=300))}), False),
        (Cooldown(per_conversation=2), ContactHistory(fired={1: FiringCount(NOW, 1)}), True),
        (Cooldown(per_conversation=2), ContactHistory(fired={1: FiringCount(NOW, 2)}), False),
        (Cooldown(per_account_per_min=3), ContactHistory(lately={1: 2}), True),
        (Cooldown(per_account_per_min=3), ContactHistory(lately={1: 3}), False),
        (Cooldown(per_account_per_min=3), ContactHistory(lately={2: 9}), True),
    ],
)
async def test_a_rule_cools_down(limits: Cooldown, history: ContactHistory, speaks: bool) -> None:
    rules = [rule("a", "x", cooldown=limits), rule("默认", when=Condition(), default=True)]
    [made] = await decided(rules, message(1, "x", history=history))
    assert texts(made) == (["a"] if speaks else ["默认"])


async def test_a_batch_counts_its_own_decisions_and_tags() -> None:
    rules = [
        rule("once", "x", cooldown=Cooldown(per_conversation=1)),
        rule("vip", "x", when=Condition(any=("x",), tags=TagsTest(any=("vip",)))),
        rule("tag", "x", then=(Action(ActionKind.TAG, tags=("vip",)), Action(ActionKind.SILENT))),
    ]
    made = await decided(rules, *(message(n, "x") for n in range(1, 5)))
    assert [one.decision.rule_name for one in made] == ["once", "tag", "vip", "vip"]


async def test_a_batch_counts_an_accounts_minute() -> None:
    rules = [rule("a", "x", cooldown=Cooldown(per_account_per_min=2))]
    threads = [replace(THREAD, id=n) for n in range(1, 5)]
    made = await decided(rules, *(message(n, "x", thread) for n, thread in enumerate(threads)))
    assert [one.decision.outcome for one in made] == [Outcome.REPLIED] * 2 + [Outcome.UNMATCHED] * 2


async def test_only_facts_that_rules_look_at_are_wanted() -> None:
    assert not (await answering([rule("a", "x")])).wanted
    rules = [
        rule("a", "x", cooldown=Cooldown(per_contact_s=1)),
        rule("b", "x", when=Condition(unless=Condition(message_no=MessageNo(2)), any=("x",))),
        rule("off", "x", enabled=False, when=Condition(first_contact=True)),
        rule("c", "x", cooldown=Cooldown(per_account_per_min=1)),
        rule("d", "x", when=Condition(last_rule_within=LastRule("b", 5), any=("x",))),
        rule("e", "x", when=Condition(last_rule_within=LastRule("c", 3), any=("x",))),
    ]
    said = {"said": frozenset({2, 4}), "said_within": timedelta(minutes=5)}
    wanted = RequiredHistory(message_no=2, fired=frozenset({1}), lately=frozenset({4}), **said)  # type: ignore[arg-type]
    assert (await answering(rules)).wanted == wanted


async def test_an_event_of_wechats_own_is_answered_only_where_a_rule_asks_for_it() -> None:
    ended = Message(1, 1, 1, MessageType.OTHER, NOW, NOW, msg_type="event", event="kf_close_session")
    thanks = Rule(
        "thanks", on=frozenset({MessageType.OTHER}), when=Condition(event=("KF_close_session",)), then=(reply("再见"),)
    )
    everything = Rule("else", on=frozenset({MessageType.OTHER}), default=True, then=(reply("?"),))
    [made] = await decided([thanks, everything], UndecidedMessage(ended, THREAD))
    assert texts(made) == ["再见"]
    [made] = await decided([replace(thanks, enabled=False), everything], UndecidedMessage(ended, THREAD))
    assert made.decision.outcome is Outcome.NOT_A_CUSTOMER


RESOLVES, SNOOZES = Action(ActionKind.RESOLVE), Action(ActionKind.SNOOZE, minutes=60)


@pytest.mark.parametrize(
    ("then", "mode", "outcome", "at_once", "after"),
    [
        ((RESOLVES,), ReplyMode.AUTO, Outcome.RESOLVED, StatusChange(), []),
        ((SNOOZES,), ReplyMode.HOLD, Outcome.SNOOZED, StatusChange(60), []),
        ((RESOLVES,), ReplyMode.DRAFT, Outcome.RESOLVED, None, []),
        ((SNOOZES,), ReplyMode.DRAFT, Outcome.SNOOZED, None, []),
        (
            (reply("a"), reply("b"), SNOOZES),
            ReplyMode.AUTO,
            Outcome.REPLIED,
            None,
            [StatusChange(60), StatusChange(60)],
        ),
        ((RESOLVES, reply("a")), ReplyMode.HOLD, Outcome.REPLIED, None, [StatusChange()]),
        ((reply("a"), RESOLVES), ReplyMode.DRAFT, Outcome.REPLIED, None, [None]),
        ((reply("a"),), ReplyMode.AUTO, Outcome.REPLIED, None, [None]),
    ],
)
async def test_a_rules_reply_carries_its_resolve_or_snooze(
    then: tuple[Action, ...],
    mode: ReplyMode,
    outcome: Outcome,
    at_once: StatusChange | None,
    after: list[StatusChange | None],
) -> None:
    [made] = await decided([rule("a", "x", then=then)], message(1, "x", replace(THREAD, mode=mode)))
    assert (made.decision.outcome, made.aside) == (outcome, at_once)
    assert [one.aside for one in made.replies] == after


async def test_a_takeover_wins_over_setting_aside_where_several_rules_answer() -> None:
    goes_on = rule("a", "x", then=(SNOOZES,), continues=True)
    [made] = await decided([goes_on, rule("b", "x", then=(Action(ActionKind.TAKE_OVER),))], message(1, "x"))
    assert (made.take_over, made.aside) == ("b", None)
    [made] = await decided([goes_on, rule("b", "x", then=(reply("y"), RESOLVES))], message(1, "x"))
    assert [one.aside for one in made.replies] == [StatusChange(60)]


async def test_a_message_that_a_rule_only_tagged_names_that_rule() -> None:
    tags = Rule("标签", when=Condition(any=("x",)), then=(Action(ActionKind.TAG, tags=("t",)),), continues=True)
    looks_on = rule("旁观", "x", delivery=Delivery.SHADOW)
    [tagged, silent] = await decided([looks_on, tags], message(0, "x"), message(1, "y"))
    assert (tagged.decision.outcome, silent.decision.outcome) == (Outcome.UNMATCHED, Outcome.UNMATCHED)
    said = "No rule answered: “标签” matched, and goes on without an answer."
    assert outcome_text(tagged.decision) == said
    assert outcome_text(silent.decision) == "No rule matched."
