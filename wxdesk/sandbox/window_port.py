"""Adapter of the sandbox and its loop to the port `sandbox.port.Simulator`."""

import asyncio
import secrets
import string
from collections.abc import Callable, Coroutine
from typing import Any

from wxdesk.core.errors import BadInput
from wxdesk.core.wechat.errcodes import meaning_of
from wxdesk.sandbox.control import view
from wxdesk.sandbox.demo_customers import CUSTOMERS
from wxdesk.sandbox.platform.contacts import KfState, SimulatedContact
from wxdesk.sandbox.platform.errors import ApiRefusal
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault
from wxdesk.sandbox.platform.media import LARGEST_PICTURE
from wxdesk.sandbox.port import Counters, Phone, PushReport, Scene, SimulatedCustomer
from wxdesk.sandbox.push.pusher import PushOutcome
from wxdesk.sandbox.server import Sandbox

_OPENID_LETTERS = string.ascii_letters + string.digits


class SandboxSimulator:
    """Implements `sandbox.port.Simulator`; `sandbox` runs on `loop`."""

    def __init__(self, sandbox: Sandbox, loop: asyncio.AbstractEventLoop) -> None:
        self._sandbox = sandbox
        self._loop = loop
        self._listeners: list[Callable[[], None]] = []
        self._added: list[str] = []
        sandbox.on_change = self._notify_listeners

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` on the sandbox's thread after each change; return its end."""
        self._listeners.append(listener)

        def end() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return end

    async def scene(self, openid: str) -> Scene:
        """Collect everything the page shows, with that customer's phone."""
        return await self._there(self._scene(openid))

    async def add(self) -> str:
        """Add a customer; return the openid."""
        openid = "o" + "".join(secrets.choice(_OPENID_LETTERS) for _ in range(27))
        self._added.append(openid)
        return openid

    async def write(self, openid: str, text: str) -> PushReport:
        """Let the customer write."""
        return await self._pushed(self._sandbox.say(openid, text))

    async def enter(self, openid: str, session_from: str) -> PushReport:
        """Let the customer enter by the button."""
        return await self._pushed(self._sandbox.enter(openid, session_from))

    async def show(self, openid: str, picture: bytes | None) -> PushReport:
        """Let the customer send a picture, converted as a phone does; raises `BadInput`."""
        if picture is None:
            return await self._pushed(self._sandbox.show(openid))
        from wxdesk.desk.pictures.conversion import sendable  # with Pillow, which a start does not wait for

        made = await asyncio.to_thread(sendable, picture, LARGEST_PICTURE)
        return await self._pushed(self._sandbox.send_own_picture(openid, made))

    async def send_card(self, openid: str, title: str, page_path: str) -> PushReport:
        """Let the customer send a card."""
        return await self._pushed(self._sandbox.send_card(openid, title, page_path))

    async def let_go(self, openid: str) -> None:
        """End the customer's session in WeChat's own tool."""
        await self._there(self._let_go(openid))

    async def switch_on(self, fault: SimulatedFault) -> None:
        """Plan a fault, instead of others of its kind."""
        await self._there(self._switch_on(fault))

    async def switch_off(self, kind: FaultKind) -> None:
        """Take back the planned faults of a kind."""
        await self._there(self._switch_off(kind))

    # -- on the sandbox's loop

    async def _scene(self, openid: str) -> Scene:
        sandbox = self._sandbox
        contacts = {contact.openid: contact for _, contact in sandbox.platform.contacts()}
        names = {customer.openid: customer.alias for customer in CUSTOMERS}
        everybody = list(dict.fromkeys([*names, *contacts, *self._added]))
        at_hand = {one: contacts.get(one) or SimulatedContact(one) for one in everybody}
        phone = self._phone(at_hand[openid], names.get(openid, "")) if openid in at_hand else None
        return Scene(
            now=sandbox.clock(),
            customers=tuple(
                SimulatedCustomer(one, names.get(one, ""), next(reversed(contact.lines), None))
                for one, contact in at_hand.items()
            ),
            phone=phone,
            faults=tuple(sandbox.faults.planned.values()),
            counters=Counters(**view.counters(sandbox)),
            pictures=self._pictures(phone),
        )

    def _phone(self, contact: SimulatedContact, name: str) -> Phone:
        now, allowance = self._sandbox.clock(), contact.allowance
        return Phone(
            contact.openid,
            name,
            tuple(contact.lines),
            allowance.typing(now),
            allowance.left,
            allowance.until,
            contact.session.state(now) is KfState.OPEN,
        )

    def _pictures(self, phone: Phone | None) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        for line in phone.lines if phone is not None else ():
            for digest in (line.content.get("media_id"), line.content.get("thumb_media_id")):
                if digest and digest not in found:
                    try:
                        found[digest] = self._sandbox.platform.media.get(digest).data
                    except ApiRefusal:  # three days are over
                        continue
        return found

    async def _let_go(self, openid: str) -> None:
        self._sandbox.dispatcher.end(self._sandbox.platform.program(), openid)

    async def _switch_on(self, fault: SimulatedFault) -> None:
        await self._switch_off(fault.kind)
        self._sandbox.faults.plan(fault)
        self._notify_listeners()

    async def _switch_off(self, kind: FaultKind) -> None:
        for number, fault in self._sandbox.faults.planned.items():
            if fault.kind is kind:
                self._sandbox.faults.take_back(number)
        self._notify_listeners()

    async def _there[T](self, work: Coroutine[Any, Any, T]) -> T:
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    async def _pushed(self, work: Coroutine[Any, Any, PushOutcome]) -> PushReport:
        try:
            outcome = await self._there(work)
        except ApiRefusal as refusal:
            raise BadInput(reason=meaning_of(refusal.errcode)) from None
        took = sum(attempt.milliseconds for attempt in outcome.attempts)
        tries = len(outcome.attempts)
        return PushReport(bool(tries), outcome.accepted, tries, took, outcome.reading.reason)

    def _notify_listeners(self) -> None:
        for listener in tuple(self._listeners):
            listener()
