"""Composition of the whole program: builds, starts and stops every part in order.

Read this first. `OpenDesk` lives on one asyncio loop and knows no window. `wxdesk serve` runs it on the
main thread; with a window it has its own (`runner.DeskThread`), so a busy window never delays WeChat.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from functools import partial
from pathlib import Path

from wxdesk.config import Config
from wxdesk.core.conversations.takeover import handed_back_at
from wxdesk.core.events import (
    AccountChanged,
    AccountFreed,
    ApiCalled,
    ConversationChanged,
    DecisionMade,
    ListenerChanged,
    MessageKept,
    ModeChanged,
    NetworkChanged,
    OperatorCalled,
    OperatorWrites,
    PauseChanged,
    PictureChanged,
    PreferencesChanged,
    PresenceChanged,
    PushSeen,
    ReachabilityChanged,
    RepliesRecalled,
    ReplyChanged,
    RulesChanged,
    TakeoverChanged,
    TokenChanged,
    TroubleRaised,
    TunnelChanged,
    TypingAsked,
)
from wxdesk.core.model.account import Account
from wxdesk.core.setup.probe_challenges import ProbeChallenges
from wxdesk.core.wechat.credentials import NO_CREDENTIALS, Credentials
from wxdesk.desk.answers.liquid.engine import LiquidRenderer
from wxdesk.desk.answers.template_lookup import TemplateLookup
from wxdesk.desk.conversations.attention import AttentionWatch
from wxdesk.desk.conversations.commands import ConversationCommands
from wxdesk.desk.conversations.inbox_queries import InboxQueries, TimelineQueries
from wxdesk.desk.conversations.presence import DeskPresence
from wxdesk.desk.conversations.takeover_expiry import TakeoverExpiry
from wxdesk.desk.conversations.transfers import Transfers
from wxdesk.desk.conversations.typing_sender import TypingIndicator
from wxdesk.desk.desk import Desk
from wxdesk.desk.health import Health, Traffic
from wxdesk.desk.messages.answering import Answering
from wxdesk.desk.messages.intake import Intake
from wxdesk.desk.messages.quarantine import Quarantine
from wxdesk.desk.pictures.fetching import PictureFetching
from wxdesk.desk.pictures.pictures import Pictures
from wxdesk.desk.pictures.sending import PictureSender
from wxdesk.desk.pictures.uploads import Uploads
from wxdesk.desk.ports import Clock
from wxdesk.desk.replies.account_backoff import AccountBackoff
from wxdesk.desk.replies.commands import ReplyCommands
from wxdesk.desk.replies.hold_timers import HoldTimers
from wxdesk.desk.replies.operator_typing import OperatorTyping
from wxdesk.desk.replies.outbox import Outbox
from wxdesk.desk.replies.policy_changes import PolicyChanges
from wxdesk.desk.reports import Reports
from wxdesk.desk.rules.business_hours_saving import BusinessHoursSaving
from wxdesk.desk.rules.exchange import RulesExchange
from wxdesk.desk.rules.review.dry_run import DryRun
from wxdesk.desk.rules.review.lint_run import RulesReview
from wxdesk.desk.rules.rulebook import Rulebook
from wxdesk.desk.rules.rules_desk import RulesDesk
from wxdesk.desk.rules.trial.trials import RuleTrials
from wxdesk.desk.runtime.bus import Bus
from wxdesk.desk.runtime.decision_lock import DecisionLock
from wxdesk.desk.runtime.store_watch import StoreWatch
from wxdesk.desk.runtime.supervisor import Supervisor
from wxdesk.desk.settings.accounts import Accounts
from wxdesk.desk.settings.business_hours import Calendars
from wxdesk.desk.settings.pause import Pause
from wxdesk.desk.settings.preferences import CurrentPreferences
from wxdesk.desk.setup.reachability import Reachability
from wxdesk.desk.setup.setup_desk import SetupDesk
from wxdesk.desk.setup.tunnel import Tunnel
from wxdesk.desk.templates.insertion import TemplateFiller
from wxdesk.desk.templates.templates import TemplateLibrary
from wxdesk.store import Store, open_store
from wxdesk.store.pictures.files import PictureFiles
from wxdesk.timezones import zone_named
from wxdesk.tunnel.connection import Surroundings
from wxdesk.tunnel.drivers import driver_for
from wxdesk.tunnel.probe import PublicProbe
from wxdesk.webhook.parse import read_push
from wxdesk.webhook.server import Listener
from wxdesk.wechat.client import WeChatClient
from wxdesk.wechat.payload import to_body

log = logging.getLogger(__name__)

PICTURES = "pictures"
"""Name of the folder of stored pictures, inside the operator's folder."""


def utc_now() -> datetime:
    """Read the real clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Setup:
    """Configuration from which a desk is built.

    `credentials` is by account name; `surroundings` are the network that the probe of the public address asks.
    """

    home: Path
    config: Config
    credentials: Mapping[str, Credentials] = field(default_factory=dict)
    clock: Clock = utc_now
    surroundings: Surroundings = field(default_factory=Surroundings)

    @property
    def accounts(self) -> dict[str, Account]:
        """The configured accounts by name."""
        return {entry.name: entry.account() for entry in self.config.accounts}

    @property
    def zone(self) -> tzinfo | None:
        """Time zone shared by all accounts; None if they differ or follow the machine."""
        names = {account.timezone for account in self.accounts.values()}
        return zone_named(names.pop()) if len(names) == 1 else None

    @property
    def ready(self) -> dict[str, Account]:
        """Accounts whose secrets are known, by name."""
        return {name: account for name, account in self.accounts.items() if name in self.credentials}


@dataclass(frozen=True, slots=True)
class OutgoingParts:
    """Parts that call WeChat's API, and the pictures exchanged with it."""

    client: WeChatClient
    backoff: AccountBackoff
    files: PictureFiles
    uploads: Uploads
    outbox: Outbox
    fetching: PictureFetching


@dataclass(slots=True)
class OpenDesk:
    """Running desk, made by `open_desk`: its parts in the order of a message's way."""

    setup: Setup
    desk: Desk
    store: Store
    pause: Pause
    transfers: Transfers
    intake: Intake
    out: OutgoingParts
    listener: Listener
    tunnel: Tunnel
    url: str = ""
    parts: Supervisor = field(init=False)
    store_watch: StoreWatch = field(init=False)

    def __post_init__(self) -> None:
        self.parts = Supervisor(self.desk.bus.publish)
        self.desk.bus.subscribe(lambda _: self.tunnel.try_again(), NetworkChanged)
        self.store_watch = StoreWatch(self.store.check, self.desk.bus.publish)

    async def start(self) -> None:
        """Recover unfinished work, then start all parts, the listener last."""
        try:
            await self.desk.preferences.load()
            await self.desk.accounts.load()
            await self.pause.load()
            await self.desk.rules.rulebook.load()
            await self.transfers.load()
            await self.desk.takeovers.load()
            await self.out.outbox.recover()
            await self.desk.attention.load()
            await self.desk.reachability.load()
            self._go_to_work()
            self.url = await self.listener.start()
            self._follow_address()
            await self._open_tunnel()
        except BaseException:
            await self.stop()
            raise
        self.desk.bus.publish(ListenerChanged(self.url))

    def _go_to_work(self) -> None:
        begin = self.parts.begin
        begin("database watch", "Nobody notices a lost database at the moment.", self.store_watch.run)
        begin("alarms", "Nothing rings at the moment.", self.desk.attention.run)
        begin("intake", "Messages are kept, but no rule answers them at the moment.", self.intake.run)
        begin("outbox", "Replies do not leave at the moment.", self.out.outbox.run)
        begin("typing", "Customers do not see that you are typing at the moment.", self.desk.typing.run)
        begin("fetching of pictures", "Customers' pictures do not arrive at the moment.", self.out.fetching.run)
        begin("takeovers", "Takeovers do not end by themselves at the moment.", self.desk.takeovers.run)
        ready = tuple(self.setup.ready.values())
        begin("probe", "Nobody notices at the moment if WeChat cannot reach this desk.", self.desk.reachability.run)
        begin("tokens", "Access tokens are not renewed ahead at the moment.", partial(self.out.client.run, ready))

    async def _open_tunnel(self) -> None:
        """Open the tunnel that the configuration names; it leads to the listener."""
        config = self.setup.config
        await self.tunnel.use(config.tunnel.kind, driver_for(config, self.url))

    def _follow_address(self) -> None:
        """Probe the public address by the first account's push URL."""
        account = next(iter(self.setup.accounts), "")
        public_url, listener = self.setup.config.listener.public_url, self.url.removeprefix("http://")
        self.desk.reachability.follow(public_url, account, listener)

    async def stop(self) -> None:
        """Stop listening, then all workers, then close resources, in spite of failures."""
        async with AsyncExitStack() as closing:
            for close in (self.store.close, self.out.client.close, self.out.uploads.close, self.parts.stop):
                closing.push_async_callback(close)  # the last one comes first
            closing.push_async_callback(self.tunnel.stop)
            await self.listener.stop()
            self.desk.bus.publish(ListenerChanged(""))


async def open_desk(setup: Setup) -> OpenDesk:
    """Open the store, build a desk on it and start it.

    Raises:
        StoreError: the database is in use, damaged or too new.
        PortInUse: the listener's port is taken. Nothing is left open then.
    """
    for name, credentials in setup.credentials.items():
        for secret, until in credentials.accepted_until:
            log.info("The former %s of %s is accepted until %s", secret, name, until.isoformat(timespec="minutes"))
    store = await open_store(setup.config.store.url, setup.home)
    try:
        opened = build(setup, store)
        await opened.start()
    except BaseException:
        await store.close()
        raise
    return opened


def build(setup: Setup, store: Store) -> OpenDesk:
    """Connect all parts of the desk, in the order in which a message travels."""
    clock, bus, decision_lock = setup.clock, Bus(), DecisionLock()
    preferences, pause = CurrentPreferences(store.settings, bus.publish), Pause(store.settings, bus.publish)
    accounts, policy_changes = _reply_modes(setup, store, decision_lock, preferences, bus)
    presence, operator_typing = DeskPresence(bus.publish, clock), OperatorTyping(bus.publish, clock)
    rules, templates = _authored_parts(setup, store, accounts, policy_changes, preferences, bus)
    transfers, answering = _decision_parts(setup, store, accounts, rules.rulebook, pause, presence)
    intake = Intake(store, read_push, answering, transfers, decision_lock, bus.publish, clock)
    hold_timers = HoldTimers(store, preferences, pause, operator_typing, decision_lock, bus.publish, clock)
    out = _outgoing_parts(setup, store, pause, hold_timers, policy_changes, bus)
    pictures, wechat, challenges = Pictures(store.pictures, out.files, clock), setup.config.wechat, ProbeChallenges()
    returns_at, listener = partial(_hand_back_time, presence, preferences), _listener(setup, intake, bus, challenges)
    desk = Desk(
        accounts=accounts,
        preferences=preferences,
        presence=presence,
        inbox=InboxQueries(store),
        timeline=TimelineQueries(store),
        conversations=ConversationCommands(store, policy_changes, transfers, bus.publish, clock),
        replies=ReplyCommands(store, pictures, accounts, preferences, bus.publish, clock),
        outbox=out.outbox,
        takeovers=TakeoverExpiry(store.takeovers, store.settings, operator_typing, returns_at, bus.publish, clock),
        attention=AttentionWatch(store.attention, setup.accounts, lambda: preferences.now.warning, bus.publish, clock),
        typing=TypingIndicator(store, out.client, accounts, operator_typing, clock, wanted=wechat.show_typing),
        rules=rules,
        templates=templates,
        pictures=pictures,
        reports=Reports.of(store),
        traffic=Traffic(),
        quarantine=Quarantine(store.quarantine, read_push, intake.take_up, bus.publish),
        health=Health(),
        reachability=_reachability(setup, store, challenges, bus),
        setup=SetupDesk(accounts, setup.credentials, out.client, wechat.api_base, bus.publish, clock),
        bus=bus,
        clock=clock,
        body_of=to_body,
    )
    _subscribe(desk, out)
    return OpenDesk(setup, desk, store, pause, transfers, intake, out, listener, Tunnel(bus.publish, clock))


def _subscribe(desk: Desk, out: OutgoingParts) -> None:
    subscribe = desk.bus.subscribe
    subscribe(desk.health.hear, ListenerChanged, PauseChanged, TokenChanged, TroubleRaised)
    subscribe(desk.traffic.hear, PushSeen, ApiCalled)
    subscribe(desk.setup.hear, ListenerChanged, TunnelChanged, ReachabilityChanged, ApiCalled, TokenChanged)
    subscribe(desk.reachability.hear, TunnelChanged)
    subscribe(out.client.hear, AccountFreed)
    subscribe(out.backoff.hear, TokenChanged)
    subscribe(out.outbox.hear, ReplyChanged, PauseChanged, AccountFreed, OperatorWrites, RepliesRecalled)
    subscribe(out.outbox.hear, ModeChanged, AccountChanged, RulesChanged)
    subscribe(out.fetching.hear, PictureChanged)
    subscribe(desk.takeovers.hear, TakeoverChanged, PresenceChanged, PreferencesChanged, OperatorWrites)
    subscribe(desk.attention.hear, MessageKept, DecisionMade, ReplyChanged, ConversationChanged, OperatorCalled)
    subscribe(desk.attention.hear, PreferencesChanged)
    subscribe(desk.typing.hear, MessageKept, ReplyChanged, TypingAsked)


def _hand_back_time(presence: DeskPresence, preferences: CurrentPreferences) -> datetime | None:
    return handed_back_at(presence.now, preferences.now.hand_back_minutes)


def _reply_modes(
    setup: Setup, store: Store, decision_lock: DecisionLock, preferences: CurrentPreferences, bus: Bus
) -> tuple[Accounts, PolicyChanges]:
    """Build the parts that change who answers, and what becomes of pending replies."""
    accounts = Accounts(setup.accounts, store.settings, lambda account: policy_changes.account(account), bus.publish)
    policy_changes = PolicyChanges(store, accounts, decision_lock, preferences, bus.publish, setup.clock)
    return accounts, policy_changes


def _decision_parts(
    setup: Setup, store: Store, accounts: Accounts, rulebook: Rulebook, pause: Pause, presence: DeskPresence
) -> tuple[Transfers, Answering]:
    transfers = Transfers(store.transfers, lambda: rulebook.transfers)
    return transfers, Answering(accounts, rulebook, pause, transfers, lambda: presence.now, setup.clock)


def _authored_parts(
    setup: Setup,
    store: Store,
    accounts: Accounts,
    policy_changes: PolicyChanges,
    preferences: CurrentPreferences,
    bus: Bus,
) -> tuple[RulesDesk, TemplateLibrary]:
    zone, clock, renderer = setup.zone, setup.clock, LiquidRenderer()
    calendars = Calendars(store.settings, zone)
    rulebook = Rulebook(
        store.rules,
        calendars,
        renderer,
        clock,
        bus.publish,
        zone,
        TemplateLookup(store.templates),
        policy_changes.rules,
        PictureFiles(setup.home / PICTURES).holds,
    )
    filler = TemplateFiller(renderer, calendars, zone)
    rules = RulesDesk(
        rulebook,
        RuleTrials(rulebook, renderer, accounts, clock),
        BusinessHoursSaving(rulebook, store.rules, calendars, preferences, clock),
        RulesExchange(rulebook, store.rules, clock),
        RulesReview(rulebook, store, accounts, clock),
        DryRun(rulebook, store.message_history, accounts),
    )
    return rules, TemplateLibrary(store.templates, filler, clock, bus.publish, rulebook.changed)


def _outgoing_parts(
    setup: Setup, store: Store, pause: Pause, hold_timers: HoldTimers, policy_changes: PolicyChanges, bus: Bus
) -> OutgoingParts:
    wechat, clock = setup.config.wechat, setup.clock
    client = WeChatClient(wechat.api_base, wechat.token_endpoint, setup.credentials, bus.publish, clock)
    backoff = AccountBackoff(bus.publish, clock)
    files = PictureFiles(setup.home / PICTURES)
    uploads = Uploads(store.pictures, files, client, clock)
    sender = PictureSender(client, uploads)
    outbox = Outbox(store, sender, setup.accounts, pause, hold_timers, policy_changes, backoff, bus.publish, clock)
    fetching = PictureFetching(store.pictures, files, client, setup.ready, bus.publish, clock)
    return OutgoingParts(client, backoff, files, uploads, outbox, fetching)


def _reachability(setup: Setup, store: Store, challenges: ProbeChallenges, bus: Bus) -> Reachability:
    probe = PublicProbe(challenges, setup.clock, setup.surroundings)
    return Reachability(probe, store.outages, store.settings, bus.publish, setup.clock)


def _listener(setup: Setup, intake: Intake, bus: Bus, challenges: ProbeChallenges) -> Listener:
    """Build the listener; an account without secrets refuses every request."""
    doors = {name: (account, setup.credentials.get(name, NO_CREDENTIALS)) for name, account in setup.accounts.items()}
    at = setup.config.listener
    return Listener(doors, intake.keep, bus.publish, setup.clock, at.host, at.port, challenges=challenges)
