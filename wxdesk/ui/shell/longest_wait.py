"""Status bar button that opens the conversation with the longest wait."""

from datetime import datetime, timedelta

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from wxdesk.core.model.conversation import Conversation
from wxdesk.i18n import tr
from wxdesk.ui.look.theme import Size, font
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.wording.messages import name_of, span_text

LONGEST_NAME = 12
"""Characters of a name that are shown, to leave room for the other figures."""


class LongestWait(Button):
    """Hidden while nobody waits.

    Signals:
        wanted: the id of the conversation to open.
    """

    wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", kind=ButtonKind.LINK, parent=parent)
        self.conversation: Conversation | None = None
        self._wordings = ("", "")
        self._step = 0
        self.setFont(font(Size.SMALL))
        self.setToolTip(tr("Open who waits longest (F7)"))
        self.clicked.connect(self.open)
        self.hide()

    def show_conversation(self, conversation: Conversation | None, now: datetime) -> None:
        """Show the conversation with the longest wait, if there is one."""
        self.conversation = conversation
        self.tick(now)

    def tick(self, now: datetime) -> None:
        """Update the length of the wait."""
        since = self.conversation.waiting_since if self.conversation is not None else None
        if self.conversation is not None and since is not None:
            name = name_of(self.conversation.contact)
            name = name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
            span = span_text(max(now - since, timedelta()))
            self._wordings = (
                tr("Longest wait: {name}, {span}", name=name, span=span),
                tr("Longest: {name}, {span}", name=name, span=span),
            )
            self.setAccessibleName(self._wordings[0])
            self._say()
        self.setVisible(since is not None)

    def width_at(self, step: int) -> int:
        """Return the width in full (0) and short (1); 0 while hidden."""
        if self.isHidden():
            return 0
        metrics = self.fontMetrics()
        now, then = (metrics.horizontalAdvance(self._wordings[at]) for at in (self._step, step))
        return self.sizeHint().width() - now + then

    def use_step(self, step: int) -> None:
        """Show the full text (0) or the short one (1)."""
        self._step = step
        self._say()

    def _say(self) -> None:
        text = self._wordings[self._step].replace("&", "&&")  # a name is no shortcut
        if text != self.text():
            self.setText(text)

    def open(self) -> None:
        """Ask for the conversation to be opened, if somebody waits."""
        if self.conversation is not None:
            self.wanted.emit(self.conversation.id)
