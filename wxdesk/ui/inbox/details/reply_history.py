"""Panel with the history of the reply in focus: each step, its author and time."""

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QWidget

from wxdesk.core.model.reply import Reply
from wxdesk.core.replies.lifecycle import ReplyStep
from wxdesk.i18n import tr
from wxdesk.ui.inbox.details.decision import CardRow
from wxdesk.ui.inbox.details.reply_history_text import HistoryLine, exact_time, history_of, step_time
from wxdesk.ui.inbox.timeline.bubbles.difference_view import DifferenceView, changes_in_text
from wxdesk.ui.look.theme import Size
from wxdesk.ui.widgets.boxes import vbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.flow_layout import remove_widgets
from wxdesk.ui.widgets.labels import IconLabel, PlainLabel, set_tip


class ReplyHistoryPanel(QFrame):
    """One row a step, oldest first; hidden while no reply is in focus.

    Signals:
        rule_wanted: the id and revision of the rule that wrote the reply, to be shown.
    """

    rule_wanted = Signal(int, int)

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[Reply, tuple[ReplyStep, ...]] | None = None
        self.title = PlainLabel(tr("This reply"), size=Size.SMALL, role="secondary", strong=True)
        self.card = QFrame()
        self.card.setProperty("class", "card")
        self.card.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._rows = vbox(within=self.card, spacing=0, margins=(1, 1, 1, 1))
        vbox(self.title, self.card, within=self, spacing=8, margins=(0, 0, 0, 12))
        self.hide()

    def show_reply(self, reply: Reply | None, steps: Sequence[ReplyStep] = ()) -> None:
        """Show the history of `reply`, or nothing."""
        shown = None if reply is None else (reply, tuple(steps))
        if shown == self._shown:
            return
        self._shown = shown
        remove_widgets(self._rows)
        if reply is not None:
            lines = history_of(reply, steps)
            for line in lines:
                self._rows.addWidget(StepRow(line, reply.created_at, first=self._rows.count() == 0))
            self._offer_rule(reply)
            said = [_spoken(line) for line in lines]
            self.card.setAccessibleName(tr("This reply"))
            self.card.setAccessibleDescription(". ".join(said))
        self.setVisible(reply is not None)

    def _offer_rule(self, reply: Reply) -> None:
        item = self._rows.itemAt(0)
        row = item.widget() if item is not None else None
        if isinstance(row, StepRow) and reply.rule_id is not None and reply.rule_revision:
            row.offer_rule(reply.rule_name).clicked.connect(self._want_rule)

    def _want_rule(self) -> None:
        if self._shown is not None:
            reply = self._shown[0]
            self.rule_wanted.emit(reply.rule_id, reply.rule_revision)


class StepRow(CardRow):
    """One step: icon, text and time; below, its reason and what an edit changed."""

    def __init__(self, line: HistoryLine, made_at: datetime, *, first: bool) -> None:
        super().__init__(first=first)
        self.grid.setVerticalSpacing(3)
        exact = exact_time(line.at)
        self.line = line
        self.setAccessibleName(_spoken(line))
        set_tip(self, exact)
        self.grid.addWidget(IconLabel(line.icon, line.role, 14), 0, 0, Qt.AlignmentFlag.AlignTop)
        self.grid.addWidget(PlainLabel(line.text, wrap=True), 0, 1)
        self.time = PlainLabel(step_time(line.at, made_at), size=Size.CAPTION, role="faint", tabular=True)
        set_tip(self.time, exact)
        self.grid.addWidget(self.time, 0, 2, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight)
        if line.note:
            self._add(PlainLabel(line.note, size=Size.SMALL, role="secondary", wrap=True))
        if line.pieces:
            self._add(DifferenceView(line.pieces))

    def offer_rule(self, name: str) -> Button:
        """Add a link to the rule as it was then."""
        self.link = Button(tr("See the rule"), kind=ButtonKind.LINK)
        self.link.setAccessibleName(tr("See the rule: {rule}", rule=name))
        self.grid.addWidget(self.link, self.grid.rowCount(), 1, Qt.AlignmentFlag.AlignLeft)
        return self.link

    def _add(self, widget: QWidget) -> None:
        self.grid.addWidget(widget, self.grid.rowCount(), 1, 1, 2)


def _spoken(line: HistoryLine) -> str:
    said = (line.text, line.note, changes_in_text(line.pieces), exact_time(line.at))
    return ", ".join(words for words in said if words)
