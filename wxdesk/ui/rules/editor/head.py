"""Head of the rule editor: name, state and buttons."""

from datetime import datetime

from PySide6.QtCore import Qt

from wxdesk.core.model.rule import Rule
from wxdesk.i18n import ntr, tr
from wxdesk.ui.editing.record_head import RecordHead
from wxdesk.ui.editing.record_model import Record
from wxdesk.ui.rules.editor.conditions.parts import error_label
from wxdesk.ui.widgets.boxes import STRETCH, hbox, vbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.fields.labelled import set_wrong


class RuleEditorHead(RecordHead):
    """Name and saving in the first row; revision and trial in the second."""

    def __init__(self) -> None:
        super().__init__(tr("Name of the rule"), 120)
        self._error = error_label(self)
        self.history = Button(tr("Compare revisions"), kind=ButtonKind.LINK, parent=self)
        self.mistakes = Button(kind=ButtonKind.LINK, icon="warning", parent=self)
        self.mistakes.setToolTip(tr("Go to the next one") + "  Ctrl+.")
        self.mistakes.hide()
        self.trial = Button(tr("Try a sentence"), parent=self)
        self.dry_run = Button(tr("Try on history"), parent=self)
        self._make_saving()
        self._lay_out()

    def _lay_out(self) -> None:
        above = hbox((self.title, 1), self.revert, self.save, spacing=8)
        below = hbox(
            self.state,
            self.history,
            self.mistakes,
            STRETCH,
            (self.trial, Qt.AlignmentFlag.AlignTop),
            (self.dry_run, Qt.AlignmentFlag.AlignTop),
            spacing=8,
        )
        vbox(above, self._error, below, spacing=6, within=self)

    def show_check(self, stored: Rule, now: datetime, missing: str = "", wrong: str = "") -> None:
        """Show what is missing or wrong, else the stored revision and its date."""
        self.history.setVisible(stored.revision > 1 and self.mistakes.isHidden())
        if wrong:
            self.show_state(stored, now, tr("Cannot be saved yet: {reason}", reason=wrong), "failed")
        elif missing:
            self.show_state(stored, now, tr("Still missing: {what}", what=missing), "pending")
        else:
            self.show_state(stored, now)

    def _new_text(self, stored: Record) -> str:
        switched_on = isinstance(stored, Rule) and stored.enabled
        return super()._new_text(stored) if switched_on else tr("New and switched off, not saved yet")

    def show_mistakes(self, count: int) -> None:
        """Show the number of mistakes, in place of the button for the history."""
        self.mistakes.setText(ntr("{n} mistake: show it", "{n} mistakes: show the next one", count) if count else "")
        self.mistakes.setVisible(count > 0)

    def show_error(self, reason: str, *, about_name: bool = True) -> None:
        """Say below the name why the rule cannot be stored; an empty reason clears it."""
        set_wrong(self.title, about_name and bool(reason))
        self._error.show_if_any(reason)

    def show_refusal(self, reason: str) -> None:
        """Say below the name why the rule was not stored."""
        self.show_error(reason, about_name=False)
