"""Dialogs with a password: signing in, another password, a new operator."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from wxdesk.core.model.operator import Operator, Role
from wxdesk.desk.operators import Operators
from wxdesk.i18n import tr
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.buttons import Switch
from wxdesk.ui.widgets.dialogs.dialog import AgreementDialog
from wxdesk.ui.widgets.fields.choice import ChoiceField
from wxdesk.ui.widgets.fields.labelled import LabelledField, switch_line


def role_name(role: Role) -> str:
    """Return a role's name."""
    return tr({Role.OPERATOR: "Operator", Role.LEAD: "Lead", Role.OWNER: "Owner"}[role])


class PasswordDialog(AgreementDialog):
    """Dialog with fields for a name and passwords."""

    def _field(self, name: str, *, hidden: bool = True) -> LabelledField:
        field = LabelledField(name, parent=self)
        field.edit.setEchoMode(QLineEdit.EchoMode.Password if hidden else QLineEdit.EchoMode.Normal)
        self.body.addWidget(field)
        return field


class SignInDialog(PasswordDialog):
    """Asks who works here, before anything of a customer is shown."""

    def __init__(self, bridge: Bridge, operators: Operators) -> None:
        text = tr("Customers and conversations are shown to those who work here. An owner gives names and passwords.")
        super().__init__(tr("Sign in"), text, tr("Sign in"), None)
        self.setWindowTitle("wxdesk")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)  # whoever shows it ends it, also on a signal
        self.cancel.setText(tr("Quit"))
        self.name = self._field(tr("Your name"), hidden=False)
        self.password = self._field(tr("Password"))
        self.stay = Switch(parent=self)
        self.body.addLayout(switch_line(self.stay, tr("Stay signed in on this machine")))
        self.name.edit.setFocus()
        sign_in, name, password = operators.sign_in, self.name, self.password.edit
        self.when_agreed(bridge, lambda: sign_in(name.text(), password.text(), stay=self.stay.isChecked()))
        if operators.shut_out:
            self.show_error(
                tr("“{name}” was signed out here by an owner, or by a new password.", name=operators.shut_out)
            )

    def _hold(self, *, held: bool) -> None:
        super()._hold(held=held)
        self.cancel.setEnabled(True)  # quitting loses nothing, and the desk may be out of reach

    def _refuse(self, error: Exception) -> None:
        super()._refuse(error)
        self.password.edit.selectAll()
        self.password.edit.setFocus()


class OwnPasswordDialog(PasswordDialog):
    """Asks for the former password and a new one."""

    def __init__(self, bridge: Bridge, operators: Operators, parent: QWidget) -> None:
        text = tr("Other machines on which you stayed signed in ask for the new one.")
        super().__init__(tr("Change my password"), text, tr("Change"), parent)
        self.former = self._field(tr("The password until now"))
        self.password = self._field(tr("New password, 8 characters or more"))
        self.former.edit.setFocus()
        former, new = self.former.edit, self.password.edit
        self.when_agreed(bridge, lambda: operators.change_own_password(former.text(), new.text()))


class GivenPasswordDialog(PasswordDialog):
    """Asks an owner for another operator's new password."""

    def __init__(self, bridge: Bridge, operators: Operators, operator: Operator, parent: QWidget) -> None:
        text = tr("Give it to {name} yourself; it is not shown anywhere. They can change it here.", name=operator.name)
        title = tr("New password for “{name}”", name=operator.name)
        super().__init__(title, text, tr("Change"), parent)
        self.password = self._field(tr("New password, 8 characters or more"))
        self.password.edit.setFocus()
        self.when_agreed(bridge, lambda: operators.set_password(operator, self.password.edit.text()))


class NewOperatorDialog(PasswordDialog):
    """Asks an owner for a new operator's name, role and first password."""

    def __init__(self, bridge: Bridge, operators: Operators, parent: QWidget) -> None:
        text = tr("Give name and password to your colleague yourself; they can change the password here.")
        super().__init__(tr("Add an operator"), text, tr("Add"), parent)
        self.name = self._field(tr("Name, as colleagues see it"), hidden=False)
        self.role = ChoiceField(self, tr("Role"), [(role, role_name(role)) for role in Role])
        self.body.addWidget(self.role)
        self.password = self._field(tr("New password, 8 characters or more"))
        self.name.edit.setFocus()
        name, role, password = self.name, self.role, self.password.edit
        self.when_agreed(bridge, lambda: operators.add(name.text(), role.value, password.text()))
