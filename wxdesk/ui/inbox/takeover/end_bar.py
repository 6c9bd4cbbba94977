"""Bar above the composer in the last two minutes of a takeover."""

from __future__ import annotations

from datetime import datetime, timedelta

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from wxdesk.core.conversations.takeover import ends_soon
from wxdesk.core.model.conversation import Conversation
from wxdesk.i18n import tr
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.dialogs.notices import announce
from wxdesk.ui.widgets.labels import IconLabel, PlainLabel
from wxdesk.ui.wording.takeover import extend_takeover_text, takeover_countdown


class TakeoverEndBar(QFrame):
    """Counts down to the return of automatic replies.

    Signals:
        keep_wanted: extend the takeover. back_wanted: hand back now.
    """

    keep_wanted = Signal()
    back_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("class", "bar-pending")
        self.setMinimumHeight(40)
        self._words = PlainLabel(role="pending", wrap=True, tabular=True, parent=self)
        self.keep = Button("", kind=ButtonKind.QUIET, parent=self)
        self.back = Button(tr("Hand back now"), kind=ButtonKind.QUIET, parent=self)
        self.keep.clicked.connect(self.keep_wanted)
        self.back.clicked.connect(self.back_wanted)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 4, 12, 4)
        row.setSpacing(10)
        row.addWidget(IconLabel("hourglass", "pending", 18, self))
        row.addWidget(self._words, 1)
        row.addWidget(self.keep)
        row.addWidget(self.back)
        self.hide()

    @property
    def text(self) -> str:
        """The text shown; empty while the bar is hidden."""
        return "" if self.isHidden() else self._words.full_text()

    def show_conversation(self, conversation: Conversation, span: timedelta, now: datetime) -> None:
        """Show how near the end is; `span` is the length of an extension."""
        soon = ends_soon(conversation, now)
        if soon:
            words = takeover_countdown(conversation, now)
            self._words.setText(words)
            self.keep.setText(extend_takeover_text(conversation, span))
            if self.isHidden():
                announce(self, words)
        self.setVisible(soon)
