"""Operators of a team: their names and roles, what they did, and who acts now."""

from contextvars import ContextVar
from datetime import datetime
from enum import StrEnum
from typing import Self

from msgspec import Struct

from wxdesk.core.model.conversation import Author, Contact


class Role(StrEnum):
    """Role of an operator; each also has the rights of those before it."""

    OPERATOR = "operator"
    LEAD = "lead"
    OWNER = "owner"

    def covers(self, needed: Self) -> bool:
        """Tell if this role has the rights of `needed`."""
        order = tuple(Role)
        return order.index(self) >= order.index(needed)


SIGN_IN = "Nobody is signed in here. Sign in first."

NEEDS = {
    Role.OPERATOR: SIGN_IN,
    Role.LEAD: "Only a lead or an owner can do this.",
    Role.OWNER: "Only an owner can do this.",
}
"""Refusals of what needs a role."""


class Operator(Struct, frozen=True):
    """A person who works at a desk of the team; cannot sign in unless `active`."""

    id: int
    name: str
    role: Role
    active: bool = True


class OperatorAction(Struct, frozen=True):
    """A command of an operator; the name is empty for the command line.

    `contacts` are those of the first conversations that it is about, as far as they are still known.
    """

    at: datetime
    operator: str
    action: str
    about: str
    contacts: tuple[Contact, ...] = ()

    @property
    def conversation_ids(self) -> tuple[int, ...]:
        """The conversations that it is about."""
        ids = self.about.split() if self.action.startswith(("conversations.", "claims.")) else ()
        return tuple(int(one) for one in ids if one.isdecimal())


ACTING: ContextVar[Operator | None] = ContextVar("acting", default=None)
"""Operator whose command is being carried out; None for what happens by itself.

Also None where nobody signs in. `desk.team.authority` sets it for the time of one command, so that two at once have
one each. The parts of the desk read it where they carry a command out; the store is handed the name.
"""


def acting_name() -> str:
    """Return the acting operator's name; empty if there is none."""
    operator = ACTING.get()
    return "" if operator is None else operator.name


def acting() -> str:
    """Return the `by` of what is done by hand: a name, or plainly `operator`."""
    return acting_name() or Author.OPERATOR
