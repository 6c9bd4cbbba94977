"""Moves from one conversation to the next: by key, or after sending or resolving."""

from collections.abc import Collection, Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal

from wxdesk.core.conversations.listing import InboxFilter, InboxRow
from wxdesk.core.model.reply import Reply
from wxdesk.core.preferences import AfterSending
from wxdesk.desk.conversations.inbox_queries import ListPage
from wxdesk.i18n import tr
from wxdesk.ui.inbox.chat.panel import ChatPanel
from wxdesk.ui.inbox.chat_session import ChatSession
from wxdesk.ui.inbox.conversation_list.panel import ConversationList
from wxdesk.ui.widgets.dialogs.notices import WindowBridge


class ListNavigation(QObject):
    """Follows the order of the list `shown`.

    Signals:
        wanted: the id of the conversation to open.
    """

    wanted = Signal(int)

    def __init__(self, shown: ConversationList, session: ChatSession, chat: ChatPanel, bridge: WindowBridge) -> None:
        super().__init__(shown)
        self._edit = chat.composer.edit
        self._bridge = bridge
        self._walking = False
        self._list = shown
        self._session = session
        shown.picked.connect(self._stop_walking)
        chat.resolving.acts.done.connect(self._go_on)
        chat.resolving.acts.unread.connect(self.leave)
        chat.writing.sending.stored_here.connect(self.after_sending)
        chat.writing.sending.released.connect(self._after_release)

    def step(self, step: int, *, unread: bool = False) -> None:
        """Open the next conversation below (1) or above (-1), or the next unread one."""
        found = self._list.neighbour(step, unread=unread)
        if found is not None:
            self.wanted.emit(found)
            if self._list.search.hasFocus():  # one writes to the customer, and searches no further
                self._edit.setFocus()
        elif unread:
            self._bridge.notices.toast(tr("No more unread conversations in this direction."))

    def walk(self) -> None:
        """Go to the longest wait, and on after each answer until nobody waits."""
        self._walking = True
        self._ask_longest()

    def after_sending(self) -> None:
        """Go on where the operator prefers, once something was sent here."""
        if self._next is AfterSending.LONGEST:
            self._ask_longest(self._session.conversation_id)
        elif self._next is AfterSending.UNREAD:
            found = self._list.neighbour(1, unread=True) or self._list.neighbour(-1, unread=True)
            if found is not None and not self._writes_on:
                self.wanted.emit(found)

    def _after_release(self, reply: Reply) -> None:
        """Go on with the walk, unless another reply there waits for the operator."""
        if self._walking:
            self._bridge.ask(self._bridge.desk.inbox.rows(frozenset({reply.conversation_id})), self._walk_on)

    def _walk_on(self, rows: Sequence[InboxRow]) -> None:
        for row in rows:
            if not (row.drafts or row.held):
                self._ask_longest(row.conversation.id)

    def _go_on(self, gone: Collection[int]) -> None:
        """Leave the open conversation if it is `gone`: for the next one."""
        if self._session.conversation_id not in gone:
            return
        if self._next is AfterSending.LONGEST:
            self._ask_longest(self._session.conversation_id)
            return
        found = self._list.neighbour(1, but=gone) or self._list.neighbour(-1, but=gone)
        if found is not None:
            self.wanted.emit(found)
        else:
            self.leave()

    def leave(self) -> None:
        """Open no conversation."""
        self._list.select(None)
        self._session.close()

    @property
    def _next(self) -> AfterSending:
        return AfterSending.LONGEST if self._walking else self._bridge.desk.preferences.now.after_sending

    @property
    def _writes_on(self) -> bool:
        return self._edit.composing or bool(self._edit.toPlainText())

    def _ask_longest(self, done: int | None = None) -> None:
        work, then = self._bridge.desk.inbox.list_page(InboxFilter.WAITING, 0), partial(self._open_longest, done)
        self._bridge.ask(work, then, self._bridge.outdated.emit, about=self._place)

    def _place(self) -> tuple[int | None, str]:
        return self._session.conversation_id, self._edit.toPlainText()

    def _open_longest(self, done: int | None, page: ListPage) -> None:
        """Open who waits longest, unless the operator has gone elsewhere or writes on."""
        if done is not None and (done != self._session.conversation_id or self._writes_on):
            return
        others = [row for row in page.rows if row.conversation.id != done]
        found = next((row for row in others if not row.leaving), None)
        if found is not None:
            self.wanted.emit(found.conversation.id)
        else:
            self._stop_walking()
            words = tr("Whoever else waits has your reply coming.") if others else tr("Nobody else waits.")
            self._bridge.notices.toast(words)

    def _stop_walking(self) -> None:
        self._walking = False
