"""Groups of the desk's parts, each built from what it uses; `app` connects them."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from wxdesk.core.conversations.takeover import handed_back_at
from wxdesk.core.events import ApiCalled
from wxdesk.core.setup.probe_challenges import ProbeChallenges
from wxdesk.desk.answers.liquid.engine import LiquidRenderer
from wxdesk.desk.answers.template_lookup import TemplateLookup
from wxdesk.desk.conversations.attention import AttentionWatch
from wxdesk.desk.conversations.claims import Claims
from wxdesk.desk.conversations.outside import CustomerData, PhoneNotices
from wxdesk.desk.conversations.presence import Colleagues, DeskPresence
from wxdesk.desk.conversations.takeover_expiry import TakeoverExpiry
from wxdesk.desk.conversations.transfers import Transfers
from wxdesk.desk.data.erasing import Erasing
from wxdesk.desk.desk import RulesDesk
from wxdesk.desk.messages.answering import Answering
from wxdesk.desk.messages.intake import Intake, SkippedMessages
from wxdesk.desk.pictures.fetching import PictureFetching
from wxdesk.desk.pictures.pictures import Pictures
from wxdesk.desk.pictures.uploads import PictureSender, Uploads
from wxdesk.desk.ports import Clock
from wxdesk.desk.replies.account_backoff import AccountBackoff
from wxdesk.desk.replies.drafts import OperatorDrafts
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
from wxdesk.desk.settings.configuration import Configuration, Setup
from wxdesk.desk.settings.pause import Pause
from wxdesk.desk.settings.preferences import CurrentPreferences
from wxdesk.desk.setup.reachability import Reachability
from wxdesk.desk.templates import TemplateLibrary
from wxdesk.desk.wechat.clock_skew import ClockCheck
from wxdesk.reconfiguration import doors_of
from wxdesk.store import Store
from wxdesk.tunnel.connection import OwnAddress, Surroundings
from wxdesk.tunnel.probe import PublicProbe
from wxdesk.webhook.parse import read_push
from wxdesk.webhook.server import Listener
from wxdesk.wechat.client import WeChatClient
from wxdesk.wechat.own_endpoints import OwnEndpoints


@dataclass(frozen=True, slots=True)
class OutgoingParts:
    """Parts that call WeChat's API or the shop's systems, and exchanged pictures."""

    client: WeChatClient
    backoff: AccountBackoff
    pictures: Pictures
    uploads: Uploads
    outbox: Outbox
    fetching: PictureFetching
    endpoints: OwnEndpoints


def attention_parts(  # noqa: PLR0913 - who waits, and who can be told of it
    configuration: Configuration,
    store: Store,
    accounts: Accounts,
    preferences: CurrentPreferences,
    presence: DeskPresence,
    out: OutgoingParts,
    bus: Bus,
) -> dict[str, Any]:
    """Build the parts of `Desk` that call somebody, or ask the shop's own system."""
    clock, call = configuration.now.clock, out.endpoints
    attention = AttentionWatch(store.attention, accounts, lambda: preferences.now.warning, bus.publish, clock)
    return {
        "attention": attention,
        "phones": PhoneNotices(configuration, call, attention, store.attention, presence, bus.publish, clock),
        "customer_data": CustomerData(configuration, call, store.conversations, clock),
    }


def team_parts(store: Store, presence: DeskPresence, bus: Bus, clock: Clock) -> dict[str, Any]:
    """Build the parts of `Desk` about operators beside one another."""
    colleagues = Colleagues(store.relayed_events.whisper, lambda: presence.now.away, bus.publish)
    return {"presence": presence, "claims": Claims(store, bus.publish, clock), "colleagues": colleagues}


def kept_parts(  # noqa: PLR0913 - what is kept stands on all of these
    store: Store, accounts: Accounts, intake: Intake, pictures: Pictures, lock: DecisionLock, bus: Bus, clock: Clock
) -> dict[str, Any]:
    """Build the parts of `Desk` for drafts, skipped messages and deletion."""
    return {
        "drafts": OperatorDrafts(store.drafts, bus.publish),
        "skipped": SkippedMessages(store.decisions, intake),
        "erasing": Erasing(store, accounts, pictures, lock, bus.publish, clock),
    }


def takeover_expiry(
    setup: Setup,
    store: Store,
    presence: DeskPresence,
    preferences: CurrentPreferences,
    operator_typing: OperatorTyping,
    bus: Bus,
) -> TakeoverExpiry:
    """Build the part that ends takeovers; it follows the presence of operators."""

    def returns_at() -> datetime | None:
        return handed_back_at(presence.now, preferences.now.hand_back_minutes)

    return TakeoverExpiry(store.takeovers, store.settings, operator_typing, returns_at, bus.publish, setup.clock)


def reply_modes(
    setup: Setup, store: Store, decision_lock: DecisionLock, preferences: CurrentPreferences, bus: Bus
) -> tuple[Accounts, PolicyChanges]:
    """Build the parts that change who answers, and what becomes of pending replies."""
    accounts = Accounts(
        setup.accounts, setup.credentials, store.settings, lambda account: policy_changes.account(account), bus.publish
    )
    policy_changes: PolicyChanges = PolicyChanges(store, accounts, decision_lock, preferences, bus.publish, setup.clock)
    return accounts, policy_changes


def deciding(  # noqa: PLR0913 - what deciding stands on
    setup: Setup,
    store: Store,
    accounts: Accounts,
    rules: RulesDesk,
    pause: Pause,
    presence: DeskPresence,
    preferences: CurrentPreferences,
    decision_lock: DecisionLock,
    bus: Bus,
    clock_check: ClockCheck,
) -> tuple[Transfers, Intake]:
    """Build the parts that take messages and decide about them."""
    clock, rulebook = setup.clock, rules.rulebook
    transfers = Transfers(store.transfers, lambda: rulebook.transfers)

    def guarded() -> tuple[str, ...]:
        return preferences.now.guarded_words if preferences.now.guards_rules else ()

    answering = Answering(accounts, rulebook, pause, transfers, lambda: presence.now, clock, clock_check, guarded)
    return transfers, Intake(store, read_push, answering, transfers, decision_lock, bus.publish, clock)


def authored_parts(
    setup: Setup, store: Store, accounts: Accounts, policy_changes: PolicyChanges, bus: Bus
) -> tuple[RulesDesk, TemplateLibrary]:
    """Build the parts around what operators write: rules and templates."""
    clock, renderer = setup.clock, LiquidRenderer()
    calendars = Calendars(store.settings, setup.zone)
    rulebook = Rulebook(
        store.rules,
        calendars,
        renderer,
        clock,
        bus.publish,
        TemplateLookup(store.templates),
        policy_changes.rules,
        store.picture_bytes,
    )
    rules = RulesDesk(
        rulebook,
        RuleTrials(rulebook, renderer, accounts, clock),
        BusinessHoursSaving(rulebook, store.rules),
        RulesExchange(rulebook, store.rules, clock),
        RulesReview(rulebook, store, accounts, clock),
        DryRun(rulebook, store.message_history, accounts),
    )
    return rules, TemplateLibrary(store.templates, renderer, calendars, clock, bus.publish, rulebook.changed)


def outgoing_parts(  # noqa: PLR0913 - what goes out stands on all of these
    setup: Setup,
    store: Store,
    accounts: Accounts,
    pause: Pause,
    hold_timers: HoldTimers,
    policy_changes: PolicyChanges,
    bus: Bus,
    clock_check: ClockCheck,
) -> OutgoingParts:
    """Build the parts that call WeChat."""
    wechat, clock = setup.config.wechat, setup.clock
    client = WeChatClient(
        wechat.api_base, wechat.token_endpoint, setup.credentials, bus.publish, clock, clock_check=clock_check
    )
    backoff = AccountBackoff(bus.publish, clock)
    files = store.picture_bytes
    uploads = Uploads(store.pictures, files, client, clock)
    sender = PictureSender(client, uploads)
    outbox = Outbox(store, sender, accounts, pause, hold_timers, policy_changes, backoff, bus.publish, clock)
    fetching = PictureFetching(store.pictures, files, client, accounts.ready, bus.publish, clock)
    pictures = Pictures(store.pictures, files, clock)
    return OutgoingParts(client, backoff, pictures, uploads, outbox, fetching, OwnEndpoints())


def way_here(
    setup: Setup, store: Store, intake: Intake, surroundings: Surroundings, bus: Bus, clock_check: ClockCheck
) -> tuple[Listener, Reachability]:
    """Build the listener, and the watch on the public address that leads to it."""
    challenges, clock, at = ProbeChallenges(), setup.clock, setup.config.listener
    doors, keep = doors_of(setup), intake.keep
    listener = Listener(
        doors, keep, bus.publish, clock, at.host, at.port, challenges=challenges, clock_check=clock_check
    )
    own = OwnAddress()
    bus.subscribe(own.hear, ApiCalled)
    egress = surroundings.egress
    probe = PublicProbe(challenges, clock, replace(surroundings, egress=lambda: egress() or own.value))
    return listener, Reachability(probe, store.outages, store.settings, bus.publish, clock)
