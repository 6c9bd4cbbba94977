"""Card “How to answer”: the rule's actions in their order."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QWidget

from wxdesk.core.model.rule import SENDING_ACTIONS, Action, ActionKind, Rule
from wxdesk.core.rules.faults import FieldPath, RuleFault
from wxdesk.core.wechat.quota import AFTER_MESSAGE
from wxdesk.desk.answers.template_lookup import TemplateLookup
from wxdesk.i18n import ntr, tr
from wxdesk.ui.look.theme import Size
from wxdesk.ui.rules.editor.actions.bodies import action_body, empty_action
from wxdesk.ui.rules.editor.actions.body import ActionBody
from wxdesk.ui.rules.editor.conditions.parts import error_label
from wxdesk.ui.rules.text import action_name
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.boxes import STRETCH, hbox, vbox
from wxdesk.ui.widgets.buttons import Chip, SmallButton, Switch
from wxdesk.ui.widgets.flow_layout import FlowLayout
from wxdesk.ui.widgets.labels import PlainLabel

ADDABLE = (
    ActionKind.REPLY,
    ActionKind.TEMPLATE,
    ActionKind.IMAGE,
    ActionKind.LINK,
    ActionKind.CARD,
    ActionKind.TYPING,
    ActionKind.TAKE_OVER,
    ActionKind.NOTIFY,
    ActionKind.TRANSFER,
    ActionKind.TAG,
    ActionKind.RESOLVE,
    ActionKind.SNOOZE,
    ActionKind.SILENT,
)
STATUS_ACTIONS = frozenset({ActionKind.RESOLVE, ActionKind.SNOOZE})
ONCE = STATUS_ACTIONS | {
    ActionKind.TAKE_OVER,
    ActionKind.NOTIFY,
    ActionKind.TRANSFER,
    ActionKind.TAG,
    ActionKind.SILENT,
}
ONE_OF = STATUS_ACTIONS | {ActionKind.TAKE_OVER}
"""Actions that decide the conversation's state; a rule has at most one of them."""


class ActionRow(QWidget):
    """Row of one action: name, cost, buttons to move and remove it, and fields.

    Signals:
        changed: its fields have changed.
        moved: the row, and -1 for up or 1 for down.
        removed: the row.
    """

    changed = Signal()
    moved = Signal(object, int)
    removed = Signal(object)

    def __init__(self, action: Action, shelf: TemplateLookup, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = action.kind
        word = action_name(action.kind)
        self.body: ActionBody = action_body(action, shelf, bridge, self)
        self.body.changed.connect(self.changed)
        self.up = SmallButton("arrow-up", tr("Move up: {what}", what=word), self)
        self.down = SmallButton("arrow-down", tr("Move down: {what}", what=word), self)
        self.remove = SmallButton("close", tr("Remove: {what}", what=word), self)
        self.up.clicked.connect(self._up)
        self.down.clicked.connect(self._down)
        self.remove.clicked.connect(self._away)
        head = hbox(PlainLabel(word, size=Size.BODY, strong=True, parent=self), spacing=4)
        if action.kind in SENDING_ACTIONS:
            head.addSpacing(6)
            head.addWidget(PlainLabel(tr("takes 1 reply"), size=Size.SMALL, role="secondary", parent=self))
        head.addStretch(1)
        for button in (self.up, self.down, self.remove):
            head.addWidget(button)
        vbox(head, self.body, spacing=4, within=self)

    def _up(self) -> None:
        self.moved.emit(self, -1)

    def _down(self) -> None:
        self.moved.emit(self, 1)

    def _away(self) -> None:
        self.removed.emit(self)


class ActionsCard(QFrame):
    """Card of the actions, those that can be added, and if the next rules follow.

    Signals:
        changed: the actions have changed.
    """

    changed = Signal()

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("class", "card")
        self._bridge = bridge
        self._rows: list[ActionRow] = []
        self._showing = False
        self._column = vbox(spacing=14)
        self._error = error_label(self)
        self._cost = PlainLabel(size=Size.SMALL, role="secondary", wrap=True, parent=self)
        self.chips: dict[ActionKind, Chip] = {}
        self.continues = Switch(parent=self)
        self.continues.setAccessibleName(tr("The rules below are asked as well"))
        self.continues.toggled.connect(self._continues_toggled)
        self._lay_out()

    def _lay_out(self) -> None:
        adding = QWidget(self)
        flow = FlowLayout(adding)
        for kind in ADDABLE:
            chip = Chip(f"+ {action_name(kind)}", checkable=False, parent=adding)
            chip.setProperty("kind_added", kind.value)
            chip.setAccessibleName(tr("Add: {what}", what=action_name(kind)))
            chip.clicked.connect(self._add_clicked)
            self.chips[kind] = chip
            flow.addWidget(chip)
        foot = hbox(
            self.continues,
            PlainLabel(tr("Ask the rules below as well"), size=Size.SMALL, role="secondary", parent=self),
            STRETCH,
            spacing=8,
        )
        vbox(
            PlainLabel(tr("How to answer"), size=Size.SMALL, role="secondary", strong=True, parent=self),
            self._column,
            self._error,
            adding,
            self._cost,
            foot,
            spacing=10,
            margins=(16, 14, 16, 12),
            within=self,
        )

    # -- the rule's part

    def show_rule(self, rule: Rule) -> None:
        """Show the actions of `rule`."""
        for row in self._rows:
            self._forget(row)
        self._rows = []
        self._showing = True
        self.continues.setChecked(rule.continues)
        self._showing = False
        for action in rule.then:
            self._take(action)
        self._set()

    def steps(self) -> tuple[Action, ...]:
        """Return the actions in order."""
        return tuple(row.body.action() for row in self._rows)

    def rows(self) -> tuple[ActionRow, ...]:
        """Return the rows of the actions in order."""
        return tuple(self._rows)

    def show_groups(self, names: Iterable[str]) -> None:
        """Tell the texts the named groups of the rule's patterns."""
        known = frozenset(names)
        for row in self._rows:
            row.body.show_groups(known)

    def show_faults(self, faults: Sequence[RuleFault]) -> None:
        """Show each fault at its action."""
        mine = [fault for fault in faults if fault.where[0] == "then"]
        for at, row in enumerate(self._rows):
            row.body.show_faults([fault for fault in mine if fault.where[1:2] == (at,)])
        own = next((tr(fault.reason) for fault in mine if len(fault.where) == 1), "")
        self._error.show_if_any(own)

    def place(self, where: FieldPath, line: int = 0) -> QWidget:
        """Return the widget for a place in a rule; `line` is from 1 in a text, or 0."""
        at = where[1] if len(where) > 1 else None
        if not isinstance(at, int) or at >= len(self._rows):
            return self.chips[ActionKind.REPLY]
        row = self._rows[at]
        return row.body.place(where[3:], line) or row.remove

    # -- what the operator does

    def add_action(self, kind: ActionKind) -> None:
        """Append an action and focus it."""
        row = self._take(empty_action(kind))
        self._set()
        row.body.start()
        self.changed.emit()

    def _add_clicked(self) -> None:
        self.add_action(ActionKind(self.sender().property("kind_added")))

    def _continues_toggled(self) -> None:
        if not self._showing:
            self.changed.emit()

    def _take(self, action: Action) -> ActionRow:
        row = ActionRow(action, self._bridge.desk.rules.rulebook.shelf, self._bridge, self)
        row.changed.connect(self.changed)
        row.moved.connect(self._move)
        row.removed.connect(self._drop)
        self._rows.append(row)
        return row

    def _move(self, row: ActionRow, step: int) -> None:
        at = self._rows.index(row)
        self._rows.insert(at + step, self._rows.pop(at))
        self._set()
        self.changed.emit()

    def _drop(self, row: ActionRow) -> None:
        self._rows.remove(row)
        self._forget(row)
        self._set()
        self.chips.get(row.kind, self.chips[ActionKind.REPLY]).setFocus()
        self.changed.emit()

    def _forget(self, row: ActionRow) -> None:
        self._column.removeWidget(row)
        row.hide()
        row.deleteLater()

    def _set(self) -> None:
        last = len(self._rows) - 1
        for at, row in enumerate(self._rows):
            self._column.removeWidget(row)
            self._column.insertWidget(at, row)
            row.up.setVisible(last > 0)
            row.down.setVisible(last > 0)
            row.up.setEnabled(at > 0)
            row.down.setEnabled(at < last)
        kinds = [row.kind for row in self._rows]
        for kind in ONCE:
            others = ONE_OF if kind in ONE_OF else {kind}
            self.chips[kind].setEnabled(others.isdisjoint(kinds))
        sends = sum(kind in SENDING_ACTIONS for kind in kinds)
        for kind in SENDING_ACTIONS & self.chips.keys():
            self.chips[kind].setEnabled(sends < AFTER_MESSAGE[0])
        self._cost.setText(_cost_text(sends))


def _cost_text(sends: int) -> str:
    if not sends:
        return tr("Sends nothing, so it takes none of the customer's five replies.")
    return ntr(
        "Takes {n} of the five replies that WeChat allows to a customer.",
        "Takes {n} of the five replies that WeChat allows to a customer.",
        sends,
    )
