"""Authority of operators: roles that commands need, and who did what."""

from collections.abc import Awaitable, Callable
from contextlib import suppress

from wxdesk.core.errors import NotAllowed, StoreError
from wxdesk.core.model.operator import ACTING, NEEDS, Operator, Role
from wxdesk.desk.desk import Desk
from wxdesk.desk.team.commands import COMMANDS, CommandTerms
from wxdesk.store.team import OperatorStore


class Authority:
    """Lets operators do what their role allows, and keeps what they did."""

    def __init__(self, store: OperatorStore, desk: Desk) -> None:
        self._store = store
        self._desk = desk

    async def carry_out[**P, R](
        self, path: str, operator_id: int | None, method: Callable[P, Awaitable[R]], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Call a method in an operator's name; raises `NotAllowed` and whatever it raises."""
        command = COMMANDS[path]
        operator = await self._check(command, operator_id)
        first = next(iter((*args, *kwargs.values())), "")
        is_kept = operator is not None and command.recorded
        about = await command.subject(self._desk, first) if is_kept else ""  # now, as it may be deleted by it
        token = ACTING.set(operator)
        try:
            if command.claim is not None:
                await command.claim(self._desk.claims, first)
            result = await method(*args, **kwargs)
        finally:
            ACTING.reset(token)
        if is_kept:
            with suppress(StoreError):  # which is logged; it is done, and must not be called failed
                await self._store.note(path, about, self._desk.clock(), operator)
        return result

    async def _check(self, command: CommandTerms, operator_id: int | None) -> Operator | None:
        """Return the operator by the row of now, None where nobody signs in.

        Raises:
            NotAllowed: nobody is signed in, the operator has been shut out, or the role is not enough.
        """
        operator, required = await self._store.acting(operator_id)
        if operator is None and required and not command.by_itself:
            raise NotAllowed(reason=NEEDS[Role.OPERATOR])
        if operator is not None and not operator.role.covers(command.role):
            raise NotAllowed(reason=NEEDS[command.role])
        return operator
