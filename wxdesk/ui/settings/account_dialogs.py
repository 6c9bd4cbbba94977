"""Dialogs that rename an account, renew its Token and key, or remove it."""

from PySide6.QtWidgets import QWidget

from wxdesk.i18n import tr
from wxdesk.ui.widgets.boxes import hbox
from wxdesk.ui.widgets.buttons import Switch
from wxdesk.ui.widgets.dialogs.dialog import AgreementDialog
from wxdesk.ui.widgets.fields.labelled import LabelledField
from wxdesk.ui.widgets.labels import PlainLabel


class RenameDialog(AgreementDialog):
    """Asks for the new name; the push URL changes with it."""

    def __init__(self, name: str, parent: QWidget) -> None:
        text = tr(
            "The push URL changes with the name: copy the new one into WeChat's console afterwards. "
            "Until then no message arrives."
        )
        super().__init__(tr("Rename “{account}”", account=name), text, tr("Rename"), parent)
        self.field = LabelledField(tr("New name: letters and digits"), parent=self)
        self.field.edit.setText(name)
        self.field.edit.selectAll()
        self.field.edit.setFocus()
        self.body.addWidget(self.field)

    @property
    def name(self) -> str:
        """The name as it is written."""
        return self.field.text()


class SwitchDialog(AgreementDialog):
    """A question with one choice; `texts` tell what happens without and with it."""

    def __init__(
        self,
        title: str,
        texts: tuple[str, str],
        action: str,
        choice: str,
        parent: QWidget,
        *,
        destructive: bool = False,
    ) -> None:
        super().__init__(title, texts[0], action, parent, destructive=destructive)
        self._texts = texts
        self.choice = Switch(parent=self)
        self.choice.setAccessibleName(choice)
        self.body.addLayout(hbox(self.choice, (PlainLabel(choice, wrap=True, parent=self), 1), spacing=8))
        self.choice.toggled.connect(self._choose)

    def _choose(self, chosen: bool) -> None:
        self.text.setText(self._texts[chosen])
        self._fit()


def rotate_dialog(name: str, parent: QWidget) -> SwitchDialog:
    """Ask for a new Token and key; by the choice the former ones end at once."""
    return SwitchDialog(
        tr("New Token and key for “{account}”", account=name),
        (
            tr(
                "Copy the new ones into WeChat's console afterwards. For 24 hours the former ones are taken as well, "
                "so that no message is lost meanwhile."
            ),
            tr("Copy the new ones into WeChat's console at once: until then every message is refused and lost."),
        ),
        tr("Generate"),
        tr("Take the former ones no longer, because somebody else knows them"),
        parent,
    )


def remove_dialog(name: str, parent: QWidget) -> SwitchDialog:
    """Ask to remove an account; by the choice with everything that was kept of it."""
    return SwitchDialog(
        tr("Remove “{account}”?", account=name),
        (
            tr(
                "Its entry in config.toml and its secrets are removed, and its messages arrive no more. "
                "Its conversations stay in the database, and come back if the account is added again."
            ),
            tr("The account, its secrets and everything that was kept of it are removed for good."),
        ),
        tr("Remove"),
        tr("Delete its conversations, messages and pictures as well; this cannot be undone"),
        parent,
        destructive=True,
    )
