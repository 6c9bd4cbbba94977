"""Desktop notices that are shown: attention, held replies, takeovers, a lost way."""

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from functools import partial

from PySide6.QtCore import QEvent, QObject

from wxdesk.core import events
from wxdesk.core.conversations.attention import Attention, AttentionReason
from wxdesk.core.conversations.listing import InboxRow
from wxdesk.core.model.message import Message
from wxdesk.desk.conversations.inbox_queries import HeldReply
from wxdesk.desk.setup.reachability import Loss
from wxdesk.i18n import tr
from wxdesk.ui.notifications.commands import NoticeCommands
from wxdesk.ui.notifications.notice import (
    NO_CONVERSATION,
    DesktopNotice,
    NoticeAction,
    NoticeTopic,
    Notifier,
    colleague_notice,
    held_notice_of,
    loss_notice,
    notice_key,
    notice_of,
    of_account,
    preferences_at_this_hour,
    return_notice,
)
from wxdesk.ui.presence.presence import is_watching
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.runtime.debounce import Debounce
from wxdesk.ui.shell.main_window import MainWindow
from wxdesk.ui.wording.conversation import hold_reason_of_row
from wxdesk.ui.wording.hold_reasons import hold_reason_of_held
from wxdesk.ui.wording.reply_status import HoldReason

MOST_NOTICES = 3
"""Notices shown at one moment; nobody reads more, and the window has them all."""

_HAS_OWN = AttentionReason.HELD  # `HeldReplyNotices`
_RETURNS = (events.TakeoverEnding, events.TakeoverEnded)


class NoticeBoard(QObject):
    """Shows each notice once, and withdraws it when its matter is over."""

    def __init__(self, bridge: Bridge, window: MainWindow, notifier: Notifier, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._window = window
        self._notifier = notifier
        self._commands = NoticeCommands(bridge, window, self)
        notifier.answered = self._act
        self._hold_reasons = window.inbox.session.hold_reasons
        self._calls: set[int] = set()
        self.held = HeldReplyNotices(bridge, window, notifier, self)
        self._called: dict[int, DesktopNotice] = {}
        bridge.events.connect(self._on_events)
        window.inbox.session.turned.connect(self._see_open_conversation)
        bridge.ask(bridge.desk.claims.unseen(bridge.desk.me), self._notify_of_colleagues)

    def _on_events(self, batch: Sequence[events.Event]) -> None:
        if any(isinstance(event, events.AttentionChanged) for event in batch):
            self._withdraw_ended()
        raised = defaultdict[int, set[AttentionReason]](set)
        for event in batch:
            if isinstance(event, events.AttentionRaised) and event.cause is not _HAS_OWN:
                raised[event.conversation_id].add(event.cause)
            elif isinstance(event, events.TakeoverChanged):
                self._notifier.withdraw(notice_key(NoticeTopic.RETURN, event.conversation_id))
            elif isinstance(event, events.ColleagueCalled) and event.name == self._bridge.desk.me != "":
                self._notify_of_colleagues([event])
        self._notify_of_calls(raised)
        self._notify_of_returns({event.conversation_id for event in batch if isinstance(event, _RETURNS)})

    def notify_of_loss(self, loss: Loss | None) -> None:
        """Notify of a loss while nobody looks, or of its end by None; a bar tells it, too."""
        if loss is None:
            self._notifier.withdraw(notice_key(NoticeTopic.LOSS, NO_CONVERSATION))
        elif self._nobody_looks():
            self._notifier.show(loss_notice(loss))

    def _notify_of_colleagues(self, calls: Sequence[events.ColleagueCalled]) -> None:
        for call in calls:
            self._bridge.ask(self._bridge.desk.inbox.rows([call.conversation_id]), partial(self._pass_on, call))

    def _nobody_looks(self) -> bool:
        desk = self._bridge.desk
        return not is_watching(desk.presence) and preferences_at_this_hour(desk).notifications

    def _pass_on(self, call: events.ColleagueCalled, rows: Sequence[InboxRow]) -> None:
        """Tell of a colleague's call, also on the desktop while nobody looks."""
        for notice in [colleague_notice(call, row.conversation) for row in rows]:
            words, read = notice.title, partial(self._act, notice, NoticeAction.OPEN)
            if notice.body:
                words = tr("{name}: {value}", name=words, value=notice.body)
            self._called[notice.conversation_id] = notice
            seen = partial(self._seen, notice.conversation_id)
            self._window.notices.bar(notice.key, words, tone="pending", action=tr("Open"), then=read, away=seen)
            if self._nobody_looks():
                self._notifier.show(notice)

    def _act(self, notice: DesktopNotice, action: NoticeAction) -> None:
        if notice.topic is NoticeTopic.COLLEAGUE:
            self._seen(notice.conversation_id)
        self._commands.give(notice, action)

    def _see_open_conversation(self) -> None:
        self._seen(self._window.open_conversation_id or 0)

    def _seen(self, conversation_id: int) -> None:
        """Forget a colleague's call, which is answered by looking there or put away."""
        if notice := self._called.pop(conversation_id, None):
            self._window.notices.bar(notice.key, "")
            self._notifier.withdraw(notice.key)
            self._bridge.ask(self._bridge.desk.claims.see(conversation_id), failed=self._bridge.outdated.emit)

    def _notify_of_calls(self, raised: dict[int, set[AttentionReason]]) -> None:
        """Notify of attention, unless the operator has the conversation in sight."""
        desk = self._bridge.desk
        if self._window.isActiveWindow() and not desk.presence.now.away:
            raised.pop(self._window.open_conversation_id or 0, None)
        if raised and preferences_at_this_hour(desk).notifications:
            self._calls |= raised.keys()
            self._bridge.ask(desk.inbox.rows(raised.keys()), partial(self._find_callers, raised))

    def _notify_of_returns(self, returning: set[int]) -> None:
        """Notify of ending takeovers while nobody looks at the window."""
        if returning and self._nobody_looks():
            self._bridge.ask(self._bridge.desk.inbox.rows(returning), self._show_returns)

    def _show_returns(self, rows: Sequence[InboxRow]) -> None:
        for row in rows[:MOST_NOTICES]:
            self._show(return_notice(row.conversation, self._bridge.desk.clock()), row)

    def _find_callers(self, raised: Mapping[int, Set[AttentionReason]], rows: Sequence[InboxRow]) -> None:
        """Read the last messages of the contacts who still need attention."""
        last_contact_message = self._bridge.desk.timeline.last_contact_message
        me = self._bridge.desk.me
        rows = [row for row in rows if row.conversation.id in self._calls and not row.conversation.is_a_colleagues(me)]
        unseen = {row.conversation.id: [call for call in row.calls if not call.seen] for row in rows}
        calls = {one: [call for call in unseen[one] if call.cause in raised[one]] for one in unseen}
        for row in [row for row in rows if calls[row.conversation.id]][:MOST_NOTICES]:
            about = row.conversation.id
            self._bridge.ask(last_contact_message(about), partial(self._show_call, row, calls[about]))

    def _show_call(self, row: InboxRow, calls: Sequence[Attention], said: Message | None) -> None:
        desk = self._bridge.desk
        if row.conversation.id not in self._calls:
            return  # somebody has looked meanwhile
        with_text = desk.preferences.now.notifications_show_text
        hold_reason = hold_reason_of_row(row, self._hold_reasons.of)
        self._show(notice_of(row, calls, said, desk.clock(), hold_reason, with_text=with_text), row)

    def _show(self, notice: DesktopNotice, row: InboxRow) -> None:
        self._notifier.show(of_account(notice, row.conversation.contact, self._bridge.desk.accounts))

    def _withdraw_ended(self) -> None:
        unseen = self._bridge.desk.attention.unseen
        calling = {call.conversation_id for call in unseen if call.cause is not _HAS_OWN}
        for conversation_id in self._calls - calling:
            self._notifier.withdraw(notice_key(NoticeTopic.CALL, conversation_id))
        self._calls &= calling


MOST_HELD = 3
"""Notices of held replies at any time; nobody reads more."""

_LEFT = frozenset({QEvent.Type.WindowDeactivate, QEvent.Type.WindowActivate, QEvent.Type.Hide})


class HeldReplyNotices(QObject):
    """Shows one notice for each answer, and withdraws it when it is settled or seen.

    It is shown again when the answer has changed: its time, its text or its parts.
    """

    def __init__(self, bridge: Bridge, window: MainWindow, notifier: Notifier, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._window = window
        self._notifier = notifier
        self._feed = window.inbox.held.replies
        self._hold_reasons = window.inbox.session.hold_reasons
        self._notices: dict[int, DesktopNotice] = {}
        self._shown: set[int] = set()
        self._feed.read.connect(self._follow)
        self._hold_reasons.changed.connect(self._follow)
        self._soon = Debounce(self._follow, self, 0)  # between two windows of the program nobody has left
        window.stack.currentChanged.connect(self._soon.gather)
        window.installEventFilter(self)
        bridge.follow(self, self._soon.start, events.PresenceChanged)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _LEFT:
            self._soon.start()
        return super().eventFilter(watched, event)

    def _follow(self) -> None:
        """Withdraw outdated notices, then show the soonest new ones.

        Outdated: settled, changed or in sight. Answers that came while the operator looked are shown after leaving.
        """
        wanted = self._wanted()
        for answer, notice in tuple(self._notices.items()):
            if wanted.get(answer) != notice:
                self._withdraw(answer)
                del self._notices[answer]
        if is_watching(self._bridge.desk.presence):
            if self._window.inbox.isVisible():  # its strip has them all
                for answer in tuple(self._shown):
                    self._withdraw(answer)
        elif preferences_at_this_hour(self._bridge.desk).notifications:
            self._show_wanted(wanted)

    def _show_wanted(self, wanted: Mapping[int, DesktopNotice]) -> None:
        for answer, notice in wanted.items():
            if len(self._shown) < MOST_HELD and answer not in self._notices:
                self._notices[answer] = notice
                self._shown.add(answer)
                self._notifier.show(notice)

    def _withdraw(self, answer: int) -> None:
        if answer in self._shown:
            self._shown.discard(answer)
            self._notifier.withdraw(self._notices[answer].key)

    def _wanted(self) -> dict[int, DesktopNotice]:
        """Return the notices to show, soonest first, by the first part of each answer."""
        with_text = preferences_at_this_hour(self._bridge.desk).notifications_show_text
        answers = defaultdict[int, dict[HoldReason, list[HeldReply]]](dict)
        for held in self._feed.held:
            if held.reply.due_at is not None:
                hold_reason = hold_reason_of_held(held, self._hold_reasons.of)
                answers[held.reply.part_of or held.reply.id].setdefault(hold_reason, []).append(held)
        found = {}
        for answer, alike in answers.items():
            hold_reason, parts = next(iter(alike.items()))  # what is due later may be handed over instead
            notice = held_notice_of(parts, hold_reason, with_text=with_text)
            if notice is not None:
                found[answer] = of_account(notice, parts[0].contact, self._bridge.desk.accounts)
        return found
