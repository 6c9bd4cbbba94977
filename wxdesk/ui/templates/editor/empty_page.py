"""Page shown in the editor's place while there are no templates."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from wxdesk.i18n import tr
from wxdesk.ui.widgets.first_step import FirstStep


class TemplatesEmptyPage(FirstStep):
    """Introduction to templates, with the shop's starter templates to begin with."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            "template",
            title=tr("Nothing is ready to be said yet"),
            words=tr(
                "A template is an answer that you write once and insert with / in any reply. It can greet by name, and"
                " ask you for what only you know, such as an order number."
            ),
            starter=tr("Start with the shop's templates"),
            new=tr("New template"),
            parent=parent,
        )
