"""Editor of one rule, written as a sentence: conditions, actions and limits."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

from wxdesk.core.model.rule import Condition, Rule
from wxdesk.core.rules.faults import FieldPath, RuleFault
from wxdesk.core.rules.lint.findings import LintFinding
from wxdesk.i18n import ntr, tr
from wxdesk.ui.editing.record_editor import RecordEditor, RecordHead, WidthScroll
from wxdesk.ui.rules.editor.actions.card import ActionsCard, empty_action
from wxdesk.ui.rules.editor.conditions.card import ConditionsCard
from wxdesk.ui.rules.editor.conditions.context_parts import ConditionChoices
from wxdesk.ui.rules.editor.conditions.parts import error_label
from wxdesk.ui.rules.editor.conditions.table import is_empty
from wxdesk.ui.rules.editor.limits_card import LimitsCard
from wxdesk.ui.rules.review.lint_card import LintCard
from wxdesk.ui.rules.text import missing_text
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.boxes import STRETCH, Frame, hbox, vbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.dialogs.shortcut_sheet import bind
from wxdesk.ui.widgets.fields.labelled import set_wrong

WIDEST = 720


class RuleEditorHead(RecordHead):
    """Name and trials of a rule; its state and mistakes are beside what saves it."""

    def __init__(self) -> None:
        super().__init__(tr("Name of the rule"), 120)
        self._error = error_label(self)
        self.history = Button(tr("Compare revisions"), kind=ButtonKind.LINK, parent=self)
        self.mistakes = Button(kind=ButtonKind.LINK, icon="warning", parent=self)
        self.mistakes.setToolTip(tr("Go to the next one (Ctrl+.)"))
        self.mistakes.hide()
        self.trial = Button(tr("Try a sentence"), parent=self)
        self.dry_run = Button(tr("Try on history"), parent=self)
        vbox(hbox((self.title, 1), self.trial, self.dry_run, spacing=8), self._error, spacing=6, within=self)
        self._lay_out_bar(WIDEST, self.history, self.mistakes)

    def show_check(self, stored: Rule, now: datetime, missing: str, wrong: str) -> None:
        """Show what is missing or wrong, else the stored revision and its date."""
        self.history.setVisible(stored.revision > 1 and self.mistakes.isHidden())
        if wrong:
            self.show_state(stored, now, tr("Cannot be saved yet: {reason}", reason=wrong), "failed")
        elif missing:
            self.show_state(stored, now, tr("Still missing: {what}", what=missing), "pending")
        else:
            is_new_and_off = not stored.id and not stored.enabled
            self.show_state(stored, now, tr("New and switched off, not saved yet") if is_new_and_off else "")

    def show_mistakes(self, count: int) -> None:
        """Show the number of mistakes, in place of the button for the history."""
        self.mistakes.setText(ntr("{n} mistake: show it", "{n} mistakes: show the next one", count) if count else "")
        self.mistakes.setVisible(count > 0)

    def show_error(self, reason: str) -> None:
        """Say below the name what is wrong with it; an empty reason clears it."""
        set_wrong(self.title, bool(reason))
        self._error.show_if_any(reason)


class RuleEditor(RecordEditor[Rule]):
    """Editor of one rule, with its doubts, and the trial's preview at its foot.

    A place in a rule is a path (see `core.rules.faults`), whose field can be focused.

    Signals:
        edited: the rule as it reads now, after a pause in typing.
    """

    edited = Signal(object)

    head: RuleEditorHead
    faults: tuple[RuleFault, ...]

    def __init__(self, bridge: Bridge, offers: ConditionChoices, parent: QWidget | None = None) -> None:
        super().__init__(bridge, RuleEditorHead(), Rule(""), parent)
        self._judge = bridge.desk.rules.rulebook.judge
        self.doubts = LintCard(self)
        self.when_card = ConditionsCard(offers, self)
        self.then_card = ActionsCard(bridge, self)
        self.leaving_card = LimitsCard(self)
        self._cards = (self.when_card, self.then_card, self.leaving_card)
        self._mistakes: tuple[RuleFault, ...] = ()
        self._mistake = -1
        self._wanted: LintFinding | None = None
        self._lay_out()
        self.head.mistakes.clicked.connect(self.show_next_mistake)
        for card in self._cards:
            card.changed.connect(self._changed)
        bind(self, "Ctrl+.", self.show_next_mistake)

    def _lay_out(self) -> None:
        inside = QWidget(self)
        vbox(self.head, self.doubts, *self._cards, STRETCH, spacing=16, margins=(24, 16, 24, 24), within=inside)
        self._scroll = WidthScroll(inside, WIDEST, self)
        self.foot = Frame("footer", self)
        self.foot.hide()
        self.in_foot = vbox(margins=(24, 8, 24, 8), within=self.foot)  # what stays in sight while the rule scrolls
        vbox((self._scroll, 1), self.foot, self.head.bar, spacing=0, within=self)

    # -- a kind of record

    def name_of(self, record: Rule) -> str:
        """Return the rule's name, or a text in its place."""
        return record.name or tr("New rule")

    def _blank_after(self, gone: Rule) -> Rule:
        return Rule("", position=gone.position, enabled=gone.enabled)

    def _fill(self, record: Rule) -> None:
        self.head.show_title(record.name)
        for card in self._cards:
            card.show_rule(record)

    def _read(self) -> Rule:
        return Rule(
            name=self.head.title.text().strip(),
            on=self.when_card.kinds(),
            when=self.when_card.when(),
            then=self.then_card.steps(),
            default=self.when_card.default.isChecked(),
            continues=self.then_card.continues.isChecked(),
            cooldown=self.leaving_card.cooldown(),
            delivery=self.leaving_card.delivery.value,
            hold_seconds=self.leaving_card.hold_seconds(),
        )

    # -- the rule

    def show_record(self, record: Rule) -> None:
        """Edit `record`, a stored rule or a new one, and focus the wanted place in it."""
        super().show_record(record)
        self.doubts.show_rule(record.id)
        self.show_wanted(record.id)

    def _find_faults(self, record: Rule) -> Iterable[RuleFault]:
        return self._judge.faults_in(record)

    def _show_check(self, record: Rule, changed: bool) -> None:
        lacks = [fault for fault in self.faults if is_unfinished(fault, record)]
        shown = [one for one in self.faults if not (changed and one in lacks) and (changed or record.id)]
        self._show_mistakes(tuple(shown))
        self.then_card.show_groups(record.when)
        self.head.dry_run.setEnabled(not self.faults)
        missing = missing_text(lacks[0]) if lacks and changed else ""
        elsewhere = changed and shown and shown[0].where != ("name",)
        self.head.show_check(self.saved, self._clock(), missing, tr(shown[0].reason) if elsewhere else "")
        self.edited.emit(record)

    # -- mistakes and places

    def _show_mistakes(self, faults: tuple[RuleFault, ...]) -> None:
        """Mark each at its field, and show their number."""
        if self._mistakes != faults:
            self._mistakes, self._mistake = faults, -1
        self.head.show_error(next((tr(fault.reason) for fault in faults if fault.where == ("name",)), ""))
        for card in self._cards:
            card.show_faults(faults)
        self.head.show_mistakes(len(faults))

    def show_next_mistake(self) -> None:
        """Focus the next mistake, beginning with the first one."""
        self.check_now()
        if self._mistakes:
            self._mistake = (self._mistake + 1) % len(self._mistakes)
            fault = self._mistakes[self._mistake]
            self.show_place(fault.where, fault.template_line)

    def want_place(self, finding: LintFinding | None) -> None:
        """Focus the place of `finding` as soon as its rule is edited; None gives it up."""
        self._wanted = finding

    def show_wanted(self, rule_id: int) -> None:
        """Focus the wanted place, if it is in this rule, which is edited now."""
        wanted = self._wanted
        if wanted is not None and wanted.rule.id == rule_id:
            self._wanted = None
            line = wanted.fault.template_line if wanted.fault else 0
            QTimer.singleShot(0, self, partial(self.show_place, wanted.where, line))  # new fields are shown by then

    def show_place(self, where: FieldPath, line: int) -> None:
        """Focus a place; of a template, its line."""
        self._field(where, line).setFocus(Qt.FocusReason.OtherFocusReason)
        QTimer.singleShot(0, self, self._reveal)

    def _field(self, where: FieldPath, line: int) -> QWidget:
        match where[:1]:
            case ("when",) | ("on",):
                return self.when_card.place(where)
            case ("then",):
                return self.then_card.place(where, line)
            case ("cooldown",) | ("delivery",):
                return self.leaving_card.place(where)
            case _:
                return self.head.title

    def _reveal(self) -> None:
        """Scroll to the focused widget once the layout is done."""
        focused = self.window().focusWidget()
        if focused is not None and self._scroll.isAncestorOf(focused):
            self._scroll.ensureWidgetVisible(focused, 24, 60)


def is_unfinished(fault: RuleFault, rule: Rule) -> bool:
    """Return True for mere lacks: name, condition, action, or its empty fields."""
    if fault.where in (("name",), ("when",), ("then",)):
        return True
    if fault.where[0] == "when" and _is_empty_condition(rule.when, fault.where):
        return True
    at = fault.where[1] if fault.where[0] == "then" else None
    return isinstance(at, int) and rule.then[at] == empty_action(rule.then[at].kind)


def _is_empty_condition(when: Condition, where: FieldPath) -> bool:
    """Return True if a condition that was just added is still empty."""
    if where[1:2] == ("not",):
        return when.unless is not None and _is_empty_condition(when.unless, where[1:])
    return len(where) > 1 and is_empty(when, str(where[1]))
