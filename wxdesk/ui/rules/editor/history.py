"""Opens a rule's revisions, for its editor or to explain an answer."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from wxdesk.core.model.rule import Rule
from wxdesk.i18n import tr
from wxdesk.ui.editing.revisions.dialog import HistoryDialog
from wxdesk.ui.rules.editor.wording import revision_of
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.dialogs.notices import Notices


class RuleHistory(QObject):
    """Opens a rule's history; `is_listed` tells if the rule of an id still exists.

    Signals:
        restored: a former revision of a rule to put into the editor again.
    """

    restored = Signal(object)

    def __init__(self, bridge: Bridge, notices: Notices, is_listed: Callable[[int], bool], parent: QWidget) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._notices = notices
        self._is_listed = is_listed
        self._parent = parent

    def open(self, rule: Rule) -> None:
        """Show all revisions of a stored rule."""
        self._ask(rule.id, 0)

    def explain(self, rule_id: int, revision: int) -> None:
        """Compare the revision behind a decision with the present one, if there is one."""
        self._ask(rule_id, revision)

    def _ask(self, rule_id: int, spoke: int) -> None:
        self._bridge.ask(self._bridge.desk.rules.rulebook.revisions(rule_id), partial(self._show, spoke))

    def _show(self, spoke: int, rules: list[Rule]) -> None:
        if not rules:
            self._notices.toast(tr("Nothing is kept about this rule any more."))
            return
        deleted = not self._is_listed(rules[0].id)
        dialog = HistoryDialog(
            [revision_of(rule, self._bridge.desk.rules.rulebook.named) for rule in rules],
            self._bridge.desk.clock(),
            self._parent,
            note=_note(rules, spoke, deleted=deleted),
            shown=spoke,
            deleted=deleted,
        )
        dialog.taken.connect(self.restored)
        dialog.open()


def _note(rules: list[Rule], spoke: int, *, deleted: bool) -> str:
    rule = next((rule for rule in rules if rule.revision == spoke), None)
    if rule is None:
        return tr("“{name}” has been deleted.", name=rules[0].name) if deleted else ""
    if deleted:
        said = tr("Revision {n} of “{name}” decided on that message. The rule has been deleted since.",
                  n=spoke, name=rule.name)  # fmt: skip
    else:
        said = tr("Revision {n} of “{name}” decided on that message.", n=spoke, name=rule.name)
    return said
