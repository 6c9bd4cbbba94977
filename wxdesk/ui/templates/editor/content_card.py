"""Card for a template's content: its kind, and the text or fields of that kind."""

from collections.abc import Sequence
from functools import partial

from msgspec.structs import replace
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from wxdesk.core.content.limits import WORDS
from wxdesk.core.content.variables import TEXT_LIMIT_BYTES, byte_count
from wxdesk.core.model.reply import Content, ReplyKind
from wxdesk.core.model.rule import Variant
from wxdesk.core.templates import IN_CONTENT, MOST_VARIANTS, Template, TemplateFault
from wxdesk.i18n import tr
from wxdesk.ui.content.form import ContentForm
from wxdesk.ui.editing.record_editor import EditorCard
from wxdesk.ui.editing.template_text import (
    CLOSING,
    FieldVariableMenu,
    TemplateEdit,
    VariableMenu,
    is_prompt,
    prompt_placeholder,
)
from wxdesk.ui.look.theme import Size
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.templates.text import kind_name, variant_name
from wxdesk.ui.widgets.boxes import AT_LEFT, STRETCH, discard, hbox, vbox
from wxdesk.ui.widgets.buttons import Chip, SmallButton
from wxdesk.ui.widgets.flow_layout import FlowLayout
from wxdesk.ui.widgets.labels import PlainLabel, heading
from wxdesk.ui.widgets.menu_button import SingleChoiceButton


class ContentCard(EditorCard):
    """Card for one kind of content; what was written for other kinds stays meanwhile."""

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = ReplyKind.TEXT
        self.kinds = {kind: Chip(kind_name(kind), parent=self) for kind in ReplyKind}
        self.text = TextBody(self)
        self.fields = ContentForm((ReplyKind.LINK, ReplyKind.CARD, ReplyKind.IMAGE), _hints(), bridge, self)
        self.fields.column.setSpacing(10)
        written = [field.edit for field in self.fields.by_name.values()]
        self.variables = FieldVariableMenu(written, self.fields, asking=True)
        self.fields.column.insertWidget(len(written), self.variables, 0, AT_LEFT)
        for kind, chip in self.kinds.items():
            chip.clicked.connect(partial(self._choose_kind, kind))
        self.text.changed.connect(self.changed)
        self.fields.changed.connect(self.changed)
        kinds = hbox(heading(tr("What it says"), self), STRETCH, *self.kinds.values(), spacing=6)
        self._stack(kinds, self.text, self.fields, foot=16)
        self._show_kind()

    def show_template(self, template: Template) -> None:
        """Show the content of `template`."""
        self.text.show_texts(template.texts, template.variant)
        self.fields.clear()
        self._kind = template.kind
        self._show_content(template.content)
        self._show_kind()

    def apply_to(self, template: Template) -> Template:
        """Return `template` with the content of this card."""
        body, *others = self.text.texts()
        content = Content() if self._kind is ReplyKind.TEXT else self.fields.content(self._kind)
        return replace(template, body=body, others=tuple(others), variant=self.text.which(), content=content)

    @property
    def variant(self) -> int:
        """Index of the shown text, from 0."""
        return self.text.at if self._kind is ReplyKind.TEXT else 0

    def show_faults(self, faults: Sequence[TemplateFault]) -> None:
        """Show faults at their fields."""
        self.text.show_faults([fault for fault in faults if fault.where == "body"])
        reasons: dict[str, str] = {}
        for fault in faults:
            name = fault.where.removeprefix(IN_CONTENT)
            reasons[name] = "\n".join(filter(None, (reasons.get(name), tr(fault.reason))))
        self.fields.show_faults(reasons)

    def _choose_kind(self, kind: ReplyKind) -> None:
        self._kind = kind
        self._show_content(self.fields.content(kind))
        self._show_kind()
        self.changed.emit()

    def _show_content(self, content: Content) -> None:
        self.fields.show_content(content)
        self.variables.setVisible(bool(WORDS[content.kind]))

    def _show_kind(self) -> None:
        for kind, chip in self.kinds.items():
            chip.setChecked(kind is self._kind)
        is_text = self._kind is ReplyKind.TEXT
        self.text.setVisible(is_text)
        self.fields.setVisible(not is_text)


def _hints() -> dict[str, str]:
    return {
        "picture": tr("It is kept on this machine and uploaded when it leaves."),
        "thumb_picture": tr("A picture of 5:4, such as 520 × 416."),
    }


class TextBody(QWidget):
    """Text field for one variant at a time, with chips for the others.

    Signals:
        changed: the text has changed.
        looked_at: another variant is shown now.
    """

    changed = Signal()
    looked_at = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._texts: list[str] = [""]
        self.at = 0
        self.edit = TemplateEdit(self)
        self.edit.edited.connect(self._edited)
        self.error = PlainLabel(size=Size.SMALL, role="failed", wrap=True, parent=self)
        self.error.hide()
        self.bytes_shown = PlainLabel(size=Size.SMALL, role="secondary", tabular=True, parent=self)
        self.variables = VariableMenu(self, asking=True)
        self.variables.picked.connect(self._insert)
        self._make_variants()
        self._lay_out()
        self._show_variants()

    def _make_variants(self) -> None:
        self._chips: list[Chip] = []
        self._row = FlowLayout(gap=6, line_gap=6)
        self.add = Chip(tr("+ Variant"), checkable=False, parent=self)
        self.add.setToolTip(tr("Say the same in other words"))
        self.add.clicked.connect(self.add_variant)
        self.remove = SmallButton("trash", tr("Remove this variant"), self, then=self.remove_variant)
        choices = [(variant, variant_name(variant)) for variant in Variant]
        self.variant = SingleChoiceButton(choices, tr("Which variant is said"), self)
        self.variant.chosen.connect(self.changed)

    def _lay_out(self) -> None:
        above = hbox((self._row, 1), self.variant, self.remove, spacing=8)
        foot = hbox(self.variables, STRETCH, self.bytes_shown)
        vbox(above, self.edit, self.error, foot, spacing=8, within=self)

    # -- the template's part

    def show_texts(self, texts: Sequence[str], variant: Variant) -> None:
        """Show these variants, the first one to be edited."""
        self._texts = list(texts)
        self.variant.set_value(variant)
        self.at = 0
        self._show_variants()
        self._show_text()

    def texts(self) -> tuple[str, ...]:
        """All variants."""
        return tuple(self._texts)

    def which(self) -> Variant:
        """Return the way a variant is picked; FIRST for a single one."""
        return self.variant.value if len(self._texts) > 1 else Variant.FIRST

    def look_at(self, variant: int) -> None:
        """Show that variant, or the last one if there are fewer."""
        self._go(min(variant, len(self._texts) - 1))

    def show_faults(self, faults: Sequence[TemplateFault]) -> None:
        """Mark the wrong lines of the shown variant, and list the faults of all."""
        self.edit.mark_lines([fault.line for fault in faults if fault.variant == self.at and fault.line])
        words = "\n".join(self._words(fault) for fault in faults)
        self.error.show_if_any(words)

    def _words(self, fault: TemplateFault) -> str:
        reason = tr(fault.reason)
        if fault.line:
            reason = tr("Line {line}: {reason}", line=fault.line, reason=reason)
        return reason if fault.variant == self.at else tr("Variant {n}: {reason}", n=fault.variant + 1, reason=reason)

    # -- what the operator does

    def add_variant(self) -> None:
        """Begin another variant with a copy of this text."""
        self._texts.append(self._texts[self.at])
        self._go(len(self._texts) - 1)
        self.edit.selectAll()
        self.edit.setFocus()
        self.changed.emit()

    def remove_variant(self) -> None:
        """Remove the variant that is shown."""
        del self._texts[self.at]
        self._go(max(0, self.at - 1))
        self.edit.setFocus()
        self.changed.emit()

    def _go(self, at: int) -> None:
        self.at = at
        self._show_variants()
        self._show_text()
        self.looked_at.emit()

    def _edited(self) -> None:
        self._texts[self.at] = self.edit.text()
        self._measure()
        self.changed.emit()

    # -- showing

    def _show_text(self) -> None:
        self.edit.set_text(self._texts[self.at])
        self._measure()

    def _show_variants(self) -> None:
        discard(*self._chips)
        several = len(self._texts) > 1
        self._chips = [self._chip(at) for at in range(len(self._texts))] if several else []
        self._row.set_widgets((*self._chips, self.add))
        self.add.setEnabled(len(self._texts) < MOST_VARIANTS)
        self.remove.setVisible(several)
        self.variant.setVisible(several)
        self.updateGeometry()

    def _chip(self, at: int) -> Chip:
        chip = Chip(str(at + 1), parent=self)
        chip.setChecked(at == self.at)
        chip.setAccessibleName(tr("Variant {n}", n=at + 1))
        chip.clicked.connect(partial(self._go, at))
        chip.show()
        return chip

    def _measure(self) -> None:
        size = byte_count(self.edit.text())
        self.bytes_shown.setText(tr("{size} / {limit} bytes as written", size=size, limit=TEXT_LIMIT_BYTES))

    def _insert(self, text: str) -> None:
        self.edit.insert(text)
        if is_prompt(text):
            cursor = self.edit.textCursor()
            end = cursor.position() - len(CLOSING)
            cursor.setPosition(end - len(prompt_placeholder()))
            cursor.setPosition(end, cursor.MoveMode.KeepAnchor)
            self.edit.setTextCursor(cursor)
