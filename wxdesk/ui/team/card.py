"""Team on the settings page: who is signed in, and for an owner all operators."""

from functools import partial

from msgspec.structs import replace
from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QVBoxLayout, QWidget

from wxdesk.core.events import OperatorsChanged
from wxdesk.core.model.operator import Operator, OperatorAction, Role
from wxdesk.desk.operators import Operators
from wxdesk.i18n import ntr, tr
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.team.dialogs import GivenPasswordDialog, NewOperatorDialog, OwnPasswordDialog, PasswordDialog, role_name
from wxdesk.ui.widgets.boxes import STRETCH, discard, hbox, vbox
from wxdesk.ui.widgets.buttons import Button
from wxdesk.ui.widgets.card_rows import SettingsCard
from wxdesk.ui.widgets.dialogs.dialog import ConfirmDialog
from wxdesk.ui.widgets.labels import PlainLabel
from wxdesk.ui.widgets.menu_button import MenuButton, SingleChoiceButton
from wxdesk.ui.wording.messages import name_of
from wxdesk.ui.wording.times import clock_time, day_text

MOST_ACTIONS = 12


class TeamCard(SettingsCard):
    """One's own sign-in, and for an owner the operators and what they did lately.

    Signals:
        leaving: the operator signs out in a moment.
    """

    leaving = Signal()

    def __init__(self, bridge: Bridge, operators: Operators, parent: QWidget) -> None:
        super().__init__(tr("Team"), parent)
        self._bridge = bridge
        self._operators = operators
        self._loads = 0
        self.me = PlainLabel(elide=True, parent=self)
        self.password = Button(tr("Change my password…"), parent=self, then=partial(self._ask, OwnPasswordDialog))
        self.sign_out = Button(tr("Sign out"), parent=self, then=self._sign_out)
        self.add_row(tr("Signed in"), vbox(self.me, hbox(self.password, self.sign_out, STRETCH, spacing=8), spacing=8))
        self.add = Button(tr("Add an operator…"), icon="plus", parent=self, then=partial(self._ask, NewOperatorDialog))
        self.rows: dict[str, OperatorRow] = {}
        self._list: QVBoxLayout = vbox(spacing=8)
        self.lately = PlainLabel(role="secondary", wrap=True, parent=self)
        self._owners = QWidget(self)
        head = hbox(PlainLabel(tr("Operators"), strong=True, parent=self), STRETCH, self.add)
        lately = PlainLabel(tr("Done lately"), strong=True, parent=self)
        vbox(head, self._list, lately, self.lately, within=self._owners, spacing=10)
        self.column.addWidget(self._owners)
        bridge.follow(self, self.show_team, OperatorsChanged)
        self.show_team()

    def show_team(self) -> None:
        """Show who is signed in; ask for the rest if an owner is."""
        me = self._operators.now
        self.setVisible(me is not None)
        if me is not None:
            self.me.setText(f"{me.name} · {role_name(me.role)}")
            self._owners.setVisible(me.role is Role.OWNER)
            if me.role is Role.OWNER:
                self._loads += 1  # an older answer shows nothing
                self._bridge.ask(self._operators.all(), self._show_operators, about=lambda: self._loads)
                self._bridge.ask(self._operators.actions(MOST_ACTIONS), self._show_actions, about=lambda: self._loads)

    def _show_operators(self, known: list[Operator]) -> None:
        discard(*self.rows.values())
        self.rows = {one.name: OperatorRow(one, self) for one in known}
        for row in self.rows.values():
            row.menu.triggered.connect(partial(self._do, row.operator))
            row.role.chosen.connect(partial(self._give_role, row.operator))
            self._list.addWidget(row)

    def _show_actions(self, actions: list[OperatorAction]) -> None:
        now = self._bridge.desk.clock()
        lines = (f"{day_text(one.at, now)} {clock_time(one.at)} · {action_text(one)}" for one in actions)
        self.lately.setText("\n".join(lines))

    def _do(self, operator: Operator, action: QAction) -> None:
        match action.data():
            case "password":
                self._open(GivenPasswordDialog(self._bridge, self._operators, operator, self.window()))
            case "active":
                self._change(operator, replace(operator, active=not operator.active))
            case _:
                text = tr("They cannot sign in any more. The name stays in what they wrote.")
                title = tr("Remove “{name}”?", name=operator.name)
                dialog = ConfirmDialog(self.window(), title, text, tr("Remove"), destructive=True)
                dialog.ask(partial(self._change, operator, None))

    def _give_role(self, operator: Operator, role: Role) -> None:
        if role is not operator.role:
            self._change(operator, replace(operator, role=role))

    def _change(self, before: Operator, after: Operator | None) -> None:
        self._bridge.ask(self._operators.change(before, after), ended=self.show_team)

    def _ask(self, kind: type[OwnPasswordDialog | NewOperatorDialog]) -> None:
        self._open(kind(self._bridge, self._operators, self.window()))

    def _open(self, dialog: PasswordDialog) -> None:
        dialog.accepted.connect(self.show_team)
        dialog.open()

    def _sign_out(self) -> None:
        self.leaving.emit()
        self._bridge.ask(self._operators.sign_out())


class OperatorRow(QWidget):
    """One operator with role and a menu."""

    def __init__(self, operator: Operator, parent: QWidget) -> None:
        super().__init__(parent)
        self.operator = operator
        words = operator.name if operator.active else tr("{name} · cannot sign in", name=operator.name)
        self.name = PlainLabel(words, role="text" if operator.active else "faint", elide=True, parent=self)
        self.role = SingleChoiceButton([(role, role_name(role)) for role in Role], tr("Role"), self)
        self.role.set_value(operator.role)
        more = MenuButton(tr("More"), parent=self)
        more.setAccessibleName(tr("More for “{name}”", name=operator.name))
        self.menu = more.popup_menu
        shut = tr("Shut out: cannot sign in") if operator.active else tr("Let sign in again")
        for command, text in (("password", tr("New password…")), ("active", shut), ("remove", tr("Remove…"))):
            self.menu.addAction(text).setData(command)
        hbox((self.name, 1), self.role, more, within=self, spacing=8)


def action_text(action: OperatorAction) -> str:
    """Return what an operator did, in one line."""
    part, _, _ = action.action.rpartition(".")
    what = tr(_ACTIONS.get(action.action) or _PARTS.get(part) or "changed something else")
    about = action.about
    if ids := action.conversation_ids:
        named = tr(", ").join(map(name_of, action.contacts)) or tr("a customer deleted since")
        others = len(ids) - max(1, len(action.contacts))
        more = ntr("{names} and {n} more customer", "{names} and {n} more customers", others, names=named)
        about = more if others else named
    elif about.isdigit() or part == "rules.exchange":  # earlier versions kept numbers, and the whole file of an import
        about = ""
    return " · ".join(filter(None, (action.operator or tr("Command line"), what, about)))


_ACTIONS = {
    "operators.add": "added an operator",
    "operators.remove": "removed an operator",
    "operators.change": "changed an operator's role",
    "operators.set_password": "set a password",
    "outbox.pause": "paused automatic replies",
    "outbox.resume": "resumed automatic replies",
    "conversations.take_over": "took over",
    "conversations.hand_back": "handed back to the rules",
}
_PARTS = {
    "conversations": "changed in the inbox",
    "claims": "changed who has a conversation",
    "takeovers": "handed back to the rules",
    "rules.rulebook": "changed the rules",
    "rules.exchange": "imported rules",
    "rules.business_hours": "changed business hours",
    "templates": "changed templates",
    "preferences": "changed preferences",
    "accounts": "changed how an account answers",
    "account_editing": "changed an account",
    "quarantine": "read a message again",
    "skipped": "asked the rules about what they had left out",
    "erasing": "deleted a customer",
}
"""Words for what operators did, by command, else by part."""
