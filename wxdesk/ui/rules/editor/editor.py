"""Editor of one rule, written as a sentence: conditions, actions and limits."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from wxdesk.core.model.rule import Rule
from wxdesk.core.rules.faults import RuleFault, known_groups
from wxdesk.core.rules.pairing import revision_content
from wxdesk.desk.rules.patterns.engine import compile_pattern
from wxdesk.i18n import tr
from wxdesk.ui.editing.text_undo import UndoKeys, UndoSteps, focused_name, refocus
from wxdesk.ui.editing.width_scroll import WidthScroll
from wxdesk.ui.rules.editor.actions.card import ActionsCard
from wxdesk.ui.rules.editor.conditions.card import ConditionsCard
from wxdesk.ui.rules.editor.conditions.context_parts import ConditionChoices
from wxdesk.ui.rules.editor.fields import RuleFields
from wxdesk.ui.rules.editor.head import RuleEditorHead
from wxdesk.ui.rules.editor.limits_card import LimitsCard
from wxdesk.ui.rules.editor.mistakes import RuleMistakes, is_unfinished
from wxdesk.ui.rules.editor.places import FaultLocator
from wxdesk.ui.rules.review.lint_card import LintCard
from wxdesk.ui.rules.text import missing_text
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.runtime.debounce import Debounce
from wxdesk.ui.widgets.dialogs.shortcut_sheet import bind

WIDEST = 720


class RuleEditor(QWidget):
    """Editor of one rule that validates it as it is written and stores nothing.

    Mistakes are marked at their fields. What is not written yet is mentioned calmly, below the name.

    Signals:
        edited: the rule as it reads now, after a pause in typing.
        touched: True if the rule differs from the stored one.
        save_asked: the operator wants this rule stored.
        trial_asked: the operator wants to see the trial.
        dry_run_asked: the operator wants a dry run of this rule.
        history_asked: the operator wants to see its revisions.
    """

    edited = Signal(object)
    touched = Signal(bool)
    save_asked = Signal(object)
    trial_asked = Signal()
    dry_run_asked = Signal(object)
    history_asked = Signal(object)

    def __init__(self, bridge: Bridge, offers: ConditionChoices, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rulebook = bridge.desk.rules.rulebook
        self._now = bridge.desk.clock()
        self._saved = Rule("")
        self._touched = False
        self._showing = False
        self.faults: tuple[RuleFault, ...] = ()
        self._later = Debounce(self.check_now, self)
        self.head = RuleEditorHead(self)
        self.doubts = LintCard(self)
        self.when_card = ConditionsCard(offers, self)
        self.then_card = ActionsCard(bridge, self)
        self.leaving_card = LimitsCard(self)
        self._fields = RuleFields(self.head, self.when_card, self.then_card, self.leaving_card)
        self._connect()
        self._lay_out()
        self._mistakes = RuleMistakes(self.head, (self.when_card, self.then_card, self.leaving_card), self.places)
        self._steps = UndoSteps[Rule](revision_content)
        bind(self, "Ctrl+S", self.save)
        bind(self, "Ctrl+.", self.show_next_mistake)
        self._keys = UndoKeys(self, self.undo, self.redo)

    def _connect(self) -> None:
        self.head.name.textChanged.connect(self._changed)
        self.head.trial.clicked.connect(self.trial_asked)
        self.head.dry_run.clicked.connect(self._ask_dry_run)
        self.head.history.clicked.connect(self._ask_history)
        self.head.revert.clicked.connect(self.revert)
        self.head.save.clicked.connect(self.save)
        self.head.mistakes.clicked.connect(self.show_next_mistake)
        for card in (self.when_card, self.then_card, self.leaving_card):
            card.changed.connect(self._changed)

    def _lay_out(self) -> None:
        inside = QWidget(self)
        column = QVBoxLayout(inside)
        column.setContentsMargins(24, 16, 24, 24)
        column.setSpacing(16)
        column.addWidget(self.head)
        column.addWidget(self.doubts)
        column.addWidget(self.when_card)
        column.addWidget(self.then_card)
        column.addWidget(self.leaving_card)
        column.addStretch(1)
        scroll = WidthScroll(inside, WIDEST, self)
        self.places = FaultLocator(self.head.name, self.when_card, self.then_card, self.leaving_card, scroll)
        self.foot = QFrame(self)
        self.foot.setProperty("class", "footer")
        self.foot.hide()
        self._foot = QVBoxLayout(self.foot)
        self._foot.setContentsMargins(24, 8, 24, 8)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(scroll, 1)
        whole.addWidget(self.foot)

    def put_preview(self, preview: QWidget) -> None:
        """Show the bubbles at the foot, where they stay visible while the rule scrolls."""
        self._foot.addWidget(preview)

    # -- the rule

    def show_rule(self, rule: Rule) -> None:
        """Edit `rule`, a stored one or a new one (id 0).

        Where it reads the same already, the fields stay, so that typing can go on while it is saved.
        """
        before, self._saved = self._saved, rule
        reads_the_same = rule.id != 0 and before.id in (0, rule.id) and not self.unsaved
        if not reads_the_same:
            self._fill(rule)
        if not (reads_the_same or before.id == rule.id != 0):
            self._steps.begin(self.rule())
        self._show_revision()
        self.doubts.show_rule(rule.id)
        self.check_now()
        self.places.show_wanted(rule.id)

    def _ask_dry_run(self) -> None:
        self.dry_run_asked.emit(self.rule())

    def _ask_history(self) -> None:
        self.history_asked.emit(self._saved)

    def undo(self) -> None:
        """Restore the rule as before the last pause in typing, in whatever field."""
        self._step(-1)

    def redo(self) -> None:
        """Redo the last undone step."""
        self._step(1)

    def _step(self, step: int) -> None:
        self.check_now()
        rule = self._steps.move(step)
        if rule is not None:
            name = focused_name(self)
            self.write(rule)
            refocus(self, name)

    def write(self, rule: Rule) -> None:
        """Fill the fields with `rule` as an operator would, without storing it."""
        self._fill(rule)
        self.check_now()

    def _fill(self, rule: Rule) -> None:
        self._showing = True
        self._fields.show(rule)
        self._showing = False

    def show_stored(self, rule: Rule) -> None:
        """Take over this stored rule; what is being written stays."""
        self._saved = rule
        self._show_revision()
        self._changed()

    def rule(self) -> Rule:
        """Return the rule as edited; untouched parts are as stored."""
        return self._fields.rule(self._saved)

    @property
    def saved(self) -> Rule:
        """The rule as it is stored; id 0 if it is not."""
        return self._saved

    @property
    def unsaved(self) -> bool:
        """True if leaving the editor would lose changes."""
        return self.rule() != self._saved

    @property
    def fault(self) -> RuleFault | None:
        """The first fault that keeps the rule from being saved."""
        return next(iter(self.faults), None)

    def revert(self) -> None:
        """Go back to what is stored."""
        self.show_rule(self._saved)

    def save(self) -> bool:
        """Ask to store the rule if changed and valid; return True if asked."""
        self.check_now()
        if not self.head.save.isEnabled():
            return False
        self.save_asked.emit(self.rule())
        return True

    def judged(self) -> tuple[str, RuleFault | None]:
        """Return the name and the first fault that keeps the rule from being saved."""
        self.check_now()
        return self.rule().name, self.fault

    def check_now(self) -> None:
        """Validate the rule and show faults at their fields."""
        self._later.stop()
        rule = self.rule()
        self._steps.note(rule)
        changed = rule != self._saved
        self.faults = self._rulebook.judge.faults_in(rule)
        lacks = [fault for fault in self.faults if is_unfinished(fault, rule)]
        shown = [one for one in self.faults if not (changed and one in lacks) and (changed or rule.id)]
        self._mistakes.show(shown)
        self.then_card.show_groups(known_groups(rule.when, compile_pattern) or ())
        self.head.allow(save=changed and not self.faults, revert=changed)
        self.head.dry_run.setEnabled(not self.faults)
        elsewhere = shown[:1] if changed and shown and shown[0].where != ("name",) else ()
        self._show_revision(
            missing_text(lacks[0]) if lacks and changed else "", next((tr(one.reason) for one in elsewhere), "")
        )
        self._tell(changed)
        self.edited.emit(rule)

    def show_next_mistake(self) -> None:
        """Focus the next mistake, beginning with the first one."""
        self.check_now()
        self._mistakes.go_on()

    def show_refusal(self, reason: str) -> None:
        """Say why the rule was not stored, where no field is to blame."""
        self.head.show_error(reason, about_name=False)

    def _changed(self) -> None:
        if self._showing:
            return
        changed = self.unsaved
        self.head.allow(save=changed and self.head.save.isEnabled(), revert=changed)
        self._tell(changed)
        self._later.start()

    def _tell(self, changed: bool) -> None:
        if changed is not self._touched:
            self._touched = changed
            self.touched.emit(changed)

    def _show_revision(self, missing: str = "", wrong: str = "") -> None:
        self.head.show_state(self._saved, self._now, missing, wrong)

    def set_now(self, now: datetime) -> None:
        """Take over the current time, so that dates can read “today”."""
        self._now = now
        self._show_revision()
