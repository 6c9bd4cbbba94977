"""Limits on how often a rule answers, each on a line of the sentence."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from PySide6.QtWidgets import QWidget

from wxdesk.core.model.rule import Cooldown
from wxdesk.core.rules.faults import MOST_TIMES
from wxdesk.i18n import ntr, tr
from wxdesk.ui.rules.editor.conditions.parts import SentencePart, sentence_label
from wxdesk.ui.widgets.fields.number import NumberField
from wxdesk.ui.widgets.flow_layout import KEEP_WITH_NEXT, NEW_LINE
from wxdesk.ui.widgets.menu_button import SingleChoiceButton
from wxdesk.ui.wording.messages import UNITS, exact_span, unit_text, whole_unit

LIMITS = ("per_contact_s", "per_conversation", "per_account_per_min")
"""Fields of `Cooldown`, in the order of the menu that adds them."""


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
        self._show_number(number)
        self.number.valueChanged.connect(self._edited)
        if self.unit is not None:
            self.unit.chosen.connect(self._edited)
        for widget in self.widgets()[:-2]:
            widget.setProperty(KEEP_WITH_NEXT, True)

    def add_to(self, limits: Cooldown) -> Cooldown:
        """Return `limits` with this one added."""
        number = self.number.value()
        if self.unit is not None:
            number *= round(timedelta.total_seconds(self.unit.value))  # type: ignore[arg-type]
        return replace(limits, **{self.limit: number})

    def widgets(self) -> list[QWidget]:
        """Return all widgets in their order."""
        unit = [] if self.unit is None else [self.unit]
        return [self._before, self.number, *unit, self._after, self._remove, self._error]

    def show_fault(self, reason: str) -> None:
        """Show a fault below; an empty reason clears it."""
        self._error.show_if_any(reason)

    def _show_number(self, number: int) -> None:
        if self.unit is not None:
            span = timedelta(seconds=number)
            unit = whole_unit(span)
            self.unit.set_value(unit)
            number = span // unit
        self.number.show_number(number)
        self._say_after()

    def _say_after(self) -> None:
        """Update the words behind the number and the unit, which depend on it."""
        if self.unit is not None:
            self.unit.say(_unit_choices(self.number.value()))
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


def limit_choice(limit: str) -> str:
    """Return a limit's name in the menu that adds one."""
    return _CHOICES[limit]()


_CHOICES: Mapping[str, Callable[[], str]] = {
    "per_contact_s": lambda: tr("once in a while for each customer"),
    "per_conversation": lambda: tr("so many times for each customer, ever"),
    "per_account_per_min": lambda: tr("so many times a minute for all customers"),
}


def first_number(limit: str) -> int:
    """Return the initial number of a limit: ten minutes, once, or thirty times."""
    return {"per_contact_s": 600, "per_conversation": 1}.get(limit, 30)


def _unit_choices(number: int) -> list[tuple[object, str]]:
    return [(unit, unit_text(unit, number)) for unit in UNITS]
