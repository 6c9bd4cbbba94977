"""Second card: the values for WeChat's message push, made here and copied there."""

from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QWidget

from wxdesk.core.model.account import PushMode
from wxdesk.core.setup.findings import Check
from wxdesk.core.wechat.credential_shapes import CredentialField, judge_together, new_aes_key, new_token
from wxdesk.desk.wechat.explanations import explain_issue
from wxdesk.i18n import tr
from wxdesk.secrets.names import SecretName
from wxdesk.ui.look.keys import ENTER
from wxdesk.ui.setup.card import SetupCard, SetupView
from wxdesk.ui.setup.console import MODES, ConsolePaths, ConsoleValues
from wxdesk.ui.setup.findings import Mender
from wxdesk.ui.setup.pasted_field import PastedField
from wxdesk.ui.setup.text import PUSH_PATHS
from wxdesk.ui.widgets.boxes import STRETCH, extend, hbox, vbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.fields.choice import ChoiceField
from wxdesk.ui.widgets.flow_layout import FlowLayout
from wxdesk.ui.widgets.labels import PlainLabel


class MessagePushCard(SetupCard):
    """Token and EncodingAESKey: generated, or pasted if the console has some already."""

    def __init__(self, mender: Mender, parent: QWidget) -> None:
        sentence = tr("Token and key are made here. Copy them into WeChat's console, and submit there in step 4.")
        super().__init__(Check.SECRETS, sentence, mender, parent)
        self.values = ConsoleValues(self)
        self.renew = Button(tr("Generate new ones"), icon="retry", parent=self, then=self._ask_to_renew)
        self.own = Button(tr("Use values of my own"), kind=ButtonKind.LINK, parent=self, then=self._open_own)
        self.form = OwnValues(self)
        self.form.save.clicked.connect(self._save_own)
        self.form.hide()
        where = ConsolePaths(tr("Where to enter them; the administrator scans a code"), PUSH_PATHS, self)
        extend(self.body, self.values, FlowLayout(None, self.renew, self.own, gap=16), self.form, where)
        self._made_for = ""

    def show_view(self, view: SetupView) -> None:
        """Show the values, and make them where there are none."""
        account = view.account
        self.values.show_view(view, no_url=tr("After step 3"), no_secret=tr("Being made…"))
        if account is not None and not self.form.isVisible():
            self.form.mode.show_value(account.push_mode)
        super().show_view(view)
        if account is not None and self.isVisible() and not view.push_token and self._made_for != account.name:
            self._made_for = account.name
            self._renew()

    def check(self) -> None:
        """Look at the stored values again; the desk tells of a changed state by itself."""
        if self.view.name:
            self.ask(self._bridge.desk.setup.check_all(self.view.name))

    def _ask_to_renew(self) -> None:
        self._bridge.notices.confirm(
            tr("Make a new Token and key?"),
            tr("Enter the new ones in WeChat's console afterwards. For 24 hours the former ones are taken as well."),
            tr("Generate"),
            self._renew,
        )

    def _renew(self) -> None:
        self._keep({SecretName.PUSH_TOKEN: new_token(), SecretName.ENCODING_AES_KEY: new_aes_key()})

    def _keep(self, values: dict[SecretName, str]) -> None:
        self.ask(self._bridge.desk.account_editing.set_secrets(self.view.name, values), lambda _: self.form.hide())

    def _open_own(self) -> None:
        self.form.setVisible(self.form.isHidden())
        self.form.token.edit.setFocus()

    def _save_own(self) -> None:
        if self.view.account is None or not self.form.judged():
            return
        values = {SecretName.PUSH_TOKEN: self.form.token.text(), SecretName.ENCODING_AES_KEY: self.form.key.text()}
        given = {name: value for name, value in values.items() if value}
        name, mode = self.view.account.name, self.form.mode.value
        if mode is not self.view.account.push_mode:
            self._bridge.ask(self._bridge.desk.account_editing.change(name, push_mode=mode))
        if given:
            self._keep(given)
        else:
            self.form.hide()


class OwnValues(QFrame):
    """Fields for a Token and key that the console has already, and for the mode."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.token = PastedField(CredentialField.PUSH_TOKEN, parent=self)
        self.key = PastedField(CredentialField.ENCODING_AES_KEY, parent=self)
        self.mode = ChoiceField(self, tr("Push mode"), [(mode, MODES[mode]) for mode in PushMode])
        self.save = Button(tr("Save"), parent=self)
        label = PlainLabel(tr("Push mode"), role="secondary", parent=self)
        foot = hbox(label, self.mode, STRETCH, self.save, spacing=10)
        vbox(vbox(self.token, self.key, spacing=2), foot, within=self, spacing=6)

    def judged(self) -> bool:
        """Judge both together, at their fields; False if they cannot be right."""
        fields = {field.field: field for field in (self.token, self.key)}
        right = [field.check() for field in fields.values()]
        issues = judge_together({name: field.text() for name, field in fields.items()})
        for issue in issues:
            fields[issue.field].show_error(explain_issue(issue))
        return all(right) and not issues

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Save on Enter."""
        if event.key() in ENTER:
            self.save.click()
        else:
            super().keyPressEvent(event)
