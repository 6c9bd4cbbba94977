"""Parts for conditions on a message's context: hours, operator, contact, history."""

from collections.abc import Callable, Collection, Sequence
from functools import partial

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtWidgets import QWidget

from wxdesk.core.model.rule import Condition, HoursTest, LastRule, MessageNo, Reference, TagsTest
from wxdesk.core.rules.business_hours import CalendarList
from wxdesk.core.rules.conditions.surroundings import MOST_DAYS, MOST_MESSAGES, MOST_MINUTES
from wxdesk.core.rules.faults import FieldPath
from wxdesk.core.rules.rule_names import RuleNames
from wxdesk.i18n import tr, unit
from wxdesk.ui.rules.editor.conditions.parts import ConditionPart, WordsPart, counted, sentence_label
from wxdesk.ui.widgets.fields.number import NumberField
from wxdesk.ui.widgets.flow_layout import KEEP_WITH_NEXT
from wxdesk.ui.widgets.menu_button import NameMenuButton, SingleChoiceButton
from wxdesk.ui.wording.times import MINUTE, unit_text


class ConditionChoices(Struct, frozen=True):
    """Names for conditions, read when a menu opens, and a call to edit hours."""

    calendars: Callable[[], CalendarList] = CalendarList
    rules: Callable[[], Sequence[str]] = tuple
    edit_calendars: Callable[[], None] = lambda: None
    rule_names: Callable[[], RuleNames] = lambda: RuleNames(())
    accounts: Collection[str] = ()


class ReferencePart(ConditionPart):
    """Part that refers to something by id, and shows the name that it has by now."""

    def __init__(
        self,
        condition: str,
        chooser: NameMenuButton,
        names: Callable[[], CalendarList | RuleNames],
        reference: Reference,
        host: QWidget,
    ) -> None:
        super().__init__(condition, host)
        self._chooser, self._names, self._reference = chooser, names, reference
        self._show_name()
        chooser.chosen.connect(self._chosen)

    def show_faults(self, faults: Sequence[tuple[FieldPath, str]]) -> None:
        """Show the name that it has by now, and all faults."""
        self._show_name()
        super().show_faults(faults)

    def _show_name(self) -> None:
        self._chooser.set_value(self._names().name_of(self._reference))

    def _chosen(self, name: str) -> None:
        self._reference = self._names().reference_to(name)
        self.changed.emit()


class HoursPart(ReferencePart):
    """Part of `hours`: inside or outside those of a calendar."""

    def __init__(self, test: HoursTest, offers: ConditionChoices, host: QWidget) -> None:
        self.side = SingleChoiceButton(
            [(True, tr("within")), (False, tr("outside"))], tr("Within or outside the hours"), host
        )
        self.calendar = NameMenuButton(
            lambda: list(offers.calendars().ids),
            tr("Business hours"),
            without=tr("which hours?"),
            more=tr("Edit business hours…"),
            parent=host,
        )
        super().__init__("hours", self.calendar, offers.calendars, test.calendar, host)
        self._fields, self._main = (self.side, self.calendar), self.calendar
        self.side.set_value(test.inside)
        self.side.setProperty(KEEP_WITH_NEXT, True)
        self.side.chosen.connect(self.changed)
        self.calendar.more_asked.connect(offers.edit_calendars)

    def _value(self) -> HoursTest:
        return HoursTest(self._reference, self.side.value)


class ChoicePart[T](ConditionPart):
    """Part with one of a few values: the operator's presence, or the first contact."""

    def __init__(self, condition: str, choices: Sequence[tuple[T, str]], label: str, value: T, host: QWidget) -> None:
        super().__init__(condition, host)
        self.choice = SingleChoiceButton(choices, label, host)
        self.choice.set_value(value)
        self.choice.chosen.connect(self.changed)
        self._fields = (self.choice,)

    def _value(self) -> T:
        return self.choice.value


class TagsPart(WordsPart):
    """Part of `tags`: at least one of these, or none of these."""

    def __init__(self, key: str, tags: Sequence[str], host: QWidget) -> None:
        super().__init__(f"tags.{key}", tags, host)
        self._key = key

    def add_to(self, when: Condition) -> Condition:
        """Add the tags; an empty list adds nothing yet."""
        if not self.chips.words():
            return when
        return replace(when, tags=replace(when.tags or TagsTest(), **{self._key: self.chips.words()}))

    def owns(self, where: FieldPath) -> bool:
        """Return True if the fault is in this list."""
        return where[:2] == ("tags", self._key)


days_before = unit("day before", "days before")


class QuietDaysPart(ConditionPart):
    """Part of `quiet_days`: the contact wrote nothing for so long."""

    def __init__(self, days: int, host: QWidget) -> None:
        super().__init__("quiet_days", host)
        self.number, behind = counted(days, MOST_DAYS, tr("Days without a message"), days_before, host)
        self._fields = (self.number, behind)
        self.number.valueChanged.connect(self.changed)

    def _value(self) -> int:
        return self.number.value()


class MessageNumberPart(ConditionPart):
    """Part of `message_no`: number of the message since an operator last answered."""

    def __init__(self, bounds: MessageNo, host: QWidget) -> None:
        super().__init__("message_no", host)
        choices = [("is", tr("exactly")), ("from", tr("at least")), ("to", tr("at most")), ("between", tr("between"))]
        self.how = SingleChoiceButton(choices, tr("How the number of messages is compared"), host)
        self.how.setProperty(KEEP_WITH_NEXT, True)
        self.least = NumberField(1, MOST_MESSAGES, tr("Number of messages"), host)
        self._and = sentence_label(tr("and"), host)
        self._and.setProperty(KEEP_WITH_NEXT, True)
        self.most = NumberField(1, MOST_MESSAGES, tr("Largest number of messages"), host)
        self._fields = (self.how, self.least, self._and, self.most)
        self._show_bounds(bounds)
        self.how.chosen.connect(self._rebuilt)
        for field in (self.least, self.most):
            field.valueChanged.connect(self.changed)

    def _show_bounds(self, bounds: MessageNo) -> None:
        if bounds.max is None:
            self.how.set_value("from")
        elif bounds.min == bounds.max:
            self.how.set_value("is")
        else:
            self.how.set_value("to" if bounds.min == 1 else "between")
        self.least.show_number(bounds.max or 1 if self.how.value == "to" else bounds.min)
        self.most.show_number(bounds.min + 1 if bounds.max is None else bounds.max)
        self._show_second()

    def _value(self) -> MessageNo:
        first = self.least.value()
        match self.how.value:
            case "is":
                return MessageNo(first, first)
            case "from":
                return MessageNo(first)
            case "to":
                return MessageNo(1, first)
            case _:
                return MessageNo(first, self.most.value())

    def place(self, where: FieldPath) -> QWidget:
        """Return the bound that the path is about."""
        return self.most if where[-1:] == ("max",) and self.how.value == "between" else self.least

    def _show_second(self) -> None:
        for widget in (self._and, self.most):
            widget.setVisible(self.how.value == "between")

    def _rebuilt(self) -> None:
        self._show_second()
        self.relaid.emit()
        self.changed.emit()


class LastRulePart(ReferencePart):
    """Part of `last_rule_within`: another rule answered the contact shortly before."""

    def __init__(self, test: LastRule, offers: ConditionChoices, host: QWidget) -> None:
        self.rule = NameMenuButton(offers.rules, tr("Other rule"), without=tr("which rule?"), parent=host)
        super().__init__("last_rule_within", self.rule, offers.rule_names, test.rule, host)
        within = sentence_label(tr("within the last"), host)
        name, behind = tr("Minutes since the other rule answered"), partial(unit_text, MINUTE)
        self.minutes, unit = counted(test.minutes, MOST_MINUTES, name, behind, host)
        self._fields = (self.rule, within, self.minutes, unit)
        for before in (self.rule, within):
            before.setProperty(KEEP_WITH_NEXT, True)
        self.minutes.valueChanged.connect(self.changed)

    def _value(self) -> LastRule:
        return LastRule(self._reference, self.minutes.value())

    def place(self, where: FieldPath) -> QWidget:
        """Return the number, or the name of the other rule."""
        return self.minutes if where[-1:] == ("minutes",) else self.rule
