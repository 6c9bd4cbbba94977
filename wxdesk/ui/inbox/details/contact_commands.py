"""Carries changes and the blocking of a customer from the details to the desk."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal

from wxdesk.core.conversations.contact_change import ContactChange
from wxdesk.core.model.conversation import Conversation
from wxdesk.i18n import tr
from wxdesk.ui.inbox.details.contact import ContactPanel
from wxdesk.ui.inbox.open_conversation import ChatSession
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.dialogs.notices import Notices
from wxdesk.ui.wording.messages import name_of


class ContactCommands(QObject):
    """Connects the contact panel with the desk.

    Signals:
        done: the id of a conversation that was resolved by blocking; the page goes on to the next.
        back_wanted: the id of a conversation that is to be opened again after undo.
    """

    done = Signal(int)
    back_wanted = Signal(int)

    def __init__(self, panel: ContactPanel, bridge: Bridge, session: ChatSession, notices: Notices) -> None:
        super().__init__(panel)
        self._panel = panel
        self._bridge = bridge
        self._session = session
        self._notices = notices
        panel.names = self._colleagues
        panel.described.connect(self._describe)
        panel.block.clicked.connect(self.toggle_block)

    def _colleagues(self) -> set[str]:
        return {one.name for one in self._bridge.desk.colleagues.now}

    def _describe(self, conversation_id: int, change: ContactChange) -> None:
        work = self._bridge.desk.conversations.describe(conversation_id, change)
        settled = partial(self._settled, conversation_id)
        self._bridge.ask(work, settled, partial(self._refused, conversation_id))

    def _settled(self, conversation_id: int, _: None) -> None:
        self._panel.settle(conversation_id)

    def _refused(self, conversation_id: int, error: Exception) -> None:
        self._panel.settle(conversation_id)
        self._notices.report(error)

    def toggle_block(self) -> None:
        """Block the open conversation's customer, or unblock them if they are blocked."""
        conversation, commands = self._session.conversation, self._bridge.desk.conversations
        if conversation is None:
            return
        if conversation.contact.blocked:
            said = tr("Not blocked any more: {name}", name=name_of(conversation.contact))
            self._bridge.ask(commands.unblock(conversation.id), lambda _: self._notices.toast(said))
        else:
            self._bridge.ask(commands.block(conversation.id), partial(self._blocked, conversation))

    def _blocked(self, conversation: Conversation, resolved: bool) -> None:
        name = name_of(conversation.contact)
        words = tr("Blocked: {name}", name=name)
        if not resolved:
            words = tr("Blocked: {name}. A reply is left to settle, so the conversation stays in the list.", name=name)
        self._notices.offer(words, tr("Undo"), partial(self._undo, conversation.id))
        if resolved:
            self.done.emit(conversation.id)

    def _undo(self, conversation_id: int) -> None:
        self._bridge.ask(self._bridge.desk.conversations.unblock(conversation_id))
        self.back_wanted.emit(conversation_id)
