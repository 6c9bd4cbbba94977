"""Loads pages, changed rows, counts and search results for the list."""

from collections.abc import Coroutine, Sequence
from functools import partial
from typing import Any

from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal

from wxdesk.core import events
from wxdesk.core.conversations.listing import InboxCounts, InboxFilter, InboxRow
from wxdesk.core.model.conversation import SavedView
from wxdesk.core.model.operator import Role
from wxdesk.desk.conversations.inbox_queries import ListPage
from wxdesk.desk.search import find
from wxdesk.ui.inbox.conversation_list.empty_text import LackingSetup
from wxdesk.ui.inbox.conversation_list.panel import ConversationList
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.runtime.refresher import Refresher

_TOUCHING = (*events.ROW_CHANGES, events.DraftKept)


class ConversationFeed(QObject):
    """Reads for a `ConversationList`.

    Signals:
        counted: the `InboxCounts` that were read, with or without rows.
    """

    counted = Signal(object)

    def __init__(self, bridge: Bridge, shown: ConversationList, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._list = shown
        self._touched: set[int] = set()
        self._asked: frozenset[int] = frozenset()
        self._pages = 0  # being read
        self._meanwhile: set[int] = set()  # touched since the first of them was asked for
        self._refresher = Refresher(bridge, self._question, self._merge, self, failed=self._keep_asked)
        shown.chips.chosen.connect(self.load)
        shown.scope.narrowed.connect(self.load)
        shown.scope.clicked.connect(self._show_choices)
        shown.scope.kept.connect(self._keep_views)
        shown.search_wanted.connect(self._search)
        shown.model.more_wanted.connect(self._ask_page)

    def load(self) -> None:
        """Read the first page again."""
        self._ask_page(0)
        self._show_lacking()

    def on_events(self, batch: Sequence[events.Event]) -> None:
        """Read the rows that these events changed, with one query for all of them."""
        others = events.EverythingChanged | events.ContactErased | events.OperatorsChanged
        if any(isinstance(event, others) for event in batch):
            self.load()
        lacking = events.SetupChanged | events.ConfigurationChanged | events.RulesChanged
        if any(isinstance(event, lacking) for event in batch):
            self._show_lacking()
        touched = {event.conversation_id for event in batch if isinstance(event, _TOUCHING)}
        self._touched |= touched
        if self._pages:
            self._meanwhile |= touched
        self._refresher.ask()

    def _ask_page(self, offset: int) -> None:
        desk = self._bridge.desk
        self._pages += 1
        work = desk.inbox.list_page(self._list.chips.filter, offset, self._list.scope.narrowing, desk.clock())
        self._bridge.ask(work, self._show_page, self._page_failed, ended=self._page_ended)

    def _show_page(self, page: ListPage) -> None:
        if page.chosen is not self._list.chips.filter or page.narrowing != self._list.scope.narrowing:
            return
        if page.offset == 0:
            self._list.show_rows(page.chosen, page.rows)
        else:
            self._list.model.append(page.rows)
        self._show_counts(page.counts)
        if page.chosen is InboxFilter.ALL and not page.rows and page.offset == 0:
            work = self._bridge.desk.inbox.list_page(InboxFilter.ANY_STATUS, 0)
            self._bridge.ask(work, lambda any_status: self._list.note_not_open(bool(any_status.rows)))

    def _page_ended(self) -> None:
        """Ask again for what was touched meanwhile; the page may be older."""
        self._pages -= 1
        self._touched |= self._meanwhile
        if not self._pages:
            self._meanwhile = set()
        self._refresher.ask()

    def _page_failed(self, error: Exception) -> None:
        self._list.model.page_failed()
        self._bridge.outdated.emit(error)

    def _question(self) -> Coroutine[Any, Any, tuple[list[InboxRow], InboxCounts]] | None:
        self._asked, self._touched = frozenset(self._touched), set()
        return self._bridge.desk.inbox.touched_rows(self._asked) if self._asked else None

    def _merge(self, answer: tuple[list[InboxRow], InboxCounts]) -> None:
        rows, counts = answer
        self._list.merge(rows)
        self._show_counts(counts)

    def _keep_asked(self) -> None:
        self._touched |= self._asked  # read with the next ones

    def _show_counts(self, counts: InboxCounts) -> None:
        desk = self._bridge.desk
        self._list.show_counts(counts, desk.me, desk.accounts)
        self.counted.emit(counts)

    def _show_lacking(self) -> None:
        """Tell the list which fact of the set-up is missing, and whether there are rules."""
        desk = self._bridge.desk
        known = {one.account: one.missing for one in desk.setup.state.accounts if one.account in desk.accounts}
        account = next((name for name, missing in known.items() if missing is not None), next(iter(desk.accounts), ""))
        has_rules = bool(desk.rules.rulebook.stored)
        self._list.show_lacking(LackingSetup(account, known.get(account), has_rules, desk.why_not(Role.LEAD)))

    def _show_choices(self) -> None:
        self._bridge.ask(self._bridge.desk.inbox.choices(), self._open_menu)

    def _open_menu(self, choices: tuple[list[str], list[str]]) -> None:
        desk = self._bridge.desk
        self._list.scope.open_menu(tuple(desk.accounts), *choices, desk.preferences.now.views)

    def _keep_views(self, views: tuple[SavedView, ...]) -> None:
        preferences = self._bridge.desk.preferences
        self._bridge.ask(preferences.set_own(replace(preferences.now, views=views), preferences.now))

    def _search(self, phrase: str) -> None:
        self._bridge.ask(find(self._bridge.desk, phrase), partial(self._list.show_found, phrase))
