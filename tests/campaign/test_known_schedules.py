"""Schedules that went wrong once, or would without a check, each in a few steps.

A campaign that fails prints its steps as code, made as short as can be. They are pasted here, between
`with supervised(...) as state:` and the next test; each step is judged.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.campaign.moments import Moment
from tests.campaign.supervised_desk import World
from tests.campaign.test_schedules import Supervision
from wxdesk.desk.replies.outbox import Outbox


class Steps:
    """A schedule whose steps are written down; `order` is the one that was printed."""

    def __init__(self, machine: Supervision) -> None:
        self._machine = machine

    def __getattr__(self, name: str) -> Any:
        def step(**drawn: Any) -> None:
            getattr(self._machine, name)(**drawn)
            if name != "teardown":
                self._machine.invariants_hold()

        return step


@contextmanager
def supervised(folders: Iterator[Path]) -> Iterator[Any]:
    """What the printed lines call `state`; `teardown` is at the end by itself."""
    machine: Any = type("Supervision", (Supervision,), {"opens": lambda _, order: World.open(next(folders), order)})()
    with machine.open:
        yield Steps(machine)
        machine.teardown()


def takes_over_while_the_reply_leaves(folders: Iterator[Path], order: int) -> list[tuple[int, str]]:
    """The moves of all replies."""
    with supervised(folders) as state:
        state.begin(opening="在吗", order=order)
        state.contact_writes_while_the_contact_is_taken_over(i=0, opening="多少钱", moment=Moment.QUEUED)
        state.hand_back(i=0)
        state.contact_writes_while_the_contact_is_taken_over(i=0, opening="怎么买", moment=Moment.DECIDED)
        return [(reply_id, move.value) for reply_id, move in state._machine.world.moves]


@pytest.mark.campaign
def test_the_same_order_is_the_same_schedule(folders: Iterator[Path]) -> None:
    first, again, *others = (takes_over_while_the_reply_leaves(folders, order) for order in (5, 5, 0, 1, 2, 3))
    assert first == again
    assert any(other != first for other in others)


@pytest.mark.campaign
def test_a_desk_without_the_check_before_the_call_is_found_out(
    folders: Iterator[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The judge judges: without the check before the call a reply leaves over a takeover, in some orders."""
    monkeypatch.setattr(Outbox, "_may_leave", lambda *_: True)
    with pytest.raises(AssertionError):
        _in_many_orders(folders)


def _in_many_orders(folders: Iterator[Path]) -> None:
    for order in range(1, 200):
        takes_over_while_the_reply_leaves(folders, order)


@pytest.mark.campaign
def test_a_message_dated_before_an_answered_one_counts_as_late(folders: Iterator[Path]) -> None:
    with supervised(folders) as state:
        state.begin(opening="在吗", order=0)
        state.contact_writes(i=0, opening="怎么寄")
        state.time_passes(seconds=-5)
        state.contact_writes_and_gets_hold_before_the_last_part_leaves(i=0, of_the_account=True)


@pytest.mark.campaign
@pytest.mark.parametrize("order", range(1, 17))
def test_a_desk_that_crashes_leaves_a_reply_that_can_be_undone_unsent(folders: Iterator[Path], order: int) -> None:
    """Unlike one that is closed."""
    with supervised(folders) as state:
        state.begin(opening="怎么寄", order=order)
        state.write_by_hand(i=0, undo_seconds=3)
        state.the_program_ends_and_begins(crashes=True)
