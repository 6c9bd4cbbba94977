"""Rules page: connects list, editor and trial with each other and with the desk."""

from collections.abc import Callable, Sequence
from functools import partial

from msgspec.structs import replace
from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from wxdesk.core.events import RulesChanged
from wxdesk.core.model.rule import Rule
from wxdesk.core.rules.lint.findings import LintFinding
from wxdesk.desk.rules.exchange import ImportResult
from wxdesk.i18n import tr
from wxdesk.ui.editing.record_page import NO_RECORD, RecordPage
from wxdesk.ui.editing.revisions.dialog import HistoryDialog
from wxdesk.ui.rules.business_hours.dialog import BusinessHoursControl
from wxdesk.ui.rules.editor.editor import RuleEditor
from wxdesk.ui.rules.editor.wording import history_note, revision_of
from wxdesk.ui.rules.import_export import RuleFiles
from wxdesk.ui.rules.review.panel import ReviewStack
from wxdesk.ui.rules.rule_list.model import RuleModel
from wxdesk.ui.rules.rule_list.panel import RuleList, RuleListChanges
from wxdesk.ui.rules.trial.placement import TrialPlacement
from wxdesk.ui.widgets.boxes import hbox
from wxdesk.ui.widgets.dialogs.notices import WindowBridge
from wxdesk.ui.widgets.dialogs.shortcut_sheet import ShortcutKey, bind
from wxdesk.ui.widgets.placeholders import FirstStep

LIST = 330
LIST_NARROW = 264


class RulesPage(RecordPage[Rule]):
    """Page with the list of rules, their editor and the trial.

    Signals:
        front_wanted: the page has something to show and wants to be in front; carries the page.
    """

    front_wanted = Signal(QWidget)

    editor: RuleEditor

    def __init__(self, bridge: WindowBridge, parent: QWidget | None = None) -> None:
        super().__init__(bridge, bridge.desk.rules.rulebook, RulesChanged, parent)
        self.rules = RuleModel(self, bridge.desk.rules.rulebook.named)
        self.list = RuleList(bridge, self.rules, self)
        self.hours = BusinessHoursControl(bridge, self)
        others = self.hours.choices(lambda: self.rules.names(without=self.editor.saved.id))
        self.editor = RuleEditor(bridge, others, self)
        self.empty = FirstStep(
            "rules",
            title=tr("No automatic replies yet"),
            words=tr("A rule says which messages to answer and how. Begin with a shop's examples and make them yours."),
            starter=tr("Start with example rules"),
            new=tr("New rule"),
            parent=self,
        )
        row = hbox(spacing=0, within=self)
        self._place = TrialPlacement(bridge, self.rules, self.editor, row, self)
        self.trial, self.preview = self._place.trial, self._place.preview
        self.files = RuleFiles(bridge, self, self._imported)
        self._connect_records(self.list.view, self.list.new)
        self.changes = RuleListChanges(bridge, self.rules, self.past)
        self.reviews = ReviewStack(bridge, self._middle, self._start)
        row.addWidget(self.list)
        row.addLayout(self.reviews, 1)
        self._connect()

    def _connect(self) -> None:
        self.list.import_rules.triggered.connect(partial(self.leave, self.files.open_import))
        self.list.export_rules.triggered.connect(self.files.open_export)
        self.hours.saved.connect(self.editor.check_now)
        self.empty.starter.clicked.connect(self.files.add_starter_rules)
        self.editor.edited.connect(self._edited)
        self.editor.head.trial.clicked.connect(self._place.toggle)
        self.editor.head.dry_run.clicked.connect(self._try_on_history)
        self.list.try_all.triggered.connect(partial(self.reviews.try_on_history, None))
        self.editor.history_asked.connect(self._open_history)
        self.list.check.clicked.connect(self.reviews.check)
        self.list.unmatched.clicked.connect(self.reviews.unmatched)
        self.reviews.finding_chosen.connect(self._show_finding)
        self.reviews.found.connect(self._know)
        self.reviews.currentChanged.connect(self._place.close)  # it would cover the way back
        self._saving.saved.connect(self.reviews.warn_about)
        self.editor.doubts.place_asked.connect(self._show_finding)
        self.editor.doubts.other_asked.connect(self._choose)
        bind(self.reviews.panel, "Ctrl+S", self._save_tried)
        bind(self, "Ctrl+F", self._place.open)

    # -- what the window asks

    def activate(self) -> None:
        """Load the rules when the page is shown."""
        self.reviews.invalidate_findings()
        super().activate()

    def explain(self, rule_id: int, revision: int) -> None:
        """Show the page with that rule and the revision that decided on a message."""
        self.front_wanted.emit(self)
        self.open_record(rule_id, partial(self._ask_history, rule_id, revision))

    def review_unmatched(self) -> None:
        """Show the page with the messages to which no rule had an answer of its own."""
        self.front_wanted.emit(self)
        self.reviews.unmatched()

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
            ShortcutKey("Ctrl+F", tr("Try a sentence")),
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
        self._show_records(records, records[0] if records else None)
        self.editor.check_now()  # the others may answer in another way now

    # -- choosing and editing

    def _begin(self, record: Rule) -> None:
        self.reviews.close_review()
        super()._begin(record)

    def _copy_of(self, record: Rule) -> Rule:
        return replace(record, position=0, enabled=False)

    def _know(self, found: Sequence[LintFinding]) -> None:
        self.list.show_finding_count(len(found))
        self.editor.doubts.know(found)

    def _show_finding(self, finding: LintFinding) -> None:
        self.editor.want_place(finding)
        self._choose(finding.rule.id)

    def _choose(self, record_id: int, then: Callable[[], None] = lambda: None) -> None:
        self.reviews.close_review()
        super()._choose(record_id, partial(self._chosen, record_id, then))

    def _chosen(self, rule_id: int, then: Callable[[], None]) -> None:
        self.editor.show_wanted(rule_id)  # also where it was edited already
        then()

    def _stay(self) -> None:
        super()._stay()
        self.editor.want_place(None)

    # -- its history

    def _open_history(self, rule: Rule) -> None:
        self._ask_history(rule.id, 0)

    def _ask_history(self, rule_id: int, spoke: int) -> None:
        """Show a rule's revisions; the one that `spoke` is compared with the present one."""
        revisions = self._bridge.desk.rules.rulebook.revisions(rule_id)
        self._ask_revisions(revisions, partial(self._show_history, spoke))

    def _show_history(self, spoke: int, rules: list[Rule]) -> None:
        if not rules:
            self._bridge.notices.toast(tr("Nothing is kept about this rule any more."))
            return
        deleted = self.rules.row_of(rules[0].id) < 0
        dialog = HistoryDialog(
            [revision_of(rule, self._bridge.desk.rules.rulebook.named) for rule in rules],
            self._bridge.desk.clock(),
            self,
            note=history_note(rules, spoke, deleted=deleted),
            shown=spoke,
            deleted=deleted,
        )
        self._open_revisions(dialog)

    def _try_on_history(self) -> None:
        self.reviews.try_on_history(self.editor.record())

    def _save_tried(self) -> None:
        """Save what a review was about; the editor, which has the key, is hidden by it."""
        self.reviews.close_review()
        self.editor.save()

    def _edited(self) -> None:
        self._place.show(editing=self._editing)

    # -- the list

    def _imported(self, imported: ImportResult) -> None:
        self.changes.take_in(imported)
        self.editor.revert()
        self._stack.setCurrentIndex(NO_RECORD)
        self._show(list(imported.left.rules))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self._place.fit()
        self.list.setFixedWidth(LIST_NARROW if narrow else LIST)
        self.list.hint.setVisible(not narrow)
