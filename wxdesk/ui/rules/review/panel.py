"""Reviews shown in the editor's place: rule check, unmatched messages, dry run."""

from collections.abc import Callable, Collection, Coroutine, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QProgressBar, QStackedLayout, QWidget

from wxdesk.core.model.rule import Rule
from wxdesk.core.rules.lint.clustering import MessageGroup
from wxdesk.core.rules.lint.findings import LintFinding, Severity
from wxdesk.desk.rules.review.dry_run import DryRunProgress, DryRunReport
from wxdesk.i18n import tr
from wxdesk.ui.look.theme import Measure, Size
from wxdesk.ui.rules.review.lint_card import is_shown_in_editor
from wxdesk.ui.rules.review.rows import ReviewDelegate, ReviewRow, ReviewRows
from wxdesk.ui.rules.review.text import finding_text, group_texts, line_row, report_text, suggested_rule
from wxdesk.ui.widgets.boxes import Frame, hbox, vbox
from wxdesk.ui.widgets.buttons import Button
from wxdesk.ui.widgets.dialogs.notices import WindowBridge
from wxdesk.ui.widgets.labels import PlainLabel
from wxdesk.ui.widgets.row_list import RowList

PROGRESS_MS = 50
"""Milliseconds between updates of a dry run's progress bar."""

_ROLES = {Severity.WRONG: "failed", Severity.DOUBTFUL: "pending", Severity.REMARK: "secondary"}


class ReviewPanel(QFrame):
    """Panel with a title, a sentence, a progress bar, rows, and a button back."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = PlainLabel(size=Size.TITLE, strong=True, elide=True, parent=self)
        self.back = Button(parent=self)
        self.sentence = PlainLabel(role="secondary", wrap=True, parent=self)
        self.bar = QProgressBar(self, textVisible=False)
        self.bar.setFixedHeight(6)
        self.rows = ReviewRows(self)
        self.view = RowList(self.rows, ReviewDelegate(), "", self)
        head = Frame("header", self)
        head.setFixedHeight(Measure.HEADER)
        hbox((self.title, 1), self.back, margins=(24, 0, 16, 0), within=head)
        above = vbox(self.sentence, self.bar, margins=(24, 12, 24, 12))
        vbox(head, above, (self.view, 1), spacing=0, within=self)

    def begin(self, title: str, sentence: str) -> None:
        """Show that a review is running."""
        self.title.setText(title)
        self.view.setAccessibleName(title)
        self.sentence.setText(sentence)
        self.back.setText(tr("Cancel"))
        self.bar.setRange(0, 0)
        self.bar.show()
        self.rows.replace_rows(())

    def end(self, sentence: str, rows: Sequence[ReviewRow]) -> None:
        """Show the result."""
        self.sentence.setText(sentence)
        self.back.setText(tr("Back to the rule"))
        self.bar.hide()
        self.rows.replace_rows(rows)


class ReviewStack(QStackedLayout):
    """Stack that shows `beneath`, the editor, or a review in its place.

    The listener to a choice closes the review, or leaves it open; `start` begins a rule that is suggested. After a rule
    is saved, a notice tells what is found about it.

    Signals:
        found: all findings about the stored rules.
        finding_chosen: a `LintFinding` to show in the editor.
        conversation_wanted: the id of a conversation to show; the list of messages stays open behind it.
    """

    found = Signal(object)
    finding_chosen = Signal(object)
    conversation_wanted = Signal(int)

    def __init__(self, bridge: WindowBridge, beneath: QWidget, start: Callable[[Rule], None]) -> None:
        super().__init__()
        self._bridge, self._start = bridge, start
        self._course = DryRunProgress()
        self._then: Callable[[int], None] | None = None
        self._checked: object = None
        self._found: Sequence[LintFinding] = ()
        self._judged: Collection[tuple[int, int]] = ()
        self._saved: Rule | None = None
        self.panel = ReviewPanel(beneath)
        self.addWidget(beneath)
        self.addWidget(self.panel)
        self._looking = QTimer(self, interval=PROGRESS_MS)
        self._looking.timeout.connect(self._follow)
        self.panel.back.clicked.connect(self.close_review)
        self.panel.view.clicked.connect(self._chosen)
        self.panel.view.activated.connect(self._chosen)

    def close_review(self) -> None:
        """Return to the editor and cancel a running review."""
        self._course.cancelled = True
        self._looking.stop()
        self._then = None
        self.setCurrentIndex(0)

    def refresh_findings(self, rules: Sequence[Rule]) -> None:
        """Check `rules` without showing it, if they or their hours have changed."""
        hours = self._bridge.desk.rules.rulebook.calendars.all
        present = hours, [(rule.id, rule.revision, rule.enabled) for rule in rules]
        if present != self._checked:
            self._checked = present
            judged = {(rule.id, rule.revision) for rule in rules}
            self._bridge.ask(self._bridge.desk.rules.review.findings(), partial(self._counted, judged))

    def invalidate_findings(self) -> None:
        """Check the rules anew next time: time has passed, or templates have changed."""
        self._checked = None

    def check(self) -> None:
        """Show the lint findings about the rules."""
        self._begin(tr("Check"), tr("Looking over all rules…"))
        self._ask(self._bridge.desk.rules.review.findings(), self._show_findings)

    def unmatched(self) -> None:
        """Show the messages to which no rule had an answer of its own."""
        self._begin(tr("Unmatched"), tr("Gathering what was unmatched…"))
        self._ask(self._bridge.desk.rules.review.unmatched(), self._show_groups)

    def try_on_history(self, rule: Rule | None) -> None:
        """Show a dry run with `rule` in its place; None: with the stored rules alone."""
        self._begin(tr("Try on history"), tr("Asking the rules about past messages…"))
        self._looking.start()
        self._ask(self._bridge.desk.rules.dry_run.over_history(rule, self._course), self._show_report)

    def _ask(self, work: Coroutine[Any, Any, Any], show: Callable[[Any], None]) -> None:
        """Show the result, unless another review is shown by then, or none."""
        course = self._course
        self._bridge.ask(work, lambda found: None if course.cancelled else show(found), partial(self._failed, course))

    def _begin(self, title: str, sentence: str) -> None:
        self.close_review()
        self._course = DryRunProgress()
        self.panel.begin(title, sentence)
        self.setCurrentWidget(self.panel)
        self.panel.back.setFocus(Qt.FocusReason.OtherFocusReason)

    def _follow(self) -> None:
        self.panel.bar.setRange(0, self._course.total)
        self.panel.bar.setValue(self._course.done)

    def warn_about(self, saved: Rule) -> None:
        """Tell the first finding about a rule that was just saved, as soon as it is found."""
        self._saved = saved
        self._warn()

    def _warn(self) -> None:
        saved = self._saved
        if saved is None or (saved.id, saved.revision) not in self._judged:
            return  # what was found before it was saved is about another revision
        self._saved = None  # what is found later does not come of saving it
        doubt = next((one for one in self._found if one.rule.id == saved.id and is_shown_in_editor(one)), None)
        if doubt is not None:
            said = tr("“{name}” is saved, but: {doubt}", name=saved.name, doubt=finding_text(doubt))
            self._bridge.notices.offer(said, tr("Go there"), partial(self.finding_chosen.emit, doubt))

    def _counted(self, judged: Collection[tuple[int, int]], found: Sequence[LintFinding]) -> None:
        self._judged, self._found = judged, tuple(found)
        self.found.emit(self._found)
        self._warn()

    def _show_findings(self, found: Sequence[LintFinding]) -> None:
        self._counted(self._judged, found)
        rows = [ReviewRow(one.rule.name, finding_text(one), _ROLES[one.doubt.severity]) for one in found]
        said = tr("Choose one to see it in the editor.") if found else tr("No problems were found in the rules.")
        self.panel.end(said, rows)
        self._then = lambda row: self.finding_chosen.emit(found[row])

    def _show_groups(self, groups: Sequence[MessageGroup]) -> None:
        said = tr(
            "Rules answered these not at all in the last 30 days, or only by default or because nobody was there. "
            "Choose one to make a rule of it."
        )
        rows = [ReviewRow(*group_texts(group)) for group in groups]
        self.panel.end(said if groups else tr("The present rules would answer everything."), rows)
        self._then = lambda row: self._start(suggested_rule(groups[row]))

    def _show_report(self, report: DryRunReport | None) -> None:
        if report is None:
            return
        self._looking.stop()
        rows = [line_row(one) for one in report.lines]
        said = report_text(report)
        self.panel.end("\n".join((said, tr("Choose one to see it in its conversation."))) if rows else said, rows)
        self._then = lambda row: self.conversation_wanted.emit(report.lines[row].message.conversation_id)

    def _failed(self, course: DryRunProgress, error: Exception) -> None:
        if not course.cancelled:
            self.close_review()
        self._bridge.failed.emit(error)

    def _chosen(self, index: QModelIndex) -> None:
        if self._then is not None:
            self._then(index.row())
