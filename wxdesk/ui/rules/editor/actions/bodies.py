"""Fields of the simple actions, and the choice of fields for any action."""

from collections.abc import Iterable, Sequence

from msgspec.structs import replace
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from wxdesk.core.model.rule import ACTION_NUMBERS, STATUS_ACTIONS, Action, ActionKind
from wxdesk.core.rules.faults import FieldPath, RuleFault
from wxdesk.i18n import tr
from wxdesk.ui.look.theme import Size
from wxdesk.ui.rules.editor.conditions.parts import counted, error_label, sentence_label
from wxdesk.ui.widgets.boxes import vbox
from wxdesk.ui.widgets.fields.word_chips import WordChips
from wxdesk.ui.widgets.flow_layout import FlowLayout
from wxdesk.ui.widgets.labels import PlainLabel
from wxdesk.ui.wording.actions import WORDINGS, number_words


class ActionBody(QWidget):
    """Fields of one action; `_only` is the one that is focused and blamed.

    Where `_error` stands, a subclass says.

    Signals:
        changed: the action has changed.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._only: QWidget | None = None
        self._error = error_label(self)

    def action(self) -> Action:
        """Return the action as written."""
        raise NotImplementedError

    def start(self) -> None:
        """Focus the first field."""
        (self._only or self).setFocus()

    def place(self, where: FieldPath, line: int) -> QWidget | None:
        """Return the field for a path inside the action, or None; `line`: see `RuleFault`."""
        return self._only

    def show_faults(self, faults: Sequence[RuleFault]) -> None:
        """Show the first fault below the fields; most actions have room for one only."""
        self._error.show_if_any(tr(faults[0].reason) if faults else "")

    def show_groups(self, names: Iterable[str]) -> None:
        """Take over the named groups of the rule's patterns."""


class TagBody(ActionBody):
    """Fields of `tag`: the tags that the contact gets."""

    def __init__(self, action: Action, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._flow = FlowLayout(self)
        self.chips = WordChips(self, tr("tag"))
        self.chips.set_words(action.tags)
        self.chips.changed.connect(self.changed)
        self._only = self.chips.add
        self.chips.relaid.connect(self._set)
        self._set()

    def action(self) -> Action:
        """Return the action with its tags."""
        return Action(ActionKind.TAG, tags=self.chips.words())

    def start(self) -> None:
        """Focus the field for a tag."""
        self.chips.open_field()

    def _set(self) -> None:
        self._flow.set_widgets((*self.chips.widgets(), self._error))
        self.updateGeometry()


class NumberBody(ActionBody):
    """Field of an action with a number, such as the minutes of a snooze."""

    def __init__(self, action: Action, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._action = action
        self._number = number = ACTION_NUMBERS[action.kind]
        before, _ = number_words(action.kind, number.initial)
        self.field, behind = counted(
            getattr(action, number.field),
            number.most,
            tr(WORDINGS[action.kind].number.name),
            lambda given: number_words(action.kind, given)[1],
            self,
        )
        self.field.valueChanged.connect(self.changed)
        self._only = self.field
        note = [_small(_status_note(), self)] if action.kind in STATUS_ACTIONS else []
        FlowLayout(self, sentence_label(before, self), self.field, behind, *note, self._error)

    def action(self) -> Action:
        """Return the action with its number."""
        return replace(self._action, **{self._number.field: self.field.value()})


class ExplanationBody(ActionBody):
    """Explanation of actions without fields: take_over, transfer, notify and the like."""

    def __init__(self, action: Action, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._action = action
        text = tr(WORDINGS[action.kind].explanation)
        if action.kind in STATUS_ACTIONS:
            text = tr("{first} {second}", first=text, second=_status_note())
        vbox(_small(text, self), within=self)

    def action(self) -> Action:
        """Return the action unchanged."""
        return self._action

    def show_faults(self, faults: Sequence[RuleFault]) -> None:
        """Show nothing: such an action has no field to be wrong."""


def _status_note() -> str:
    """Return a note on what keeps a rule from resolving or snoozing the conversation."""
    return tr(
        "Only once all that the rule says has been sent, and not if the customer has written since, if anything waits "
        "for a person, or if the rule only prepares drafts."
    )


def _small(text: str, host: QWidget) -> PlainLabel:
    return PlainLabel(text, size=Size.SMALL, role="secondary", wrap=True, parent=host)
