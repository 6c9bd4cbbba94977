"""Card of the lint findings about the edited rule, above its sentence."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from wxdesk.core.rules.lint.findings import LintCode, LintFinding, Severity
from wxdesk.i18n import tr
from wxdesk.ui.rules.review.text import finding_text
from wxdesk.ui.widgets.boxes import AT_TOP, Frame, discard, extend, hbox, vbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.labels import IconLabel, small_label


class LintCard(Frame):
    """Card with one row for each finding, leading to its place and to the other rule.

    Signals:
        place_asked: the `LintFinding` whose place shall be shown.
        other_asked: the id of the rule that it names.
    """

    place_asked = Signal(object)
    other_asked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("pending", parent)
        self._found: tuple[LintFinding, ...] = ()
        self._rule_id = 0
        self.lines: list[LintRow] = []
        self._column = vbox(spacing=6, margins=(12, 8, 12, 8), within=self)
        self.hide()

    def know(self, found: Sequence[LintFinding]) -> None:
        """Take over all findings about the stored rules."""
        self._found = tuple(found)
        self._set()

    def show_rule(self, rule_id: int) -> None:
        """Show the findings of the rule that is edited now; 0 for one that is not stored."""
        self._rule_id = rule_id
        self._set()

    def _set(self) -> None:
        # What keeps a rule from being used at all is marked where it stands; a remark is for the panel of all doubts.
        wanted = [one for one in self._found if one.rule.id == self._rule_id and is_shown_in_editor(one)]
        if wanted == [line.finding for line in self.lines]:
            return
        discard(*self.lines)
        self.lines = [LintRow(one, self) for one in wanted]
        extend(self._column, *self.lines)
        self.setVisible(bool(self.lines))


class LintRow(QWidget):
    """Row of one finding in `card`, with links to its place and to the other rule."""

    def __init__(self, finding: LintFinding, card: LintCard) -> None:
        super().__init__(card)
        self.finding = finding
        self.words = small_label(finding_text(finding), role="pending", wrap=True, parent=self)
        self.place = Button(tr("Go there"), kind=ButtonKind.LINK, parent=self)
        self.other = Button(tr("See the other rule"), kind=ButtonKind.LINK, parent=self)
        self.other.setVisible(finding.other is not None)
        self.place.clicked.connect(partial(card.place_asked.emit, finding))
        if finding.other is not None:
            self.other.clicked.connect(partial(card.other_asked.emit, finding.other.id))
        icon = IconLabel("warning", "pending", 16, self)
        hbox((icon, AT_TOP), (self.words, 1), (self.place, AT_TOP), (self.other, AT_TOP), spacing=10, within=self)


def is_shown_in_editor(finding: LintFinding) -> bool:
    """Return True if a finding is shown in the editor: no fault and no mere remark."""
    return finding.doubt is not LintCode.FAULT and finding.doubt.severity is not Severity.REMARK
