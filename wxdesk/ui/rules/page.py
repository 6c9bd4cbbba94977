"""Rules page: connects list, editor and trial with each other and with the desk."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from wxdesk.core.events import RulesChanged
from wxdesk.core.model.rule import Rule
from wxdesk.core.rules.lint.findings import LintFinding
from wxdesk.desk.rules.exchange import ImportResult
from wxdesk.i18n import tr
from wxdesk.ui.editing.record_page import RecordPage
from wxdesk.ui.rules.business_hours.dialog import BusinessHoursControl
from wxdesk.ui.rules.editor.editor import RuleEditor
from wxdesk.ui.rules.editor.history import RuleHistory
from wxdesk.ui.rules.import_export.files import RuleFiles
from wxdesk.ui.rules.lint_results import LintResults
from wxdesk.ui.rules.review.panel import ReviewStack
from wxdesk.ui.rules.rule_list.changes import RuleListChanges
from wxdesk.ui.rules.rule_list.model import RuleModel
from wxdesk.ui.rules.rule_list.panel import RuleList
from wxdesk.ui.rules.trial.placement import TrialPlacement
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.dialogs.notices import Notices
from wxdesk.ui.widgets.dialogs.shortcut_sheet import ShortcutKey
from wxdesk.ui.widgets.placeholders import FirstStep

LIST = 330
LIST_NARROW = 264


class RulesPage(RecordPage[Rule]):
    """Page with the list of rules, their editor and the trial.

    Signals:
        front_wanted: the page has something to show and wants to be in front; carries the page.
        conversation_wanted: the id of a conversation that the operator wants to see.
    """

    front_wanted = Signal(QWidget)
    conversation_wanted = Signal(int)

    def __init__(self, bridge: Bridge, notices: Notices, parent: QWidget | None = None) -> None:
        super().__init__(bridge, notices, bridge.desk.rules.rulebook, RulesChanged, parent)
        self.rules = RuleModel(self, bridge.desk.rules.rulebook.named)
        self.list = RuleList(bridge, self.rules, self)
        self.hours = BusinessHoursControl(bridge, notices, self)
        self.editor = RuleEditor(bridge, self.hours.choices(self._rule_names), self)
        self.history = RuleHistory(bridge, notices, self._is_listed, self)
        self.empty = _empty_page(self)
        self._place = TrialPlacement(bridge, self.rules, self.editor, self)
        self.trial, self.preview = self._place.trial, self._place.preview
        self.files = RuleFiles(bridge, notices, self)
        self._connect_records(self.list.view, self.editor, self.empty, self.list.new)
        self.changes = RuleListChanges(bridge, self.rules, self.past)
        self.reviews = ReviewStack(bridge, self._middle, self)
        self.doubts = LintResults(notices, self.list, self.editor, self.reviews, self._saving)
        row = QHBoxLayout(self)
        row.setSpacing(0)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.list)
        row.addWidget(self.reviews, 1)
        self._place.put_into(row)
        self._connect()

    def _connect(self) -> None:
        self.list.new_asked.connect(self.start_new)
        self.list.import_asked.connect(self._import)
        self.list.export_asked.connect(self.files.open_export)
        self.files.imported.connect(self._imported)
        self.hours.saved.connect(self.editor.check_now)
        self.empty.starter_asked.connect(self.files.add_starter_rules)
        self.editor.edited.connect(self._edited)
        self._selection.stayed.connect(self.editor.places.forget)
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
        self.reviews.rule_suggested.connect(self._begin_suggested)
        self.reviews.conversation_wanted.connect(self.conversation_wanted)

    # -- what the window asks

    def activate(self) -> None:
        """Load the rules when the page is shown."""
        self.reviews.invalidate_findings()
        super().activate()

    def explain(self, rule_id: int, revision: int) -> None:
        """Show the page with that rule and the revision that decided on a message."""
        self.front_wanted.emit(self)
        self._bridge.ask(self._store.all(), partial(self._explain, rule_id, revision))

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
        return (
            ShortcutKey("Ctrl+N", tr("Begin a new rule")),
            ShortcutKey("Ctrl+S", tr("Save the rule")),
            ShortcutKey("Ctrl+Z Ctrl+Shift+Z", tr("Undo and redo what was written in the rule")),
            ShortcutKey("Ctrl+.", tr("Go to the next mistake in the rule")),
            ShortcutKey("Space", tr("Switch the rule on or off")),
            ShortcutKey("Alt+↑ Alt+↓", tr("Move the rule up or down")),
            ShortcutKey("Ctrl+Z Ctrl+Shift+Z", tr("In the list: undo and redo what was done to the list")),
            ShortcutKey("Delete", tr("Delete the rule, or the word that has the keyboard")),
        )

    # -- loading

    def _load(self) -> None:
        super()._load()
        self.list.figures.ask()

    def _show(self, records: list[Rule]) -> None:
        self.rules.show(records, self._bridge.desk.rules.rulebook.left_out)
        self.reviews.refresh_findings(records)
        self._selection.show(records, records[0] if records else None)
        self.editor.check_now()  # the others may answer in another way now

    def _rule_names(self) -> list[str]:
        return self.rules.names(without=self.editor.saved.id)

    # -- choosing and editing

    def _begin(self, record: Rule) -> None:
        self.reviews.close_review()
        super()._begin(record)

    def _begin_suggested(self, rule: Rule) -> None:
        self.leave(partial(self._begin, rule))

    def _copy_of(self, record: Rule) -> Rule:
        return replace(record, position=0, enabled=False)

    def _show_finding(self, finding: LintFinding) -> None:
        self.editor.places.want(finding)
        self._choose(finding.rule.id)

    def _choose(self, record_id: int, then: Callable[[], None] = lambda: None) -> None:
        self.reviews.close_review()
        self._selection.choose(record_id, partial(self._chosen, record_id, then))

    def _chosen(self, rule_id: int, then: Callable[[], None]) -> None:
        self.editor.places.show_wanted(rule_id)  # also where it was edited already
        then()

    def _is_listed(self, rule_id: int) -> bool:
        return self.rules.row_of(rule_id) >= 0

    def _edited(self) -> None:
        self._place.show(editing=self._selection.editing)

    # -- the list

    def _import(self) -> None:
        self.leave(self.files.open_import)

    def _imported(self, imported: ImportResult) -> None:
        self.changes.take_in(imported)
        self.editor.revert()
        self._selection.put_away()
        self._show(list(imported.left.rules))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self._place.fit()
        self.list.setFixedWidth(LIST_NARROW if narrow else LIST)
        self.list.hint.setVisible(not narrow)


def _empty_page(parent: QWidget) -> FirstStep:
    return FirstStep(
        "rules",
        title=tr("Nothing is answered by itself yet"),
        words=tr("A rule says which messages to answer and how. Begin with a small shop's and make them yours."),
        starter=tr("Start with the shop's rules"),
        new=tr("New rule"),
        parent=parent,
    )
