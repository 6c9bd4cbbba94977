"""Tells the desk that the operator is writing, so that the contact can see it."""

from __future__ import annotations

from PySide6.QtCore import QObject

from wxdesk.ui.bridge import Bridge
from wxdesk.ui.inbox.chat_session import ChatSession
from wxdesk.ui.inbox.message_edit import MessageEdit


class TypingNotice(QObject):
    """Listens to what the operator does to the text, and to the change of conversations.

    How often WeChat is told, and whether at all, is the desk's to decide.
    """

    def __init__(self, edit: MessageEdit, bridge: Bridge, session: ChatSession) -> None:
        super().__init__(edit)
        self._bridge = bridge
        self._session = session
        self._typing_in: int | None = None
        edit.typed.connect(self._typed)
        edit.emptied.connect(self._stop)
        session.opened.connect(self._opened)

    def _typed(self) -> None:
        self._typing_in = self._session.conversation_id
        if self._typing_in is not None:
            self._bridge.ask(self._bridge.desk.typing.show(self._typing_in))

    def _opened(self, _key: str) -> None:
        if self._typing_in != self._session.conversation_id:
            self._stop()

    def _stop(self) -> None:
        if self._typing_in is not None:
            self._bridge.ask(self._bridge.desk.typing.stop(self._typing_in))
        self._typing_in = None
