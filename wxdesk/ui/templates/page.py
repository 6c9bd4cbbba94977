"""Templates page: connects list and editor with each other and with the desk."""

from collections.abc import Sequence

from msgspec.structs import replace
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from wxdesk.core.events import TemplatesChanged
from wxdesk.core.templates import Template
from wxdesk.desk.templates import starter_templates
from wxdesk.i18n import language, ntr, tr
from wxdesk.ui.editing.record_page import RecordPage
from wxdesk.ui.editing.revisions.dialog import HistoryDialog
from wxdesk.ui.templates.editor.editor import TemplateEditor
from wxdesk.ui.templates.editor.preview import example_context
from wxdesk.ui.templates.template_list import TemplateList, TemplateModel
from wxdesk.ui.templates.text import revision_of
from wxdesk.ui.widgets.boxes import hbox
from wxdesk.ui.widgets.dialogs.notices import WindowBridge
from wxdesk.ui.widgets.dialogs.shortcut_sheet import ShortcutKey, bind
from wxdesk.ui.widgets.placeholders import FirstStep

LIST = 308
LIST_NARROW = 252
NARROW = 1036
"""Page width in pixels (1100 of the window) below which the list is narrow."""


class TemplatesPage(RecordPage[Template]):
    """Page with the list of templates and their editor."""

    editor: TemplateEditor

    def __init__(self, bridge: WindowBridge, parent: QWidget | None = None) -> None:
        super().__init__(bridge, bridge.desk.templates, TemplatesChanged, parent)
        said = bridge.desk.templates.one_line
        self.model = TemplateModel(bridge.desk.clock, lambda one: said(one, example_context(bridge.desk)), self)
        self.list = TemplateList(self.model, self)
        self.editor = TemplateEditor(bridge, self)
        self.empty = FirstStep(
            "template",
            title=tr("No templates yet"),
            words=tr(
                "A template is an answer that you write once and insert with / in any reply. It can greet by name, and"
                " ask you for what only you know, such as an order number."
            ),
            starter=tr("Start with example templates"),
            new=tr("New template"),
            parent=self,
        )
        self._connect_records(self.list.view, self.list.new)
        hbox(self.list, (self._middle, 1), spacing=0, within=self)
        self.list.view.copy_asked.connect(self.start_copy)
        self.empty.starter.clicked.connect(self._add_starters)
        self.editor.history_asked.connect(self._open_history)
        bind(self, "Ctrl+F", self.list.begin_search)

    def keys(self) -> Sequence[ShortcutKey]:
        """Return the page's keys, for the shortcut sheet."""
        return (
            ShortcutKey("Ctrl+N", tr("Begin a new template")),
            ShortcutKey("Ctrl+S", tr("Save the template")),
            ShortcutKey("Ctrl+Z Ctrl+Shift+Z", tr("Undo and redo what was written in the template")),
            ShortcutKey("Ctrl+Z Ctrl+Shift+Z", tr("In the list: undo and redo what was done to the list")),
            ShortcutKey("Ctrl+F", tr("Search templates")),
            ShortcutKey("Ctrl+Shift+N", tr("Make a copy of the template in the list")),
            ShortcutKey("Delete", tr("Delete the template in the list")),
        )

    def _show(self, records: list[Template]) -> None:
        self.model.show(records)
        self.editor.know(tuple(records), self.model.categories())
        self._show_records(records, self.model.record_at(self.model.index(0)) or next(iter(records), None))

    def start_copy(self, template: Template) -> None:
        """Begin a copy of a template, without its shortcut."""
        title = tr("{title} (copy)", title=template.title)
        self._start(replace(self._copy_of(template), title=title))

    def _begin(self, record: Template) -> None:
        super()._begin(record)
        self.editor.head.title.selectAll()

    def _copy_of(self, record: Template) -> Template:
        return replace(record.written, shortcut="")

    def _add_starters(self) -> None:
        self._bridge.ask(self._bridge.desk.templates.save_all(starter_templates(language())), self._added)

    def _added(self, templates: list[Template]) -> None:
        self._bridge.notices.toast(ntr("{n} template added", "{n} templates added", len(templates)))

    def _open_history(self, template: Template) -> None:
        self._ask_revisions(self._bridge.desk.templates.revisions(template.id), self._show_history)

    def _show_history(self, revisions: list[Template]) -> None:
        if revisions:
            shown = [revision_of(one) for one in revisions]
            self._open_revisions(HistoryDialog(shown, self._bridge.desk.clock(), self))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.list.setFixedWidth(LIST_NARROW if self.width() < NARROW else LIST)
