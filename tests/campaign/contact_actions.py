"""What contacts do in a schedule: they write, also while an operator says at that moment who may answer."""

from collections.abc import Callable, Coroutine
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.campaign.moments import Meanwhile, Moment
from tests.campaign.operator_actions import Operated
from tests.campaign.shop import NAMES, OPENINGS
from wxdesk.core.model.account import ReplyMode

who = st.sampled_from((0, 1))
when = st.sampled_from(Moment)


class WrittenTo(Operated):
    """A desk to which two contacts write."""

    @rule(i=who, opening=st.sampled_from(OPENINGS))
    def contact_writes(self, i: int, opening: str) -> None:
        self._write(i, opening, None)

    @rule(i=who, opening=st.sampled_from(OPENINGS), moment=when)
    def contact_writes_while_the_contact_is_taken_over(self, i: int, opening: str, moment: Moment) -> None:
        self._write(i, opening, lambda: self.take_over_and_note(self.contacts[i]), moment)

    @rule(i=who, opening=st.sampled_from(OPENINGS), mode=st.sampled_from((ReplyMode.OFF, ReplyMode.DRAFT)), moment=when)
    def contact_writes_while_the_contact_gets_a_mode(
        self, i: int, opening: str, mode: ReplyMode, moment: Moment
    ) -> None:
        self._write(i, opening, lambda: self.set_mode_and_note(self.contacts[i], mode), moment)

    @rule(i=who, opening=st.sampled_from(OPENINGS), moment=when)
    def contact_writes_while_everything_is_paused(self, i: int, opening: str, moment: Moment) -> None:
        self._write(i, opening, self.pause_and_note, moment)

    @rule(i=who, opening=st.sampled_from(OPENINGS), moment=when)
    def contact_writes_while_the_contact_is_blocked(self, i: int, opening: str, moment: Moment) -> None:
        self._write(i, opening, lambda: self.block_and_note(self.contacts[i]), moment)

    @rule(i=who, opening=st.sampled_from(OPENINGS), name=st.sampled_from(NAMES), moment=when)
    def contact_writes_while_a_rule_is_switched_off(self, i: int, opening: str, name: str, moment: Moment) -> None:
        self._write(i, opening, lambda: self.switch_off_and_note(name), moment)

    def _write(
        self, i: int, opening: str, act: Callable[[], Coroutine[Any, Any, object]] | None, moment: Moment = Moment.KEPT
    ) -> None:
        """Of someone who has never written, nobody can say anything yet."""
        contact = self.contacts[i]
        self.written_at[contact.openid] = len(self.world.received(contact))
        self.made_before[contact.openid] = set(self.known[contact.openid])
        self.talks_on(contact)
        knows = act is not None and contact.conversation_id
        self.world.says(contact, opening, Meanwhile(act, moment) if act is not None and knows else None)
