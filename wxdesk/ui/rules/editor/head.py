"""Head of the rule editor: name, state and buttons."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from wxdesk.core.model.rule import Rule
from wxdesk.i18n import ntr, tr
from wxdesk.ui.editing.revisions.revision import revision_title
from wxdesk.ui.look.theme import Size
from wxdesk.ui.rules.editor.conditions.parts import error_label
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.fields.labelled import set_wrong
from wxdesk.ui.widgets.fields.title import TitleField
from wxdesk.ui.widgets.labels import PlainLabel


class RuleEditorHead(QWidget):
    """Name and saving in the first row; revision and trial in the second."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = TitleField(self)
        self.name.setPlaceholderText(tr("Name of the rule"))
        self.name.setAccessibleName(tr("Name of the rule"))
        self.name.setMaxLength(120)
        self.name.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._error = error_label(self)
        self.revision = PlainLabel(size=Size.SMALL, role="secondary", elide=True, parent=self)
        self.history = Button(tr("Compare revisions"), kind=ButtonKind.LINK, parent=self)
        self.mistakes = Button(kind=ButtonKind.LINK, icon="warning", parent=self)
        self.mistakes.setToolTip(tr("Go to the next one") + "  Ctrl+.")
        self.mistakes.hide()
        self.trial = Button(tr("Try a sentence"), parent=self)
        self.dry_run = Button(tr("Try on history"), parent=self)
        self.revert = Button(tr("Revert"), icon="undo", parent=self)
        self.save = Button(tr("Save"), kind=ButtonKind.PRIMARY, parent=self)
        self.save.setToolTip("Ctrl+S")
        self._lay_out()

    def _lay_out(self) -> None:
        above = QHBoxLayout()
        above.setSpacing(8)
        above.addWidget(self.name, 1)
        above.addWidget(self.revert)
        above.addWidget(self.save)
        below = QHBoxLayout()
        below.setSpacing(8)
        below.addWidget(self.revision)
        below.addWidget(self.history)
        below.addWidget(self.mistakes)
        below.addStretch(1)
        below.addWidget(self.trial, 0, Qt.AlignmentFlag.AlignTop)
        below.addWidget(self.dry_run, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(above)
        column.addWidget(self._error)
        column.addLayout(below)

    def show_name(self, name: str) -> None:
        """Show another name, scrolled to its beginning."""
        self.name.setText(name)
        self.name.setCursorPosition(0)

    def show_state(self, stored: Rule, now: datetime, missing: str = "", wrong: str = "") -> None:
        """Show what is missing or wrong, else the stored revision and its date."""
        self.history.setVisible(stored.revision > 1 and self.mistakes.isHidden())
        self.revision.set_role("failed" if wrong else "pending" if missing else "secondary")
        if wrong:
            self.revision.setText(tr("Cannot be saved yet: {reason}", reason=wrong))
        elif missing:
            self.revision.setText(tr("Still missing: {what}", what=missing))
        elif stored.id == 0 or stored.updated_at is None:
            self.revision.setText(
                tr("New, not saved yet") if stored.enabled else tr("New and switched off, not saved yet")
            )
        else:
            self.revision.setText(revision_title(stored.revision, stored.updated_at, now))

    def show_mistakes(self, count: int) -> None:
        """Show the number of mistakes, in place of the button for the history."""
        self.mistakes.setText(ntr("{n} mistake: show it", "{n} mistakes: show the next one", count) if count else "")
        self.mistakes.setVisible(count > 0)

    def show_error(self, reason: str, *, about_name: bool = True) -> None:
        """Say below the name why the rule cannot be stored; an empty reason clears it."""
        set_wrong(self.name, about_name and bool(reason))
        self._error.setText(reason)
        self._error.setVisible(bool(reason))

    def allow(self, *, save: bool, revert: bool) -> None:
        """Enable or disable saving and reverting."""
        self.save.setEnabled(save)
        self.revert.setEnabled(revert)
