"""Line about the place of new secrets, with a button for the vault."""

import asyncio

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from wxdesk.i18n import tr
from wxdesk.secrets import SecretSources
from wxdesk.secrets.keychain import START_SECONDS
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.boxes import hbox
from wxdesk.ui.widgets.buttons import Button
from wxdesk.ui.widgets.card_rows import StateLine
from wxdesk.ui.widgets.dialogs.vault import VaultDialog


class SecretPlaces(QWidget):
    """Keychain, vault or memory, as it is now."""

    def __init__(self, bridge: Bridge, sources: SecretSources, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._sources = sources
        self.state = StateLine(self)
        self.button = Button("", parent=self)
        self.button.setProperty("class", "small")
        self.button.clicked.connect(self._ask)
        hbox((self.state, 1), (self.button, Qt.AlignmentFlag.AlignTop), within=self, spacing=10)
        self.show_now()
        # Whoever has all secrets in the environment has not asked the keychain yet.
        bridge.ask(asyncio.to_thread(sources.keychain.get, "", START_SECONDS), self._hear_of_keychain)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.show_now()

    def show_now(self) -> None:
        """Show the present state."""
        role, text, action = self._now()
        self.state.show_state(role, text)
        self.button.setText(action)
        self.button.setVisible(bool(action))

    def _now(self) -> tuple[str, str, str]:
        """Find colour role and text of the state, and the text of the button."""
        if self._sources.vault.is_locked:
            return "failed", tr("The vault is locked, and its secrets with it"), tr("Unlock …")
        if self._sources.keychain.trouble is None:
            return "accent", tr("New secrets go into the system's keychain"), ""
        if self._sources.vault.is_open:
            return "accent", tr("New secrets go into the vault"), ""
        text = tr("There is no usable keychain: new secrets are gone when the program ends")
        return "pending", text, tr("Make a vault …")

    def _hear_of_keychain(self, _: object) -> None:
        self.show_now()

    def _ask(self) -> None:
        dialog = VaultDialog(self._bridge, self._sources, self)
        dialog.accepted.connect(self.show_now)
        dialog.open()
