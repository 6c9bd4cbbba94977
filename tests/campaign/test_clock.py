"""The clock jumps at every step of what happens: nothing leaves early, and no genuine push is refused."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.campaign.moments import Jump
from tests.campaign.supervised_desk import World
from tests.conftest import Sized
from wxdesk.core.model.reply import ReplyState

HELD = "发货"
HELD_FOR = 10
SPANS = {
    "a minute on": timedelta(minutes=1),
    "an hour on": timedelta(hours=1),
    "a day on": timedelta(days=1),
    "an hour back": -timedelta(hours=1),
    "a day back": -timedelta(days=1),
    "to 1970": -timedelta(days=365 * 56),
}
STEPS = 60
"""More than happen until a message is decided and its reply held."""


@pytest.mark.campaign
@pytest.mark.timeout(600)
@pytest.mark.parametrize("span", SPANS.values(), ids=SPANS)
def test_clock_jumps_make_no_held_reply_leave_early_and_lose_no_push(
    folders: Iterator[Path], span: timedelta, sized: Sized
) -> None:
    for step in range(1, STEPS, sized(29, 6, 1)):
        with World.open(next(folders)) as world:
            _jumps(world, Jump(span, step))


def _jumps(world: World, jump: Jump) -> None:
    contact = world.new_contact()
    world.jump = jump
    world.says(contact, HELD)
    for seconds in (0, HELD_FOR // 2, HELD_FOR // 2 + 1, 3600, 48 * 3600):
        world.passes(timedelta(seconds=seconds), [contact])
        for reply in world.replies(contact):
            at = [sent.at for sent in world.sandbox.sent if sent.text == reply.content.text]
            assert len(at) == (reply.state is ReplyState.SENT)
            if reply.due_at is not None:
                assert all(left >= reply.due_at for left in at), (jump, reply)
    assert all(push.accepted and len(push.attempts) == 1 for push in world.pushed), jump
