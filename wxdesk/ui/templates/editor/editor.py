"""Editor of one template, with a preview of what the customer would see."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from wxdesk.core.templates import IN_CONTENT, TITLE_LIMIT, Template, TemplateFault, same_shortcut
from wxdesk.i18n import tr
from wxdesk.ui.content.album import Album
from wxdesk.ui.editing.record_editor import RecordEditor, WidthScroll
from wxdesk.ui.editing.record_head import RecordHead
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.templates.editor.content_card import ContentCard
from wxdesk.ui.templates.editor.lookup_card import LookupCard
from wxdesk.ui.templates.editor.preview import TemplatePreview
from wxdesk.ui.templates.editor.prompt_card import PromptCard
from wxdesk.ui.widgets.boxes import STRETCH, hbox, vbox
from wxdesk.ui.widgets.buttons import Button

WIDEST = 980
PREVIEW = 260
SIDE_BY_SIDE = 700
"""Smallest width, in pixels, at which the preview is beside the fields."""


class TemplateEditorHead(RecordHead):
    """Title, state, and buttons for history, reverting and saving."""

    def __init__(self) -> None:
        super().__init__(tr("Title of the template"), TITLE_LIMIT)
        self.history = Button(tr("History"), icon="history", parent=self)
        self._make_saving()
        words = vbox(self.title, self.state, spacing=0)
        hbox(
            (words, 1),
            (self.history, Qt.AlignmentFlag.AlignTop),
            (self.revert, Qt.AlignmentFlag.AlignTop),
            (self.save, Qt.AlignmentFlag.AlignTop),
            spacing=8,
            within=self,
        )


class TemplateEditor(RecordEditor[Template]):
    """Editor of one template, whose preview is beside or below its content."""

    faults: tuple[TemplateFault, ...]

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(bridge, TemplateEditorHead(), Template(0, ""), parent)
        self._phrasebook = bridge.desk.templates
        self._others: tuple[Template, ...] = ()
        self._wide = True
        self.finding = LookupCard(self)
        self.saying = ContentCard(bridge, self)
        self.prompts = PromptCard(self)
        self.preview = TemplatePreview(bridge.desk, Album(bridge.desk.pictures.path, bridge.ask, self), self)
        self._lay_out()
        for part in (self.finding, self.saying, self.prompts):
            part.changed.connect(self._changed)
        self.saying.looked_at.connect(self._later.start)

    def _lay_out(self) -> None:
        self._cards = vbox(self.finding, self.saying, self.prompts, STRETCH, spacing=16)
        self._halves = hbox((self._cards, 1), self.preview, spacing=20)
        column = vbox(self.head, (self._halves, 1), spacing=16, margins=(24, 16, 24, 24))
        inside = QWidget(self)
        inside.setLayout(column)
        vbox(WidthScroll(inside, WIDEST, self), within=self)
        self._place_preview()

    # -- a kind of record

    def name_of(self, record: Template) -> str:
        """Return the template's title, or a text in its place."""
        return record.title or tr("New template")

    def _content(self, record: Template) -> Template:
        return record.written

    def _with_content(self, stored: Template, content: Template) -> Template:
        return replace(
            content, id=stored.id, revision=stored.revision, updated_at=stored.updated_at,
            uses=stored.uses, last_used_at=stored.last_used_at,
        )  # fmt: skip

    def _fill(self, record: Template) -> None:
        self.head.show_title(record.title)
        self.finding.show_template(record)
        self.saying.show_template(record)
        self.prompts.declare(record.prompts)
        self.prompts.use_step(self._read().prompts)

    def _read(self) -> Template:
        written = Template(
            0,
            title=self.head.title.text(),
            shortcut=self.finding.shortcut.text(),
            category=self.finding.category.text(),
            keywords=self.finding.words(),
            prompts=self.prompts.declared(),
        )
        return self._phrasebook.tidied(self.saying.apply_to(written))

    # -- the template

    def know(self, others: tuple[Template, ...], categories: list[str]) -> None:
        """Take over all templates and their categories."""
        self._others = others
        self.finding.offer_categories(categories)
        self.check_now()

    def _rewrite(self, record: Template) -> None:
        variant = self.saying.variant
        self.write(record)
        self.saying.look_at(variant)

    def _find_faults(self, record: Template) -> Iterable[TemplateFault]:
        for other in self._others:
            if other.id != record.id and same_shortcut(other.shortcut, record.shortcut):
                yield TemplateFault("shortcut", tr("“{title}” has this shortcut already.", title=other.title))
        yield from self._phrasebook.faults(record)

    def _show_check(self, record: Template, changed: bool) -> None:
        self.prompts.use_step(record.prompts)
        lacking = [fault for fault in self.faults if _is_unfinished(fault, record)]
        self._show_faults([fault for fault in self.faults if changed and fault not in lacking])
        missing = tr(lacking[0].reason) if lacking and changed else ""
        self.head.history.setVisible(self._saved.revision > 0)
        self.head.show_state(self._saved, self._clock(), missing, "pending" if missing else "secondary")
        self.preview.show_template(record, self.saying.variant)

    # -- showing

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Move the preview below the content where the editor is narrow."""
        super().resizeEvent(event)
        wide = self.width() >= SIDE_BY_SIDE
        if wide is not self._wide:
            self._wide = wide
            self._place_preview()

    def _place_preview(self) -> None:
        if self._wide:
            self._cards.removeWidget(self.preview)
            self._halves.addWidget(self.preview)
        else:
            self._halves.removeWidget(self.preview)
            self._cards.insertWidget(self._cards.indexOf(self.saying) + 1, self.preview)
        self.preview.setMinimumWidth(PREVIEW if self._wide else 0)
        self.preview.setMaximumWidth(PREVIEW if self._wide else WIDEST)

    def _show_faults(self, faults: Sequence[TemplateFault]) -> None:
        reasons = {fault.where: tr(fault.reason) for fault in faults}
        self.finding.shortcut.show_error(reasons.get("shortcut", ""))
        self.saying.show_faults(faults)


def _is_unfinished(fault: TemplateFault, template: Template) -> bool:
    """Return True if the template is merely unfinished: no title or text, empty field."""
    if fault.where == "shortcut":
        return False
    if fault.where.startswith(IN_CONTENT):
        return not getattr(template.content, fault.where.removeprefix(IN_CONTENT))
    return fault.line == 0
