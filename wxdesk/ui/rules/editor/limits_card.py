"""Card “How often and how it leaves”: a rule's limits and delivery."""

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QWidget

from wxdesk.core.model.rule import Cooldown, Delivery, Rule
from wxdesk.core.rules.faults import MOST_HOLD_SECONDS, FieldPath, RuleFault
from wxdesk.i18n import ntr, tr
from wxdesk.ui.look.theme import Size
from wxdesk.ui.rules.editor.conditions.parts import error_label, sentence_label
from wxdesk.ui.rules.editor.limit_parts import LIMITS, LimitPart, first_number, limit_choice
from wxdesk.ui.widgets.boxes import vbox
from wxdesk.ui.widgets.buttons import ButtonKind
from wxdesk.ui.widgets.fields.number import NumberField
from wxdesk.ui.widgets.flow_layout import KEEP_WITH_NEXT, NEW_LINE, FlowLayout
from wxdesk.ui.widgets.labels import PlainLabel
from wxdesk.ui.widgets.menu_button import MenuButton, SingleChoiceButton

HOLD = 8
"""Initial seconds for which a reply is held."""


class LimitsCard(QFrame):
    """Card of a rule's limits and delivery, a line each.

    Signals:
        changed: a limit or the delivery has changed.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("class", "card")
        self._limits: list[LimitPart] = []
        self._sentence = QWidget(self)
        self._flow = FlowLayout(self._sentence)
        self._free = sentence_label(tr("Answers whenever it matches."), self._sentence)
        self.add = MenuButton(tr("+ Limit"), kind=ButtonKind.LINK, parent=self._sentence)
        self.add.popup_menu.aboutToShow.connect(self._fill_menu)
        self.add.popup_menu.triggered.connect(self._add_chosen)
        self.delivery = SingleChoiceButton(
            [(one, delivery_choice(one)) for one in Delivery], tr("How it leaves"), self._sentence
        )
        self.delivery.setProperty(NEW_LINE, True)
        self.seconds = NumberField(1, MOST_HOLD_SECONDS, tr("Seconds that the reply waits"), self._sentence)
        self.seconds.show_number(HOLD)
        self._unit = sentence_label("", self._sentence)
        self.seconds.count(self._unit, hold_suffix)
        self._error = error_label(self._sentence)
        self.note = PlainLabel(size=Size.SMALL, role="secondary", wrap=True, parent=self)
        for widget in (self.delivery, self.seconds):
            widget.setProperty(KEEP_WITH_NEXT, True)
        self.delivery.chosen.connect(self._delivery_chosen)
        self.seconds.valueChanged.connect(self.changed)
        title = tr("How often, and how it leaves")
        vbox(
            PlainLabel(title, size=Size.SMALL, role="secondary", strong=True, parent=self),
            self._sentence,
            self.note,
            spacing=10,
            margins=(16, 14, 16, 12),
            within=self,
        )

    # -- the rule's part

    def show_rule(self, rule: Rule) -> None:
        """Show the limits and the delivery of `rule`."""
        for part in self._limits:
            part.discard()
        self._limits = []
        for limit in LIMITS:
            number = getattr(rule.cooldown, limit)
            if number:
                self._take(limit, number)
        self.delivery.set_value(rule.delivery)
        self.seconds.show_number(rule.hold_seconds or HOLD)
        self._set()

    def cooldown(self) -> Cooldown:
        """Return all limits together."""
        limits = Cooldown()
        for part in self._limits:
            limits = part.add_to(limits)
        return limits

    def way(self) -> Delivery:
        """Return the delivery."""
        return Delivery(str(self.delivery.value))

    def hold_seconds(self) -> int:
        """Return the seconds for which a reply is held; 0 unless it is."""
        return self.seconds.value() if self.way() is Delivery.HOLD else 0

    def limit(self, limit: str) -> LimitPart | None:
        """Return the part of a limit, if there is one."""
        return next((part for part in self._limits if part.limit == limit), None)

    def show_faults(self, faults: Sequence[RuleFault]) -> None:
        """Show each fault at its line."""
        reasons = {fault.where: tr(fault.reason) for fault in faults}
        for part in self._limits:
            part.show_fault(reasons.get(("cooldown", part.limit), ""))
        own = reasons.get(("delivery",), "")
        self._error.show_if_any(own)
        self._set()

    def place(self, where: FieldPath) -> QWidget:
        """Return the widget for `where`, a place in a rule."""
        limit = self.limit(str(where[1])) if where[:1] == ("cooldown",) and len(where) > 1 else None
        if limit is not None:
            return limit.number
        return self.seconds if self.way() is Delivery.HOLD else self.delivery

    # -- what the operator does

    def add_limit(self, limit: str) -> None:
        """Begin a limit and focus it."""
        part = self._take(limit, first_number(limit))
        self._set()
        part.number.setFocus()
        part.number.selectAll()
        self.changed.emit()

    def _take(self, limit: str, number: int) -> LimitPart:
        part = LimitPart(limit, number, self._sentence)
        part.changed.connect(self.changed)
        part.removed.connect(self._drop)
        self._limits.append(part)
        return part

    def _drop(self, part: LimitPart) -> None:
        self._limits.remove(part)
        part.discard()
        self._set()
        self.add.setFocus()
        self.changed.emit()

    def _fill_menu(self) -> None:
        self.add.popup_menu.clear()
        for limit in LIMITS:
            action = self.add.popup_menu.addAction(limit_choice(limit))
            action.setData(limit)
            action.setEnabled(self.limit(limit) is None)

    def _add_chosen(self, action: QAction) -> None:
        self.add_limit(action.data())

    def _delivery_chosen(self) -> None:
        self._set()
        if self.way() is Delivery.HOLD:
            self.seconds.setFocus()
        self.changed.emit()

    def _set(self) -> None:
        """Lay out all widgets in their lines; the Tab order follows."""
        held = self.way() is Delivery.HOLD
        parts = [widget for part in self._limits for widget in part.widgets()]
        self.add.setProperty(NEW_LINE, bool(self._limits))
        widgets = (self._free, *parts, self.add, self.delivery, self.seconds, self._unit, self._error)
        self._flow.set_widgets(widgets)
        for before, after in pairwise(widgets):
            QWidget.setTabOrder(before, after)
        for part in self._limits:
            for widget in part.widgets()[:-1]:
                widget.show()
        self._free.setVisible(not self._limits)
        self.add.setVisible(len(self._limits) < len(LIMITS))
        self.seconds.setVisible(held)
        self._unit.setVisible(held)
        self.note.setText(_note(self.way()))
        self._sentence.updateGeometry()


def delivery_choice(delivery: Delivery) -> str:
    """Return the name of a delivery, as a line of the sentence."""
    return tr(_DELIVERIES[delivery])


_DELIVERIES = {
    Delivery.INHERIT: "Leaves as the conversation's mode says",
    Delivery.SEND: "Leaves at once",
    Delivery.HOLD: "Waits",
    Delivery.DRAFT: "Stays a draft until you send it",
    Delivery.SHADOW: "Shadow: decides and records, sends nothing",
}


def hold_suffix(seconds: int) -> str:
    """Return the words behind the number of seconds for which a reply is held."""
    return ntr("second for you before it leaves", "seconds for you before it leaves", seconds)


def _note(delivery: Delivery) -> str:
    if delivery is Delivery.SHADOW:
        return tr("The rules below it are asked as if it were not there. Look at its hits, then let it speak.")
    if delivery is Delivery.INHERIT:
        return ""
    return tr("A mode that you set on a conversation itself goes before this.")
