"""A stored contact for a trial, with all that the next message would meet."""

from datetime import timedelta

import pytest

from tests.store.chats import Talk, entering, second
from wxdesk.core.errors import NotFound
from wxdesk.core.model.decision import Decision, Firing, Outcome
from wxdesk.core.model.reply import ReplyState
from wxdesk.core.model.rule import Rule
from wxdesk.core.replies.lifecycle import Move
from wxdesk.core.replies.on_new_message import PendingReply
from wxdesk.core.rules.conditions.facts import RequiredHistory
from wxdesk.core.rules.ruling import Ruling
from wxdesk.store import Store


async def test_a_trial_loads_what_the_contacts_next_message_would_meet(talk: Talk, store: Store) -> None:
    for number in range(1, 10):
        await store.rules.save(Rule(f"rule {number}"), second(0))
    first = await talk.says("o1", "一", at=second(0))
    await talk.decides(first.message, "好", at=second(1), rule_id=1)
    await talk.decides((await talk.says("o2", "一", at=second(2))).message, at=second(50), rule_id=1)
    [sent] = await talk.decides((await talk.says("o1", "二", at=second(3))).message, "在", at=second(4), rule_id=2)
    await talk.moves(sent, Move.CLAIM, Move.ACCEPT, at=second(5))
    by_human = await talk.writes(first.conversation.id, "您好", at=second(6))
    await talk.moves(by_human, Move.CLAIM, Move.ACCEPT, at=second(7))
    unanswered = (await talk.says("o1", "三", at=second(8))).message
    looked_on = Decision(unanswered.id, first.conversation.id, Outcome.UNMATCHED, second(8))
    await store.decisions.store_rulings([Ruling(looked_on, firings=(Firing(9, shadow=True),))])
    await talk.hears(entering("o1", second(9), "goods=1"), second(9))
    third = (await talk.says("o1", "四", at=second(10))).message
    await talk.decides(third, "等", at=second(11), state=ReplyState.HELD, due_at=second(90), rule_id=3)

    known = await store.decision_history.load_for_trial(first.conversation.id, second(60))

    rules = frozenset({1, 2, 3, 9})
    wanted = RequiredHistory(True, 9, fired=rules, lately=rules, said=rules, said_within=timedelta(minutes=1))
    item = await talk.says("o1", "五", at=second(60))
    [met] = await store.decisions.with_history([item], wanted, second(60))
    assert known.history == met.history
    assert (known.history.message_no, known.history.last_written_at) == (3, third.at)
    assert set(known.history.fired) == {1, 2, 3}
    assert known.history.said == {1: second(1), 2: second(4), 3: second(11)}
    assert known.history.lately == {1: 2, 2: 1, 3: 1}
    assert (known.promised, known.waiting) == (met.promised, met.waiting)
    assert (known.promised, known.waiting) == (2, (PendingReply(ReplyState.HELD, 3, to_message=True),))
    assert known.conversation.session_from == "goods=1"


async def test_an_unknown_contact_for_a_trial_is_refused(store: Store) -> None:
    with pytest.raises(NotFound):
        await store.decision_history.load_for_trial(7, second(0))
