"""What stands in the place of the editor while there is no rule at all, or none is chosen."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from wxdesk.i18n import tr
from wxdesk.ui.widgets.first_step import FirstStep


class EmptyPage(FirstStep):
    """What a rule is, with the shop's rules to begin with."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            "rules",
            title=tr("Nothing is answered by itself yet"),
            words=tr("A rule says which messages to answer and how. Begin with a small shop's and make them yours."),
            starter=tr("Start with the shop's rules"),
            new=tr("New rule"),
            parent=parent,
        )
