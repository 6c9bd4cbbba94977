"""Planned faults of the simulated WeChat, for API calls and for pushes.

A fault happens a number of times, or for a span of the sandbox's time, or with a probability by a seed, or
any of these together. Faults combine: an answer can be late and refused, a push delayed and doubled.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from random import Random

from msgspec import Struct
from msgspec.structs import replace

from wxdesk.desk.ports import Clock, utc_now


class FaultKind(StrEnum):
    """Kinds of faults; those in `FOR_PUSHES` are for pushes, the others for API calls."""

    LATENCY = "latency"  # the answer comes `milliseconds` later
    ERRCODE = "errcode"  # `errcode` is the answer, nothing is done
    BEFORE = "timeout_before"  # nothing is done and no answer comes
    AFTER = "timeout_after"  # it is done, but no answer comes
    RESET_BEFORE = "reset_before"  # nothing is done and the connection is reset
    RESET_AFTER = "reset_after"  # it is done, then the connection is reset
    GATEWAY = "gateway"  # a gateway's HTML page under 502
    GATEWAY_TIMEOUT = "gateway_timeout"  # the same under 504
    GARBAGE = "garbage"  # it is done, but the answer is no JSON
    TRUNCATED = "truncated"  # it is done, but half of the answer is missing
    DROP = "drop"  # the push never leaves
    DUPLICATE = "duplicate"  # the push comes twice at the same time
    REORDER = "reorder"  # the push comes behind the next one
    DELAY = "delay"  # the push comes `milliseconds` later
    RETRY = "retry"  # the push comes again although it was answered, with a nonce of its own
    RETRY_SAME_NONCE = "retry_same_nonce"  # it comes again, byte for byte
    WRONG_SIGNATURE = "wrong_signature"  # somebody else's: signed with another token
    PLAIN_BODY = "plain_body"  # somebody else's: the body in clear although the mode is secure
    CONTENT_TYPE = "content_type"  # the Content-Type is `text`, by default one that has nothing to do with the body
    BOM = "bom"  # a byte order mark stands before the body
    TWINS = "twins"  # clear fields that lie stand beside the encrypted body


FOR_PUSHES = frozenset(
    {
        FaultKind.DROP, FaultKind.DUPLICATE, FaultKind.REORDER, FaultKind.DELAY, FaultKind.RETRY,
        FaultKind.RETRY_SAME_NONCE, FaultKind.WRONG_SIGNATURE, FaultKind.PLAIN_BODY, FaultKind.CONTENT_TYPE,
        FaultKind.BOM, FaultKind.TWINS,
    }
)  # fmt: skip


class SimulatedFault(Struct, frozen=True):
    """A planned fault, to happen `times` times; None means without end.

    `call` is send, token, typing, upload, media, check, openapi, kf or push; `*` is any of them but push.
    `seconds` is how long of the sandbox's time it lasts, `chance` its probability at each call (0 to 1), drawn
    by `seed`. `delivered` lets a gateway's page or an errcode be the answer to a call that was done
    nevertheless. `text` is the errmsg or the Content-Type.
    """

    kind: FaultKind
    call: str = "send"
    times: int | None = 1
    errcode: int = -1
    milliseconds: int = 0
    seconds: float | None = None
    chance: float = 1.0
    seed: int = 0
    delivered: bool = False
    text: str = ""

    def hits(self, call: str) -> bool:
        """True if the fault applies to this call."""
        return self.call == call or (self.call == "*" and call != "push")


class _Planned(Struct, eq=False):
    number: int
    fault: SimulatedFault
    until: datetime | None
    dice: Random


class Faults:
    """The planned faults, first in first out."""

    def __init__(self, clock: Clock = utc_now) -> None:
        self._clock = clock
        self._planned: list[_Planned] = []
        self._number = 0

    def plan(self, fault: SimulatedFault) -> int:
        """Plan a fault; return the number that removes it."""
        self._number += 1
        until = None if fault.seconds is None else self._clock() + timedelta(seconds=fault.seconds)
        self._planned.append(_Planned(self._number, fault, until, Random(fault.seed)))  # noqa: S311 - no secret
        return self._number

    def take_back(self, number: int) -> None:
        """Remove the fault of that number."""
        self._planned = [planned for planned in self._planned if planned.number != number]

    def clear(self) -> None:
        """Remove all faults."""
        self._planned.clear()

    @property
    def planned(self) -> dict[int, SimulatedFault]:
        """The faults still to come, by their numbers."""
        self._forget_ended()
        return {planned.number: planned.fault for planned in self._planned}

    def take(self, call: str) -> tuple[SimulatedFault, ...]:
        """Draw and count the faults for this call; empty if it goes well.

        At most one of each kind, and at most one in all of those that decide the end of an API call.
        """
        self._forget_ended()
        taken: dict[str, SimulatedFault] = {}
        for planned in tuple(self._planned):
            slot = _slot(planned.fault.kind)
            if slot in taken or not planned.fault.hits(call):
                continue
            if planned.fault.chance < 1 and planned.dice.random() >= planned.fault.chance:
                continue
            taken[slot] = planned.fault
            self._count_down(planned)
        return tuple(taken.values())

    def _count_down(self, planned: _Planned) -> None:
        times = planned.fault.times
        if times is None:
            return
        if times <= 1:
            self._planned.remove(planned)
        else:
            planned.fault = replace(planned.fault, times=times - 1)

    def _forget_ended(self) -> None:
        now = self._clock()
        self._planned = [planned for planned in self._planned if planned.until is None or now < planned.until]


def _slot(kind: FaultKind) -> str:
    """Name the slot of a kind; two kinds of one slot never hit the same call."""
    return kind.value if kind in FOR_PUSHES or kind is FaultKind.LATENCY else "ending"
