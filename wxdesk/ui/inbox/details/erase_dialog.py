"""Dialog that deletes a customer; the name has to be typed."""

from PySide6.QtWidgets import QWidget

from wxdesk.core.model.conversation import Contact
from wxdesk.core.model.erasure import Erasure
from wxdesk.i18n import tr
from wxdesk.ui.widgets.dialogs.dialog import AgreementDialog
from wxdesk.ui.widgets.fields.labelled import LabelledField
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
        self.action.setEnabled(False)
        self.field.edit.setFocus()

    def _compare(self) -> None:
        self.action.setEnabled(self.field.text() == self._wanted)


def receipt_text(receipt: Erasure, at: str) -> str:
    """Return one line that may be kept: no name, no openid."""
    return tr(
        "Deleted on {time}: {person} of {account}; messages {messages}, replies {replies}, pictures {pictures}",
        time=at, person=receipt.person, account=receipt.account, messages=receipt.messages, replies=receipt.replies,
        pictures=receipt.pictures,
    )  # fmt: skip
