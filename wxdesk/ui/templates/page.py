"""The page of stored answers: puts list and editor side by side and carries what they ask to the desk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from wxdesk.core.events import TemplatesChanged
from wxdesk.core.templates import Template
from wxdesk.i18n import tr
from wxdesk.ui.bridge import Bridge
from wxdesk.ui.editing.leaving import Leaving
from wxdesk.ui.editing.saving import Saving, Way
from wxdesk.ui.history.history_dialog import HistoryDialog
from wxdesk.ui.notices import Notices
from wxdesk.ui.shortcuts import Key, bind
from wxdesk.ui.templates.editor import TemplateEditor
from wxdesk.ui.templates.empty_page import EmptyPage
from wxdesk.ui.templates.shelf_changes import ShelfChanges
from wxdesk.ui.templates.template_list import TemplateList
from wxdesk.ui.templates.template_model import TemplateModel
from wxdesk.ui.templates.template_wording import revision_of

LIST = 308
LIST_NARROW = 248
NARROW = 1036
"""Below this width of the page (1100 of the window) the list gives way."""


def _title_of(template: Template) -> str:
    return template.title


class TemplatesPage(QWidget):
    """Templates: list and editor."""

    def __init__(self, bridge: Bridge, notices: Notices, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._phrasebook = bridge.desk.phrasebook
        self._wanted = 0
        self._begun = Template(0, "")
        self.model = TemplateModel(bridge.desk.clock, self)
        self.list = TemplateList(self.model, self)
        self.editor = TemplateEditor(bridge, self)
        self._leaving = Leaving(self, self.editor)
        written, show = self.editor.template, self.editor.show_template
        way = Way(self._phrasebook.save, _title_of, written, show, self._open_history)
        self._saving = Saving(bridge, notices, self.editor, way, self)
        self.empty = EmptyPage(self)
        self.changes = ShelfChanges(bridge, notices, self.list.view)
        self._middle = QStackedWidget(self)
        self._middle.addWidget(self.empty)
        self._middle.addWidget(self.editor)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.list)
        row.addWidget(self._middle, 1)
        self._connect()

    def _connect(self) -> None:
        self.list.view.chosen.connect(self._choose)
        self.list.view.delete_asked.connect(self._delete)
        self.list.view.copy_asked.connect(self.start_copy)
        for asked in (self.list.new_asked, self.empty.new_asked):
            asked.connect(self.start_new)
        self.empty.starter_asked.connect(self.changes.add_starters)
        self.changes.added.connect(self._load)
        self.changes.past.changed.connect(self._load)
        self.changes.past.restored.connect(self._restored)
        self.editor.touched.connect(self._touched)
        self._saving.saved.connect(self._saved)
        self._saving.refused.connect(self._leaving.stay)
        self._leaving.stayed.connect(self._stayed)
        self.editor.history_asked.connect(self._open_history)
        self._bridge.events.connect(self._hear)
        bind(self, "Ctrl+N", self.start_new)
        bind(self, "Ctrl+K", self.list.begin_search)
        bind(self, "Ctrl+F", self.list.begin_search)

    # -- what the window asks

    def activate(self) -> None:
        """The page is shown: load what it needs."""
        self._load()

    @property
    def unsaved(self) -> bool:
        """Whether closing the program now would lose something that was written."""
        return self._editing and self.editor.unsaved

    def leave(self, then: Callable[[], None]) -> None:
        """Call `then` at once, or after the operator has decided about unsaved changes; never if he stays."""
        if self.unsaved:
            self._leaving.ask(then)
        else:
            then()

    def keys(self) -> Sequence[Key]:
        """The page's keys, for the sheet of all keys."""
        return (
            Key("Ctrl+N", tr("Begin a new template")),
            Key("Ctrl+S", tr("Save the template")),
            Key("Ctrl+Z Ctrl+Shift+Z", tr("Undo and redo what was written in the template")),
            Key("Ctrl+K Ctrl+F", tr("Search templates")),
            Key("Ctrl+D", tr("Make a copy of the template in the list")),
            Key("Delete", tr("Delete the template in the list")),
            Key("Ctrl+Z Ctrl+Shift+Z", tr("In the list: undo and redo what was done to the list")),
        )

    # -- loading

    @property
    def _editing(self) -> bool:
        return self._middle.currentWidget() is self.editor

    def _load(self) -> None:
        self._bridge.ask(self._phrasebook.all(), self._show)

    def _show(self, templates: list[Template]) -> None:
        self.model.show(templates)
        self.editor.know(tuple(templates), self.model.categories(), self._bridge.desk.clock())
        known = {template.id: template for template in templates}
        wanted, now = known.get(self._wanted), self.editor.saved
        if wanted is not None and not self._leaving.waits:
            self._wanted = 0
        if wanted is not None and not self.unsaved:  # nothing takes the place of what is written
            self._edit(wanted)
        elif self._editing and now.id in known:
            self._refresh(known[now.id])
        elif self._editing and now.id and self.editor.unsaved:
            self.editor.show_stored(Template(0, ""))  # deleted elsewhere; what was written stays
        elif not self._editing or now.id:
            self._edit_first()
        self.list.view.show_current(self.editor.saved.id if self._editing else 0)

    def _edit_first(self) -> None:
        first = self.model.record_at(self.model.index(0)) or next(iter(self.model.templates), None)
        if first is not None:
            self._edit(first)
        else:
            self._middle.setCurrentWidget(self.empty)

    def _refresh(self, template: Template) -> None:
        """The edited one as it is stored now; the list goes on showing what is sought."""
        if self.editor.unsaved:
            self._saving.hear(template)
        elif template != self.editor.saved:
            self.editor.show_template(template)

    def _edit(self, template: Template) -> None:
        if not self._editing or template != self.editor.saved or self.editor.unsaved:
            self.editor.show_template(template)
        self._middle.setCurrentWidget(self.editor)
        self.list.reveal(template.id)

    def _hear(self, events: tuple[object, ...]) -> None:
        # While the page is hidden nothing is loaded; `activate` loads everything.
        if self.isVisible() and any(isinstance(event, TemplatesChanged) for event in events):
            self._load()

    # -- choosing and editing

    def start_new(self) -> None:
        """Begin a template, once what is unsaved has been settled."""
        self._begun = Template(0, "")
        self.leave(self._begin)

    def start_copy(self, template: Template) -> None:
        """Begin a template with the words of another one; the shortcut stays with that."""
        title = tr("{title} (copy)", title=template.title)
        self._begun = replace(template.written, title=title, shortcut="")
        self.leave(self._begin)

    def _begin(self) -> None:
        self._middle.setCurrentWidget(self.editor)
        self.editor.show_template(Template(0, ""))
        self.editor.write(self._begun)
        self.list.view.show_current(0)
        self.editor.head.title.setFocus()
        self.editor.head.title.selectAll()

    def _choose(self, template_id: int) -> None:
        if template_id == self.editor.saved.id and self._editing:
            return
        self._wanted = template_id
        self.leave(self._edit_wanted)

    def _edit_wanted(self) -> None:
        template = self.model.record(self._wanted)
        self._wanted = 0
        if template is not None:
            self._edit(template)

    def _stayed(self) -> None:
        self._wanted = 0
        self.list.view.show_current(self.editor.saved.id)

    def _touched(self, changed: bool) -> None:
        self.model.mark_unsaved(self.editor.saved.id if changed and self.editor.saved.id else None)

    def _saved(self, template: Template) -> None:
        if not self._leaving.waits:
            self._wanted = self.editor.saved.id
        self._load()
        self._leaving.go_on()

    # -- deleting, and what was before

    def _delete(self, template: Template) -> None:
        """At once, for it can be undone; what is written and not saved could not be brought back."""
        edited = template.id == self.editor.saved.id
        self.leave(self._delete_edited) if edited else self.changes.delete(template)

    def _delete_edited(self) -> None:
        self.changes.delete(self.editor.saved)

    def _restored(self, template_id: int) -> None:
        self._wanted = template_id

    def _open_history(self, template: Template) -> None:
        self._bridge.ask(self._phrasebook.revisions(template.id), self._show_history)

    def _show_history(self, revisions: list[Template]) -> None:
        if revisions:
            dialog = HistoryDialog([revision_of(one) for one in revisions], self._bridge.desk.clock(), self)
            dialog.taken.connect(self._write_again)
            dialog.open()

    def _write_again(self, template: Template) -> None:
        """What a template said before is in the editor again; of one that is not edited any more, as a new one."""
        if template.id == self.editor.saved.id:
            self.editor.write(template)
        else:
            self._begun = replace(template.written, shortcut="")
            self.leave(self._begin)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share out the room."""
        super().resizeEvent(event)
        self.list.setFixedWidth(LIST_NARROW if self.width() < NARROW else LIST)
