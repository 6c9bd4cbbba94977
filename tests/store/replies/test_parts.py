"""The parts of one answer in the outbox: which may leave, and what releasing or cancelling one does to the others."""

import asyncio

import pytest
from sqlalchemy import Connection, event, text

from tests.store.chats import T0, Talk, second
from wxdesk.core.conversations.changes import ContactChange
from wxdesk.core.errors import MoveNotAllowed, NotFound
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.decision import Decision, Outcome
from wxdesk.core.model.message import Message
from wxdesk.core.model.reply import Content, NewReply, Reply, ReplyState
from wxdesk.core.replies import parts
from wxdesk.core.replies.lifecycle import Move, ReplyStep, StepKind
from wxdesk.core.replies.on_new_message import OnNewMessage
from wxdesk.core.rules.ruling import Ruling
from wxdesk.store import Store
from wxdesk.store.replies.moves import ReplyChanges
from wxdesk.store.replies.outbox import _first_in_line
from wxdesk.store.replies.pending.timers import TimerTerms

S = ReplyState


@pytest.fixture
async def asked(talk: Talk) -> Message:
    return (await talk.says("o1")).message


async def split(store: Store, conversation_id: int, *texts: str) -> list[Reply]:
    """What an operator wrote, in several messages."""
    new = [NewReply(conversation_id, Author.OPERATOR, Content(text=said), S.QUEUED) for said in texts]
    return (await store.replies.write(new, T0)).written


async def comes_to(store: Store, reply: Reply, state: ReplyState) -> None:
    """Bring a queued reply to `state`, the way that the outbox or its human does."""
    ways: dict[ReplyState, tuple[Move, ...]] = {
        S.SENT: (Move.CLAIM, Move.ACCEPT),
        S.FAILED: (Move.CLAIM, Move.REFUSE),
        S.UNKNOWN: (Move.CLAIM, Move.LOSE),
        S.DRAFT: (Move.KEEP,),
        S.HELD: (Move.HOLD,),
    }
    for move in ways[state]:
        await store.outbox.move(reply.id, move, T0)


async def claimed(store: Store, *, only_by_hand: bool = False) -> list[str]:
    """What would leave now, one after the other until nothing may."""
    left = []
    while found := await store.outbox.claim(second(9), busy=(), limit=9, only_by_hand=only_by_hand):
        for one in found:
            left.append(one.reply.content.text)
            await store.outbox.move(one.reply.id, Move.ACCEPT, second(9))
    return left


async def states(store: Store, replies: list[Reply]) -> list[ReplyState]:
    return [(await store.replies.get(reply.id)).state for reply in replies]


async def test_the_parts_of_a_written_text_are_one_answer(talk: Talk, store: Store, asked: Message) -> None:
    made = await split(store, asked.conversation_id, "1", "2", "3")
    assert [reply.part_of for reply in made] == [None, made[0].id, made[0].id]
    assert made == [await store.replies.get(reply.id) for reply in made]
    assert (await talk.thread(asked.conversation_id)).preview == "3"
    assert await claimed(store) == ["1", "2", "3"]
    with pytest.raises(NotFound):
        await split(store, asked.conversation_id + 1, "1", "2")


async def test_what_one_rule_says_to_one_message_is_one_answer(talk: Talk, asked: Message) -> None:
    first, *later = await talk.decides(asked, "1", "2", "3")
    [alone] = await talk.decides((await talk.says("o1", "好")).message, "4")
    assert [reply.part_of for reply in (first, *later, alone)] == [None, first.id, first.id, None]


@pytest.mark.parametrize("stopped", [0, 1])
@pytest.mark.parametrize("state", [S.FAILED, S.UNKNOWN])
@pytest.mark.parametrize("by_hand", [True, False])
async def test_a_part_waits_behind_one_that_has_not_arrived_and_blocks_nothing(
    talk: Talk, store: Store, asked: Message, state: ReplyState, stopped: int, by_hand: bool
) -> None:
    texts = ("1", "2", "3")
    made = await (split(store, asked.conversation_id, *texts) if by_hand else talk.decides(asked, *texts))
    for before in made[:stopped]:
        await comes_to(store, before, S.SENT)
    await comes_to(store, made[stopped], state)
    await talk.writes(asked.conversation_id, "something else")
    assert await claimed(store) == ["something else"]
    assert await states(store, made[stopped + 1 :]) == [S.QUEUED] * (2 - stopped)


@pytest.mark.parametrize("state", [S.DRAFT, S.HELD])
async def test_an_automatic_part_waits_behind_one_that_its_human_has_to_decide_on(
    talk: Talk, store: Store, asked: Message, state: ReplyState
) -> None:
    first, second_part, third = await talk.decides(asked, "1", "2", "3")
    await comes_to(store, first, state)
    assert await claimed(store) == []
    await comes_to(store, second_part, S.DRAFT)
    assert await claimed(store) == []
    assert await states(store, [first, second_part, third]) == [state, S.DRAFT, S.QUEUED]


@pytest.mark.parametrize(
    ("state", "move", "left"),
    [
        (S.DRAFT, Move.RELEASE, ["1", "2", "3"]),
        (S.HELD, Move.RELEASE, ["1", "2", "3"]),
        (S.FAILED, Move.RETRY, ["1", "2", "3"]),
        (S.UNKNOWN, Move.RETRY, ["1", "2", "3"]),
        (S.UNKNOWN, Move.CONFIRM, ["2", "3"]),
    ],
)
async def test_the_later_parts_follow_as_though_the_same_human_had_released_them(
    talk: Talk, store: Store, asked: Message, state: ReplyState, move: Move, left: list[str]
) -> None:
    made = await talk.decides(asked, "1", "2", "3")
    await comes_to(store, made[0], state)
    told = await store.outbox.apply_operator_move(made[0].id, move, second(1), "lin")
    assert [(reply.id, reply.by) for reply in told] == [(reply.id, "lin") for reply in made]
    assert told == [await store.replies.get(reply.id) for reply in made]
    assert await claimed(store, only_by_hand=True) == left, "also during a pause"


async def test_a_reply_settled_twice_is_returned_each_time(talk: Talk, store: Store, asked: Message) -> None:
    """Whoever sends has to be told each time that something may leave."""
    first, *later = await split(store, asked.conversation_id, "1", "2", "3")
    for _ in range(2):
        await comes_to(store, first, S.FAILED)
        told = await store.outbox.apply_operator_move(first.id, Move.RETRY, T0, "lin")
        assert [reply.id for reply in told] == [first.id, *(reply.id for reply in later)]


async def test_later_parts_follow_up_to_the_next_that_needs_the_operator(
    talk: Talk, store: Store, asked: Message
) -> None:
    first, between, last = await talk.decides(asked, "1", "2", "3")
    await comes_to(store, first, S.FAILED)
    await comes_to(store, between, S.DRAFT)
    assert [reply.id for reply in await store.outbox.apply_operator_move(first.id, Move.RETRY, T0, "lin")] == [first.id]
    assert await claimed(store) == ["1"]
    assert [reply.id for reply in await store.outbox.apply_operator_move(between.id, Move.RELEASE, T0, "lin")] == [
        between.id,
        last.id,
    ]
    assert await claimed(store) == ["2", "3"]


@pytest.mark.parametrize("state", [S.DRAFT, S.HELD, S.FAILED, S.UNKNOWN])
async def test_the_later_parts_go_with_one_that_is_cancelled(
    talk: Talk, store: Store, asked: Message, state: ReplyState
) -> None:
    sent, stopped, queued, prepared = await talk.decides(asked, "1", "2", "3", "4")
    [other] = await talk.decides((await talk.says("o1", "好")).message, "other")
    await comes_to(store, sent, S.SENT)
    await comes_to(store, stopped, state)
    await comes_to(store, prepared, S.DRAFT)
    told = await store.outbox.apply_operator_move(stopped.id, Move.CANCEL, second(2), "lin")
    assert [(reply.id, reply.state, reply.by) for reply in told] == [
        (reply.id, S.CANCELLED, "lin") for reply in (stopped, queued, prepared)
    ]
    assert await states(store, [sent, stopped, queued, prepared, other]) == [S.SENT, *[S.CANCELLED] * 3, S.QUEUED]


async def test_a_command_that_comes_too_late_changes_no_part(store: Store, asked: Message) -> None:
    made = await split(store, asked.conversation_id, "1", "2")
    await comes_to(store, made[0], S.SENT)
    for move in (Move.CANCEL, Move.RETRY, Move.CONFIRM, Move.RELEASE):
        with pytest.raises(MoveNotAllowed):
            await store.outbox.apply_operator_move(made[0].id, move, T0, "lin")
    assert (await store.replies.get(made[1].id)) == made[1]


async def test_releasing_all_held_replies_releases_the_parts_after_them(
    talk: Talk, store: Store, asked: Message
) -> None:
    first, between, last = await talk.decides(asked, "1", "2", "3")
    other, prepared = await talk.decides((await talk.says("o2")).message, "4", "5")
    for reply in (first, other):
        await comes_to(store, reply, S.HELD)
    await comes_to(store, prepared, S.DRAFT)
    told = await store.pending_replies.release_held("lin", second(3))
    assert sorted((reply.id, reply.state, reply.by) for reply in told) == [
        (reply.id, S.QUEUED, "lin") for reply in (first, between, last, other)
    ]
    assert (await store.replies.get(prepared.id)).state is S.DRAFT
    assert sorted(await claimed(store, only_by_hand=True)) == ["1", "2", "3", "4"]


async def test_when_all_that_is_held_is_cancelled_what_follows_it_is_too(
    talk: Talk, store: Store, asked: Message
) -> None:
    first, queued, prepared = await talk.decides(asked, "1", "2", "3")
    [alone] = await talk.decides((await talk.says("o2")).message, "4", state=S.DRAFT)
    await comes_to(store, first, S.HELD)
    await comes_to(store, prepared, S.DRAFT)
    told = await store.pending_replies.cancel_held("lin", second(3))
    assert sorted((reply.id, reply.state, reply.by) for reply in told) == [
        (reply.id, S.CANCELLED, "lin") for reply in (first, queued, prepared)
    ]
    assert (await store.replies.get(alone.id)).state is S.DRAFT


async def test_a_takeover_stops_parts_that_wait(talk: Talk, store: Store, asked: Message) -> None:
    made = await talk.decides(asked, "1", "2", "3")
    await comes_to(store, made[0], S.FAILED)
    await store.outbox.cancel_automatic(asked.conversation_id, "operator", second(1))
    assert await states(store, made) == [S.FAILED, S.CANCELLED, S.CANCELLED]


async def test_a_part_that_waits_for_an_earlier_one_is_not_held_after_a_pause(
    talk: Talk, store: Store, asked: Message
) -> None:
    made = await talk.decides(asked, "1", "2", "3")
    kept = await talk.decides((await talk.says("o2")).message, "4", "5")
    await comes_to(store, made[0], S.FAILED)
    asking = await store.pending_replies.hold_after_pause(second(1))
    assert [reply.id for reply in asking] == [reply.id for reply in kept]
    await store.outbox.apply_operator_move(made[0].id, Move.RETRY, second(2), "lin")
    assert await claimed(store) == ["1", "2", "3"]


async def test_a_part_whose_time_comes_still_waits(talk: Talk, store: Store, asked: Message) -> None:
    first, later = await talk.decides(asked, "1", "2", state=S.HELD, due_at=second(8))
    await store.outbox.move(first.id, Move.KEEP, second(1))
    assert [reply.id for reply in (await store.pending_replies.run_timers(second(8), TimerTerms())).moved] == [later.id]
    assert await claimed(store) == []
    await store.outbox.apply_operator_move(first.id, Move.RELEASE, second(9), "lin")
    assert await claimed(store) == ["1", "2"]


async def test_a_superseded_answer_is_superseded_with_all_its_parts(talk: Talk, store: Store, asked: Message) -> None:
    made = await talk.decides(asked, "1", "2", "3")
    await comes_to(store, made[0], S.DRAFT)
    await comes_to(store, made[2], S.DRAFT)
    await store.outbox.move(made[2].id, Move.RELEASE, T0, ReplyChanges(by="lin"))
    again = (await talk.says("o1", "再问")).message
    new = NewReply(again.conversation_id, Author.RULE, Content(text="new"), S.QUEUED, rule_id=7)
    decision = Decision(again.id, again.conversation_id, Outcome.REPLIED, second(1), rule_id=7, rule_name="r")
    told = await store.decisions.store_rulings([Ruling(decision, (new,), on_pending=OnNewMessage.SUPERSEDE)])
    assert [(reply.id, reply.state, reply.by) for reply in told[:2]] == [
        (made[0].id, S.CANCELLED, "contact"),
        (made[1].id, S.CANCELLED, "contact"),
    ]
    assert await claimed(store) == ["3", "new"], "a released reply stays the operator's"


async def test_for_a_blocked_contact_the_rest_of_a_held_answer_is_cancelled_too(
    talk: Talk, store: Store, asked: Message
) -> None:
    made = await talk.decides(asked, "1", "2")
    await comes_to(store, made[0], S.HELD)
    contact = (await talk.thread(asked.conversation_id)).contact
    await store.conversations.change_contact(contact.id, ContactChange(blocked=True))
    assert {reply.id for reply in (await store.pending_replies.run_timers(second(1), TimerTerms())).moved} == {
        one.id for one in made
    }
    assert await states(store, made) == [S.CANCELLED, S.CANCELLED]


async def test_each_part_tells_who_let_it_go(talk: Talk, store: Store, asked: Message) -> None:
    made = await talk.decides(asked, "1", "2")
    await comes_to(store, made[0], S.FAILED)
    for _ in range(2):  # once more changes nothing about it
        await store.outbox.apply_operator_move(made[0].id, Move.RETRY, second(1), "lin")
        await comes_to(store, made[0], S.FAILED)
    assert await store.replies.steps(made[1].id) == [ReplyStep(made[1].id, second(1), StepKind.RELEASE, by="lin")]
    await store.outbox.apply_operator_move(made[0].id, Move.CANCEL, second(2), "lin")
    assert (await store.replies.steps(made[1].id))[1:] == [ReplyStep(made[1].id, second(2), StepKind.CANCEL, by="lin")]


async def test_the_records_say_the_same_as_the_query(talk: Talk, store: Store) -> None:
    """Every state of the first two of three parts, the third of which is queued, by hand or not."""
    number = 0
    for by_hand in (True, False):
        for first_state in S:
            for between_state in S:
                number += 1
                message = (await talk.says(f"o{number}")).message
                made = await talk.decides(message, "1", "2", f"third {number}")
                for reply, state in zip(made[:2], (first_state, between_state), strict=True):
                    await _becomes(store, reply, state)
                if by_hand:
                    await store.outbox.move(made[2].id, Move.KEEP, T0)
                    await store.outbox.move(made[2].id, Move.RELEASE, T0, ReplyChanges(by="lin"))
                now = [await store.replies.get(reply.id) for reply in made]
                if ReplyState.SENDING in (first_state, between_state):
                    continue  # then nothing of the conversation leaves
                queued = [reply for reply in now if reply.state is S.QUEUED]
                first_in_line = [reply.id for reply in queued if reply.id not in parts.blocked_parts(now)][:1]
                found = await store.outbox.claim(T0, busy=(), limit=1, only_by_hand=False)
                assert [one.reply.id for one in found] == first_in_line, (by_hand, first_state, between_state)
                for left in queued:
                    await _clear(store, left)


async def _becomes(store: Store, reply: Reply, state: ReplyState) -> None:
    if state is S.SENDING:
        await store.outbox.move(reply.id, Move.CLAIM, T0)
    elif state is S.CANCELLED:
        await store.outbox.move(reply.id, Move.CANCEL, T0)
    elif state is not S.QUEUED:
        await comes_to(store, reply, state)


async def _clear(store: Store, reply: Reply) -> None:
    state = (await store.replies.get(reply.id)).state
    await store.outbox.move(reply.id, Move.ACCEPT if state is S.SENDING else Move.CANCEL, T0)


async def test_parts_settled_at_once_cause_no_deadlock(talk: Talk, store: Store, asked: Message) -> None:
    made = await talk.decides(asked, "1", "2", "3", "4", state=S.DRAFT)
    async with asyncio.timeout(20):
        order = (made[2], made[0], made[3], made[1])
        told = await asyncio.gather(
            *(store.outbox.apply_operator_move(reply.id, Move.RELEASE, T0, "lin") for reply in order),
            return_exceptions=True,  # one that has been released with another cannot be once more
        )
    assert all(isinstance(one, list | MoveNotAllowed) for one in told)
    assert await claimed(store) == ["1", "2", "3", "4"]


async def test_waiting_parts_are_found_by_their_index(talk: Talk, store: Store, asked: Message) -> None:
    """Before each reply a table of a million is not walked."""

    def plan(connection: Connection) -> str:
        sqlite = connection.dialect.name == "sqlite"
        if not sqlite:
            connection.execute(text("SET LOCAL enable_seqscan = off"))

        @event.listens_for(connection, "before_cursor_execute", retval=True)
        def explain(_0: object, _1: object, statement: str, values: object, *_: object) -> tuple[str, object]:
            return f"EXPLAIN {'QUERY PLAN ' if sqlite else ''}{statement}", values

        asked = connection.execute(_first_in_line(only_by_hand=False), {"now": T0, "busy": [], "without": []})
        return "\n".join(row[-1] for row in asked.cursor.fetchall())

    await talk.decides(asked, "1", "2")
    found = await store._db.read(plan)
    assert "ix_replies_part_of" in found
    assert "SCAN replies_" not in found, found
    assert "Seq Scan on replies replies_" not in found, found
