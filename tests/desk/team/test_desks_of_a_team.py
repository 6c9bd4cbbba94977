"""A desk beside a server on one database: it sees what the server does, and the server does what it says."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest
from msgspec import structs
from msgspec.structs import replace

from tests.flow.conftest import sandbox, setup_for
from tests.flow.serving import run, write_config
from tests.postgresql import SHARED, Postgres
from tests.way_to_server import WayThere
from wxdesk.app import OpenDesk, open_desk, open_window_desk
from wxdesk.config.reading import Config, StoreSettings
from wxdesk.core.errors import BadPreference, LeaseLost, NotFound, StoreError
from wxdesk.core.events import (
    Event,
    MessageKept,
    OperatorsChanged,
    PreferencesChanged,
    PresenceChanged,
    PushSeen,
    ReachabilityChanged,
    ReplyChanged,
    TemplatesChanged,
    TroubleRaised,
)
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.conversation import Narrowing, SavedView
from wxdesk.core.model.reply import ReplyState
from wxdesk.core.preferences import Preferences
from wxdesk.core.presence import AwayReason, PresenceSignals
from wxdesk.core.setup.findings import CheckVerdict
from wxdesk.desk.ports import utc_now
from wxdesk.desk.settings.configuration import Setup
from wxdesk.desk.setup.reachability import REACHED_AT
from wxdesk.desk.team import dispatch, following
from wxdesk.i18n import tr
from wxdesk.sandbox.demo_customers import LI_LEI
from wxdesk.sandbox.server import Sandbox
from wxdesk.store import is_worked_on
from wxdesk.team_desk import TeamDesk

__all__ = ["sandbox"]

pytestmark = pytest.mark.postgres


@dataclass
class Team:
    """A server, a desk beside it, and the events that the desk publishes."""

    sandbox: Sandbox
    server: OpenDesk
    desk: TeamDesk
    events: asyncio.Queue[Event]

    async def until[E: Event](self, kind: type[E], holds: Callable[[E], bool] = lambda _: True) -> E:
        async with asyncio.timeout(15):
            while True:
                event = await self.events.get()
                if isinstance(event, kind) and holds(event):
                    return event

    async def knows_the_server(self) -> None:
        """Until the desk has read the server's state."""
        await self.until(TemplatesChanged)  # which it reads anew with all the rest

    async def shows_health(self) -> None:
        """Until the desk shows its server's, which may be asked for twice while events arrive."""
        async with asyncio.timeout(15):
            while self.desk.desk.health.state.listener_url != self.server.url:
                await self.events.get()


@pytest.fixture
async def team(postgres: Postgres, sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[Team]:
    url = postgres.emptied()
    setup = setup_for(sandbox, tmp_path / "server")
    server = await open_desk(dataclasses.replace(setup, config=structs.replace(setup.config, store=StoreSettings(url))))
    opened = await open_window_desk(Setup(tmp_path / "desk", Config(store=StoreSettings(url))))
    assert isinstance(opened, TeamDesk)
    sandbox.set_push_url(f"{server.url}/wx/shop")
    made = Team(sandbox, server, opened, asyncio.Queue())
    opened.desk.bus.subscribe(made.events.put_nowait)
    await made.knows_the_server()
    await made.shows_health()
    yield made
    await opened.stop()
    await server.stop()


async def test_a_desk_knows_the_accounts_and_hears_messages(team: Team) -> None:
    assert list(team.desk.desk.accounts) == list(team.server.desk.accounts)
    assert team.desk.desk.health.state.listener_url == team.server.url
    await team.sandbox.say(LI_LEI.openid, "hello")
    kept = await team.until(MessageKept)
    snapshot = await team.desk.desk.timeline.snapshot(kept.conversation_id)
    assert snapshot is not None


async def test_a_desk_shows_the_servers_state_not_that_of_its_own_machine(team: Team) -> None:
    facts = team.server.desk.setup.state.account("shop").facts
    assert CheckVerdict.SECRET_MISSING not in {one.verdict for one in facts.values()}
    assert team.desk.desk.setup.state.account("shop").facts == facts
    await team.sandbox.say(LI_LEI.openid, "hello")
    await team.until(PushSeen)
    seen = [one for one in await team.desk.desk.traffic.newest_first() if isinstance(one, PushSeen)]
    assert len(seen) == 1, "beside the server's own calls for a token"


async def test_a_desk_knows_that_the_server_is_not_reached_also_if_opened_later(team: Team, tmp_path: Path) -> None:
    reachability = team.server.desk.reachability
    await team.server.store.settings.set(REACHED_AT, utc_now().isoformat())
    await reachability.load()
    reachability.follow("http://nobody.invalid", "shop", "127.0.0.1:8765")
    await reachability.check()
    assert reachability.state.lost
    await team.until(ReachabilityChanged, lambda event: event.reach.lost)
    assert team.desk.desk.health.state.reach.lost
    url = team.server.desk.configuration.now.config.store.url
    later = await open_window_desk(Setup(tmp_path / "later", Config(store=StoreSettings(url))))
    assert isinstance(later, TeamDesk)
    heard = asyncio.Event()
    later.desk.bus.subscribe(lambda event: heard.set() if isinstance(event, ReachabilityChanged) else None)
    async with asyncio.timeout(15):
        await heard.wait()
    assert later.desk.health.state.reach.lost
    await later.stop()


async def test_the_server_sends_replies_written_at_a_desk(team: Team) -> None:
    await team.sandbox.say(LI_LEI.openid, "hello")
    kept = await team.until(MessageKept)
    await team.desk.desk.preferences.set(Preferences(undo_seconds=0))
    assert team.server.desk.preferences.now.undo_seconds == 0
    reply = await team.desk.desk.replies.write(kept.conversation_id, "from another machine")
    assert reply.conversation_id == kept.conversation_id
    await team.until(ReplyChanged, lambda event: event.reply_id == reply.id and event.state is ReplyState.SENT)
    assert [sent.text for sent in team.sandbox.sent] == ["from another machine"]


async def test_errors_arrive_as_they_were_raised(team: Team) -> None:
    with pytest.raises(NotFound, match="conversation"):
        await team.desk.desk.conversations.take_over(4711)
    with pytest.raises(BadPreference) as caught:
        await team.desk.desk.preferences.set(Preferences(undo_seconds=4711))
    assert caught.value.field == "undo_seconds"


FAILS_ONCE = """
CREATE SEQUENCE tries;
CREATE FUNCTION fail_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF nextval('tries') = 1 THEN RAISE 'not now'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER fail_once BEFORE {what} FOR EACH ROW EXECUTE FUNCTION fail_once();
"""


@asynccontextmanager
async def failing_once(postgres: Postgres, what: str) -> AsyncIterator[None]:
    """The first statement of this kind fails, as `UPDATE OF result ON commands`."""
    try:
        await postgres.tell_beside(FAILS_ONCE.format(what=what), SHARED)
        yield
    finally:
        await postgres.tell_beside("DROP FUNCTION IF EXISTS fail_once CASCADE; DROP SEQUENCE IF EXISTS tries", SHARED)


@pytest.mark.expects_log("database error|is not stored yet")
async def test_a_result_that_could_not_be_stored_at_first_arrives_all_the_same(
    team: Team, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch, "STORE_RETRY_SECONDS", 0.05)
    async with failing_once(postgres, "UPDATE OF result ON commands"), asyncio.timeout(10):
        await team.desk.desk.outbox.pause()


async def test_the_server_knows_who_is_at_a_desk(team: Team) -> None:
    """Else rules for an empty desk would answer, and takeovers go back while an operator is there."""
    here, there = team.desk.desk.presence, team.server.desk.presence
    changed = asyncio.Event()
    team.server.desk.bus.subscribe(lambda _: changed.set(), PresenceChanged)
    reason = lambda: there.now.reason  # noqa: E731
    assert reason() is AwayReason.NO_WINDOW
    await here.report(PresenceSignals())
    async with asyncio.timeout(10):
        await changed.wait()
    assert not there.now.away
    changed.clear()
    await here.report(PresenceSignals(declared_away=True))
    async with asyncio.timeout(10):
        await changed.wait()
    assert reason() is AwayReason.SAID


async def test_a_desk_without_accounts_leaves_the_work_to_servers(postgres: Postgres, tmp_path: Path) -> None:
    """Else a window that came first would keep every server from answering."""
    url = postgres.emptied()
    opened = await open_window_desk(Setup(tmp_path, Config(store=StoreSettings(url))))
    assert isinstance(opened, TeamDesk)
    assert not await is_worked_on(url)
    await opened.stop()


async def test_without_a_server_commands_are_refused_with_the_reason(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch, "PATIENCE_SECONDS", 0.3)
    await team.server.stop()
    with pytest.raises(StoreError, match="no server works"):
        await team.desk.desk.outbox.pause()
    told = await team.until(TroubleRaised, lambda event: event.key == "server" and bool(event.text))
    assert tr(told.text) == "No server works at the moment: nobody answers customers until one does."


async def test_the_accounts_are_not_known_before_a_server_has_told_them(team: Team, tmp_path: Path) -> None:
    assert team.desk.desk.accounts.are_known
    url = team.server.desk.configuration.now.config.store.url
    await team.server.stop()
    later = await open_window_desk(Setup(tmp_path / "later", Config(store=StoreSettings(url))))
    assert not later.desk.accounts.are_known
    await later.stop()


@dataclass
class FarTeam(Team):
    """A team whose desk reaches the database by `way`."""

    way: WayThere


@asynccontextmanager
async def far_team(postgres: Postgres, sandbox: Sandbox, folder: Path) -> AsyncIterator[FarTeam]:
    """Open a server, and a desk with a breakable line to its database."""
    url = postgres.emptied()
    setup = setup_for(sandbox, folder / "server")
    server = await open_desk(dataclasses.replace(setup, config=structs.replace(setup.config, store=StoreSettings(url))))
    async with WayThere.to(url, folder) as way:
        opened = await open_window_desk(Setup(folder / "desk", Config(store=StoreSettings(way.url))))
        assert isinstance(opened, TeamDesk)
        sandbox.set_push_url(f"{server.url}/wx/shop")
        team = FarTeam(sandbox, server, opened, asyncio.Queue(), way)
        opened.desk.bus.subscribe(team.events.put_nowait)
        await team.knows_the_server()
        yield team
        await opened.stop()
    await server.stop()


@pytest.mark.expects_log("database error")
async def test_a_database_out_of_reach_is_the_one_trouble_until_the_desk_goes_on_by_itself(
    postgres: Postgres, sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ATTEND_SECONDS", "RETRY_SECONDS"):
        monkeypatch.setattr(following, name, 0.01)
    async with far_team(postgres, sandbox, tmp_path) as team:
        team.way.shut()
        with pytest.raises(StoreError):
            await team.desk.desk.outbox.pause()
        lost = await team.until(TroubleRaised, lambda event: event.key == "database")
        assert tr(lost.text).startswith("This desk cannot reach the database: ")
        for _ in range(20):  # while it tries again and again by itself
            with pytest.raises(StoreError):
                await team.desk.desk.outbox.pause()
            troubles = {trouble.key for trouble in team.desk.desk.health.state.troubles}
            assert troubles == {"database", "database_unsafe"}, "the tests' PostgreSQL is hurried"
        team.way.open()
        await team.until(TroubleRaised, lambda event: event.key == "database" and not event.text)
        await team.knows_the_server()
        told = team.desk.desk.health.state.troubles
        assert not any(one.key == "server" or tr(one.text).startswith("This desk cannot reach") for one in told)


WAITING = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'"


async def test_a_desk_that_reads_does_not_end_the_servers_trouble_with_the_database(team: Team) -> None:
    publish = team.server.desk.bus.publish
    publish(TroubleRaised("database", "The disk of the database server is full."))
    await team.until(TroubleRaised, lambda event: event.key == "database")
    heard: list[Event] = []
    team.desk.desk.bus.subscribe(heard.append, TroubleRaised)
    for _ in range(3):
        publish(PreferencesChanged())
        await team.until(PreferencesChanged)
    publish(TroubleRaised("disk", "The disk is full."))
    await team.until(TroubleRaised, lambda event: event.key == "disk")
    assert [(event.key, bool(event.text)) for event in heard if isinstance(event, TroubleRaised)] == [("disk", True)]


async def test_a_trouble_that_ended_while_a_desk_read_the_servers_state_has_ended_there(
    team: Team, postgres: Postgres
) -> None:
    """The state was made before, and shows the trouble."""
    publish, desk = team.server.desk.bus.publish, team.desk.desk
    publish(TroubleRaised("disk", "The disk is full."))
    await team.until(TroubleRaised, lambda event: event.key == "disk" and bool(event.text))
    locking = await asyncpg.connect(postgres.server.get_uri(database=SHARED))
    try:
        await locking.execute("BEGIN; LOCK TABLE rules")
        desk.bus.publish(OperatorsChanged())  # the desk asks for the state, and waits for the rules with it
        while not await postgres.tell_beside(WAITING, SHARED):
            pass
        publish(TroubleRaised("disk", ""))
        await team.until(TroubleRaised, lambda event: event.key == "disk" and not event.text)
    finally:
        await locking.close()
    await team.knows_the_server()
    assert "disk" not in {trouble.key for trouble in desk.health.state.troubles}


async def test_what_a_server_that_ended_said_about_its_database_ends_with_the_next_state(team: Team) -> None:
    """Its key is that of the desk's own trouble with the database, which no state ends."""
    desk = team.desk.desk
    desk.bus.publish(TroubleRaised("database", "Nothing is received any more."))
    desk.bus.publish(OperatorsChanged())
    await team.until(TroubleRaised, lambda event: event == TroubleRaised("database", ""))
    assert "database" not in {trouble.key for trouble in desk.health.state.troubles}


async def test_each_desk_shows_a_renamed_account_by_its_new_name_at_once(team: Team, tmp_path: Path) -> None:
    """Also while no server works, which is when an account is renamed by command line."""
    mine, home = team.desk.desk.preferences, tmp_path / "server"
    await mine.set(Preferences(views=(SavedView("late", "all", Narrowing(account="shop")),)))
    await team.server.stop()
    url = team.server.desk.configuration.now.config.store.url
    write_config(home, team.sandbox.url, more=f'[store]\nurl = "{url}"\n')
    ended = await asyncio.to_thread(run, home, "account", "rename", "shop", "store")
    assert ended.returncode == 0, ended.stderr
    await team.until(PreferencesChanged, lambda _: [view.narrowing.account for view in mine.now.views] == ["store"])


TAKEN = """
UPDATE leases SET epoch = epoch + 1, holder = 'another',
    until = (extract(epoch FROM clock_timestamp()) * 1000000)::bigint + 600000000
"""


@pytest.mark.expects_log("Another server has taken over")
async def test_a_window_whose_server_lost_its_turn_changes_nothing_and_says_so(
    postgres: Postgres, sandbox: Sandbox, tmp_path: Path
) -> None:
    setup, store = setup_for(sandbox, tmp_path), StoreSettings(postgres.emptied())
    opened = await open_window_desk(dataclasses.replace(setup, config=structs.replace(setup.config, store=store)))
    assert isinstance(opened, OpenDesk)
    window = Team(sandbox, opened, opened, asyncio.Queue())  # type: ignore[arg-type]
    opened.desk.bus.subscribe(window.events.put_nowait)
    sandbox.set_push_url(f"{opened.url}/wx/shop")
    await sandbox.say(LI_LEI.openid, "hello")
    thread = (await window.until(MessageKept)).conversation_id
    await postgres.tell_beside(TAKEN, SHARED)
    await window.until(TroubleRaised, lambda event: event.key == "server" and "open it again" in tr(event.text))
    for asked in (opened.desk.conversations.take_over(thread), opened.desk.replies.write(thread, "hi"),
                  opened.desk.outbox.pause(), opened.desk.preferences.set(Preferences(undo_seconds=1))):  # fmt: skip
        with pytest.raises(LeaseLost):
            await asked
    assert not (await opened.store.conversations.get(thread)).taken_over
    other = replace(opened.desk.accounts["shop"], reply_mode=ReplyMode.DRAFT)
    await opened.desk.accounts.use({"shop": other}, {"shop"})  # its file changes, and replies are not its own to change
    assert (await sandbox.say(LI_LEI.openid, "still there?")).accepted
    assert await opened.store.pushes.underived(), "what arrives is kept, whoever works"
    await postgres.tell_beside("UPDATE leases SET until = 0", SHARED)
    await window.until(TroubleRaised, lambda event: event.key == "server" and not event.text)
    await opened.desk.conversations.take_over(thread)
    await opened.stop()
