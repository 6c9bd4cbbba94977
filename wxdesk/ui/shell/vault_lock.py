"""The vault of secrets in the window: asks for its passphrase, or makes one."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from wxdesk.core.events import SECRETS_TROUBLE, ConfigurationChanged, TroubleRaised
from wxdesk.core.setup.findings import Check, Finding
from wxdesk.core.setup.verdicts import CheckVerdict
from wxdesk.desk.setup.sentences import text
from wxdesk.i18n import tr
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.dialogs.notices import Notices
from wxdesk.ui.widgets.dialogs.vault import VaultDialog

BAR = "vault"


class VaultLock(QObject):
    """One bar while vault or keychain keep secrets back; a desk opens all the same."""

    def __init__(self, bridge: Bridge, notices: Notices, host: QWidget) -> None:
        super().__init__(host)
        self._bridge = bridge
        self._notices = notices
        self._host = host
        bridge.follow(self, self.look, ConfigurationChanged, TroubleRaised)
        self.look()

    def look(self) -> None:
        """Show the bar, or take it away."""
        sources = self._bridge.desk.configuration.now.sources
        if sources is not None and sources.vault.is_locked:
            words = text(Finding(Check.KEYCHAIN, CheckVerdict.VAULT_LOCKED))
            self._notices.bar(BAR, words, action=tr("Unlock…"), then=self.ask, lasting=True)
            return
        troubles = self._bridge.desk.health.state.troubles
        words = next((one.text for one in troubles if one.key == SECRETS_TROUBLE), "")
        words, action = tr(words) if words else "", tr("Keep them in a vault…")
        self._notices.bar(BAR, words, action=action, then=self.ask, lasting=True)

    def ask(self) -> None:
        """Open the dialog; returns at once."""
        sources = self._bridge.desk.configuration.now.sources
        if sources is None:
            return
        dialog = VaultDialog(self._bridge, sources, self._host.window())
        dialog.accepted.connect(self.look)
        dialog.open()
