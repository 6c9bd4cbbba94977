"""Bar below the header of a resolved or snoozed conversation."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from wxdesk.core.model.conversation import Conversation
from wxdesk.core.model.status import ConversationStatus
from wxdesk.i18n import tr
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.labels import IconLabel, PlainLabel
from wxdesk.ui.wording.status import status_icon, status_sentence


class ResolvedBar(QFrame):
    """Shows since when and by whom; hidden while the conversation is open.

    Signals:
        back_wanted: reopen the conversation.
    """

    back_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("class", "bar-quiet")
        self.setMinimumHeight(40)
        self._marks = {name: IconLabel(name, "secondary", 18, self) for name in ("check", "moon")}
        self._words = PlainLabel(role="secondary", wrap=True, parent=self)
        self.back = Button("", kind=ButtonKind.QUIET, parent=self)
        self.back.clicked.connect(self.back_wanted)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 4, 12, 4)
        row.setSpacing(10)
        for mark in self._marks.values():
            row.addWidget(mark)
        row.addWidget(self._words, 1)
        row.addWidget(self.back)
        self.hide()

    @property
    def text(self) -> str:
        """The text shown; empty while the bar is hidden."""
        return "" if self.isHidden() else self._words.full_text()

    def show_conversation(self, conversation: Conversation, now: datetime) -> None:
        """Show the status of this conversation."""
        aside = conversation.status is not ConversationStatus.OPEN
        if aside:
            self._words.setText(status_sentence(conversation, now))
            self.back.setText(tr("Reopen") if conversation.status is ConversationStatus.RESOLVED else tr("Wake now"))
            for name, mark in self._marks.items():
                mark.setVisible(name == status_icon(conversation))
        self.setVisible(aside)
