"""What is done to the list as a whole: switch, reorder, delete, import; and how each of these is taken back."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from wxdesk.core.rules import Rule
from wxdesk.desk.import_check import summary
from wxdesk.desk.rules_exchange import Imported, Standing
from wxdesk.i18n import tr
from wxdesk.ui.bridge import Bridge
from wxdesk.ui.notices import OFFER_MS, Notices
from wxdesk.ui.rules.rule_list import RuleList
from wxdesk.ui.rules.rule_model import RuleModel

MOST = 200
"""Changes that can be taken back."""

type Work = Callable[[], Coroutine[Any, Any, object]]


@dataclass(frozen=True, slots=True)
class ListChange:
    """A change of the list, and how it is made undone and done again; `restored` is the rule that comes back then."""

    undo: Work
    redo: Work
    restored: int = 0


class ListChanges(QObject):
    """Carries the list's commands to the desk, and remembers how each is taken back for as long as the page lives.

    The last one is offered in a notice; a rule that is moved on while that stands goes back to where it was first.

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
        self._view = shown.view
        self._done: list[ListChange] = []
        self._undone: list[ListChange] = []
        self._waiting: list[Callable[[], None]] = []
        self._busy = False
        self._moved: tuple[int, list[int]] | None = None
        self._standing = QTimer(self, singleShot=True, interval=OFFER_MS)
        self._standing.timeout.connect(self._settle)
        rules.switched.connect(self._switch)
        rules.reordered.connect(self._reorder)
        shown.view.undo_asked.connect(self.undo)
        shown.view.redo_asked.connect(self.redo)

    # -- what is done

    def delete(self, rule: Rule) -> None:
        """Remove a rule."""
        self._moved = None
        self.deleting.emit(rule)
        change = ListChange(partial(self._rulebook.put_back, rule), partial(self._rulebook.delete, rule.id), rule.id)
        self._do(change, tr("“{name}” deleted", name=rule.name))

    def take_in(self, imported: Imported) -> None:
        """A file took the place of the rules; that can be undone as well."""
        self._moved = None
        restore = partial(self._bridge.desk.exchange.restore, imported.before)
        self._keep(ListChange(restore, restore), summary(imported.check))

    def _switch(self, rule_id: int, enabled: bool) -> None:
        self._moved = None
        name = self._name_of(rule_id)
        said = tr("“{name}” switched on", name=name) if enabled else tr("“{name}” switched off", name=name)
        switch = partial(self._rulebook.set_enabled, rule_id)
        self._do(ListChange(partial(switch, not enabled), partial(switch, enabled)), said)

    def _reorder(self, rule_id: int, before: list[int]) -> None:
        order = [rule.id for rule in self._rules.rules]
        moved, self._moved = self._moved, None
        first = before
        if moved is not None and moved[0] == rule_id and self._done:
            first = moved[1]
            self._done.pop()
        said = tr("“{name}” moved to place {n}", name=self._name_of(rule_id), n=order.index(rule_id) + 1)
        self._do(ListChange(partial(self._move, rule_id, first), partial(self._move, rule_id, order)), said)
        self._moved = (rule_id, first)

    def _move(self, rule_id: int, wanted: Sequence[int]) -> Coroutine[Any, Any, None]:
        """Let the rule stand where it does in `wanted`, however the others stand by now."""
        return self._rulebook.reorder(placed([rule.id for rule in self._rules.rules], rule_id, wanted))

    def _name_of(self, rule_id: int) -> str:
        rule = self._rules.record(rule_id)
        return rule.name if rule is not None else ""

    def _do(self, change: ListChange, said: str) -> None:
        self._bridge.ask(change.redo(), partial(self._was_done, change, said), self._failed)

    def _was_done(self, change: ListChange, said: str, _: object) -> None:
        self._keep(change, said)
        self.changed.emit()

    def _keep(self, change: ListChange, said: str) -> None:
        self._done = [*self._done, change][-MOST:]
        self._undone = []
        self._standing.start()
        self._notices.offer(said, tr("Undo"), self.undo)
        self._tell()

    # -- how it is taken back

    def undo(self) -> None:
        """Take back what was done last."""
        self._step(self._done, self._undone, back=True)

    def redo(self) -> None:
        """Do again what was taken back last."""
        self._step(self._undone, self._done, back=False)

    def _step(self, source: list[ListChange], target: list[ListChange], *, back: bool) -> None:
        if self._busy:
            self._waiting.append(self.undo if back else self.redo)
        elif source:
            self._settle()
            change = source.pop()
            self._busy = True
            work = change.undo if back else change.redo
            self._bridge.ask(work(), partial(self._stepped, change, target, back), self._failed)

    def _stepped(self, change: ListChange, target: list[ListChange], back: bool, result: object) -> None:
        if isinstance(result, Standing):  # an import is turned round by what stood there until now
            restore = partial(self._bridge.desk.exchange.restore, result)
            change = replace(change, undo=restore, redo=restore)
        target.append(change)
        if back and change.restored:
            self.restored.emit(change.restored)
        self._notices.toast(tr("Undone") if back else tr("Done again"))
        self._go_on()

    def _go_on(self) -> None:
        self._busy = False
        self._tell()
        self.changed.emit()
        if self._waiting:
            self._waiting.pop(0)()

    def _settle(self) -> None:
        """What was moved last is where it was meant to be."""
        self._standing.stop()
        self._moved = None

    def _tell(self) -> None:
        self._view.undoable, self._view.redoable = bool(self._done), bool(self._undone)

    def _failed(self, error: Exception) -> None:
        self._notices.report(error)
        self._waiting = []
        self._go_on()


def placed(ids: Sequence[int], moved: int, wanted: Sequence[int]) -> list[int]:
    """`ids` with `moved` behind the nearest of those that stand before it in `wanted` and are still there."""
    others = [one for one in ids if one != moved]
    before = [one for one in wanted[: wanted.index(moved)] if one in others]
    at = others.index(before[-1]) + 1 if before else 0
    return [*others[:at], moved, *others[at:]]
