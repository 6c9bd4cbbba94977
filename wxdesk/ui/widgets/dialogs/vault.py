"""Dialog for the vault's passphrase: opens the vault, or makes a new one."""

import asyncio

from PySide6.QtWidgets import QLineEdit, QWidget

from wxdesk.i18n import explain, tr
from wxdesk.secrets import SecretSources
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.dialogs.dialog import AgreementDialog

UNLOCKING = (
    "Unlock the vault",
    "The secrets of your mini programs are sealed in it. Until it is unlocked, no message arrives and no reply leaves.",
    "Unlock",
)
MAKING = (
    "Make a vault",
    "A file in the home folder keeps the secrets, sealed with a passphrase that is asked for at each start. Nobody can "
    "tell you a forgotten one; the secrets can then be had again in WeChat's console.",
    "Make the vault",
)


def ask_for_vault(bridge: Bridge, parent: QWidget) -> None:
    """Ask for the passphrase if secrets are missing and the vault may have them."""
    now = bridge.desk.configuration.now
    if now.missing and now.sources is not None and now.sources.vault.is_locked:
        VaultDialog(bridge, now.sources, parent).open()


class VaultDialog(AgreementDialog):
    """Asks for the passphrase, twice where there is no vault yet; accepted once it is open."""

    def __init__(self, bridge: Bridge, sources: SecretSources, parent: QWidget) -> None:
        self._is_new = not sources.vault.exists
        title, text, action = MAKING if self._is_new else UNLOCKING
        super().__init__(tr(title), tr(text), tr(action), parent)
        self.cancel.setText(tr("Later"))
        self.passphrase = self._field(tr("Passphrase"))
        self.again = self._field(tr("The same again"))
        self.again.setVisible(self._is_new)
        work = sources.make_vault if self._is_new else sources.unlock
        self.when_agreed(bridge, lambda: asyncio.to_thread(work, self.passphrase.text()))
        self.passphrase.setFocus()

    def _field(self, name: str) -> QLineEdit:
        field = QLineEdit(self)
        field.setEchoMode(QLineEdit.EchoMode.Password)
        field.setPlaceholderText(name)
        field.setAccessibleName(name)
        self.body.addWidget(field)
        return field

    def _agree(self) -> None:
        if self._is_new and self.again.text() != self.passphrase.text():
            self.show_error(tr("These are two different passphrases."))
        else:
            super()._agree()

    def _refuse(self, error: Exception) -> None:
        self.show_error(explain(error))
        self.passphrase.selectAll()
        self.passphrase.setFocus()
