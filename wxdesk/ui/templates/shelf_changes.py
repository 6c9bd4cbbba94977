"""What is done to the templates as a whole: delete one, bring it back, and begin with those of the program."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from wxdesk.core.templates import Template
from wxdesk.desk.starter_templates import starter_templates
from wxdesk.i18n import language, ntr, tr
from wxdesk.ui.bridge import Bridge
from wxdesk.ui.notices import Notices


class ShelfChanges(QObject):
    """Carries the list's commands to the desk.

    Signals:
        changed: there are other templates now, or a command was refused; look again.
        put_back: the id of a template that is back.
    """

    changed = Signal()
    put_back = Signal(int)

    def __init__(self, bridge: Bridge, notices: Notices, page: QWidget) -> None:
        super().__init__(page)
        self._bridge = bridge
        self._notices = notices
        self._phrasebook = bridge.desk.phrasebook
        self._deleted: Template | None = None
        self._back = 0

    def delete(self, template: Template) -> None:
        """Remove a template and offer to bring it back."""
        self._deleted = template
        self._bridge.ask(self._phrasebook.delete(template.id), self._was_deleted, self._failed)

    def undo(self) -> None:
        """Bring back what was deleted last."""
        template, self._deleted = self._deleted, None
        if template is not None:
            self._back = template.id
            self._bridge.ask(self._phrasebook.put_back(template), self._is_back, self._failed)

    def add_starters(self) -> None:
        """Take over the templates that come with the program, in the operator's language."""
        self._bridge.ask(self._phrasebook.save_all(starter_templates(language())), self._added, self._failed)

    def _was_deleted(self, _: None) -> None:
        if self._deleted is not None:
            self._notices.offer(tr("“{name}” deleted", name=self._deleted.title), tr("Undo"), self.undo)
        self.changed.emit()

    def _is_back(self, _: None) -> None:
        self.put_back.emit(self._back)

    def _added(self, templates: list[Template]) -> None:
        self._notices.toast(ntr("{n} template added", "{n} templates added", len(templates)))
        self.changed.emit()

    def _failed(self, error: Exception) -> None:
        self._notices.report(error)
        self.changed.emit()
