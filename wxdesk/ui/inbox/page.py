"""The inbox page: its regions, their connections, and its shortcuts."""

from collections.abc import Sequence
from enum import IntEnum
from functools import partial

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QWidget

from wxdesk.core import events
from wxdesk.core.conversations.listing import InboxFilter, InboxRow, SearchHit, matches
from wxdesk.core.model.conversation import SavedView
from wxdesk.i18n import tr
from wxdesk.ui.inbox.chat.panel import ChatPanel
from wxdesk.ui.inbox.chat_session import ChatSession
from wxdesk.ui.inbox.conversation_list.feed import ConversationFeed
from wxdesk.ui.inbox.conversation_list.filters import read_view
from wxdesk.ui.inbox.conversation_list.panel import ConversationList
from wxdesk.ui.inbox.details.contact_commands import ContactCommands
from wxdesk.ui.inbox.details.panel import DetailPanel, Explanation
from wxdesk.ui.inbox.held_replies.control import HeldRepliesControl
from wxdesk.ui.inbox.lists import typed_text
from wxdesk.ui.inbox.navigation import ListNavigation
from wxdesk.ui.inbox.notices import AttentionBar, TakeoverNotices
from wxdesk.ui.inbox.regions import Regions
from wxdesk.ui.inbox.sendability import closed_text
from wxdesk.ui.widgets.dialogs.notices import WindowBridge
from wxdesk.ui.widgets.dialogs.shortcut_sheet import ShortcutKey, bind, bind_page


class Pace(IntEnum):
    """Milliseconds between two beats of the page; none while nothing counts."""

    STILL = 0
    MINUTES = 15_000
    SECONDS = 1_000
    BAR = 100


class InboxPage(QWidget):
    """Shows the conversation list, the chat, and the details of a customer.

    Signals:
        front_wanted: the operator has chosen to see something of this page.
        conversation_wanted: the same, with the id of a conversation that is not open.
    """

    front_wanted = Signal()
    conversation_wanted = Signal(int)

    def __init__(self, bridge: WindowBridge) -> None:
        super().__init__()
        self._bridge = bridge
        self.session = ChatSession(bridge, self)  # first, so that its answer comes before those for the rest
        self._clock = bridge.desk.clock
        self.ticker = QTimer(self, timerType=Qt.TimerType.PreciseTimer)
        self._looked = (bridge.desk.clock().astimezone().date(), "")
        self._unattended = False
        reasons = self.session.hold_reasons
        self.list = ConversationList(bridge.desk.clock, reasons.of, reasons.activity)
        self.feed = ConversationFeed(bridge, self.list, self)
        self.chat = ChatPanel(bridge, self.session)
        self.detail = DetailPanel(bridge)
        self.contact = ContactCommands(self.detail.contact, bridge, self.session, self.chat.resolving.acts)
        self.explanation = Explanation(bridge, self.session, self.detail, self)
        self.regions = Regions(self, self.list, self.chat, self.detail)
        self.held = HeldRepliesControl(bridge, self.list.strip, self.session, self.chat.timeline, self.chat.writing)
        self.attention = AttentionBar(bridge, self.conversation_wanted.emit, self)
        self.takeovers = TakeoverNotices(bridge, self._in_sight, self.conversation_wanted.emit, self)
        self.list.write_into(self.chat.composer.edit)
        self.list.emptied.connect(self.chat.empty.sentence.setHidden)
        self.navigation = ListNavigation(self.list, self.session, self.chat, bridge)
        self._connect()
        bind(self, "Ctrl+K", self.regions.focus_search)
        bind_page(self, self.keys())
        self._refreshed()

    def _connect(self) -> None:
        self._bridge.events.connect(self._on_events)
        self.list.picked.connect(self.open_conversation)
        self.list.found.hit_picked.connect(self.open_hit)
        self.list.clicked.connect(self._write)
        self.held.conversation_wanted.connect(self.open_conversation)
        self.held.replies.read.connect(self._pace)
        self.held.wanted.connect(self.front_wanted)
        self.feed.counted.connect(self._pace)
        self.session.hold_reasons.changed.connect(self.tick)
        self.session.turned.connect(self._turned)
        self.session.turned.connect(self._tell_sight)
        self.session.refreshed.connect(self._refreshed)
        self.session.opened.connect(self._begin_to_read)
        self.session.arrived.connect(self._mark_read)
        self.chat.timeline.picked.connect(self.explanation.pick)
        self.chat.why_wanted.connect(self._why)
        self.list.strip.left.connect(self._go_on_writing)
        self.detail.contact.alias.left.connect(self._go_on_writing)
        self.chat.resolving.acts.begun.connect(self._choose_opened)
        self.list.view.menu_wanted.connect(self.chat.resolving.acts.open_menu)
        self.chat.writing.sending.resolve_wanted.connect(self.chat.resolving.resolve)
        self.held.meanwhile.walk_wanted.connect(self.navigation.walk)
        self.held.meanwhile.walk_wanted.connect(self.front_wanted)
        self.navigation.wanted.connect(self.open_conversation)
        self.chat.resolving.acts.back_wanted.connect(self.open_conversation)
        self.chat.resolving.acts.back_wanted.connect(self.front_wanted)
        self.chat.header.show_list.clicked.connect(self.regions.list_drawer.toggle)
        self.chat.header.show_detail.clicked.connect(self.regions.toggle_detail)
        self.chat.writing.panels.worked.connect(self.regions.detail_drawer.close)  # it would cover what opens
        self.ticker.timeout.connect(self.tick)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._focus_moved)

    def activate(self) -> None:
        """Read what is shown; called each time the page comes to the front."""
        self.feed.load()
        self.held.replies.load()
        self._mark_read()
        if self.session.conversation_id is not None and self.focusWidget() is None:
            self._write()

    def keys(self) -> Sequence[ShortcutKey]:
        """Return this page's shortcuts for the shortcut sheet, with those for writing."""
        step = self.navigation.step
        return (
            ShortcutKey("Ctrl+F", tr("Find in this conversation"), self.chat.find_bar.open),
            ShortcutKey("Ctrl+G Ctrl+Shift+G", tr("Older and newer hit in the conversation")),
            ShortcutKey("Alt+Down", tr("Next conversation"), partial(step, 1)),
            ShortcutKey("Alt+Up", tr("Previous conversation"), partial(step, -1)),
            ShortcutKey("Alt+Shift+Down", tr("Next unread conversation"), partial(step, 1, unread=True)),
            ShortcutKey("Alt+Shift+Up", tr("Previous unread conversation"), partial(step, -1, unread=True)),
            ShortcutKey("F4", tr("Take over (a reply that waits is stopped), or hand back"), self.chat.takeover.toggle),
            ShortcutKey("Shift+F4", tr("Choose for how long you take over"), self.chat.takeover.open_menu),
            ShortcutKey("F5", tr("Resolve, or open again"), self._resolve),
            ShortcutKey("Shift+F5", tr("Choose until when to snooze"), self._snooze),
            ShortcutKey("F2", tr("Customer and reasons"), self.regions.toggle_detail),
            ShortcutKey("F6", tr("Go to the next region"), self.regions.cycle),
            ShortcutKey("F3", tr("Next held reply"), self.held.go_on),
            ShortcutKey("Shift+F3", tr("List of what is held"), self.regions.toggle_held),
            *self.chat.writing.keys(),
            ShortcutKey("Ctrl+Enter", tr("Send what is chosen in the list of held replies")),
            ShortcutKey("Delete", tr("Stop what is chosen in the list of held replies")),
            ShortcutKey("Ctrl+T", tr("See what came after the bubble in focus")),
            ShortcutKey("Ctrl+C Ctrl+Shift+C", tr("Copy the bubble in focus, or quote it in the reply")),
            ShortcutKey("Alt+Enter", tr("Why, and what happened to the bubble in focus")),
            ShortcutKey("Ctrl+O", tr("Send only the part in focus, of an answer that needs your OK")),
            ShortcutKey("Ctrl+D", tr("Say that the reply in focus arrived, of which nobody knows it")),
            ShortcutKey("Ctrl+R", tr("Send the reply in focus again, if it may not have arrived; one for later: now")),
            ShortcutKey("Ctrl+E", tr("Change the waiting reply in focus")),
            ShortcutKey("Escape", tr("Stop the waiting reply in focus")),
        )

    def save_unfinished(self) -> None:
        """Store a note and drafts, and release edits, while the bridge still works."""
        self.detail.contact.save_unfinished()
        self.chat.writing.save_unfinished()

    # -- opening

    def _choose_opened(self) -> None:
        self.list.select(self.session.conversation_id)

    def _resolve(self) -> None:
        """Resolve or reopen several chosen rows, else the open conversation."""
        self.chat.resolving.toggle(some=self.list.view.chosen())

    def _snooze(self) -> None:
        several = self.list.view.chosen()
        self.chat.resolving.open_menu(some=several, at=self.list.several.menu if several else None)

    def _in_sight(self) -> int | None:
        return self.session.conversation_id if self.isVisible() else None

    def open_hit(self, hit: SearchHit) -> None:
        """Show a search result in its conversation."""
        self.open_conversation(hit.conversation.id, hit)

    def open_conversation(self, conversation_id: int, hit: SearchHit | None = None) -> None:
        """Show a conversation at its end, or at a search result."""
        self._unattended = False
        self.explanation.pick("")
        self.list.select(conversation_id)
        self.regions.list_drawer.close()
        self.session.open(conversation_id, hit, self.list.model.record(conversation_id))

    def go_to(self, conversation_id: int) -> None:
        """Open a conversation that was asked for, and go on in its reply."""
        self.open_conversation(conversation_id)
        if not self.chat.isAncestorOf(self.focusWidget() or self):
            self.setFocus()  # a field would keep the keyboard until all is read
            self._write()

    def resume(self, conversation_id: int, view: str) -> None:
        """Open the conversation that the last window showed, if it still exists.

        This alone does not read it. The list shows the same `view`, unless that would hide it.
        """
        self._bridge.ask(self._bridge.desk.inbox.rows([conversation_id]), partial(self._resume, read_view(view)))

    def _resume(self, view: SavedView, rows: Sequence[InboxRow]) -> None:
        if self.session.conversation_id is not None:  # the operator has chosen one meanwhile
            return
        chosen, me, now = InboxFilter(view.chosen), self._bridge.desk.me, self._clock()
        hidden = [
            row for row in rows if not (matches(row, chosen, me) and view.narrowing.admits(row.conversation, now))
        ]
        known = view.narrowing.account in ("", *self._bridge.desk.accounts)
        if known and not hidden and view != self.list.scope.view:
            self.list.scope.show_view(view)
        if rows:
            self.open_conversation(rows[0].conversation.id)
            self._unattended = True

    def attend(self) -> None:
        """Mark read what opened by itself, now that somebody is there."""
        if self._unattended:
            self._unattended = False
            self._mark_read()

    # -- keeping up

    def _on_events(self, batch: Sequence[events.Event]) -> None:
        self.feed.on_events(batch)
        kinds = {type(event) for event in batch}
        if kinds & {events.TakeoverEnding, events.AccountChanged, events.ConfigurationChanged, events.OperatorsChanged}:
            self._refreshed()
        if events.PresenceChanged in kinds:
            self._mark_read()

    def _refreshed(self) -> None:
        now = self._clock()
        self.chat.refresh(now)
        row = self.session.row
        self.detail.area.setVisible(row is not None)
        if row is not None:
            account = self._bridge.desk.accounts.get(row.conversation.account)
            source = row.conversation.session_from or self.session.known.source()
            self.detail.show_conversation(row.conversation, source, account, now)
            self.detail.show_speaker(row.conversation, now, leaving=self.session.leaving)
            self.explanation.refresh()
            if not all(call.seen for call in row.calls):
                self._mark_read()
        self._pace()

    def _turned(self) -> None:
        self.detail.contact.save_unfinished()
        if self.session.conversation_id is not None and not self.list.isAncestorOf(self.focusWidget() or self):
            self._write()

    def _write(self) -> None:
        if self.isVisible():  # else another page would lose the keyboard
            self.chat.composer.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def _focus_moved(self, old: QWidget | None, now: QWidget | None) -> None:
        """Focus the reply where the focused widget has gone: Qt would choose some field.

        A drawer would cover what the keys now act on.
        """
        if now is not None and self.chat.isAncestorOf(now):
            self.regions.close_drawers()
        gone = old is not None and self.isAncestorOf(old) and not (old.isVisible() and old.isEnabled())
        if gone and now is not None and self.isAncestorOf(now):
            self._go_on_writing()

    def _go_on_writing(self) -> None:
        (self.chat.composer.edit if self.chat.composer.isVisible() else self.list.view).setFocus()

    def _begin_to_read(self) -> None:
        self._mark_read()
        if self.held.arrive():
            return
        if not isinstance(self.focusWidget(), QLineEdit) and not self.list.view.hasFocus():
            self._write()

    def _mark_read(self) -> None:
        """Mark the open conversation read, and its calls seen, if an operator can see it."""
        row, old = self.session.row, self._bridge.outdated.emit
        nobody = self._bridge.desk.presence.now.away
        if row is None or nobody or self._unattended or self.session.visit.fresh:
            return
        if not self.isVisible() or not self.isActiveWindow():
            return
        if row.conversation.unread:
            self._bridge.ask(self._bridge.desk.conversations.mark_read(row.conversation.id), failed=old)
        if not all(call.seen for call in row.calls):
            self._bridge.ask(self._bridge.desk.attention.look(row.conversation.id), failed=old)

    def tick(self) -> None:
        """Update times and countdowns everywhere on one beat, so that they never disagree."""
        now = self._clock()
        self.list.tick(now)
        conversation = self.session.conversation
        looked = (now.astimezone().date(), closed_text(conversation, now))
        if looked != self._looked:
            self._looked = looked
            self.session.refresh_times()
        if conversation is not None:
            self.chat.tick(now)
            self.detail.show_speaker(conversation, now, leaving=self.session.leaving)

    def _pace(self) -> None:
        ends = self.list.model.counts_down(self._clock())
        if not self.isVisible():
            pace = Pace.STILL
        elif self.chat.timeline.counting():
            pace = Pace.BAR
        elif self.list.strip.counts or self.session.row is not None or ends:
            pace = Pace.SECONDS
        else:
            pace = Pace.MINUTES if self.list.model.rowCount() else Pace.STILL
        if pace is Pace.STILL:
            self.ticker.stop()
        elif not self.ticker.isActive() or self.ticker.interval() != pace:
            self.ticker.start(int(pace))

    def _tell_sight(self) -> None:
        """Let colleagues see which conversation is in sight now."""
        self._bridge.ask(self._bridge.desk.colleagues.look_at(self._in_sight() or 0))

    def event(self, event: QEvent) -> bool:
        if event.type() in {QEvent.Type.Show, QEvent.Type.Hide}:
            self._pace()
            self._tell_sight()
        elif event.type() is QEvent.Type.WindowActivate:
            self._mark_read()
            focused = self.window().focusWidget()
            if self.isVisible() and focused is not None and self.isAncestorOf(focused) and not focused.isVisible():
                self._go_on_writing()
        return super().event(event)

    # -- reasons

    def _why(self, key: str) -> None:
        self.explanation.pick(key)
        self.regions.detail_drawer.pull_out()
        self.detail.focus_reasons()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        reply = self.chat.composer.edit
        writing = isinstance(self.focusWidget(), QLineEdit | QPlainTextEdit)
        if event.key() == Qt.Key.Key_Escape and self.regions.drawer_open:
            self.regions.leave_drawers()
        elif writing or self.session.conversation_id is None:
            super().keyPressEvent(event)
        elif typed_text(event):
            self._write()
            reply.keyPressEvent(event)
        elif event.matches(QKeySequence.StandardKey.Paste):
            self._write()
            reply.paste()
        else:
            super().keyPressEvent(event)

    def minimumSizeHint(self) -> QSize:
        """Return the chat's size, because the other regions become drawers."""
        return self.chat.minimumSizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.regions.arrange(self.window().width())
