"""Editor of one rule, written as a sentence: conditions, actions and limits."""

from collections.abc import Iterable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QWidget

from wxdesk.core.model.rule import Rule
from wxdesk.core.rules.faults import RuleFault, known_groups
from wxdesk.core.rules.pairing import revision_content, with_content_of
from wxdesk.desk.rules.patterns import compile_pattern
from wxdesk.i18n import tr
from wxdesk.ui.editing.record_editor import RecordEditor, WidthScroll
from wxdesk.ui.rules.editor.actions.card import ActionsCard
from wxdesk.ui.rules.editor.conditions.card import ConditionsCard
from wxdesk.ui.rules.editor.conditions.context_parts import ConditionChoices
from wxdesk.ui.rules.editor.head import RuleEditorHead
from wxdesk.ui.rules.editor.limits_card import LimitsCard
from wxdesk.ui.rules.editor.mistakes import RuleMistakes, is_unfinished
from wxdesk.ui.rules.editor.places import FaultLocator
from wxdesk.ui.rules.review.lint_card import LintCard
from wxdesk.ui.rules.text import missing_text
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.boxes import STRETCH, vbox
from wxdesk.ui.widgets.dialogs.shortcut_sheet import bind

WIDEST = 720


class RuleEditor(RecordEditor[Rule]):
    """Editor of one rule, with its doubts, and the trial's preview at its foot.

    Signals:
        edited: the rule as it reads now, after a pause in typing.
        trial_asked: the operator wants to see the trial.
        dry_run_asked: the operator wants a dry run of this rule.
    """

    edited = Signal(object)
    trial_asked = Signal()
    dry_run_asked = Signal(object)

    head: RuleEditorHead
    faults: tuple[RuleFault, ...]

    def __init__(self, bridge: Bridge, offers: ConditionChoices, parent: QWidget | None = None) -> None:
        super().__init__(bridge, RuleEditorHead(), Rule(""), parent)
        self._judge = bridge.desk.rules.rulebook.judge
        self.doubts = LintCard(self)
        self.when_card = ConditionsCard(offers, self)
        self.then_card = ActionsCard(bridge, self)
        self.leaving_card = LimitsCard(self)
        self._connect()
        self._lay_out()
        self._mistakes = RuleMistakes(self.head, (self.when_card, self.then_card, self.leaving_card), self.places)
        bind(self, "Ctrl+.", self.show_next_mistake)

    def _connect(self) -> None:
        self.head.trial.clicked.connect(self.trial_asked)
        self.head.dry_run.clicked.connect(self._ask_dry_run)
        self.head.mistakes.clicked.connect(self.show_next_mistake)
        for card in (self.when_card, self.then_card, self.leaving_card):
            card.changed.connect(self._changed)

    def _lay_out(self) -> None:
        inside = QWidget(self)
        vbox(
            self.head,
            self.doubts,
            self.when_card,
            self.then_card,
            self.leaving_card,
            STRETCH,
            spacing=16,
            margins=(24, 16, 24, 24),
            within=inside,
        )
        scroll = WidthScroll(inside, WIDEST, self)
        self.places = FaultLocator(self.head.title, self.when_card, self.then_card, self.leaving_card, scroll)
        self.foot = QFrame(self)
        self.foot.setProperty("class", "footer")
        self.foot.hide()
        self._foot = vbox(margins=(24, 8, 24, 8), within=self.foot)
        vbox((scroll, 1), self.foot, spacing=0, within=self)

    def put_preview(self, preview: QWidget) -> None:
        """Show the bubbles at the foot, where they stay visible while the rule scrolls."""
        self._foot.addWidget(preview)

    # -- a kind of record

    def name_of(self, record: Rule) -> str:
        """Return the rule's name, or a text in its place."""
        return record.name or tr("New rule")

    def _blank_after(self, gone: Rule) -> Rule:
        return Rule("", position=gone.position, enabled=gone.enabled)

    def _content(self, record: Rule) -> Rule:
        return revision_content(record)

    def _with_content(self, stored: Rule, content: Rule) -> Rule:
        return with_content_of(stored, content)

    def _fill(self, record: Rule) -> None:
        self.head.show_title(record.name)
        for card in (self.when_card, self.then_card, self.leaving_card):
            card.show_rule(record)

    def _read(self) -> Rule:
        return Rule(
            name=self.head.title.text().strip(),
            on=self.when_card.kinds(),
            when=self.when_card.when(),
            then=self.then_card.steps(),
            default=self.when_card.is_default(),
            continues=self.then_card.continues.isChecked(),
            cooldown=self.leaving_card.cooldown(),
            delivery=self.leaving_card.way(),
            hold_seconds=self.leaving_card.hold_seconds(),
        )

    # -- the rule

    def show_record(self, record: Rule) -> None:
        """Edit `record`, a stored rule or a new one, and focus the wanted place in it."""
        super().show_record(record)
        self.doubts.show_rule(record.id)
        self.places.show_wanted(record.id)

    def _find_faults(self, record: Rule) -> Iterable[RuleFault]:
        return self._judge.faults_in(record)

    def _show_check(self, record: Rule, changed: bool) -> None:
        lacks = [fault for fault in self.faults if is_unfinished(fault, record)]
        shown = [one for one in self.faults if not (changed and one in lacks) and (changed or record.id)]
        self._mistakes.show(shown)
        self.then_card.show_groups(known_groups(record.when, compile_pattern) or ())
        self.head.dry_run.setEnabled(not self.faults)
        missing = missing_text(lacks[0]) if lacks and changed else ""
        elsewhere = changed and shown and shown[0].where != ("name",)
        self.head.show_check(self._saved, self._clock(), missing, tr(shown[0].reason) if elsewhere else "")
        self.edited.emit(record)

    def show_next_mistake(self) -> None:
        """Focus the next mistake, beginning with the first one."""
        self.check_now()
        self._mistakes.go_on()

    def _ask_dry_run(self) -> None:
        self.dry_run_asked.emit(self.record())
