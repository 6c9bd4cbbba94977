"""Wordings of a text, one below the other, and how one of them is picked."""

from collections.abc import Iterable, Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QWidget

from wxdesk.core.content.variables import TEXT_LIMIT_BYTES, byte_count
from wxdesk.core.errors import Text
from wxdesk.core.model.rule import Variant
from wxdesk.core.normalise import is_visible
from wxdesk.core.templates import MOST_VARIANTS
from wxdesk.i18n import names, tr
from wxdesk.ui.editing.template_text import CLOSING, TemplateEdit, VariableMenu, is_prompt, prompt_placeholder
from wxdesk.ui.widgets.boxes import discard, hbox, vbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind, SmallButton
from wxdesk.ui.widgets.fields.word_chips import HEIGHT
from wxdesk.ui.widgets.flow_layout import FlowLayout
from wxdesk.ui.widgets.labels import small_label
from wxdesk.ui.widgets.menu_button import SingleChoiceButton

type Mistake = tuple[int, int, Text]
"""A wording, from 0; its line, from 1 (0: all of it); what is wrong."""

variant_name = names(
    {Variant.FIRST: "always the first", Variant.RANDOM: "any of them", Variant.ROTATE: "one after the other"}
)
"""Name of a way to pick one of several wordings."""


class WordingField(QWidget):
    """Field of one wording; all but the first can be removed.

    Signals:
        removed: the operator wants to remove it; carries the field.
    """

    removed = Signal(object)

    def __init__(self, text: str, number: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.edit = TemplateEdit(self)
        self.edit.set_text(text)
        self.error = small_label(role="failed", wrap=True, parent=self)
        self.error.hide()
        row = hbox((self.edit, 1), spacing=4)
        if number > 0:
            self.edit.setAccessibleName(tr("Wording {n}", n=number + 1))
            remove = partial(self.removed.emit, self)
            row.addWidget(SmallButton("close", tr("Remove this wording"), self, then=remove))
        vbox(row, self.error, spacing=6, within=self)

    def show_mistakes(self, mistakes: Sequence[Mistake]) -> None:
        """Mark the wrong lines, and explain each mistake below."""
        self.edit.mark_lines([line for _, line, _ in mistakes if line])
        said = (tr("Line {line}: {reason}", line=line, reason=why) if line else tr(why) for _, line, why in mistakes)
        self.error.show_if_any("\n".join(dict.fromkeys(said)))


class Wordings(QWidget):
    """Fields of all wordings of a text, and a menu of variables for them.

    For `asking` see `VariableMenu`.

    Signals:
        changed: a wording or the choice has changed.
        looked_at: another wording has the cursor now.
    """

    changed = Signal()
    looked_at = Signal()

    def __init__(self, parent: QWidget, *, asking: bool = False) -> None:
        super().__init__(parent)
        self.fields: list[WordingField] = []
        self._stored = Variant.FIRST
        self._column = vbox(spacing=6)
        choices = [(one, variant_name(one)) for one in Variant]
        self.choice = SingleChoiceButton(choices, tr("Which wording is said"), self)
        self.choice.chosen.connect(self.changed)
        self.variables = VariableMenu(self, asking=asking)
        self.variables.picked.connect(self._insert)
        self.more = Button(tr("+ Wording"), kind=ButtonKind.LINK, parent=self, then=self.add_wording)
        self.size_shown = small_label(tabular=True, parent=self)
        self.size_shown.setFixedHeight(HEIGHT)
        foot = FlowLayout(None, self.variables, self.more, self.choice, self.size_shown, gap=12)
        vbox(self._column, foot, spacing=6, within=self)
        self.show_texts([""], Variant.FIRST)

    # -- the record's part

    def show_texts(self, texts: Sequence[str], variant: Variant) -> None:
        """Show these wordings, in the fields that there are."""
        for field in self.fields[len(texts) :]:
            self._discard(field)
        for field, text in zip(self.fields, texts, strict=False):
            field.edit.set_text(text)
        for text in texts[len(self.fields) :]:
            self._take(text)
        self._last_focused = self.fields[0]
        self._stored = variant
        self.choice.set_value(variant)
        self._measure()

    def texts(self) -> list[str]:
        """Return all wordings as written."""
        return [field.edit.text() for field in self.fields]

    @property
    def edit(self) -> TemplateEdit:
        """The field of the first wording."""
        return self.fields[0].edit

    @property
    def variant(self) -> Variant:
        """The way in which one is picked; a single one leaves no choice."""
        chosen = self.choice.value
        return chosen if len(self.fields) > 1 or chosen is self._stored else Variant.FIRST

    @property
    def at(self) -> int:
        """Number of the wording that had the cursor last, from 0."""
        return self.fields.index(self._last_focused)

    def look_at(self, number: int) -> None:
        """Take that wording, or the last one, for the one that had the cursor."""
        self._last_focused = self.fields[min(number, len(self.fields) - 1)]

    def place(self, number: int, line: int) -> TemplateEdit:
        """Return the field of a wording, with its cursor in the line if not 0."""
        edit = self.fields[min(number, len(self.fields) - 1)].edit
        if line:
            edit.setTextCursor(QTextCursor(edit.document().findBlockByNumber(line - 1)))
        return edit

    def first_empty(self) -> int:
        """Return the number of the first wording without a visible text, else 0."""
        return next((at for at, text in enumerate(self.texts()) if not is_visible(text)), 0)

    def show_mistakes(self, mistakes: Iterable[Mistake]) -> None:
        """Mark the mistakes of each wording, and no others."""
        known = list(mistakes)
        for at, field in enumerate(self.fields):
            field.show_mistakes([one for one in known if one[0] == at])

    # -- what the operator does

    def add_wording(self) -> WordingField:
        """Begin another wording and focus it; the first addition makes them rotate."""
        field = self._take("")
        if len(self.fields) == 2 and self.choice.value is Variant.FIRST:
            self.choice.set_value(Variant.ROTATE)
        self._last_focused = field
        field.edit.setFocus()
        self._edited()
        return field

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Remember the focused wording, since the variable menu takes the focus away."""
        if event.type() is QEvent.Type.FocusIn and watched is not self._last_focused.edit:
            self._last_focused = next(one for one in self.fields if one.edit is watched)
            self.looked_at.emit()
        return super().eventFilter(watched, event)

    def _take(self, text: str) -> WordingField:
        field = WordingField(text, len(self.fields), self)
        field.edit.edited.connect(self._edited)
        field.removed.connect(self._drop)
        field.edit.installEventFilter(self)
        self.fields.append(field)
        self._column.addWidget(field)
        return field

    def _drop(self, field: WordingField) -> None:
        self._discard(field)
        self.more.setFocus()
        self._edited()

    def _discard(self, field: WordingField) -> None:
        self.fields.remove(field)
        if field is self._last_focused:
            self._last_focused = self.fields[0]
        if field.edit.hasFocus():
            self.fields[-1].edit.setFocus()
        discard(field)
        for number, other in enumerate(self.fields[1:], 2):
            other.edit.setAccessibleName(tr("Wording {n}", n=number))

    def _edited(self) -> None:
        self._measure()
        self.changed.emit()

    def _measure(self) -> None:
        size = max(map(byte_count, self.texts()))
        self.size_shown.setText(tr("{size} / {limit} bytes as written", size=size, limit=TEXT_LIMIT_BYTES))
        self.choice.setVisible(len(self.fields) > 1)
        self.more.setEnabled(len(self.fields) < MOST_VARIANTS)

    def _insert(self, text: str) -> None:
        edit = self._last_focused.edit
        edit.insert(text)
        if is_prompt(text):
            cursor = edit.textCursor()
            end = cursor.position() - len(CLOSING)
            cursor.setPosition(end - len(prompt_placeholder()))
            cursor.setPosition(end, cursor.MoveMode.KeepAnchor)
            edit.setTextCursor(cursor)
