"""Follows the set-up for the words of the empty inbox."""

from collections.abc import Sequence

from PySide6.QtCore import QObject

from wxdesk.core.events import ConfigurationChanged, Event, RulesChanged, SetupChanged
from wxdesk.ui.inbox.conversation_list.empty_text import LackingSetup
from wxdesk.ui.inbox.conversation_list.panel import ConversationList
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.runtime.refresher import Refresher


class SetupHint(QObject):
    """Tells the list which fact is missing, and whether there are rules."""

    def __init__(self, bridge: Bridge, conversations: ConversationList, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._list = conversations
        self._has_rules = True
        self._rules = Refresher(bridge, bridge.desk.rules.rulebook.all, self._count, self)
        bridge.events.connect(self._hear)

    def load(self) -> None:
        """Ask for the rules, and show what is known."""
        self._rules.ask()
        self._show()

    def _hear(self, events: Sequence[Event]) -> None:
        if any(isinstance(event, RulesChanged) for event in events):
            self._rules.ask_soon()
        if any(isinstance(event, SetupChanged | ConfigurationChanged) for event in events):
            self._show()

    def _count(self, rules: Sequence[object]) -> None:
        self._has_rules = bool(rules)
        self._show()

    def _show(self) -> None:
        desk = self._bridge.desk
        known = {one.account: one.missing for one in desk.setup.state.accounts if one.account in desk.accounts}
        account = next((name for name, missing in known.items() if missing is not None), next(iter(desk.accounts), ""))
        self._list.show_lacking(LackingSetup(account, known.get(account), self._has_rules))
