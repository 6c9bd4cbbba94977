"""The way out: replies leave in order, one after the other to a person, different people side by side.

The row is moved to `sending` and committed before the call, and to its outcome after it. The policy:

    WeChat accepted it                  sent; the reply window loses one
    certainly not delivered             queued again, later and later (`core.backoff`), then failed
    WeChat refused it                   failed, with its code; what else follows depends on the code:
        busy, too fast                  queued again after a wait
        about this contact              the other automatic replies to him are cancelled
        about this account              nothing more leaves for the account for a while; the operator is told
    no answer came                      unknown: never sent again by itself

Automatic replies rank last: no more than `SIDE_BY_SIDE` calls are under way, and a pause keeps those that
wait, although they are queued. What an operator wrote is never paused.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from wxdesk.core import quota
from wxdesk.core.backoff import wait_after
from wxdesk.core.errcodes import ErrorAction, action_for, meaning_of
from wxdesk.core.errors import DeliveryUnknown, MoveNotAllowed, NotFound, NotSent, Refused, StoreError
from wxdesk.core.events import ConversationChanged, Event, PauseChanged, ReplyChanged, TroubleRaised
from wxdesk.core.lifecycle import Move
from wxdesk.core.model import Account, Reply, ReplyState
from wxdesk.desk.pause import Pause
from wxdesk.desk.ports import Clock, ReplyChanges, Sender, Store

log = logging.getLogger(__name__)

SIDE_BY_SIDE = 8
"""Calls to WeChat under way at the same time."""

ACCOUNT_REST = timedelta(seconds=60)
"""How long an account rests after WeChat refused the account itself."""

STORE_RETRY_SECONDS = 1.0
LINGER_SECONDS = 1.5
"""How long a stop waits for answers that are under way before they count as unknown."""


class Outbox:
    """Sends queued replies until cancelled."""

    def __init__(
        self,
        store: Store,
        sender: Sender,
        accounts: Mapping[str, Account],
        pause: Pause,
        publish: Callable[[Event], None],
        clock: Clock,
    ) -> None:
        self._store = store
        self._sender = sender
        self._accounts = accounts
        self._pause = pause
        self._publish = publish
        self._clock = clock
        self._awake = asyncio.Event()
        self._under_way: dict[int, asyncio.Task[None]] = {}
        self._resting: dict[str, datetime] = {}

    def hear(self, event: Event) -> None:
        """Look at the queue again when something may wait in it; subscribed to the bus."""
        match event:
            case ReplyChanged(state=ReplyState.QUEUED | ReplyState.HELD) | PauseChanged():
                self._awake.set()
            case _:
                pass

    async def recover(self) -> None:
        """After a crash: what was being sent may have been delivered, and says so."""
        for reply in await self._store.replies.recover(self._clock()):
            self._tell(reply)

    async def run(self) -> None:
        """Send what is due; on cancellation wait briefly for answers, then call the rest unknown."""
        try:
            while True:
                self._awake.clear()
                try:
                    until = await self._send_due()
                except StoreError as error:
                    log.warning("The outbox waits for the store: %s", error)
                    until = STORE_RETRY_SECONDS
                await self._rest(until)
        finally:
            await self._linger()

    async def _rest(self, seconds: float | None) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._awake.wait()
        except TimeoutError:
            return

    async def _send_due(self) -> float | None:
        now = self._clock()
        if not self._pause.on:
            for reply in await self._store.replies.release_due(now):
                self._tell(reply)
        free = SIDE_BY_SIDE - len(self._under_way)
        if free > 0:
            claimed = await self._store.replies.claim(
                now,
                busy=tuple(self._under_way),
                limit=free,
                only_by_hand=self._pause.on,
                without=tuple(name for name, until in self._resting.items() if until > now),
            )
            for reply in claimed:
                self._tell(reply)
                self._start(reply)
        return await self._seconds_to_wait(now)

    async def _seconds_to_wait(self, now: datetime) -> float | None:
        moments = [until for until in self._resting.values() if until > now]
        wake = await self._store.replies.next_wake(now)
        if wake is not None and not self._pause.on:
            moments.append(wake)
        return max(0.0, (min(moments) - now).total_seconds()) if moments else None

    def _start(self, reply: Reply) -> None:
        task = asyncio.create_task(self._send(reply), name=f"send reply {reply.id}")
        self._under_way[reply.conversation_id] = task
        task.add_done_callback(lambda _: self._ended(reply.conversation_id))

    def _ended(self, conversation_id: int) -> None:
        del self._under_way[conversation_id]
        self._awake.set()

    async def _send(self, reply: Reply) -> None:
        try:
            move, changes = await self._attempt(reply)
        except asyncio.CancelledError:
            move, changes = Move.LOSE, ReplyChanges(error="wxdesk was closed before WeChat answered")
            await self._record(reply, move, changes)
            raise
        await self._record(reply, move, changes)

    async def _attempt(self, reply: Reply) -> tuple[Move, ReplyChanges]:
        try:
            await self._sender.send(self._accounts[reply.account], reply.openid, reply.content, reply.id)
        except NotSent as error:
            return self._later_or_failed(reply, str(error), wait_after(reply.attempts))
        except DeliveryUnknown as error:
            return Move.LOSE, ReplyChanges(error=str(error))
        except Refused as error:
            return await self._after_refusal(reply, error)
        except Exception:
            log.exception("Sending a reply failed unexpectedly")
            return Move.LOSE, ReplyChanges(error="unexpected error while sending")
        self._resting.pop(reply.account, None)
        self._publish(TroubleRaised(f"account:{reply.account}", ""))
        return Move.ACCEPT, ReplyChanges(errcode=0, error="", window=quota.spent)

    async def _after_refusal(self, reply: Reply, error: Refused) -> tuple[Move, ReplyChanges]:
        action = action_for(error.errcode)
        now = self._clock()
        if action is ErrorAction.RETRY:
            return self._later_or_failed(reply, error.errmsg, wait_after(reply.attempts, busy=True), error)
        if action is ErrorAction.WAIT:
            return self._later_or_failed(reply, error.errmsg, timedelta(seconds=60), error)
        if action is ErrorAction.USER:
            await self._spare(reply.conversation_id)
        if action in (ErrorAction.CONFIG, ErrorAction.TOKEN):
            self._resting[reply.account] = now + ACCOUNT_REST
            self._publish(TroubleRaised(f"account:{reply.account}", meaning_of(error.errcode)))
        return Move.REFUSE, ReplyChanges(
            errcode=error.errcode,
            error=error.errmsg,
            rid=error.rid,
            window=lambda window: quota.corrected(window, error.errcode, now),
        )

    def _later_or_failed(
        self, reply: Reply, why: str, wait: timedelta | None, error: Refused | None = None
    ) -> tuple[Move, ReplyChanges]:
        errcode, rid = (error.errcode, error.rid) if error else (None, "")
        if wait is None:
            return Move.REFUSE, ReplyChanges(errcode=errcode, error=why, rid=rid)
        return Move.POSTPONE, ReplyChanges(errcode=errcode, error=why, rid=rid, not_before=self._clock() + wait)

    async def _spare(self, conversation_id: int) -> None:
        for reply in await self._store.replies.cancel_automatic(conversation_id, "WeChat", self._clock()):
            self._tell(reply)

    async def _record(self, reply: Reply, move: Move, changes: ReplyChanges) -> None:
        while True:
            try:
                self._tell(await self._store.replies.move(reply.id, move, self._clock(), changes))
            except (MoveNotAllowed, NotFound):
                log.exception("The outcome of a reply could not be recorded")
            except StoreError as error:
                log.warning("The outcome of a reply waits for the store: %s", error)
                await asyncio.sleep(STORE_RETRY_SECONDS)
                continue
            self._publish(ConversationChanged(reply.conversation_id))
            return

    async def _linger(self) -> None:
        tasks = tuple(self._under_way.values())
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=LINGER_SECONDS)
        for task in late:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _tell(self, reply: Reply) -> None:
        self._publish(ReplyChanged(reply.conversation_id, reply.id, reply.state))
