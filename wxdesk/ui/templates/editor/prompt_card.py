"""Card with one row for each `ask` variable that a template's texts show."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QGridLayout, QLineEdit, QWidget

from wxdesk.core.templates import ASK, Prompt
from wxdesk.i18n import tr
from wxdesk.ui.look.theme import Size
from wxdesk.ui.widgets.boxes import vbox
from wxdesk.ui.widgets.labels import PlainLabel


class PromptCard(QFrame):
    """Card of prompts, whose rows follow the text; nothing declared is lost meanwhile.

    Signals:
        changed: a prompt has changed.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("class", "card")
        self._declared: dict[str, Prompt] = {}
        self._rows: list[PromptRow] = []
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 3)
        self._grid.setColumnStretch(2, 2)
        title = PlainLabel(tr("What you fill in when you insert it"), size=Size.SMALL, role="secondary", strong=True)
        vbox(title, self._grid, spacing=10, margins=(16, 14, 16, 16), within=self)
        for at, name in enumerate((tr("Question"), tr("Filled in already with")), 1):
            self._grid.addWidget(PlainLabel(name, size=Size.SMALL, role="secondary"), 0, at)
        self.hide()

    def declare(self, prompts: Sequence[Prompt]) -> None:
        """Forget the rows and take over the prompts of another template."""
        self._set(())  # what stands in the rows is forgotten, not declared
        self._declared = {prompt.name: prompt for prompt in prompts}

    def use_step(self, prompts: Sequence[Prompt]) -> None:
        """Show the rows of the prompts that the texts use now."""
        if [prompt.name for prompt in prompts] != [row.name for row in self._rows]:
            self._set(prompts)
        self.setVisible(bool(self._rows))

    def declared(self) -> tuple[Prompt, ...]:
        """Return all declared prompts, including those that no text uses any more."""
        return tuple((self._declared | {row.name: row.prompt() for row in self._rows}).values())

    def rows(self) -> tuple[PromptRow, ...]:
        """Return the rows, in the order of the texts."""
        return tuple(self._rows)

    def _set(self, prompts: Sequence[Prompt]) -> None:
        for row in self._rows:
            self._declared[row.name] = row.prompt()
            for widget in row.widgets():
                self._grid.removeWidget(widget)
                widget.hide()
                widget.deleteLater()
        self._rows = []
        for at, prompt in enumerate(prompts, 1):
            row = PromptRow(self._declared.get(prompt.name, prompt), self)
            for column, widget in enumerate(row.widgets()):
                self._grid.addWidget(widget, at, column)
                widget.show()
            self._rows.append(row)
        self.setVisible(bool(self._rows))


class PromptRow:
    """Row of a prompt: its name, question, default, and whether it is required."""

    def __init__(self, prompt: Prompt, card: PromptCard) -> None:
        self.name = prompt.name
        self.shown = PlainLabel(f"{ASK}.{prompt.name}", size=Size.SMALL, role="accent", strong=True, parent=card)
        self.label = QLineEdit(prompt.label, card)
        self.label.setPlaceholderText(prompt.name)
        self.label.setAccessibleName(tr("Question for {name}", name=prompt.name))
        self.default = QLineEdit(prompt.default, card)
        self.default.setPlaceholderText(tr("nothing"))
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
