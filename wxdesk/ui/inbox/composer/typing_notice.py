"""Tells the desk that the operator is typing, so that no held reply interrupts."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject

from wxdesk.ui.inbox.composer.message_field import MessageEdit
from wxdesk.ui.inbox.composer.panels.popover import Popover
from wxdesk.ui.inbox.composer.templates.picker import TemplatePicker
from wxdesk.ui.inbox.open_conversation import ChatSession
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.runtime.debounce import Debounce


class TypingNotice(QObject):
    """Watches the text field, the panels above it, and the change of conversations.

    The desk decides how often WeChat is told, and if at all. Work in a panel is not shown to the contact as
    typing, but held replies wait for it as well.
    """

    def __init__(
        self, edit: MessageEdit, panels: Iterable[Popover | TemplatePicker], bridge: Bridge, session: ChatSession
    ) -> None:
        super().__init__(edit)
        self._edit = edit
        self._panels = tuple(panels)
        self._bridge = bridge
        self._session = session
        self._typing_in: int | None = None
        edit.typed.connect(self._typed)
        edit.emptied.connect(self._stop)
        session.turned.connect(self._stop)
        self._closing = Debounce(self._settle, self, 0)  # what was chosen stands in the text a moment later
        for panel in self._panels:
            panel.worked.connect(self._prepare)
            panel.closed.connect(self._closing.start)

    def _typed(self) -> None:
        self._typing_in = self._session.conversation_id
        if self._typing_in is not None:
            self._bridge.ask(self._bridge.desk.typing.show(self._typing_in))

    def _prepare(self) -> None:
        self._typing_in = self._session.conversation_id
        if self._typing_in is not None:
            self._bridge.ask(self._bridge.desk.typing.prepare(self._typing_in))

    def _settle(self) -> None:
        """Keep the state after a panel closed while text is there; else stop."""
        if any(panel.isVisible() for panel in self._panels):
            return
        if self._edit.toPlainText():
            self._prepare()
        else:
            self._stop()

    def _stop(self) -> None:
        if self._typing_in is not None:
            self._bridge.ask(self._bridge.desk.typing.stop(self._typing_in))
        self._typing_in = None
