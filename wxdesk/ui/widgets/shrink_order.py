"""How the parts of one line share its room: those that are needed least say less first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class GivesWay(Protocol):
    """A part of a line that can be said in several ways: at step 0 in full, at each further one in less."""

    def width_at(self, step: int) -> int:
        """The width that it takes at this step; 0 while it is hidden."""
        ...

    def ask_for(self, step: int) -> None:
        """Take as much room as this step needs, and say what has room there."""
        ...


type Steps = dict[GivesWay, int]


def steps_for(order: Sequence[tuple[GivesWay, int]], fixed: int, room: int) -> Steps:
    """What each part says where `room` is there for all of them and the `fixed` rest.

    `order` is who says less, the first one first.
    """
    steps: Steps = dict.fromkeys((part for part, _ in order), 0)
    for part, step in order:
        if fixed + sum(one.width_at(at) for one, at in steps.items()) <= room:
            break
        steps[part] = step
    return steps
