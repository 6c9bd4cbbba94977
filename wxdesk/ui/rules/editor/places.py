"""Focuses the field of the editor that a fault or lint finding is about."""

from functools import partial

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QScrollArea, QWidget

from wxdesk.core.rules.faults import FieldPath, RuleFault
from wxdesk.core.rules.lint.findings import LintFinding
from wxdesk.ui.rules.editor.actions.card import ActionsCard
from wxdesk.ui.rules.editor.conditions.card import ConditionsCard
from wxdesk.ui.rules.editor.limits_card import LimitsCard


class FaultLocator(QObject):
    """Finds the widget of a place in a rule (see `core.rules.faults`) and focuses it."""

    def __init__(
        self,
        name: QWidget,
        when_card: ConditionsCard,
        then_card: ActionsCard,
        leaving_card: LimitsCard,
        scroll: QScrollArea,
    ) -> None:
        super().__init__(scroll)
        self._name = name
        self._when = when_card
        self._then = then_card
        self._leaving = leaving_card
        self._scroll = scroll
        self._wanted: LintFinding | None = None

    def want(self, finding: LintFinding) -> None:
        """Focus the place of `finding` as soon as its rule is edited."""
        self._wanted = finding

    def forget(self) -> None:
        """Give up the wanted place."""
        self._wanted = None

    def show_wanted(self, rule_id: int) -> None:
        """Focus the wanted place, if it is in this rule, which is edited now."""
        wanted = self._wanted
        if wanted is not None and wanted.rule.id == rule_id:
            self._wanted = None
            line = wanted.fault.template_line if wanted.fault else 0
            QTimer.singleShot(0, self, partial(self._focus, wanted.where, line))  # new fields are shown by then

    def show(self, fault: RuleFault) -> None:
        """Focus the place of `fault` in the edited rule."""
        self._focus(fault.where, fault.template_line)

    def _focus(self, where: FieldPath, line: int) -> None:
        self._widget(where, line).setFocus(Qt.FocusReason.OtherFocusReason)
        QTimer.singleShot(0, self, self._reveal)

    def _widget(self, where: FieldPath, line: int) -> QWidget:
        match where[:1]:
            case ("when",) | ("on",):
                return self._when.place(where)
            case ("then",):
                return self._then.place(where, line)
            case ("cooldown",) | ("delivery",):
                return self._leaving.place(where)
            case _:
                return self._name

    def _reveal(self) -> None:
        """Scroll to the focused widget once the layout is done."""
        focused = self._scroll.window().focusWidget()
        if focused is not None and self._scroll.isAncestorOf(focused):
            self._scroll.ensureWidgetVisible(focused, 24, 60)
