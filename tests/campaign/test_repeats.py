"""Pushes come again, at once, later, after a restart and the next day, and in any order."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.campaign.shop import Contact
from tests.campaign.supervised_desk import World
from tests.conftest import Sized
from wxdesk.core.model.message import Message
from wxdesk.sandbox.push import bodies

COPIES = 3
AT_ONCE = 20
STALE = timedelta(minutes=5)


@pytest.mark.campaign
@pytest.mark.timeout(600)
def test_repeated_pushes_are_each_kept_and_answered_once(folders: Iterator[Path], sized: Sized) -> None:
    with World.open(next(folders), order=1) as world:
        pushes = [(world.new_contact(), number) for number in range(sized(20, 150, 10_000))]
        for first in range(0, len(pushes), AT_ONCE):
            some = pushes[first : first + AT_ONCE]
            world.does(_push(world, some * COPIES), [])
        contacts = [contact for contact, _ in pushes]
        _learn(world, contacts)
        for restarts, later in ((False, 5), (True, 0), (False, 24 * 3600)):
            if restarts:
                world.restarts([])
            world.passes(timedelta(seconds=later), [])
            world.does(_push(world, pushes), [])
        texts = Counter(sent.text for sent in world.sandbox.sent)
        assert texts == Counter(f"at once {_text(number)}" for _, number in pushes)
        for contact in contacts:
            assert sum(isinstance(item, Message) for item in world.timeline(contact)) == 1


async def _push(world: World, pushes: Sequence[tuple[Contact, int]]) -> None:
    """All at the same time."""
    platform = world.sandbox.platform
    for contact, _ in pushes:
        platform.wrote(platform.program(""), contact.openid, "text", {"content": ""})
    outcomes = await asyncio.gather(
        *(world.sandbox.push(one.openid, bodies.text(_text(number), f"7000{number}")) for one, number in pushes)
    )
    assert all(outcome.accepted for outcome in outcomes)


def _text(number: int) -> str:
    return f"多少钱 {number}"


def _learn(world: World, contacts: Sequence[Contact]) -> None:
    for contact in contacts:
        contact.conversation_id = world.conversation_with(contact)


@pytest.mark.campaign
@pytest.mark.timeout(600)
def test_the_order_is_the_customers_and_what_comes_late_is_not_answered(folders: Iterator[Path], sized: Sized) -> None:
    """Seconds before now at which a customer wrote, in the order in which it arrives."""
    run = settings(
        max_examples=sized(10, 60, 10_000),
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
    )
    with World.open(next(folders)) as world:

        @run
        @seed(0)
        @given(ago=st.lists(st.integers(0, 1200), min_size=1, max_size=6))
        def try_one(ago: list[int]) -> None:
            _arrive(world, ago)

        try_one()


def _arrive(world: World, ago: Sequence[int]) -> None:
    contact = world.new_contact()
    now = int(world.clock.now.timestamp())
    platform = world.sandbox.platform

    async def push() -> None:
        for number, seconds in enumerate(ago):
            platform.wrote(platform.program(""), contact.openid, "text", {"content": ""})
            msg_id = f"8{contact.openid[-8:]}{number}"
            fields = bodies.text(f"多少钱 {number}", msg_id) | {"CreateTime": now - seconds}
            assert (await world.sandbox.push(contact.openid, fields)).accepted

    world.does(push(), [])
    _learn(world, [contact])
    shown = [item.text for item in world.timeline(contact) if isinstance(item, Message)]
    assert shown == [f"多少钱 {n}" for _, n in sorted((-seconds, n) for n, seconds in enumerate(ago))]
    stale = [f"at once 多少钱 {number}" for number, seconds in enumerate(ago) if timedelta(seconds=seconds) > STALE]
    assert not set(stale).intersection(world.received(contact))
