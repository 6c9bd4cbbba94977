"""Calls that a desk makes to the server that works, through their shared database."""

from dataclasses import dataclass
from enum import StrEnum


class CommandState(StrEnum):
    """State of a call; one that was `BEGUN` by a server that ended is `LOST`."""

    PENDING = "pending"
    BEGUN = "begun"
    DONE = "done"
    FAILED = "failed"
    LOST = "lost"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class RemoteCall:
    """One call of an operator's: part and method; `arguments` and `result` are JSON."""

    id: int
    call: str
    arguments: str
    state: CommandState
    result: str | None = None
    operator_id: int | None = None
