"""Lines of the preferences: a number with its unit, a switch, or a choice."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from wxdesk.core.preferences import BOUNDS
from wxdesk.ui.widgets.boxes import extend, vbox
from wxdesk.ui.widgets.buttons import Switch
from wxdesk.ui.widgets.fields.choice import ChoiceField
from wxdesk.ui.widgets.fields.labelled import LabelledField, set_wrong, switch_line
from wxdesk.ui.widgets.fields.number import NumberField
from wxdesk.ui.widgets.fields.words_dialog import split_words
from wxdesk.ui.widgets.flow_layout import FlowLayout
from wxdesk.ui.widgets.labels import PlainLabel, small_label


class PreferenceLine(QWidget):
    """Shows the setting `field` of `core.preferences.Preferences`.

    Signals:
        changed: the field and the value that the operator chose.
    """

    changed = Signal(str, object)

    def __init__(self, field: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.field = field
        self._column = vbox(within=self, spacing=3)

    def show_value(self, value: object) -> None:
        """Show the stored value without emitting a signal."""
        raise NotImplementedError

    def show_error(self, reason: str) -> None:
        """Show an error below, where there can be one; empty removes it."""


class NumberLine(PreferenceLine):
    """A number within a sentence, between the texts `before` and `after`."""

    def __init__(self, field: str, before: str, after: Callable[[int], str], parent: QWidget) -> None:
        super().__init__(field, parent)
        least, most, zero = BOUNDS[field]
        self.number = NumberField(0 if zero else least, most, f"{before} … {after(most)}", self)
        unit = sentence_word("", self)
        self.number.count(unit, after)
        self.error = small_label(role="failed", wrap=True, parent=self)
        self.error.hide()
        extend(self._column, FlowLayout(None, sentence_word(before, self), self.number, unit), self.error)
        self.number.decided.connect(partial(self.changed.emit, field))

    def show_value(self, value: object) -> None:
        """Show this number."""
        if isinstance(value, int) and self.number.last != value:
            self.number.show_number(value)
        self.show_error("")

    def show_error(self, reason: str) -> None:
        """Show an error below, and frame the field in red."""
        self.error.show_if_any(reason)
        set_wrong(self.number, bool(reason))
        self.number.setAccessibleDescription(reason)


class SwitchLine(PreferenceLine):
    """A switch with its meaning."""

    def __init__(self, field: str, words: str, parent: QWidget) -> None:
        super().__init__(field, parent)
        self.switch = Switch(parent=self)
        self._column.addLayout(switch_line(self.switch, words))
        self.switch.turned.connect(partial(self.changed.emit, field))

    def show_value(self, value: object) -> None:
        """Set the switch."""
        self.switch.setChecked(bool(value))


class WordsLine(PreferenceLine):
    """A list of words in one line, between commas."""

    def __init__(self, field: str, label: str, hint: str, parent: QWidget) -> None:
        super().__init__(field, parent)
        self._words = LabelledField(label, hint)
        self._column.addWidget(self._words)
        self._words.edit.editingFinished.connect(self._emit_changed)

    def show_value(self, value: object) -> None:
        """Show these words, unless others are being written."""
        if not self._words.edit.isModified():
            self._words.edit.setText("，".join(value) if isinstance(value, tuple) else "")

    def _emit_changed(self) -> None:
        self._words.edit.setModified(False)
        self.changed.emit(self.field, tuple(split_words(self._words.text())))


class ChoiceLine(PreferenceLine):
    """A choice among several values."""

    def __init__(self, field: str, words: str, parent: QWidget) -> None:
        super().__init__(field, parent)
        self.choice = ChoiceField(self, words)
        extend(self._column, PlainLabel(words, wrap=True, parent=self), self.choice)
        self.choice.activated.connect(self._emit_changed)

    def show_value(self, value: object) -> None:
        """Show this value as chosen; one that is not offered shows the first."""
        self.choice.show_value(value)

    def _emit_changed(self) -> None:
        self.changed.emit(self.field, self.choice.value)


def sentence_word(text: str, parent: QWidget) -> PlainLabel:
    """Return a label as high as the fields of its sentence."""
    label = PlainLabel(text, parent=parent)
    label.setMinimumHeight(30)
    return label
