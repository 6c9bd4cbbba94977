"""Search by key from every page, which finds the window's pages and commands too."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QStackedLayout, QWidget

from wxdesk.core.model.conversation import Narrowing
from wxdesk.i18n import account_title, tr
from wxdesk.ui.inbox.conversation_list.search import Place
from wxdesk.ui.look.keys import own_key, sequence
from wxdesk.ui.shell.pages import Pages
from wxdesk.ui.shell.rail import Rail
from wxdesk.ui.widgets.dialogs.shortcut_sheet import KeyGroup, bind

KEY = "Ctrl+K"


class GlobalSearch(QObject):
    """Leads from any page to the search of the inbox, and back by Esc.

    `keys` are all shortcuts by the widget that has them, those of the window first.
    """

    def __init__(
        self,
        pages: Pages,
        rail: Rail,
        stack: QStackedLayout,
        show_page: Callable[[int], None],
        keys: Callable[[], Iterable[tuple[QWidget, KeyGroup]]],
    ) -> None:
        super().__init__(rail.window())
        self._inbox = inbox = pages.inbox.widget
        self._pages = pages
        self._rail = rail
        self._stack = stack
        self._show_page = show_page
        self._keys = keys
        self._before = 0
        """Page from which the search was opened."""
        for page in pages.all:
            page.made.connect(partial(bind, usual=KEY, slot=self._open))
        inbox.list.found.places = self._places
        inbox.list.search.left.connect(self._go_back)
        stack.currentChanged.connect(self._stay)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._watch_field)

    def eventFilter(self, _field: QObject, event: QEvent) -> bool:
        """Let a text field leave the key alone, with which Qt cuts off its line on Linux."""
        if event.type() is not QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
            return False
        searches = QKeySequence(event.keyCombination()) == sequence(own_key(KEY))
        event.setAccepted(not searches and event.isAccepted())
        return searches

    def _watch_field(self, old: QWidget | None, now: QWidget | None) -> None:
        for field, watch in ((old, QObject.removeEventFilter), (now, QObject.installEventFilter)):
            if isinstance(field, QLineEdit | QPlainTextEdit):
                watch(field, self)

    def _open(self) -> None:
        before = self._stack.currentIndex()
        self._show_page(0)
        self._before = before
        self._inbox.regions.focus_search()

    def _stay(self) -> None:
        self._before = 0

    def _go_back(self) -> None:
        if self._before:
            self._show_page(self._before)

    def _places(self) -> Iterator[Place]:
        for item in self._rail.items:
            yield Place(item.place.word, item.click, item.key, tr("Pages"))
        accounts, narrow = self._inbox.list.strip.model.accounts, self._inbox.list.scope.narrow
        for name in accounts if len(accounts) > 1 else ():
            yield Place(account_title(name), partial(narrow, Narrowing(account=name)), group=tr("Mini programs"))
        settings, word = self._pages.settings.widget, tr("Settings")
        for card, heading in settings.headings():
            go = partial(self._do, settings, partial(settings.go_to, card, heading))
            yield Place(heading.full_text(), go, group=word, why=word)
        for at, (owner, group) in enumerate(self._keys()):
            options = Qt.FindChildOption.FindChildrenRecursively if at else Qt.FindChildOption.FindDirectChildrenOnly
            bound = {one.objectName(): one for one in owner.findChildren(QShortcut, options=options)}
            for key in group.keys[0 if at else len(self._rail.items) :]:
                shortcut = bound.get(key.keys.split(" ")[0])
                if shortcut is not None:
                    yield Place(key.does, partial(self._do, owner, shortcut.activated.emit), key.keys, tr("Commands"))

    def _do(self, owner: QWidget, command: Callable[[], object]) -> None:
        page = self._stack.indexOf(owner)
        if page >= 0:
            self._show_page(page)
        command()
