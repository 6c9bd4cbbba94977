"""Faults on demand: what the simulated WeChat shall do wrong, to which calls, and how often."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum


class FaultKind(StrEnum):
    """What goes wrong. The last two are for pushes, the others for API calls."""

    LATENCY = "latency"  # the answer comes `milliseconds` later
    ERRCODE = "errcode"  # `errcode` is the answer, nothing is done
    BEFORE = "timeout_before"  # nothing is done and no answer comes
    AFTER = "timeout_after"  # it is done, but no answer comes
    RESET_BEFORE = "reset_before"  # nothing is done and the connection is reset
    RESET_AFTER = "reset_after"  # it is done, then the connection is reset
    GATEWAY = "gateway"  # a gateway's HTML page under 502
    DROP = "drop"  # the push never leaves
    DUPLICATE = "duplicate"  # the push comes twice


FOR_PUSHES = frozenset({FaultKind.DROP, FaultKind.DUPLICATE})


@dataclass(frozen=True, slots=True)
class Fault:
    """A planned fault, to happen `times` times, None for ever.

    `call` is send, token, typing, upload, media, check or push; `*` is any of them but push.
    """

    kind: FaultKind
    call: str = "send"
    times: int | None = 1
    errcode: int = -1
    milliseconds: int = 0


class Faults:
    """The planned faults, first in first out."""

    def __init__(self) -> None:
        self._planned: list[Fault] = []

    def plan(self, fault: Fault) -> None:
        """Let this happen from now on."""
        self._planned.append(fault)

    def clear(self) -> None:
        """Let nothing go wrong any more."""
        self._planned.clear()

    @property
    def planned(self) -> tuple[Fault, ...]:
        """What is still to come."""
        return tuple(self._planned)

    def take(self, call: str) -> Fault | None:
        """The fault that befalls this call, counted; None if it goes well."""
        for place, fault in enumerate(self._planned):
            if fault.call == call or (fault.call == "*" and call != "push"):
                if fault.times is not None:
                    if fault.times <= 1:
                        del self._planned[place]
                    else:
                        self._planned[place] = replace(fault, times=fault.times - 1)
                return fault
        return None
