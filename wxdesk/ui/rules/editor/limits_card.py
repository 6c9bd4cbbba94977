"""Card “How often and how it leaves”: a rule's limits and delivery."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from msgspec.structs import replace
from PySide6.QtWidgets import QWidget

from wxdesk.core.model.rule import Cooldown, Delivery, Rule
from wxdesk.core.rules.faults import MOST_HOLD_SECONDS, MOST_TIMES, FieldPath, RuleFault
from wxdesk.i18n import names, ntr, tr
from wxdesk.ui.editing.record_editor import EditorCard
from wxdesk.ui.rules.editor.conditions.parts import SentencePart, counted, error_label, sentence_label
from wxdesk.ui.widgets.buttons import ButtonKind
from wxdesk.ui.widgets.fields.number import NumberField
from wxdesk.ui.widgets.flow_layout import KEEP_WITH_NEXT, NEW_LINE, FlowLayout
from wxdesk.ui.widgets.labels import heading, small_label
from wxdesk.ui.widgets.menu_button import MenuButton, SingleChoiceButton
from wxdesk.ui.wording.times import UNITS, exact_span, unit_text, whole_unit

HOLD = 8
"""Initial seconds for which a reply is held."""


LIMITS = {"per_contact_s": 600, "per_conversation": 1, "per_account_per_min": 30}
"""Fields of `Cooldown` with initial numbers, in the order of the menu."""


class LimitPart(SentencePart):
    """One limit: a number, its unit, and the words around it."""

    def __init__(self, limit: str, number: int, host: QWidget) -> None:
        super().__init__(tr("Remove this limit: {what}", what=limit_choice(limit)), host)
        self.limit = limit
        before, _ = _words(limit, number)
        self._before = sentence_label(before, host)
        self._before.setProperty(NEW_LINE, True)
        self.number = NumberField(1, MOST_TIMES, limit_choice(limit), host)
        self.unit = (
            SingleChoiceButton(_unit_choices(number), tr("Unit of time"), host) if limit == "per_contact_s" else None
        )
        self._after = sentence_label("", host)
        if self.unit is not None:
            span = timedelta(seconds=number)
            self.unit.set_value(whole_unit(span))
            number = span // self.unit.value
        self.number.show_number(number)
        self._say_after()
        self.number.valueChanged.connect(self._edited)
        if self.unit is not None:
            self.unit.chosen.connect(self._edited)
        for widget in self.widgets()[:-2]:
            widget.setProperty(KEEP_WITH_NEXT, True)

    def add_to(self, limits: Cooldown) -> Cooldown:
        """Return `limits` with this one added."""
        number = self.number.value()
        if self.unit is not None:
            number *= round(self.unit.value.total_seconds())
        return replace(limits, **{self.limit: number})

    def widgets(self) -> list[QWidget]:
        """Return all widgets in their order."""
        unit = [] if self.unit is None else [self.unit]
        return [self._before, self.number, *unit, self._after, self._remove, self.error]

    def _say_after(self) -> None:
        """Update the words behind the number and the unit, which depend on it."""
        if self.unit is not None:
            self.unit.offer(_unit_choices(self.number.value()))
        self._after.setText(_words(self.limit, self.number.value())[1])

    def _edited(self) -> None:
        self._say_after()
        self.changed.emit()


def _words(limit: str, number: int) -> tuple[str, str]:
    """Return the words before and behind a number."""
    match limit:
        case "per_contact_s":
            return tr("At most once in"), tr("for each customer")
        case "per_conversation":
            return tr("At most"), ntr("time for each customer, ever", "times for each customer, ever", number)
        case _:
            after = ntr("time a minute for all customers together", "times a minute for all customers together", number)
            return tr("At most"), after


def limit_sentence(limit: str, number: int) -> tuple[str, ...]:
    """Return a limit in words, part by part."""
    before, after = _words(limit, number)
    if limit != "per_contact_s":
        return before, str(number), after
    return before, exact_span(timedelta(seconds=number)), after


limit_choice = names(
    {
        "per_contact_s": "once in a while for each customer",
        "per_conversation": "so many times for each customer, ever",
        "per_account_per_min": "so many times a minute for all customers",
    }
)
"""Name of a limit in the menu that adds one."""


def _unit_choices(number: int) -> list[tuple[timedelta, str]]:
    return [(unit, unit_text(unit, number)) for unit in UNITS]


class LimitsCard(EditorCard):
    """Card of a rule's limits and delivery, a line each."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._limits: list[LimitPart] = []
        self._sentence = QWidget(self)
        self._flow = FlowLayout(self._sentence)
        self._free = sentence_label(tr("Answers whenever it matches."), self._sentence)
        self.add = MenuButton(tr("+ Limit"), kind=ButtonKind.LINK, parent=self._sentence)
        self.add.popup_menu.aboutToShow.connect(self._fill_menu)
        self.delivery = SingleChoiceButton(
            [(one, delivery_choice(one)) for one in Delivery], tr("How it leaves"), self._sentence
        )
        self.delivery.setProperty(NEW_LINE, True)
        name = tr("Seconds that the reply waits")
        self.seconds, self._unit = counted(HOLD, MOST_HOLD_SECONDS, name, hold_suffix, self._sentence)
        self._error = error_label(self._sentence)
        self.note = small_label(wrap=True, parent=self)
        self.delivery.setProperty(KEEP_WITH_NEXT, True)
        self.delivery.chosen.connect(self._delivery_chosen)
        self.seconds.valueChanged.connect(self.changed)
        self._stack(heading(tr("How often, and how it leaves"), self), self._sentence, self.note)

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

    def hold_seconds(self) -> int:
        """Return the seconds for which a reply is held; 0 unless it is."""
        return self.seconds.value() if self.delivery.value is Delivery.HOLD else 0

    def limit(self, limit: str) -> LimitPart | None:
        """Return the part of a limit, if there is one."""
        return next((part for part in self._limits if part.limit == limit), None)

    def show_faults(self, faults: Sequence[RuleFault]) -> None:
        """Show each fault at its line."""
        reasons = {fault.where: tr(fault.reason) for fault in faults}
        for part in self._limits:
            part.error.show_if_any(reasons.get(("cooldown", part.limit), ""))
        own = reasons.get(("delivery",), "")
        self._error.show_if_any(own)
        self._set()

    def place(self, where: FieldPath) -> QWidget:
        """Return the widget for `where`, a place in a rule."""
        limit = self.limit(str(where[1])) if where[:1] == ("cooldown",) and len(where) > 1 else None
        if limit is not None:
            return limit.number
        return self.seconds if self.delivery.value is Delivery.HOLD else self.delivery

    # -- what the operator does

    def add_limit(self, limit: str) -> None:
        """Begin a limit and focus it."""
        part = self._take(limit, LIMITS[limit])
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
            action = self.add.popup_menu.addAction(limit_choice(limit), partial(self.add_limit, limit))
            action.setEnabled(self.limit(limit) is None)

    def _delivery_chosen(self) -> None:
        self._set()
        if self.delivery.value is Delivery.HOLD:
            self.seconds.setFocus()
        self.changed.emit()

    def _set(self) -> None:
        """Lay out all widgets in their lines."""
        held = self.delivery.value is Delivery.HOLD
        parts = [widget for part in self._limits for widget in part.widgets()]
        self.add.setProperty(NEW_LINE, bool(self._limits))
        widgets = (self._free, *parts, self.add, self.delivery, self.seconds, self._unit, self._error)
        self._flow.set_widgets(widgets)
        for part in self._limits:
            for widget in part.widgets()[:-1]:
                widget.show()
        self._free.setVisible(not self._limits)
        self.add.setVisible(len(self._limits) < len(LIMITS))
        self.seconds.setVisible(held)
        self._unit.setVisible(held)
        self.note.show_if_any(_delivery_note(self.delivery.value))
        self._sentence.updateGeometry()


delivery_choice = names(
    {
        Delivery.INHERIT: "Leaves as the conversation's mode says",
        Delivery.SEND: "Leaves at once",
        Delivery.HOLD: "Waits",
        Delivery.DRAFT: "Stays a draft until you send it",
        Delivery.SHADOW: "Shadow: decides and records, sends nothing",
    }
)
"""Name of a delivery, as a line of the sentence."""


def hold_suffix(seconds: int) -> str:
    """Return the words behind the number of seconds for which a reply is held."""
    return ntr("second for you before it leaves", "seconds for you before it leaves", seconds)


def _delivery_note(delivery: Delivery) -> str:
    if delivery is Delivery.SHADOW:
        return tr("The rules below it are asked as if it were not there. Look at its matches, then let it answer.")
    if delivery is Delivery.INHERIT:
        return ""
    return tr("A mode that you set for a conversation takes precedence over this.")
