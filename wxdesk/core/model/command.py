"""Commands of desks, stored for the server that works."""

from enum import StrEnum

from msgspec import Struct


class CommandState(StrEnum):
    """State of a command; one that was `BEGUN` by a server that ended is `LOST`."""

    PENDING = "pending"
    BEGUN = "begun"
    DONE = "done"
    FAILED = "failed"
    LOST = "lost"
    WITHDRAWN = "withdrawn"


class StoredCommand(Struct, frozen=True):
    """One command: the path of its method; `arguments` and `result` are JSON."""

    id: int
    path: str
    arguments: str
    state: CommandState
    result: str | None = None
    operator_id: int | None = None
