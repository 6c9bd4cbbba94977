"""The way of a rule from the editor into the store, and what comes back from there."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from wxdesk.core.errors import BadInput
from wxdesk.core.rules import Rule
from wxdesk.i18n import explain, tr
from wxdesk.ui.bridge import Bridge
from wxdesk.ui.notices import Notices
from wxdesk.ui.rules.editor import RuleEditor


class Saving(QObject):
    """Stores what `editor` asks to be stored, and tells it and the operator what became of it.

    Signals:
        saved: the rule as it is stored now.
        refused: nothing was stored.
    """

    saved = Signal(object)
    refused = Signal()

    def __init__(self, bridge: Bridge, notices: Notices, editor: RuleEditor) -> None:
        super().__init__(editor)
        self._bridge = bridge
        self._notices = notices
        self._editor = editor
        self._sent: Rule | None = None
        editor.save_asked.connect(self._save)

    def _save(self, rule: Rule) -> None:
        self._sent = rule
        self._bridge.ask(self._bridge.desk.rulebook.save(rule), self._saved, self._refused)

    def _saved(self, rule: Rule) -> None:
        if self._editor.rule() == self._sent:
            self._editor.show_rule(rule)
        else:
            self._editor.show_stored(rule)  # something was written meanwhile
        self._notices.toast(tr("“{name}” saved", name=rule.name))
        self.saved.emit(rule)

    def _refused(self, error: Exception) -> None:
        self.refused.emit()
        if isinstance(error, BadInput):
            self._editor.show_refusal(explain(error))
        else:
            self._notices.report(error)
