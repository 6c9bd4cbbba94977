"""The desk as the window sees it: queries, commands and events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from wxdesk.core.model.content import Content
from wxdesk.desk.conversations.attention import AttentionWatch
from wxdesk.desk.conversations.blocking import Blocking
from wxdesk.desk.conversations.operator_commands import OperatorCommands
from wxdesk.desk.conversations.presence import DeskPresence
from wxdesk.desk.conversations.status import StatusCommands
from wxdesk.desk.conversations.takeover_expiry import TakeoverExpiry
from wxdesk.desk.conversations.typing_sender import TypingIndicator
from wxdesk.desk.health import Health
from wxdesk.desk.messages.quarantine import Quarantine
from wxdesk.desk.pictures.pictures import Pictures
from wxdesk.desk.ports.store import Clock, Store
from wxdesk.desk.replies.account_backoff import AccountBackoff
from wxdesk.desk.rules.business_hours_saving import BusinessHoursSaving
from wxdesk.desk.rules.exchange import RulesExchange
from wxdesk.desk.rules.review.dry_run import DryRun
from wxdesk.desk.rules.review.lint_run import RulesReview
from wxdesk.desk.rules.rulebook import Rulebook
from wxdesk.desk.runtime.bus import Bus
from wxdesk.desk.settings.accounts import Accounts
from wxdesk.desk.settings.preferences import CurrentPreferences
from wxdesk.desk.templates.templates import TemplateLibrary
from wxdesk.desk.traffic import Traffic

type BodyOf = Callable[[str, Content], bytes]
"""Builds the bytes that WeChat would get for an openid and a content, for preview."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The parts that the window uses; their coroutines run on the desk thread's loop."""

    accounts: Accounts
    store: Store
    preferences: CurrentPreferences
    presence: DeskPresence
    handoff: OperatorCommands
    takeovers: TakeoverExpiry
    aside: StatusCommands
    blocking: Blocking
    alarms: AttentionWatch
    pictures: Pictures
    typing: TypingIndicator
    rulebook: Rulebook
    hours: BusinessHoursSaving
    exchange: RulesExchange
    phrasebook: TemplateLibrary
    rests: AccountBackoff
    health: Health
    traffic: Traffic
    quarantine: Quarantine
    checkup: RulesReview
    dry_run: DryRun
    bus: Bus
    clock: Clock
    body_of: BodyOf
