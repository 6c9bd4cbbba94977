"""Bar below the header during or before a transfer to WeChat's service tool."""

from datetime import datetime
from functools import partial

from PySide6.QtWidgets import QFrame

from wxdesk.core.conversations.transfer import in_tool
from wxdesk.core.model.conversation import Conversation
from wxdesk.i18n import tr
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.boxes import hbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.dialogs.notices import Notices
from wxdesk.ui.widgets.labels import IconLabel, PlainLabel
from wxdesk.ui.wording.messages import clock_time, name_of


class TransferBar(QFrame):
    """Says that messages are not seen here and until when; its button cancels that."""

    def __init__(self, bridge: Bridge, notices: Notices) -> None:
        super().__init__()
        self._bridge = bridge
        self._notices = notices
        self._conversation: Conversation | None = None
        self._in_tool = False
        self.setProperty("class", "bar-pending")
        self.setMinimumHeight(40)
        self._words = PlainLabel(role="pending", wrap=True, parent=self)
        self.take_back = Button("", kind=ButtonKind.QUIET, parent=self)
        self.take_back.clicked.connect(self._take_back)
        mark = IconLabel("arrow-out", "pending", 18, self)
        hbox(mark, (self._words, 1), self.take_back, within=self, spacing=10, margins=(16, 4, 12, 4))
        self.hide()

    @property
    def text(self) -> str:
        """The text shown; empty while the bar is hidden."""
        return "" if self.isHidden() else self._words.full_text()

    def show_conversation(self, conversation: Conversation, now: datetime) -> None:
        """Show the transfer state of this conversation."""
        self._conversation = conversation
        self.tick(now)

    def tick(self, now: datetime) -> None:
        """Update to `now`; a session in the tool ends by itself."""
        conversation = self._conversation
        if conversation is None:
            return
        self._in_tool = in_tool(conversation, now)
        until = conversation.transferred_until
        if self._in_tool and until is not None:
            self._say(
                tr(
                    "WeChat's own service tool is serving this customer; this desk does not see what is written. It "
                    "ends at {time} at the latest.",
                    time=clock_time(until),
                ),
                tr("Serve here again"),
            )
        elif conversation.transfer_armed:
            self._say(tr("The customer's next message leads over to WeChat's own service tool."), tr("Do not"))
        self.setVisible(self._in_tool or conversation.transfer_armed)

    def ask(self) -> None:
        """Explain the transfer and start it if the operator agrees."""
        conversation = self._conversation
        if conversation is None or conversation.transfer_armed:
            return
        self._notices.confirm(
            tr("Hand {name} over to WeChat's own service tool?", name=name_of(conversation.contact)),
            tr(
                "WeChat lets this be done only in the answer to a message, so it happens when the customer writes the "
                "next time. From then on all messages go to the tool (网页端客服工具 or 客服小助手) and do not come "
                "here, until somebody there closes the session or half an hour has passed without a word. Somebody has "
                "to be there: it must be set up in the mini program's console."
            ),
            tr("Hand over"),
            partial(self._arm, conversation.id),
        )

    def _arm(self, conversation_id: int) -> None:
        self._bridge.ask(self._bridge.desk.conversations.arm_transfer(conversation_id))

    def _take_back(self) -> None:
        if self._conversation is None:
            return
        conversations, conversation_id = self._bridge.desk.conversations, self._conversation.id
        if self._in_tool:
            self._bridge.ask(conversations.take_back(conversation_id))
        else:
            self._bridge.ask(conversations.arm_transfer(conversation_id, armed=False))

    def _say(self, words: str, action: str) -> None:
        self._words.setText(words)
        self.take_back.setText(action)
