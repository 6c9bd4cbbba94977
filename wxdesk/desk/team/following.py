"""Following the server that works: its events, its state, the results of commands."""

import asyncio
import secrets

from msgspec.structs import replace

from wxdesk.core import events
from wxdesk.core.errors import Phrase, StoreError, Text
from wxdesk.core.model.operator import Role
from wxdesk.core.troubles import TroubleArea
from wxdesk.desk.desk import Desk
from wxdesk.desk.health import HealthState
from wxdesk.desk.runtime.timers import sleep
from wxdesk.desk.team.dispatch import NOBODY_WORKS, RemoteCommands
from wxdesk.desk.team.hosting import ATTEND_SECONDS
from wxdesk.desk.team.relay import unpacked
from wxdesk.i18n import explanation
from wxdesk.store import Store

RETRY_SECONDS = 0.5
"""Wait before another look: until it succeeds, the window shows what was."""

_OF_HEALTH = events.TroubleRaised | events.PauseChanged | events.TokenChanged | events.ListenerChanged

_ALL_NEW: tuple[events.Event, ...] = (
    events.ConfigurationChanged(),
    events.SetupChanged(""),
    events.RulesChanged(),
    events.TemplatesChanged(),
    events.PreferencesChanged(),
    events.EverythingChanged(),
)


class Following:
    """Keeps `desk` as the server has it; `commands` get their results here.

    `desk` is the one that the window uses, `local` has the parts of this machine that stand behind it.
    """

    def __init__(self, store: Store, desk: Desk, local: Desk, commands: RemoteCommands) -> None:
        self._store = store
        self._desk = desk
        self._local = local
        self._commands = commands
        self._publish = desk.bus.publish
        self._cursor = 0
        self._awake = asyncio.Event()  # events or results may be there to read
        self._behind = asyncio.Event()  # the server's state may be another
        self._all_behind = True  # and so may everything that is stored
        self._overtaken = False  # events have told of the server's health since its report was asked for
        self._told: Text = ""  # why the database cannot be reached
        self._desk_id = secrets.token_hex(8)
        self._attended = asyncio.Event()
        self._desk.bus.subscribe(lambda _: self._attended.set(), events.PresenceChanged)
        self._desk.bus.subscribe(lambda _: self._look_at_everything(), events.OperatorsChanged)

    async def begin(self) -> None:
        """Read what is stored now, and follow from there; raises `StoreError`."""
        self._cursor = await self._store.relayed_events.newest()
        await self._read_stored()
        self._look_at_everything()

    async def follow_hints(self) -> None:
        """Look at the database whenever it gives a hint, until cancelled."""
        await self._store.listen(self._on_hint)

    def _on_hint(self, topic: str) -> None:
        self._desk.colleagues.receive(topic)
        if topic in ("", "events", "answer"):
            self._awake.set()

    async def run(self) -> None:
        """Take results and events, until cancelled; tell of a database that is away."""
        while True:
            await self._awake.wait()
            self._awake.clear()
            try:
                ended = await self._commands.ended()
                await self._read_events()  # those of the commands are among them
                self._commands.give_results(ended)
            except StoreError as error:
                self._publish_unreachable(explanation(error))
                self._look_at_everything()
                await asyncio.sleep(RETRY_SECONDS)
                self._awake.set()
            else:
                self._publish_unreachable("")

    async def catch_up(self) -> None:
        """Ask the server for its state whenever that may have changed, until cancelled."""
        while True:
            await self._behind.wait()
            self._behind.clear()
            everything, self._all_behind = self._all_behind, False
            self._overtaken = False
            try:
                state = await self._commands.report()
                self._local.setup.show_state(state.setup)
                if everything:
                    await self._read_stored()
                    await self._local.accounts.use(state.accounts, (), follow=False)
                    if self._overtaken:
                        self._look_at_everything()
                    else:
                        self._take_health(state.health)
            except StoreError as error:
                self._publish_server_state(error)
                await asyncio.sleep(RETRY_SECONDS)
                self._look_at_everything()
            else:
                self._publish(events.TroubleRaised(TroubleArea.SERVER, ""))
                for event in _ALL_NEW if everything else (events.SetupChanged(""),):
                    self._publish(event)

    def _look_at_everything(self) -> None:
        self._all_behind = True
        self._behind.set()

    async def attend(self) -> None:
        """Tell the server again and again who is at this desk, until cancelled."""
        while True:
            self._attended.clear()
            try:
                if not self._desk.why_not(Role.OPERATOR):
                    await self._desk.presence.attend(self._desk_id, self._local.presence.now)
            except StoreError as error:
                if error.values.get("reason") == NOBODY_WORKS:  # another may be about a line that is back
                    self._publish_server_state(error)
                self._look_at_everything()  # which ends the trouble, or tells it
            await sleep(ATTEND_SECONDS, self._attended)

    async def _read_events(self) -> None:
        texts, self._cursor, missed = await self._store.relayed_events.after(self._cursor)
        if missed:
            self._look_at_everything()
        for text in texts:
            for event in unpacked(text):
                self._overtaken |= isinstance(event, _OF_HEALTH)
                if isinstance(event, events.OperatorWrites | events.EverythingChanged):
                    self._local.typing.on_event(event)
                await self._prepare(event)
                self._publish(_of_server(event))

    async def _prepare(self, event: events.Event) -> None:
        """Read again what the event is about, before the window does."""
        match event:
            case events.RulesChanged() | events.TemplatesChanged():
                await self._local.rules.rulebook.load(record=False)
            case events.PreferencesChanged():
                await self._local.preferences.load()
            case events.AccountChanged():
                await self._local.accounts.use(self._local.accounts.configured, (), follow=False)
            case events.AttentionRaised() | events.AttentionChanged():
                await self._local.attention.refresh()
            case events.EverythingChanged() | events.WorkChanged() | events.ConfigurationChanged():
                self._look_at_everything()
            case events.ReachabilityChanged() | events.SetupChanged() | events.TunnelChanged():
                self._behind.set()

    async def _read_stored(self) -> None:
        await self._local.preferences.load()
        await self._local.rules.rulebook.load(record=False)
        await self._local.attention.refresh()

    def _take_health(self, state: HealthState) -> None:
        """Publish the server's health to the window of this desk."""
        self._publish(events.ListenerChanged(state.listener_url))
        self._publish(events.ReachabilityChanged(state.reach))
        self._publish(events.PauseChanged(state.paused, state.paused_until, state.paused_since))
        for account, token in state.tokens:
            self._publish(events.TokenChanged(account, token.expires_at, token.error))
        present = {trouble.key for trouble in state.troubles} | {TroubleArea.SERVER, TroubleArea.LATE}
        for trouble in self._desk.health.state.troubles:
            if trouble.key not in present and (trouble.key != TroubleArea.DATABASE or not self._told):
                self._publish(events.TroubleRaised(trouble.key, ""))
        for trouble in state.troubles:
            self._publish(_of_server(trouble))
        self._desk.health.state = replace(self._desk.health.state, since=state.since)  # as the server noted them

    def _publish_unreachable(self, reason: Text) -> None:
        if reason == self._told:
            return  # that this desk reads ends no trouble that the server has with the same database
        self._told = reason
        text = Phrase("This desk cannot reach the database: {reason}. It goes on by itself.", reason=reason)
        self._publish(events.TroubleRaised(TroubleArea.DATABASE, text if reason else ""))
        if reason:  # that no server answers follows from it
            self._publish(events.TroubleRaised(TroubleArea.SERVER, ""))

    def _publish_server_state(self, error: StoreError) -> None:
        self._awake.set()  # `run` finds out whether it is the database
        text = Phrase("No server answers: {reason}.", reason=explanation(error))
        if error.values.get("reason") == NOBODY_WORKS:
            text = Phrase("No server works at the moment: nobody answers customers until one does.")
        if not self._told:
            self._publish(events.TroubleRaised(TroubleArea.SERVER, text))


def _of_server(event: events.Event) -> events.Event:
    """Mark a trouble as the server's: “this computer” in it is not the window's."""
    if not isinstance(event, events.TroubleRaised) or not event.text:
        return event
    return replace(event, text=Phrase("The server reports: {reason}", reason=event.text))
