"""List model of the rules in the order of their evaluation, and a row's texts."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from uuid import uuid4

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QByteArray, QMimeData, QModelIndex, QObject, Qt, Signal

from wxdesk.core.errors import Text
from wxdesk.core.model.rule import Delivery, Rule
from wxdesk.core.model.statistics import RuleFigures
from wxdesk.i18n import ntr, tr
from wxdesk.ui.editing.record_view import RecordModel
from wxdesk.ui.rules.text import delivery_text, summary
from wxdesk.ui.widgets.row_list import Index
from wxdesk.ui.wording.times import clock_time, day_text

RULE_MIME = "application/x-wxdesk-rule"


class RuleRow(Struct, frozen=True):
    """Texts of a rule's row.

    mark: its delivery as a chip · left_out: why it cannot be used, or empty · figures: the same in shorter and
    shorter forms.
    """

    number: int
    name: str
    enabled: bool
    mark: str
    summary: str
    unsaved: bool
    left_out: str
    figures: Sequence[str]


class RuleModel(RecordModel[Rule]):
    """Model of all rules, including those switched off.

    It shows a switch or a new order at once; its owner stores that, and then resets the rows from the store.

    Signals:
        switched: rule id, on or off.
        reordered: the id of the rule that moved, and all ids in the order before; `rules` has the new one.
    """

    switched = Signal(int, bool)
    reordered = Signal(int, object)

    def __init__(self, parent: QObject | None = None, named: Callable[[Rule], Rule] = lambda rule: rule) -> None:
        super().__init__(parent)
        self._named = named
        self._names: Mapping[int, str] = {}
        self._figures: Mapping[int, RuleFigures] = {}
        self._now = datetime.now(UTC)
        self._left_out: Mapping[int, Text] = {}
        self._own = uuid4().hex

    def show(self, rules: Sequence[Rule], left_out: Mapping[int, Text] = MappingProxyType({})) -> None:
        """Show these rules; `left_out` has the reason why one cannot be used, by its id."""
        names = {rule.id: rule.name for rule in rules}
        if (left_out, names) != (self._left_out, self._names):
            self._left_out, self._names = left_out, names
            self._all_changed()
        self._show_rows(rules)

    def show_figures(self, figures: Mapping[int, RuleFigures], now: datetime) -> None:
        """Show each rule's figures, by its id."""
        if figures != self._figures or now.date() != self._now.date():
            self._figures, self._now = figures, now
            self._all_changed()

    def names(self, *, without: int) -> list[str]:
        """Return each rule's name once; of the rule `without` only if shared with another."""
        return list(dict.fromkeys(rule.name for rule in self._rows if rule.id != without))

    # -- what Qt asks

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        rule = self.record_at(index)
        if rule is None or role != Qt.ItemDataRole.CheckStateRole:
            return super().data(index, role)
        return Qt.CheckState.Checked if rule.enabled else Qt.CheckState.Unchecked

    def _shown(self, row: Rule) -> RuleRow:
        return RuleRow(
            self.row_of(row.id) + 1,
            row.name,
            row.enabled,
            delivery_mark(row),
            self._summary(row),
            row.id == self._unsaved,
            self._why_left_out(row),
            figures_wordings(self._of(row), self._now),
        )

    def setData(  # noqa: N802 - Qt's name
        self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole
    ) -> bool:
        rule = self.record_at(index)
        if rule is None or role != Qt.ItemDataRole.CheckStateRole or self.locked():
            return False
        enabled = Qt.CheckState(value) is Qt.CheckState.Checked
        self._rows[index.row()] = replace(rule, enabled=enabled)
        self.dataChanged.emit(index, index, [role, Qt.ItemDataRole.AccessibleTextRole])
        self.switched.emit(rule.id, enabled)
        return True

    def turn(self, index: Index) -> None:
        """Switch a rule on or off, whichever it is not."""
        rule = self.record_at(index)
        if rule is not None:
            state = Qt.CheckState.Unchecked if rule.enabled else Qt.CheckState.Checked
            self.setData(index, state, Qt.ItemDataRole.CheckStateRole)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return that rows can be selected and, unless locked, switched and dragged."""
        if not index.isValid():
            return Qt.ItemFlag.ItemIsDropEnabled
        flags = Qt.ItemFlag
        changing = Qt.ItemFlag(0) if self.locked() else flags.ItemIsUserCheckable | flags.ItemIsDragEnabled
        return flags.ItemIsEnabled | flags.ItemIsSelectable | flags.ItemNeverHasChildren | changing

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:
        """Return the type of this list's rows only."""
        return [RULE_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """Return the dragged rule's id: during a drag, rows may be replaced."""
        data = QMimeData()
        data.setData(RULE_MIME, QByteArray(f"{self._own} {self._rows[indexes[0].row()].id}".encode()))
        return data

    def takes(self, data: QMimeData) -> bool:
        """Return True if dragged from this window; another's ids may be other rules."""
        return bytes(data.data(RULE_MIME).data()).startswith(self._own.encode())

    def dropMimeData(self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index) -> bool:
        """Move the dragged rule before `row`; below all rows when it was dropped there."""
        if action is not Qt.DropAction.MoveAction or not self.takes(data):
            return False
        source = self.row_of(int(bytes(data.data(RULE_MIME).data()).split()[1]))
        return self.moveRows(QModelIndex(), source, 1, QModelIndex(), len(self._rows) if row < 0 else row)

    def moveRows(self, source_parent: Index, source: int, count: int, target_parent: Index, target: int) -> bool:
        """Move one row before the row `target`, and emit the new order."""
        known = 0 <= source < len(self._rows) and 0 <= target <= len(self._rows)
        if count != 1 or not known or target in (source, source + 1) or self.locked():
            return False
        before = [rule.id for rule in self._rows]
        rule = self._rows[source]
        self._move_row(source, target - 1 if target > source else target)
        self._all_changed()
        self.reordered.emit(rule.id, before)
        return True

    def _of(self, rule: Rule) -> RuleFigures:
        return self._figures.get(rule.id, RuleFigures())

    def _why_left_out(self, rule: Rule) -> str:
        why = self._left_out.get(rule.id, "") if rule.enabled else ""
        return tr("Left out: {why}", why=why) if why else ""

    def _title(self, row: Rule) -> str:
        return row.name

    def _tip(self, row: Rule) -> str:
        told = figures_explained(self._of(row), self._now)
        locked = tr(why) if (why := self.locked()) else ""
        parts = (row.name, self._why_left_out(row), self._summary(row), delivery_text(row), told, locked)
        return "\n".join(filter(None, parts))

    def _summary(self, rule: Rule) -> str:
        return summary(self._named(rule))

    def _accessible_text(self, row: Rule) -> str:
        state = tr("switched on") if row.enabled else tr("switched off")
        parts = (
            self._why_left_out(row),
            self._summary(row),
            delivery_text(row),
            figures_wordings(self._of(row), self._now)[0],
        )
        return tr(
            "{number}. {name}, {state}: {summary}",
            number=self.row_of(row.id) + 1, name=row.name, state=state, summary=" · ".join(filter(None, parts)),
        )  # fmt: skip


def delivery_mark(rule: Rule) -> str:
    """Return a rule's delivery as a chip's text; empty where the mode decides."""
    said = _MARKS.get(rule.delivery)
    return tr(said, n=rule.hold_seconds) if said else ""


_MARKS = {Delivery.SEND: "at once", Delivery.HOLD: "hold {n} s", Delivery.DRAFT: "draft", Delivery.SHADOW: "shadow"}


def figures_wordings(figures: RuleFigures, now: datetime) -> tuple[str, ...]:
    """Return hits and corrections of the last seven days and the last match.

    The first text has all of it; shorter and shorter ones follow for narrow rows, all with the last match.
    """
    if figures.last_at is None:
        return (tr("never matched yet"),)
    in_full = ntr("{n} hit in 7 days", "{n} hits in 7 days", figures.hits)
    hits = ntr("{n} hit", "{n} hits", figures.hits)
    corrected = [tr("{n} corrected", n=figures.corrected)] if figures.corrected else []
    today = figures.last_at.astimezone().date() == now.astimezone().date()
    at = clock_time(figures.last_at) if today else day_text(figures.last_at, now)
    moment = _moment(figures.last_at, now)
    counts = ([hits, *corrected], [hits], []) if corrected else ([hits], [])
    shorter = (" · ".join((*told, when)) for told in counts for when in (moment, at))
    return (" · ".join((in_full, *corrected, moment)), *shorter)


def figures_explained(figures: RuleFigures, now: datetime) -> str:
    """Return the figures as sentences that explain what a correction is."""
    if figures.last_at is None:
        return tr("No message has matched this rule yet.")
    one, many = "It matched {n} message in the last 7 days.", "It matched {n} messages in the last 7 days."
    matched = ntr(one, many, figures.hits)
    one = "{n} of its answers was changed or stopped by a person before it left."
    many = "{n} of its answers were changed or stopped by a person before they left."
    corrected = ntr(one, many, figures.corrected)
    last = tr("It matched last: {when}.", when=_moment(figures.last_at, now))
    return "\n".join((matched, corrected, last))


def _moment(at: datetime, now: datetime) -> str:
    return tr("{day} {time}", day=day_text(at, now), time=clock_time(at))
