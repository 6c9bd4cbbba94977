"""Commands of the header's buttons: takeover and mode, resolving and snoozing."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from wxdesk.core.conversations.changes import RowAct, RowChange
from wxdesk.core.conversations.takeover import UNTIL_HANDED_BACK, TakeoverDuration, ends_soon, extended_duration
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.conversation import Conversation, ConversationStatus
from wxdesk.i18n import tr
from wxdesk.ui.inbox.acts import RowActs, SnoozeMenu, next_hours_change, offer
from wxdesk.ui.inbox.chat.bars import ChatBar
from wxdesk.ui.inbox.chat.header import ChatHeader
from wxdesk.ui.inbox.chat_session import ChatSession
from wxdesk.ui.inbox.composer.message_field import MessageEdit
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.dialogs.notices import WindowBridge
from wxdesk.ui.widgets.labels import announce
from wxdesk.ui.widgets.menu_button import PassingMenu, open_beside
from wxdesk.ui.wording.messages import mode_text
from wxdesk.ui.wording.status import status_icon, status_sentence
from wxdesk.ui.wording.takeover import extend_takeover_text, takeover_countdown, takeover_silences, takeover_spans


class TakeoverControl(QObject):
    """Connects the header's modes and takeover and the warning `bar` with the desk."""

    def __init__(self, header: ChatHeader, bridge: WindowBridge, session: ChatSession) -> None:
        super().__init__(header)
        self._header = header
        self._bridge = bridge
        self._session = session
        self.keep = Button("", kind=ButtonKind.QUIET, then=self._keep)
        self.bar = ChatBar("pending", "hourglass", self.keep, tabular=True)
        header.mode_chosen.connect(self._set_mode)
        header.takeover.clicked.connect(self.toggle)
        header.spans.clicked.connect(self.open_menu)
        self.bar.back.clicked.connect(self._end)

    def tick(self, now: datetime) -> None:
        """Show the warning bar once the end of the takeover is near."""
        conversation = self._session.conversation
        if conversation is None or not ends_soon(conversation, now):
            self.bar.say("")
            return
        words, before = takeover_countdown(conversation, now), self.bar.text
        self.keep.setText(extend_takeover_text(conversation, self._bridge.desk.preferences.now.takeover))
        self.bar.say(words, tr("Hand back now"))
        if not before:
            announce(self.bar, words)

    def toggle(self) -> None:
        """Take over, or hand back; a rule's reply still pending by then is stopped first."""
        conversation = self._session.conversation
        if conversation is None:
            return
        here, desk = conversation.id, self._bridge.desk.conversations
        work = desk.hand_back(here) if self._header.hands_back else desk.take_over(here, UNTIL_HANDED_BACK)
        self._bridge.ask(work, once=("takeover", here))  # an event tells it before the answer, for the opposite

    def open_menu(self) -> None:
        """Let the operator choose for how long to take over."""
        conversation = self._session.conversation
        if conversation is None:
            return
        now, anchor = self._bridge.desk.clock(), self._header.spans
        menu = PassingMenu(anchor, tr("For how long to take over"))
        closing = next_hours_change(self._bridge.desk, conversation, lambda schedule: schedule.next_close(now))
        take_over = partial(self._take_over, conversation.id)
        offer(menu, takeover_spans(conversation, closing, now), take_over)
        menu.addSeparator()
        offer(menu, takeover_silences(conversation, now), take_over)
        if self._header.taken_over:
            menu.addSeparator()
            menu.addAction(tr("Hand back now"), partial(self._hand_back, conversation.id))
        open_beside(menu, anchor, at_right=True)
        menu.setActiveAction(menu.actions()[0])

    def _set_mode(self, conversation_id: int, mode: ReplyMode | None) -> None:
        told = partial(self._tell_from_when, conversation_id, mode) if self._header.taken_over else None
        self._bridge.ask(self._bridge.desk.conversations.set_mode(conversation_id, mode), told)

    def _tell_from_when(self, conversation_id: int, mode: ReplyMode | None, _: None) -> None:
        """Tell that people still answer, since the header goes on showing that."""
        words = mode_text(mode) if mode else tr("As the account")
        told = tr("{mode}, once handed back", mode=words)
        self._bridge.notices.offer(told, tr("Hand back now"), partial(self._hand_back, conversation_id))

    def _keep(self) -> None:
        conversation = self._session.conversation
        if conversation is not None:
            span = self._bridge.desk.preferences.now.takeover
            self._take_over(conversation.id, extended_duration(conversation, span))

    def _end(self) -> None:
        if self._session.conversation is not None:
            self._hand_back(self._session.conversation.id)

    def _take_over(self, conversation_id: int, how: TakeoverDuration) -> None:
        self._bridge.ask(self._bridge.desk.conversations.take_over(conversation_id, how))

    def _hand_back(self, conversation_id: int) -> None:
        self._bridge.ask(self._bridge.desk.conversations.hand_back(conversation_id))


class ResolveControl(QObject):
    """Connects the resolve and snooze buttons and the status `bar` with the `acts`."""

    def __init__(self, header: ChatHeader, edit: MessageEdit, bridge: WindowBridge, session: ChatSession) -> None:
        super().__init__(header)
        self._header = header
        self.acts = RowActs(bridge, session, edit)
        self._edit = edit
        self._bridge = bridge
        self._session = session
        self.bar = ChatBar("quiet", "check")
        header.resolve.clicked.connect(self.toggle)
        header.snooze.clicked.connect(self.open_menu)
        self.bar.back.clicked.connect(self._reopen)

    def tick(self, now: datetime) -> None:
        """Show since when and by whom the conversation is set aside."""
        conversation = self._session.conversation
        if conversation is not None and conversation.status is not ConversationStatus.OPEN:
            self.bar.say(status_sentence(conversation, now), _back_text(conversation), status_icon(conversation))
        else:
            self.bar.say("")

    def toggle(self, *, some: Sequence[Conversation] = ()) -> None:
        """Resolve the shown conversation, or `some`; reopen them if none is open."""
        some = some or self._shown()
        still_open = [one for one in some if one.status is ConversationStatus.OPEN]
        self.acts.do(still_open or some, RowChange(RowAct.RESOLVE if still_open else RowAct.REOPEN))

    def resolve(self, one: Conversation) -> None:
        """Resolve a conversation, as the operator meant, unless it is set aside already."""
        if one.status is ConversationStatus.OPEN:
            self.acts.do((one,), RowChange(RowAct.RESOLVE), meant=True)

    def open_menu(self, *, some: Sequence[Conversation] = (), at: QWidget | None = None) -> None:
        """Let the operator choose until when to snooze the conversation, or `some`.

        The menu opens below `at`, by default the header's button.
        """
        some, anchor = some or self._shown(), at or self._header.snooze
        if not some or self._edit.composing:
            return
        menu = SnoozeMenu(self._bridge.desk, some, self.acts.do, anchor, anchor)
        aside = [one for one in some if one.status is not ConversationStatus.OPEN]
        if aside:
            menu.addSeparator()
            menu.addAction(_back_text(aside[0]), partial(self.acts.do, aside, RowChange(RowAct.REOPEN)))
        menu.aboutToHide.connect(menu.deleteLater)
        open_beside(menu, anchor, at_right=True)
        menu.setActiveAction(menu.actions()[0])

    def _shown(self) -> tuple[Conversation, ...]:
        return (self._session.conversation,) if self._session.conversation is not None else ()

    def _reopen(self) -> None:
        self.acts.do(self._shown(), RowChange(RowAct.REOPEN))


def _back_text(conversation: Conversation) -> str:
    return tr("Reopen") if conversation.status is ConversationStatus.RESOLVED else tr("Wake now")
