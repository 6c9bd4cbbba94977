"""Whatever the network does to calls and pushes, nothing is said twice, and each reply ends within ten minutes."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.campaign.supervised_desk import World
from tests.conftest import Sized
from wxdesk.core.model.reply import ReplyState
from wxdesk.core.replies.parts import blocked_parts
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault

FAULTS = tuple(
    SimulatedFault(kind, call, delivered=delivered, milliseconds=milliseconds, errcode=errcode)
    for call in ("send", "token")
    for kind, delivered, milliseconds, errcode in (
        (FaultKind.LATENCY, False, 800, -1),
        (FaultKind.LATENCY, False, 12_000, -1),
        (FaultKind.BEFORE, False, 0, -1),
        (FaultKind.AFTER, False, 0, -1),
        (FaultKind.RESET_BEFORE, False, 0, -1),
        (FaultKind.RESET_AFTER, False, 0, -1),
        (FaultKind.GATEWAY, False, 0, -1),
        (FaultKind.GATEWAY_TIMEOUT, True, 0, -1),
        (FaultKind.GARBAGE, False, 0, -1),
        (FaultKind.TRUNCATED, False, 0, -1),
        (FaultKind.ERRCODE, False, 0, -1),
        (FaultKind.ERRCODE, False, 0, 40001),
        (FaultKind.ERRCODE, False, 0, 42001),
        (FaultKind.ERRCODE, False, 0, 45011),
    )
) + tuple(SimulatedFault(kind, "push") for kind in (FaultKind.DUPLICATE, FaultKind.RETRY, FaultKind.RETRY_SAME_NONCE))

OPENINGS = ("多少钱", "怎么买", "怎么寄", "发货")
TEN_MINUTES = (1, 4, 11, 61, 61, 123, 350)
ENDS = {ReplyState.SENT, ReplyState.FAILED, ReplyState.UNKNOWN, ReplyState.DRAFT, ReplyState.CANCELLED}


@pytest.mark.campaign
@pytest.mark.timeout(600)
def test_network_faults_send_nothing_twice_and_every_reply_ends(folders: Iterator[Path], sized: Sized) -> None:
    run = settings(
        max_examples=sized(6, 30, 2000),
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
    )
    faults = st.lists(st.sampled_from(FAULTS), min_size=1, max_size=5)
    openings = st.lists(st.sampled_from(OPENINGS), min_size=1, max_size=3)

    @run
    @seed(0)
    @given(order=st.integers(0, 2**16), faults=faults, openings=openings)
    def try_one(order: int, faults: list[SimulatedFault], openings: list[str]) -> None:
        with World.open(next(folders), order) as world:
            judge(world, faults, openings)

    try_one()


def judge(world: World, faults: Sequence[SimulatedFault], openings: Sequence[str]) -> None:
    """Let the contacts write one after the other, and the faults happen as they come."""
    contacts = [world.new_contact() for _ in openings]
    for fault in faults:
        world.sandbox.faults.plan(fault)
    for contact, opening in zip(contacts, openings, strict=True):
        world.says(contact, opening)
    for seconds in TEN_MINUTES:
        world.passes(timedelta(seconds=seconds), contacts)
    for contact in contacts:
        received, replies = Counter(world.received(contact)), world.replies(contact)
        for reply in replies:
            assert received[reply.content.text] <= 1, reply
            assert reply.state in ENDS or reply.asks or reply.id in blocked_parts(replies), reply
            if reply.state is not ReplyState.UNKNOWN:
                assert received[reply.content.text] == (reply.state is ReplyState.SENT), reply
