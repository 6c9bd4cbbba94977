"""The main window: a rail, the pages, the status bar, and bars across them."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import msgspec
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QAbstractButton, QMainWindow, QScrollArea, QStackedLayout, QWidget

from wxdesk.core.events import Event, OperatorsChanged, PauseChanged, TroubleRaised
from wxdesk.core.troubles import TroubleArea
from wxdesk.i18n import tr
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.look.appearance import Appearance
from wxdesk.ui.presence.presence import OperatorPresence
from wxdesk.ui.runtime.installation import InstallationFacts
from wxdesk.ui.runtime.memory import WindowMemory
from wxdesk.ui.shell.global_search import GlobalSearch
from wxdesk.ui.shell.leaving import Leaving
from wxdesk.ui.shell.pages import HasUnsavedChanges, PageLinks, Pages
from wxdesk.ui.shell.pause import PauseBar, PauseControl
from wxdesk.ui.shell.rail import Rail
from wxdesk.ui.shell.status_bar import StatusBar
from wxdesk.ui.shell.tryout import TryoutBar
from wxdesk.ui.widgets.boxes import hbox, order_tabs, vbox
from wxdesk.ui.widgets.dialogs.notices import Notices, WindowBridge
from wxdesk.ui.widgets.dialogs.shortcut_sheet import (
    HasKeys,
    KeyGroup,
    ShortcutKey,
    ShortcutSheet,
    bind,
    bind_always,
    bind_page,
)
from wxdesk.ui.widgets.dialogs.vault import VaultLock
from wxdesk.ui.widgets.labels import announce

FIRST_SIZE = (1280, 800)
SMALLEST = (720, 520)
KEEP_PLACE_MS = 60_000
"""Time between two notes of the window's place, which a crash leaves behind too."""


class MainWindow(QMainWindow):
    """The one window of the program.

    Signals:
        closing: the operator wants to leave and nothing is unsaved. Nothing closes yet: `finish` does.
        silence_wanted: silence the sound of the current alerts.
        tryout_wanted: show a desk on a simulated WeChat instead.
    """

    closing = Signal()
    silence_wanted = Signal()
    tryout_wanted = Signal()

    def __init__(
        self, bridge: WindowBridge, facts: InstallationFacts, appearance: Appearance, *, is_tryout: bool = False
    ) -> None:
        super().__init__()
        self.setProperty("class", "window")
        self._bridge = bridge
        self._memory, self._mine = WindowMemory(facts.home), WindowMemory(facts.home, bridge.desk.me)
        self._appearance, self._finished = appearance, False
        self.setMinimumSize(*SMALLEST)
        self.notices = bridge.notices = Notices(self)
        self.vault = VaultLock(bridge, self)
        self.pages = Pages(bridge, facts, appearance, self._links)
        self.rail = Rail([page.place for page in self.pages.all if page.place is not None], self)
        self.shown = QWidget(self)
        self.stack = QStackedLayout(self.shown)
        for page in self.pages.all:
            place = QWidget()
            self.stack.addWidget(place)
            page.made.connect(partial(self._take_in, place))
        self.tryout_bar = TryoutBar(self)
        self.tryout_bar.setVisible(is_tryout)
        self.pause_bar = PauseBar(bridge.desk.clock, self)
        self.status_bar = StatusBar(bridge, self)
        self.pausing = PauseControl(bridge)
        self.presence = OperatorPresence(bridge, self.status_bar.presence, self)
        self.leaving = Leaving(bridge, self, simulated=facts.simulator is not None)
        self._lay_out()
        self._connect()
        self._bind_keys()
        self._take_place()
        self._show_state()
        self._show_first_page()
        self.status_bar.ask()
        self.inbox.held.tell_of_waiting(by_hand=False, since=self._mine.moment("left_at"))  # from an earlier run

    @property
    def _links(self) -> PageLinks:
        return PageLinks(
            self.show_settings,
            partial(self.tryout_wanted.emit),
            self._bring_forward,
            self.open_conversation,
            self.vault.ask,
            self._quit_after,
        )

    @property
    def inbox(self) -> InboxPage:
        """The inbox page."""
        return self.pages.inbox.widget

    @property
    def page_names(self) -> tuple[str, ...]:
        """The pages' names in the order of the rail."""
        return tuple(page.name for page in self.pages.all)

    def show_page(self, index: int) -> None:
        """Show the page at `index`, let it load, and restore its focus."""
        held = self.pages.all[index].widget.focusWidget()
        item = self.rail.items[min(index, len(self.rail.items) - 1)]  # the guided set-up belongs to the settings
        self.shown.setAccessibleName(item.place.word)
        if held is None or not held.hasFocus():  # a change would end the word that an input method composes
            if self.shown.hasFocus():
                announce(self.shown, item.place.word)  # Orca passes over names that change, as times do each second
            self.shown.setFocus()  # else Qt gives it to the page's first button, with a ring that means nothing
        self.stack.setCurrentIndex(index)
        if held is not None:
            held.setFocus()
        item.setChecked(True)
        self.pages.all[index].activate()

    def _show_first_page(self) -> None:
        """Show what the last window showed, else inbox or guided set-up."""
        desk, last = self._bridge.desk, self._mine.word("page")
        usual, *others = ("inbox", *self.page_names) if desk.accounts or desk.is_remote else ("setup", "settings")
        self.show_page(self.page_names.index(last if last in others else usual))
        if self.stack.currentWidget() is not self.inbox:
            self.inbox.activate()  # rail and bars show what it counts
        self.inbox.resume(self._mine.number("conversation"), self._mine.word("view"))

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802
        """Go on as the window is seen: parts come and go."""
        order_tabs(self.shown, *self.notices.lines, self.status_bar, self.tryout_bar, self.rail)
        moved = super().focusNextPrevChild(forward)
        while self.notices.cover(focused := self.focusWidget()):
            moved = super().focusNextPrevChild(forward)
        if isinstance(focused, QAbstractButton) and (group := focused.group()) is not None and group.exclusive():
            (group.checkedButton() or focused).setFocus()  # by the arrows one goes on from what is chosen
        around: QWidget | None = focused
        while around is not None:
            if isinstance(around, QScrollArea):
                around.ensureWidgetVisible(focused)
            around = around.parentWidget()
        return moved

    def open_conversation(self, conversation_id: int) -> None:
        """Show a conversation in the inbox."""
        self.show_page(0)
        self.inbox.go_to(conversation_id)

    @property
    def open_conversation_id(self) -> int | None:
        """The conversation that is shown while the inbox is the current page."""
        return self.inbox.session.conversation_id if self.stack.currentWidget() is self.inbox else None

    def bring_to_front(self) -> None:
        """Show the window in front of all others, as far as the system allows."""
        if self.isVisible() and not (self.isMinimized() or self.windowHandle().isExposed()):
            self.hide()  # only a window that is shown anew comes from another workspace with every window manager
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def _take_in(self, place: QWidget, page: QWidget) -> None:
        """Put a page that was just built in the place kept for it."""
        self.stack.insertWidget(self.stack.indexOf(place), page)
        self.stack.removeWidget(place)
        place.deleteLater()

    def _bring_forward(self, widget: QWidget) -> None:
        self.show_page(self.stack.indexOf(widget))

    def show_settings(self) -> None:
        """Show the settings, the last page of the rail."""
        self.show_page(len(self.rail.items) - 1)

    def show_keys(self) -> None:
        """Open the sheet of all shortcuts."""
        sheet = ShortcutSheet([group for _, group in self._keys()], self)
        sheet.chosen.connect(self._appearance.choose_keys)
        sheet.open()

    def _keys(self) -> Iterator[tuple[QWidget, KeyGroup]]:
        """Return all shortcuts by the widget that has them, those of the window first."""
        yield self, KeyGroup(tr("Everywhere"), self._own_keys())
        for page in self.pages.all:
            if isinstance(page.widget, HasKeys) and page.place is not None:
                yield page.widget, KeyGroup(page.place.word, tuple(page.widget.keys()))

    def save_unfinished(self) -> None:
        """Store fields that are stored on leaving them, while the bridge still works."""
        self.inbox.save_unfinished()
        focused = self.focusWidget()
        if focused is not None:
            focused.clearFocus()

    def finish(self) -> None:
        """Remember the geometry and the last emoticons, and really close."""
        self._mine.keep({"emoticons": " ".join(self.inbox.chat.writing.templates.emoticons.used)})
        self._keep_place()
        self._finished = True
        self.close()

    def _keep_place(self) -> None:
        page, shown = self.page_names[self.stack.currentIndex()], self.inbox.session.conversation_id
        self._memory.keep_geometry(self, self.inbox.regions.widths)
        view = msgspec.json.encode(self.inbox.list.scope.view).decode()
        self._mine.keep_place(page, shown, view, self._bridge.desk.clock())

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask whether to keep on in the tray, and `quit` if not."""
        if self._finished:
            event.accept()
            return
        event.ignore()
        self.leaving.ask(self.quit)

    def quit(self) -> None:
        """Emit `closing` only; the caller then calls `finish`.

        Each page with unsaved changes is shown and asks first.
        """
        self._quit_after(lambda: None)

    def _quit_after(self, last: Callable[[], None]) -> None:
        def close() -> None:
            last()
            self.closing.emit()

        self.leave(close)

    def leave(self, then: Callable[[], None], start: int = 0) -> None:
        """Let each page from `start` on ask about its unsaved changes, and go on.

        `then` is not called if the operator stays.
        """
        for at, page in enumerate(self.pages.all[start:], start):
            if isinstance(page.built, HasUnsavedChanges) and page.built.unsaved:
                self.bring_to_front()
                self.show_page(at)
                page.built.leave(partial(self.leave, then, at + 1))
                return
        then()

    def _lay_out(self) -> None:
        middle, body = hbox(self.rail, (self.shown, 1), spacing=0), QWidget()
        vbox(self.tryout_bar, (middle, 1), self.status_bar, within=body, spacing=0)
        self.setCentralWidget(body)
        room = self.status_bar.room
        self.notices.use_room(room, partial(room, passing=True), self.pause_bar)
        self.inbox.regions.restore(self._memory.panes)
        self.inbox.held.meanwhile.known = self._mine.moment("put_away")
        self.inbox.chat.writing.templates.emoticons.remember(self._mine.word("emoticons").split())

    def _take_place(self) -> None:
        """Be where the window was last, and note from now on where it is."""
        if not self._memory.restore(self):
            self.resize(*FIRST_SIZE)
        self.keeping_place = QTimer(self, interval=KEEP_PLACE_MS)
        self.keeping_place.timeout.connect(self._keep_place)
        self.keeping_place.start()

    def _connect(self) -> None:
        self._bridge.events.connect(self._on_events)
        self._bridge.failed.connect(self.notices.report)
        self._bridge.outdated.connect(self.notices.report_old)
        self._appearance.changed.connect(self._keep_look)
        self.rail.group.idClicked.connect(self.show_page)
        self.inbox.held.asks.connect(self.bring_to_front)  # what asks may have been chosen in the tray
        self.inbox.held.meanwhile.put_away.connect(self._mine.keep)
        self.inbox.front_wanted.connect(partial(self.show_page, 0))
        self.presence.watch.touched.connect(self.inbox.attend)
        self.status_bar.listener.pressed.connect(self.inbox.list.setup_wanted)
        self.status_bar.pause.clicked.connect(self.pausing.toggle)
        for button in (self.pause_bar.change, self.status_bar.pause_for):
            button.clicked.connect(partial(self.pausing.choose_end, button))
        self.notices.covered.connect(self.status_bar.cover)
        self.status_bar.shared.connect(self.notices.place_all)
        self.status_bar.day_began.connect(self._show_pause)
        self.status_bar.longest.wanted.connect(self.open_conversation)
        self.status_bar.silence.clicked.connect(self.silence_wanted)
        for show in (self.rail.show_counts, self.pause_bar.show_counts, self.status_bar.show_counts):
            self.inbox.feed.counted.connect(show)
        self.inbox.feed.counted.connect(self._show_title)

    def _bind_keys(self) -> None:
        GlobalSearch(self.pages, self.rail, self.stack, self.show_page, self._keys)
        bind_page(self, self._own_keys())
        bind_always(self, "F8", self.pausing.toggle)
        bind_always(self, "F9", self.silence_wanted.emit)
        for keys, by in (("Ctrl++", 1), ("Ctrl+=", 1), ("Ctrl+-", -1), ("Ctrl+0", 0)):
            bind(self, keys, partial(self._enlarge, by)).setAutoRepeat(True)

    def _own_keys(self) -> tuple[ShortcutKey, ...]:
        *others, settings = self.rail.items
        back = tr("Do what the message at the foot offers, such as Undo; otherwise go to the buttons there")
        return (
            *(ShortcutKey(item.key, item.place.word, item.click) for item in others),
            ShortcutKey(f"{settings.key} Ctrl+,", settings.place.word, settings.click),
            ShortcutKey("Ctrl+K", tr("Search everything")),
            ShortcutKey("F7", tr("Open who waits longest"), self.status_bar.longest.open),
            ShortcutKey("F9", tr("Silence the alert sound")),
            ShortcutKey("F8", tr("Pause or resume all automatic replies")),
            ShortcutKey("F10", tr("Say that you are away, or back"), self.presence.toggle),
            ShortcutKey("F12", back, self.notices.act),
            ShortcutKey("F1 Ctrl+/", tr("This list of keys"), self.show_keys),
            ShortcutKey("Ctrl++ Ctrl+- Ctrl+0", tr("Lists and messages larger, smaller, or as usual")),
            ShortcutKey("Ctrl+Q", tr("Quit"), partial(self.leaving.confirm, self.quit)),
        )

    def _keep_look(self) -> None:
        self._memory.keep(self._appearance.chosen)

    def _enlarge(self, by: int) -> None:
        size = self._appearance.enlarge(by)
        self.notices.toast(tr("Size of lists and messages: {n}", n=size))

    def _on_events(self, events: Sequence[Event]) -> None:
        for event in events:
            if isinstance(event, PauseChanged):
                self._show_pause()
                announce(self, self.pause_bar.title.full_text() if event.paused else tr("Automatic replies go on"))
                if not event.paused:
                    self.inbox.held.tell_of_waiting(by_hand=self.pausing.resuming)
                    self.pausing.resuming = False
            elif isinstance(event, TroubleRaised):
                self._show_trouble(event)
            elif isinstance(event, OperatorsChanged) and self._bridge.desk.needs_sign_in:
                self.closing.emit()

    def _show_state(self) -> None:
        self._show_pause()
        self._show_useless_keys()
        for trouble in self._bridge.desk.health.state.troubles:
            self._show_trouble(trouble)

    def _show_useless_keys(self) -> None:
        """Say once which keys of an edited file are of no use."""
        useless, self._appearance.useless_keys = " ".join(self._appearance.useless_keys), ()
        if useless:
            text = tr("These keys in window.ini cannot be used; the usual ones apply: {keys}", keys=useless)
            self.notices.bar("keys", text, action=tr("Keys"), then=self.show_keys, lasting=True)
            self._keep_look()

    def _show_pause(self) -> None:
        state = self._bridge.desk.health.state
        self.pause_bar.show_pause(state.paused_since, state.paused_until)
        self.pause_bar.setVisible(state.paused)
        self.notices.place_all()
        self._show_title()

    def _show_title(self) -> None:
        title, unread = tr("Paused · wxdesk") if self.pausing.paused else "wxdesk", self.rail.items[0].badge
        self.setWindowTitle(f"({unread}) {title}" if unread else title)

    def _show_trouble(self, trouble: TroubleRaised) -> None:
        """Show a bar until a trouble is over or closed; offer a retry if replies wait."""
        if self.vault.shows(trouble):
            return
        action, outbox = tr("Try now") if trouble.account else "", self._bridge.desk.outbox
        text, then = tr(trouble.text) if trouble.text else "", lambda: self._bridge.ask(outbox.try_now(trouble.account))
        key, lasting = f"trouble:{trouble.key}", not trouble.passing
        self.notices.bar(key, text, action=action, then=then, copy=trouble.copy, lasting=lasting)
        if not text and trouble.area is TroubleArea.ACCOUNT:
            self.inbox.held.tell_of_waiting(by_hand=False)  # some may have been given up meanwhile
