"""Groups of the desk's parts, each built from those before it."""

from datetime import datetime

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


class BaseParts:
    """Parts that need no others, or only these; most others are built from them."""

    def __init__(self, setup: Setup, store: Store, apply: Apply) -> None:
        self.setup, self.store, self.bus, self.lock = setup, store, Bus(), DecisionLock()
        publish, clock = self.bus.publish, setup.clock
        self.configuration = Configuration(setup, publish, apply)
        self.operators = Operators(store.operators, setup.sources, publish, clock)
        self.skew = ClockCheck(publish, clock)
        self.preferences = CurrentPreferences(store.settings, publish, self.operators.me)
        self.pause = Pause(store.settings, publish)
        self.presence = DeskPresence(publish, clock, self.operators.me)
        self.operator_typing = OperatorTyping(publish, clock)
        self.accounts = Accounts(
            setup.accounts, setup.credentials, store.settings, lambda one: self.policy_changes.account(one), publish
        )
        self.policy_changes = PolicyChanges(store, self.accounts, self.lock, self.preferences, publish, clock)


def takeover_expiry(base: BaseParts) -> TakeoverExpiry:
    """Build the part that ends takeovers; it follows the presence of operators."""
    store, clock = base.store, base.setup.clock

    def returns_at() -> datetime | None:
        return handed_back_at(base.presence.now, base.preferences.now.hand_back_minutes)

    return TakeoverExpiry(store.takeovers, store.settings, base.operator_typing, returns_at, base.bus.publish, clock)


class AuthoredParts:
    """Parts around what operators write: rules and templates."""

    def __init__(self, base: BaseParts) -> None:
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
        self.rules = RulesDesk(
            rulebook,
            RuleTrials(rulebook, renderer, base.accounts, clock),
            BusinessHoursSaving(rulebook, store.rules),
            RulesExchange(rulebook, store.rules, clock, base.accounts),
            RulesReview(rulebook, store, base.accounts, clock),
            DryRun(rulebook, store.message_history, base.accounts),
        )
        self.templates = TemplateLibrary(store.templates, renderer, calendars, clock, publish, rulebook.changed)


class IncomingParts:
    """Parts that take messages, decide about them, and watch if any arrive."""

    def __init__(self, base: BaseParts, rulebook: Rulebook, surroundings: Surroundings) -> None:
        store, publish, clock, presence = base.store, base.bus.publish, base.setup.clock, base.presence
        self.transfers = Transfers(store.transfers, lambda: rulebook.transfers)
        answering = Answering(
            base.accounts, rulebook, base.pause, self.transfers, lambda: presence.now, clock, base.skew
        )
        self.intake = Intake(store, read_push, answering, self.transfers, base.lock, publish, clock)
        challenges, at, accounts = ProbeChallenges(), base.setup.config.listener, listened_accounts(base.setup)
        self.listener = Listener(
            accounts, self.intake.keep, publish, clock, at.host, at.port, challenges=challenges, clock_check=base.skew
        )
        own, egress = OwnAddress(), surroundings.egress
        base.bus.subscribe(own.on_event, ApiCalled)
        probe = PublicProbe(challenges, clock, replace(surroundings, egress=lambda: egress() or own.value))
        self.reachability = Reachability(probe, store.outages, store.settings, publish, clock)


class OutgoingParts:
    """Parts that call WeChat's API or the shop's systems, and exchanged pictures."""

    def __init__(self, base: BaseParts) -> None:
        setup, store, publish, accounts = base.setup, base.store, base.bus.publish, base.accounts
        files, clock, typing = store.picture_bytes, setup.clock, base.operator_typing
        self.client = WeChatClient(setup.config.wechat, setup.credentials, publish, clock, clock_check=base.skew)
        self.backoff = AccountBackoff(publish, clock)
        self.pictures = Pictures(store.pictures, files, clock)
        self.uploads = Uploads(store.pictures, files, self.client, clock)
        sender = PictureSender(self.client, self.uploads)
        hold_timers = HoldTimers(store, base.preferences, base.pause, typing, base.lock, publish, clock)
        self.outbox = Outbox(
            store, sender, accounts, base.pause, hold_timers, base.policy_changes, self.backoff, publish, clock
        )
        self.fetching = PictureFetching(store.pictures, files, self.client, accounts.ready, publish, clock)
        self.typing = TypingIndicator(
            store, self.client, accounts, typing, clock, lambda: base.configuration.now.config.wechat.show_typing
        )
        self.endpoints = OwnEndpoints()
