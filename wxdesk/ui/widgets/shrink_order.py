"""Shares the room of one line: its least needed parts are shortened first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Shrinkable(Protocol):
    """A part of a line with shorter forms: step 0 is the full one."""

    def width_at(self, step: int) -> int:
        """Return the width at this step; 0 while the part is hidden."""
        ...

    def use_step(self, step: int) -> None:
        """Ask for the room that this step needs, and show the form that fits."""
        ...


type ShrinkSteps = dict[Shrinkable, int]


def shrink_steps(order: Sequence[tuple[Shrinkable, int]], fixed: int, room: int) -> ShrinkSteps:
    """Return the step of each part that lets all fit into `room` beside `fixed`.

    `order` lists the parts and the steps to shorten them to, the first one first.
    """
    steps: ShrinkSteps = dict.fromkeys((part for part, _ in order), 0)
    for part, step in order:
        if fixed + sum(one.width_at(at) for one, at in steps.items()) <= room:
            break
        steps[part] = step
    return steps
