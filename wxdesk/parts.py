"""Groups of the desk's parts, each built from those before it."""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from wxdesk.core.conversations.takeover import handed_back_at
from wxdesk.core.events import ApiCalled
from wxdesk.core.setup.probe_challenges import ProbeChallenges
from wxdesk.desk.answers.liquid.renderer import LiquidRenderer
from wxdesk.desk.answers.template_lookup import TemplateLookup
from wxdesk.desk.conversations.presence import DeskPresence
from wxdesk.desk.conversations.takeover_expiry import TakeoverExpiry
from wxdesk.desk.conversations.transfers import Transfers
from wxdesk.desk.conversations.typing_sender import TypingIndicator
from wxdesk.desk.desk import RulesDesk
from wxdesk.desk.messages.answering import Answering
from wxdesk.desk.messages.intake import Intake
from wxdesk.desk.operators import Operators
from wxdesk.desk.pictures.fetching import PictureFetching
from wxdesk.desk.pictures.pictures import Pictures
from wxdesk.desk.pictures.uploads import PictureSender, Uploads
from wxdesk.desk.replies.account_backoff import AccountBackoff
from wxdesk.desk.replies.hold_timers import HoldTimers
from wxdesk.desk.replies.operator_typing import OperatorTyping
from wxdesk.desk.replies.outbox import Outbox
from wxdesk.desk.replies.policy_changes import PolicyChanges
from wxdesk.desk.rules.business_hours_saving import BusinessHoursSaving
from wxdesk.desk.rules.exchange import RulesExchange
from wxdesk.desk.rules.review.dry_run import DryRun
from wxdesk.desk.rules.review.lint_run import RulesReview
from wxdesk.desk.rules.rulebook import Rulebook
from wxdesk.desk.rules.trial.trials import RuleTrials
from wxdesk.desk.runtime.bus import Bus
from wxdesk.desk.runtime.decision_lock import DecisionLock
from wxdesk.desk.settings.accounts import Accounts
from wxdesk.desk.settings.business_hours import Calendars
from wxdesk.desk.settings.configuration import Apply, Configuration, Setup
from wxdesk.desk.settings.pause import Pause
from wxdesk.desk.settings.preferences import CurrentPreferences
from wxdesk.desk.setup.reachability import Reachability
from wxdesk.desk.setup.setup_desk import SetupDesk, SetupSources
from wxdesk.desk.templates import TemplateLibrary
from wxdesk.desk.wechat.clock_skew import ClockCheck
from wxdesk.reconfiguration import listened_accounts
from wxdesk.store import Store
from wxdesk.tunnel.connection import OwnAddress, Surroundings
from wxdesk.tunnel.probe import PublicProbe
from wxdesk.webhook.listener import Listener
from wxdesk.webhook.parse import read_push
from wxdesk.wechat.client import WeChatClient
from wxdesk.wechat.own_endpoints import OwnEndpoints


class BaseParts(Struct, frozen=True):
    """Parts that need no others, or only these; most others are built from them."""

    setup: Setup
    store: Store
    bus: Bus
    configuration: Configuration
    lock: DecisionLock
    skew: ClockCheck
    preferences: CurrentPreferences
    pause: Pause
    presence: DeskPresence
    operator_typing: OperatorTyping
    accounts: Accounts
    policy_changes: PolicyChanges
    operators: Operators


def base_parts(setup: Setup, store: Store, apply: Apply) -> BaseParts:
    """Build the parts that need no others, and those that change who answers."""
    bus, clock, lock = Bus(), setup.clock, DecisionLock()
    publish, operators = bus.publish, Operators(store.operators, setup.sources, bus.publish, clock)
    preferences = CurrentPreferences(store.settings, publish, operators.me)
    accounts = Accounts(
        setup.accounts, setup.credentials, store.settings, lambda account: policy_changes.account(account), publish
    )
    policy_changes: PolicyChanges = PolicyChanges(store, accounts, lock, preferences, publish, clock)
    return BaseParts(
        setup,
        store,
        bus,
        Configuration(setup, publish, apply),
        lock,
        ClockCheck(publish, clock),
        preferences,
        Pause(store.settings, publish),
        DeskPresence(publish, clock, operators.me),
        OperatorTyping(publish, clock),
        accounts,
        policy_changes,
        operators,
    )


def takeover_expiry(base: BaseParts) -> TakeoverExpiry:
    """Build the part that ends takeovers; it follows the presence of operators."""
    store, clock = base.store, base.setup.clock

    def returns_at() -> datetime | None:
        return handed_back_at(base.presence.now, base.preferences.now.hand_back_minutes)

    return TakeoverExpiry(store.takeovers, store.settings, base.operator_typing, returns_at, base.bus.publish, clock)


class AuthoredParts(Struct, frozen=True):
    """Parts around what operators write."""

    rules: RulesDesk
    templates: TemplateLibrary


def authored_parts(base: BaseParts) -> AuthoredParts:
    """Build the parts around rules and templates."""
    store, publish, clock, renderer = base.store, base.bus.publish, base.setup.clock, LiquidRenderer()
    calendars = Calendars(store.settings, base.setup.zone)
    rulebook = Rulebook(
        store.rules,
        calendars,
        renderer,
        clock,
        publish,
        TemplateLookup(store.templates),
        base.policy_changes.rules,
        store.picture_bytes,
        lambda: base.preferences.now.guarded_words if base.preferences.now.guards_rules else (),
    )
    rules = RulesDesk(
        rulebook,
        RuleTrials(rulebook, renderer, base.accounts, clock),
        BusinessHoursSaving(rulebook, store.rules),
        RulesExchange(rulebook, store.rules, clock, base.accounts),
        RulesReview(rulebook, store, base.accounts, clock),
        DryRun(rulebook, store.message_history, base.accounts),
    )
    return AuthoredParts(rules, TemplateLibrary(store.templates, renderer, calendars, clock, publish, rulebook.changed))


class IncomingParts(Struct, frozen=True):
    """Parts that take messages, decide about them, and watch if any arrive."""

    transfers: Transfers
    intake: Intake
    listener: Listener
    reachability: Reachability


def incoming_parts(base: BaseParts, rulebook: Rulebook, surroundings: Surroundings) -> IncomingParts:
    """Build the parts from the public address to the decision."""
    store, publish, clock, presence = base.store, base.bus.publish, base.setup.clock, base.presence
    transfers = Transfers(store.transfers, lambda: rulebook.transfers)
    answering = Answering(base.accounts, rulebook, base.pause, transfers, lambda: presence.now, clock, base.skew)
    intake = Intake(store, read_push, answering, transfers, base.lock, publish, clock)
    challenges, at, accounts = ProbeChallenges(), base.setup.config.listener, listened_accounts(base.setup)
    listener = Listener(
        accounts, intake.keep, publish, clock, at.host, at.port, challenges=challenges, clock_check=base.skew
    )
    own, egress = OwnAddress(), surroundings.egress
    base.bus.subscribe(own.on_event, ApiCalled)
    probe = PublicProbe(challenges, clock, replace(surroundings, egress=lambda: egress() or own.value))
    reachability = Reachability(probe, store.outages, store.settings, publish, clock)
    return IncomingParts(transfers, intake, listener, reachability)


class OutgoingParts(Struct, frozen=True):
    """Parts that call WeChat's API or the shop's systems, and exchanged pictures."""

    client: WeChatClient
    backoff: AccountBackoff
    pictures: Pictures
    uploads: Uploads
    outbox: Outbox
    fetching: PictureFetching
    typing: TypingIndicator
    endpoints: OwnEndpoints


def outgoing_parts(base: BaseParts) -> OutgoingParts:
    """Build the parts that call WeChat."""
    setup, store, publish, clock, accounts = base.setup, base.store, base.bus.publish, base.setup.clock, base.accounts
    wechat, files = setup.config.wechat, store.picture_bytes
    client = WeChatClient(
        wechat.api_base, wechat.token_endpoint, setup.credentials, publish, clock, clock_check=base.skew
    )
    backoff = AccountBackoff(publish, clock)
    uploads = Uploads(store.pictures, files, client, clock)
    sender = PictureSender(client, uploads)
    hold_timers = HoldTimers(store, base.preferences, base.pause, base.operator_typing, base.lock, publish, clock)
    outbox = Outbox(store, sender, accounts, base.pause, hold_timers, base.policy_changes, backoff, publish, clock)
    fetching = PictureFetching(store.pictures, files, client, accounts.ready, publish, clock)
    typing = TypingIndicator(
        store, client, accounts, base.operator_typing, clock, lambda: base.configuration.now.config.wechat.show_typing
    )
    pictures = Pictures(store.pictures, files, clock)
    return OutgoingParts(client, backoff, pictures, uploads, outbox, fetching, typing, OwnEndpoints())


def setup_desk(base: BaseParts, rulebook: Rulebook, reachability: Reachability, client: WeChatClient) -> SetupDesk:
    """Build the part that gathers what is known about the set-up."""
    sources = SetupSources(
        base.configuration,
        base.accounts,
        client,
        base.store.attempts,
        reachability,
        has_rules=lambda: rulebook.has_rules,
    )
    return SetupDesk(sources, base.bus.publish, base.setup.clock)
