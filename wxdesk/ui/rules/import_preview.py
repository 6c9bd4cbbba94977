"""Preview of an import, with the differences of each rule and calendar in words."""

from collections.abc import Iterator

from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from wxdesk.core.rules.business_hours import Calendar, OpenSpan, Weekday
from wxdesk.desk.rules.import_check import ImportCheck, RuleChangeKind, import_forecast, moves_of
from wxdesk.i18n import clock_text, tr
from wxdesk.ui.editing.revisions.comparison import ComparedSection, RevisionLine, RevisionSection, compare
from wxdesk.ui.editing.revisions.comparison_view import ComparisonView
from wxdesk.ui.editing.revisions.wording import joined, labelled
from wxdesk.ui.rules.business_hours.text import end_note
from wxdesk.ui.rules.editor.wording import rule_sections
from wxdesk.ui.rules.review.rows import ReviewDelegate, ReviewRow
from wxdesk.ui.widgets.boxes import hbox, vbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.dialogs.dialog import Dialog
from wxdesk.ui.widgets.flow_layout import FlowLayout
from wxdesk.ui.widgets.labels import PlainLabel, plain_tip, small_label
from wxdesk.ui.widgets.row_list import RECORD
from wxdesk.ui.wording.times import date_text, weekday_text

WIDTH, HEIGHT = 800, 520
LIST, EDGE = 264, 14

_ROLES = {RuleChangeKind.NEW: "accent", RuleChangeKind.GONE: "failed", RuleChangeKind.CHANGED: "pending"}
"""Colour of each kind of change; rules only moved or switched have none."""

_WORDS = {RuleChangeKind.NEW: "Added", RuleChangeKind.GONE: "Removed", RuleChangeKind.CHANGED: "Changed"}


class ImportDialog(Dialog):
    """Dialog with a list of changes and their details; Enter alone cancels.

    It is accepted where the file shall replace the rules.
    """

    def __init__(self, check: ImportCheck, file_name: str, parent: QWidget) -> None:
        super().__init__(parent, tr("Import {file}?", file=file_name))
        self._compared: list[tuple[ComparedSection, ...]] = []
        self.summary = PlainLabel(import_forecast(check), wrap=True, parent=self)
        self.list = QListWidget(self)
        self.list.setProperty("class", "card")
        self.list.setAccessibleName(tr("What the file changes"))
        self.list.setFixedWidth(LIST)
        self.list.setItemDelegate(ReviewDelegate(self.list, edge=EDGE))
        self.view = ComparisonView(self)
        self.cancel = Button(tr("Cancel"), key_hint="Esc", parent=self, then=self.reject)
        hours = any(one.before for one in check.calendars)
        destroys = bool(check.having(RuleChangeKind.GONE) or check.having(RuleChangeKind.CHANGED) or hours)
        kind = ButtonKind.DANGER if destroys else ButtonKind.PRIMARY
        self.action = Button(tr("Replace the rules"), kind=kind, parent=self, then=self.accept)
        self._fill(check)
        self._lay_out(check)
        self.list.currentRowChanged.connect(self._show)
        self.cancel.setDefault(True)
        self._fit_into_window(WIDTH, HEIGHT)
        if self.list.count():
            self.list.setCurrentRow(0)
            self.list.setFocus()

    def _fill(self, check: ImportCheck) -> None:
        for one in check.rules:
            if not one.changes_nothing:
                said = [tr(_WORDS[one.change])] if one.change in _WORDS else []
                row = ReviewRow(one.rule.name, " · ".join(said + moves_of(one)), _ROLES.get(one.change, "secondary"))
                sections = (rule_sections(rule) if rule else () for rule in (one.before, one.after))
                self._add(row, compare(*sections))
        for calendar in check.calendars:
            is_new = calendar.before is None
            named = tr("Business hours, new") if is_new else tr("Business hours, changed")
            role = _ROLES[RuleChangeKind.NEW if is_new else RuleChangeKind.CHANGED]
            before = (_section(calendar.before),) if calendar.before else ()
            self._add(ReviewRow(calendar.after.name, named, role), compare(before, (_section(calendar.after),)))

    def _add(self, row: ReviewRow, compared: tuple[ComparedSection, ...]) -> None:
        item = QListWidgetItem(f"{row.head}\n{row.text}")
        item.setToolTip(plain_tip(f"{row.head}\n{row.text}"))
        item.setData(RECORD, row)
        self.list.addItem(item)
        self._compared.append(compared)

    def _lay_out(self, check: ImportCheck) -> None:
        gone = small_label(tr("− in the list now"), role="failed", parent=self)
        added = small_label(tr("+ in the file"), role="accent", parent=self)
        right = vbox(FlowLayout(None, gone, added, gap=16), (self.view, 1), spacing=8)
        middle = hbox(self.list, (right, 1), spacing=16)
        note = tr("You can undo it afterwards.")
        if check.changes_nothing:
            note = tr("The file says what the rules say already.")
        words = small_label(note, wrap=True, parent=self)
        foot = hbox((words, 1), self.cancel, self.action, spacing=8)
        self.action.setEnabled(not check.changes_nothing)
        vbox(self.summary, (middle, 1), foot, spacing=16, margins=(24, 20, 24, 20), within=self)

    def _show(self, row: int) -> None:
        self.view.show_sections(self._compared[row] if row >= 0 else ())


def _section(calendar: Calendar) -> RevisionSection:
    return RevisionSection(tr("Business hours"), tuple(_lines(calendar)))


def _lines(calendar: Calendar) -> Iterator[RevisionLine]:
    yield RevisionLine(labelled(tr("Time zone"), calendar.zone or tr("that of this machine")))
    for weekly in calendar.weekly:
        days = tr(", ").join(weekday_text(number) for number, day in enumerate(Weekday) if day in weekly.days)
        yield RevisionLine(joined(days, _span(weekly.span)))
    for special in calendar.special:
        dates = " – ".join(map(date_text, sorted({special.first, special.last})))
        yield RevisionLine(joined(dates, _span(special.span) if special.span else tr("closed"), special.label))


def _span(span: OpenSpan) -> str:
    crossing = end_note(span)
    return crossing if span.opens == span.closes else f"{clock_text(span.opens)}–{clock_text(span.closes)}"
