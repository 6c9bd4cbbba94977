"""What contacts do in a schedule: they write, also while an operator says at that moment who may answer."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.campaign.operator_actions import Operated
from tests.campaign.supervised_desk import NAMES, OPENINGS
from wxdesk.core.model.account import ReplyMode

who = st.sampled_from((0, 1))


class WrittenTo(Operated):
    """A desk to which two contacts write."""

    @rule(i=who, opening=st.sampled_from(OPENINGS))
    def contact_writes(self, i: int, opening: str) -> None:
        self.note_writing(i)
        self.world.says(self.contacts[i], opening)

    @rule(i=who, opening=st.sampled_from(OPENINGS))
    def contact_writes_while_he_is_taken_over(self, i: int, opening: str) -> None:
        self.note_writing(i)
        contact = self.contacts[i]
        meanwhile = self.take_over_and_note(contact) if contact.conversation_id else None
        self.world.says(contact, opening, meanwhile)

    @rule(i=who, opening=st.sampled_from(OPENINGS))
    def contact_writes_and_is_taken_over_before_that_is_decided(self, i: int, opening: str) -> None:
        self.note_writing(i)
        contact = self.contacts[i]
        if contact.conversation_id:
            self.world.says_and_is_decided_on_late(contact, opening, lambda: self.take_over_and_note(contact))
        else:
            self.world.says(contact, opening)

    @rule(i=who, opening=st.sampled_from(OPENINGS), mode=st.sampled_from((ReplyMode.OFF, ReplyMode.DRAFT)))
    def contact_writes_and_gets_a_mode_before_that_is_decided(self, i: int, opening: str, mode: ReplyMode) -> None:
        self.note_writing(i)
        contact = self.contacts[i]
        if contact.conversation_id:
            self.world.says_and_is_decided_on_late(contact, opening, lambda: self.set_mode_and_note(contact, mode))
        else:
            self.world.says(contact, opening)

    @rule(i=who, opening=st.sampled_from(OPENINGS))
    def contact_writes_while_everything_is_paused(self, i: int, opening: str) -> None:
        self.note_writing(i)
        self.world.paused, self.world.paused_until = True, None
        self.world.says(self.contacts[i], opening, self.pause_and_note())

    @rule(i=who, opening=st.sampled_from(OPENINGS))
    def contact_writes_while_he_is_blocked(self, i: int, opening: str) -> None:
        self.note_writing(i)
        contact = self.contacts[i]
        self.world.says(contact, opening, self.block_and_note(contact) if contact.conversation_id else None)

    @rule(i=who, opening=st.sampled_from(OPENINGS), name=st.sampled_from(NAMES))
    def contact_writes_while_a_rule_is_switched_off(self, i: int, opening: str, name: str) -> None:
        self.note_writing(i)
        self.world.says(self.contacts[i], opening, self.switch_off_and_note(name))

    def note_writing(self, i: int) -> None:
        contact = self.contacts[i]
        self.written_at[contact.openid] = len(self.world.received(contact))
        self.made_before[contact.openid] = set(self.known[contact.openid])
        self.talks_on(contact)
