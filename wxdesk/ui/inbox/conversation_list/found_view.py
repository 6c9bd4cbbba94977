"""List of findings: customers, messages, templates, rules, pages, commands."""

from collections.abc import Callable, Iterable
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from wxdesk.core.conversations.listing import SearchHit
from wxdesk.core.model.conversation import Conversation
from wxdesk.core.search_words import contains
from wxdesk.desk.finding import Findings
from wxdesk.desk.ports import Clock
from wxdesk.i18n import tr
from wxdesk.ui.inbox.conversation_list.search_results import FoundRole, Place, SearchDelegate, SearchModel
from wxdesk.ui.inbox.lists import RowsView
from wxdesk.ui.widgets.row_index import Index


class FoundView(RowsView):
    """Shows results; `places` has the window's pages and commands.

    Signals:
        hit_picked: a `SearchHit` to open. picked, template_picked, rule_picked: the id of one to open.
        left: anything but a message was chosen, so that the search has ended. changed: more is shown.
    """

    hit_picked = Signal(object)
    picked = Signal(int)
    template_picked = Signal(int)
    rule_picked = Signal(int)
    left = Signal()
    changed = Signal()

    def __init__(self, clock: Clock, parent: QWidget) -> None:
        super().__init__(parent)
        self.places: Callable[[], Iterable[Place]] = tuple
        self.hits = SearchModel(clock, parent=self)
        self.setModel(self.hits)
        self.setItemDelegate(SearchDelegate(clock, self))
        self.setAccessibleName(tr("Search results"))
        self.verticalScrollBar().setSingleStep(24)
        self.activated.connect(self.take)
        self.clicked.connect(self.take)

    def show_found(self, phrase: str, found: Findings) -> None:
        """Show what contains `phrase`."""
        places = [one for one in self.places() if contains(one.word, phrase)]
        for group, picked, records in (
            (tr("Templates"), self.template_picked, [(one.id, one.title) for one in found.templates]),
            (tr("Rules"), self.rule_picked, [(one.id, one.name) for one in found.rules]),
        ):
            places += [Place(name, partial(picked.emit, record_id), group=group) for record_id, name in records]
        self.hits.show(phrase, found, places)

    def take(self, index: Index) -> None:
        """Open a result; does nothing without one."""
        match index.data(FoundRole.ROW):
            case SearchHit() as hit:
                self.hit_picked.emit(hit)
            case Conversation() as thread:
                self.left.emit()
                self.picked.emit(thread.id)
            case Place() as place:
                if place.group:
                    self.left.emit()
                place.go()
                self.changed.emit()
