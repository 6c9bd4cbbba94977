"""Bars and toasts about conversations elsewhere: called, handed back, or waiting."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from wxdesk.core import events
from wxdesk.core.conversations.attention import AttentionReason
from wxdesk.core.conversations.listing import InboxRow, Waiting
from wxdesk.core.conversations.takeover import ends_soon, extended_duration
from wxdesk.core.model.conversation import Contact, Conversation
from wxdesk.i18n import ntr, tr
from wxdesk.ui.runtime.refresher import Refresher
from wxdesk.ui.widgets.dialogs.notice_lines import OFFER_MS
from wxdesk.ui.widgets.dialogs.notices import WindowBridge
from wxdesk.ui.widgets.menu_button import PassingMenu, open_beside
from wxdesk.ui.wording.messages import name_of
from wxdesk.ui.wording.takeover import extend_takeovers_text, takeovers_ended_text, takeovers_ending_text

ATTENTION_BAR = "call"

_ASKED_FOR = frozenset({AttentionReason.CALLED, AttentionReason.DRAFT})
"""Reasons by which a rule asks for a human.

A draft counts because it was about to leave when the reply window closed.
"""


class AttentionBar(QObject):
    """One bar for all calls of rules, shown wherever the operator is in the window.

    It names the first call and stays until each of the conversations has been seen; `go_to` shows one by its id.
    """

    def __init__(self, bridge: WindowBridge, go_to: Callable[[int], None], parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._go_to = go_to
        self._rules: dict[int, str] = {}  # by which rule to which conversation, the first call first
        self._people: dict[int, Contact] = {}
        bridge.events.connect(self._on_events)

    def _on_events(self, batch: Sequence[events.Event]) -> None:
        called = ended = False
        unseen = self._bridge.desk.attention.unseen
        calling = {call.conversation_id for call in unseen if call.cause in _ASKED_FOR}
        for event in batch:
            if isinstance(event, events.OperatorCalled):
                self._rules[event.conversation_id] = event.rule_name
                called = True
            elif isinstance(event, events.AttentionChanged) and event.conversation_id not in calling:
                ended = self._rules.pop(event.conversation_id, None) is not None or ended
        if called:
            rows = self._bridge.desk.inbox.rows
            self._bridge.ask(rows(frozenset(self._rules)), self._know)
        elif ended:
            self._show_called()

    def _know(self, rows: Sequence[InboxRow]) -> None:
        self._people |= {row.conversation.id: row.conversation.contact for row in rows}
        self._show_called()

    def _show_called(self) -> None:
        self._people = {one: person for one, person in self._people.items() if one in self._rules}
        known = [one for one in self._rules if one in self._people]
        if not known:
            self._bridge.notices.bar(ATTENTION_BAR, "")
            return
        action = tr("Look at it") if len(known) == 1 else tr("Look at the first")
        then = partial(self._open, known[0])
        self._bridge.notices.bar(
            ATTENTION_BAR, self._words(known), tone="pending", action=action, then=then, away=self._rules.clear
        )

    def _words(self, known: Sequence[int]) -> str:
        name, rules = name_of(self._people[known[0]]), {self._rules[one] for one in known}
        rule = rules.pop() if len(rules) == 1 else ""
        if len(known) == 1:
            words = "“{rule}” calls you to {name}." if rule else "A rule calls you to {name}."
        elif rule:
            words = "“{rule}” calls you to {n} customers, first to {name}."
        else:
            words = "Rules call you to {n} customers, first to {name}."
        return tr(words, rule=rule, n=len(known), name=name)

    def _open(self, conversation_id: int) -> None:
        self._rules.pop(conversation_id, None)
        self._show_called()
        self._go_to(conversation_id)


RETURNED_BAR = "takeover:returned"
STANDS = timedelta(milliseconds=OFFER_MS)


class TakeoverNotices(QObject):
    """Shows one toast for all takeovers of a moment.

    A takeover about to end can be extended there; the conversation `in_sight` has its own bar. While the
    operator is away, a bar collects the ended ones until it is read. `go_to` shows a conversation by its id.
    """

    def __init__(
        self, bridge: WindowBridge, in_sight: Callable[[], int | None], go_to: Callable[[int], None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._go_to = go_to
        self._in_sight = in_sight
        self._missed: set[int] = set()
        self._told: dict[int, datetime] = {}
        rows = bridge.desk.inbox.rows
        self._ending = Refresher(bridge, lambda: rows(self._told_just_now()), self._announce, self)
        self._ended = Refresher(bridge, lambda: rows(frozenset(self._missed)), self._leave_text, self)
        bridge.events.connect(self._on_events)

    def _on_events(self, batch: Sequence[events.Event]) -> None:
        now, away = self._bridge.desk.clock(), self._bridge.desk.presence.now.away
        ending = {event.conversation_id for event in batch if isinstance(event, events.TakeoverEnding)}
        ending.discard(self._in_sight() or 0)
        if ending and not away:  # else a notice on the desktop tells it
            self._told |= dict.fromkeys(ending, now)
            self._ending.ask()
        ids = {event.conversation_id for event in batch if isinstance(event, events.TakeoverEnded)}
        if not ids:
            return
        if away:
            self._missed |= ids
            self._ended.ask()
        else:
            self._bridge.ask(self._bridge.desk.inbox.rows(ids), self._show_ended)

    def _told_just_now(self) -> frozenset[int]:
        """Return those of the toast that is still shown, which the next one replaces."""
        now = self._bridge.desk.clock()
        self._told = {one: at for one, at in self._told.items() if now - at < STANDS}
        return frozenset(self._told)

    def _announce(self, rows: list[InboxRow]) -> None:
        now = self._bridge.desk.clock()
        conversations = (row.conversation for row in rows if ends_soon(row.conversation, now))
        ending = sorted(conversations, key=lambda one: (one.taken_over_until or now, one.id))
        if ending:
            words = takeovers_ending_text(ending, now)
            extend = extend_takeovers_text(ending, self._bridge.desk.preferences.now.takeover)
            self._bridge.notices.offer(words, extend, partial(self._keep, ending))

    def _keep(self, ending: Sequence[Conversation]) -> None:
        for conversation in ending:
            how = extended_duration(conversation, self._bridge.desk.preferences.now.takeover)
            self._bridge.ask(self._bridge.desk.conversations.take_over(conversation.id, how))

    def _show_ended(self, rows: list[InboxRow]) -> None:
        ended = _waiting_first(rows)
        if not ended:
            return
        words, first = takeovers_ended_text(ended), ended[0]
        if not first.awaits_answer:
            self._bridge.notices.toast(words)
        else:
            self._bridge.notices.offer(words, tr("Open"), partial(self._go_to, first.id))

    def _leave_text(self, rows: list[InboxRow]) -> None:
        ended = _waiting_first(rows)
        if ended:
            waits = ended[0].awaits_answer
            action, then = (tr("Open"), partial(self._read, ended[0].id)) if waits else ("", None)
            words, away = takeovers_ended_text(ended), self._missed.clear
            self._bridge.notices.bar(RETURNED_BAR, words, tone="pending", action=action, then=then, away=away)

    def _read(self, conversation_id: int) -> None:
        self._missed.clear()
        self._bridge.notices.bar(RETURNED_BAR, "")
        self._go_to(conversation_id)


def _waiting_first(rows: Sequence[InboxRow]) -> list[Conversation]:
    return sorted((row.conversation for row in rows), key=lambda one: (not one.awaits_answer, one.id))


MEANWHILE_BAR = "meanwhile"
_OF_PAUSES = events.ConfigurationChanged  # that of an account ends with it
_OF_WAITING = (_OF_PAUSES, events.ConversationChanged, events.DecisionMade, events.ReplyChanged)


class MeanwhileNotice(QObject):
    """Tells of those who wrote in an absence or a pause, or while no window was open.

    What was told and closed is `known`, by the time of the last message, until the rules skip another.

    Signals:
        walk_wanted: take them one by one, the longest waiting first.
        put_away: the notice was closed; `known`, as the window keeps it.
    """

    walk_wanted = Signal()
    put_away = Signal(object)

    def __init__(self, bridge: WindowBridge, host: QWidget) -> None:
        super().__init__(host)
        self._bridge = bridge
        self._host = host
        self._since: datetime | None = None
        self.known: datetime | None = None
        self._wrote: frozenset[int] | None = None  # who had when it ended; others wrote since, not meanwhile
        self._waiting = Refresher(bridge, lambda: bridge.desk.skipped.waiting(self._since), self._show_waiting, self)
        bridge.events.connect(self._on_events)

    def show_since(self, since: datetime | None) -> None:
        """Tell also who wrote since a time and waits, or whom the rules skipped."""
        if since is not None or not self._is_shown:
            self._since, self._wrote = since, None
        self._waiting.ask()

    @property
    def _is_shown(self) -> bool:
        return MEANWHILE_BAR in self._bridge.notices.bars.texts()

    def _on_events(self, batch: Sequence[events.Event]) -> None:
        now = self._bridge.desk.presence.now
        if any(isinstance(event, events.PresenceChanged) for event in batch):
            if not now.away:
                self._wrote = None
                self._waiting.ask()
            elif self._since is None or not self._is_shown:
                self._since = now.since
        elif any(isinstance(event, _OF_WAITING if self._is_shown else _OF_PAUSES) for event in batch):
            self._waiting.ask()

    def _show_waiting(self, found: Sequence[Waiting]) -> None:
        if self._wrote is None:
            self._wrote = frozenset(one.conversation_id for one in found)
        waiting = [one for one in found if one.skipped or one.conversation_id in self._wrote]
        new = [one for one in waiting if self.known is None or one.at > self.known]
        if not any(one.skipped for one in new):
            waiting = new
        skipped = sum(one.skipped for one in waiting)
        many = "{n} customers wrote meanwhile and wait for an answer"
        words = ntr("{n} customer wrote meanwhile and waits for an answer", many, len(waiting)) if waiting else ""
        if skipped == len(waiting) > 0:  # as after each pause
            words = tr("{words}; the rules have skipped them", words=words)
        elif skipped:
            words = tr("{words}; the rules have skipped {n}", words=words, n=skipped)
        close, walk = partial(self._put_away, waiting), (tr("One by one"), self.walk_wanted.emit)
        action, then = (tr("What to do…"), self._offer) if skipped else walk
        self._bridge.notices.bar(MEANWHILE_BAR, words, "pending", action, then, away=close)

    def _put_away(self, told: Sequence[Waiting]) -> None:
        self.known = max(one.at for one in told)
        self.put_away.emit({"put_away": self.known.timestamp()})

    def _offer(self) -> None:
        """Offer to take them one by one, or the rules for those whom they skipped."""
        menu = PassingMenu(self._host, tr("What to do…"))
        menu.addAction(tr("Take them one by one"), self.walk_wanted.emit)
        paused = self._bridge.desk.health.state.paused
        for words, as_drafts in ((tr("Let the rules write drafts"), True), (tr("Let the rules answer"), False)):
            rules = menu.addAction(words, partial(self._ask_rules, as_drafts))
            rules.setEnabled(not paused)
            rules.setToolTip(tr("Automatic replies are paused") if paused else words)
        open_beside(menu, self._bridge.notices.bars.button(MEANWHILE_BAR), above=True)

    def _ask_rules(self, as_drafts: bool) -> None:
        self._bridge.ask(self._bridge.desk.skipped.ask_rules(as_drafts), self._asked, once=MEANWHILE_BAR)

    def _asked(self, count: int) -> None:
        self._bridge.notices.toast(
            ntr("The rules look at {n} message now.", "The rules look at {n} messages now.", count)
        )
