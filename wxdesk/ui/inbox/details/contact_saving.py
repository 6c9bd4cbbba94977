"""Saves changes of a contact, under the conversation they were written in."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject

from wxdesk.core.conversations.contact_change import ContactChange
from wxdesk.ui.inbox.details.contact import ContactPanel
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.dialogs.notices import Notices


class ContactSaving(QObject):
    """Connects the contact panel with the desk."""

    def __init__(self, panel: ContactPanel, bridge: Bridge, notices: Notices) -> None:
        super().__init__(panel)
        self._panel = panel
        self._bridge = bridge
        self._notices = notices
        panel.described.connect(self._describe)

    def _describe(self, conversation_id: int, change: ContactChange) -> None:
        work = self._bridge.desk.handoff.describe(conversation_id, change)
        settled = partial(self._settled, conversation_id)
        self._bridge.ask(work, settled, partial(self._refused, conversation_id))

    def _settled(self, conversation_id: int, _: None) -> None:
        self._panel.settle(conversation_id)

    def _refused(self, conversation_id: int, error: Exception) -> None:
        self._panel.settle(conversation_id)
        self._notices.report(error)
