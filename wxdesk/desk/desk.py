"""The desk as the window sees it: queries, commands and events, by noun."""

from msgspec import Struct, field

from wxdesk.core.model.operator import Role
from wxdesk.desk.conversations.attention import AttentionWatch
from wxdesk.desk.conversations.claims import Claims
from wxdesk.desk.conversations.commands import ConversationCommands
from wxdesk.desk.conversations.inbox_queries import InboxQueries, TimelineQueries
from wxdesk.desk.conversations.outside import CustomerData, PhoneNotices
from wxdesk.desk.conversations.presence import Colleagues, DeskPresence
from wxdesk.desk.conversations.takeover_expiry import TakeoverExpiry
from wxdesk.desk.conversations.typing_sender import TypingIndicator
from wxdesk.desk.data.erasing import Erasing
from wxdesk.desk.health import Health, Traffic
from wxdesk.desk.messages.quarantine import Quarantine
from wxdesk.desk.messages.skipped import SkippedMessages
from wxdesk.desk.operators import Operators
from wxdesk.desk.pictures.pictures import Pictures
from wxdesk.desk.ports import BodyOf, Clock
from wxdesk.desk.replies.commands import ReplyCommands
from wxdesk.desk.replies.drafts import OperatorDrafts
from wxdesk.desk.replies.outbox import Outbox
from wxdesk.desk.rules.business_hours_saving import BusinessHoursSaving
from wxdesk.desk.rules.exchange import RulesExchange
from wxdesk.desk.rules.review.dry_run import DryRun
from wxdesk.desk.rules.review.lint_run import RulesReview
from wxdesk.desk.rules.rulebook import Rulebook
from wxdesk.desk.rules.trial.trials import RuleTrials
from wxdesk.desk.runtime.bus import Bus
from wxdesk.desk.settings.accounts import Accounts
from wxdesk.desk.settings.configuration import Configuration
from wxdesk.desk.settings.preferences import CurrentPreferences
from wxdesk.desk.setup.account_editing import AccountEditing
from wxdesk.desk.setup.reachability import Reachability
from wxdesk.desk.setup.setup_desk import SetupDesk
from wxdesk.desk.templates import TemplateLibrary
from wxdesk.store.decisions.decisions import DecisionHistory
from wxdesk.store.reports.statistics import Statistics
from wxdesk.store.reports.traces import Traces


class Reports(Struct, frozen=True):
    """The store's readers that the window asks as they are."""

    decisions: DecisionHistory
    statistics: Statistics
    traces: Traces


class RulesDesk(Struct, frozen=True):
    """The rulebook, and the tools around it."""

    rulebook: Rulebook
    trials: RuleTrials
    business_hours: BusinessHoursSaving
    exchange: RulesExchange
    review: RulesReview
    dry_run: DryRun


class Desk(Struct, frozen=True):
    """The parts that the window uses; their coroutines run on the desk thread's loop.

    Where operators sign in, a `PartFront` stands in place of each part with commands (`desk.team.commands`).
    """

    configuration: Configuration
    accounts: Accounts
    account_editing: AccountEditing
    preferences: CurrentPreferences
    presence: DeskPresence
    inbox: InboxQueries
    timeline: TimelineQueries
    conversations: ConversationCommands
    claims: Claims
    colleagues: Colleagues
    replies: ReplyCommands
    drafts: OperatorDrafts
    skipped: SkippedMessages
    outbox: Outbox
    takeovers: TakeoverExpiry
    attention: AttentionWatch
    phones: PhoneNotices
    customer_data: CustomerData
    typing: TypingIndicator
    rules: RulesDesk
    templates: TemplateLibrary
    pictures: Pictures
    reports: Reports
    quarantine: Quarantine
    erasing: Erasing
    reachability: Reachability
    setup: SetupDesk
    bus: Bus
    clock: Clock
    body_of: BodyOf
    health: Health
    is_remote: bool = False
    """True if a server elsewhere answers, and this desk has the window only."""
    operators: Operators | None = None
    """None on a file, which one machine has for itself."""
    traffic: Traffic = field(default_factory=Traffic)

    @property
    def me(self) -> str:
        """Name of the operator who is signed in here; empty for nobody."""
        return "" if self.operators is None else self.operators.me()

    @property
    def needs_sign_in(self) -> bool:
        """True while somebody has to sign in here and nobody is."""
        return bool(self.why_not(Role.OPERATOR))

    def why_not(self, needed: Role) -> str:
        """Return why what needs this role is refused here; empty if it is not."""
        return "" if self.operators is None else self.operators.why_not(needed)
