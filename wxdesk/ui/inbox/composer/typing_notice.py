"""Telling the desk, and so the customer and colleagues, that the operator writes."""

from collections.abc import Coroutine
from typing import Any

from PySide6.QtCore import QObject

from wxdesk.ui.inbox.chat_session import ChatSession
from wxdesk.ui.inbox.composer.message_field import MessageEdit
from wxdesk.ui.inbox.composer.panels.control import PanelControl
from wxdesk.ui.runtime.debounce import Debounce
from wxdesk.ui.widgets.dialogs.notices import WindowBridge


class TypingNotice(QObject):
    """Watches the text field, what is open above it, and the change of conversations.

    The desk decides how often WeChat is told, and if at all. Work in a panel is not shown to the contact as
    typing, but held replies wait for it as well.
    """

    def __init__(self, edit: MessageEdit, panels: PanelControl, bridge: WindowBridge, session: ChatSession) -> None:
        super().__init__(edit)
        self._edit = edit
        self._panels = panels
        self._bridge = bridge
        self._session = session
        self._typing_in: int | None = None
        edit.typed.connect(self._typed)
        edit.emptied.connect(self._stop)
        session.turned.connect(self._stop)
        self._closing = Debounce(self.go_on_or_stop, self, 0)  # what was chosen stands in the text a moment later
        panels.worked.connect(self._prepare)
        panels.closed.connect(self._closing.start)

    def _typed(self) -> None:
        self._typing_in = self._session.conversation_id
        if self._typing_in is not None:
            self._tell(self._bridge.desk.typing.show(self._typing_in))
            self._tell(self._bridge.desk.colleagues.type_in(self._typing_in))

    def _tell(self, work: Coroutine[Any, Any, object]) -> None:
        self._bridge.ask(work, failed=self._bridge.outdated.emit)

    def _prepare(self) -> None:
        self._typing_in = self._session.conversation_id
        if self._typing_in is not None:
            self._tell(self._bridge.desk.typing.prepare(self._typing_in))

    def go_on_or_stop(self) -> None:
        """After something was sent or closed, stop unless there is text."""
        if self._typing_in is None or self._panels.is_open:
            return
        if self._edit.toPlainText():
            self._prepare()
        else:
            self._stop()

    def _stop(self) -> None:
        if self._typing_in is not None:
            self._tell(self._bridge.desk.typing.stop(self._typing_in))
            self._tell(self._bridge.desk.colleagues.type_in(0))
        self._typing_in = None
