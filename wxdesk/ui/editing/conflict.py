"""Conflict between an edit and a change that was stored elsewhere meanwhile."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from wxdesk.i18n import tr
from wxdesk.ui.widgets.dialogs.dialog import ConfirmDialog
from wxdesk.ui.widgets.dialogs.notices import Notices

KEY = "changed-elsewhere"


class EditConflict(QObject):
    """Bar and question for a record that was changed elsewhere while it is edited."""

    def __init__(self, notices: Notices, page: QWidget) -> None:
        super().__init__(page)
        self._notices = notices
        self._page = page
        self._conflicting_id = 0

    def show_conflict(self, record_id: int, name: str, compare: Callable[[], None]) -> None:
        """Report that another version has been stored while this one is being edited."""
        self._conflicting_id = record_id
        said = tr("“{name}” has been changed elsewhere meanwhile; what you wrote is still here.", name=name)
        self._notices.bar(KEY, said, "pending", tr("Compare"), compare)

    def settle(self) -> None:
        """Remove the bar: the edit has been stored or given up."""
        if self._conflicting_id:
            self._conflicting_id = 0
            self._notices.bar(KEY, "")

    def ask(self, record_id: int, name: str, save: Callable[[], None], stay: Callable[[], None]) -> None:
        """Call `save`, or `save` or `stay` by the operator's choice in a conflict."""
        if not self._conflicting_id or record_id != self._conflicting_id:
            save()
            return
        title = tr("Save over the other change?")
        text = tr(
            "“{name}” has been changed elsewhere since you began. If you save, yours holds; the other stays among the"
            " revisions.",
            name=name,
        )
        question = ConfirmDialog(self._page.window(), title, text, tr("Save mine"), destructive=True)
        question.rejected.connect(stay)
        question.ask(save)
