"""Card “How to answer”: the rule's actions in their order."""

from collections.abc import Sequence
from functools import partial

from msgspec.structs import replace
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from wxdesk.core.model.reply import Content, ReplyKind
from wxdesk.core.model.rule import ACTION_NUMBERS, SENDING_ACTIONS, STATUS_ACTIONS, Action, ActionKind, Condition, Rule
from wxdesk.core.rules.faults import FieldPath, RuleFault, known_groups
from wxdesk.core.wechat.quota import AFTER_MESSAGE
from wxdesk.desk.rules.patterns import compile_pattern
from wxdesk.i18n import tr
from wxdesk.ui.editing.record_editor import EditorCard
from wxdesk.ui.look.theme import Size
from wxdesk.ui.rules.editor.actions.bodies import (
    ActionBody,
    ExplanationBody,
    NumberBody,
    ReplyBody,
    TagBody,
    TemplateBody,
)
from wxdesk.ui.rules.editor.actions.fields import KINDS, ContentFieldsBody
from wxdesk.ui.rules.editor.conditions.parts import error_label
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.boxes import STRETCH, discard, hbox, vbox
from wxdesk.ui.widgets.buttons import Chip, SmallButton, Switch
from wxdesk.ui.widgets.flow_layout import FlowLayout
from wxdesk.ui.widgets.labels import PlainLabel, heading, small_label
from wxdesk.ui.wording.actions import WORDINGS, action_name

ONCE = WORDINGS.keys() - SENDING_ACTIONS - {ActionKind.TYPING}
ONE_OF = STATUS_ACTIONS | {ActionKind.TAKE_OVER}
"""Actions that decide the conversation's state; a rule has at most one of them."""


class ActionRow(QWidget):
    """Row of one action: name, cost, buttons to move and remove it, and fields.

    Signals:
        moved: the row, and -1 for up or 1 for down.
        removed: the row.
    """

    moved = Signal(object, int)
    removed = Signal(object)

    def __init__(self, action: Action, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = action.kind
        word = action_name(action.kind)
        self.body: ActionBody = action_body(action, bridge, self)
        up, down = partial(self.moved.emit, self, -1), partial(self.moved.emit, self, 1)
        self.up = SmallButton("arrow-up", tr("Move up: {what}", what=word), self, then=up)
        self.down = SmallButton("arrow-down", tr("Move down: {what}", what=word), self, then=down)
        self.remove = SmallButton("close", tr("Remove: {what}", what=word), self, then=partial(self.removed.emit, self))
        title = PlainLabel(word, size=Size.BODY, strong=True, parent=self)
        cost = small_label(tr("takes 1 reply"), parent=self)
        cost.setVisible(action.kind in SENDING_ACTIONS)
        head = hbox(title, 6, cost, STRETCH, self.up, self.down, self.remove, spacing=4)
        vbox(head, self.body, spacing=4, within=self)


class ActionsCard(EditorCard):
    """Card of the actions, those that can be added, and if the next rules follow."""

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.rows: list[ActionRow] = []
        self._column = vbox(spacing=14)
        self._error = error_label(self)
        self._cost = small_label(wrap=True, parent=self)
        self.continues = Switch(parent=self)
        self.continues.setAccessibleName(tr("The rules below are asked as well"))
        self.continues.turned.connect(self.changed)
        self.chips: dict[ActionKind, Chip] = {}
        for kind in WORDINGS:
            chip = Chip(f"+ {action_name(kind)}", checkable=False, parent=self)
            chip.setAccessibleName(tr("Add: {what}", what=action_name(kind)))
            chip.clicked.connect(partial(self.add_action, kind))
            self.chips[kind] = chip
        adding = FlowLayout(None, *self.chips.values())
        foot = hbox(self.continues, small_label(tr("Ask the rules below as well"), parent=self), STRETCH, spacing=8)
        self._stack(heading(tr("How to answer"), self), self._column, self._error, adding, self._cost, foot)

    # -- the rule's part

    def show_rule(self, rule: Rule) -> None:
        """Show the actions of `rule`."""
        for row in self.rows:
            self._forget(row)
        self.rows = []
        self.continues.setChecked(rule.continues)
        for action in rule.then:
            self._take(action)
        self._set()

    def steps(self) -> tuple[Action, ...]:
        """Return the actions in order."""
        return tuple(row.body.action() for row in self.rows)

    def show_groups(self, when: Condition) -> None:
        """Tell the texts the named groups of the rule's patterns."""
        known = known_groups(when, compile_pattern) or frozenset()
        for row in self.rows:
            row.body.show_groups(known)

    def show_faults(self, faults: Sequence[RuleFault]) -> None:
        """Show each fault at its action."""
        mine = [fault for fault in faults if fault.where[0] == "then"]
        for at, row in enumerate(self.rows):
            row.body.show_faults([fault for fault in mine if fault.where[1:2] == (at,)])
        own = next((tr(fault.reason) for fault in mine if len(fault.where) == 1), "")
        self._error.show_if_any(own)

    def place(self, where: FieldPath, line: int = 0) -> QWidget:
        """Return the widget for a place in a rule; `line` is from 1 in a text, or 0."""
        at = where[1] if len(where) > 1 else None
        if not isinstance(at, int) or at >= len(self.rows):
            return self.chips[ActionKind.REPLY]
        row = self.rows[at]
        return row.body.place(where[3:], line) or row.remove

    # -- what the operator does

    def add_action(self, kind: ActionKind) -> None:
        """Append an action and focus it."""
        row = self._take(empty_action(kind))
        self._set()
        row.body.start()
        self.changed.emit()

    def _take(self, action: Action) -> ActionRow:
        row = ActionRow(action, self._bridge, self)
        row.body.changed.connect(self.changed)
        row.moved.connect(self._move)
        row.removed.connect(self._drop)
        self.rows.append(row)
        return row

    def _move(self, row: ActionRow, step: int) -> None:
        at = self.rows.index(row)
        self.rows.insert(at + step, self.rows.pop(at))
        self._set()
        self.changed.emit()

    def _drop(self, row: ActionRow) -> None:
        self.rows.remove(row)
        self._forget(row)
        self._set()
        self.chips.get(row.kind, self.chips[ActionKind.REPLY]).setFocus()
        self.changed.emit()

    def _forget(self, row: ActionRow) -> None:
        self._column.removeWidget(row)
        discard(row)

    def _set(self) -> None:
        last = len(self.rows) - 1
        for at, row in enumerate(self.rows):
            self._column.removeWidget(row)
            self._column.insertWidget(at, row)
            row.up.setVisible(last > 0)
            row.down.setVisible(last > 0)
            row.up.setEnabled(at > 0)
            row.down.setEnabled(at < last)
        kinds = [row.kind for row in self.rows]
        for kind in ONCE:
            others = ONE_OF if kind in ONE_OF else {kind}
            self.chips[kind].setEnabled(others.isdisjoint(kinds))
        sends = sum(kind in SENDING_ACTIONS for kind in kinds)
        for kind in SENDING_ACTIONS:
            self.chips[kind].setEnabled(sends < AFTER_MESSAGE[0])
        self._cost.setText(_cost_text(sends))


def _cost_text(sends: int) -> str:
    if not sends:
        return tr("Sends nothing, so it takes none of the customer's five replies.")
    return tr("Takes {n} of the five replies that WeChat allows to a customer.", n=sends)


def action_body(action: Action, bridge: Bridge, parent: QWidget | None = None) -> ActionBody:
    """Return the fields of `action`."""
    match action.kind:
        case ActionKind.REPLY:
            return ReplyBody(action, parent)
        case ActionKind.IMAGE | ActionKind.LINK | ActionKind.CARD:
            return ContentFieldsBody(action, bridge, parent)
        case ActionKind.TEMPLATE:
            return TemplateBody(action, bridge.desk.rules.rulebook.templates, parent)
        case ActionKind.TAG:
            return TagBody(action, parent)
        case kind if kind in ACTION_NUMBERS:
            return NumberBody(action, parent)
        case _:
            return ExplanationBody(action, parent)


def empty_action(kind: ActionKind) -> Action:
    """Return a new action of this kind."""
    empty = Action(kind, content=Content(kind=KINDS.get(kind, ReplyKind.TEXT)))
    number = ACTION_NUMBERS.get(kind)
    return empty if number is None else replace(empty, **{number.field: number.initial})
