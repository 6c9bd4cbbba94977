"""Editor of one template, with a preview of what the customer would see."""

from collections.abc import Iterable, Sequence

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCheckBox, QCompleter, QLineEdit, QWidget

from wxdesk.core.templates import (
    ASK,
    CATEGORY_LIMIT,
    IN_CONTENT,
    SHORTCUT_LIMIT,
    TITLE_LIMIT,
    Prompt,
    Template,
    TemplateFault,
    same_shortcut,
)
from wxdesk.i18n import tr
from wxdesk.ui.content.album import Album
from wxdesk.ui.editing.record_editor import EditorCard, RecordEditor, RecordHead, WidthScroll
from wxdesk.ui.look.theme import Size
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.templates.editor.content_card import ContentCard
from wxdesk.ui.templates.editor.preview import TemplatePreview
from wxdesk.ui.widgets.boxes import AT_TOP, STRETCH, discard, grid, hbox, vbox
from wxdesk.ui.widgets.buttons import Button
from wxdesk.ui.widgets.fields.labelled import LabelledField
from wxdesk.ui.widgets.fields.words_dialog import split_words
from wxdesk.ui.widgets.labels import PlainLabel, heading, small_label

WIDEST = 980
PREVIEW = 260
SIDE_BY_SIDE = 700
"""Smallest width, in pixels, at which the preview is beside the fields."""


class TemplateEditorHead(RecordHead):
    """Title of a template, and the button for its history."""

    def __init__(self) -> None:
        super().__init__(tr("Title of the template"), TITLE_LIMIT)
        self.history = Button(tr("History"), icon="history", parent=self)
        hbox((self.title, 1), self.history, spacing=8, within=self)
        self._lay_out_bar(WIDEST)


class TemplateEditor(RecordEditor[Template]):
    """Editor of one template, whose preview is beside or below its content."""

    faults: tuple[TemplateFault, ...]

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(bridge, TemplateEditorHead(), Template(0, ""), parent)
        self._templates = bridge.desk.templates
        self._others: tuple[Template, ...] = ()
        self._wide = True
        self.finding = LookupCard(self)
        self.saying = ContentCard(bridge, self)
        self.prompts = PromptCard(self)
        self.preview = TemplatePreview(bridge.desk, Album(bridge.desk.pictures.path, bridge.ask, self), self)
        self._lay_out()
        for part in (self.finding, self.saying, self.prompts):
            part.changed.connect(self._changed)
        self.saying.text.looked_at.connect(self._later.start)
        for field in self.findChildren(QLineEdit):
            self.saying.fields.guard(field)

    def _lay_out(self) -> None:
        self._cards = vbox(self.finding, self.saying, self.prompts, STRETCH, spacing=16)
        self._halves = hbox((self._cards, 1), self.preview, spacing=20)
        column = vbox(self.head, (self._halves, 1), spacing=16, margins=(24, 16, 24, 24))
        inside = QWidget(self)
        inside.setLayout(column)
        vbox((WidthScroll(inside, WIDEST, self), 1), self.head.bar, spacing=0, within=self)
        self._place_preview()

    # -- a kind of record

    def name_of(self, record: Template) -> str:
        """Return the template's title, or a text in its place."""
        return record.title or tr("New template")

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
        return self._templates.tidied(self.saying.apply_to(written))

    # -- the template

    def know(self, others: tuple[Template, ...], categories: list[str]) -> None:
        """Take over all templates and their categories."""
        self._others = others
        self.finding.offer_categories(categories)
        self.check_now()

    def _rewrite(self, record: Template) -> None:
        variant = self.saying.variant
        self.write(record)
        self.saying.text.look_at(variant)

    def _find_faults(self, record: Template) -> Iterable[TemplateFault]:
        for other in self._others:
            if other.id != record.id and same_shortcut(other.shortcut, record.shortcut):
                yield TemplateFault("shortcut", tr("“{title}” has this shortcut already.", title=other.title))
        yield from self._templates.faults(record)

    def _show_check(self, record: Template, changed: bool) -> None:
        self.prompts.use_step(record.prompts)
        lacking = [fault for fault in self.faults if _is_unfinished(fault, record)]
        self._show_faults([fault for fault in self.faults if changed and fault not in lacking])
        missing = tr(lacking[0].reason) if lacking and changed else ""
        self.head.history.setVisible(self.saved.revision > 0)
        self.head.show_state(self.saved, self._clock(), missing, "pending" if missing else "secondary")
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


class LookupCard(EditorCard):
    """Card with the three fields that find a template."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.shortcut = LabelledField(tr("Shortcut"), tr("what follows / in a reply"))
        self.shortcut.edit.setMaxLength(SHORTCUT_LIMIT)
        self.category = LabelledField(tr("Category"), tr("for example: after-sales"))
        self.category.edit.setMaxLength(CATEGORY_LIMIT)
        self.keywords = LabelledField(tr("Keywords"), tr("other words to find it by, with commas between"))
        for field in (self.shortcut, self.category, self.keywords):
            field.edited.connect(self.changed)
        first = hbox(spacing=12)
        for field in (self.shortcut, self.category):
            first.addWidget(field, 1, AT_TOP)
        self._stack(first, self.keywords, foot=16)

    def show_template(self, template: Template) -> None:
        """Show the shortcut, category and keywords of `template`."""
        self.shortcut.edit.setText(template.shortcut)
        self.category.edit.setText(template.category)
        self.keywords.edit.setText(tr(", ").join(template.keywords))

    def offer_categories(self, categories: list[str]) -> None:
        """Complete the typed category with those in use."""
        completer = QCompleter(categories, self.category.edit)
        completer.setCompletionMode(QCompleter.CompletionMode.InlineCompletion)
        self.category.edit.setCompleter(completer)

    def words(self) -> tuple[str, ...]:
        """Return the keywords."""
        return tuple(split_words(self.keywords.text()))


class PromptCard(EditorCard):
    """Card of prompts, whose rows follow the text; nothing declared is lost meanwhile."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._declared: dict[str, Prompt] = {}
        self.rows: list[PromptRow] = []
        self._grid = grid(across=10, down=6)
        self._grid.setColumnStretch(1, 3)
        self._grid.setColumnStretch(2, 2)
        self._stack(heading(tr("What you fill in when you insert it"), self), self._grid, foot=16)
        for at, name in enumerate((tr("Question"), tr("Filled in already with")), 1):
            self._grid.addWidget(small_label(name), 0, at)
        self.hide()

    def declare(self, prompts: Sequence[Prompt]) -> None:
        """Forget the rows and take over the prompts of another template."""
        self._set(())  # what stands in the rows is forgotten, not declared
        self._declared = {prompt.name: prompt for prompt in prompts}

    def use_step(self, prompts: Sequence[Prompt]) -> None:
        """Show the rows of the prompts that the texts use now."""
        if [prompt.name for prompt in prompts] != [row.name for row in self.rows]:
            self._set(prompts)
        self.setVisible(bool(self.rows))

    def declared(self) -> tuple[Prompt, ...]:
        """Return all declared prompts, including those that no text uses any more."""
        return tuple((self._declared | {row.name: row.prompt() for row in self.rows}).values())

    def _set(self, prompts: Sequence[Prompt]) -> None:
        for row in self.rows:
            self._declared[row.name] = row.prompt()
            discard(*row.widgets())
        self.rows = []
        for at, prompt in enumerate(prompts, 1):
            row = PromptRow(self._declared.get(prompt.name, prompt), self)
            for column, widget in enumerate(row.widgets()):
                self._grid.addWidget(widget, at, column)
                widget.show()
            self.rows.append(row)
        self.setVisible(bool(self.rows))


class PromptRow:
    """Row of a prompt: its name, question, default, and whether it is required."""

    def __init__(self, prompt: Prompt, card: PromptCard) -> None:
        self.name = prompt.name
        self.shown = PlainLabel(f"{ASK}.{prompt.name}", size=Size.SMALL, role="accent", strong=True, parent=card)
        self.label = QLineEdit(prompt.label, card, placeholderText=prompt.name)
        self.label.setAccessibleName(tr("Question for {name}", name=prompt.name))
        self.default = QLineEdit(prompt.default, card, placeholderText=tr("nothing"))
        self.default.setAccessibleName(tr("What {name} is filled in with", name=prompt.name))
        self.required = QCheckBox(tr("Required"), card)
        self.required.setChecked(prompt.required)
        self.required.setToolTip(tr("Without it the template is not inserted"))
        self.label.textChanged.connect(card.changed)
        self.default.textChanged.connect(card.changed)
        self.required.toggled.connect(card.changed)

    def widgets(self) -> tuple[QWidget, ...]:
        """Return the row's widgets from left to right."""
        return (self.shown, self.label, self.default, self.required)

    def prompt(self) -> Prompt:
        """Return the prompt as written in this row."""
        return Prompt(self.name, self.label.text().strip(), self.default.text().strip(), self.required.isChecked())
