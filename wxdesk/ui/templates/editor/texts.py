"""Text of a template in one or more variants, with sizes and faults by line."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from wxdesk.core.content.variables import TEXT_LIMIT_BYTES, byte_count
from wxdesk.core.model.rule import Variant
from wxdesk.core.templates import MOST_VARIANTS, TemplateFault
from wxdesk.i18n import tr
from wxdesk.ui.editing.template_text.field import TemplateEdit
from wxdesk.ui.editing.template_text.variable_menu import CLOSING, VariableMenu, is_prompt, prompt_placeholder
from wxdesk.ui.look.theme import Size
from wxdesk.ui.templates.text import variant_name
from wxdesk.ui.widgets.boxes import STRETCH, hbox, vbox
from wxdesk.ui.widgets.buttons import Chip, SmallButton
from wxdesk.ui.widgets.flow_layout import FlowLayout
from wxdesk.ui.widgets.labels import PlainLabel
from wxdesk.ui.widgets.menu_button import SingleChoiceButton


class TextBody(QWidget):
    """Text field for one variant at a time, with chips for the others.

    Signals:
        changed: the text has changed.
        looked_at: the number of the variant that is shown now, from 0.
    """

    changed = Signal()
    looked_at = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._texts: list[str] = [""]
        self._at = 0
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
        self.remove = SmallButton("trash", tr("Remove this variant"), self)
        self.remove.clicked.connect(self.remove_variant)
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
        self._at = 0
        self._show_variants()
        self._show_text()

    def texts(self) -> tuple[str, ...]:
        """All variants."""
        return tuple(self._texts)

    def which(self) -> Variant:
        """Return the way a variant is picked; FIRST for a single one."""
        return (
            Variant(str(self.variant.value)) if len(self._texts) > 1 else Variant.FIRST
        )  # Qt's menu gives a plain text

    @property
    def at(self) -> int:
        """Index of the shown variant, from 0."""
        return self._at

    def look_at(self, variant: int) -> None:
        """Show that variant, or the last one if there are fewer."""
        self._go(min(variant, len(self._texts) - 1))

    def show_faults(self, faults: Sequence[TemplateFault]) -> None:
        """Mark the wrong lines of the shown variant, and list the faults of all."""
        self.edit.mark_lines([fault.line for fault in faults if fault.variant == self._at and fault.line])
        words = "\n".join(self._words(fault) for fault in faults)
        self.error.show_if_any(words)

    def _words(self, fault: TemplateFault) -> str:
        reason = tr(fault.reason)
        if fault.line:
            reason = tr("Line {line}: {reason}", line=fault.line, reason=reason)
        return reason if fault.variant == self._at else tr("Variant {n}: {reason}", n=fault.variant + 1, reason=reason)

    # -- what the operator does

    def add_variant(self) -> None:
        """Begin another variant with a copy of this text."""
        self._texts.append(self._texts[self._at])
        self._go(len(self._texts) - 1)
        self.edit.selectAll()
        self.edit.setFocus()
        self.changed.emit()

    def remove_variant(self) -> None:
        """Remove the variant that is shown."""
        del self._texts[self._at]
        self._go(max(0, self._at - 1))
        self.edit.setFocus()
        self.changed.emit()

    def _go(self, at: int) -> None:
        self._at = at
        self._show_variants()
        self._show_text()
        self.looked_at.emit(at)

    def _chip_clicked(self) -> None:
        self._go(self._chips.index(self.sender()))  # type: ignore[arg-type]

    def _edited(self) -> None:
        self._texts[self._at] = self.edit.text()
        self._measure()
        self.changed.emit()

    # -- showing

    def _show_text(self) -> None:
        self.edit.set_text(self._texts[self._at])
        self._measure()

    def _show_variants(self) -> None:
        for chip in self._chips:
            chip.hide()
            chip.deleteLater()
        several = len(self._texts) > 1
        self._chips = [self._chip(at) for at in range(len(self._texts))] if several else []
        self._row.set_widgets((*self._chips, self.add))
        self.add.setEnabled(len(self._texts) < MOST_VARIANTS)
        self.remove.setVisible(several)
        self.variant.setVisible(several)
        self.updateGeometry()

    def _chip(self, at: int) -> Chip:
        chip = Chip(str(at + 1), parent=self)
        chip.setChecked(at == self._at)
        chip.setAccessibleName(tr("Variant {n}", n=at + 1))
        chip.clicked.connect(self._chip_clicked)
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
