"""What is done to the list as a whole: switch, reorder, delete, and bring back what was deleted."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from wxdesk.core.rules import Rule
from wxdesk.i18n import tr
from wxdesk.ui.bridge import Bridge
from wxdesk.ui.notices import Notices
from wxdesk.ui.rules.rule_list import RuleList
from wxdesk.ui.rules.rule_model import RuleModel


class ListChanges(QObject):
    """Carries the list's commands to the desk.

    Signals:
        changed: the store has another list now, or refused; look at it again.
        deleting: the rule that goes away now, confirmed by the operator.
        restored: the id of a rule that is back.
    """

    changed = Signal()
    deleting = Signal(object)
    restored = Signal(int)

    def __init__(self, bridge: Bridge, notices: Notices, rules: RuleModel, shown: RuleList) -> None:
        super().__init__(shown)
        self._bridge = bridge
        self._notices = notices
        self._rules = rules
        self._list = shown
        self._rulebook = bridge.desk.rulebook
        self._deleted: tuple[Rule, list[int]] | None = None
        rules.switched.connect(self._switch)
        rules.reordered.connect(self._reorder)
        shown.view.delete_asked.connect(self._ask_delete)
        shown.restore_asked.connect(self._restore)

    def _switch(self, rule_id: int, enabled: bool) -> None:
        self._bridge.ask(self._rulebook.set_enabled(rule_id, enabled), self._done, self._failed)

    def _reorder(self, ids: list[int]) -> None:
        self._bridge.ask(self._rulebook.reorder(ids), self._done, self._failed)

    def _ask_delete(self, rule: Rule) -> None:
        self._deleted = (rule, [one.id for one in self._rules.rules])
        self._notices.confirm(
            tr("Delete “{name}”?", name=rule.name),
            tr("The rule answers no more messages. What it has answered stays as it is."),
            tr("Delete"),
            self._delete,
            destructive=True,
        )

    def _delete(self) -> None:
        if self._deleted is not None:
            rule = self._deleted[0]
            self.deleting.emit(rule)
            self._bridge.ask(self._rulebook.delete(rule.id), self._was_deleted, self._failed)

    def _was_deleted(self, _: None) -> None:
        if self._deleted is not None:
            self._list.offer_restore(self._deleted[0].name)
        self.changed.emit()

    def _restore(self) -> None:
        self._list.hide_restore()
        if self._deleted is not None:
            again = replace(self._deleted[0], id=0, revision=0)
            self._bridge.ask(self._rulebook.save(again), self._put_back, self._failed)

    def _put_back(self, rule: Rule) -> None:
        if self._deleted is None:
            return
        old, order = self._deleted
        self._deleted = None
        self.restored.emit(rule.id)
        self._reorder([rule.id if one == old.id else one for one in order])

    def _done(self, _: object) -> None:
        self.changed.emit()

    def _failed(self, error: Exception) -> None:
        self._notices.report(error)
        self.changed.emit()
