"""Fields of a text reply: its text, further wordings, and how one is picked."""

from collections.abc import Iterable, Sequence
from functools import partial

from msgspec.structs import replace
from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QWidget

from wxdesk.core.content.variables import TEXT_LIMIT_BYTES, byte_count
from wxdesk.core.model.rule import Action, Variant
from wxdesk.core.normalise import is_visible
from wxdesk.core.rules.faults import FieldPath, RuleFault
from wxdesk.i18n import names, tr
from wxdesk.ui.editing.template_text import TemplateEdit, VariableMenu
from wxdesk.ui.look.theme import Size
from wxdesk.ui.rules.editor.actions.bodies import ActionBody
from wxdesk.ui.rules.editor.conditions.parts import error_label
from wxdesk.ui.widgets.boxes import discard, hbox, vbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind, SmallButton
from wxdesk.ui.widgets.fields.word_chips import HEIGHT
from wxdesk.ui.widgets.flow_layout import FlowLayout
from wxdesk.ui.widgets.labels import PlainLabel
from wxdesk.ui.widgets.menu_button import SingleChoiceButton

MOST_WORDINGS = 10


class WordingField(QWidget):
    """Field of one wording of a reply; all but the first can be removed.

    Signals:
        edited: its text has changed.
        removed: the operator wants to remove it; carries the wording.
    """

    edited = Signal()
    removed = Signal(object)

    def __init__(self, text: str, number: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.edit = TemplateEdit(self)
        self.edit.set_text(text)
        self.edit.edited.connect(self.edited)
        self._error = error_label(self)
        row = hbox((self.edit, 1), spacing=4)
        if number > 0:
            self.edit.setAccessibleName(tr("Wording {n} of the reply", n=number + 1))
            remove = partial(self.removed.emit, self)
            row.addWidget(SmallButton("close", tr("Remove wording {n}", n=number + 1), self, then=remove))
        vbox(row, self._error, spacing=6, within=self)

    def show_faults(self, faults: Sequence[RuleFault]) -> None:
        """Mark the wrong lines, and explain each fault below."""
        self.edit.mark_lines([fault.template_line for fault in faults if fault.template_line])
        words = "\n".join(dict.fromkeys(map(_fault_text, faults)))
        self._error.show_if_any(words)


def _fault_text(fault: RuleFault) -> str:
    reason = tr(fault.reason)
    return tr("Line {line}: {reason}", line=fault.template_line, reason=reason) if fault.template_line else reason


class ReplyBody(ActionBody):
    """Fields of `reply`: a Liquid text, and alternative wordings."""

    def __init__(self, action: Action, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._action = action
        self.wordings: list[WordingField] = []
        self._column = vbox(spacing=6)
        self.choice = SingleChoiceButton(
            [(one, variant_choice(one)) for one in Variant], tr("Which wording is said"), self
        )
        self.choice.set_value(action.variant)
        self.choice.chosen.connect(self.changed)
        self.variables = VariableMenu(self)
        self.variables.picked.connect(self._insert)
        self.more = Button(tr("+ Wording"), kind=ButtonKind.LINK, parent=self, then=self.add_wording)
        self._size = PlainLabel(size=Size.SMALL, role="secondary", tabular=True, parent=self)
        self._size.setFixedHeight(HEIGHT)
        foot = FlowLayout(None, self.variables, self.more, self.choice, self._size, gap=12)
        vbox(self._column, foot, spacing=6, within=self)
        for text in action.texts:
            self._take(text)
        self._only = self.edit
        self._last_focused = self.wordings[0]
        self._measure()

    @property
    def edit(self) -> TemplateEdit:
        """The field of the first wording."""
        return self.wordings[0].edit

    def action(self) -> Action:
        """Return the action with its texts; a single one leaves no choice of wording."""
        first, *others = [wording.edit.text() for wording in self.wordings]
        chosen = self.choice.value if others or self._action.variant is self.choice.value else Variant.FIRST
        return replace(self._action, text=first, others=tuple(others), variant=chosen)

    def place(self, where: FieldPath, line: int) -> QWidget:
        """Return the field of the named wording, with its cursor in the line."""
        number = where[0] if where and isinstance(where[0], int) else 0
        edit = self.wordings[min(number, len(self.wordings) - 1)].edit
        if line:
            edit.setTextCursor(QTextCursor(edit.document().findBlockByNumber(line - 1)))
        return edit

    def show_faults(self, faults: Sequence[RuleFault]) -> None:
        """Mark the faults of each wording; of several empty ones, only the first."""
        about = [(self._wording_of(fault), fault) for fault in faults]
        for at, wording in enumerate(self.wordings):
            wording.show_faults([fault for number, fault in about if number == at])

    def _wording_of(self, fault: RuleFault) -> int:
        number = fault.where[3] if len(fault.where) > 3 else None
        if isinstance(number, int):
            return number
        texts = [wording.edit.text() for wording in self.wordings]
        empty = next((at for at, text in enumerate(texts) if not is_visible(text)), 0)
        return 0 if fault.template_line else empty

    def show_groups(self, names: Iterable[str]) -> None:
        """Offer the named groups as `m.…`."""
        self.variables.show_groups(names)

    def add_wording(self) -> WordingField:
        """Begin another wording and focus it; the first addition makes them rotate."""
        wording = self._take("")
        if len(self.wordings) == 2 and self.choice.value is Variant.FIRST:
            self.choice.set_value(Variant.ROTATE)
        wording.edit.setFocus()
        self._edited()
        return wording

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Remember the focused wording, since the variable menu takes the focus away."""
        if event.type() is QEvent.Type.FocusIn:
            self._last_focused = next((one for one in self.wordings if one.edit is watched), self._last_focused)
        return super().eventFilter(watched, event)

    def _take(self, text: str) -> WordingField:
        wording = WordingField(text, len(self.wordings), self)
        wording.edited.connect(self._edited)
        wording.removed.connect(self._drop)
        wording.edit.installEventFilter(self)
        self.wordings.append(wording)
        self._column.addWidget(wording)
        return wording

    def _drop(self, wording: WordingField) -> None:
        self.wordings.remove(wording)
        if wording is self._last_focused:
            self._last_focused = self.wordings[0]
        self._column.removeWidget(wording)
        discard(wording)
        self.more.setFocus()
        self._edited()

    def _edited(self) -> None:
        self._measure()
        self.changed.emit()

    def _measure(self) -> None:
        size = max(byte_count(wording.edit.text()) for wording in self.wordings)
        self._size.setText(tr("{size} / {limit} bytes as written", size=size, limit=TEXT_LIMIT_BYTES))
        self.choice.setVisible(len(self.wordings) > 1)
        self.more.setEnabled(len(self.wordings) < MOST_WORDINGS)

    def _insert(self, text: str) -> None:
        self._last_focused.edit.insert(text)


variant_choice = names(
    {Variant.FIRST: "always the first", Variant.RANDOM: "any of them", Variant.ROTATE: "one after the other"}
)
"""Name of a way to pick one of several wordings."""
