"""Claim on the open conversation: the menu of its face, and what is asked."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit, QMenu

from wxdesk.core.errors import ClaimedByColleague
from wxdesk.core.model.conversation import Conversation
from wxdesk.core.model.operator import Role
from wxdesk.i18n import explain, tr
from wxdesk.ui.inbox.chat.header import FaceButton
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.dialogs.dialog import AgreementDialog, ConfirmDialog
from wxdesk.ui.widgets.labels import PlainLabel, literal
from wxdesk.ui.widgets.menu_button import PassingMenu, open_beside
from wxdesk.ui.widgets.rights import Rights
from wxdesk.ui.wording.hold_reasons import HoldReasons, claim_text


class ClaimControl(QObject):
    """Connects the face with the desk; both are hidden where nobody is signed in.

    `face` is the button, `line` the text under the contact's name.
    """

    _asked = Signal(object, object)

    def __init__(self, face: FaceButton, line: PlainLabel, bridge: Bridge, reasons: HoldReasons) -> None:
        super().__init__(face)
        self._face = face
        self._line = line
        self._bridge = bridge
        self._reasons = reasons
        self._conversation_id, self._owner = 0, ""
        face.clicked.connect(self.open_menu)
        self._asked.connect(self._ask)
        bridge.desk.colleagues.may_join = self._may_join

    def show_conversation(self, conversation: Conversation, now: datetime) -> None:
        """Show who has this conversation, and what colleagues do in it."""
        me, self._conversation_id = self._bridge.desk.me, conversation.id
        self._owner = conversation.claimed_by
        for widget in (self._face, self._line):
            widget.setVisible(bool(me))
        words = claim_text(conversation, me, now)
        self._line.setText(self._reasons.activity(conversation.id) or words)
        self._face.show_face(conversation.claimed_by, words)

    def open_menu(self) -> None:
        """Offer what can be done about the claim."""
        desk, claims, conversation_id = self._bridge.desk, self._bridge.desk.claims, self._conversation_id
        menu = PassingMenu(self._face, self._face.accessibleName())
        menu.say(self._face.accessibleName())
        menu.addSeparator()
        mine, free = self._owner == desk.me, not self._owner
        if free:
            self._offer(menu, tr("I take it"), partial(claims.claim, conversation_id))
        elif mine:
            self._offer(menu, tr("Give it back"), partial(claims.give_back, conversation_id))
        else:
            take = self._offer(menu, tr("Take it from {name}", name=self._owner), partial(claims.take, conversation_id))
            Rights(self._bridge, Role.LEAD, take)
        if mine or free:
            for name in sorted({one.name for one in desk.colleagues.now} - {desk.me}):
                action = menu.addAction(literal(tr("Hand to {name}…", name=name)))
                action.triggered.connect(partial(self._hand_to, conversation_id, name))
        open_beside(menu, self._face)

    def _offer(self, menu: QMenu, words: str, command: Callable[[], Coroutine[Any, Any, None]]) -> QAction:
        return menu.addAction(literal(words), lambda: self._bridge.ask(command()))

    def _hand_to(self, conversation_id: int, name: str) -> None:
        note, words = QLineEdit(maxLength=200), tr("A word for {name}, which the customer does not see", name=name)
        note.setAccessibleName(words)
        title, hand = tr("Hand the conversation to {name}", name=name), self._bridge.desk.claims.hand_to
        dialog = AgreementDialog(title, words, tr("Hand it on"), self._face.window())
        dialog.body.addWidget(note)
        dialog.ask(self._bridge, lambda: hand(conversation_id, name, note.text().strip()))
        note.setFocus()

    def _may_join(self, error: ClaimedByColleague) -> asyncio.Future[bool]:
        """Ask if the operator means to write there; called on the desk's loop."""
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._asked.emit(error, answer)
        return answer

    def _ask(self, error: ClaimedByColleague, answer: asyncio.Future[bool]) -> None:
        title = tr("Write into {name}'s conversation?", name=error.values["name"])
        words = tr("{why} Your reply has not been sent.", why=explain(error))
        question = ConfirmDialog(self._face.window(), title, words, tr("Send all the same"))
        question.finished.connect(partial(_give_answer, answer))
        question.interrupt()  # the server took a moment, and the operator types on


def _give_answer(answer: asyncio.Future[bool], means: int) -> None:
    answer.get_loop().call_soon_threadsafe(lambda: None if answer.done() else answer.set_result(bool(means)))
