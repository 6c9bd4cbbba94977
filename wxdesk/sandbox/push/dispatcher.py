"""Dispatch of the simulated WeChat's pushes to the listener, with planned faults.

A message of a contact in an open session of WeChat's own tool is not pushed at all. Faults are drawn once
for a push, then it is held back, delayed, doubled, changed and repeated as they say; afterwards its answer
takes effect on the contact's side.
"""

import asyncio
from collections import defaultdict
from collections.abc import Coroutine, Iterable
from typing import Any

from wxdesk.desk.runtime.timers import sleep
from wxdesk.sandbox.platform.contacts import NOT_AVAILABLE, ChatSide
from wxdesk.sandbox.platform.faults import FaultKind, Faults, SimulatedFault
from wxdesk.sandbox.platform.platform import Platform
from wxdesk.sandbox.platform.program import MiniProgram
from wxdesk.sandbox.push import bodies
from wxdesk.sandbox.push.encoding import Shape
from wxdesk.sandbox.push.journal import Journal, PushRecord
from wxdesk.sandbox.push.passive_answer import AnswerVerdict
from wxdesk.sandbox.push.pusher import PushDelivery, Pusher, PushOutcome
from wxdesk.threads import end_tasks

HELD_BACK_SECONDS = 5.0
"""Default seconds a push waits for another one to overtake it."""


class PushDispatcher:
    """Dispatches pushes one by one; delayed and consequent ones run in own tasks."""

    def __init__(self, platform: Platform, faults: Faults, journal: Journal, pusher: Pusher) -> None:
        self._platform = platform
        self._faults = faults
        self._journal = journal
        self._pusher = pusher
        self._held: dict[str, list[asyncio.Event]] = defaultdict(list)
        self._beside: set[asyncio.Task[object]] = set()

    async def push(self, program: MiniProgram, openid: str, fields: bodies.Fields) -> PushOutcome:
        """Push a body; the outcome has no attempts if nothing left (yet)."""
        is_message = fields.get("MsgType") != "event"
        if is_message and self._platform.contact(program, openid).session.takes(self._platform.clock()):
            return PushOutcome()
        faults = self._faults.take("push")
        kinds = {fault.kind: fault for fault in faults}
        delivery = self._pusher.delivery(program, openid, fields, Shape.under(faults))
        if FaultKind.DROP in kinds:
            self._record(delivery, PushOutcome(), faults)
            return PushOutcome()
        if FaultKind.REORDER in kinds:
            self._run_beside(self._hold_back(delivery, faults, kinds[FaultKind.REORDER].milliseconds / 1000))
            return PushOutcome()
        outcome = await self._carry(delivery, faults)
        for held in self._held.pop(program.account.name, ()):
            held.set()
        return outcome

    async def close(self) -> None:
        """Cancel all pushes in progress and close the connections."""
        await end_tasks(self._beside)
        await self._pusher.close()

    async def _carry(self, delivery: PushDelivery, faults: Iterable[SimulatedFault]) -> PushOutcome:
        kinds = {fault.kind: fault for fault in faults}
        if (delay := kinds.get(FaultKind.DELAY)) is not None:
            await asyncio.sleep(delay.milliseconds / 1000)
        if FaultKind.DUPLICATE in kinds:
            one, other = await asyncio.gather(self._deliver(delivery, kinds), self._deliver(delivery, kinds))
            outcome = one.combined_with(other)
        else:
            outcome = await self._deliver(delivery, kinds)
        self._record(delivery, outcome, faults)
        self._take_effect(delivery, outcome)
        return outcome

    async def _deliver(self, delivery: PushDelivery, kinds: Iterable[FaultKind]) -> PushOutcome:
        if not delivery.program.push_url:
            return PushOutcome()
        if FaultKind.RETRY_SAME_NONCE in kinds:
            return await self._pusher.deliver_and_repeat(delivery)
        outcome = await self._pusher.deliver(delivery)
        return outcome.combined_with(await self._pusher.deliver(delivery)) if FaultKind.RETRY in kinds else outcome

    async def _hold_back(self, delivery: PushDelivery, faults: Iterable[SimulatedFault], seconds: float) -> None:
        overtaken = asyncio.Event()
        self._held[delivery.program.account.name].append(overtaken)
        await sleep(seconds or HELD_BACK_SECONDS, overtaken)
        await self._carry(delivery, faults)

    def _take_effect(self, delivery: PushDelivery, outcome: PushOutcome) -> None:
        program, openid = delivery.program, delivery.openid
        if outcome.reading.understood is AnswerVerdict.TRANSFER:
            session, settings = self._platform.contact(program, openid).session, program.settings
            session.queue(self._platform.clock())
            if settings.kf_takes_at_once:
                self.accept(program, openid, outcome.reading.kf_account)
            self._platform.on_change()
        elif outcome.attempts and not outcome.accepted and not delivery.shape.is_forged:
            self._platform.add_line(program, openid, ChatSide.NOTICE, "not_available", NOT_AVAILABLE)

    def accept(self, program: MiniProgram, openid: str, kf_account: str = "") -> bool:
        """Accept the contact at WeChat's own tool; False if the session was open already."""
        new = self._platform.contact(program, openid).session.accept(self._platform.clock())
        if new:
            self._push_session_event(program, openid, "kf_create_session", kf_account)
        self._platform.on_change()
        return new

    def end(self, program: MiniProgram, openid: str) -> bool:
        """Close the session in WeChat's own tool; False if there was none."""
        had = self._platform.contact(program, openid).session.close(self._platform.clock())
        if had:
            self._push_session_event(program, openid, "kf_close_session")
        self._platform.on_change()
        return had

    def _push_session_event(self, program: MiniProgram, openid: str, event: str, kf_account: str = "") -> None:
        if program.settings.kf_events:
            fields = bodies.session_event(event, kf_account or program.settings.kf_account)
            self._run_beside(self.push(program, openid, fields))

    def _run_beside(self, work: Coroutine[Any, Any, object]) -> None:
        task: asyncio.Task[object] = asyncio.create_task(work)
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)

    def _record(self, delivery: PushDelivery, outcome: PushOutcome, faults: Iterable[SimulatedFault]) -> None:
        number, at, account = self._journal.pushed + 1, self._platform.clock(), delivery.program.account.name
        kind = str(delivery.fields.get("Event") or delivery.fields.get("MsgType") or "")
        names = tuple(fault.kind.value for fault in faults)
        self._journal.add(PushRecord(number, at, account, delivery.openid, kind, outcome, names))
