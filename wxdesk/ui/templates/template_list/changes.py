"""Commands of the list of templates: delete one, and add the starter templates."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal

from wxdesk.core.templates import Template
from wxdesk.desk.templates.starters import starter_templates
from wxdesk.i18n import language, ntr, tr
from wxdesk.ui.editing.list_undo import ListUndo, UndoableChange
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.templates.template_list.panel import TemplateView
from wxdesk.ui.widgets.dialogs.notices import Notices


class TemplateListChanges(QObject):
    """Carries the list's commands to the desk; its `past` undoes deletions.

    Signals:
        added: the templates must be loaded again, after starters were added or refused.
    """

    added = Signal()

    def __init__(self, bridge: Bridge, notices: Notices, view: TemplateView) -> None:
        super().__init__(view)
        self._bridge = bridge
        self._notices = notices
        self._phrasebook = bridge.desk.templates
        self.past = ListUndo(bridge, notices, view)

    def delete(self, template: Template) -> None:
        """Delete a template."""
        put_back, delete = partial(self._phrasebook.put_back, template), partial(self._phrasebook.delete, template.id)
        self.past.do(
            UndoableChange(put_back, delete, restored=template.id), tr("“{name}” deleted", name=template.title)
        )

    def add_starters(self) -> None:
        """Add the starter templates in the operator's language."""
        self._bridge.ask(self._phrasebook.save_all(starter_templates(language())), self._added, self._failed)

    def _added(self, templates: list[Template]) -> None:
        self._notices.toast(ntr("{n} template added", "{n} templates added", len(templates)))
        self.added.emit()

    def _failed(self, error: Exception) -> None:
        self._notices.report(error)
        self.added.emit()
