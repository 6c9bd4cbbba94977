"""First card: the mini program, checked by fetching a token with its AppSecret."""

from collections.abc import Mapping
from functools import partial
from itertools import count
from typing import Any

from PySide6.QtWidgets import QWidget

from wxdesk.config.reading import ACCOUNT_NAME, LONGEST_TITLE
from wxdesk.core.errors import BadInput
from wxdesk.core.setup.findings import Check, CheckVerdict, Finding
from wxdesk.core.wechat.credential_shapes import CredentialField, new_aes_key, new_token
from wxdesk.desk.setup.account_editing import AccountEditing, NotAdded
from wxdesk.i18n import explain_reason, tr
from wxdesk.secrets.names import SecretName
from wxdesk.ui.setup.card import SetupCard, SetupView
from wxdesk.ui.setup.console import ConsolePaths
from wxdesk.ui.setup.findings import Mender
from wxdesk.ui.setup.pasted_field import PastedField
from wxdesk.ui.setup.text import ORIGINAL_ID_PATH, SECRET_PATHS
from wxdesk.ui.widgets.boxes import AT_TOP, hbox, vbox
from wxdesk.ui.widgets.fields.labelled import LabelledField

FIRST_NAME = "shop"

_WRONG_VALUES = {
    CheckVerdict.APP_ID_WRONG: CredentialField.APP_ID,
    CheckVerdict.APP_ID_ILLEGAL: CredentialField.APP_ID,
    CheckVerdict.APP_SECRET_WRONG: CredentialField.APP_SECRET,
    CheckVerdict.APP_SECRET_ILLEGAL: CredentialField.APP_SECRET,
}
"""Verdicts that only another value mends; with any other, the values may be kept."""


class MiniProgramCard(SetupCard):
    """AppID, AppSecret, original ID and name, stored once WeChat knows them."""

    def __init__(self, mender: Mender, parent: QWidget) -> None:
        sentence = tr("Copy these from WeChat's console: tried at once, seen by nobody else.")
        super().__init__(Check.API, sentence, mender, parent)
        self.app_id = PastedField(CredentialField.APP_ID, "wx0123456789abcdef", parent=self)
        self.app_secret = PastedField(CredentialField.APP_SECRET, hidden=True, parent=self)
        example = tr("{question} (optional)", question="gh_…")
        self.original_id = PastedField(CredentialField.ORIGINAL_ID, example, parent=self)
        self.name = LabelledField(tr("Name of the shop"), FIRST_NAME, self, room=True)
        self.name.edit.setMaxLength(LONGEST_TITLE)
        self.fields = (self.app_id, self.app_secret, self.original_id)
        last = hbox(spacing=16)
        for field in (self.original_id, self.name):
            last.addWidget(field, 1, AT_TOP)
        self.body.addLayout(vbox(self.app_id, self.app_secret, last, spacing=2))
        paths = (*SECRET_PATHS, ORIGINAL_ID_PATH)
        self.body.addWidget(ConsolePaths(tr("Where to find them in WeChat's consoles"), paths, self))
        self._tried: Finding | None = None
        for field in self.fields:
            field.edited.connect(self._edited)
            field.edit.returnPressed.connect(self.go_on.click)
        self.app_id.edited.connect(self._show_twin)
        self.name.edit.returnPressed.connect(self.go_on.click)
        self.name.edited.connect(self._edited)
        self.go_on.clicked.disconnect(self.done)
        self.go_on.clicked.connect(self.save)

    def show_view(self, view: SetupView) -> None:
        """Show the account's values; what is being written stays."""
        if view.name != self.view.name:
            self._fill(view)
        self.name.setVisible(view.account is None)
        self.name.edit.setPlaceholderText(self._free_name())
        kept = tr("Kept; paste a new one to replace it") if view.has_app_secret else ""
        self.app_secret.edit.setPlaceholderText(kept)
        self.again.setVisible(view.account is not None)
        super().show_view(view)
        for field in (*self.fields, self.name):
            field.edit.setReadOnly(not self.again.isEnabledTo(self))  # what is tried is what is stored
        if self._tried is not None:
            self.show_result(self._tried)
        self._name_go_on()

    def show_result(self, finding: Finding) -> None:
        """Show a finding; another try is always possible."""
        super().show_result(finding)
        self.tried.emit(finding)
        self.go_on.setEnabled(self.again.isEnabledTo(self))

    def begin(self) -> None:
        """Focus the first value that is missing."""
        if not self.app_id.text():
            self.app_id.edit.setFocus()
        elif not self.view.has_app_secret:
            self.app_secret.edit.setFocus()

    def check(self) -> None:
        """Fetch a token with what is stored."""
        if self.view.name:
            self._tried = None
            self.ask(self._bridge.desk.setup.check_mini_program(self.view.name), self.show_result)

    def save(self) -> None:
        """Try the values, store them, and go on; with nothing changed just go on."""
        if not self._all_right():
            return
        if self.view.name and not self._changed:
            self.done.emit()
        elif not self.view.name or self.app_secret.text():
            tried = self._bridge.desk.setup.try_credentials(self.app_id.text(), self.app_secret.text())
            self.ask(tried, self._store)
        else:
            self._keep()

    @property
    def _changed(self) -> bool:
        account = self.view.account
        if account is None:
            return any(field.text() for field in self.fields)
        same = (self.app_id.text(), self.original_id.text()) == (account.app_id, account.original_id)
        return not same or bool(self.app_secret.text())

    def _all_right(self) -> bool:
        """Refuse what cannot be right at its field, and focus the first."""
        right = [field.check() for field in self.fields]
        if not self.view.has_app_secret and not self.app_secret.text():
            self.app_secret.show_error(tr("Paste the AppSecret."))
            right[1] = False
        if not self.app_id.text():
            self.app_id.show_error(tr("Paste the AppID."))
            right[0] = False
        wrong = next((field for field, well in zip(self.fields, right, strict=True) if not well), None)
        if wrong is not None:
            wrong.edit.setFocus()
        return wrong is None

    def _free_name(self) -> str:
        """Return the name for an account whose name is left empty."""
        taken = {name.lower() for name in self._bridge.desk.accounts}
        return next(name for n in count(1) if (name := FIRST_NAME + (str(n) if n > 1 else "")) not in taken)

    def _store(self, found: Finding) -> None:
        self._tried = found
        wrong = _WRONG_VALUES.get(found.verdict)
        if wrong is not None:
            self.show_result(found)
            field = next(field for field in self.fields if field.field is wrong)
            field.edit.setFocus()
            field.edit.selectAll()
        else:
            self._keep()

    def _keep(self) -> None:
        """Store what is written, and check it anew."""
        shop = self.name.text()  # what no push URL takes is shown only, and stands in templates
        name = self.view.name or (shop if ACCOUNT_NAME.fullmatch(shop) else self._free_name())
        secrets = {SecretName.APP_SECRET: self.app_secret.text()} if self.app_secret.text() else {}
        keys = {"app_id": self.app_id.text(), "original_id": self.original_id.text() or None}
        if is_new := not self.view.name:  # an account counts only with all three
            secrets |= {SecretName.PUSH_TOKEN: new_token(), SecretName.ENCODING_AES_KEY: new_aes_key()}
            keys |= {"title": shop} if shop not in {"", name} else {}
        work = _stored(self._bridge.desk.account_editing, name, keys, secrets, is_new=is_new)
        self.ask(work, partial(self._kept, name))

    def _kept(self, name: str, refused: BadInput | None) -> None:
        if refused is not None:
            self.name.refuse(explain_reason(refused))
            return
        self.app_secret.show_value("")
        self._bridge.notices.bar(f"error:{NotAdded.__name__}", "")  # of an earlier try
        if not self.view.name:
            self.added.emit(name)
        self.ask(self._bridge.desk.setup.check_mini_program(name), self._checked_anew)

    def _checked_anew(self, found: Finding) -> None:
        self._tried = None
        self.show_result(found)
        if found.ok:
            self.done.emit()

    def _fill(self, view: SetupView) -> None:
        account = view.account
        self._tried = None
        self.app_id.show_value(account.app_id if account else "")
        self.original_id.show_value(account.original_id if account else "")
        self.app_secret.show_value("")
        self.name.edit.setText(account.name if account else "")

    def _edited(self) -> None:
        self._tried = None
        self._name_go_on()

    def _name_go_on(self) -> None:
        self.go_on.setText(tr("Save and go on") if self._changed or not self.view.name else tr("Go on"))

    def _show_twin(self) -> None:
        accounts = self._bridge.desk.accounts.values()
        twin = next((one.name for one in accounts if one.app_id == self.app_id.text() != ""), self.view.name)
        if twin != self.view.name:
            said = tr("“{account}” has this AppID already; WeChat pushes to one of the two only.", account=twin)
            self.app_id.words.show_note(said)


async def _stored(
    editing: AccountEditing, name: str, keys: Mapping[str, Any], secrets: Mapping[SecretName, str], *, is_new: bool
) -> BadInput | None:
    """Store an account with its secrets; return why its name was refused."""
    if is_new:
        try:
            await editing.add(name, secrets=secrets, **keys)
        except BadInput as error:
            return error
        return None
    if secrets:
        await editing.set_secrets(name, secrets)
    await editing.change(name, **keys)
    return None
