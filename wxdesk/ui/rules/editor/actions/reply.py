"""Fields of a text reply."""

from collections.abc import Iterable, Sequence

from msgspec.structs import replace
from PySide6.QtWidgets import QWidget

from wxdesk.core.model.rule import Action
from wxdesk.core.rules.faults import FieldPath, RuleFault
from wxdesk.ui.editing.template_text import TemplateEdit
from wxdesk.ui.editing.wordings import Wordings
from wxdesk.ui.rules.editor.actions.bodies import ActionBody
from wxdesk.ui.widgets.boxes import vbox


class ReplyBody(ActionBody):
    """Fields of `reply`: a Liquid text, and alternative wordings."""

    def __init__(self, action: Action, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._action = action
        self.wordings = Wordings(self)
        self.wordings.show_texts(action.texts, action.variant)
        self.wordings.changed.connect(self.changed)
        self._only = self.edit
        vbox(self.wordings, within=self)

    @property
    def edit(self) -> TemplateEdit:
        """The field of the first wording."""
        return self.wordings.edit

    def action(self) -> Action:
        """Return the action with its texts."""
        first, *others = self.wordings.texts()
        return replace(self._action, text=first, others=tuple(others), variant=self.wordings.variant)

    def place(self, where: FieldPath, line: int) -> QWidget:
        """Return the field of the named wording, with its cursor in the line."""
        return self.wordings.place(where[0] if where and isinstance(where[0], int) else 0, line)

    def show_faults(self, faults: Sequence[RuleFault]) -> None:
        """Mark the faults of each wording; of several empty ones, only the first."""
        self.wordings.show_mistakes((self._wording_of(one), one.template_line, one.reason) for one in faults)

    def _wording_of(self, fault: RuleFault) -> int:
        number = fault.where[3] if len(fault.where) > 3 else None
        if isinstance(number, int):
            return number
        return 0 if fault.template_line else self.wordings.first_empty()

    def show_groups(self, names: Iterable[str]) -> None:
        """Offer the named groups as `m.…`."""
        self.wordings.variables.show_groups(names)
