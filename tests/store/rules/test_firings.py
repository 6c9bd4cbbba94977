"""Figures of a rule: its hits, its last match, and how often operators corrected it."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, select, text

from tests.store.chats import T0, Talk, second
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.reply import Content, NewReply, Reply, ReplyState
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule
from wxdesk.core.model.statistics import RuleFigures
from wxdesk.core.replies.lifecycle import BY_WECHAT, Move
from wxdesk.core.rules.pairing import DeletedRule
from wxdesk.store import Store
from wxdesk.store.decisions.superseding import CONTACT
from wxdesk.store.replies.moves import ReplyChanges
from wxdesk.store.schema.messaging import CORRECTED, replies

BY_HAND = ReplyChanges(by="operator")
OTHER = Content(text="别的")


@pytest.fixture
async def rule(store: Store) -> Rule:
    made = Rule("r", when=Condition(any=("x",)), then=(Action(ActionKind.REPLY, text="好"),))
    return await store.rules.save(made, T0)


async def answered(talk: Talk, rule: Rule, at: float, *texts: str, who: str = "o1") -> list[Reply]:
    message = (await talk.says(who, "x", at=second(at))).message
    said = texts or ("好",)
    return await talk.decides(message, *said, at=second(at), state=ReplyState.HELD, rule_id=rule.id)


async def test_hits_are_counted_lately_and_the_last_time_is_known_for_ever(
    talk: Talk, store: Store, rule: Rule
) -> None:
    other = await store.rules.save(rule_named("never"), T0)
    for at in (1, 2, 3):
        await answered(talk, rule, at)
    assert await store.decision_history.rule_figures(second(2)) == {rule.id: RuleFigures(2, second(3))}
    assert await store.decision_history.rule_figures(second(9)) == {rule.id: RuleFigures(0, second(3))}
    assert other.id not in await store.decision_history.rule_figures(T0)


def rule_named(name: str) -> Rule:
    return Rule(name, when=Condition(any=(name,)), then=(Action(ActionKind.SILENT),))


async def test_an_edited_or_cancelled_reply_corrects_its_rule_once_a_message(
    talk: Talk, store: Store, rule: Rule
) -> None:
    both = await answered(talk, rule, 1, "一", "二")
    for reply in both:
        await store.outbox.move(reply.id, Move.CANCEL, second(2), BY_HAND)
    [edited] = await answered(talk, rule, 3)
    await store.outbox.edit(edited.id, Content(text="更好"), second(4))
    await talk.moves(edited, Move.RELEASE, Move.CLAIM, Move.ACCEPT, at=second(5))
    [left] = await answered(talk, rule, 6)
    await store.outbox.move(left.id, Move.RELEASE, second(7), BY_HAND)  # sent sooner is not otherwise
    assert (await store.decision_history.rule_figures(T0))[rule.id] == RuleFigures(3, second(6), corrected=2)
    assert (await store.decision_history.rule_figures(second(2)))[rule.id] == RuleFigures(2, second(6), corrected=1)


async def test_a_takeover_corrects_the_rule_of_a_pending_reply(talk: Talk, store: Store, rule: Rule) -> None:
    [reply] = await answered(talk, rule, 1)
    await store.outbox.cancel_automatic(reply.conversation_id, "operator", second(2))
    assert (await store.decision_history.rule_figures(T0))[rule.id].corrected == 1


async def test_a_passed_over_draft_corrects_its_rule_unless_it_is_sent_after_all(
    talk: Talk, store: Store, rule: Rule
) -> None:
    message = (await talk.says("o1", "x", at=second(1))).message
    [draft] = await talk.decides(message, "好", at=second(1), state=ReplyState.DRAFT, rule_id=rule.id)
    other = NewReply(draft.conversation_id, Author.OPERATOR, OTHER, ReplyState.QUEUED)
    await store.replies.write([other], T0, timedelta(minutes=1))
    assert (await store.decision_history.rule_figures(T0))[rule.id].corrected == 1
    await store.outbox.apply_operator_move(draft.id, Move.RELEASE, second(2), "operator")
    assert (await store.decision_history.rule_figures(T0))[rule.id].corrected == 0


async def test_a_reply_stopped_by_wechat_or_the_customer_is_no_correction(talk: Talk, store: Store, rule: Rule) -> None:
    [hopeless] = await answered(talk, rule, 1)
    await store.outbox.cancel_automatic(hopeless.conversation_id, BY_WECHAT, second(2))
    [failed] = await answered(talk, rule, 3, who="o2")
    await talk.moves(failed, Move.RELEASE, Move.CLAIM, at=second(4))
    await store.outbox.move(failed.id, Move.REFUSE, second(5), ReplyChanges(error="gone"))
    await store.outbox.move(failed.id, Move.CANCEL, second(6), BY_HAND)
    [gave_way] = await answered(talk, rule, 3, who="o3")
    await store.outbox.move(gave_way.id, Move.CANCEL, second(4), ReplyChanges(by=CONTACT))  # the contact wrote again
    written = await talk.writes(failed.conversation_id, "手写", second(7), ReplyState.DRAFT)
    await store.outbox.edit(written.id, Content(text="改"), second(8))
    await store.outbox.move(written.id, Move.CANCEL, second(9), BY_HAND)
    assert (await store.decision_history.rule_figures(T0))[rule.id] == RuleFigures(3, second(3))


async def test_corrections_are_found_by_their_index(talk: Talk, store: Store, rule: Rule) -> None:
    """A table of a million replies is not walked for a handful of them."""

    def plan(connection: Connection) -> str:
        query = select(replies.c.id).where(replies.c.created_at >= T0, CORRECTED)
        said = str(query.compile(connection, compile_kwargs={"literal_binds": True}))
        if connection.dialect.name == "sqlite":
            return str(connection.execute(text(f"EXPLAIN QUERY PLAN {said}")).all())
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        return str(connection.execute(text(f"EXPLAIN {said}")).all())

    await answered(talk, rule, 1)
    assert "ix_replies_corrected" in await store._db.read(plan)


async def test_a_rule_that_is_put_back_is_the_same_in_its_place_and_keeps_its_figures(
    talk: Talk, store: Store, rule: Rule
) -> None:
    await store.rules.save(rule_named("below"), T0)
    await store.rules.save(rule, second(1))
    await answered(talk, rule, 2)
    before, fares = await store.rules.all(), await store.decision_history.rule_figures(T0)
    await store.rules.delete(rule.id)
    assert await store.decision_history.rule_figures(T0) == {}
    for _ in range(2):  # once more changes nothing
        await store.rules.put_back(DeletedRule(before[0]))
        assert await store.rules.all() == before
    assert await store.decision_history.rule_figures(T0) == fares
    assert (await store.rules.save(before[0], second(3))).revision == 3
