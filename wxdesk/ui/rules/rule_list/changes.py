"""Commands of the list of rules, each with undo: switch, reorder, import."""

from collections.abc import Coroutine, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QObject

from wxdesk.desk.rules.exchange import ImportResult, RulesSnapshot
from wxdesk.desk.rules.import_check import import_summary
from wxdesk.i18n import tr
from wxdesk.ui.editing.list_undo import DeskCall, Inverse, ListUndo, UndoableChange
from wxdesk.ui.rules.rule_list.model import RuleModel
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.wording.messages import quoted


class RuleListChanges(QObject):
    """Carries the list's commands to the desk; `past` undoes them."""

    def __init__(self, bridge: Bridge, rules: RuleModel, past: ListUndo) -> None:
        super().__init__(past)
        self._rules = rules
        self._rulebook = bridge.desk.rules.rulebook
        self._exchange = bridge.desk.rules.exchange
        self._past = past
        rules.switched.connect(self._switch)
        rules.reordered.connect(self._reorder)

    def take_in(self, imported: ImportResult) -> None:
        """Record an import, so that it can be undone."""
        back = self._restoring(imported.before, imported.left)
        change = UndoableChange(back, back, turned=self._turn)
        self._past.keep(change, import_summary(imported.check))

    def _restoring(self, former: RulesSnapshot, left: RulesSnapshot) -> DeskCall:
        """Return the call that restores `former`, keeping what was saved since `left`."""
        return partial(self._exchange.restore, former, left)

    def _turn(self, restored: Any) -> Inverse:  # noqa: ANN401 - what the desk answered, a `Restored`
        """Return the inverse of a restored import: the state before the restoring."""
        names = tuple(one.name for one in (*restored.kept.rules, *restored.kept.calendars))
        told = tr("saved since and kept: {names}", names=quoted(names)) if names else ""
        return Inverse(self._restoring(restored.before, restored.left), told)

    def _switch(self, rule_id: int, enabled: bool) -> None:
        name = self._name_of(rule_id)
        said = tr("“{name}” switched on", name=name) if enabled else tr("“{name}” switched off", name=name)
        switch = partial(self._rulebook.set_enabled, rule_id)
        self._past.do(UndoableChange(partial(switch, not enabled), partial(switch, enabled)), said)

    def _reorder(self, rule_id: int, before: list[int]) -> None:
        order = [rule.id for rule in self._rules.rules]
        back, again = partial(self._move, rule_id, before), partial(self._move, rule_id, order)
        said = tr("“{name}” moved to place {n}", name=self._name_of(rule_id), n=order.index(rule_id) + 1)
        self._past.do(UndoableChange(back, again, moved=rule_id), said)

    def _move(self, rule_id: int, wanted: Sequence[int]) -> Coroutine[Any, Any, None]:
        """Put the rule where it stands in `wanted`, relative to the present order."""
        return self._rulebook.reorder(moved_order([rule.id for rule in self._rules.rules], rule_id, wanted))

    def _name_of(self, rule_id: int) -> str:
        rule = self._rules.record(rule_id)
        return rule.name if rule is not None else ""


def moved_order(ids: Sequence[int], moved: int, wanted: Sequence[int]) -> list[int]:
    """Return `ids` with `moved` behind its nearest remaining predecessor in `wanted`."""
    others = [one for one in ids if one != moved]
    there = set(others)
    before = next((one for one in reversed(wanted[: wanted.index(moved)]) if one in there), None)
    at = 0 if before is None else others.index(before) + 1
    return [*others[:at], moved, *others[at:]]
