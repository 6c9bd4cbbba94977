"""Replies locked for editing and unlocked: with the time that was left, or asking if the contact wrote meanwhile."""

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import update

from tests.store.chats import T0, Talk, add_reply, entering, second
from wxdesk.core.conversations.claim import RETURNS_AFTER
from wxdesk.core.errors import MoveNotAllowed
from wxdesk.core.model.account import ModeSource, ReplyMode
from wxdesk.core.model.conversation import Author, StatusChange
from wxdesk.core.model.reply import Content, NewReply, Reply, ReplyState
from wxdesk.core.replies.lifecycle import AFTER_RESTART, CHANGED_BY, Move, ReplyStep, StepKind
from wxdesk.core.replies.on_new_message import (
    LAST_MOMENT,
    LEFT_AS_IT_WAS,
    SPOKE_MEANWHILE,
    WINDOW_CLOSED,
    WORD_TAKEN_BACK,
    WROTE_MEANWHILE,
)
from wxdesk.store import Store
from wxdesk.store.replies.moves import ReplyChanges
from wxdesk.store.replies.pending.edit_lock import unlock_all
from wxdesk.store.schema.messaging import conversations, replies

K = StepKind
S = ReplyState


async def made(talk: Talk, state: ReplyState, due: float | None = None) -> Reply:
    thread = (await talk.says("li")).conversation.id
    due_at = None if due is None else second(due)
    return await add_reply(talk.store, NewReply(thread, Author.RULE, Content(text="好"), state, due_at=due_at), T0)


@pytest.mark.parametrize(("due", "at", "then"), [(60, 20, 140), (21, 20, 105), (None, 20, None)])
async def test_an_unchanged_reply_unlocked_has_the_time_that_was_left(
    talk: Talk, store: Store, due: float | None, at: float, then: float | None
) -> None:
    before = await made(talk, S.HELD, due)
    kept = await store.outbox.lock_for_edit(before.id, second(at), "lin")
    assert (kept.state, kept.by, kept.due_at) == (S.DRAFT, "lin", None)
    back = await store.outbox.unlock(before, second(100), "lin", may_leave=True)
    assert back == await store.replies.get(before.id)
    assert (back.state, back.by, back.due_at) == (S.HELD, "", None if then is None else second(then))


async def test_an_unchanged_reply_unlocked_asks_if_the_contact_wrote_meanwhile(talk: Talk, store: Store) -> None:
    before = await made(talk, S.HELD, 60)
    await store.outbox.lock_for_edit(before.id, second(20), "lin")
    await talk.says("li", at=second(30))
    back = await store.outbox.unlock(before, second(40), "lin", may_leave=True)
    assert (back.state, back.due_at, back.error) == (S.HELD, None, WROTE_MEANWHILE)


async def test_an_unchanged_draft_unlocked_is_a_free_draft_again(talk: Talk, store: Store) -> None:
    before = await made(talk, S.DRAFT)
    assert (await store.outbox.lock_for_edit(before.id, second(1), "lin")).by == "lin"
    back = await store.outbox.unlock(before, second(2), "lin", may_leave=True)
    assert (back.state, back.by) == (S.DRAFT, "")
    assert await store.replies.steps(before.id) == [
        ReplyStep(before.id, second(1), K.LOCK, by="lin"),
        ReplyStep(before.id, second(2), K.UNLOCK, by="lin"),
    ]


async def test_locking_an_edited_draft_again_leaves_no_step(talk: Talk, store: Store) -> None:
    before = await made(talk, S.DRAFT)
    await store.outbox.lock_for_edit(before.id, second(1), "lin")
    edited = await store.outbox.edit(before.id, Content(text="您好"), second(2), "lin")
    await store.outbox.lock_for_edit(before.id, second(3), "lin")
    await store.outbox.unlock(edited, second(4), "lin", may_leave=True)
    assert [step.kind for step in await store.replies.steps(before.id)] == [K.LOCK, K.EDIT]


@pytest.mark.parametrize("own", [ReplyMode.DRAFT, None])
async def test_a_held_reply_unlocked_as_a_draft_says_which_mode_keeps_it(
    talk: Talk, store: Store, own: ReplyMode | None
) -> None:
    thread = (await talk.says("li")).conversation.id
    new = NewReply(thread, Author.RULE, Content(text="好"), S.HELD, due_at=second(60), mode=ReplyMode.HOLD)
    before = await add_reply(store, new, T0)
    await store.outbox.lock_for_edit(before.id, second(1), "lin")
    await store.conversations.set_mode(thread, own)
    back = await store.outbox.unlock(before, second(2), "lin", may_leave=False)
    source = ModeSource.ACCOUNT if own is None else ModeSource.CONVERSATION
    assert back.state is S.DRAFT
    last = (await store.replies.steps(before.id))[-1]
    assert last == ReplyStep(before.id, second(2), K.UNLOCK, by="lin", reason=CHANGED_BY[source])


async def test_a_held_reply_unlocked_as_a_draft_says_that_the_window_has_closed(talk: Talk, store: Store) -> None:
    before = await made(talk, S.HELD, 60)
    await store.outbox.lock_for_edit(before.id, second(1), "lin")
    closed = T0 + timedelta(hours=49)
    assert (await store.outbox.unlock(before, closed, "lin", may_leave=True)).state is S.DRAFT
    last = (await store.replies.steps(before.id))[-1]
    assert last == ReplyStep(before.id, closed, K.UNLOCK, by="lin", reason=WINDOW_CLOSED)


async def test_a_cancelled_reply_is_not_unlocked(talk: Talk, store: Store) -> None:
    before = await made(talk, S.HELD, 60)
    await store.outbox.lock_for_edit(before.id, second(1), "lin")
    await store.outbox.move(before.id, Move.CANCEL, second(2))
    with pytest.raises(MoveNotAllowed):
        await store.outbox.unlock(before, second(3), "lin", may_leave=True)


MOMENT = timedelta(microseconds=1)
CLOSES = T0.replace(microsecond=0) + timedelta(hours=48)


async def locked(store: Store, reply: Reply, at: float = 1) -> Reply:
    return await store.outbox.lock_for_edit(reply.id, second(at), "lin")


async def stored(store: Store, reply: Reply, **values: object) -> Reply:
    await store._db.write(
        lambda connection: connection.execute(update(replies).where(replies.c.id == reply.id).values(values))
    )
    return await store.replies.get(reply.id)


async def test_a_locked_draft_is_returned_as_it_is_stored(talk: Talk, store: Store) -> None:
    before = await made(talk, S.DRAFT)
    taken = await locked(store, before)
    assert taken == replace(before, by="lin", updated_at=second(1))
    assert taken == await store.replies.get(before.id)
    for state in (S.QUEUED, S.HELD):
        with pytest.raises(MoveNotAllowed) as refused:
            await store.outbox.unlock(await made(talk, state), second(2), "lin", may_leave=True)
        assert refused.value.values == {"state": state.value, "move": "unlock"}


@pytest.mark.parametrize(
    ("until", "held"), [(CLOSES, True), (second(100) + MOMENT, True), (second(100), False), (None, False)]
)
async def test_a_reply_unlocked_is_held_only_while_the_reply_window_is_open(
    talk: Talk, store: Store, until: datetime | None, held: bool
) -> None:
    before = await made(talk, S.HELD, 60)
    await locked(store, before, 20)
    await store._db.write(lambda connection: connection.execute(update(conversations).values(window_until=until)))
    back = await store.outbox.unlock(before, second(100), "lin", may_leave=True)
    assert back == await store.replies.get(before.id)
    assert back.state is (S.HELD if held else S.DRAFT)
    closing = until is not None and until < CLOSES
    assert back.due_at == ((until - LAST_MOMENT if closing else second(140)) if held and until else None)
    step = (await store.replies.steps(before.id))[-1]
    if held:
        assert step == ReplyStep(before.id, second(100), K.HOLD, "lin", reason=LEFT_AS_IT_WAS, until=back.due_at)
    else:
        assert step == ReplyStep(before.id, second(100), K.UNLOCK, "lin", reason=WINDOW_CLOSED)


@pytest.mark.parametrize(("left", "then"), [(4.0, 5.0), (5.0, 5.0), (6.0, 6.0)])
async def test_a_reply_unlocked_is_held_for_five_seconds_at_least(
    talk: Talk, store: Store, left: float, then: float
) -> None:
    before = await made(talk, S.HELD, 20 + left)
    await locked(store, before, 20)
    back = await store.outbox.unlock(before, second(100), "lin", may_leave=True)
    assert back.due_at == second(100 + then)


async def test_a_reply_unlocked_has_its_former_fields(talk: Talk, store: Store) -> None:
    """The status that its rule wants, who released it, and its trouble."""
    before = await stored(store, await made(talk, S.HELD, 60), aside=StatusChange(5), by="wang", error="busy")
    await locked(store, before, 20)
    back = await store.outbox.unlock(before, second(30), "lin", may_leave=True)
    assert back == replace(before, due_at=second(70), updated_at=second(30)) == await store.replies.get(before.id)


@pytest.mark.parametrize(
    ("at", "kind", "asks"),
    [
        (19.9, "text", False),
        (20, "text", False),
        (20.1, "text", True),
        (20.1, "entering", False),
        (20.1, "another", False),
    ],
)
async def test_a_reply_unlocked_asks_only_if_its_own_contact_wrote_since_the_lock(
    talk: Talk, store: Store, at: float, kind: str, asks: bool
) -> None:
    before = await made(talk, S.HELD, 60)
    await locked(store, before, 20)
    who = "o2" if kind == "another" else "li"
    if kind == "entering":
        await talk.hears(entering(who, second(at)), second(at))
    else:
        await talk.says(who, at=second(at))
    back = await store.outbox.unlock(before, second(30), "lin", may_leave=True)
    assert (back.due_at, back.error) == ((None, WROTE_MEANWHILE) if asks else (second(70), ""))
    step = (await store.replies.steps(before.id))[-1]
    assert (step.reason, step.until) == (WROTE_MEANWHILE if asks else LEFT_AS_IT_WAS, back.due_at)


async def test_a_reply_unlocked_without_a_deadline_asks_for_its_former_reason(talk: Talk, store: Store) -> None:
    before = await made(talk, S.HELD)
    await locked(store, before, 20)
    await talk.says("li", at=second(25))
    back = await store.outbox.unlock(before, second(30), "lin", may_leave=True)
    assert (back.state, back.due_at, back.error) == (S.HELD, None, "")


@pytest.mark.parametrize("why", [SPOKE_MEANWHILE, WORD_TAKEN_BACK, "busy"])
@pytest.mark.parametrize("may_leave", [True, False])
async def test_a_reply_unlocked_asks_if_the_operator_wrote_meanwhile(
    talk: Talk, store: Store, why: str, may_leave: bool
) -> None:
    before = await made(talk, S.HELD, 60)
    await stored(store, await locked(store, before, 20), error=why)
    back = await store.outbox.unlock(before, second(30), "lin", may_leave=may_leave)
    step = (await store.replies.steps(before.id))[-1]
    if may_leave:
        due_at = second(70) if why == "busy" else None
        assert (back.state, back.error, back.due_at) == (S.HELD, why, due_at)
        assert step.reason == (LEFT_AS_IT_WAS if why == "busy" else why)
    else:
        assert (back.state, back.error) == (S.DRAFT, "busy" if why == "busy" else "")
        assert (step.kind, step.reason) == (K.UNLOCK, "")


async def test_a_reply_that_was_never_locked_is_not_held_again(talk: Talk, store: Store) -> None:
    """Something else made a draft of it meanwhile: there is no deadline that was stopped."""
    before = await stored(store, await made(talk, S.HELD, 60), mode=ReplyMode.HOLD, by="wang")
    await stored(store, before, state=S.DRAFT)
    back = await store.outbox.unlock(before, second(30), "lin", may_leave=True)
    assert (back.state, back.due_at) == (S.DRAFT, second(60))
    assert (await store.replies.steps(before.id))[1:] == [ReplyStep(before.id, second(30), K.UNLOCK, by="lin")]


async def test_a_draft_that_was_held_long_ago_stays_a_draft(talk: Talk, store: Store) -> None:
    held = await made(talk, S.HELD, 60)
    before = await store.outbox.move(held.id, Move.KEEP, second(1))
    await locked(store, before, 2)
    assert (await store.outbox.unlock(before, second(30), "lin", may_leave=True)).state is S.DRAFT


async def test_the_newest_deadline_that_was_stopped_counts(talk: Talk, store: Store) -> None:
    before = await made(talk, S.HELD, 60)
    for at, due in ((10, 60), (20, 80)):
        await store.outbox.move(before.id, Move.HOLD, second(at), ReplyChanges(due_at=second(due)))
        await locked(store, before, at)
    back = await store.outbox.unlock(before, second(100), "lin", may_leave=True)
    assert back.due_at == second(160)


async def test_a_changed_reply_stays_as_it_is_when_unlocked(talk: Talk, store: Store) -> None:
    before = await made(talk, S.HELD, 60)
    await locked(store, before, 20)
    changed = await store.outbox.edit(before.id, Content(text="您好"), second(21), "lin")
    steps = await store.replies.steps(before.id)
    assert await store.outbox.unlock(before, second(30), "lin", may_leave=True) == changed
    assert await store.replies.steps(before.id) == steps


@pytest.mark.parametrize("mode", [*ReplyMode, None])
async def test_only_a_mode_under_which_it_would_leave_is_named(
    talk: Talk, store: Store, mode: ReplyMode | None
) -> None:
    await store.conversations.set_mode((await talk.says("o1")).conversation.id, ReplyMode.DRAFT)
    before = await stored(store, await made(talk, S.HELD, 60), mode=mode)
    await locked(store, before)
    await store.outbox.unlock(before, second(2), "lin", may_leave=False)
    named = mode in (ReplyMode.AUTO, ReplyMode.HOLD)
    assert (await store.replies.steps(before.id))[-1].reason == (CHANGED_BY[ModeSource.ACCOUNT] if named else "")


@pytest.mark.parametrize("state", [S.HELD, S.DRAFT])
async def test_a_reply_that_asks_when_unlocked_reopens_the_conversation(
    talk: Talk, store: Store, state: ReplyState
) -> None:
    before = await made(talk, state, 60 if state is S.HELD else None)
    if state is S.HELD:
        await locked(store, before)
    await store._db.write(lambda connection: connection.execute(update(conversations).values(resolved_at=second(1))))
    if state is S.HELD:
        await store.outbox.unlock(before, second(2), "lin", may_leave=True)
    else:
        await locked(store, before)
    assert (await talk.thread(before.conversation_id)).resolved_at is None


async def test_a_start_ends_all_edit_locks_but_those_of_changed_replies(talk: Talk, store: Store) -> None:
    plain, told, changed, mine = [await made(talk, S.DRAFT) for _ in range(4)]
    for reply in (plain, told, changed):
        await locked(store, reply)
    await stored(store, told, error="busy")
    changed = await store.outbox.edit(changed.id, Content(text="您好"), second(1), "lin")
    mine = await stored(store, mine, author=Author.OPERATOR, by="lin")
    free, held = await made(talk, S.DRAFT), await stored(store, await made(talk, S.HELD), by="lin")
    left = await store._db.write(unlock_all, second(5))
    assert [(reply.id, reply.by, reply.error, reply.updated_at) for reply in left] == [
        (plain.id, "", AFTER_RESTART, second(5)),
        (told.id, "", "busy", second(5)),
    ]
    for reply in left:
        assert (await store.replies.steps(reply.id))[-1] == ReplyStep(
            reply.id, second(5), K.UNLOCK, reason=AFTER_RESTART
        )
    for reply in (changed, mine, free, held):
        assert await store.replies.get(reply.id) == reply


async def test_an_old_edit_lock_ends_where_its_operator_has_no_open_desk(talk: Talk, store: Store) -> None:
    theirs, fresh, changed = [await made(talk, S.DRAFT) for _ in range(3)]
    for reply, at in ((theirs, 1), (fresh, 100), (changed, 1)):
        await locked(store, reply, at)
    changed = await store.outbox.edit(changed.id, Content(text="您好"), second(1), "lin")
    alone = await stored(store, await made(talk, S.DRAFT), by=Author.OPERATOR, updated_at=second(1))
    now = second(1) + RETURNS_AFTER
    assert await store.outbox.unlock_abandoned(now, {"lin", "wang"}) == []
    [left] = await store.outbox.unlock_abandoned(now, {"wang"})
    assert (left.id, left.by, left.error, left.updated_at) == (theirs.id, "", AFTER_RESTART, now)
    assert [(await store.replies.get(one.id)).by for one in (fresh, changed, alone)] == ["lin", "lin", "operator"]
