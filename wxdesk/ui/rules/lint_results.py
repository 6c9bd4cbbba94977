"""Distributes lint findings: a count at the list, a card, a notice after saving."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal

from wxdesk.core.model.rule import Rule
from wxdesk.core.rules.lint.findings import LintFinding
from wxdesk.i18n import tr
from wxdesk.ui.editing.saving import RecordSaving
from wxdesk.ui.rules.editor.editor import RuleEditor
from wxdesk.ui.rules.review.lint_card import is_shown_in_editor
from wxdesk.ui.rules.review.panel import ReviewStack
from wxdesk.ui.rules.review.text import finding_text
from wxdesk.ui.rules.rule_list.panel import RuleList
from wxdesk.ui.widgets.dialogs.notices import Notices


class LintResults(QObject):
    """Shows the findings of `reviews`, and warns of new ones after `saving` a rule.

    Signals:
        place_asked: the `LintFinding` whose place in the editor is wanted.
        other_asked: the id of another rule that is wanted.
    """

    place_asked = Signal(object)
    other_asked = Signal(int)

    def __init__(
        self, notices: Notices, rules: RuleList, editor: RuleEditor, reviews: ReviewStack, saving: RecordSaving[Rule]
    ) -> None:
        super().__init__(editor)
        self._notices = notices
        self._list = rules
        self._card = editor.doubts
        self._saved: Rule | None = None
        self._found: Sequence[LintFinding] = ()
        reviews.found.connect(self._show)
        saving.saved.connect(self._was_saved)
        self._card.place_asked.connect(self.place_asked)
        self._card.other_asked.connect(self.other_asked)

    def _was_saved(self, rule: Rule) -> None:
        self._saved = rule
        self._warn()

    def _show(self, found: Sequence[LintFinding]) -> None:
        self._list.show_finding_count(len(found))
        self._card.know(found)
        self._found = found
        self._warn()

    def _warn(self) -> None:
        saved = self._saved
        # What was found before it was saved is about another revision.
        about = [one for one in self._found if saved and (one.rule.id, one.rule.revision) == (saved.id, saved.revision)]
        doubt = next(filter(is_shown_in_editor, about), None)
        if saved is not None and doubt is not None:
            self._saved = None
            said = tr("“{name}” is saved, but: {doubt}", name=saved.name, doubt=finding_text(doubt))
            self._notices.offer(said, tr("Go there"), partial(self.place_asked.emit, doubt))
