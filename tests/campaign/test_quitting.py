"""Quitting in sixteen states: in three seconds each, every reply labelled for the next start, and none sent twice."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.campaign.moments import Moment
from tests.campaign.shop import SLOWLY, Contact
from tests.campaign.supervised_desk import LATEST, Running, World
from tests.conftest import Sized
from wxdesk.core.events import Event
from wxdesk.core.model.reply import ReplyState
from wxdesk.runner import STOP_SECONDS
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault


@dataclass(frozen=True)
class State:
    """What a customer has just written, what WeChat does to it, and how far it has come; what somebody does."""

    opening: str = "多少钱"
    fault: SimulatedFault | None = None
    moment: Moment | None = Moment.SENDING
    by_hand: bool = False
    taken_over: bool = False
    paused: bool = False


STATES = {
    "nothing happens": State(moment=None),
    "a message is kept": State(moment=Moment.KEPT),
    "it is decided on": State(moment=Moment.DECIDED),
    "a reply is queued": State(moment=Moment.QUEUED),
    "a reply is claimed": State(),
    "the second part of an answer waits": State("怎么买"),
    "a part of an answer is still to be typed": State(SLOWLY, moment=None),
    "a reply is held": State("发货", moment=None),
    "WeChat leaves a call without an answer": State(fault=SimulatedFault(FaultKind.BEFORE)),
    "WeChat takes a reply and does not say so": State(fault=SimulatedFault(FaultKind.AFTER)),
    "WeChat answers slowly": State(fault=SimulatedFault(FaultKind.LATENCY, milliseconds=900)),
    "no token comes": State(fault=SimulatedFault(FaultKind.BEFORE, "token")),
    "an account rests": State(fault=SimulatedFault(FaultKind.ERRCODE, errcode=45011), moment=None),
    "somebody has just written and may undo it": State("在吗", moment=None, by_hand=True),
    "somebody takes over at this moment": State(taken_over=True, moment=Moment.QUEUED),
    "everything is paused at this moment": State(paused=True, moment=Moment.QUEUED),
}

UNLABELLED = {ReplyState.SENDING}


@pytest.mark.campaign
@pytest.mark.timeout(600)
@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
def test_quitting_takes_three_seconds_and_leaves_nothing_unlabelled(
    folders: Iterator[Path], state: State, sized: Sized
) -> None:
    for order in range(sized(1, 2, 50)):
        with World.open(next(folders), order) as world:
            _quits_in(world, state)


def _quits_in(world: World, state: State) -> None:
    contact = world.new_contact()
    world.says(contact, "在吗")
    world.loop.reorder(str(world.order))
    assert world.loop.run_until_complete(_quit(world, state, contact)) <= STOP_SECONDS
    begun_again = world.clock.now = world.clock.now + timedelta(seconds=1)
    world.loop.run_until_complete(_begin_again(world))
    world.sandbox.faults.clear()
    left = (reply for reply in world.replies(contact) if reply.updated_at < begun_again)
    assert not [reply for reply in left if reply.state in UNLABELLED]
    world.passes(timedelta(seconds=120), [contact])
    received = Counter(world.received(contact))
    for reply in world.replies(contact):
        assert received[reply.content.text] <= 1
        if reply.state is not ReplyState.UNKNOWN:
            assert received[reply.content.text] == (reply.state is ReplyState.SENT), reply


async def _quit(world: World, state: State, contact: Contact) -> float:
    """How long it took."""
    there = asyncio.Event()

    def hear(event: Event) -> None:
        if Moment.of(event) is state.moment:
            there.set()

    world.opened.desk.bus.subscribe(hear)
    if state.fault is not None:
        world.sandbox.faults.plan(state.fault)
        if state.fault.call == "token":
            world.sandbox.forward(3 * 3600)
    writing = asyncio.create_task(world.sandbox.say(contact.openid, f"{state.opening} again"))
    await (asyncio.sleep(1) if state.moment is None else there.wait())
    acting = asyncio.create_task(_act(world, state, contact))
    for _ in range(world.loop.random.randrange(LATEST) if world.loop.random else 0):
        await asyncio.sleep(0)
    began = world.loop.time()
    await world.opened.stop()
    took = world.loop.time() - began
    await asyncio.gather(writing, acting, return_exceptions=True)
    return took


async def _act(world: World, state: State, contact: Contact) -> None:
    """What somebody does at that moment."""
    desk = world.opened.desk
    if state.by_hand:
        await desk.preferences.set(replace(desk.preferences.now, undo_seconds=3))
        await desk.replies.write(contact.conversation_id, "by hand")
    if state.taken_over:
        await desk.conversations.take_over(contact.conversation_id)
    if state.paused:
        await desk.outbox.pause()


async def _begin_again(world: World) -> None:
    world.paused = False
    world._sending.clear()
    world.running = await Running.open(world.setup)
    await world.opened.desk.outbox.resume()
    world._join()
