"""Moves from one conversation to the next: by key, or after resolving one."""

from collections.abc import Collection

from PySide6.QtCore import QObject, Signal

from wxdesk.i18n import tr
from wxdesk.ui.inbox.conversation_list.panel import ConversationList
from wxdesk.ui.inbox.open_conversation import ChatSession
from wxdesk.ui.widgets.dialogs.notices import Notices


class ListNavigation(QObject):
    """Follows the order of the list `shown`.

    Signals:
        wanted: the id of the conversation to open.
    """

    wanted = Signal(int)

    def __init__(self, shown: ConversationList, session: ChatSession, notices: Notices) -> None:
        super().__init__(shown)
        self._list = shown
        self._session = session
        self._notices = notices

    def step(self, step: int, *, unread: bool = False) -> None:
        """Open the next conversation below (1) or above (-1), or the next unread one."""
        found = self._list.neighbour(step, unread=unread)
        if found is not None:
            self.wanted.emit(found)
        elif unread:
            self._notices.toast(tr("No more unread conversations in this direction."))

    def go_on(self, gone: Collection[int]) -> None:
        """Leave the open conversation if it is `gone`: for the one below, or above."""
        if self._session.conversation_id not in gone:
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
