"""Dialog for the vault's passphrase: opens the vault, or makes a new one."""

import asyncio

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from wxdesk.i18n import explain, tr
from wxdesk.secrets import SecretSources
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.boxes import STRETCH, hbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.dialogs.dialog import NarrowDialog
from wxdesk.ui.widgets.labels import PlainLabel

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


class VaultDialog(NarrowDialog):
    """Asks for the passphrase, twice where there is no vault yet.

    Signals:
        opened: the vault is open now.
    """

    opened = Signal()

    def __init__(self, bridge: Bridge, sources: SecretSources, parent: QWidget) -> None:
        self._is_new = not sources.vault.exists
        title, text, action = MAKING if self._is_new else UNLOCKING
        super().__init__(parent, tr(title))
        self._bridge = bridge
        self._sources = sources
        self.passphrase = self._field(tr("Passphrase"))
        self.again = self._field(tr("The same again"))
        self.again.setVisible(self._is_new)
        self.fault = PlainLabel(role="failed", wrap=True, parent=self)
        self.fault.hide()
        self.cancel = Button(tr("Later"), parent=self)
        self.action = Button(tr(action), kind=ButtonKind.PRIMARY, parent=self)
        self.action.setDefault(True)
        self.cancel.clicked.connect(self.reject)
        self.action.clicked.connect(self._try)
        words = PlainLabel(tr(text), role="secondary", wrap=True, parent=self)
        buttons = hbox(STRETCH, self.cancel, self.action, spacing=8)
        self._lay_out(tr(title), words, self.passphrase, self.again, self.fault, buttons)
        self.passphrase.setFocus()

    def _field(self, name: str) -> QLineEdit:
        field = QLineEdit(self)
        field.setEchoMode(QLineEdit.EchoMode.Password)
        field.setPlaceholderText(name)
        field.setAccessibleName(name)
        return field

    def _try(self) -> None:
        typed = self.passphrase.text()
        if self._is_new and self.again.text() != typed:
            self._show_fault(tr("These are two different passphrases."))
            return
        self.action.setEnabled(False)  # the key takes some tenths of a second
        work = self._sources.make_vault if self._is_new else self._sources.unlock
        self._bridge.ask(asyncio.to_thread(work, typed), self._done, self._fail, once="vault")

    def _done(self, _: None) -> None:
        self.opened.emit()
        self.accept()

    def _fail(self, error: Exception) -> None:
        self._show_fault(explain(error))
        self.action.setEnabled(True)
        self.passphrase.selectAll()
        self.passphrase.setFocus()

    def _show_fault(self, text: str) -> None:
        self.fault.show_if_any(text)
        self._fit()
