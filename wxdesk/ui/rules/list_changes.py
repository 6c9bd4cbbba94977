"""What is done to the list as a whole: switch, reorder, delete, and how each of these is taken back."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from wxdesk.core.rules import Rule
from wxdesk.i18n import tr
from wxdesk.ui.bridge import Bridge
from wxdesk.ui.notices import OFFER_MS, Notices
from wxdesk.ui.rules.rule_list import RuleList
from wxdesk.ui.rules.rule_model import RuleModel


@dataclass(frozen=True, slots=True)
class Undoing:
    """How a change is taken back, and the rule that is there again then (0: none comes or goes)."""

    work: Callable[[], Coroutine[Any, Any, None]]
    restored: int = 0


class ListChanges(QObject):
    """Carries the list's commands to the desk, and offers to undo the last one for as long as a notice stands.

    A rule that is moved on while its notice stands goes back to where it was first.

    Signals:
        changed: the store has another list now, or refused; look at it again.
        deleting: the rule that goes away now.
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
        self._rulebook = bridge.desk.rulebook
        self._back: Undoing | None = None
        self._moved: tuple[int, list[int]] | None = None
        self._standing = QTimer(self, singleShot=True, interval=OFFER_MS)
        self._standing.timeout.connect(self.forget)
        rules.switched.connect(self._switch)
        rules.reordered.connect(self._reorder)
        self._view = shown.view
        shown.view.undo_asked.connect(self.undo)

    def delete(self, rule: Rule) -> None:
        """Remove a rule."""
        self.deleting.emit(rule)
        said = tr("“{name}” deleted", name=rule.name)
        back = Undoing(partial(self._rulebook.put_back, rule), rule.id)
        self._do(self._rulebook.delete(rule.id), said, back)

    def undo(self) -> None:
        """Take back what was done last, while that is offered."""
        back = self._back
        self.forget()
        if back is not None:
            self._bridge.ask(back.work(), partial(self._undone, back.restored), self._failed)

    def forget(self) -> None:
        """What was done stays done."""
        self._standing.stop()
        self._back = self._moved = None
        self._view.undoable = False

    def _switch(self, rule_id: int, enabled: bool) -> None:
        name = self._name_of(rule_id)
        said = tr("“{name}” switched on", name=name) if enabled else tr("“{name}” switched off", name=name)
        back = Undoing(partial(self._rulebook.set_enabled, rule_id, not enabled))
        self._do(self._rulebook.set_enabled(rule_id, enabled), said, back)

    def _reorder(self, rule_id: int, before: list[int]) -> None:
        first = self._moved[1] if self._moved is not None and self._moved[0] == rule_id else before
        order = [rule.id for rule in self._rules.rules]
        said = tr("“{name}” moved to place {n}", name=self._name_of(rule_id), n=order.index(rule_id) + 1)
        self._do(self._rulebook.reorder(order), said, Undoing(partial(self._rulebook.reorder, first)))
        self._moved = (rule_id, first)

    def _name_of(self, rule_id: int) -> str:
        rule = self._rules.record(rule_id)
        return rule.name if rule is not None else ""

    def _do(self, work: Coroutine[Any, Any, None], said: str, back: Undoing) -> None:
        self.forget()
        self._bridge.ask(work, partial(self._done, said, back), self._failed)

    def _done(self, said: str, back: Undoing, _: None) -> None:
        self._back = back
        self._view.undoable = True
        self._standing.start()
        self._notices.offer(said, tr("Undo"), self.undo)
        self.changed.emit()

    def _undone(self, restored: int, _: None) -> None:
        if restored:
            self.restored.emit(restored)
        self._notices.toast(tr("Undone"))
        self.changed.emit()

    def _failed(self, error: Exception) -> None:
        self._notices.report(error)
        self.changed.emit()
