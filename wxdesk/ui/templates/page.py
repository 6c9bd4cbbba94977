"""Templates page: connects list and editor with each other and with the desk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from wxdesk.core.events import TemplatesChanged
from wxdesk.core.templates import Template
from wxdesk.i18n import tr
from wxdesk.ui.editing.revisions.dialog import HistoryDialog
from wxdesk.ui.editing.saving import RecordSaving, SavingHooks
from wxdesk.ui.editing.selection import RecordSelection, SelectionHooks
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.templates.editor.editor import TemplateEditor
from wxdesk.ui.templates.editor.empty_page import TemplatesEmptyPage
from wxdesk.ui.templates.template_list.changes import TemplateListChanges
from wxdesk.ui.templates.template_list.model import TemplateModel
from wxdesk.ui.templates.template_list.panel import TemplateList
from wxdesk.ui.templates.text import revision_of
from wxdesk.ui.widgets.dialogs.notices import Notices
from wxdesk.ui.widgets.dialogs.shortcut_sheet import ShortcutKey, bind

LIST = 308
LIST_NARROW = 248
NARROW = 1036
"""Page width in pixels (1100 of the window) below which the list is narrow."""


def _unstored(_template: Template) -> Template:
    return Template(0, "")


def _title_of(template: Template) -> str:
    return template.title


class TemplatesPage(QWidget):
    """Page with the list of templates and their editor."""

    def __init__(self, bridge: Bridge, notices: Notices, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._phrasebook = bridge.desk.templates
        self._begun = Template(0, "")
        self.model = TemplateModel(bridge.desk.clock, self)
        self.list = TemplateList(self.model, self)
        self.editor = TemplateEditor(bridge, self)
        written, show = self.editor.template, self.editor.show_template
        way = SavingHooks(self._phrasebook.save, _title_of, written, show, self._open_history)
        self._saving = RecordSaving(bridge, notices, self.editor, way, self)
        self.empty = TemplatesEmptyPage(self)
        self.changes = TemplateListChanges(bridge, notices, self.list.view)
        self._middle = QStackedWidget(self)
        self._middle.addWidget(self.empty)
        self._middle.addWidget(self.editor)
        beside = SelectionHooks(self.editor.show_template, self.list.reveal, _unstored, self._load)
        self._record_selection = RecordSelection(self, self.list.view, self._middle, self.editor, self._saving, beside)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.list)
        row.addWidget(self._middle, 1)
        self._connect()

    def _connect(self) -> None:
        self.list.view.chosen.connect(self._record_selection.choose)
        self.list.view.delete_asked.connect(self._delete)
        self.list.view.copy_asked.connect(self.start_copy)
        for asked in (self.list.new_asked, self.empty.new_asked):
            asked.connect(self.start_new)
        self.empty.starter_asked.connect(self.changes.add_starters)
        self.changes.added.connect(self._load)
        self.changes.past.changed.connect(self._load)
        self.changes.past.restored.connect(self._record_selection.want)
        self._saving.saved.connect(self.changes.past.was_saved)
        self.editor.touched.connect(self._touched)
        self.editor.history_asked.connect(self._open_history)
        self._bridge.events.connect(self._hear)
        bind(self, "Ctrl+N", self.start_new)
        bind(self, "Ctrl+K", self.list.begin_search)
        bind(self, "Ctrl+F", self.list.begin_search)

    # -- what the window asks

    def activate(self) -> None:
        """Load the templates when the page is shown."""
        self._load()

    @property
    def unsaved(self) -> bool:
        """True if closing the program now would lose changes."""
        return self._record_selection.unsaved

    def leave(self, then: Callable[[], None]) -> None:
        """Call `then` once unsaved changes are settled; never if the operator stays."""
        self._record_selection.leave(then)

    def keys(self) -> Sequence[ShortcutKey]:
        """Return the page's keys, for the shortcut sheet."""
        return (
            ShortcutKey("Ctrl+N", tr("Begin a new template")),
            ShortcutKey("Ctrl+S", tr("Save the template")),
            ShortcutKey("Ctrl+Z Ctrl+Shift+Z", tr("Undo and redo what was written in the template")),
            ShortcutKey("Ctrl+Z Ctrl+Shift+Z", tr("In the list: undo and redo what was done to the list")),
            ShortcutKey("Ctrl+K Ctrl+F", tr("Search templates")),
            ShortcutKey("Ctrl+D", tr("Make a copy of the template in the list")),
            ShortcutKey("Delete", tr("Delete the template in the list")),
        )

    # -- loading

    def _load(self) -> None:
        self._bridge.ask(self._phrasebook.all(), self._show)

    def _show(self, templates: list[Template]) -> None:
        self.model.show(templates)
        self.editor.know(tuple(templates), self.model.categories(), self._bridge.desk.clock())
        first = self.model.record_at(self.model.index(0)) or next(iter(self.model.templates), None)
        self._record_selection.show(templates, first)

    def _hear(self, events: tuple[object, ...]) -> None:
        # While the page is hidden nothing is loaded; `activate` loads everything.
        if self.isVisible() and any(isinstance(event, TemplatesChanged) for event in events):
            self._load()

    # -- choosing and editing

    def start_new(self) -> None:
        """Begin a template once unsaved changes are settled."""
        self._begun = Template(0, "")
        self.leave(self._begin)

    def start_copy(self, template: Template) -> None:
        """Begin a copy of a template, without its shortcut."""
        title = tr("{title} (copy)", title=template.title)
        self._begun = replace(template.written, title=title, shortcut="")
        self.leave(self._begin)

    def _begin(self) -> None:
        self._record_selection.begin(Template(0, ""))
        self.editor.write(self._begun)
        self.editor.head.title.setFocus()
        self.editor.head.title.selectAll()

    def _touched(self, changed: bool) -> None:
        self.model.mark_unsaved(self.editor.saved.id if changed and self.editor.saved.id else None)

    # -- deleting, and what was before

    def _delete(self, template: Template) -> None:
        """Delete without asking, since it can be undone; settle unsaved changes first."""
        edited = template.id == self.editor.saved.id
        self.leave(self._delete_edited) if edited else self.changes.delete(template)

    def _delete_edited(self) -> None:
        self.changes.delete(self.editor.saved)

    def _open_history(self, template: Template) -> None:
        self._bridge.ask(self._phrasebook.revisions(template.id), self._show_history)

    def _show_history(self, revisions: list[Template]) -> None:
        if revisions:
            dialog = HistoryDialog([revision_of(one) for one in revisions], self._bridge.desk.clock(), self)
            dialog.taken.connect(self._write_again)
            dialog.open()

    def _write_again(self, template: Template) -> None:
        """Put a revision into the editor; of a template not edited any more as a new one."""
        if template.id == self.editor.saved.id:
            self.editor.write(template)
        else:
            self._begun = replace(template.written, shortcut="")
            self.leave(self._begin)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Adapt the list's width to the page's."""
        super().resizeEvent(event)
        self.list.setFixedWidth(LIST_NARROW if self.width() < NARROW else LIST)
