"""Undo of an operator's message: which drafts ask again, and which locked ones say why they wait."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from tests.store.chats import Talk, second
from wxdesk.core.conversations.takeover import Takeover
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.reply import Content, NewReply, Reply, ReplyState
from wxdesk.core.replies.lifecycle import Move, ReplyStep, StepKind
from wxdesk.core.replies.on_new_message import SPOKE_MEANWHILE, WORD_TAKEN_BACK
from wxdesk.store import Store
from wxdesk.store.replies.history import write_steps
from wxdesk.store.schema.messaging import conversations, replies

S = ReplyState
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def draft(talk: Talk) -> Reply:
    """What a rule has prepared."""
    [made] = await talk.decides((await talk.says("o1")).message, "九点", state=S.DRAFT)
    return made


async def writes(store: Store, thread: int, at: float = 1, state: ReplyState = S.HELD) -> Reply:
    """An operator writes, and could still take it back."""
    new = NewReply(thread, Author.OPERATOR, Content(text="十点"), state, due_at=second(9))
    return (await store.replies.write([new], second(at), MINUTE)).written[0]


async def stored(store: Store, reply: Reply, **values: object) -> Reply:
    change = update(replies).where(replies.c.id == reply.id).values({"id": reply.id} | values)
    await store._db.write(lambda connection: connection.execute(change))
    return await store.replies.get(reply.id)


async def takes_back(store: Store, reply: Reply, at: float = 5) -> list[Reply]:
    return (await store.pending_replies.undo(reply.id, "lin", second(at))).passed


@pytest.mark.parametrize("what", ["plain", "edited", "in hand", "held", "passed over", "operator's", "elsewhere"])
async def test_writing_passes_over_only_plain_drafts_of_its_conversation(
    store: Store, talk: Talk, draft: Reply, what: str
) -> None:
    values: dict[str, dict[str, object]] = {
        "edited": {"edited": True},
        "in hand": {"by": "wang"},
        "held": {"state": S.SENT},
        "passed over": {"passed_by": 99},
        "operator's": {"author": Author.OPERATOR},
        "elsewhere": {"conversation_id": (await talk.says("o2")).conversation.id},
    }
    thread = draft.conversation_id
    before = await stored(store, draft, error="busy", **values.get(what, {}))
    new = NewReply(thread, Author.OPERATOR, Content(text="十点"), S.QUEUED)
    wrote = await store.replies.write([new], second(1), MINUTE)
    after = await store.replies.get(draft.id)
    if what == "plain":
        assert wrote.passed == [after]
        assert (after.passed_by, after.error, after.updated_at) == (wrote.written[0].id, "busy", second(1))
    else:
        assert (wrote.passed, after.passed_by) == ([], before.passed_by)


@pytest.mark.parametrize(
    ("other", "asks"),
    [
        ({}, False),
        ({"state": S.SENT}, False),
        ({"state": S.FAILED}, False),
        ({"state": S.CANCELLED}, True),
        ({"author": Author.RULE}, True),
        ({"conversation_id": 2}, True),
    ],
)
async def test_a_passed_over_draft_asks_after_undo_unless_a_later_message_is_left(
    store: Store, talk: Talk, draft: Reply, other: dict[str, object], asks: bool
) -> None:
    await talk.says("o2")
    earlier = await talk.writes(draft.conversation_id, "前")
    word = await writes(store, draft.conversation_id)
    later = await stored(store, await talk.writes(draft.conversation_id, "后"), **other)
    told = await takes_back(store, word)
    after = await store.replies.get(draft.id)
    assert told == [after]
    assert after.updated_at == second(5)
    assert (after.passed_by, after.error) == ((None, WORD_TAKEN_BACK) if asks else (later.id, ""))
    steps = (await store.replies.steps(draft.id))[1:]
    assert steps == ([ReplyStep(draft.id, second(5), StepKind.ASK, reason=WORD_TAKEN_BACK)] if asks else [])
    assert earlier == await store.replies.get(earlier.id)


@pytest.mark.parametrize(
    ("values", "error", "told"),
    [
        ({}, WORD_TAKEN_BACK, True),
        ({"error": "busy"}, "busy", True),
        ({"by": "wang"}, "", True),
        ({"edited": True}, "", False),
    ],
)
async def test_undo_gives_a_draft_its_reason_and_a_step_of_history(
    store: Store, draft: Reply, values: dict[str, object], error: str, told: bool
) -> None:
    word = await writes(store, draft.conversation_id)
    await stored(store, draft, **values)
    [asking] = await takes_back(store, word)
    assert (asking.passed_by, asking.error) == (None, error)
    steps = [step for step in await store.replies.steps(draft.id) if step.kind is StepKind.ASK]
    assert steps == ([ReplyStep(draft.id, second(5), StepKind.ASK, reason=WORD_TAKEN_BACK)] if told else [])


async def test_undo_leaves_a_draft_that_was_released_meanwhile(store: Store, talk: Talk, draft: Reply) -> None:
    word = await writes(store, draft.conversation_id)
    sent = await talk.moves(draft, Move.RELEASE, at=second(2))
    assert await takes_back(store, word) == []
    assert await store.replies.get(draft.id) == sent


async def test_cancelling_held_messages_makes_each_conversations_draft_ask_again(
    store: Store, talk: Talk, draft: Reply
) -> None:
    [other] = await talk.decides((await talk.says("o2")).message, "八点", state=S.DRAFT)
    [third] = await talk.decides((await talk.says("o3")).message, "七点", state=S.DRAFT)
    words = [await writes(store, one.conversation_id) for one in (draft, draft, other)]
    for one in words:
        await stored(store, one, due_at=None)
    await resolve_all(store)
    told = await store.pending_replies.cancel_held("lin", second(5))
    assert [one.id for one in told] == [*(word.id for word in words), draft.id, other.id]
    opened = [(await talk.thread(one.conversation_id)).resolved_at for one in (draft, other, third)]
    assert opened == [None, None, second(4)]


async def resolve_all(store: Store) -> None:
    """Resolve all conversations, whatever waits in them."""
    change = update(conversations).values(resolved_at=second(4))
    await store._db.write(lambda connection: connection.execute(change))


HAND: dict[str, dict[str, object]] = {
    "in hand": {},
    "of another reason": {"error": "busy"},
    "free": {"by": ""},
    "operator's": {"author": Author.OPERATOR},
    "sent": {"state": S.SENT},
    "elsewhere": {"conversation_id": 2},
}


@pytest.mark.parametrize("what", HAND)
async def test_a_locked_draft_says_that_the_message_was_undone(
    store: Store, talk: Talk, draft: Reply, what: str
) -> None:
    await talk.says("o2")
    await store.outbox.lock_for_edit(draft.id, second(0), "wang")
    word = await writes(store, draft.conversation_id)
    before = await stored(store, draft, **({"error": SPOKE_MEANWHILE} | HAND[what]))
    told = await takes_back(store, word)
    after = await store.replies.get(draft.id)
    if what == "in hand":
        assert told == [after]
        assert after.error == WORD_TAKEN_BACK
    else:
        assert (told, after) == ([], before)


@pytest.mark.parametrize(
    ("other", "at", "why"),
    [
        ({}, 3, SPOKE_MEANWHILE),
        ({}, 2, SPOKE_MEANWHILE),
        ({}, 1.9, WORD_TAKEN_BACK),  # said before it was locked
        ({"state": S.CANCELLED}, 3, WORD_TAKEN_BACK),
        ({"author": Author.RULE}, 3, WORD_TAKEN_BACK),
        ({"conversation_id": 2}, 3, WORD_TAKEN_BACK),
    ],
)
@pytest.mark.parametrize("held", [False, True])
async def test_a_locked_draft_keeps_its_reason_while_a_message_since_the_lock_is_left(
    store: Store, talk: Talk, draft: Reply, other: dict[str, object], at: float, why: str, held: bool
) -> None:
    """Whether it was taken as a draft or while it was held."""
    await talk.says("o2")
    if held:
        draft = await stored(store, draft, state=S.HELD, due_at=second(60))
    await store.outbox.lock_for_edit(draft.id, second(2), "wang")
    await stored(store, await talk.writes(draft.conversation_id, "还有", second(at)), **other)
    word = await writes(store, draft.conversation_id, 4)
    await takes_back(store, word)
    assert (await store.replies.get(draft.id)).error == why


@pytest.mark.parametrize(
    ("kind", "by", "why"),
    [
        ("keep", "", SPOKE_MEANWHILE),
        ("take", "", SPOKE_MEANWHILE),
        ("edit", "wang", SPOKE_MEANWHILE),
        ("keep", "wang", WORD_TAKEN_BACK),
        ("take", "wang", WORD_TAKEN_BACK),
    ],
)
async def test_only_steps_of_the_locking_operator_tell_since_when_a_draft_is_locked(
    store: Store, talk: Talk, draft: Reply, kind: str, by: str, why: str
) -> None:
    """Without one it is locked since it was made."""
    await stored(store, draft, by="wang", created_at=second(2))
    step = ReplyStep(draft.id, second(4), StepKind(kind), by=by)
    await store._db.write(write_steps, [step])
    await talk.writes(draft.conversation_id, "还有", second(2))
    word = await writes(store, draft.conversation_id, 4)
    await takes_back(store, word)
    assert (await store.replies.get(draft.id)).error == why


@pytest.mark.parametrize(
    ("takeover", "why"),
    [
        (None, WORD_TAKEN_BACK),
        (Takeover(None), SPOKE_MEANWHILE),
        (Takeover(second(99), by_writing=True), WORD_TAKEN_BACK),
    ],
)
@pytest.mark.parametrize("here", [True, False])
async def test_undo_leaves_the_reason_of_a_takeover_by_hand(
    store: Store, talk: Talk, draft: Reply, takeover: Takeover | None, why: str, here: bool
) -> None:
    other = (await talk.says("o2")).conversation.id
    await store.outbox.lock_for_edit(draft.id, second(0), "wang")
    word = await writes(store, draft.conversation_id)
    await store.takeovers.hand_back(draft.conversation_id)
    if takeover is not None:
        await store.outbox.take_over(draft.conversation_id if here else other, takeover, second(2))
    await takes_back(store, word)
    assert (await store.replies.get(draft.id)).error == (why if here else WORD_TAKEN_BACK)


async def test_after_an_undo_the_next_message_stands_for_the_passed_over_draft(store: Store, draft: Reply) -> None:
    """So each can be taken back, and it asks with the last of them."""
    words = [await writes(store, draft.conversation_id, at) for at in (1, 2, 3)]
    for word, instead in zip(words, [words[1].id, words[2].id, None], strict=True):
        [told] = await takes_back(store, word)
        assert (told.id, told.passed_by) == (draft.id, instead)


@pytest.mark.parametrize(("again", "why"), [("this one", WORD_TAKEN_BACK), ("another", SPOKE_MEANWHILE)])
async def test_a_draft_is_locked_since_its_last_lock(
    store: Store, talk: Talk, draft: Reply, again: str, why: str
) -> None:
    other = await stored(store, await talk.writes(draft.conversation_id, "八点", state=S.DRAFT), author=Author.RULE)
    await store.outbox.lock_for_edit(draft.id, second(1), "wang")
    await talk.writes(draft.conversation_id, "还有", second(2))
    taken = draft if again == "this one" else other
    await store._db.write(write_steps, [ReplyStep(taken.id, second(3), StepKind.LOCK, by="wang")])
    word = await writes(store, draft.conversation_id, 4)
    await takes_back(store, word)
    assert (await store.replies.get(draft.id)).error == why


async def test_only_a_draft_that_asks_again_reopens_the_conversation(store: Store, draft: Reply) -> None:
    word = await writes(store, draft.conversation_id)
    await writes(store, draft.conversation_id, 2)
    for again, opens in ((word, False), (None, True)):
        await resolve_all(store)
        reply = again or (await store.replies.parts([word.id + 1]))[0]
        await takes_back(store, reply)
        assert ((await store.conversations.get(draft.conversation_id)).resolved_at is None) is opens
