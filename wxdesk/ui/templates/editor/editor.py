"""Editor of one template, with a preview of what the customer would see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wxdesk.core.templates import IN_CONTENT, Template, TemplateFault, same_shortcut
from wxdesk.i18n import tr
from wxdesk.ui.content.album import Album
from wxdesk.ui.editing.preserving import preserve_untouched
from wxdesk.ui.editing.text_undo import UndoKeys, UndoSteps, focused_name, refocus
from wxdesk.ui.editing.width_scroll import WidthScroll
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.runtime.debounce import Debounce
from wxdesk.ui.templates.editor.content_card import ContentCard
from wxdesk.ui.templates.editor.head import TemplateEditorHead
from wxdesk.ui.templates.editor.lookup_card import LookupCard
from wxdesk.ui.templates.editor.preview import TemplatePreview
from wxdesk.ui.templates.editor.prompt_card import PromptCard
from wxdesk.ui.widgets.dialogs.shortcut_sheet import bind

WIDEST = 980
PREVIEW = 260
SIDE_BY_SIDE = 700
"""Smallest width, in pixels, at which the preview is beside the fields."""


class TemplateEditor(QWidget):
    """Editor of one template that validates it as it is written and stores nothing.

    Mistakes are marked at their fields. What is not written yet is mentioned calmly, below the title.

    Signals:
        touched: True if the template differs from the stored one.
        save_asked: the operator wants this template stored.
        history_asked: the operator wants to see its revisions.
    """

    touched = Signal(bool)
    save_asked = Signal(object)
    history_asked = Signal(object)

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._phrasebook = bridge.desk.templates
        self._saved = Template(0, "")
        self._others: tuple[Template, ...] = ()
        self._now: datetime = bridge.desk.clock()
        self._touched = False
        self._showing = False
        self._shown = self._reads = self._saved
        self._wide = True
        self.faults: tuple[TemplateFault, ...] = ()
        self._later = Debounce(self.check_now, self)
        self.head = TemplateEditorHead(self)
        self.finding = LookupCard(self)
        self.saying = ContentCard(bridge, self)
        self.prompts = PromptCard(self)
        self.preview = TemplatePreview(bridge.desk, Album(bridge.desk.pictures.path, bridge.ask, self), self)
        self._lay_out()
        self.head.title.textChanged.connect(self._changed)
        for part in (self.finding, self.saying, self.prompts):
            part.changed.connect(self._changed)
        self.saying.looked_at.connect(self._later.start)
        self.head.history.clicked.connect(self._ask_history)
        self.head.revert.clicked.connect(self.revert)
        self.head.save.clicked.connect(self.save)
        self._steps = UndoSteps[Template](_written)
        bind(self, "Ctrl+S", self.save)
        self._keys = UndoKeys(self, self.undo, self.redo)

    def _lay_out(self) -> None:
        self._cards = QVBoxLayout()
        self._cards.setSpacing(16)
        for card in (self.finding, self.saying, self.prompts):
            self._cards.addWidget(card)
        self._cards.addStretch(1)
        self._halves = QHBoxLayout()
        self._halves.setSpacing(20)
        self._halves.addLayout(self._cards, 1)
        self._halves.addWidget(self.preview)
        column = QVBoxLayout()
        column.setContentsMargins(24, 16, 24, 24)
        column.setSpacing(16)
        column.addWidget(self.head)
        column.addLayout(self._halves, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        inside = QWidget(self)
        inside.setLayout(column)
        whole.addWidget(WidthScroll(inside, WIDEST, self))
        self._place_preview()

    # -- the template

    def show_template(self, template: Template) -> None:
        """Edit `template`, a stored one or a new one (id 0).

        Where it reads the same already, the fields stay, so that typing can go on while it is saved.
        """
        before, self._saved = self._saved, template
        same = template.id != 0 and before.id in (0, template.id)
        reads_the_same = same and not self.unsaved
        if reads_the_same:
            self.check_now()
        else:
            self.write(template)
        if not (reads_the_same or before.id == template.id != 0):
            self._steps.begin(self.template())

    def undo(self) -> None:
        """Restore the template as before the last pause in typing, in whatever field."""
        self._step(-1)

    def redo(self) -> None:
        """Redo the last undone step."""
        self._step(1)

    def _step(self, step: int) -> None:
        self.check_now()
        template = self._steps.move(step)
        if template is not None:
            name, variant = focused_name(self), self.saying.variant
            self.write(template)
            self.saying.look_at(variant)
            refocus(self, name)

    def write(self, template: Template) -> None:
        """Fill the fields with other contents, such as a revision's, without storing them."""
        self._showing = True
        self.head.show_title(template.title)
        self.finding.show_template(template)
        self.saying.show_template(template)
        self.prompts.declare(template.prompts)
        self.prompts.use_step(self._read().prompts)
        self._showing = False
        self._shown, self._reads = template.written, self._read()
        self.check_now()

    def show_stored(self, template: Template) -> None:
        """Take over this stored template; what is being written stays."""
        self._saved = template
        self._changed()

    def template(self) -> Template:
        """Return the template as edited; untouched parts are as stored."""
        meant, saved = preserve_untouched(self._read(), self._reads, self._shown), self._saved
        return replace(
            meant, id=saved.id, revision=saved.revision, updated_at=saved.updated_at,
            uses=saved.uses, last_used_at=saved.last_used_at,
        )  # fmt: skip

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

    @property
    def saved(self) -> Template:
        """The template as it is stored; id 0 if it is not."""
        return self._saved

    @property
    def unsaved(self) -> bool:
        """True if leaving the editor would lose changes."""
        return self.template().written != self._saved.written

    def revert(self) -> None:
        """Go back to what is stored."""
        self.write(self._saved)

    def save(self) -> bool:
        """Ask to store the template if changed and valid; return True if asked."""
        self.check_now()
        if not self.head.save.isEnabled():
            return False
        self.save_asked.emit(self.template())
        return True

    def judged(self) -> tuple[str, TemplateFault | None]:
        """Return the title and the first fault that keeps the template from being saved."""
        self.check_now()
        return self.template().title or tr("New template"), next(iter(self.faults), None)

    def know(self, others: tuple[Template, ...], categories: list[str], now: datetime) -> None:
        """Take over all templates, their categories and the current time."""
        self._others = others
        self._now = now
        self.finding.offer_categories(categories)
        self.check_now()

    def check_now(self) -> None:
        """Validate the template, show faults at their fields, and update the preview."""
        self._later.stop()
        template = self.template()
        self._steps.note(template)
        self.prompts.use_step(template.prompts)
        changed = self.unsaved
        self.faults = (*self._taken(template), *self._phrasebook.faults(template))
        wrong = [fault for fault in self.faults if not _is_unfinished(fault, template)]
        lacking = [fault for fault in self.faults if _is_unfinished(fault, template)]
        self._show_faults(wrong if changed else [])
        self.head.show_state(self._saved, self._now, tr(lacking[0].reason) if lacking and changed else "")
        self.head.allow(save=changed and not self.faults, revert=changed)
        self._tell(changed)
        self.preview.show_template(template, self.saying.variant)

    def show_refusal(self, reason: str) -> None:
        """Say why the template was not stored, where no field is to blame."""
        self.head.show_state(self._saved, self._now, reason)

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

    def _taken(self, template: Template) -> Iterator[TemplateFault]:
        for other in self._others:
            if other.id != template.id and same_shortcut(other.shortcut, template.shortcut):
                yield TemplateFault("shortcut", tr("“{title}” has this shortcut already.", title=other.title))

    def _show_faults(self, faults: Sequence[TemplateFault]) -> None:
        reasons = {fault.where: tr(fault.reason) for fault in faults}
        self.finding.shortcut.show_error(reasons.get("shortcut", ""))
        self.saying.show_faults(faults)

    def _ask_history(self) -> None:
        self.history_asked.emit(self._saved)

    def _changed(self) -> None:
        if self._showing:
            return
        changed = self.unsaved
        self.head.allow(save=changed and self.head.save.isEnabled(), revert=changed)
        self._tell(changed)
        self._later.start()

    def _tell(self, changed: bool) -> None:
        if changed is not self._touched:
            self._touched = changed
            self.touched.emit(changed)


def _written(template: Template) -> Template:
    return template.written


def _is_unfinished(fault: TemplateFault, template: Template) -> bool:
    """Return True if the template is merely unfinished: no title or text, empty field."""
    if fault.where == "shortcut":
        return False
    if fault.where.startswith(IN_CONTENT):
        return not getattr(template.content, fault.where.removeprefix(IN_CONTENT))
    return fault.line == 0
