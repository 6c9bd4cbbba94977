"""The scenario of a trial: contact, time and history of a message nobody sent."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from wxdesk.core.model.account import Account, ReplyMode
from wxdesk.core.model.conversation import Contact, Conversation, ReplyWindow
from wxdesk.core.model.message import Message, MessageType
from wxdesk.core.model.rule import Presence
from wxdesk.core.rules.conditions.facts import LATELY, NO_HISTORY, ContactHistory, FiringCount
from wxdesk.core.rules.ruling import ConversationContext
from wxdesk.core.wechat import quota
from wxdesk.desk.answers.answer import RuleContext

SOMEBODY = "oExampleCustomer00000AbC123"
"""Supposed openid of a trial; `{{ contact.short_id }}` is its end."""

ENTERING = "user_enter_tempsession"
"""WeChat's event for a customer who comes by a button; the others allow no reply."""


NO_ACCOUNT = Account("shop", "", "")
"""Account of a trial before any is configured."""


class TrialScenario(Struct, frozen=True):
    """Supposed contact, time and history; what is None is as for the `known` customer.

    Without one it is a new customer, now, without a history; `operator` tells if one is present.

    at: when it is decided on, aware · event: WeChat's name of it, for what is neither text nor picture · tags:
    those that the customer carries · first_contact: the customer never wrote before · quiet_days: since the
    last message · message_no: which message it is since an operator last answered · account: that of an unknown
    customer, None for the first · spoke: how long ago rules last answered, by their ids; what others did is
    left out then · left: how many replies WeChat still allows, None for as many as such a message brings ·
    mode: that of the conversation itself · inherits: it has none of its own · taken_over: whether an operator
    has taken over, until it is handed back.
    """

    at: datetime | None = None
    event: str | None = None
    tags: tuple[str, ...] | None = None
    operator: Presence = Presence.PRESENT
    first_contact: bool = False
    quiet_days: int | None = None
    message_no: int | None = None
    account: Account | None = None
    known: ConversationContext | None = None
    spoke: Mapping[int, timedelta] | None = None
    left: int | None = None
    mode: ReplyMode | None = None
    inherits: bool = False
    taken_over: bool | None = None

    def account_of(self, accounts: Mapping[str, Account]) -> Account:
        """Return the account; one that is not configured any more is answered by hand."""
        if self.known is not None:
            name = self.known.conversation.account
            return accounts.get(name) or Account(name, "", "", reply_mode=ReplyMode.OFF)
        return self.account or next(iter(accounts.values()), NO_ACCOUNT)

    def conversation(self, alias: str, kind: MessageType, account: str, now: datetime) -> Conversation:
        """Return the known customer's conversation or a new one, after such a message."""
        contact = Contact(0, account, SOMEBODY, now, alias=alias)
        conversation = self.known.conversation if self.known else Conversation(0, account, contact)
        if self.tags is not None:
            conversation = replace(conversation, contact=replace(conversation.contact, tags=self.tags))
        if self.taken_over is not None:
            conversation = replace(conversation, taken_over=self.taken_over, taken_over_until=None)
        allows_nothing = self.known is not None and self._event(kind) not in (None, ENTERING)
        window = conversation.window if allows_nothing else quota.window_after_event(conversation.window, kind, now)
        left = window.left if self.left is None else self.left
        mode = None if self.inherits else self.mode or conversation.mode
        return replace(conversation, window=ReplyWindow(left, window.until), mode=mode)

    def history(self, now: datetime) -> ContactHistory:
        """Return the history before the message."""
        before = self.known.history if self.known else NO_HISTORY
        if self.first_contact:
            before = replace(before, last_written_at=None)
        if self.quiet_days is not None:
            before = replace(before, last_written_at=now - timedelta(days=self.quiet_days))
        if self.message_no is not None:
            before = replace(before, message_no=self.message_no)
        if self.spoke is not None:
            fired = {rule_id: FiringCount(now - ago) for rule_id, ago in self.spoke.items()}
            lately = {rule_id: 1 for rule_id, ago in self.spoke.items() if ago < LATELY}
            said = {rule_id: one.at for rule_id, one in fired.items()}
            before = replace(before, fired=fired, said=said, lately=lately)
        return before

    def message(self, text: str, kind: MessageType, session_from: str | None, now: datetime) -> Message:
        """Return the message; its text is empty if its type has none."""
        words = text if kind.has_words else ""
        return Message(0, 0, 0, kind, now, now, text=words, session_from=session_from, event=self._event(kind))

    def _event(self, kind: MessageType) -> str | None:
        if kind is MessageType.ENTER_SESSION:
            return ENTERING
        return self.event if kind is MessageType.OTHER else None


NOTHING_SUPPOSED = TrialScenario()


class TrialMessage(Struct, frozen=True):
    """A message that nobody sent, and its scenario."""

    sentence: str = ""
    on: MessageType = MessageType.TEXT
    session_from: str | None = None
    alias: str = ""
    around: TrialScenario = NOTHING_SUPPOSED

    def context(self, accounts: Mapping[str, Account], now: datetime) -> RuleContext:
        """Return the context in which it is answered: at its supposed time, else `now`."""
        around = self.around
        account, now = around.account_of(accounts), around.at or now
        message = around.message(self.sentence, self.on, self.session_from, now)
        conversation = around.conversation(self.alias, self.on, account.name, now)
        return RuleContext(message, conversation, account, now, around.history(now), around.operator)
