"""Decisions and what is stored with them."""

from msgspec.structs import replace

from tests.store.chats import T0, Talk, incoming, second, tagged
from wxdesk.core.conversations.changes import ContactChange
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.decision import Decision, Firing, Outcome, RuleVerdict, Verdict
from wxdesk.core.model.reply import Content, NewReply, ReplyKind, ReplyState
from wxdesk.core.replies.lifecycle import Move
from wxdesk.core.rules.ruling import Ruling
from wxdesk.store import Store


async def test_a_decision_is_stored_with_its_replies(talk: Talk, store: Store) -> None:
    message = (await talk.says("o1", "几点")).message
    verdicts = (
        RuleVerdict(3, "退款", 2, False, (Verdict("any", False, ("退款",)),)),
        RuleVerdict(
            4, "营业时间", 1, True, (Verdict("any", True, ("营业时间", "几点"), "几点"), Verdict("none", True))
        ),
    )
    decision = Decision(
        message.id, message.conversation_id, Outcome.REPLIED, second(1), rule_id=4, rule_name="营业时间",
        rule_revision=1, verdicts=verdicts, rules_left=5, problem="–",
    )  # fmt: skip
    card = Content(ReplyKind.CARD, title="门店", page_path="pages/shop?x=1", thumb_media_id="M")
    replies = tuple(
        NewReply(message.conversation_id, Author.RULE, content, state, message.id, 4, "营业时间", 1, due_at)
        for content, state, due_at in (
            (Content(text="九点"), ReplyState.HELD, second(9)),
            (card, ReplyState.QUEUED, None),
        )
    )
    first, second_ = await store.decisions.store_rulings([Ruling(decision, replies)])
    stored = await store.decision_history.for_message(message.id)
    assert stored is not None
    assert replace(stored, id=0) == decision
    assert first.id < second_.id
    assert (first.content, second_.content) == (Content(text="九点"), card)
    assert (first.state, first.due_at, first.created_at, first.updated_at) == (
        ReplyState.HELD,
        second(9),
        second(1),
        second(1),
    )
    assert (first.account, first.openid, first.author) == ("shop", "o1", Author.RULE)
    assert (first.message_id, first.decision_id, first.rule_id) == (message.id, stored.id, 4)
    assert (first.rule_name, first.rule_revision, first.attempts, first.edited) == ("营业时间", 1, 0, False)
    assert await store.replies.get(first.id) == first
    assert await store.decisions.undecided() == []


async def test_deciding_twice_changes_nothing(talk: Talk, store: Store) -> None:
    message = (await talk.says("o1")).message
    [reply] = await talk.decides(message, "一")
    assert await talk.decides(message, "二", outcome=Outcome.SILENT) == []
    decision = await store.decision_history.for_message(message.id)
    assert decision is not None
    assert decision.outcome is Outcome.REPLIED
    assert [item.id for item in await store.inbox.timeline(message.conversation_id)] == [message.id, reply.id]
    assert (await talk.thread(message.conversation_id)).waiting_since == message.at


async def test_a_message_named_twice_in_one_batch_is_decided_once(talk: Talk, store: Store) -> None:
    message = (await talk.says("o1")).message
    new = (NewReply(message.conversation_id, Author.RULE, Content(text="一"), ReplyState.QUEUED),)
    decision = Decision(message.id, message.conversation_id, Outcome.REPLIED, T0)
    assert len(await store.decisions.store_rulings([Ruling(decision, new)] * 2)) == 1


async def test_replies_of_a_batch_come_in_the_given_order(talk: Talk, store: Store) -> None:
    made = [(await talk.says(f"o{n}", at=second(n))).message for n in range(3)]
    rulings = [
        Ruling(
            Decision(message.id, message.conversation_id, Outcome.REPLIED, T0),
            tuple(
                NewReply(message.conversation_id, Author.RULE, Content(text=f"{n}.{part}"), ReplyState.QUEUED)
                for part in range(3)
            ),
        )
        for n, message in enumerate(made)
    ]
    replies = await store.decisions.store_rulings(rulings)
    assert [reply.content.text for reply in replies] == [f"{n}.{part}" for n in range(3) for part in range(3)]
    assert [reply.id for reply in replies] == sorted(reply.id for reply in replies)


async def test_handing_over_takes_over_and_still_waits(talk: Talk, store: Store) -> None:
    message = (await talk.says("o1")).message
    decision = Decision(message.id, message.conversation_id, Outcome.HANDED_OVER, T0)
    await store.decisions.store_rulings([Ruling(decision, take_over="r", effects=tagged("售后", "急"))])
    thread = await talk.thread(message.conversation_id)
    assert (thread.taken_over, thread.taken_over_until) == (True, None)
    assert thread.waiting_since == message.at
    assert thread.contact.tags == ("售后", "急")


async def test_tags_of_a_decision_are_added_to_those_of_the_contact(talk: Talk, store: Store) -> None:
    one, two = [(await talk.says(o)).message for o in ("o1", "o1")]
    other = (await talk.says("o2")).message
    thread = await talk.thread(one.conversation_id)
    await store.conversations.change_contact(thread.contact.id, ContactChange(add=("老客", "急")))
    await store.decisions.store_rulings(
        [
            Ruling(Decision(message.id, message.conversation_id, Outcome.SILENT, T0), effects=tagged(*tags))
            for message, tags in ((one, ("急",)), (two, ("新",)), (other, ()))
        ]
    )
    assert (await talk.thread(one.conversation_id)).contact.tags == ("老客", "急", "新")
    assert (await talk.thread(other.conversation_id)).contact.tags == ()


async def test_silence_ends_the_waiting_that_its_message_began(talk: Talk) -> None:
    message = (await talk.says("o1", "嗯嗯")).message
    await talk.decides(message, outcome=Outcome.SILENT)
    assert (await talk.thread(message.conversation_id)).waiting_since is None


async def test_silence_about_one_message_leaves_another_waiting(talk: Talk) -> None:
    question = (await talk.says("o1", "在吗", at=second(0))).message
    nod = (await talk.says("o1", "嗯嗯", at=second(10))).message
    late = (await talk.says("o1", "人呢", at=second(20))).message
    await talk.decides(nod, outcome=Outcome.SILENT)
    assert (await talk.thread(nod.conversation_id)).waiting_since == question.at
    await talk.decides(question, outcome=Outcome.SILENT)
    assert (await talk.thread(nod.conversation_id)).waiting_since == late.at
    await talk.decides(late, outcome=Outcome.SILENT)
    assert (await talk.thread(nod.conversation_id)).waiting_since is None


async def test_silence_does_not_bring_back_what_was_answered(talk: Talk) -> None:
    answered = (await talk.says("o1", "几点", at=second(0))).message
    [answer] = await talk.decides(answered, "九点")
    await talk.moves(answer, Move.CLAIM, Move.ACCEPT, at=second(1))
    question = (await talk.says("o1", "退款", at=second(10))).message
    nod = (await talk.says("o1", "嗯嗯", at=second(20))).message
    await talk.decides(nod, outcome=Outcome.SILENT)
    assert (await talk.thread(nod.conversation_id)).waiting_since == question.at


async def test_undecided_are_the_oldest_messages_without_decision(talk: Talk, store: Store) -> None:
    made = [(await talk.says(o, at=second(n))) for n, o in enumerate(["o1", "o2", "o1"])]
    await talk.decides(made[0].message, outcome=Outcome.UNMATCHED)
    left = await store.decisions.undecided()
    assert [one.message for one in left] == [made[1].message, made[2].message]
    assert [one.conversation.contact.openid for one in left] == ["o2", "o1"]
    assert left[1].conversation.unread == 2
    assert len(await store.decisions.undecided(limit=1)) == 1
    assert await store.decisions.backlog() == 2
    await talk.kept(incoming("o3"), second(9))  # nothing was made of it yet
    assert await store.decisions.backlog() == 3


async def test_decisions_can_be_found_again(talk: Talk, store: Store) -> None:
    one = (await talk.says("o1", at=second(0))).message
    two = (await talk.says("o1", at=second(1))).message
    await talk.decides(one, "a", at=second(5), rule_id=11)
    await talk.decides(two, outcome=Outcome.UNMATCHED, at=second(6), rule_id=None)
    _, _, latest, _ = await store.inbox.open_conversation(one.conversation_id, 1)
    assert latest is not None
    assert (latest.message_id, latest.outcome, latest.rule_id) == (two.id, Outcome.UNMATCHED, None)
    assert await store.decision_history.for_message(two.id + 1) is None


async def test_hits_count_rules_that_said_continue_and_those_in_the_shadow(talk: Talk, store: Store) -> None:
    message = (await talk.says("o1")).message
    decision = Decision(message.id, message.conversation_id, Outcome.REPLIED, second(1), rule_id=12)
    firings = (Firing(11), Firing(13, shadow=True), Firing(12))
    await store.decisions.store_rulings([Ruling(decision, firings=firings)])
    assert await store.decision_history.hits(T0) == {11: 1, 12: 1, 13: 1}


async def test_hits_count_decisions_by_rule(talk: Talk, store: Store) -> None:
    for number, rule_id in enumerate([11, 11, 12, None, 11]):
        message = (await talk.says("o1", at=second(number))).message
        await talk.decides(message, outcome=Outcome.SILENT, at=second(number), rule_id=rule_id)
    assert await store.decision_history.hits(T0) == {11: 3, 12: 1}
    assert await store.decision_history.hits(second(1)) == {11: 2, 12: 1}
    assert await store.decision_history.hits(second(5)) == {}


async def test_a_rules_answer_leaves_later_messages_waiting(talk: Talk) -> None:
    one = (await talk.says("o1", "几点", at=second(0))).message
    [answer] = await talk.decides(one, "九点")
    two = (await talk.says("o1", "退款", at=second(10))).message
    await talk.decides(two, outcome=Outcome.UNMATCHED)
    await talk.moves(answer, Move.CLAIM, Move.ACCEPT, at=second(11))
    assert (await talk.thread(one.conversation_id)).waiting_since == two.at
    by_hand = await talk.writes(one.conversation_id, "马上", second(20))
    await talk.moves(by_hand, Move.CLAIM, Move.ACCEPT, at=second(21))
    assert (await talk.thread(one.conversation_id)).waiting_since is None
