"""Carries changes, blocking and deletion of a customer to the desk."""

from collections import defaultdict
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from wxdesk.core.conversations.changes import ContactChange, RowAct, RowChange
from wxdesk.core.errors import StoreError
from wxdesk.core.model.conversation import Contact
from wxdesk.core.model.erasure import Erasure
from wxdesk.core.model.operator import Role
from wxdesk.desk.data.exporting import ExportKind
from wxdesk.i18n import explain, tr
from wxdesk.ui.inbox.acts import RowActs
from wxdesk.ui.inbox.chat_session import ChatSession
from wxdesk.ui.inbox.details.contact import ContactPanel
from wxdesk.ui.widgets.dialogs.dialog import AgreementDialog
from wxdesk.ui.widgets.dialogs.file_jobs import FileJobs
from wxdesk.ui.widgets.dialogs.notices import WindowBridge
from wxdesk.ui.widgets.fields.labelled import LabelledField
from wxdesk.ui.widgets.rights import Rights
from wxdesk.ui.wording.messages import name_of


class EraseDialog(AgreementDialog):
    """Says what goes, and waits for the customer's name (or a word without one)."""

    def __init__(self, contact: Contact, parent: QWidget) -> None:
        text = tr(
            "Messages, replies, pictures, notes and everything else that was kept of this customer are deleted for "
            "good. Replies that wait do not leave. Backups made before still have it."
        )
        super().__init__(tr("Delete {name}?", name=name_of(contact)), text, tr("Delete"), parent, destructive=True)
        self._wanted = contact.alias or tr("delete")
        self.field = LabelledField(tr("Type “{word}” to confirm", word=self._wanted), parent=self)
        self.field.edited.connect(self._compare)
        self.body.addWidget(self.field)
        self.cancel.setAutoDefault(False)  # Enter below half a word would close it as if all were done
        self._compare()
        self.field.edit.setFocus()

    def _compare(self) -> None:
        fits = self.field.text() == self._wanted
        self.action.setEnabled(fits)
        self.action.setDefault(fits)
        self.cancel.setDefault(False)


def receipt_text(receipt: Erasure, at: str) -> str:
    """Return one line that may be kept: no name, no openid."""
    return tr(
        "Deleted on {time}: {person} of {account}; messages {messages}, replies {replies}, pictures {pictures}",
        time=at, person=receipt.person, account=receipt.account, messages=receipt.messages, replies=receipt.replies,
        pictures=receipt.pictures,
    )  # fmt: skip


class ContactCommands(QObject):
    """Connects the contact panel with the desk."""

    def __init__(self, panel: ContactPanel, bridge: WindowBridge, session: ChatSession, acts: RowActs) -> None:
        super().__init__(panel)
        self._panel = panel
        self._bridge = bridge
        self._session = session
        self._acts = acts
        self._unsaved: defaultdict[int, list[ContactChange]] = defaultdict(list)
        panel.note.completion.names = lambda: {one.name for one in bridge.desk.colleagues.now}
        panel.described.connect(self._describe)
        self.files = FileJobs(bridge, panel)
        panel.block.clicked.connect(self.toggle_block)
        panel.export.clicked.connect(self._export)
        panel.erase.clicked.connect(self._ask_to_erase)
        Rights(bridge, Role.OWNER, panel.erase, panel.export)

    def _describe(self, conversation_id: int, change: ContactChange) -> None:
        work = self._bridge.desk.conversations.describe(conversation_id, change)
        failed = StoreError, partial(self._not_described, conversation_id, change)
        self._bridge.ask(work, ended=partial(self._panel.saving_ended, conversation_id), expected=failed)

    def _not_described(self, conversation_id: int, change: ContactChange, error: StoreError) -> None:
        """Keep what was written, which the panel shows no more, to be stored later."""
        (unsaved := self._unsaved[conversation_id]).append(change)
        note = next((one.note for one in reversed(unsaved) if one.note), "")
        again, key = partial(self._describe_again, conversation_id), f"contact:{conversation_id}"
        words = tr("A customer's details were not saved: {reason}.", reason=explain(error))
        self._bridge.notices.bar(key, words, action=tr("Save them now"), then=again, copy=note, away=unsaved.clear)

    def _describe_again(self, conversation_id: int) -> None:
        self._bridge.notices.bar(f"contact:{conversation_id}", "")
        for change in self._unsaved.pop(conversation_id, ()):
            self._describe(conversation_id, change)

    def toggle_block(self) -> None:
        """Block the open conversation's customer, or unblock them if they are blocked."""
        conversation = self._session.conversation
        if conversation is not None:
            blocked = conversation.contact.blocked
            self._acts.do((conversation,), RowChange(RowAct.UNBLOCK if blocked else RowAct.BLOCK))

    def _export(self) -> None:
        if (conversation := self._session.conversation) is not None:
            contact = conversation.contact
            self.files.export(ExportKind.CONVERSATIONS, contact.account, contact.openid, whose=name_of(contact))

    def _ask_to_erase(self) -> None:
        if (conversation := self._session.conversation) is not None:
            dialog = EraseDialog(conversation.contact, self._panel.window())
            dialog.ask(self._bridge, partial(self._bridge.desk.erasing.erase, conversation.id), self._erased)

    def _erased(self, receipt: Erasure) -> None:
        at = f"{self._bridge.desk.clock().astimezone():%Y-%m-%d %H:%M}"
        text = receipt_text(receipt, at)
        copy = partial(QGuiApplication.clipboard().setText, text)
        self._bridge.notices.bar("erased", text, "pending", tr("Copy the receipt"), copy)
