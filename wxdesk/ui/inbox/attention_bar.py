"""Bar that tells the operator about customers to whom a rule has called them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal

from wxdesk.core.conversations.attention import AttentionReason
from wxdesk.core.conversations.listing import InboxRow
from wxdesk.core.events import AttentionChanged, Event, OperatorCalled
from wxdesk.core.model.conversation import Contact
from wxdesk.i18n import ntr, tr
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.dialogs.notices import Notices
from wxdesk.ui.wording.messages import name_of

BAR = "call"

_ASKED_FOR = frozenset({AttentionReason.CALLED, AttentionReason.DRAFT})
"""Reasons by which a rule asks for a human.

A draft counts because it was about to leave when the reply window closed.
"""


class AttentionBar(QObject):
    """One bar for all calls of rules, shown wherever the operator is in the window.

    It names the first call and stays until each of the conversations has been seen.

    Signals:
        wanted: the id of a conversation that the operator wants to see.
    """

    wanted = Signal(int)

    def __init__(self, bridge: Bridge, notices: Notices, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._notices = notices
        self._rules: dict[int, str] = {}
        """By which rule to which conversation, the first call first."""
        self._people: dict[int, Contact] = {}
        bridge.events.connect(self._hear)

    def _hear(self, events: Sequence[Event]) -> None:
        called = ended = False
        for event in events:
            if isinstance(event, OperatorCalled):
                self._rules[event.conversation_id] = event.rule_name
                called = True
            elif isinstance(event, AttentionChanged) and not self._still_calls(event.conversation_id):
                ended = self._rules.pop(event.conversation_id, None) is not None or ended
        if called:
            rows = self._bridge.desk.inbox.rows
            self._bridge.ask(rows(frozenset(self._rules)), self._know)
        elif ended:
            self._tell()

    def _still_calls(self, conversation_id: int) -> bool:
        unseen = self._bridge.desk.attention.state.unseen
        return any(call.conversation_id == conversation_id and call.cause in _ASKED_FOR for call in unseen)

    def _know(self, rows: Sequence[InboxRow]) -> None:
        self._people |= {row.conversation.id: row.conversation.contact for row in rows}
        self._tell()

    def _tell(self) -> None:
        self._people = {one: person for one, person in self._people.items() if one in self._rules}
        known = [one for one in self._rules if one in self._people]
        if not known:
            self._notices.bar(BAR, "")
            return
        action = tr("Look at it") if len(known) == 1 else tr("Look at the first")
        self._notices.bar(BAR, self._words(known), tone="pending", action=action, then=partial(self._open, known[0]))

    def _words(self, known: Sequence[int]) -> str:
        name, rules = name_of(self._people[known[0]]), {self._rules[one] for one in known}
        rule = rules.pop() if len(rules) == 1 else ""
        if len(known) == 1:
            if rule:
                return tr("“{rule}” calls you to {name}.", rule=rule, name=name)
            return tr("A rule calls you to {name}.", name=name)
        if rule:
            return ntr(
                "“{rule}” calls you to {n} customer, first to {name}.",
                "“{rule}” calls you to {n} customers, first to {name}.",
                len(known),
                rule=rule,
                name=name,
            )
        return ntr(
            "Rules call you to {n} customer, first to {name}.",
            "Rules call you to {n} customers, first to {name}.",
            len(known),
            name=name,
        )

    def _open(self, conversation_id: int) -> None:
        self._rules.pop(conversation_id, None)
        self._tell()
        self.wanted.emit(conversation_id)
