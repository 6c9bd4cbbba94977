"""Sends queued replies: in order for one contact, several contacts at a time.

The row is moved to `sending` and committed before the call, and to its outcome after it; what follows from
each outcome is the policy in `desk.replies.outcomes`. An account that WeChat refused rests, and goes on
with one probe (`desk.replies.account_backoff`).

Acknowledging goes first: while pushes wait for the disk, replies wait a moment. Automatic replies rank last: no
more than `SIDE_BY_SIDE` calls are under way, and a pause keeps those that wait, although they are queued. What an
operator wrote is never paused.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from time import monotonic

from wxdesk.core import errors
from wxdesk.core.events import (
    AccountFreed,
    ConfigurationChanged,
    ConversationChanged,
    Event,
    OperatorWrites,
    PauseChanged,
    ReplyChanged,
)
from wxdesk.core.model.account import Account
from wxdesk.core.model.conversation import Author, ReplyWindow
from wxdesk.core.model.reply import Reply, ReplyState
from wxdesk.core.replies.lifecycle import BEFORE_SENDING, Move, is_automatic
from wxdesk.core.wechat import quota
from wxdesk.core.wechat.errcodes import is_about_the_contact
from wxdesk.core.wechat.quota import ClaimedReply
from wxdesk.desk.ports import Clock, Sender
from wxdesk.desk.replies.account_backoff import AccountBackoff
from wxdesk.desk.replies.hold_timers import HoldTimers
from wxdesk.desk.replies.in_flight import InFlight
from wxdesk.desk.replies.outcomes import Outcomes, ReplyOutcome
from wxdesk.desk.replies.policy_changes import PolicyChanges
from wxdesk.desk.runtime.bus import publish_replies
from wxdesk.desk.runtime.timers import STORE_RETRY_SECONDS, keep_looking
from wxdesk.desk.settings.pause import Pause
from wxdesk.store import Store
from wxdesk.store.replies.moves import ReplyChanges
from wxdesk.threads import end_tasks

log = logging.getLogger(__name__)

_MAKES_ROOM = BEFORE_SENDING | {ReplyState.CANCELLED}
"""States after which a reply may leave: itself, or one that waited behind it."""

_NOT_ENDED = (Move.POSTPONE, Move.HOLD, Move.EXPIRE)
"""Moves after a try from which a reply may leave yet."""

SIDE_BY_SIDE = 32
"""Calls to WeChat under way at the same time."""

GIVE_WAY_SECONDS = 0.05
"""Longest wait for pushes to be acknowledged before replies are claimed."""

LATE_COMMIT = timedelta(minutes=1)
"""Time for which a claim may still be committed after its answer was lost."""

LINGER_SECONDS = 1.5
"""Time at exit to send replies that can be undone and wait for WeChat to answer."""

SEND_SECONDS = 0.5
"""Least time for a call: at exit, none begins that would be cut off."""


@dataclass(eq=False, repr=False)
class Outbox:
    """Sends queued replies until cancelled."""

    _store: Store
    _sender: Sender
    _accounts: Mapping[str, Account]
    _pause: Pause
    _hold_timers: HoldTimers
    _policy_changes: PolicyChanges
    _backoff: AccountBackoff
    _publish: Callable[[Event], None]
    _clock: Clock

    def __post_init__(self) -> None:
        self._awake = asyncio.Event()
        self._wake: datetime | None = None
        self._wake_known = False
        self._looked_at: datetime | None = None
        self._stopping = False
        self._claims_lost_until: datetime | None = None
        self._under_way = InFlight()
        self._outcomes = Outcomes(self._store, self._backoff, self._publish, self._clock)

    def on_event(self, event: Event) -> None:
        """Look at the queue again after an event that may add to it."""
        self._outcomes.on_event(event)
        match event:
            case ReplyChanged(state=state) if state not in _MAKES_ROOM:
                return
            case ReplyChanged(at_once=True):
                self._awake.set()  # without a look at the timers, since it needs none
            case ReplyChanged() | PauseChanged() | AccountFreed() | OperatorWrites() | ConfigurationChanged():
                self._look_again()
            case _:
                self._under_way.on_event(event)

    def _look_again(self) -> None:
        self._wake_known = False
        self._awake.set()

    async def pause(self, until: datetime | None = None) -> None:
        """Pause automatic replies at once, until `until` (an aware time) or until resumed.

        Pending replies stay as they are; what an operator writes or releases leaves.
        """
        await self._pause.begin(until, self._clock())

    async def resume(self) -> None:
        """Resume automatic replies, from the next message on.

        Replies that waited are held without a deadline: they leave when an operator releases them.
        """
        await self._hold_timers.resume()

    async def try_now(self, account: str) -> None:
        """Send from an account that rests, at once; or at least ask for a token again."""
        self._outcomes.try_now(account)
        self._backoff.try_now(account)

    async def recover(self) -> None:
        """Mark replies cut off by the last exit as unknown, and ask about held ones."""
        publish_replies(self._publish, await self._store.outbox.recover(self._clock()))
        await self._hold_timers.recover()
        await self._policy_changes.recover()
        self._look_again()  # another server may have held replies meanwhile

    async def run(self) -> None:
        """Send what is due; on cancellation finish what was just written."""
        self._stopping = False
        try:
            await keep_looking(self._look, self._awake, self._clock)
        except asyncio.CancelledError:
            await self._linger()
            raise

    async def _look(self) -> datetime | None:
        began = monotonic()
        try:
            until = await self._send_due()
        except errors.StoreError:
            self._claims_lost_until = self._clock() + LATE_COMMIT
            raise
        await asyncio.sleep(self._store.rest(monotonic() - began))
        return until

    async def _send_due(self) -> datetime | None:
        """Send what is due, and return when something else will be."""
        await self._store.pushes.until_answered(GIVE_WAY_SECONDS)
        now = self._clock()
        await self._find_lost_claims(now)
        if self._looked_at is None or now < self._looked_at:  # it was set back, perhaps since another start
            publish_replies(self._publish, await self._store.pending_replies.begin_waits_again(now))
            self._wake_known = False
        self._looked_at = now
        if not self._wake_known or (self._wake is not None and self._wake <= now):
            await self._release(now)
        if hurried := tuple(self._outcomes.hurried):
            publish_replies(self._publish, await self._store.outbox.hurry(hurried, now))
            self._outcomes.hurried.difference_update(hurried)
        if await self._fill(now):
            await self._probe(now)
        moments = (*self._backoff.ends_after(now), self._wake, self._claims_lost_until)
        return min((moment for moment in moments if moment is not None), default=None)

    async def _find_lost_claims(self, now: datetime) -> None:
        """Queue again what a claim moved to `sending` without telling."""
        if self._claims_lost_until is None:
            return
        publish_replies(self._publish, await self._store.outbox.unclaim(now, tuple(self._under_way.tasks)))
        if now >= self._claims_lost_until:
            self._claims_lost_until = None

    async def _release(self, now: datetime) -> None:
        """Release held replies, and learn when to look again; not after each reply."""
        self._wake_known = True
        try:
            self._wake = await self._hold_timers.release_due(now)
        except errors.StoreError:
            self._wake_known = False
            raise

    async def _fill(self, now: datetime) -> bool:
        """Send what may leave side by side; return whether there is room for more.

        Of several accounts, none takes more than half of the room that is left, nor any once it has as much itself: one
        whose calls hang holds up no other.
        """
        several = len(self._accounts) > 1
        while (free := SIDE_BY_SIDE - len(self._under_way.tasks)) > 0:
            share = (free + 1) // 2 if several else free
            full = {name for name, calls in self._under_way.calls.items() if several and calls >= free}
            claimed = await self._claim(now, share, without=self._backoff.shut() | full)
            for one in claimed:
                self._start(one)
            if len(claimed) < share:
                return True
        return False

    async def _claim(self, now: datetime, limit: int, without: Collection[str]) -> list[ClaimedReply]:
        self._under_way.forget_settled()
        claimed = await self._store.outbox.claim(
            now,
            busy=tuple(self._under_way.tasks),
            limit=limit,
            only_by_hand=self._pause.on or self._stopping,
            without=without,
        )
        publish_replies(self._publish, [one.reply for one in claimed])
        return claimed

    async def _probe(self, now: datetime) -> None:
        """Send one reply for each account whose rest is over."""
        for account in self._backoff.to_probe(now):
            for claimed in await self._claim(now, 1, without=self._accounts.keys() - {account}):
                self._backoff.probe_started(account, claimed.reply.id)
                self._start(claimed)

    def _start(self, claimed: ClaimedReply) -> None:
        reply = claimed.reply
        task = asyncio.create_task(self._send(claimed), name=f"send reply {reply.id}")
        self._under_way.add(reply, task)
        task.add_done_callback(lambda _: self._ended(reply))

    def _ended(self, reply: Reply) -> None:
        self._under_way.remove(reply)
        self._backoff.call_ended(reply.id)
        self._awake.set()

    async def _send(self, claimed: ClaimedReply) -> None:
        reply = claimed.reply
        try:
            outcome = await self._attempt(reply, claimed.window)
        except asyncio.CancelledError:
            await self._end_call(reply, *self._cut_off(reply))
            raise
        await self._end_call(reply, *outcome)

    async def _end_call(self, reply: Reply, move: Move, changes: ReplyChanges) -> None:
        """Record the outcome of a reply, and act on what follows for it and others."""
        if move in _NOT_ENDED and self._under_way.is_recalled(reply):
            move, changes = self._outcomes.recalled(reply, Author.OPERATOR)
        if move is Move.HOLD:  # first: what is behind it could leave as soon as it is held
            await self._insist(partial(self._outcomes.hold_behind, reply))
        await self._record(reply, move, changes)
        if move in _NOT_ENDED and self._under_way.is_recalled(reply):  # while that was being stored
            await self._record(reply, Move.CANCEL, ReplyChanges(by=Author.OPERATOR))
        elif move is Move.POSTPONE and self._under_way.is_outdated(reply):
            await self._insist(partial(self._policy_changes.again, reply.conversation_id))
        elif move is Move.REFUSE and is_about_the_contact(changes.errcode):
            await self._insist(partial(self._outcomes.cancel_others, reply))

    async def _attempt(self, reply: Reply, window: ReplyWindow) -> ReplyOutcome:
        account = self._accounts.get(reply.account)
        if account is None:
            return self._outcomes.hopeless(reply, "its account is not in config.toml any more")
        return self._untried(reply, window) or await self._call(account, reply)

    async def _call(self, account: Account, reply: Reply) -> ReplyOutcome:
        try:
            await self._sender.send(account, reply.openid, reply.content, reply.id, partial(self._may_begin, reply))
        except errors.Recalled:
            return self._outcomes.stopped()
        except errors.NotSent as error:
            return self._outcomes.not_sent(reply, error)
        except errors.NotSendable as error:
            return self._outcomes.hopeless(reply, str(error.values["reason"]))
        except errors.DeliveryUnknown as error:
            return self._outcomes.lost(reply, str(error.values["reason"]))
        except errors.Refused as error:
            return self._outcomes.refused(reply, error)
        except Exception:
            log.exception("Sending a reply failed unexpectedly")
            return self._outcomes.lost(reply, "unexpected error while sending")
        return self._outcomes.accepted(reply)

    def _untried(self, reply: Reply, window: ReplyWindow) -> ReplyOutcome | None:
        """Return the outcome of a reply that may not leave; None if it is to be tried."""
        now = self._clock()
        if not self._may_leave(reply):
            return self._outcomes.stopped()
        if is_automatic(reply) and quota.replies_left(window, now) == 0:
            return self._outcomes.hopeless(reply, "WeChat allows no more replies until the contact writes again")
        return self._outcomes.expired(reply) if self._hold_timers.is_late(reply, now) else None

    def _may_leave(self, reply: Reply) -> bool:
        """Check for lease, pause, recall and change; repeated right before the call."""
        if not self._store.lease.is_held or (self._pause.on and is_automatic(reply)):
            return False
        return not (self._under_way.is_recalled(reply) or self._under_way.is_outdated(reply))

    def _may_begin(self, reply: Reply) -> bool:
        """Check for the last time, and note that the call begins."""
        if not self._may_leave(reply):
            return False
        self._under_way.begun.add(reply.conversation_id)
        return True

    def _cut_off(self, reply: Reply) -> ReplyOutcome:
        """Return the outcome of a call cut off by the exit, before or after it began."""
        if reply.conversation_id in self._under_way.begun:
            return self._outcomes.lost(reply, "wxdesk was closed before WeChat answered")
        return self._outcomes.stopped()

    async def _record(self, reply: Reply, move: Move, changes: ReplyChanges) -> None:
        tries = count()

        async def store() -> None:
            again = next(tries) > 0
            try:
                found = await self._store.outbox.end(reply.id, move, self._clock(), changes)
            except errors.MoveNotAllowed:
                if not again:
                    raise
                found = await self._store.replies.get(reply.id)  # it was committed, and only the answer was lost
            publish_replies(self._publish, [found])

        await self._insist(store)
        self._publish(ConversationChanged(reply.conversation_id))

    async def _insist(self, store: Callable[[], Awaitable[None]]) -> None:
        """Store an outcome, retrying as long as the store fails."""
        while True:
            try:
                await store()
            except (errors.MoveNotAllowed, errors.NotFound):
                log.exception("The outcome of a reply could not be recorded")
            except errors.StoreError:
                if not self._stopping:  # else the next start finds it in `sending`, and that nobody knows
                    await asyncio.sleep(STORE_RETRY_SECONDS)
                    continue
            return

    async def _linger(self) -> None:
        """Send operators' last replies at once; hold those that do not fit in the time."""
        self._stopping = True
        try:
            hurried = await self._hold_timers.release_undoable()
            await self._finish(sends=bool(hurried))
            if hurried:
                await self._hold_timers.hold_back(hurried)
        except errors.StoreError as error:
            log.warning("What was written last waits for the next start: %s", error)
            await self._finish(sends=False)

    async def _finish(self, *, sends: bool) -> None:
        """Wait for answers, sending replies of operators meanwhile; cut off late calls."""
        loop = asyncio.get_running_loop()
        ends = loop.time() + LINGER_SECONDS
        while (left := ends - loop.time()) > 0:
            if sends and left > SEND_SECONDS:
                await self._fill(self._clock())
            if not self._under_way.tasks:
                return
            await asyncio.wait(self._under_way.tasks.values(), timeout=left, return_when=asyncio.FIRST_COMPLETED)
        await end_tasks(self._under_way.tasks.values())
