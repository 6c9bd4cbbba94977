"""Asks before the window closes with unsent texts in the inbox."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from wxdesk.i18n import ntr, tr
from wxdesk.ui.inbox.composer.composer import Composer
from wxdesk.ui.inbox.composer.panels.control import SendingPanels
from wxdesk.ui.widgets.dialogs.dialog import ConfirmDialog
from wxdesk.ui.widgets.dialogs.notices import Notices


class UnsentGuard(QObject):
    """Unsent texts of the composer and content of the panels, in all conversations.

    Signals:
        wanted: the id of a conversation with unsent content, to be shown.
    """

    wanted = Signal(int)

    def __init__(self, composer: Composer, panels: SendingPanels, notices: Notices) -> None:
        super().__init__(composer)
        self._composer = composer
        self._panels = panels
        self._notices = notices

    def conversations(self) -> set[int]:
        """Return the ids of the conversations with unsent content."""
        return self._composer.begun() | self._panels.begun()

    def leave(self, then: Callable[[], None]) -> None:
        """Show one of them and ask if all may be lost; call `then` if they may."""
        begun = self.conversations()
        if not begun:
            then()
            return
        if any(question.isVisible() for question in self._composer.window().findChildren(ConfirmDialog)):
            return  # one question at a time
        if self._composer.conversation_id not in begun:
            self.wanted.emit(min(begun))
        self._notices.confirm(
            ntr("For {n} customer something is written and not sent.",
                "For {n} customers something is written and not sent.", len(begun)),
            tr("It is lost when the window closes."),
            tr("Close all the same"),
            then,
            destructive=True,
        )  # fmt: skip
