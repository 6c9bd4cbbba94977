"""The operator's commands in a schedule, each with what the judge takes note of when it has returned."""

from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

from msgspec.structs import replace

from tests.campaign.judge import Judged, Silence, one_answer
from tests.campaign.shop import Contact
from tests.campaign.supervised_desk import PENDING
from wxdesk.core.conversations.changes import RowAct, RowChange
from wxdesk.core.conversations.takeover import UNTIL_HANDED_BACK, TakeoverDuration
from wxdesk.core.errors import MoveNotAllowed, UnsettledReply
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.reply import Reply, ReplyState
from wxdesk.core.replies.lifecycle import is_passed_over
from wxdesk.core.replies.parts import needs_operator
from wxdesk.desk.desk import Desk

ACCOUNT = "shop"


class Operated(Judged):
    """An operator at the desk. `serial` counts the texts, so that no two are the same."""

    serial: int

    async def take_over_and_note(self, contact: Contact, how: TakeoverDuration = UNTIL_HANDED_BACK) -> None:
        until = how.ends(self.world.clock.now)
        await self.desk.conversations.take_over(contact.conversation_id, how)
        self.silenced[contact.openid] = Silence(self.may_have_left(contact), until, how.silent_seconds)

    async def write_and_note(self, contact: Contact, text: str, undo_seconds: int) -> None:
        preferences = self.desk.preferences
        await preferences.set(replace(preferences.now, undo_seconds=undo_seconds))
        span = preferences.now.takeover
        await self.desk.replies.write(contact.conversation_id, text)
        silence, until = self.silenced.get(contact.openid), self.world.clock.now + span
        if silence is None:  # whoever writes takes over; if a rule has already, what it left waiting is stopped
            self.silenced[contact.openid] = Silence(self.may_have_left(contact), until, by_writing=True)
        elif silence.by_writing and silence.until is not None:
            silence.until = max(silence.until, until)

    async def pause_and_note(self, until: datetime | None = None) -> None:
        self.world.paused, self.world.paused_until = True, until
        await self.desk.outbox.pause(until)
        if self.still is None:
            self.still = set().union(*(self.may_have_left(contact) for contact in self.contacts))

    async def set_mode_and_note(self, contact: Contact, mode: ReplyMode | None) -> None:
        self.modes[contact.openid] = mode
        self.speak_again()
        await self.desk.conversations.set_mode(contact.conversation_id, mode)
        self.fall_silent()

    async def set_account_mode_and_note(self, mode: ReplyMode) -> None:
        await self.desk.accounts.set_mode(ACCOUNT, mode, hold_seconds=10)
        self.fall_silent()

    async def block_and_note(self, contact: Contact) -> None:
        self.unheard.add(contact.openid)
        await self.desk.conversations.change((contact.conversation_id,), RowChange(RowAct.BLOCK))
        self.blocked.setdefault(contact.openid, Silence(self.may_have_left(contact)))

    async def switch_off_and_note(self, name: str) -> None:
        """What WeChat is being asked to take may be tried again."""
        rule_id = await self.set_enabled(name, False)
        under_way = {f"#{reply_id}" for reply_id in self.world.asked()}
        left = under_way.union(*(self.may_have_left(contact) for contact in self.contacts))
        self.switched_off.setdefault(rule_id, left)

    async def switch_on(self, name: str) -> None:
        self.switched_off.pop(await self.set_enabled(name, True), None)

    async def set_enabled(self, name: str, enabled: bool) -> int:
        """Which rule that is."""
        rulebook = self.desk.rules.rulebook
        [rule_id] = [rule.id for rule in await rulebook.all() if rule.name == name]
        await rulebook.set_enabled(rule_id, enabled)
        return rule_id

    async def set_aside(self, contact: Contact, snoozed_for: timedelta | None) -> None:
        """Resolve or snooze, unless a reply there is left to settle."""
        conversations = self.desk.conversations
        with suppress(UnsettledReply):
            until = None if snoozed_for is None else self.world.clock.now + snoozed_for
            change = RowChange(RowAct.RESOLVE if until is None else RowAct.SNOOZE, until)
            await conversations.change((contact.conversation_id,), change)

    async def type_and_note(self, contact: Contact, *, stops: bool) -> None:
        typing = self.desk.typing
        await typing.show(contact.conversation_id)
        if stops:
            await typing.stop(contact.conversation_id)

    def decided_with(self, contact: Contact, reply: Reply, click: str) -> set[int]:
        """What the human decides on by this click: the reply, and what of its answer leaves with it."""
        if click not in ("release", "release_answer", "retry", "confirm"):
            return set()  # what is but edited or kept is automatic still, and does not leave by itself in silence
        answer = [one for one in self.world.replies(contact) if one_answer(one, reply)]
        later = [one for one in answer if one.id > reply.id]
        if click in ("release", "release_answer"):
            later += [one for one in answer if one.id < reply.id and one.state in PENDING]
        asking = {one.id for one in later if click == "release_answer" and needs_operator(one)}
        if click in ("retry", "confirm"):
            asking = {one.id for one in later if is_passed_over(one)}
        return {reply.id, *asking, *(one.id for one in later if one.state is ReplyState.QUEUED or one.id < reply.id)}

    def click(self, reply: Reply, click: str) -> None:
        try:
            if click == "edit":
                self.serial += 1
                self.world.does(self.desk.replies.edit(reply.id, f"edited {reply.id}-{self.serial}"), self.contacts)
            else:
                release_answer = partial(self.desk.replies.release, whole=True)
                command = release_answer if click == "release_answer" else getattr(self.desk.replies, click)
                self.world.does(command(reply.id), self.contacts)
        except MoveNotAllowed:
            return

    @property
    def desk(self) -> Desk:
        return self.world.desk
