"""A decision explains itself rule by rule, although only what found something is kept with it."""

from functools import partial
from typing import Any

from msgspec.structs import replace

from tests.store.chats import Talk, second
from wxdesk.core.model.decision import Decision, Outcome, RuleVerdict, Verdict
from wxdesk.core.model.message import Message, MessageType
from wxdesk.core.model.rule import Action, ActionKind, Condition, HoursTest, Rule
from wxdesk.core.rules.business_hours import Calendar
from wxdesk.core.rules.ruling import Ruling
from wxdesk.store import Store

THEN = (Action(ActionKind.REPLY, text="好"),)


def rule(name: str, *words: str, **more: Any) -> Rule:
    return Rule(name, when=Condition(any=words), then=THEN, **more)


def nothing_found(rule: Rule) -> RuleVerdict:
    on = Verdict("on", True, ("text",), "text")
    return RuleVerdict(rule.id, rule.name, rule.revision, False, (on, Verdict("any", False, rule.when.any)))


async def kept(store: Store, *rules: Rule, at: float = 0) -> list[Rule]:
    saved = await store.rules.replace_all(rules, second(at))
    await store.rules.record_order([(one.id, one.revision) for one in saved], second(at))
    return saved


async def decide(store: Store, message: Message, spoke: Rule, left: int, *verdicts: RuleVerdict) -> None:
    decision = Decision(
        message.id, message.conversation_id, Outcome.REPLIED, second(10), rule_id=spoke.id, rule_name=spoke.name,
        rule_revision=spoke.revision, verdicts=verdicts, rules_left=left,
    )  # fmt: skip
    await store.decisions.store_rulings([Ruling(decision)])


def spoken(rule: Rule) -> RuleVerdict:
    return RuleVerdict(rule.id, rule.name, rule.revision, True, (Verdict("any", True, rule.when.any, "x"),))


async def test_rules_that_found_nothing_say_so_again(talk: Talk, store: Store) -> None:
    one, two, three, four = await kept(store, rule("一", "a"), rule("二", "b"), rule("三", "x"), rule("四", "d"))
    message = (await talk.says("o1", "x")).message
    await decide(store, message, three, 1, spoken(three))
    assert await store.decision_history.all_verdicts(message.id) == (
        nothing_found(one),
        nothing_found(two),
        spoken(three),
    )
    decision = await store.decision_history.for_message(message.id)
    assert decision is not None
    assert (decision.rules_asked, decision.rules_left) == (3, 1)
    assert (await store.inbox.open_conversation(message.conversation_id, 1))[2] == decision
    assert four.position == 4


async def test_verdicts_are_reported_with_the_rules_as_they_were_then(talk: Talk, store: Store) -> None:
    one, two = await kept(store, rule("一", "a"), rule("二", "x"))
    message = (await talk.says("o1", "x")).message
    await decide(store, message, two, 0, spoken(two))
    await store.rules.save(replace(one, when=Condition(any=("别的",))), second(20))
    await kept(store, rule("二", "y"), rule("新", "n"), at=30)  # the first one is gone from the list
    assert await store.decision_history.all_verdicts(message.id) == (nothing_found(one), spoken(two))
    decision = await store.decision_history.for_message(message.id)
    assert decision is not None
    assert decision.rules_asked == 2


async def test_a_rule_for_other_kinds_of_message_says_so(talk: Talk, store: Store) -> None:
    pictures, two = await kept(store, rule("图", "a", on=frozenset({MessageType.IMAGE})), rule("二", "x"))
    message = (await talk.says("o1", "x")).message
    await decide(store, message, two, 0, spoken(two))
    said, _ = await store.decision_history.all_verdicts(message.id)
    assert said == RuleVerdict(pictures.id, "图", 1, False, (Verdict("on", False, ("image",)),))


async def test_business_hours_are_named_in_it_also_deleted_ones(talk: Talk, store: Store) -> None:
    await store.rules.save_hours(lambda _: [Calendar("店")])
    by_hours = Rule("时", when=Condition(hours=HoursTest("店")), then=THEN)
    one, two = await kept(store, by_hours, rule("二", "x"))
    message = (await talk.says("o1", "x")).message
    await decide(store, message, two, 0, spoken(two))
    for name in ("新店", "夜"):
        await store.rules.save_hours(partial(lambda name, there: [replace(there[0], name=name)], name))
        said, _ = await store.decision_history.all_verdicts(message.id)
        assert (said.rule_id, said.verdicts[-1].words) == (one.id, ("inside", name))
    await store.rules.delete(one.id)
    await store.rules.save_hours(lambda _: [])
    assert (await store.decision_history.all_verdicts(message.id))[0] == said


async def test_a_message_stopped_by_a_guard_was_asked_of_no_rule(talk: Talk, store: Store) -> None:
    await kept(store, rule("一", "a"))
    message = (await talk.says("o1", "x")).message
    stopped = Decision(message.id, message.conversation_id, Outcome.PAUSED, second(10))
    await store.decisions.store_rulings([Ruling(stopped)])
    decision = await store.decision_history.for_message(message.id)
    assert decision is not None
    assert decision.rules_asked is None
    assert await store.decision_history.all_verdicts(message.id) == ()


async def test_a_decision_from_before_rule_lists_were_kept_has_its_verdicts_alone(talk: Talk, store: Store) -> None:
    [one] = await store.rules.replace_all([rule("一", "x")], second(0))
    message = (await talk.says("o1", "x")).message
    await decide(store, message, one, 0, spoken(one))
    await store.rules.record_order([(one.id, one.revision)], second(20))
    decision = await store.decision_history.for_message(message.id)
    assert decision is not None
    assert decision.rules_asked is None
    assert await store.decision_history.all_verdicts(message.id) == (spoken(one),)


async def test_verdicts_of_another_list_are_not_mixed_in(talk: Talk, store: Store) -> None:
    [one] = await kept(store, rule("一", "x"))
    await store.rules.record_order([(77, 1), (78, 1)], second(5))  # another desk changed the rules a moment ago
    message = (await talk.says("o1", "x")).message
    await decide(store, message, one, 0, spoken(one))
    assert await store.decision_history.all_verdicts(message.id) == (spoken(one),)


async def test_the_same_rule_list_is_stored_once(store: Store) -> None:
    for at in range(3):
        await kept(store, rule("一", "x"), at=at)
    rows = await store._db.read(lambda connection: connection.exec_driver_sql("SELECT * FROM rule_lists").all())
    assert len(rows) == 1
