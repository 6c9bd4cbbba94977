"""Head of the template editor: title, state and buttons."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from wxdesk.core.templates import TITLE_LIMIT, Template
from wxdesk.i18n import tr
from wxdesk.ui.editing.revisions.revision import revision_title
from wxdesk.ui.look.theme import Size
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.fields.title import TitleField
from wxdesk.ui.widgets.labels import PlainLabel


class TemplateEditorHead(QWidget):
    """Title, state, and buttons for history, reverting and saving."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = TitleField(self)
        self.title.setPlaceholderText(tr("Title of the template"))
        self.title.setAccessibleName(tr("Title of the template"))
        self.title.setMaxLength(TITLE_LIMIT)
        self.title.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.state = PlainLabel(size=Size.SMALL, role="secondary", elide=True, parent=self)
        self.history = Button(tr("History"), icon="history", parent=self)
        self.revert = Button(tr("Revert"), icon="undo", parent=self)
        self.save = Button(tr("Save"), kind=ButtonKind.PRIMARY, parent=self)
        self.save.setToolTip("Ctrl+S")
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.title)
        words.addWidget(self.state)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addLayout(words, 1)
        for button in (self.history, self.revert, self.save):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)

    def show_title(self, title: str) -> None:
        """Show another title, scrolled to its beginning."""
        self.title.setText(title)
        self.title.setCursorPosition(0)

    def show_state(self, stored: Template, now: datetime, missing: str = "") -> None:
        """Show what is missing, else the stored revision and its date."""
        self.history.setVisible(stored.revision > 0)
        self.state.set_role("pending" if missing else "secondary")
        if missing:
            self.state.setText(missing)
        elif stored.id == 0 or stored.updated_at is None:
            self.state.setText(tr("New, not saved yet"))
        else:
            self.state.setText(revision_title(stored.revision, stored.updated_at, now))

    def allow(self, *, save: bool, revert: bool) -> None:
        """Enable or disable saving and reverting."""
        self.save.setEnabled(save)
        self.revert.setEnabled(revert)
