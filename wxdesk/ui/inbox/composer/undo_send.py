"""Undoes a send while it counts down, and restores its text."""

from collections.abc import Sequence

from PySide6.QtCore import QObject

from wxdesk.core.errors import MoveNotAllowed
from wxdesk.core.model.content import ReplyKind
from wxdesk.core.model.reply import Reply
from wxdesk.core.replies.lifecycle import can_be_undone
from wxdesk.i18n import tr
from wxdesk.ui.inbox.composer.composer import Composer
from wxdesk.ui.inbox.composer.panels.control import SendingPanels
from wxdesk.ui.inbox.open_conversation import ChatSession
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.dialogs.notices import Notices


class UndoSend(QObject):
    """Handles Ctrl+Z in an empty composer and the “Undo send” of a bubble."""

    def __init__(
        self, composer: Composer, panels: SendingPanels, bridge: Bridge, session: ChatSession, notices: Notices
    ) -> None:
        super().__init__(composer)
        self._composer = composer
        self._panels = panels
        self._bridge = bridge
        self._session = session
        self._notices = notices
        self._last_text = ""
        self._last_replies: Sequence[Reply] = ()
        composer.edit.undo_wanted.connect(self.take_back_last)

    def note(self, text: str, replies: Sequence[Reply]) -> None:
        """Remember a text that was sent, and its replies."""
        self._last_text, self._last_replies = text, replies

    def take_back_last(self) -> None:
        """Undo the last send in the open conversation, else undo in the text field."""
        reply = self._last()
        if reply is not None and self._composer.editing is None:
            self.take_back(reply)
        else:
            self._composer.edit.undo()

    def take_back(self, reply: Reply) -> None:
        """Undo the send of this reply and of all parts sent with it."""
        self._bridge.ask(
            self._bridge.desk.replies.undo(reply.id), self._taken_back, self._refused, once=("undo", reply.id)
        )

    def _last(self) -> Reply | None:
        """Return the newest reply that can be undone, also one not yet in the timeline."""
        found = [self._session.known.undoable()]
        for reply in self._last_replies[:1]:
            is_here = reply.conversation_id == self._session.conversation_id
            if is_here and can_be_undone(reply) and self._session.reply(f"r{reply.id}") is None:
                found.append(reply)
        return max((one for one in found if one is not None), key=lambda one: one.id, default=None)

    def _taken_back(self, replies: Sequence[Reply]) -> None:
        first = replies[0]
        if first.content.kind is ReplyKind.TEXT:
            self._composer.put_back(first.conversation_id, self._text_of(replies))
        elif first.conversation_id != self._session.conversation_id or not self._panels.put_back(first.content):
            self._notices.toast(tr("Taken back; it was not sent."))

    def _text_of(self, replies: Sequence[Reply]) -> str:
        """Return the text as it was written, before it was split for WeChat."""
        if [reply.id for reply in replies] == [reply.id for reply in self._last_replies]:
            return self._last_text
        return "\n".join(reply.content.text for reply in replies)

    def _refused(self, error: Exception) -> None:
        if isinstance(error, MoveNotAllowed):
            self._notices.toast(tr("Too late to undo: it has already been sent."))
        else:
            self._bridge.failed.emit(error)
