"""The shop's own systems on the settings page: phones, and data about customers."""

import secrets
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from wxdesk.config.outside import LONGEST_MINUTES
from wxdesk.core.events import ConfigurationChanged
from wxdesk.core.model.operator import Role
from wxdesk.core.outside import PhoneKind
from wxdesk.i18n import tr, unit
from wxdesk.secrets.names import CUSTOMER_DATA_KEY
from wxdesk.ui.settings.preference_lines import sentence_word
from wxdesk.ui.widgets.boxes import STRETCH, extend, hbox, remove_widgets, vbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind, SmallButton, Switch
from wxdesk.ui.widgets.card_rows import SettingsCard
from wxdesk.ui.widgets.dialogs.dialog import AgreementDialog, ConfirmDialog
from wxdesk.ui.widgets.dialogs.documentation import show_documentation
from wxdesk.ui.widgets.dialogs.notices import WindowBridge
from wxdesk.ui.widgets.fields.choice import ChoiceField
from wxdesk.ui.widgets.fields.labelled import LabelledField, switch_line
from wxdesk.ui.widgets.fields.number import NumberField
from wxdesk.ui.widgets.flow_layout import FlowLayout
from wxdesk.ui.widgets.labels import PlainLabel
from wxdesk.ui.widgets.rights import Rights

KINDS = {
    PhoneKind.WECOM: ("WeCom group robot", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…"),
    PhoneKind.SERVERCHAN: ("ServerChan (to WeChat)", "https://sctapi.ftqq.com/….send"),
    PhoneKind.BARK: ("Bark (iPhone)", "https://api.day.app/…"),
    PhoneKind.NTFY: ("ntfy", "https://ntfy.sh/…"),
    PhoneKind.WEBHOOK: ("Another system, by webhook", "https://…"),
}
"""Name of each service, and what its address looks like."""


class PhoneDialog(AgreementDialog):
    """Asks for a phone: its service, a name, and the address that the service gave."""

    def __init__(self, parent: QWidget) -> None:
        text = tr("It hears of customers who wait while nobody is at the desk. The address is kept as a secret.")
        super().__init__(tr("Add a phone"), text, tr("Add"), parent)
        self.service = ChoiceField(self, tr("Service"), [(kind, tr(words)) for kind, (words, _) in KINDS.items()])
        self.field = LabelledField(tr("Name: letters and digits"), "boss", self)
        self.secret = LabelledField(tr("Address from the service"), KINDS[PhoneKind.WECOM][1], self)
        extend(self.body, self.service, self.field, self.secret)
        self.service.currentIndexChanged.connect(self._show_example)

    def _show_example(self) -> None:
        self.secret.edit.setPlaceholderText(KINDS[self.service.value][1])


class DataDialog(AgreementDialog):
    """Asks for the address of customers' data, and shows the key that signs questions."""

    def __init__(self, url: str, key: str, parent: QWidget) -> None:
        text = tr(
            "Beside a chat, an operator can then see what your system knows about the customer, such as orders. Your "
            "engineer answers a signed question. Leave the address empty to end it."
        )
        super().__init__(tr("Data from your own system"), text, tr("Save"), parent)
        self.url = LabelledField(tr("Address"), "https://shop.example/wxdesk", self)
        self.url.edit.setText(url)
        self.key = LabelledField(tr("Key, to be entered there as well"), "", self)
        self.key.edit.setText(key or secrets.token_urlsafe(32))
        self.how = Button(tr("How the question is answered"), kind=ButtonKind.LINK, parent=self)
        self.how.clicked.connect(partial(show_documentation, "outside", self))
        extend(self.body, self.url, self.key, hbox(self.how, STRETCH))
        self.url.edit.setFocus(Qt.FocusReason.OtherFocusReason)


class OutsideCard(SettingsCard):
    """Phones to tell while nobody is at the desk, and the address of customers' data."""

    def __init__(self, bridge: WindowBridge, parent: QWidget) -> None:
        super().__init__(tr("Your phone and your own system"), parent)
        self._bridge = bridge
        self._phones = vbox(spacing=4)
        self.trials: dict[str, Button] = {}
        self.removals: dict[str, SmallButton] = {}
        self.add = Button(tr("Add a phone…"), icon="plus", parent=self, then=self._add_phone)
        self.after = NumberField(1, LONGEST_MINUTES, tr("Minutes until a phone is told"), self)
        self.after.decided.connect(partial(self._set, "after_minutes"))
        self.words = Switch(parent=self)
        self.words.turned.connect(partial(self._set, "words"))
        self._address = PlainLabel(elide=True, parent=self)
        self.change = Button(kind=ButtonKind.LINK, parent=self, then=self._change_data)
        self._more = QWidget(self)
        self._lay_out()
        self.show_settings()
        bridge.follow(self, self.show_settings, ConfigurationChanged)
        Rights(bridge, Role.OWNER, self.add, self.change, self.after, self.words, says=self.hint)

    def _lay_out(self) -> None:
        behind = sentence_word("", self._more)
        self.after.count(behind, unit("minute and nobody is there", "minutes and nobody is there"))
        sentence = FlowLayout(None, sentence_word(tr("Once somebody has waited"), self._more), self.after, behind)
        words = tr("With what customers wrote, which the service then sees")
        choice = switch_line(self.words, words, tr("With what customers wrote"))
        vbox(sentence, choice, within=self._more, spacing=6)
        phones = vbox(self._phones, self._more, hbox(self.add, STRETCH), spacing=8)
        self.add_row(tr("Phones"), phones)
        self.add_row(tr("Customer data"), hbox((self._address, 1), self.change, spacing=12))

    def show_settings(self) -> None:
        """Show what is in force."""
        config = self._bridge.desk.configuration.now.config
        remove_widgets(self._phones)
        self.trials, self.removals = {}, {}
        for name, kind in config.phone.targets.items():
            self._phones.addWidget(self._phone_row(name, PhoneKind(kind)))
        self._more.setVisible(bool(config.phone.targets))
        self.words.setChecked(config.phone.words)
        if self.after.last != config.phone.after_minutes:
            self.after.show_number(config.phone.after_minutes)
        url = config.customer_data.url
        self._address.setText(url or tr("none: the panel beside a chat has what WeChat tells"))
        self._address.set_role("text" if url else "secondary")
        self.change.setText(tr("Change…") if url else tr("Connect…"))

    def _phone_row(self, name: str, kind: PhoneKind) -> QWidget:
        row = QWidget(self)
        self.trials[name] = trial = Button(tr("Try it"), kind=ButtonKind.LINK, parent=row)
        trial.clicked.connect(partial(self._try_out, name))
        self.removals[name] = away = SmallButton("close", tr("Remove “{name}”", name=name), row)
        away.clicked.connect(partial(self._remove_phone, name))
        Rights(self._bridge, Role.OWNER, away)
        label = PlainLabel(f"{name} · {tr(KINDS[kind][0])}", elide=True, parent=row)
        hbox((label, 1), trial, away, within=row, spacing=8)
        return row

    def _try_out(self, name: str) -> None:
        said, trial = partial(self._bridge.notices.toast, tr("“{name}” was sent a trial", name=name)), self.trials[name]
        trial.setEnabled(self._bridge.is_asking(name))  # else off until its service answers, which may hang
        self._bridge.ask(self._bridge.desk.phones.try_out(name), said, ended=partial(trial.setEnabled, True), once=name)

    def _remove_phone(self, name: str) -> None:
        question = ConfirmDialog(self.window(), tr("Remove “{name}”?", name=name), "", tr("Remove"), destructive=True)
        question.ask(lambda: self._bridge.ask(self._bridge.desk.account_editing.set_phone(name)))

    def _set(self, key: str, value: object) -> None:
        self._bridge.ask(self._bridge.desk.account_editing.set("phone", {key: value}))

    def _add_phone(self) -> None:
        dialog, keep = PhoneDialog(self.window()), self._bridge.desk.account_editing.set_phone
        name, kind, secret = dialog.field, dialog.service, dialog.secret
        dialog.ask(self._bridge, lambda: keep(name.text() or "boss", kind.value, secret.text()))

    def _change_data(self) -> None:
        setup = self._bridge.desk.configuration.now
        dialog = DataDialog(setup.config.customer_data.url, setup.others.get(CUSTOMER_DATA_KEY, ""), self.window())
        keep = self._bridge.desk.account_editing.set_customer_data
        dialog.ask(self._bridge, lambda: keep(dialog.url.text(), dialog.key.text()))
