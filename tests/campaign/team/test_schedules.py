"""Schedules with two desks beside the server: commands reach it by the database, and colleagues cross each other.

The steps and the judge are those of the schedules with one desk; here each command is given at one desk or the other,
and customers are claimed, handed on, given back, and written to over a colleague's head.
"""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from tests.campaign.contact_actions import who
from tests.campaign.judge import Silence
from tests.campaign.moments import Meanwhile
from tests.campaign.shop import Contact
from tests.campaign.simulated_loop import SimulatedLoop
from tests.campaign.supervised_desk import World
from tests.campaign.test_schedules import PARTS, Supervision, try_schedules
from tests.conftest import Sized
from tests.postgresql import Postgres
from wxdesk.app import open_window_desk
from wxdesk.config.reading import Config, StoreSettings
from wxdesk.core.errors import ClaimedByColleague
from wxdesk.core.model.operator import Role
from wxdesk.desk import operators
from wxdesk.desk.conversations import presence
from wxdesk.desk.desk import Desk
from wxdesk.desk.operators import hashed
from wxdesk.desk.runtime import lease_keeper
from wxdesk.desk.settings.configuration import Setup
from wxdesk.desk.team import dispatch, following
from wxdesk.store.engine import change_hints, lease
from wxdesk.team_desk import TeamDesk

NAMES = ("小王", "小李")
PASSWORD = "the same for both"

SELDOM_HERE = (
    (presence, "SIGHT_EVERY_SECONDS"),
    (following, "ATTEND_SECONDS"),
    (operators, "LOOK_SECONDS"),
    (change_hints, "TICK_SECONDS"),
)
"""What desks do all the time is not what happens here; the loop's time goes fast."""


async def agrees(_error: ClaimedByColleague) -> bool:
    return True


async def refuses(_error: ClaimedByColleague) -> bool:
    return False


@dataclass
class TeamWorld(World):
    """The server, and two desks at which commands are given in turn; who works at each is signed in."""

    desks: list[TeamDesk] = field(default_factory=list)
    turn: int = 0

    @classmethod
    async def _open(cls, folder: Path, store: StoreSettings, loop: SimulatedLoop) -> "TeamWorld":
        world = await super()._open(folder, store, loop)
        assert isinstance(world, TeamWorld)
        for name in NAMES:
            await world.opened.store.operators.add(name, Role.OWNER, await hashed(PASSWORD), world.clock())
            opened = await open_window_desk(Setup(folder / name, Config(store=store), clock=world.clock))
            assert isinstance(opened, TeamDesk)
            assert opened.desk.operators is not None
            await opened.desk.operators.sign_in(name, PASSWORD)
            world.desks.append(opened)
        world.answer_by(agrees)
        return world

    def answer_by(self, may_join: Any) -> None:
        """Whether they mean it, who write to a colleague's customer."""
        for one in self.desks:
            one.desk.colleagues.may_join = may_join

    async def _close(self) -> None:
        for one in self.desks:
            await one.stop()
        await super()._close()

    @property
    def desk(self) -> Desk:
        return self.desks[self.turn % len(self.desks)].desk

    def _waits_for_database(self) -> bool:
        """Also a call that was put there is in other hands."""
        waits: list[Any] = [(one.store._db, one.following._commands) for one in self.desks]
        return super()._waits_for_database() or any(db._underway or given._open for db, given in waits)

    def _act(
        self, what: Coroutine[Any, Any, object], contacts: list[Contact], meanwhile: Meanwhile | None = None
    ) -> None:
        if meanwhile is not None:
            act = meanwhile.act
            meanwhile = Meanwhile(lambda: _or_refused(act()), meanwhile.moment)
        super()._act(_or_refused(what), contacts, meanwhile)
        self.turn += 1


async def _or_refused(what: Coroutine[Any, Any, object]) -> None:
    with suppress(ClaimedByColleague):
        await what


class TeamSupervision(Supervision):
    """One schedule of a team."""

    world: TeamWorld

    def __init__(self) -> None:
        super().__init__()
        self.refused: set[str] = set()

    @rule(i=who)
    def both_take_over_at_once(self, i: int) -> None:
        contact = self.contacts[i]
        if contact.conversation_id and self.world.jump is None:
            self.world.does(self._both_take_over(contact), self.contacts)

    async def _both_take_over(self, contact: Contact) -> None:
        thread = contact.conversation_id
        both = (one.desk.conversations.take_over(thread) for one in self.world.desks)
        ended = await asyncio.gather(*both, return_exceptions=True)
        assert ended.count(None) == 1, ended
        winner, refusal = NAMES[ended.index(None)], next(one for one in ended if one is not None)
        assert isinstance(refusal, ClaimedByColleague), refusal
        assert refusal.values["name"] == winner
        assert (await self.world.opened.store.conversations.get(thread)).claimed_by == winner
        self.silenced[contact.openid] = Silence(self.may_have_left(contact))

    @rule(i=who)
    def write_without_meaning_it(self, i: int) -> None:
        contact = self.contacts[i]
        if contact.conversation_id:
            self.serial += 1
            text = f"by hand {contact.openid[-6:]}-{self.serial}"
            self.world.does(self._write_unless_a_colleague_has_it(contact, text), self.contacts)

    async def _write_unless_a_colleague_has_it(self, contact: Contact, text: str) -> None:
        self.world.answer_by(refuses)
        try:
            await self.write_and_note(contact, text, 0)
            self.talks_on(contact)
        except ClaimedByColleague:
            self.refused.add(text)
        finally:
            self.world.answer_by(agrees)

    @rule(i=who, giver=st.sampled_from((0, 1)))
    def hand_over(self, i: int, giver: int) -> None:
        if thread := self.contacts[i].conversation_id:
            claims = self.world.desks[giver].desk.claims
            self.world.does(claims.hand_to(thread, NAMES[1 - giver], "please"), self.contacts)

    @rule(i=who, giver=st.sampled_from((0, 1)))
    def give_back(self, i: int, giver: int) -> None:
        if thread := self.contacts[i].conversation_id:
            self.world.does(self.world.desks[giver].desk.claims.give_back(thread), self.contacts)

    @invariant()
    def nothing_leaves_that_was_refused(self) -> None:
        assert self.refused.isdisjoint(sent.text for sent in self.world.sandbox.sent)


@pytest.mark.campaign
@pytest.mark.postgres
@pytest.mark.expects_log("database|server|desk|lease")
@pytest.mark.timeout(600)
def test_random_schedules_keep_the_invariants_at_any_desk(
    folders: Iterator[Path], postgres: Postgres, sized: Sized, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "LEASE_SECONDS", 24 * 3600.0)
    monkeypatch.setattr(lease_keeper, "RENEW_SECONDS", 48 * 3600.0)
    monkeypatch.setattr(dispatch, "SELDOM_SECONDS", 0.0)  # here no time passes between two keys
    for module, name in SELDOM_HERE:
        monkeypatch.setattr(module, name, 60.0)

    def opens(order: int) -> AbstractContextManager[World]:
        return TeamWorld.open(next(folders), order, StoreSettings(postgres.emptied()))

    try_schedules(opens, PARTS + 1, sized(1, 6, 500), TeamSupervision)
