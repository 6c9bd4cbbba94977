"""Groups of the desk's parts, each built from what it uses; `app` connects them."""

from datetime import datetime
from typing import TypedDict

from msgspec import Struct
from msgspec.structs import replace

from wxdesk.core.conversations.takeover import handed_back_at
from wxdesk.core.events import ApiCalled
from wxdesk.core.setup.probe_challenges import ProbeChallenges
from wxdesk.desk.answers.liquid.renderer import LiquidRenderer
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
from wxdesk.reconfiguration import listened_accounts
from wxdesk.store import Store
from wxdesk.tunnel.connection import OwnAddress, Surroundings
from wxdesk.tunnel.probe import PublicProbe
from wxdesk.webhook.listener import Listener
from wxdesk.webhook.parse import read_push
from wxdesk.wechat.client import WeChatClient
from wxdesk.wechat.own_endpoints import OwnEndpoints


class OutgoingParts(Struct, frozen=True):
    """Parts that call WeChat's API or the shop's systems, and exchanged pictures."""

    client: WeChatClient
    backoff: AccountBackoff
    pictures: Pictures
    uploads: Uploads
    outbox: Outbox
    fetching: PictureFetching
    endpoints: OwnEndpoints


class BaseParts(Struct, frozen=True):
    """Store, bus, preferences and presence, from which most parts are built."""

    setup: Setup
    store: Store
    bus: Bus
    lock: DecisionLock
    skew: ClockCheck
    preferences: CurrentPreferences
    pause: Pause
    presence: DeskPresence
    operator_typing: OperatorTyping


def base_parts(setup: Setup, store: Store) -> BaseParts:
    """Build the parts that need no others."""
    bus, clock = Bus(), setup.clock
    return BaseParts(
        setup,
        store,
        bus,
        DecisionLock(),
        ClockCheck(bus.publish, clock),
        CurrentPreferences(store.settings, bus.publish),
        Pause(store.settings, bus.publish),
        DeskPresence(bus.publish, clock),
        OperatorTyping(bus.publish, clock),
    )


class PartsForOperators(TypedDict):
    """Parts of `Desk` that call operators, or keep what they have begun."""

    attention: AttentionWatch
    phones: PhoneNotices
    customer_data: CustomerData
    presence: DeskPresence
    claims: Claims
    colleagues: Colleagues
    drafts: OperatorDrafts
    skipped: SkippedMessages
    erasing: Erasing


def parts_for_operators(
    base: BaseParts, configuration: Configuration, accounts: Accounts, intake: Intake, out: OutgoingParts
) -> PartsForOperators:
    """Build the parts of `Desk` around operators and their customers."""
    store, publish, clock, presence = base.store, base.bus.publish, base.setup.clock, base.presence
    attention = AttentionWatch(store.attention, accounts, lambda: base.preferences.now.warning, publish, clock)
    phones = PhoneNotices(configuration, out.endpoints, attention, store.attention, presence, publish, clock)
    return {
        "attention": attention,
        "phones": phones,
        "customer_data": CustomerData(configuration, out.endpoints, store.conversations, clock),
        "presence": presence,
        "claims": Claims(store, publish, clock),
        "colleagues": Colleagues(store.relayed_events.whisper, lambda: presence.now.away, publish),
        "drafts": OperatorDrafts(store.drafts, publish),
        "skipped": SkippedMessages(store.decisions, intake),
        "erasing": Erasing(store, accounts, out.pictures, base.lock, publish, clock),
    }


def takeover_expiry(base: BaseParts) -> TakeoverExpiry:
    """Build the part that ends takeovers; it follows the presence of operators."""
    store, clock = base.store, base.setup.clock

    def returns_at() -> datetime | None:
        return handed_back_at(base.presence.now, base.preferences.now.hand_back_minutes)

    return TakeoverExpiry(store.takeovers, store.settings, base.operator_typing, returns_at, base.bus.publish, clock)


def reply_modes(base: BaseParts) -> tuple[Accounts, PolicyChanges]:
    """Build the parts that change who answers, and what becomes of pending replies."""
    setup, store, publish = base.setup, base.store, base.bus.publish
    accounts = Accounts(
        setup.accounts, setup.credentials, store.settings, lambda account: policy_changes.account(account), publish
    )
    policy_changes: PolicyChanges = PolicyChanges(store, accounts, base.lock, base.preferences, publish, setup.clock)
    return accounts, policy_changes


def deciding_parts(base: BaseParts, accounts: Accounts, rules: RulesDesk) -> tuple[Transfers, Intake]:
    """Build the parts that take messages and decide about them."""
    store, clock, rulebook, presence = base.store, base.setup.clock, rules.rulebook, base.presence
    transfers = Transfers(store.transfers, lambda: rulebook.transfers)
    answering = Answering(accounts, rulebook, base.pause, transfers, lambda: presence.now, clock, base.skew)
    return transfers, Intake(store, read_push, answering, transfers, base.lock, base.bus.publish, clock)


def authored_parts(
    base: BaseParts, accounts: Accounts, policy_changes: PolicyChanges
) -> tuple[RulesDesk, TemplateLibrary]:
    """Build the parts around what operators write: rules and templates."""
    store, publish, clock, renderer = base.store, base.bus.publish, base.setup.clock, LiquidRenderer()
    calendars = Calendars(store.settings, base.setup.zone)
    rulebook = Rulebook(
        store.rules,
        calendars,
        renderer,
        clock,
        publish,
        TemplateLookup(store.templates),
        policy_changes.rules,
        store.picture_bytes,
        lambda: base.preferences.now.guarded_words if base.preferences.now.guards_rules else (),
    )
    rules = RulesDesk(
        rulebook,
        RuleTrials(rulebook, renderer, accounts, clock),
        BusinessHoursSaving(rulebook, store.rules),
        RulesExchange(rulebook, store.rules, clock, accounts),
        RulesReview(rulebook, store, accounts, clock),
        DryRun(rulebook, store.message_history, accounts),
    )
    return rules, TemplateLibrary(store.templates, renderer, calendars, clock, publish, rulebook.changed)


def outgoing_parts(base: BaseParts, accounts: Accounts, policy_changes: PolicyChanges) -> OutgoingParts:
    """Build the parts that call WeChat."""
    setup, store, publish, clock = base.setup, base.store, base.bus.publish, base.setup.clock
    wechat, files = setup.config.wechat, store.picture_bytes
    client = WeChatClient(
        wechat.api_base, wechat.token_endpoint, setup.credentials, publish, clock, clock_check=base.skew
    )
    backoff = AccountBackoff(publish, clock)
    uploads = Uploads(store.pictures, files, client, clock)
    sender = PictureSender(client, uploads)
    hold_timers = HoldTimers(store, base.preferences, base.pause, base.operator_typing, base.lock, publish, clock)
    outbox = Outbox(store, sender, accounts, base.pause, hold_timers, policy_changes, backoff, publish, clock)
    fetching = PictureFetching(store.pictures, files, client, accounts.ready, publish, clock)
    pictures = Pictures(store.pictures, files, clock)
    return OutgoingParts(client, backoff, pictures, uploads, outbox, fetching, OwnEndpoints())


def incoming_parts(base: BaseParts, intake: Intake, surroundings: Surroundings) -> tuple[Listener, Reachability]:
    """Build the listener, and the watch on the public address that leads to it."""
    challenges, publish, clock, at = ProbeChallenges(), base.bus.publish, base.setup.clock, base.setup.config.listener
    accounts, keep = listened_accounts(base.setup), intake.keep
    listener = Listener(accounts, keep, publish, clock, at.host, at.port, challenges=challenges, clock_check=base.skew)
    own = OwnAddress()
    base.bus.subscribe(own.on_event, ApiCalled)
    egress = surroundings.egress
    probe = PublicProbe(challenges, clock, replace(surroundings, egress=lambda: egress() or own.value))
    return listener, Reachability(probe, base.store.outages, base.store.settings, publish, clock)
