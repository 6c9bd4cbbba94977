"""What somebody else has stored of the very rule or template that is being written here."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from wxdesk.i18n import tr
from wxdesk.ui.widgets.dialogs.dialog import ConfirmDialog
from wxdesk.ui.widgets.dialogs.notices import Notices

KEY = "changed-elsewhere"


class Overtaking(QObject):
    """Says that it happened, in a bar that leads to the comparison, and asks before that is written over."""

    def __init__(self, notices: Notices, page: QWidget) -> None:
        super().__init__(page)
        self._notices = notices
        self._page = page
        self._overtaken = 0

    def happened(self, record_id: int, name: str, compare: Callable[[], None]) -> None:
        """Somebody else has stored it, while something else is written here."""
        self._overtaken = record_id
        said = tr("“{name}” has been changed elsewhere meanwhile; what you wrote is still here.", name=name)
        self._notices.bar(KEY, said, "pending", tr("Compare"), compare)

    def settle(self) -> None:
        """It is stored, or what was written here is given up."""
        if self._overtaken:
            self._overtaken = 0
            self._notices.bar(KEY, "")

    def ask(self, record_id: int, name: str, save: Callable[[], None], stay: Callable[[], None]) -> None:
        """Call `save` at once, or `save` or `stay` once the operator has decided to write over the other's words."""
        if not self._overtaken or record_id != self._overtaken:
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
