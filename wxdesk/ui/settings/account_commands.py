"""Commands of an account's card: pause, rename, new secrets, remove."""

from collections.abc import Coroutine
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from wxdesk.core.model.operator import Role
from wxdesk.core.setup.facts import SetupFact
from wxdesk.core.wechat.credential_shapes import new_aes_key, new_token
from wxdesk.i18n import explain_reason, tr
from wxdesk.secrets import SecretName
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.settings.account_card import AccountCard
from wxdesk.ui.settings.account_dialogs import (
    RenameDialog,
    SwitchDialog,
    remove_dialog,
    rotate_dialog,
)
from wxdesk.ui.settings.account_mode import AccountMode
from wxdesk.ui.widgets.dialogs.dialog import AgreementDialog
from wxdesk.ui.widgets.dialogs.notices import Notices
from wxdesk.ui.widgets.rights import Rights


class AccountCommands(QObject):
    """Asks where something is lost or has to be done elsewhere, then has it done.

    Signals:
        setup_wanted: open the guided set-up of an account at a `SetupFact`.
    """

    setup_wanted = Signal(str, object)

    def __init__(self, bridge: Bridge, notices: Notices, host: QWidget) -> None:
        super().__init__(host)
        self._bridge = bridge
        self._notices = notices
        self._host = host

    def add(self) -> None:
        """Begin the set-up of a new account."""
        self.setup_wanted.emit("", SetupFact.MINI_PROGRAM)

    def change_address(self) -> None:
        """Open the public address in the set-up."""
        self.setup_wanted.emit(next(iter(self._bridge.desk.accounts), ""), SetupFact.ADDRESS)

    def run(self, name: str, command: str) -> None:
        """Begin one of `account_card.COMMANDS`."""
        {
            "change": partial(self.setup_wanted.emit, name, SetupFact.MINI_PROGRAM),
            "pause": partial(self._pause, name),
            "rename": partial(self._rename, name),
            "rotate": partial(self._rotate, name),
            "remove": partial(self._remove, name),
        }[command]()

    def mode_of(self, name: str, card: AccountCard) -> AccountMode:
        """Make the choice of an account's mode."""
        Rights(self._bridge, Role.OWNER, card.more, card.open_setup)
        return AccountMode(self._bridge, self._notices, name, card)

    def _pause(self, name: str) -> None:
        account = self._bridge.desk.accounts.get(name)
        paused = account is not None and account.paused
        words = tr("“{account}” answers again", account=name) if paused else tr("“{account}” is paused", account=name)
        self._bridge.ask(self._bridge.desk.account_editing.pause(name, on=not paused), partial(self._tell, words))

    def _rename(self, name: str) -> None:
        dialog = RenameDialog(name, self._host.window())
        dialog.agreed.connect(partial(self._do_rename, dialog, name))
        dialog.open()

    def _do_rename(self, dialog: RenameDialog, name: str) -> None:
        done = partial(self._renamed, dialog.name)
        self._ask(dialog, self._bridge.desk.account_editing.rename(name, dialog.name), done)

    def _renamed(self, name: str, _: object) -> None:
        self.setup_wanted.emit(name, SetupFact.URL_CHECK)

    def _rotate(self, name: str) -> None:
        dialog = rotate_dialog(name, self._host.window())
        dialog.agreed.connect(partial(self._do_rotate, dialog, name))
        dialog.open()

    def _do_rotate(self, dialog: SwitchDialog, name: str) -> None:
        values = {SecretName.PUSH_TOKEN: new_token(), SecretName.ENCODING_AES_KEY: new_aes_key()}
        work = self._bridge.desk.account_editing.set_secrets(name, values, at_once=dialog.choice.isChecked())
        self._ask(dialog, work, partial(self._rotated, name))

    def _rotated(self, name: str, _: object) -> None:
        self.setup_wanted.emit(name, SetupFact.MESSAGE_PUSH)

    def _remove(self, name: str) -> None:
        dialog = remove_dialog(name, self._host.window())
        dialog.agreed.connect(partial(self._do_remove, dialog, name))
        dialog.open()

    def _do_remove(self, dialog: SwitchDialog, name: str) -> None:
        work = self._bridge.desk.account_editing.remove(name, with_data=dialog.choice.isChecked())
        self._ask(dialog, work, partial(self._tell, tr("“{account}” is removed", account=name)))

    def _ask(self, dialog: AgreementDialog, work: Coroutine[Any, Any, object], done: partial[None]) -> None:
        self._bridge.ask(work, partial(self._done, dialog, done), partial(self._refused, dialog), once=dialog)

    def _done(self, dialog: AgreementDialog, done: partial[None], answer: object) -> None:
        dialog.accept()
        done(answer)

    def _refused(self, dialog: AgreementDialog, error: Exception) -> None:
        dialog.show_error(explain_reason(error))

    def _tell(self, words: str, _: object) -> None:
        self._notices.toast(words)
