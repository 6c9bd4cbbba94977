"""The history of a reply: which step each change leaves, and that neither is ever stored without the other."""

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import Connection

from tests.store.chats import T0, Talk, add_reply, second
from wxdesk.core.errors import MoveNotAllowed
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.decision import Decision, Outcome
from wxdesk.core.model.reply import Content, NewReply, Reply, ReplyState
from wxdesk.core.replies.lifecycle import AFTER_PAUSE, REPLY_MOVES, Move, ReplyStep, StepKind, step_kind
from wxdesk.core.replies.on_new_message import WROTE_INSTEAD, HoldTimes, OnNewMessage
from wxdesk.core.rules.ruling import Ruling
from wxdesk.store import Store, open_store
from wxdesk.store.replies import moves as moving
from wxdesk.store.replies.history import write_moves, write_passed_over, write_steps
from wxdesk.store.replies.moves import ReplyChanges
from wxdesk.store.replies.pending.timers import TimerTerms

S = ReplyState
K = StepKind


async def made(talk: Talk, state: ReplyState, *, author: Author = Author.RULE, **fields: Any) -> Reply:
    thread = (await talk.says("o1")).conversation.id
    new = NewReply(thread, author, Content(text="好"), state, **fields)
    return await add_reply(talk.store, new, T0)


async def kinds(store: Store, reply: Reply) -> list[StepKind]:
    return [step.kind for step in await store.replies.steps(reply.id)]


async def test_the_plain_way_out_costs_no_step(talk: Talk, store: Store) -> None:
    message = (await talk.says("o1")).message
    [reply] = await talk.decides(message, "好")
    await store.outbox.claim(second(1), busy=(), limit=5, only_by_hand=False)
    await store.outbox.move(reply.id, Move.ACCEPT, second(2), ReplyChanges(errcode=0, error=""))
    assert await store.replies.steps(reply.id) == []


@pytest.mark.parametrize(("state", "move"), [key for key in REPLY_MOVES if key[1] not in (Move.CLAIM, Move.ACCEPT)])
async def test_every_other_move_leaves_a_step(talk: Talk, store: Store, state: ReplyState, move: Move) -> None:
    reply = await made(talk, state, due_at=second(9) if state is S.HELD else None)
    before = await store.replies.steps(reply.id)
    await store.outbox.move(reply.id, move, second(3), ReplyChanges(by="lin", error="because"))
    [step] = (await store.replies.steps(reply.id))[len(before) :]
    assert (step.reply_id, step.at, step.kind.value) == (reply.id, second(3), move.value)
    assert (step.by, step.reason, step.errcode) == ("lin", "because", None)


async def test_a_reply_that_is_born_held_tells_until_when(talk: Talk, store: Store) -> None:
    message = (await talk.says("o1")).message
    by_rule, second_one = await talk.decides(message, "好", "再见", at=second(1), state=S.HELD, due_at=second(9))
    draft = await made(talk, S.DRAFT)
    assert await store.replies.steps(by_rule.id) == [ReplyStep(by_rule.id, second(1), K.HOLD, until=second(9))]
    assert await store.replies.steps(second_one.id) == [ReplyStep(second_one.id, second(1), K.HOLD, until=second(9))]
    assert await store.replies.steps(draft.id) == []


async def test_a_changed_and_a_removed_deadline_are_steps_of_the_history(talk: Talk, store: Store) -> None:
    reply = await made(talk, S.HELD, due_at=second(9))
    await store.outbox.move(reply.id, Move.HOLD, second(2), ReplyChanges(due_at=second(20)))
    await store.outbox.move(reply.id, Move.KEEP, second(3), ReplyChanges(by="lin"))
    assert await store.replies.steps(reply.id) == [
        ReplyStep(reply.id, T0, K.HOLD, until=second(9)),
        ReplyStep(reply.id, second(2), K.HOLD, until=second(20)),
        ReplyStep(reply.id, second(3), K.KEEP, by="lin", until=second(20)),
    ]


async def test_an_edit_keeps_what_was_said_before(talk: Talk, store: Store) -> None:
    reply = await made(talk, S.DRAFT)
    warmer = Content(text="您好 ❤️‍🔥 \ud83d")
    await store.outbox.edit(reply.id, warmer, second(1), "lin")
    await store.outbox.edit(reply.id, Content(text="再见"), second(2), "lin")
    first, then = await store.replies.steps(reply.id)
    assert first == ReplyStep(reply.id, second(1), K.EDIT, by="lin", before=Content(text="好"))
    assert then.before is not None
    assert then.before.text.startswith("您好 ❤️‍🔥 ")


async def test_what_wechat_refused_is_reported_with_its_code_and_words(talk: Talk, store: Store) -> None:
    reply = await made(talk, S.SENDING)
    said = ReplyChanges(errcode=-1, error="system error", rid="r1", not_before=second(4))
    await store.outbox.move(reply.id, Move.POSTPONE, second(3), said)
    await store.outbox.claim(second(4), busy=(), limit=1, only_by_hand=False)
    await store.outbox.move(reply.id, Move.POSTPONE, second(5))
    await store.outbox.claim(second(6), busy=(), limit=1, only_by_hand=False)
    await store.outbox.move(reply.id, Move.REFUSE, second(7), ReplyChanges(errcode=45047, error="out of limit"))
    refused, stopped, failed = await store.replies.steps(reply.id)
    assert refused == ReplyStep(reply.id, second(3), K.POSTPONE, reason="system error", until=second(4), errcode=-1)
    assert (stopped.kind, stopped.reason, stopped.errcode) == (K.POSTPONE, "", None)  # a pause, not WeChat
    assert failed == ReplyStep(reply.id, second(7), K.REFUSE, reason="out of limit", errcode=45047)


async def test_moves_of_many_replies_each_leave_a_step(talk: Talk, store: Store) -> None:
    late = await made(talk, S.HELD, due_at=second(1))
    asks = await made(talk, S.HELD)
    queued = await made(talk, S.QUEUED)
    await store.pending_replies.hold_after_pause(second(2))
    await store.pending_replies.release_held("lin", second(3))
    held = await made(talk, S.HELD, due_at=second(4))
    mine = await made(talk, S.HELD, due_at=second(4), author=Author.OPERATOR)
    await store.pending_replies.run_timers(second(5), TimerTerms())
    stopped = await made(talk, S.HELD, due_at=second(9))
    await store.pending_replies.cancel_held("lin", second(6))
    asked, released = (
        ReplyStep(late.id, second(2), K.HOLD, reason=AFTER_PAUSE),
        ReplyStep(late.id, second(3), K.RELEASE, by="lin"),
    )
    assert (await store.replies.steps(late.id))[1:] == [asked, released]
    assert await kinds(store, asks) == [K.HOLD, K.RELEASE]
    assert await kinds(store, queued) == [K.HOLD, K.RELEASE]
    for one in (held, mine):
        assert (await store.replies.steps(one.id))[-1] == ReplyStep(one.id, second(5), K.RELEASE)
    assert (await store.replies.steps(stopped.id))[-1] == ReplyStep(stopped.id, second(6), K.CANCEL, by="lin")


async def test_an_operator_who_goes_on_typing_leaves_one_step(talk: Talk, store: Store) -> None:
    reply = await made(talk, S.HELD, due_at=second(3))
    for at in (2, 4, 6):
        await store.pending_replies.run_timers(
            second(at), TimerTerms(held_until={reply.conversation_id: second(at + 5)})
        )
    await store.pending_replies.run_timers(second(20), TimerTerms())
    writing = ReplyStep(reply.id, second(2), K.HOLD, reason="You were writing in this conversation.", until=second(11))
    released = ReplyStep(reply.id, second(20), K.RELEASE)
    assert (await store.replies.steps(reply.id))[1:] == [writing, released]


async def test_a_customer_who_writes_again_is_told(talk: Talk, store: Store) -> None:
    message = (await talk.says("o1")).message
    [reply] = await talk.decides(message, "好", state=S.HELD, due_at=second(9))
    told = []
    for at, fate in (
        (3, OnNewMessage.HOLD_AGAIN),
        (4, OnNewMessage.HOLD_AGAIN),
        (5, OnNewMessage.ASK),
        (6, OnNewMessage.SUPERSEDE),
    ):
        later = (await talk.says("o1", at=second(at))).message
        decision = Decision(later.id, later.conversation_id, Outcome.SILENT, second(at))
        await store.decisions.store_rulings([Ruling(decision, on_pending=fate, hold_times=HoldTimes(8))])
        told.append((await store.replies.steps(reply.id))[-1])
    again = ReplyStep(reply.id, second(3), K.HOLD, reason="The customer wrote again.", until=second(11))
    assert told[0] == again
    assert told[1] == replace(again, until=second(12))
    assert told[2] == replace(again, until=None)
    assert (told[3].kind, told[3].by, told[3].at) == (K.CANCEL, "contact", second(6))
    assert await kinds(store, reply) == [K.HOLD, K.HOLD, K.CANCEL]


async def test_an_answer_that_gives_way_within_its_batch_is_reported_as_well(talk: Talk, store: Store) -> None:
    made = []
    for at in (1, 2):
        one = (await talk.says("o1", at=second(at))).message
        new = NewReply(one.conversation_id, Author.RULE, Content(text="好"), S.HELD, rule_id=7, due_at=second(9))
        decision = Decision(one.id, one.conversation_id, Outcome.REPLIED, second(at), rule_id=7, rule_name="r")
        made.append(Ruling(decision, (new,), on_pending=OnNewMessage.SUPERSEDE, hold_times=HoldTimes(8)))
    gone, held = await store.decisions.store_rulings(made)
    steps = [(step.kind, step.by) for step in await store.replies.steps(gone.id)]
    assert steps == [(K.HOLD, ""), (K.CANCEL, "contact")]
    assert await kinds(store, held) == [K.HOLD]


async def test_a_take_over_leaves_who_stopped_each(talk: Talk, store: Store) -> None:
    held, queued = await made(talk, S.HELD, due_at=second(9)), await made(talk, S.QUEUED)
    mine, failed = await made(talk, S.QUEUED, author=Author.OPERATOR), await made(talk, S.FAILED)
    await store.outbox.cancel_automatic(held.conversation_id, "operator", second(1))
    for one in (held, queued):
        assert (await store.replies.steps(one.id))[-1] == ReplyStep(one.id, second(1), K.CANCEL, by="operator")
    assert await store.replies.steps(mine.id) == await store.replies.steps(failed.id) == []
    assert (await store.replies.get(failed.id)).state is S.FAILED


async def test_a_crash_while_sending_is_reported(talk: Talk, store: Store) -> None:
    reply = await made(talk, S.SENDING)
    await store.outbox.recover(second(1))
    [step] = await store.replies.steps(reply.id)
    assert (step.kind, step.at, step.by) == (K.LOSE, second(1), "")
    assert step.reason == "wxdesk ended before WeChat answered"


async def test_refused_moves_leave_no_step(talk: Talk, store: Store) -> None:
    sent = await made(talk, S.SENT)
    with pytest.raises(MoveNotAllowed):
        await store.outbox.move(sent.id, Move.CANCEL, second(1), ReplyChanges(by="lin"))
    with pytest.raises(MoveNotAllowed):
        await store.outbox.edit(sent.id, Content(text="?"), second(1), "lin")
    assert await store.replies.steps(sent.id) == []


async def test_a_change_that_is_rolled_back_leaves_no_step(talk: Talk, store: Store) -> None:
    reply, other = await made(talk, S.HELD, due_at=second(9)), await made(talk, S.DRAFT)

    def broken(connection: Connection) -> None:
        moving.move(connection, reply.id, Move.RELEASE, second(1), ReplyChanges(by="lin"))
        moving.edit(connection, other.id, Content(text="?"), second(1), "lin")
        raise RuntimeError("half way")

    with pytest.raises(RuntimeError):
        await store.replies._db.write(broken)
    assert await store.replies.steps(other.id) == []
    assert (await store.replies.get(reply.id)).state is S.HELD
    assert await kinds(store, reply) == [K.HOLD]


async def test_the_history_survives_a_restart(talk: Talk, store: Store, url: str, home: Path) -> None:
    reply = await made(talk, S.HELD, due_at=second(9))
    await store.outbox.edit(reply.id, Content(text="再见"), second(1), "lin")
    await store.outbox.move(reply.id, Move.RELEASE, second(2), ReplyChanges(by="lin"))
    told = await store.replies.steps(reply.id)
    await store.close()
    again = await open_store(url, home)
    try:
        assert await again.replies.steps(reply.id) == told
        assert [step.kind for step in told] == [K.HOLD, K.EDIT, K.RELEASE]
    finally:
        await again.close()


HOLDS = ReplyStep(1, second(1), K.HOLD, by="lin", reason="why", until=second(9))


@pytest.mark.parametrize(
    ("changes", "moves_it"),
    [
        ({}, True),
        ({"until": None}, True),
        ({"by": "wang"}, False),
        ({"reason": "because"}, False),
        ({"reason": ""}, False),
        ({"kind": K.KEEP}, False),
    ],
)
async def test_a_hold_for_the_same_reason_only_moves_the_deadline(
    talk: Talk, store: Store, changes: dict[str, object], moves_it: bool
) -> None:
    replies = [await made(talk, S.QUEUED) for _ in range(3)]
    first = [replace(HOLDS, reply_id=reply.id) for reply in replies]
    await store._db.write(write_steps, first)
    again = {"at": second(2), "until": second(20)} | changes
    other = replace(HOLDS, reply_id=replies[1].id, at=second(2), reason="something else")
    then = [replace(first[0], **again), other]
    await store._db.write(write_steps, then)
    moved = [replace(first[0], until=then[0].until)] if moves_it else [first[0], then[0]]
    assert await store.replies.steps(replies[0].id) == moved
    assert await store.replies.steps(replies[1].id) == [first[1], other]
    assert await store.replies.steps(replies[2].id) == [first[2]]


@pytest.mark.parametrize("reason", ["", "why"])
async def test_only_the_last_step_is_repeated_and_only_one_with_a_reason(talk: Talk, store: Store, reason: str) -> None:
    reply = await made(talk, S.QUEUED)
    hold = replace(HOLDS, reply_id=reply.id, reason=reason)
    steps = [hold, replace(hold, kind=K.KEEP), replace(hold, at=second(3)), replace(hold, at=second(4), until=None)]
    for step in steps:
        await store._db.write(write_steps, [step])
    repeated = [replace(steps[2], until=None)] if reason else steps[2:]
    assert await store.replies.steps(reply.id) == [*steps[:2], *repeated]
    await store._db.write(write_steps, [])


async def test_repeated_postponements_are_all_kept(talk: Talk, store: Store) -> None:
    reply = await made(talk, S.QUEUED)
    steps = [ReplyStep(reply.id, second(at), K.POSTPONE, reason="busy") for at in (1, 2)]
    for step in steps:
        await store._db.write(write_steps, [step])
    assert await store.replies.steps(reply.id) == steps


@pytest.mark.parametrize(
    ("kind", "reason", "told"),
    [(K.KEEP, WROTE_INSTEAD, False), (K.KEEP, "", True), (K.HOLD, WROTE_INSTEAD, True), (None, "", True)],
)
async def test_passing_over_a_draft_leaves_one_step(
    talk: Talk, store: Store, kind: StepKind | None, reason: str, told: bool
) -> None:
    reply, other = await made(talk, S.DRAFT), await made(talk, S.DRAFT)
    before = [] if kind is None else [ReplyStep(reply.id, T0, kind, reason=reason)]
    await store._db.write(write_steps, before)
    await store._db.write(write_passed_over, [reply, other], second(5))
    instead = [ReplyStep(reply.id, second(5), K.INSTEAD)] if told else []
    assert await store.replies.steps(reply.id) == [*before, *instead]
    assert await store.replies.steps(other.id) == [ReplyStep(other.id, second(5), K.INSTEAD)]


async def test_each_step_tells_the_time_that_it_is_about(talk: Talk, store: Store) -> None:
    """The deadline of a hold, the one that a keep stopped, and when it is tried again; else none."""
    reply = replace(await made(talk, S.QUEUED), due_at=second(7), not_before=second(8))
    for at, move in enumerate(Move):
        await store._db.write(write_moves, move, [reply], second(at), by="lin", reason=move.value, errcode=at)
    times = {K.HOLD: second(7), K.KEEP: second(7), K.POSTPONE: second(8)}
    expected = [
        ReplyStep(reply.id, second(at), kind, "lin", None, move.value, times.get(kind), at)
        for at, move in enumerate(Move)
        if (kind := step_kind(move)) is not None
    ]
    assert await store.replies.steps(reply.id) == expected
    await store._db.write(write_moves, Move.CANCEL, [reply], second(99))
    assert (await store.replies.steps(reply.id))[-1] == ReplyStep(reply.id, second(99), K.CANCEL)
