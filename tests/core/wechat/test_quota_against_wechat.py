"""The desk's count against WeChat's own (the sandbox's, written apart), through any course of a conversation.

Pushes come late and out of order, and humans write as they like. What must hold all the same: the desk never believes
in more than WeChat allows, so that no rule's reply is ever refused for its number or its time.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from wxdesk.core.model.conversation import ReplyWindow
from wxdesk.core.model.message import MessageType
from wxdesk.core.wechat import quota
from wxdesk.sandbox.platform.contacts import Allowance
from wxdesk.sandbox.platform.errors import ApiRefusal

SPANS = st.sampled_from((0, 1, 7, 59, 60, 61, 3_000, 80_000, 172_799, 172_800)).map(lambda n: timedelta(seconds=n))
DELAYS = st.sampled_from((0, 0, 0, 5, 61, 600)).map(lambda n: timedelta(seconds=n))


@dataclass(frozen=True)
class Pushed:
    """A push on its way to the desk."""

    arrives_at: datetime
    created_at: datetime
    type: MessageType


class Conversation(RuleBasedStateMachine):
    """One contact: WeChat on one side, the desk as it acts on the other."""

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
        self.wechat = Allowance()
        self.window = ReplyWindow()
        self.reserve = 0
        self.promised = 0
        self.sent_at: list[datetime] = []
        self.on_the_way: list[Pushed] = []

    @initialize(reserve=st.integers(0, quota.MOST_RESERVED))
    def choose_the_reserve(self, reserve: int) -> None:
        self.reserve = reserve

    @rule(span=SPANS)
    def time_passes(self, span: timedelta) -> None:
        self.now += span
        self._take_in()

    @rule(delay=DELAYS, type_=st.sampled_from((MessageType.TEXT, MessageType.ENTER_SESSION)))
    def the_contact_acts(self, delay: timedelta, type_: MessageType) -> None:
        act = self.wechat.entered if type_ is MessageType.ENTER_SESSION else self.wechat.wrote
        act(self.now)
        self.on_the_way.append(Pushed(self.now + delay, self.now, type_))
        self._take_in()

    @rule(count=st.integers(1, 5))
    def a_rule_answers(self, count: int) -> None:
        if count > quota.left_for_rules(self.window, self.now, self.reserve, self.promised):
            return
        self.promised += count
        kept = quota.replies_left(self.window, self.now) - self.promised
        assert kept >= (0 if quota.closes_soon(self.window, self.now) else self.reserve)

    @precondition(lambda self: self.promised > 0)
    @rule()
    def the_outbox_sends(self) -> None:
        self.promised -= 1
        if quota.replies_left(self.window, self.now) > 0:
            self.wechat.spend(self.now)  # raises where WeChat would refuse
            self._spent()

    @rule()
    def the_human_writes(self) -> None:
        try:
            self.wechat.spend(self.now)
        except ApiRefusal as refusal:
            self.window = quota.window_after_refusal(self.window, refusal.errcode, self.now)
        else:
            self._spent()

    @invariant()
    def the_desk_never_believes_in_more(self) -> None:
        running = self.wechat.until is not None and self.now < self.wechat.until
        assert quota.replies_left(self.window, self.now) <= (self.wechat.left if running else 0)

    def _spent(self) -> None:
        self.sent_at.append(self.now)
        self.window = quota.window_after_send(self.window)

    def _take_in(self) -> None:
        due = sorted(
            (push for push in self.on_the_way if push.arrives_at <= self.now), key=lambda push: push.arrives_at
        )
        for push in due:
            self.on_the_way.remove(push)
            since = sum(at >= push.created_at for at in self.sent_at)
            self.window = quota.window_after_event(self.window, push.type, push.created_at, sent_since=since)


TestConversation = Conversation.TestCase
TestConversation.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
