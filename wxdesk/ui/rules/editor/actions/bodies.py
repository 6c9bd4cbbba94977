"""Fields of the simple actions, and the choice of fields for any action."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from wxdesk.core.model.rule import STATUS_ACTIONS, Action, ActionKind
from wxdesk.core.rules.faults import MOST_SNOOZE_MINUTES, MOST_TYPING_SECONDS, FieldPath, RuleFault
from wxdesk.i18n import ntr, tr
from wxdesk.ui.look.theme import Size
from wxdesk.ui.rules.editor.conditions.parts import counted, error_label, sentence_label
from wxdesk.ui.widgets.boxes import vbox
from wxdesk.ui.widgets.fields.number import NumberField
from wxdesk.ui.widgets.fields.word_chips import WordChips
from wxdesk.ui.widgets.flow_layout import FlowLayout
from wxdesk.ui.widgets.labels import PlainLabel


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


class TypingBody(ActionBody):
    """Fields of `typing`: seconds that the customer sees somebody typing."""

    def __init__(self, action: Action, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.seconds, behind = counted(action.seconds, MOST_TYPING_SECONDS, tr("Seconds of typing"), _typed, self)
        self.seconds.valueChanged.connect(self.changed)
        self._only = self.seconds
        before, _ = typing_texts(action.seconds)
        FlowLayout(self, sentence_label(before, self), self.seconds, behind, self._error)

    def action(self) -> Action:
        """Return the action with its seconds."""
        return Action(ActionKind.TYPING, seconds=self.seconds.value())


def typing_texts(seconds: int) -> tuple[str, str]:
    """Return the texts before and behind the number of seconds of typing."""
    return tr("The customer sees somebody typing for"), _typed(seconds)


def _typed(seconds: int) -> str:
    return ntr("second, then the next message comes.", "seconds, then the next message comes.", seconds)


class SnoozeBody(ActionBody):
    """Fields of `snooze`: minutes until the conversation comes back."""

    def __init__(self, action: Action, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.minutes = NumberField(1, MOST_SNOOZE_MINUTES, tr("Minutes of snoozing"), self)
        self.minutes.show_number(action.minutes)
        self.minutes.valueChanged.connect(self.changed)
        self._only = self.minutes
        before, behind = snooze_texts()
        FlowLayout(
            self,
            sentence_label(before, self),
            self.minutes,
            sentence_label(behind, self),
            PlainLabel(_status_note(), size=Size.SMALL, role="secondary", wrap=True, parent=self),
            self._error,
        )

    def action(self) -> Action:
        """Return the action with its minutes."""
        return Action(ActionKind.SNOOZE, minutes=self.minutes.value())


def snooze_texts() -> tuple[str, str]:
    """Return the texts before and behind the number of minutes of a snooze."""
    return tr("Out of sight for"), tr("minutes, or until the customer writes; then it calls for you.")


class ExplanationBody(ActionBody):
    """Explanation of actions without fields: take_over, transfer, notify and the like."""

    def __init__(self, action: Action, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._action = action
        text = tr(EXPLANATIONS[action.kind])
        if action.kind in STATUS_ACTIONS:
            text = tr("{first} {second}", first=text, second=_status_note())
        vbox(PlainLabel(text, size=Size.SMALL, role="secondary", wrap=True, parent=self), within=self)

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


EXPLANATIONS = {
    ActionKind.TAKE_OVER: "The conversation waits for a person; the rules keep quiet in it until it is handed back.",
    ActionKind.TRANSFER: "The answer to this very message hands the customer over to WeChat's own service tool. Until "
    "the session there ends, at most half an hour after the last word, this desk sees nothing of what is written.",
    ActionKind.NOTIFY: "Somebody at the desk is called; the rules go on as usual.",
    ActionKind.RESOLVE: "It leaves the list and the figures until the customer writes again.",
    ActionKind.SILENT: "The message counts as answered, and the customer gets nothing.",
}
"""Sentences about the actions without fields."""
