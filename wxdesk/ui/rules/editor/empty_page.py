"""Page shown in the editor's place while there are no rules, or none is chosen."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from wxdesk.i18n import tr
from wxdesk.ui.widgets.first_step import FirstStep


class RulesEmptyPage(FirstStep):
    """Introduction to rules, with the shop's starter rules to begin with."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            "rules",
            title=tr("Nothing is answered by itself yet"),
            words=tr("A rule says which messages to answer and how. Begin with a small shop's and make them yours."),
            starter=tr("Start with the shop's rules"),
            new=tr("New rule"),
            parent=parent,
        )
