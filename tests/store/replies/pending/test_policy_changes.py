"""A changed mode or rule: what becomes of each kind of pending reply, and which stay."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from tests.store.chats import T0, Talk, add_reply, second
from wxdesk.core.model.account import ModeSource, ReplyMode
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.reply import Content, NewReply, Reply, ReplyState
from wxdesk.core.model.rule import Action, ActionKind, Rule
from wxdesk.core.replies.lifecycle import CHANGED_BY, RULE_SILENT, TOO_LATE, Move, ReplyStep, StepKind
from wxdesk.store import Store
from wxdesk.store.replies.moves import ReplyChanges
from wxdesk.store.replies.pending.policy_changes import NewMode
from wxdesk.store.schema.messaging import conversations, replies

S, M = ReplyState, ReplyMode
ACCOUNT, CONVERSATION, RULE = ModeSource.ACCOUNT, ModeSource.CONVERSATION, ModeSource.RULE
AT = second(5)
CLOSES = T0.replace(microsecond=0) + timedelta(hours=48)
NEVER = T0 - timedelta(days=1)
"""Older than all: nothing is stale."""

KINDS: dict[str, tuple[ReplyState, dict[str, object]]] = {
    "counts down": (S.HELD, {"due_at": second(20), "mode": M.HOLD}),
    "asks": (S.HELD, {"mode": M.HOLD}),
    "asks since a pause": (S.HELD, {"mode": M.AUTO, "mode_from": ACCOUNT}),
    "leaves": (S.QUEUED, {"mode": M.AUTO, "mode_from": ACCOUNT}),
    "of no mode": (S.QUEUED, {}),
    "was held": (S.QUEUED, {"mode": M.HOLD, "mode_from": ACCOUNT}),
    "by its rule": (S.QUEUED, {"mode": M.AUTO, "mode_from": RULE}),
    "changed": (S.HELD, {"due_at": second(20), "mode": M.HOLD}),
    "released": (S.QUEUED, {"mode": M.AUTO}),
    "draft": (S.DRAFT, {"mode": M.DRAFT}),
    "sending": (S.SENDING, {"mode": M.AUTO}),
    "failed": (S.FAILED, {"mode": M.AUTO}),
    "sent": (S.SENT, {"mode": M.AUTO}),
}


@pytest.fixture
async def thread(talk: Talk, store: Store) -> int:
    """The conversation, beside another one that has its own mode."""
    await store.conversations.set_mode((await talk.says("o0")).conversation.id, M.OFF)
    return (await talk.says("o1")).conversation.id


async def made(store: Store, thread: int, text: str, state: ReplyState, **fields: Any) -> Reply:
    new = NewReply(thread, Author.RULE, Content(text=text), state, **fields)
    return await add_reply(store, new, T0)


async def every_kind(store: Store, thread: int) -> dict[str, Reply]:
    """One of each kind, and what the operator wrote."""
    found = {text: await made(store, thread, text, state, **fields) for text, (state, fields) in KINDS.items()}
    await store.outbox.edit(found["changed"].id, Content(text="changed"), T0)
    await store._db.write(
        lambda connection: connection.execute(
            update(replies).where(replies.c.id == found["released"].id).values(by="lin")
        )
    )
    for text, due_at in (("written", None), ("undoable", second(9))):
        state = S.HELD if due_at else S.QUEUED
        new = NewReply(thread, Author.OPERATOR, Content(text=text), state, due_at=due_at)
        found[text] = await add_reply(store, new, T0)
    return {text: await store.replies.get(reply.id) for text, reply in found.items()}


def what_became(before: dict[str, Reply], moved: list[Reply]) -> dict[str, ReplyState]:
    names = {reply.id: text for text, reply in before.items()}
    return {names[reply.id]: reply.state for reply in moved}


async def withheld(
    store: Store, thread: int, mode: ReplyMode, source: ModeSource, *, seconds: int = 8, **stale: Any
) -> list[Reply]:
    await store.conversations.set_mode(thread, mode if source is CONVERSATION else None)
    new = NewMode(mode, seconds, **({"stale_before": NEVER} | stale))
    return await store.pending_replies.withhold_in_conversation(thread, new, "lin", AT)


def drafts(*names: str) -> dict[str, ReplyState]:
    return dict.fromkeys(names, S.DRAFT)


ALL_THAT_LEAVE = ("counts down", "asks", "asks since a pause", "leaves", "of no mode", "was held", "changed")


@pytest.mark.parametrize(
    ("mode", "source", "expected"),
    [
        (M.DRAFT, ACCOUNT, drafts(*ALL_THAT_LEAVE)),
        (M.DRAFT, CONVERSATION, drafts(*ALL_THAT_LEAVE, "by its rule")),
        (M.OFF, ACCOUNT, dict.fromkeys((*ALL_THAT_LEAVE, "by its rule"), S.CANCELLED) | drafts("changed")),
        (M.OFF, CONVERSATION, dict.fromkeys((*ALL_THAT_LEAVE, "by its rule"), S.CANCELLED) | drafts("changed")),
        (M.HOLD, ACCOUNT, dict.fromkeys(("leaves", "of no mode"), S.HELD)),
        (M.HOLD, CONVERSATION, dict.fromkeys(("leaves", "of no mode", "by its rule"), S.HELD)),
        (M.AUTO, ACCOUNT, {}),
        (M.AUTO, CONVERSATION, {}),
    ],
)
async def test_a_mode_is_applied_to_replies_that_would_leave_by_themselves(
    store: Store, thread: int, mode: ReplyMode, source: ModeSource, expected: dict[str, ReplyState]
) -> None:
    before = await every_kind(store, thread)
    moved = await withheld(store, thread, mode, source)
    assert what_became(before, moved) == expected
    for reply in moved:
        last = (await store.replies.steps(reply.id))[-1]
        if reply.state is S.CANCELLED:
            assert last == ReplyStep(reply.id, AT, StepKind.CANCEL, by="lin")
            assert reply.by == "lin"
            continue
        kind, until = (StepKind.HOLD, second(13)) if reply.state is S.HELD else (StepKind.KEEP, None)
        assert last == ReplyStep(reply.id, AT, kind, reason=CHANGED_BY[source], until=until)
        assert (reply.mode, reply.mode_from, reply.by, reply.updated_at) == (mode, source, "", AT)
        assert (reply.due_at, reply.error) == (until, "")
    untouched = [reply for text, reply in before.items() if text not in expected]
    assert [await store.replies.get(reply.id) for reply in untouched] == untouched


@pytest.mark.parametrize(("mode", "state"), [(M.DRAFT, S.DRAFT), (M.OFF, S.CANCELLED), (M.HOLD, S.HELD)])
@pytest.mark.parametrize("everywhere", [False, True])
async def test_an_accounts_mode_is_for_its_conversations_without_their_own(
    store: Store, talk: Talk, thread: int, mode: ReplyMode, state: ReplyState, everywhere: bool
) -> None:
    own = (await talk.says("o2")).conversation.id
    other = (await talk.says("o3", account="other")).conversation.id
    await store.conversations.set_mode(own, M.AUTO)
    here, there, elsewhere = [await made(store, one, "好", S.QUEUED, mode=M.AUTO) for one in (thread, own, other)]
    new = NewMode(mode, 8, NEVER)
    where = {"everywhere": True} if everywhere else {}
    moved = await store.pending_replies.withhold_in_account("shop", new, "lin", AT, **where)
    expected = [here.id, there.id] if everywhere else [here.id]
    assert [(reply.id, reply.state) for reply in moved] == [(one, state) for one in expected]
    assert {reply.mode_from for reply in moved} == {None if mode is M.OFF else ACCOUNT}
    assert await store.replies.get(elsewhere.id) == elsewhere


async def test_a_conversations_mode_moves_only_its_own_replies(store: Store, talk: Talk, thread: int) -> None:
    other = await made(store, (await talk.says("o2")).conversation.id, "好", S.QUEUED)
    here = await made(store, thread, "好", S.QUEUED)
    for mode, at_last in ((M.HOLD, S.HELD), (M.DRAFT, S.DRAFT)):
        moved = await withheld(store, thread, mode, ACCOUNT)
        assert [(reply.id, reply.state) for reply in moved] == [(here.id, at_last)]
    assert await store.replies.get(other.id) == other


async def test_a_part_behind_one_that_asks_goes_on_waiting_and_is_not_held(
    store: Store, talk: Talk, thread: int
) -> None:
    first, later = await talk.decides((await talk.says("o1")).message, "1", "2")
    await store.outbox.move(first.id, Move.CLAIM, T0)
    await store.outbox.move(first.id, Move.REFUSE, T0)
    assert await withheld(store, thread, M.HOLD, ACCOUNT) == []
    assert (await store.replies.get(later.id)).state is S.QUEUED


@pytest.mark.parametrize(
    ("not_before", "tried", "due"),
    [
        (None, False, 13),
        (second(3), False, 13),  # its pause is over
        (second(7), False, 15),  # the pause of a part, and then the hold
        (second(7), True, 13),  # WeChat was busy
    ],
)
async def test_a_queued_reply_is_held_from_the_end_of_its_delay(
    store: Store, thread: int, not_before: object, tried: bool, due: float
) -> None:
    reply = await made(store, thread, "好", S.QUEUED, not_before=not_before)
    if tried:
        await store.outbox.claim(second(7), busy=(), limit=1, only_by_hand=False)
        await store.outbox.move(reply.id, Move.POSTPONE, T0, ReplyChanges(not_before=second(7)))
    [held] = await withheld(store, thread, M.HOLD, ACCOUNT)
    assert held.due_at == second(due)


@pytest.mark.parametrize(("until", "due"), [(second(22), 12), (second(23), 13), (second(24), 13), (None, 13)])
async def test_no_hold_outlives_the_reply_window(store: Store, thread: int, until: object, due: float) -> None:
    await made(store, thread, "好", S.QUEUED)
    await store._db.write(
        lambda connection: connection.execute(
            update(conversations).where(conversations.c.id == thread).values(window_until=until)
        )
    )
    [held] = await withheld(store, thread, M.HOLD, ACCOUNT)
    assert held.due_at == second(due)


@pytest.mark.parametrize(
    ("times", "stale"),
    [
        ({}, True),
        ({"due_at": second(2)}, True),
        ({"not_before": second(2)}, True),
        ({"due_at": second(3)}, False),
        ({"not_before": second(3)}, False),
    ],
)
async def test_a_reply_due_long_ago_asks(
    store: Store, talk: Talk, thread: int, times: dict[str, object], stale: bool
) -> None:
    await made(store, thread, "好", S.QUEUED, **times)
    for author, where in ((Author.OPERATOR, thread), (Author.RULE, (await talk.says("o2")).conversation.id)):
        await add_reply(store, NewReply(where, author, Content(text="其他"), S.QUEUED), T0)
    [moved] = await withheld(store, thread, M.HOLD, ACCOUNT, stale_before=second(3))
    assert (moved.state, moved.due_at is None, moved.error) == (S.HELD, stale, TOO_LATE if stale else "")
    assert (moved.mode, moved.mode_from) == (M.HOLD, ACCOUNT)
    assert (await store.replies.steps(moved.id))[-1].reason == (TOO_LATE if stale else CHANGED_BY[ACCOUNT])


async def test_a_reply_made_at_the_limit_is_not_late(store: Store, thread: int) -> None:
    await made(store, thread, "好", S.QUEUED)
    [moved] = await withheld(store, thread, M.HOLD, ACCOUNT, stale_before=T0)
    assert moved.state is S.HELD


async def test_replies_of_a_disabled_rule_become_drafts(store: Store, thread: int) -> None:
    speaks, off, gone = [
        await store.rules.save(Rule(name, then=(Action(ActionKind.REPLY, content=Content(text="好")),)), T0)
        for name in ("speaks", "off", "gone")
    ]
    await store.rules.set_enabled(off.id, enabled=False)
    await store.rules.delete(gone.id)
    for name, rule_id in (("speaks", speaks.id), ("off", off.id), ("gone", gone.id), ("of none", None)):
        for state in S:
            await made(store, thread, f"{name} {state.value}", state, rule_id=rule_id)
    freed = await made(store, thread, "released", S.HELD, rule_id=gone.id)
    await store.outbox.move(freed.id, Move.RELEASE, T0, ReplyChanges(by="lin"))
    tried = await made(store, thread, "tried", S.SENDING, rule_id=gone.id)
    await store.outbox.move(tried.id, Move.POSTPONE, T0, ReplyChanges(errcode=-1, error="busy", rid="r"))
    moved = await store.pending_replies.withhold_without_rule(AT)
    assert [reply.content.text for reply in moved] == ["off held", "off queued", "gone held", "gone queued", "tried"]
    assert {(reply.state, reply.error, reply.errcode, reply.rid, reply.updated_at) for reply in moved} == {
        (S.DRAFT, RULE_SILENT, None, "", AT)
    }
