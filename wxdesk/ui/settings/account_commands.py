"""Commands of an account's card: pause, names, new secrets, remove."""

from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from wxdesk.core.events import ConfigurationChanged
from wxdesk.core.model.operator import Role
from wxdesk.core.setup.findings import Check
from wxdesk.core.wechat.credential_shapes import new_aes_key, new_token
from wxdesk.i18n import tr
from wxdesk.secrets.names import SecretName
from wxdesk.ui.settings.account_card import AccountCard
from wxdesk.ui.settings.account_mode import AccountMode
from wxdesk.ui.widgets.buttons import Switch
from wxdesk.ui.widgets.dialogs.dialog import AgreementDialog
from wxdesk.ui.widgets.dialogs.notices import WindowBridge
from wxdesk.ui.widgets.fields.labelled import LabelledField, switch_line
from wxdesk.ui.widgets.rights import Rights


class AccountCommands(QObject):
    """Asks where something is lost or has to be done elsewhere, then has it done.

    Signals:
        setup_wanted: open the guided set-up of an account (empty: a new one) at a step, None for the next.
    """

    setup_wanted = Signal(str, object)

    def __init__(self, bridge: WindowBridge, host: QWidget) -> None:
        super().__init__(host)
        self._bridge = bridge
        self._host = host

    def add(self) -> None:
        """Begin the set-up of a new account."""
        self.setup_wanted.emit("", Check.API)

    def change_address(self) -> None:
        """Open the public address in the set-up."""
        self.setup_wanted.emit(next(iter(self._bridge.desk.accounts), ""), Check.ADDRESS)

    def run(self, name: str, command: str) -> None:
        """Begin one of `account_card.COMMANDS`."""
        {
            "change": partial(self.setup_wanted.emit, name, Check.API),
            "pause": partial(self._pause, name),
            "title": partial(self._call, name),
            "rename": partial(self._rename, name),
            "rotate": partial(self._rotate, name),
            "remove": partial(self._remove, name),
        }[command]()

    def mode_of(self, name: str, card: AccountCard) -> AccountMode:
        """Make the choice of an account's mode."""
        self.keep_for_owners(card.more, card.open_setup)
        return AccountMode(self._bridge, name, card)

    def keep_for_owners(self, *buttons: QWidget) -> None:
        """Disable what leads to the set-up for whoever is no owner."""
        Rights(self._bridge, Role.OWNER, *buttons)

    def _pause(self, name: str) -> None:
        account = self._bridge.desk.accounts.get(name)
        paused = account is not None and account.paused
        words = tr("“{account}” answers again", account=name) if paused else tr("“{account}” is paused", account=name)
        self._bridge.ask(
            self._bridge.desk.account_editing.pause(name, on=not paused), partial(self._bridge.notices.toast, words)
        )

    def _rename(self, name: str) -> None:
        text = tr(
            "The push URL changes with the name: copy the new one into WeChat's console afterwards. "
            "Until then no message arrives."
        )
        label, window = tr("New name: letters and digits"), self._host.window()
        dialog = NameDialog(tr("Rename “{account}”", account=name), text, label, name, tr("Rename"), window)
        rename = self._bridge.desk.account_editing.rename

        def renamed(now: ConfigurationChanged) -> None:
            [added] = now.added
            self.setup_wanted.emit(added, Check.URL_CHECK)

        dialog.ask(self._bridge, lambda: rename(name, dialog.field.text()), renamed)

    def _call(self, name: str) -> None:
        text = tr("It stands in this window, in notices, and where a template names the mini program; the URL stays.")
        shown, window = self._bridge.desk.accounts[name].title, self._host.window()
        title, label = tr("What is “{account}” called?", account=name), tr("Name shown")
        dialog = NameDialog(title, text, label, shown, tr("Save"), window)
        change = self._bridge.desk.account_editing.change
        done = partial(self._bridge.notices.toast, tr("It is changed"))
        dialog.ask(self._bridge, lambda: change(name, title=dialog.field.text().strip() or None), done)

    def _rotate(self, name: str) -> None:
        """Renew Token and key; by the choice the former ones end at once."""
        texts = (
            tr(
                "Copy the new ones into WeChat's console afterwards. For 24 hours the former ones are taken as well, "
                "so that no message is lost meanwhile."
            ),
            tr("Copy the new ones into WeChat's console at once: until then every message is refused and lost."),
        )
        choice = tr("Stop accepting the former ones, because somebody else knows them")
        title = tr("New Token and key for “{account}”", account=name)
        dialog = SwitchDialog(title, texts, tr("Generate"), choice, self._host.window())
        values = {SecretName.PUSH_TOKEN: new_token(), SecretName.ENCODING_AES_KEY: new_aes_key()}
        renew = partial(self._bridge.desk.account_editing.set_secrets, name, values)

        def renewed(_: object) -> None:
            self.setup_wanted.emit(name, Check.SECRETS)

        dialog.ask(self._bridge, lambda: renew(at_once=dialog.choice.isChecked()), renewed)

    def _remove(self, name: str) -> None:
        """Remove an account; by the choice with everything that was kept of it."""
        texts = (
            tr(
                "Its entry in config.toml and its secrets are removed, and its messages arrive no more. "
                "Its conversations are resolved and stay in the database; add the account again to go on with them."
            ),
            tr("The account, its secrets and everything that was kept of it are removed for good."),
        )
        choice = tr("Delete its conversations, messages and pictures as well; this cannot be undone")
        title = tr("Remove “{account}”?", account=name)
        dialog = SwitchDialog(title, texts, tr("Remove"), choice, self._host.window(), destructive=True)
        remove = partial(self._bridge.desk.account_editing.remove, name)
        done = partial(self._bridge.notices.toast, tr("“{account}” is removed", account=name))
        dialog.ask(self._bridge, lambda: remove(with_data=dialog.choice.isChecked()), done)


class NameDialog(AgreementDialog):
    """Asks for a name."""

    def __init__(self, title: str, text: str, label: str, name: str, action: str, parent: QWidget) -> None:
        super().__init__(title, text, action, parent)
        self.field = LabelledField(label, parent=self)
        self.field.edit.setText(name)
        self.field.edit.selectAll()
        self.field.edit.setFocus()
        self.body.addWidget(self.field)


class SwitchDialog(AgreementDialog):
    """A question with one choice; `said` tells what happens without and with it."""

    def __init__(
        self, title: str, said: tuple[str, str], action: str, choice: str, parent: QWidget, *, destructive: bool = False
    ) -> None:
        super().__init__(title, said[0], action, parent, destructive=destructive)
        self._said = said
        self.choice = Switch(parent=self)
        self.body.addLayout(switch_line(self.choice, choice))
        self.choice.toggled.connect(self._choose)

    def _choose(self, chosen: bool) -> None:
        self.text.setText(self._said[chosen])
        self._fit()
