"""The operator's commands in a schedule, each with what the judge takes note of when it has returned."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from tests.flow.judged import Judged, Silence
from tests.flow.supervised import Contact
from wxdesk.core.model import ReplyMode
from wxdesk.core.takeover import UNTIL_HANDED_BACK, TakeOverFor
from wxdesk.desk.handoff import Handoff

ACCOUNT = "shop"


class Operated(Judged):
    """Someone at the desk."""

    async def take_over_and_note(self, contact: Contact, how: TakeOverFor = UNTIL_HANDED_BACK) -> None:
        until = how.ends(self.world.clock.now)
        await self.handoff.take_over(contact.conversation_id, how)
        self.silenced[contact.openid] = Silence(self.may_have_left(contact), until, how.silent_seconds)

    async def write_and_note(self, contact: Contact, text: str, undo_seconds: int) -> None:
        preferences = self.world.opened.desk.preferences
        await preferences.set(replace(preferences.now, undo_seconds=undo_seconds))
        span = timedelta(minutes=preferences.now.takeover_minutes)
        await self.handoff.write(contact.conversation_id, text)
        silence, until = self.silenced.get(contact.openid), self.world.clock.now + span
        if silence is None:  # whoever writes takes over; if a rule has already, what it left waiting is stopped
            self.silenced[contact.openid] = Silence(self.may_have_left(contact), until, by_writing=True)
        elif silence.by_writing and silence.until is not None:
            silence.until = max(silence.until, until)

    async def pause_and_note(self, until: datetime | None = None) -> None:
        await self.handoff.pause(until)
        if self.still is None:
            self.still = set().union(*(self.may_have_left(contact) for contact in self.contacts))

    async def set_mode_and_note(self, contact: Contact, mode: ReplyMode | None) -> None:
        self.modes[contact.openid] = mode
        self.speak_again()
        await self.handoff.set_mode(contact.conversation_id, mode)
        self.fall_silent()

    async def set_account_mode_and_note(self, mode: ReplyMode) -> None:
        await self.world.opened.desk.accounts.set_mode(ACCOUNT, mode, hold_seconds=10)
        self.fall_silent()

    async def type_and_note(self, contact: Contact, *, stops: bool) -> None:
        typing = self.world.opened.desk.typing
        await typing.show(contact.conversation_id)
        if stops:
            await typing.stop(contact.conversation_id)

    @property
    def handoff(self) -> Handoff:
        return self.world.opened.desk.handoff
