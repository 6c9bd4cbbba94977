"""Menu of the ends of a snooze: hours, opening, mornings, or a time of one's own."""

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from wxdesk.core.conversations.row_change import RowAct, RowChange
from wxdesk.core.model.conversation import Conversation
from wxdesk.desk.desk import Desk
from wxdesk.i18n import tr
from wxdesk.ui.inbox.acts.until_menu import next_hours_change, offer
from wxdesk.ui.widgets.dialogs.moment import ask_moment
from wxdesk.ui.wording.status import snooze_choices

type DoToRows = Callable[[Sequence[Conversation], RowChange], None]


class SnoozeMenu(QMenu):
    """Snoozes `some` conversations, by `do`, until the chosen time."""

    def __init__(self, desk: Desk, some: Sequence[Conversation], do: DoToRows, parent: QWidget) -> None:
        super().__init__(tr("Snooze"), parent)
        self._now, self._some, self._do, self._under = desk.clock(), tuple(some), do, parent
        self.setAccessibleName(tr("Until when to snooze"))
        opening = next_hours_change(desk, some[0], lambda schedule: schedule.next_open(self._now))
        offer(self, snooze_choices(opening, self._now))
        self._other = self.addAction(tr("Until another time…"))
        self.triggered.connect(self._choose)

    def _choose(self, action: QAction) -> None:
        if action is self._other:
            ask_moment(self._under, tr("Until when to snooze"), tr("Snooze"), self._now, self._snooze)
        elif isinstance(action.data(), datetime):
            self._snooze(action.data())

    def _snooze(self, until: datetime) -> None:
        self._do(self._some, RowChange(RowAct.SNOOZE, until))
