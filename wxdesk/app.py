"""Composition of the whole program: builds, starts and stops every part in order.

Read this first, `OpenDesk` before all else. It lives on one asyncio loop and knows no window. `wxdesk serve` runs
it on the main thread; with a window it has its own (`runner.DeskThread`), so a busy window never delays WeChat.
"""

import logging
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import replace

from wxdesk import __version__
from wxdesk.core import events
from wxdesk.core.errors import StoreDamaged, StoreError
from wxdesk.core.model.account import Account
from wxdesk.core.troubles import EndsWith
from wxdesk.desk.conversations.attention import AttentionWatch
from wxdesk.desk.conversations.claims import Claims
from wxdesk.desk.conversations.commands import ConversationCommands
from wxdesk.desk.conversations.inbox_queries import InboxQueries, TimelineQueries
from wxdesk.desk.conversations.outside import CustomerData, PhoneNotices
from wxdesk.desk.conversations.presence import Colleagues
from wxdesk.desk.data.daily_backups import DailyBackups
from wxdesk.desk.data.erasing import Erasing
from wxdesk.desk.desk import Desk, Reports
from wxdesk.desk.health import Health
from wxdesk.desk.messages.hourly_sums import WITHOUT_SUMS, keep_sums
from wxdesk.desk.messages.quarantine import Quarantine
from wxdesk.desk.messages.skipped import SkippedMessages
from wxdesk.desk.messages.store_watch import StoreWatch, lost_messages
from wxdesk.desk.replies.commands import ReplyCommands
from wxdesk.desk.replies.drafts import OperatorDrafts
from wxdesk.desk.rules.import_socket import ImportSocket
from wxdesk.desk.runtime.lease_keeper import LeaseKeeper
from wxdesk.desk.runtime.supervisor import Supervisor
from wxdesk.desk.runtime.trouble_log import TroubleLog
from wxdesk.desk.settings.configuration import Setup
from wxdesk.desk.setup.account_editing import AccountEditing
from wxdesk.desk.setup.setup_desk import SetupDesk
from wxdesk.desk.setup.tunnel import Tunnel
from wxdesk.desk.team.hosting import TeamHost
from wxdesk.parts import AuthoredParts, BaseParts, IncomingParts, OutgoingParts, takeover_expiry
from wxdesk.reconfiguration import Reconfiguration
from wxdesk.store import Store, is_shared, is_worked_on, open_store
from wxdesk.store.failures import DAMAGED
from wxdesk.team_desk import TeamDesk, begin_sign_in
from wxdesk.tunnel.connection import Surroundings
from wxdesk.tunnel.drivers import plan_for
from wxdesk.webhook.parse import read_push
from wxdesk.wechat.payload import to_body

log = logging.getLogger(__name__)


class OpenDesk:
    """Running desk, made by `open_desk`: the desk of the window, and what only runs.

    What runs again and again is begun twice: `parts` at the start, and `work` once it is this desk's turn, which on a
    file it is at once. On a shared database the other servers keep what arrives meanwhile.
    """

    def __init__(self, setup: Setup, store: Store, surroundings: Surroundings) -> None:
        """Build the groups of parts, each from those before it, and the desk from all."""
        base = BaseParts(setup, store, self.apply)
        authored = AuthoredParts(base)
        incoming = IncomingParts(base, authored.rules.rulebook, surroundings)
        self.out = OutgoingParts(base)
        self.desk, publish = _desk(base, authored, incoming, self.out), base.bus.publish
        self.store, self.pause, self.operators = store, base.pause, base.operators
        self.transfers, self.intake, self.listener = incoming.transfers, incoming.intake, incoming.listener
        self.tunnel = Tunnel(publish, setup.clock)
        self.parts, self.work = Supervisor(publish), Supervisor(publish)
        self.host = TeamHost(store, self.desk, self.intake.look_for_pushes) if store.lease.is_shared else None
        self.store_watch = StoreWatch(store.check, publish, setup.home)
        base.bus.subscribe(lambda _: self.tunnel.try_again(), events.NetworkChanged, events.TunnelAsked)
        self.out.client.route_through(self.tunnel.api_route)

    @property
    def url(self) -> str:
        """The listener's URL; empty before it listens."""
        return self.listener.url

    @property
    def ready(self) -> tuple[Account, ...]:
        """The accounts whose secrets are known."""
        return tuple(self.desk.accounts.ready().values())

    async def start(self) -> None:
        """Take up what is stored, listen, then go to work on what waits.

        One of several servers on a database listens at once, and works when it has its turn.
        """
        lease, publish = self.store.lease, self.desk.bus.publish
        _subscribe(self.desk, self.out)
        try:
            if lease.is_shared:
                keeper = LeaseKeeper(lease, self._begin_work, self._end_work, publish)
                self.parts.begin("lease", "Nobody decides which server works at the moment.", keeper.run)
                if lease.is_held:
                    await self._begin_work()
            else:
                await self._take_up()
            await self.desk.setup.load()
            if lost := await self.store.pushes.lost():
                publish(lost_messages(lost))
            self._begin_parts()
            await self.listener.start()
            publish(events.ListenerChanged(self.url))
            if not lease.is_shared:
                self._go_to_work()
            await self._open_address()
        except BaseException:
            await self.stop()
            raise

    async def _begin_work(self) -> None:
        """Become the server that works."""
        await self._take_up()
        self._go_to_work()

    async def _end_work(self) -> None:
        """Stop working; what the work met is for the server that works now to tell."""
        await self.work.stop()
        for met in self.desk.health.state.troubles:
            if EndsWith.WORK in met.area.ends_with or met.key in self.work.failed:
                self.desk.bus.publish(events.TroubleRaised(met.key, ""))

    async def _take_up(self) -> None:
        """Load what is stored, and settle what was under way when the last run ended."""
        await self.desk.account_editing.finish_rename()
        if self.desk.accounts:  # one that names none is more likely a lost config.toml than a shop without accounts
            await self.desk.account_editing.resolve_removed()
        await self.desk.preferences.load()
        await self.desk.accounts.load()
        await self.pause.load()
        await self.desk.rules.rulebook.load()
        await self.transfers.load()
        await self.desk.takeovers.load()
        await self.out.outbox.recover()
        await self.desk.attention.load()
        await self.desk.reachability.load()

    def _go_to_work(self) -> None:
        """Begin what one desk alone may do for a database."""
        begin = self.work.begin
        begin("alarms", "Nothing rings at the moment.", self.desk.attention.run)
        begin("phones", "Phones are not told at the moment who waits.", self.desk.phones.run)
        begin("intake", "Messages are kept, but no rule answers them at the moment.", self.intake.run)
        begin("outbox", "Replies do not leave at the moment.", self.out.outbox.run)
        begin("typing", "Customers do not see that you are typing at the moment.", self.desk.typing.run)
        begin("fetching of pictures", "Customers' pictures do not arrive at the moment.", self.out.fetching.run)
        begin("takeovers", "Takeovers do not end by themselves at the moment.", self.desk.takeovers.run)
        begin(
            "figures", WITHOUT_SUMS, lambda: keep_sums(self.store.hourly_sums, self.desk.clock, self.desk.bus.publish)
        )
        begin("deletion", "Nobody is deleted for long silence at the moment.", self.desk.erasing.run)
        begin("probe", "Nobody notices at the moment if WeChat cannot reach this desk.", self.desk.reachability.run)
        imports = ImportSocket(self.desk.rules.exchange, self.desk.configuration.now.home)
        begin("rules imports", "Rules are not imported by command line at the moment.", imports.run)
        if self.host is not None:
            self.host.begin(self.work)
        tokens = self.out.client
        begin("tokens", "Access tokens are not renewed ahead at the moment.", lambda: tokens.run(self.ready))

    def _begin_parts(self) -> None:
        """Begin what each desk does, also one that stands by."""
        begin = self.parts.begin
        begin("database watch", "Nobody notices a lost database at the moment.", self.store_watch.run)
        begin("clock", "Nobody notices a wrong clock at the moment.", self.out.client.clock_check.run)
        begin("set-up", "Nobody notices at the moment if requests of WeChat are refused.", self.desk.setup.run)
        unread = "Changes of config.toml are not noticed at the moment."
        begin("configuration", unread, self.desk.configuration.run)
        backups = DailyBackups(self.desk.configuration, self.desk.bus.publish, self.desk.clock)
        self.desk.bus.subscribe(backups.on_event, events.ConfigurationChanged)
        begin("daily backups", "No daily backup is written at the moment.", backups.run)

    async def _open_address(self) -> None:
        """Probe the public address by the first account's push URL, and open its tunnel."""
        setup, account = self.desk.configuration.now, next(iter(self.desk.accounts), "")
        self.desk.reachability.follow(setup.config.listener.public_url, account, self.url.removeprefix("http://"))
        await self.tunnel.use(plan_for(setup, self.url))

    async def apply(self, setup: Setup) -> events.ConfigurationChanged:
        """Hand a newly read configuration to the parts; publish and return its changes."""
        parts = Reconfiguration(self.desk, self.listener, self.out.client, self.out.backoff, self._open_address)
        return await parts.apply(setup)

    async def stop(self) -> None:
        """Stop workers, then listening, then close resources, in spite of failures.

        While the last replies leave, messages are still taken: a start that follows refuses fewer.
        """
        async with AsyncExitStack() as closing:
            out = self.out
            closes = (self.store.close, out.client.close, out.endpoints.close, out.uploads.close)
            for end in (*closes, self.tunnel.stop, self.listener.stop, self.work.stop, self.parts.stop):
                closing.push_async_callback(end)  # the last one comes first


async def open_window_desk(setup: Setup, upgrading: Callable[[], None] = lambda: None) -> OpenDesk | TeamDesk:
    """Open a desk for a window: beside a server on its database, if one works.

    On a shared database one without accounts waits for a server: if it worked itself, none could answer customers.
    Raises what `open_desk` raises.
    """
    url = setup.config.store.url
    if not is_shared(url):
        try:
            return await open_desk(setup, upgrading=upgrading)
        except StoreError as error:
            if error.values == {"reason": DAMAGED}:  # deeper than what is looked at before
                raise StoreDamaged(file=url.rpartition("/")[2], reason=DAMAGED) from None
            raise
    if setup.accounts and not await is_worked_on(url):
        working = await open_desk(setup, upgrading=upgrading)
        try:
            working.desk = await begin_sign_in(working.desk, working.store, working.operators, working.parts)
        except BaseException:
            await working.stop()
            raise
        return working
    store = await open_store(setup.config.store.url, setup.home, alone=False, upgrading=upgrading)
    setup = replace(setup, clock=store.clock(setup.clock))
    try:
        local = OpenDesk(setup, store, Surroundings())
        opened = TeamDesk(local.desk, store, local.operators)
        await opened.start()
    except BaseException:
        await store.close()
        raise
    return opened


async def open_desk(
    setup: Setup,
    surroundings: Surroundings | None = None,
    *,
    alone: bool = True,
    upgrading: Callable[[], None] = lambda: None,
) -> OpenDesk:
    """Open the store, build a desk on it and start it.

    `surroundings` are the network that the probe of the public address asks. Unless it is to be `alone` on a shared
    database, the desk may be one of several servers, which take turns. `upgrading` is called as by `open_store`.

    Raises:
        StoreError: the database is in use, damaged or too new.
        PortInUse: the listener's port is taken. Nothing is left open then.
    """
    at = setup.config.listener
    log.info("wxdesk %s; accounts: %s; listener: %s:%s", __version__, ", ".join(setup.accounts), at.host, at.port)
    for name, credentials in setup.credentials.items():
        for secret, until in credentials.accepted_until:
            log.info("The former %s of %s is accepted until %s", secret, name, until.isoformat(timespec="minutes"))
    store = await open_store(setup.config.store.url, setup.home, alone=alone, upgrading=upgrading)
    setup = replace(setup, clock=store.clock(setup.clock))
    try:
        opened = OpenDesk(setup, store, surroundings or Surroundings())
        await opened.start()
    except BaseException:
        await store.close()
        raise
    return opened


def _desk(base: BaseParts, authored: AuthoredParts, incoming: IncomingParts, out: OutgoingParts) -> Desk:
    store, publish, clock = base.store, base.bus.publish, base.setup.clock
    configuration, accounts, preferences, presence = base.configuration, base.accounts, base.preferences, base.presence
    attempts, reachability, rulebook = store.attempts, incoming.reachability, authored.rules.rulebook
    attention, health = AttentionWatch(store.attention, accounts, preferences, publish, clock), Health(clock)
    return Desk(
        configuration=configuration,
        accounts=accounts,
        account_editing=AccountEditing(configuration, store, out.pictures, incoming.listener.accounts.shut),
        preferences=preferences,
        presence=presence,
        inbox=InboxQueries(store, base.operators.me),
        timeline=TimelineQueries(store),
        conversations=ConversationCommands(store, base.policy_changes, incoming.transfers, publish, clock),
        claims=Claims(store, publish, clock),
        colleagues=Colleagues(store.relayed_events.whisper, lambda: presence.now.away, publish, base.operators.me),
        replies=ReplyCommands(store, out.pictures, accounts, preferences, publish, clock),
        drafts=OperatorDrafts(store.drafts, publish),
        skipped=SkippedMessages(store.decisions, incoming.intake, accounts),
        outbox=out.outbox,
        takeovers=takeover_expiry(base),
        attention=attention,
        phones=PhoneNotices(configuration, out.endpoints, attention, store.attention, presence, health, publish, clock),
        customer_data=CustomerData(configuration, out.endpoints, store.conversations, clock),
        typing=out.typing,
        rules=authored.rules,
        templates=authored.templates,
        pictures=out.pictures,
        reports=Reports(store.decision_history, store.statistics, store.traces),
        quarantine=Quarantine(store.quarantine, read_push, incoming.intake.look_for_more, publish),
        erasing=Erasing(store, accounts, out.pictures, base.lock, publish, clock),
        reachability=reachability,
        setup=SetupDesk(
            configuration, accounts, out.client, attempts, reachability, lambda: rulebook.has_rules, publish, clock
        ),
        bus=base.bus,
        clock=clock,
        body_of=to_body,
        health=health,
    )


def _subscribe(desk: Desk, out: OutgoingParts) -> None:
    subscribe = desk.bus.subscribe
    for part in (desk.health, desk.traffic, TroubleLog(), desk.setup, desk.reachability, out.backoff, out.outbox):
        subscribe(part.on_event)  # each picks out the events that it knows
    subscribe(out.client.on_event, events.AccountFreed)
    subscribe(out.fetching.on_event, events.PictureChanged, events.ConfigurationChanged)
    subscribe(desk.takeovers.on_event, events.TakeoverChanged, events.PresenceChanged)
    subscribe(desk.takeovers.on_event, events.PreferencesChanged, events.OperatorWrites)
    subscribe(desk.attention.on_event, events.MessageKept, events.DecisionMade, events.ReplyChanged)
    subscribe(desk.attention.on_event, events.ConversationChanged, events.OperatorCalled)
    subscribe(desk.attention.on_event, events.PreferencesChanged, events.ConfigurationChanged)
    subscribe(desk.phones.on_event, events.AttentionRaised, events.AttentionChanged)
    subscribe(desk.phones.on_event, events.PresenceChanged, events.ConfigurationChanged)
    subscribe(desk.typing.on_event, events.MessageKept, events.ReplyChanged, events.TypingAsked)
