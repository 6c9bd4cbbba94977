"""Commands of a window, carried out where it runs or by the server that works.

A `PartFront` stands before a part of `Desk` and passes its `commands` on: by `give_or_join` to the `Authority`, or
to `RemoteCommands` and so to the `CommandRunner` of the server. Whatever only reads goes to the part itself.
"""

import asyncio
import inspect
import logging
import time
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from functools import partial
from operator import attrgetter
from typing import Any, get_type_hints
from weakref import WeakValueDictionary

import msgspec
from msgspec import Struct

from wxdesk.core.errors import ClaimedByColleague, StoreError, WxdeskError
from wxdesk.core.events import TroubleRaised
from wxdesk.core.model.account import Account
from wxdesk.core.model.command import CommandState, StoredCommand
from wxdesk.core.setup.facts import SetupState
from wxdesk.core.troubles import TroubleArea
from wxdesk.desk.desk import Desk
from wxdesk.desk.health import HealthState
from wxdesk.desk.operators import Operators
from wxdesk.desk.ports import Clock
from wxdesk.desk.runtime.packed_errors import packed_error, unpacked_error
from wxdesk.desk.runtime.timers import STORE_RETRY_SECONDS, keep_looking
from wxdesk.desk.team.authority import Authority
from wxdesk.desk.team.commands import COMMANDS, SHARED
from wxdesk.store import Store

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 15.0
"""Time for a server to begin a command; a takeover takes ten at most."""

LATE_SECONDS = 3.0
"""Time after which the operator is told that an answer has not come yet."""

SELDOM_SECONDS = 3.0
"""Time in which a `seldom` command is not given again in the same way."""

REPORT = "report"
"""Path of what asks for the state that the server has in memory only."""


class ServerState(Struct, frozen=True):
    """State of the server that works: its health, accounts and set-up."""

    health: HealthState
    accounts: dict[str, Account]
    setup: SetupState


class PartFront:
    """Stands before a part of the desk and passes its commands on.

    It has every attribute of the part, and its type for whoever uses `Desk`: checkers of types see the part.
    """

    def __init__(self, part: object, path: str, commands: Collection[str], give: Callable[..., Awaitable[Any]]) -> None:
        self._part = part
        self._path = path
        self._commands = commands
        self._give = give

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the part has
        found = getattr(self._part, name)
        path = f"{self._path}.{name}"
        return partial(self._give, path, found) if path in self._commands else found

    def __iter__(self) -> Iterator[Any]:
        return iter(self._part)  # type: ignore[call-overload,no-any-return]

    def __len__(self) -> int:
        return len(self._part)  # type: ignore[arg-type]

    def __getitem__(self, key: str) -> Any:  # noqa: ANN401
        return self._part[key]  # type: ignore[index]

    def __contains__(self, key: object) -> bool:
        return key in self._part  # type: ignore[operator]


async def give_or_join[R](
    give: Callable[..., Awaitable[R]], desk: Desk, path: str, method: object, *given: object, **named: object
) -> R:
    """Give a command; ask and join where it writes into a colleague's conversation."""
    try:
        return await give(path, method, *given, **named)
    except ClaimedByColleague as error:
        if not COMMANDS[path].writes or not await desk.colleagues.may_join(error):
            raise
        conversation_id = error.values["conversation_id"]
    await give("claims.join", desk.claims.join, conversation_id)
    return await give(path, method, *given, **named)


class Turn(asyncio.Lock):
    """Turn of a command; one given again before its answer gets that of `made`."""

    made = ended = StoredCommand(0, "", "", CommandState.PENDING)


class RemoteCommands:
    """Desk's side: stores commands, and waits for their results."""

    def __init__(
        self, store: Store, clock: Clock, operators: Operators, publish: Callable[[TroubleRaised], None]
    ) -> None:
        self._queue = store.commands
        self._clock = clock
        self._operators = operators
        self._publish = publish
        self._late: set[object] = set()
        self._open: dict[int, asyncio.Future[StoredCommand]] = {}
        self._lately: dict[tuple[str, str], float] = {}
        self._turns = WeakValueDictionary[object, Turn]()

    async def __call__(self, path: str, method: Callable[..., Any], *given: Any, **named: Any) -> Any:  # noqa: ANN401
        """Have the server carry out a command; return its result.

        Raises:
            StoreError: no server has begun it, and none will; or the one that began it has ended; or the database
                cannot be reached.
            WxdeskError: what the method raised there.
        """
        terms, arguments = COMMANDS[path], inspect.signature(method).bind(*given, **named).arguments
        command = self._command_of(path, msgspec.json.encode(arguments).decode())
        if terms.seldom and self._note_repeated(path, command.arguments):
            return None
        turn = self._turns.setdefault((path if terms.unasked else path.rpartition(".")[0], _subject(arguments)), Turn())
        again = turn.locked()
        with nullcontext() if terms.unasked else self._told_if_late():
            async with turn:
                if not again or turn.made != command:
                    turn.ended, turn.made = await self._make(command), command
                ended = turn.ended
        if terms.forgotten:
            await self._queue.forget(ended.id)
        return _result(ended, get_type_hints(method).get("return"))

    async def report(self) -> ServerState:
        """Return the server's state; raises `StoreError` like any command."""
        state: ServerState = _result(await self._make(self._command_of(REPORT, "{}")), ServerState)
        return state

    @contextmanager
    def _told_if_late(self) -> Iterator[None]:
        """Tell the operator that an answer has not come yet, until it has."""
        token = object()
        timer = asyncio.get_running_loop().call_later(LATE_SECONDS, self._tell_late, token)
        try:
            yield
        finally:
            timer.cancel()
            if token in self._late:
                self._late.remove(token)
                self._publish(TroubleRaised(TroubleArea.LATE, STILL_WAITS if self._late else ""))

    def _tell_late(self, token: object) -> None:
        self._late.add(token)
        self._publish(TroubleRaised(TroubleArea.LATE, STILL_WAITS))

    def _command_of(self, path: str, arguments: str) -> StoredCommand:
        return StoredCommand(0, path, arguments, CommandState.PENDING, operator_id=self._operators.my_id)

    async def _make(self, command: StoredCommand) -> StoredCommand:
        ids: list[int] = []  # of each try; none but the last can be through
        try:
            await self._queue.put(command, self._clock(), ids.append)
        except StoreError:
            if not ids or await self._withdraw(ids[-1]):
                raise
        command_id = ids[-1]
        ended = self._open[command_id] = asyncio.get_running_loop().create_future()
        try:
            return await self._end_of(command_id, ended)
        finally:
            del self._open[command_id]

    def _note_repeated(self, path: str, arguments: str) -> bool:
        """Note a call; return True if it was made within `SELDOM_SECONDS` before."""
        now = time.monotonic()
        self._lately = {key: at for key, at in self._lately.items() if now - at < SELDOM_SECONDS}
        return self._lately.setdefault((path, arguments), now) != now

    async def _end_of(self, command_id: int, ended: asyncio.Future[StoredCommand]) -> StoredCommand:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await asyncio.shield(ended)
        except TimeoutError:
            if await self._withdraw(command_id):
                raise StoreError(reason=NOBODY_WORKS) from None
        return await ended

    async def _withdraw(self, command_id: int) -> bool:
        """Take a command back once the database answers; False if a server has begun it."""
        while True:
            with suppress(StoreError):
                return await self._queue.withdraw(command_id, self._clock())
            await asyncio.sleep(STORE_RETRY_SECONDS)  # it may be done: until that is known, it is not called failed

    async def ended(self) -> list[StoredCommand]:
        """Return the open commands that have ended; raises `StoreError`."""
        return await self._queue.ended(tuple(self._open)) if self._open else []

    def give_results(self, ended: Iterable[StoredCommand]) -> None:
        """Give commands their results."""
        for command in ended:
            if (waiting := self._open.get(command.id)) is not None and not waiting.done():
                waiting.set_result(command)


def _subject(arguments: Mapping[str, object]) -> tuple[str, object]:
    """Return the one thing that a command is about; others of a part are alike."""
    name, first = next(iter(arguments.items()), ("", None))
    only = first[0] if isinstance(first, Sequence) and len(first) == 1 else first
    return (name, only) if isinstance(only, int | str) else ("", None)


def _result(command: StoredCommand, kind: Any) -> Any:  # noqa: ANN401
    try:
        match command.state:
            case CommandState.DONE:
                return msgspec.json.decode(command.result or "null", type=kind)
            case CommandState.FAILED:
                raise unpacked_error(command.result or "")
            case _:
                raise StoreError(reason=CUT_OFF)
    except msgspec.MsgspecError:
        raise StoreError(reason=UNKNOWN) from None


class CommandRunner:
    """Server's side: begins what waits, each at once, and stores the ends.

    `flush` stores the events of a command before its end, so that who gets the result has heard of them.
    """

    def __init__(self, store: Store, desk: Desk, flush: Callable[[], Awaitable[None]]) -> None:
        self._queue = store.commands
        self._desk = desk
        self._flush = flush
        self._authority = Authority(store.operators, desk)
        self._awake = asyncio.Event()

    def look(self) -> None:
        """Look for commands, as after a hint."""
        self._awake.set()

    async def run(self) -> None:
        """Carry out commands, until cancelled."""
        await self._queue.recover()
        async with asyncio.TaskGroup() as tasks:
            await keep_looking(partial(self._begin, tasks), self._awake, self._desk.clock)

    async def _begin(self, tasks: asyncio.TaskGroup) -> None:
        for command in await self._queue.begin():
            tasks.create_task(self._carry_out(command), name=command.path)

    async def _carry_out(self, command: StoredCommand) -> None:
        state = CommandState.DONE
        try:
            result = msgspec.json.encode(await self._result_of(command)).decode()
        except WxdeskError as error:
            state, result = CommandState.FAILED, packed_error(error)
        except Exception:
            log.exception("The command %s of a desk failed", command.path)
            state, result = CommandState.FAILED, packed_error(StoreError(reason=UNEXPECTED))
        while True:  # else the desk would wait for ever, until this server has ended and the next one finds the command
            try:
                await self._flush()
                return await self._queue.end(command.id, state, result)
            except StoreError:
                await asyncio.sleep(STORE_RETRY_SECONDS)

    async def _result_of(self, command: StoredCommand) -> Any:  # noqa: ANN401
        if command.path == REPORT:
            desk = self._desk
            return ServerState(desk.health.state, desk.accounts.configured, desk.setup.state)
        if command.path not in SHARED:
            raise StoreError(reason=UNKNOWN)
        method = attrgetter(command.path)(self._desk)
        hints, given = get_type_hints(method), msgspec.json.decode(command.arguments, type=dict[str, msgspec.Raw])
        try:
            arguments = {key: msgspec.json.decode(value, type=hints.get(key, Any)) for key, value in given.items()}
            bound = inspect.signature(method).bind(**arguments)
        except (msgspec.MsgspecError, TypeError):
            raise StoreError(reason=UNKNOWN) from None
        return await self._authority.carry_out(command.path, command.operator_id, method, *bound.args, **bound.kwargs)


STILL_WAITS = "The server has not answered yet. What you did is on its way: there is no need to do it again."
NOBODY_WORKS = "no server works at the moment, so nothing was done"
CUT_OFF = "the server was cut off while it did this; check whether it was done"
UNKNOWN = "the server does not know this call; desks and servers must be of one version"
UNEXPECTED = "the server met an unexpected error; its log says which"
