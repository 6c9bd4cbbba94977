"""Rules page: connects list, editor and trial with each other and with the desk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from wxdesk.core.events import RulesChanged
from wxdesk.core.model.rule import Rule
from wxdesk.core.rules.lint.clustering import MessageGroup
from wxdesk.core.rules.lint.findings import LintFinding
from wxdesk.desk.rules.exchange import ImportResult
from wxdesk.ui.content.album import Album
from wxdesk.ui.editing.saving import RecordSaving, SavingHooks
from wxdesk.ui.editing.selection import RecordSelection, SelectionHooks
from wxdesk.ui.rules.business_hours.control import BusinessHoursControl
from wxdesk.ui.rules.editor.conditions.context_parts import ConditionChoices
from wxdesk.ui.rules.editor.editor import RuleEditor
from wxdesk.ui.rules.editor.empty_page import RulesEmptyPage
from wxdesk.ui.rules.editor.history import RuleHistory
from wxdesk.ui.rules.import_export.files import RuleFiles
from wxdesk.ui.rules.keys import page_keys
from wxdesk.ui.rules.lint_results import LintResults
from wxdesk.ui.rules.review.panel import ReviewStack
from wxdesk.ui.rules.review.suggestion import suggested_rule
from wxdesk.ui.rules.rule_list.changes import RuleListChanges
from wxdesk.ui.rules.rule_list.figures import RuleFiguresLoader
from wxdesk.ui.rules.rule_list.model import RuleModel
from wxdesk.ui.rules.rule_list.panel import RuleList
from wxdesk.ui.rules.trial.panel import TrialPanel
from wxdesk.ui.rules.trial.placement import TrialPlacement
from wxdesk.ui.rules.trial.preview import RulePreview
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.dialogs.notices import Notices
from wxdesk.ui.widgets.dialogs.shortcut_sheet import ShortcutKey, bind

LIST = 330
LIST_NARROW = 264


def _name_of(rule: Rule) -> str:
    return rule.name


def _unstored(rule: Rule) -> Rule:
    return Rule("", position=rule.position, enabled=rule.enabled)


def _nothing() -> None:
    """Do nothing."""


class RulesPage(QWidget):
    """Page with the list of rules, their editor and the trial.

    Signals:
        front_wanted: the page has something to show and wants to be in front; carries the page.
        conversation_wanted: the id of a conversation that the operator wants to see.
    """

    front_wanted = Signal(QWidget)
    conversation_wanted = Signal(int)

    def __init__(self, bridge: Bridge, notices: Notices, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._rulebook = bridge.desk.rules.rulebook
        self.rules = RuleModel(self)
        self.figures = RuleFiguresLoader(bridge, self.rules, self)
        self.list = RuleList(self.rules, self)
        self.changes = RuleListChanges(bridge, notices, self.rules, self.list)
        self.hours = BusinessHoursControl(bridge, notices, self)
        offers = ConditionChoices(self.hours.names, self._rule_names, self.hours.open)
        self.editor = RuleEditor(bridge, offers, self)
        self.history = RuleHistory(bridge, notices, self._is_listed, self)
        way = SavingHooks(self._rulebook.save, _name_of, self.editor.rule, self.editor.show_rule, self.history.open)
        self._saving = RecordSaving(bridge, notices, self.editor, way, self)
        self.empty = RulesEmptyPage(self)
        album = Album(bridge.desk.pictures.path, bridge.ask, self)
        self.trial = TrialPanel(bridge, album, self.rules, self)
        self.preview = RulePreview(self._rulebook.examples, album, self)
        self.files = RuleFiles(bridge, notices, self)
        self._middle = QStackedWidget(self)
        self._middle.addWidget(self.empty)
        self._middle.addWidget(self.editor)
        self.reviews = ReviewStack(bridge, self._middle, self)
        self.doubts = LintResults(notices, self.list, self.editor, self.reviews, self._saving)
        beside = SelectionHooks(self.editor.show_rule, self.list.view.show_current, _unstored, self._load)
        self._record_selection = RecordSelection(self, self.list.view, self._middle, self.editor, self._saving, beside)
        row = QHBoxLayout(self)
        row.setSpacing(0)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.list)
        row.addWidget(self.reviews, 1)
        self._place = TrialPlacement(self, row, self.trial, self.preview, self.editor)
        self._connect()

    def _connect(self) -> None:
        self.changes.past.changed.connect(self._load)
        self.changes.past.restored.connect(self._record_selection.want)
        self._saving.saved.connect(self.changes.past.was_saved)
        self.list.view.chosen.connect(self._choose)
        self.list.view.delete_asked.connect(self._delete)
        self.list.import_asked.connect(self._import)
        self.list.export_asked.connect(self.files.open_export)
        self.files.imported.connect(self._imported)
        self.hours.saved.connect(self.editor.check_now)
        for asked in (self.list.new_asked, self.empty.new_asked):
            asked.connect(self.start_new)
        self.empty.starter_asked.connect(self.files.add_starter_rules)
        self.editor.edited.connect(self._edited)
        self.editor.touched.connect(self._touched)
        self._record_selection.stayed.connect(self.editor.places.forget)
        self.editor.trial_asked.connect(self._place.toggle)
        self.list.history_asked.connect(self.reviews.try_all_on_history)
        self.editor.dry_run_asked.connect(self.reviews.try_on_history)
        self.editor.history_asked.connect(self.history.open)
        self.history.restored.connect(self._write_again)
        self.list.check_asked.connect(self.reviews.check)
        self.list.unmatched_asked.connect(self.reviews.unmatched)
        self.reviews.finding_chosen.connect(self._show_finding)
        self.doubts.place_asked.connect(self._show_finding)
        self.doubts.other_asked.connect(self._choose)
        self.reviews.group_chosen.connect(self._choose_group)
        self.reviews.conversation_wanted.connect(self.conversation_wanted)
        self._bridge.events.connect(self._hear)
        bind(self, "Ctrl+N", self.start_new)

    # -- what the window asks

    def activate(self) -> None:
        """Load the rules when the page is shown."""
        self.editor.set_now(self._bridge.desk.clock())
        self.reviews.invalidate_findings()
        self._load()

    @property
    def unsaved(self) -> bool:
        """True if closing the program now would lose changes."""
        return self._record_selection.unsaved

    def leave(self, then: Callable[[], None]) -> None:
        """Call `then` once unsaved changes are settled; never if the operator stays."""
        self._record_selection.leave(then)

    def explain(self, rule_id: int, revision: int) -> None:
        """Show the page with that rule and the revision that decided on a message."""
        self.front_wanted.emit(self)
        self._bridge.ask(self._rulebook.all(), partial(self._explain, rule_id, revision))

    def _explain(self, rule_id: int, revision: int, rules: list[Rule]) -> None:
        self._show(rules)
        self._choose(rule_id, partial(self.history.explain, rule_id, revision))

    def try_as(self, conversation_id: int, sentence: str) -> None:
        """Show the page and try `sentence` as the next message of that conversation."""
        self.front_wanted.emit(self)
        self._place.open()
        self.trial.try_as(conversation_id, sentence)

    def keys(self) -> Sequence[ShortcutKey]:
        """Return the page's keys, for the shortcut sheet."""
        return page_keys()

    # -- loading

    def _load(self) -> None:
        self._bridge.ask(self._rulebook.all(), self._show)
        self.figures.ask()

    def _show(self, rules: list[Rule]) -> None:
        self.rules.show(rules, self._rulebook.left_out)
        self.reviews.refresh_findings(rules)
        self._record_selection.show(rules, rules[0] if rules else None)
        self._edited()  # the others may answer in another way now

    def _hear(self, events: tuple[object, ...]) -> None:
        if self.isVisible() and any(isinstance(event, RulesChanged) for event in events):
            self._load()  # unseen, `activate` loads everything

    def _rule_names(self) -> list[str]:
        return self.rules.names(without=self.editor.saved.id)

    # -- choosing and editing

    def start_new(self) -> None:
        """Begin a rule once unsaved changes are settled."""
        self.leave(self._begin_new)

    def _begin_new(self, *, enabled: bool = True) -> None:
        self.reviews.close_review()
        self._record_selection.begin(Rule("", enabled=enabled))
        self.editor.head.name.setFocus()

    def _choose_group(self, group: MessageGroup) -> None:
        self.leave(partial(self._begin_with, suggested_rule(group)))

    def _begin_with(self, rule: Rule) -> None:
        self._begin_new(enabled=rule.enabled)
        self.editor.write(rule)

    def _write_again(self, rule: Rule) -> None:
        """Put a revision into the editor; of a deleted rule as a new one, switched off."""
        if rule.id == self.editor.saved.id:
            self.editor.write(rule)
        else:
            self.leave(partial(self._begin_with, replace(rule, enabled=False)))

    def _show_finding(self, finding: LintFinding) -> None:
        self.editor.places.want(finding)
        self._choose(finding.rule.id)

    def _choose(self, rule_id: int, then: Callable[[], None] = _nothing) -> None:
        self.reviews.close_review()
        self._record_selection.choose(rule_id, partial(self._chosen, rule_id, then))

    def _chosen(self, rule_id: int, then: Callable[[], None]) -> None:
        self.editor.places.show_wanted(rule_id)  # also where it was edited already
        then()

    def _is_listed(self, rule_id: int) -> bool:
        return self.rules.row_of(rule_id) >= 0

    def _edited(self) -> None:
        self._place.show(editing=self._record_selection.editing)

    def _touched(self, changed: bool) -> None:
        self.rules.mark_unsaved(self.editor.saved.id if changed and self.editor.saved.id else None)

    # -- the list

    def _delete(self, rule: Rule) -> None:
        """Delete without asking, since it can be undone; settle unsaved changes first."""
        edited = rule.id == self.editor.saved.id
        self.leave(self._delete_edited) if edited else self.changes.delete(rule)

    def _delete_edited(self) -> None:
        self.changes.delete(self.editor.saved)

    def _import(self) -> None:
        self.leave(self.files.open_import)

    def _imported(self, imported: ImportResult) -> None:
        self.changes.take_in(imported)
        self.editor.revert()
        self._record_selection.put_away()
        self._show(list(imported.left.rules))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Adapt the columns to the page's width."""
        super().resizeEvent(event)
        narrow = self._place.fit()
        self.list.setFixedWidth(LIST_NARROW if narrow else LIST)
        self.list.hint.setVisible(not narrow)
