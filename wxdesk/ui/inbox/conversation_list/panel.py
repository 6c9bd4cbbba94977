"""Left region: search, filters, held replies, and the conversations."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedLayout, QWidget

from wxdesk.core.conversations.listing import InboxCounts, InboxFilter, InboxRow
from wxdesk.core.model.conversation import EVERYTHING
from wxdesk.desk.ports import Clock
from wxdesk.desk.search import Found
from wxdesk.i18n import ntr, tr
from wxdesk.ui.inbox.conversation_list.empty_text import EmptyStep, EmptyText, LackingSetup, empty_text_for
from wxdesk.ui.inbox.conversation_list.filters import FilterChips, ScopeButton
from wxdesk.ui.inbox.conversation_list.rows import (
    ChosenRows,
    ConversationDelegate,
    ConversationListModel,
    ConversationRows,
)
from wxdesk.ui.inbox.conversation_list.search import FoundView, Heading
from wxdesk.ui.inbox.held_replies.strip import HeldStrip
from wxdesk.ui.look.theme import Measure
from wxdesk.ui.runtime.debounce import Debounce
from wxdesk.ui.widgets.boxes import STRETCH, Frame, hbox, vbox
from wxdesk.ui.widgets.buttons import Chip, SmallButton
from wxdesk.ui.widgets.fields.search import SearchField
from wxdesk.ui.widgets.labels import announce, set_tip
from wxdesk.ui.widgets.placeholders import EmptyState
from wxdesk.ui.widgets.row_list import RECORD, Index
from wxdesk.ui.wording.reply_status import FindHoldReason

LONGEST = 24
"""Characters of a narrowing that the chip shows; screen readers hear all."""


class ConversationList(Frame):
    """Shows rows and search results; `ConversationFeed` reads them.

    Signals:
        picked: the id of a conversation to open.
        search_wanted: a phrase. clicked: a row was chosen by mouse.
        setup_wanted, starter_rules_wanted: there are no conversations yet, and that is why.
        left: `away` or a row was pressed; a drawer closes then.
        emptied: True while there is nothing to choose.
    """

    picked = Signal(int)
    search_wanted = Signal(str)
    setup_wanted = Signal()
    starter_rules_wanted = Signal()
    clicked = Signal()
    left = Signal()
    emptied = Signal(bool)

    def __init__(self, clock: Clock, hold_reason_of: FindHoldReason, activity_of: Callable[[int], str]) -> None:
        super().__init__("list-side")
        self.setMinimumWidth(Measure.LIST)
        self.setMaximumWidth(Measure.WIDEST_SIDE)
        self._picks = True
        self._wanted: int | None = None
        self._lacking = LackingSetup()
        self._entered = False  # the best result is wanted as soon as it is known
        self._known = self._any = False  # the first page was read; a conversation is there, if only set aside
        self.model = ConversationListModel(clock, hold_reason_of, self)
        self.search = SearchField(tr("Search everything"), "Ctrl+K")
        self.away = SmallButton("close", tr("Close"), self, then=self.left)
        self.away.hide()  # only a drawer can be put away
        self.narrowness = Chip()
        self.narrowness.hide()
        self.arrived = Chip()
        self.arrived.hide()
        self._arrived: set[int] = set()
        self.chips = FilterChips()
        self.scope = ScopeButton(self.chips, self)
        self.strip = HeldStrip(clock, hold_reason_of)
        self.view = ConversationRows(self.model, ConversationDelegate(self.model, activity_of), self)
        self.found = FoundView(clock, self)
        self.hits = self.found.hits
        self.several = ChosenRows(self.view)
        self.empty = EmptyState()
        self._delay = Debounce(self._ask_search, self)
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        first = hbox(self.search, self.scope, self.away, spacing=4)
        top = vbox(
            first, self.chips, hbox(self.narrowness, self.arrived, STRETCH), spacing=10, margins=(12, 12, 12, 10)
        )
        self._pages = QStackedLayout()
        for page in (self.view, self.found, self.empty):
            self._pages.addWidget(page)
        line = Frame("line")
        vbox(top, line, self.strip, (self._pages, 1), self.several, within=self, spacing=0, margins=(0, 0, 1, 0))

    def _connect(self) -> None:
        self.search.textChanged.connect(self._search_changed)
        self.search.left.connect(self.leave_search)
        self.search.went_down.connect(self.focus_rows)
        self.search.entered.connect(self._enter)
        self.arrived.clicked.connect(self.leave_search)
        self.chips.chosen.connect(self.search.clear)  # a filter is of the conversations, so these are shown
        self.scope.narrowed.connect(self._narrow)
        self.narrowness.clicked.connect(partial(self.scope.narrow, EVERYTHING))
        self.view.selectionModel().currentChanged.connect(self._picked)
        self.view.selectionModel().selectionChanged.connect(self.several.follow)
        self.found.left.connect(self.leave_search)
        self.found.picked.connect(self.picked)
        self.found.picked.connect(self.clicked)
        self.found.changed.connect(self._show_page)
        self.model.modelReset.connect(self._restore)
        self.model.rowsInserted.connect(self._show_page)
        self.model.rowsRemoved.connect(self._show_page)
        self.empty.step.clicked.connect(self._step)
        self.view.pressed.connect(self._pressed)
        self.view.taken.connect(self._clicked)
        self.view.given_up.connect(self._restore)

    def write_into(self, edit: QWidget) -> None:
        """Send what an input method composes over a list to `edit`."""
        for view in (self.view, self.found, self.strip.view):
            view.write_into(edit)

    # -- rows

    def select(self, conversation_id: int | None) -> None:
        """Mark a conversation's row, if it was read, without opening it."""
        self._wanted = conversation_id
        self.found.follow(conversation_id)
        with self._without_picking():
            self.model.keep(conversation_id)
        self._restore()

    def show_rows(self, chosen: InboxFilter, rows: Sequence[InboxRow]) -> None:
        """Show the first page of a filter; keep the scroll position of the same filter."""
        bar, had_rows = self.view.verticalScrollBar(), bool(self.model.rowCount())
        at = bar.value() if chosen is self.model.chosen else 0
        self._known, self._any = True, self._any or bool(rows)
        with self._without_picking():
            self.model.show(chosen, rows)
        if had_rows:  # the first ones are where the marked row is, as after a restart
            bar.setValue(at)

    def merge(self, rows: Sequence[InboxRow]) -> None:
        """Update changed rows; the marked conversation stays marked wherever it moves."""
        self._any = self._any or bool(rows)
        with self._without_picking():
            self.model.merge(rows)
        if self.searching:
            self._arrived |= {row.conversation.id for row in rows if row.conversation.unread}
            self._show_arrived()
        if not self.view.currentIndex().isValid():
            self._restore()
        self._show_page()

    def note_not_open(self, any_not_open: bool) -> None:
        """Note if resolved or snoozed conversations exist although none is open."""
        self._any = self._any or any_not_open
        self._show_page()

    def neighbour(self, step: int, *, unread: bool = False, but: Collection[int] = ()) -> int | None:
        """Return the id of the next (unread) conversation in a direction, none of `but`."""
        rows = self.model.rows()
        at = self.model.row_of(self._wanted)
        start = len(rows) if at < 0 and step < 0 else at
        path = range(start + step, len(rows) if step > 0 else -1, step)
        others = (rows[i].conversation for i in path if rows[i].conversation.id not in but)
        return next((one.id for one in others if one.unread or not unread), None)

    def focus_rows(self) -> None:
        """Focus the visible list."""
        view = self.found if self.searching else self.view
        if self.searching and not view.selectedIndexes():
            view.setCurrentIndex(self.hits.first())
        view.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def show_counts(self, counts: InboxCounts, me: str = "", accounts: Collection[str] = ()) -> None:
        """Show the counts of the filters; those of a team if `me` is signed in.

        Rows name their mini program unless it is the only one of `accounts`.
        """
        self.model.accounts = () if self.scope.narrowing.account else accounts
        self.strip.model.accounts = self.hits.accounts = accounts
        self.model.me = me
        self.chips.in_team = bool(me)
        self.chips.show_counts(counts)

    def _narrow(self) -> None:
        self.search.clear()
        words = self.scope.words
        self.narrowness.setText(f"{words if len(words) <= LONGEST else words[:LONGEST] + '…'} ✕")
        self.narrowness.setAccessibleName(words)
        self.narrowness.setChecked(True)
        self.narrowness.setVisible(bool(self.scope.words))
        self.model.narrowing = self.scope.narrowing
        self.chips.show_figures(self.scope.narrowing == EVERYTHING)

    def tick(self, now: datetime) -> None:
        """Update times to `now`."""
        self.strip.tick(now)
        self.view.viewport().update()

    def _picked(self, current: Index, _previous: Index) -> None:
        if not self._picks or self.view.choosing or not current.isValid():
            return
        self._wanted = current.data(RECORD).conversation.id
        self.picked.emit(self._wanted)

    def _pressed(self, index: Index) -> None:
        """Mark the row alone; Qt marks what is at the pointer once rows have moved."""
        if not self.view.choosing:
            self._take(index)

    def _clicked(self) -> None:
        if not self.view.several():
            self._take(self.view.currentIndex())
            self.left.emit()
            self.clicked.emit()

    def _take(self, index: Index) -> None:
        row: InboxRow | None = index.data(RECORD)  # None if it has gone before the button was let go
        if row is not None and row.conversation.id != self._wanted:  # Ctrl or Shift had gone there before
            self._picked(index, QModelIndex())
        self._restore()

    def _restore(self) -> None:
        """Mark the wanted row again after a change of the rows."""
        at = self.model.row_of(self._wanted)
        with self._without_picking():
            if at < 0:
                self.view.clearSelection()  # by the arrows one goes on from where one was
            else:
                alone = QItemSelectionModel.SelectionFlag.ClearAndSelect  # while Ctrl is held, Qt chooses one more
                self.view.selectionModel().setCurrentIndex(self.model.index(at), alone)
        self._show_page()

    @contextmanager
    def _without_picking(self) -> Iterator[None]:
        """Change rows or their mark inside the block; no conversation is opened by it."""
        before, self._picks = self._picks, False
        try:
            yield
        finally:
            self._picks = before

    # -- searching

    @property
    def searching(self) -> bool:
        """True while search results are shown."""
        return bool(self.search.text().strip())

    def show_found(self, phrase: str, found: Found) -> None:
        """Show what was found, unless the phrase has changed since."""
        if phrase == self.search.text().strip():
            is_new = phrase != self.hits.phrase
            self.found.show_found(phrase, found)
            self._show_page()
            if is_new:
                announce(
                    self, tr("Search results: {n}", n=sum(not isinstance(row, Heading) for row in self.hits.rows()))
                )
            if self._entered:
                self._enter()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.searching:
            self.search.left.emit()  # from the results as from the field
        else:
            super().keyPressEvent(event)

    def _enter(self) -> None:
        """Choose the best result, once it is known."""
        self._entered = self.searching and self.hits.phrase != self.search.text().strip()
        if self.searching and not self._entered:
            self.focus_rows()
            self.found.take(self.hits.first())

    def _show_arrived(self) -> None:
        """Tell who wrote while the search hides them."""
        words = ntr("{n} customer wrote meanwhile", "{n} customers wrote meanwhile", len(self._arrived))
        self.arrived.setText(f"{words} ✕")
        self.arrived.setAccessibleName(words)
        self.arrived.setVisible(bool(self._arrived))

    def leave_search(self) -> None:
        """Clear the search and focus the conversations."""
        self.search.clear()
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _search_changed(self) -> None:
        if self.searching:
            self._delay.start()
        else:
            self._delay.stop()
            self._entered = False
            self._arrived.clear()
            self._show_arrived()
            self.hits.show("")
            self._show_page()

    def _ask_search(self) -> None:
        self.search_wanted.emit(self.search.text().strip())

    # -- what is shown

    def _show_page(self) -> None:
        if self.searching:
            nothing = self.hits.phrase == self.search.text().strip() and self.hits.rowCount() == 0
            if nothing:
                self.empty.say("", tr("Nothing was found for “{phrase}”.", phrase=self.hits.phrase), tr("Clear search"))
            self._pages.setCurrentWidget(self.empty if nothing else self.found)
        elif self._known and self.model.rowCount() == 0:
            words = self._empty_text
            self.empty.say(words.title, words.sentence, words.step)
            why = self._lacking.refused if words.then is EmptyStep.RULES else ""
            self.empty.step.setEnabled(not why)
            set_tip(self.empty.step, tr(why) if why else "")
            self._pages.setCurrentWidget(self.empty)
        else:
            self._pages.setCurrentWidget(self.view)
        self.emptied.emit(self._pages.currentWidget() is self.empty)

    def show_lacking(self, lacking: LackingSetup) -> None:
        """Tell in the empty list what keeps messages from arriving or being answered."""
        self._lacking = lacking
        self._show_page()

    @property
    def _empty_text(self) -> EmptyText:
        return empty_text_for(self.model.chosen, self._lacking, any_not_open=self._any, words=self.scope.words)

    def _step(self) -> None:
        step = self._empty_text.then
        if self.searching:
            self.leave_search()
        elif step is EmptyStep.WIDEN:
            self.scope.narrow(EVERYTHING)
        elif step is EmptyStep.SETUP:
            self.setup_wanted.emit()
        elif step is EmptyStep.RULES:
            self.starter_rules_wanted.emit()
        else:
            self.chips.choose(step)
