"""The vault of secrets in the window: asks for its passphrase, or makes one."""

import asyncio

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QLineEdit, QWidget

from wxdesk.core.events import ConfigurationChanged, TroubleRaised
from wxdesk.core.setup.findings import Check, CheckVerdict, Finding
from wxdesk.core.setup.tunnel_state import TunnelKind
from wxdesk.core.troubles import TroubleArea
from wxdesk.desk.settings.configuration import Setup
from wxdesk.desk.setup.sentences import text
from wxdesk.i18n import explain, tr
from wxdesk.secrets.sources import SecretSources
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.dialogs.dialog import AgreementDialog
from wxdesk.ui.widgets.dialogs.notices import WindowBridge

UNLOCKING = (
    "Unlock the vault",
    "The secrets of your mini programs are sealed in it. Until it is unlocked, no message arrives and no reply leaves.",
    "Unlock",
)
MAKING = (
    "Make a vault",
    "A file in the home folder keeps the secrets, sealed with a passphrase that is asked for at each start. Nobody can "
    "tell you a forgotten one; you can then get the secrets again in WeChat's console.",
    "Make the vault",
)


def ask_for_vault(bridge: Bridge, parent: QWidget) -> None:
    """Ask for the passphrase if secrets are missing and the vault may have them."""
    now = bridge.desk.configuration.now
    if now.missing and now.sources is not None and now.sources.vault.is_locked:
        VaultDialog(bridge, now.sources, parent).open()


class VaultDialog(AgreementDialog):
    """Asks for the passphrase, twice where there is no vault yet; it is open then."""

    def __init__(self, bridge: Bridge, sources: SecretSources, parent: QWidget) -> None:
        self._is_new = not sources.vault.exists
        title, words, action = MAKING if self._is_new else UNLOCKING
        super().__init__(tr(title), tr(words), tr(action), parent)
        self.cancel.setText(tr("Later"))
        self.passphrase = self._field(tr("Passphrase, 8 characters or more") if self._is_new else tr("Passphrase"))
        self.again = self._field(tr("The same again"))
        self.again.setVisible(self._is_new)
        work = sources.make_vault if self._is_new else sources.unlock
        self.when_agreed(bridge, lambda: asyncio.to_thread(work, self.passphrase.text()))
        self.passphrase.setFocus()

    def _field(self, name: str) -> QLineEdit:
        field = QLineEdit(self, echoMode=QLineEdit.EchoMode.Password, placeholderText=name)
        field.setAccessibleName(name)
        self.body.addWidget(field)
        return field

    def _agree(self) -> None:
        if self._is_new and self.again.text() != self.passphrase.text():
            self.show_error(tr("These are two different passphrases."))
        else:
            super()._agree()

    def _refuse(self, error: Exception) -> None:
        super()._refuse(error)
        self.show_error(explain(error))
        self.passphrase.selectAll()
        self.passphrase.setFocus()


BAR = "vault"


def _may_be_needed(now: Setup) -> bool:
    """Tell whether something that is used here may be in the vault alone."""
    config = now.config
    others = config.tunnel.kind is TunnelKind.SSH, config.phone.targets, config.customer_data.url, not config.accounts
    return bool(now.missing) or any(others)


class VaultLock(QObject):
    """One bar while vault or keychain keep secrets back; a desk opens all the same."""

    def __init__(self, bridge: WindowBridge, host: QWidget) -> None:
        super().__init__(host)
        self._bridge = bridge
        self._host = host
        bridge.follow(self, self.look, ConfigurationChanged, TroubleRaised)
        self.look()

    def look(self) -> None:
        """Show the bar, or take it away."""
        now = self._bridge.desk.configuration.now
        if now.sources is not None and now.sources.vault.is_locked and _may_be_needed(now):
            words, action = text(Finding(Check.KEYCHAIN, CheckVerdict.VAULT_LOCKED)), tr("Unlock…")
        else:
            troubles, action = self._bridge.desk.health.state.troubles, tr("Keep them in a vault…")
            words = next((tr(one.text) for one in troubles if self.shows(one)), "")
        self._bridge.notices.bar(BAR, words, action=action, then=self.ask, lasting=True)

    def shows(self, trouble: TroubleRaised) -> bool:
        """Tell if a trouble is in this bar, with a button that mends it."""
        return trouble.area is TroubleArea.SECRETS

    def ask(self) -> None:
        """Open the dialog; returns at once."""
        sources = self._bridge.desk.configuration.now.sources
        if sources is None:
            return
        dialog = VaultDialog(self._bridge, sources, self._host.window())
        dialog.accepted.connect(self.look)
        dialog.open()
