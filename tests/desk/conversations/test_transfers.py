"""Which answers wait for their decision, for how long, and what becomes of a transfer that comes too late."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.desk.intake_room import Room, open_room
from wxdesk.core.conversations.transfer import Receipt
from wxdesk.core.errors import StoreError
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.decision import Outcome
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule
from wxdesk.desk.conversations import transfers as module
from wxdesk.desk.messages import intake as intake_module
from wxdesk.desk.messages.intake import MAX_UNDECIDED_FOR_TRANSFER

HAND_OVER = Rule("to the tool", when=Condition(any=("人工",)), then=(Action(ActionKind.TRANSFER),))


PATIENT = pytest.mark.parametrize("room", [20], indirect=True)


@pytest.fixture
async def room(tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Room]:
    """Answers wait for rules as briefly as a test can wait for them; `PATIENT` where the rules must come in time."""
    monkeypatch.setattr(module, "PATIENCE", getattr(request, "param", 0.05))
    async with open_room(tmp_path) as made:
        yield made


async def test_without_a_rule_that_hands_over_no_answer_waits(room: Room) -> None:
    assert await room.intake.keep(room.push("人工")) == Receipt(new=True)
    await room.rulebook.save(replace(HAND_OVER, enabled=False))
    assert await room.intake.keep(room.push("人工")) == Receipt(new=True)
    assert room.transfers._by_push == {}


async def test_an_event_never_waits(room: Room) -> None:
    await room.rulebook.save(HAND_OVER)
    entered = room.push("", type=MessageType.ENTER_SESSION, msg_type="event", event="user_enter_tempsession")
    room.transfers.hold(1, entered)
    room.transfers.hold(2, replace(entered, incoming=None))
    assert room.transfers._by_push == {}
    room.transfers.hold(3, room.push("几点"))
    assert list(room.transfers._by_push) == [3]


async def test_a_transfer_that_comes_too_late_is_made_with_the_next_message(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    await room.rulebook.save(HAND_OVER)
    assert await room.intake.keep(room.push("人工")) == Receipt(new=True, transferred=False)
    await room.think()
    assert await room.outcomes() == [Outcome.TRANSFER_ARMED]
    assert (await room.conversation()).transfer_armed
    monkeypatch.setattr(module, "PATIENCE", 20)  # this time the rules must come in time
    thinking = asyncio.create_task(room.think())
    assert await room.intake.keep(room.push("在吗")) == Receipt(new=True, transferred=True)
    await thinking
    assert await room.outcomes() == [Outcome.TRANSFER_ARMED, Outcome.TRANSFERRED]
    thread = await room.conversation()
    assert not thread.transfer_armed
    assert thread.transferred_until is not None


async def test_an_answer_already_given_is_never_claimed(room: Room) -> None:
    await room.rulebook.save(HAND_OVER)
    push = room.push("人工")
    room.transfers.hold(7, push)
    assert await room.transfers.answer(push, new=True) is False
    assert room.transfers.claim(7) is False


async def test_a_claimed_answer_waits_for_the_commit(room: Room) -> None:
    await room.rulebook.save(HAND_OVER)
    push = room.push("人工")
    room.transfers.hold(7, push)
    answer = asyncio.create_task(room.transfers.answer(push, new=True))
    assert room.transfers.claim(7) is True
    done, _ = await asyncio.wait([answer], timeout=0.15)
    assert not done  # its patience is over, but the transfer is being stored
    room.transfers.send_answer(7, transferred=True)
    assert await answer is True
    assert room.transfers._by_key == {}


async def test_a_commit_that_does_not_come_is_no_answer_at_all(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "COMMIT_SECONDS", 0.05)
    await room.rulebook.save(HAND_OVER)
    push = room.push("人工")
    room.transfers.hold(7, push)
    assert room.transfers.claim(7)
    with pytest.raises(StoreError):
        await room.transfers.answer(push, new=True)


async def test_an_answer_whose_claim_could_not_be_stored_can_be_claimed_again_or_leaves(room: Room) -> None:
    await room.rulebook.save(HAND_OVER)
    push = room.push("人工")
    room.transfers.hold(7, push)
    assert room.transfers.claim(7)
    room.transfers.unclaim([6, 7])
    assert await room.transfers.answer(push, new=True) is False
    assert not room.transfers.claim(7)


async def test_behind_a_long_queue_no_answer_waits(room: Room) -> None:
    await room.rulebook.save(HAND_OVER)
    kept = [
        asyncio.create_task(room.intake.keep(room.push("几点", f"o{number}")))
        for number in range(MAX_UNDECIDED_FOR_TRANSFER + 5)
    ]
    await asyncio.wait(kept)
    assert len(room.transfers._by_push) == MAX_UNDECIDED_FOR_TRANSFER


@pytest.mark.parametrize("mode", [ReplyMode.DRAFT, ReplyMode.OFF])
async def test_no_rule_transfers_in_modes_draft_and_off(room: Room, mode: ReplyMode) -> None:
    await room.intake.keep(room.push("你好"))
    await room.think()
    await room.store.conversations.set_mode((await room.conversation()).id, mode)
    await room.rulebook.save(HAND_OVER)
    thinking = asyncio.create_task(room.think())
    assert (await room.intake.keep(room.push("人工"))).transferred is False
    await thinking
    outcome = (await room.outcomes())[-1]
    assert outcome is (Outcome.HANDED_OVER if mode is ReplyMode.DRAFT else Outcome.PAUSED)
    assert (await room.conversation()).taken_over is (mode is ReplyMode.DRAFT)


@PATIENT
async def test_messages_behind_a_transfer_in_one_batch_wake_no_rule(room: Room) -> None:
    await room.rulebook.save(HAND_OVER)
    keeping = [asyncio.create_task(room.intake.keep(room.push("人工"))) for _ in range(3)]
    await room.think(3)
    assert [receipt.transferred for receipt in await asyncio.gather(*keeping)] == [True, False, False]
    assert await room.outcomes() == [Outcome.TRANSFERRED, Outcome.IN_TOOL, Outcome.IN_TOOL]


@pytest.mark.expects_log("database error|Intake waits for the store")
async def test_a_decision_that_could_not_be_stored_is_made_again(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake_module, "STORE_RETRY_SECONDS", 0.05)
    await room.rulebook.save(HAND_OVER)
    with closing(sqlite3.connect(tmp_path / "desk.db", timeout=30)) as other:
        refuse = "CREATE TRIGGER refuse BEFORE INSERT ON decisions BEGIN SELECT RAISE(ABORT, 'no'); END"
        other.execute(refuse)
        other.commit()
        assert (await room.intake.keep(room.push("人工"))).transferred is False
        thinking = asyncio.create_task(room.think())
        await asyncio.wait_for(room.told.wait(), 10)
        other.execute("DROP TRIGGER refuse")
        other.commit()
    await thinking
    assert await room.outcomes() == [Outcome.TRANSFER_ARMED]


async def test_a_store_that_keeps_messages_raises_no_trouble(room: Room) -> None:
    await room.intake.keep(room.push("在吗"))
    await room.think()
    assert not any(room.troubles)
