"""Rows of the editor of business hours."""

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from wxdesk.ui.rules.business_hours.draft import SpanDraft
from wxdesk.ui.rules.business_hours.rows import DayRow


def test_the_buttons_of_a_day_are_level_with_its_hours(qtbot: QtBot) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    row = DayRow(0, host)
    row.show_spans((SpanDraft("09:00", "12:00"), SpanDraft("14:00", "18:00")))
    row.resize(600, row.sizeHint().height())
    host.show()
    first = row.fields[0]
    level, *others = (
        one.mapTo(row, QPoint()).y() + one.height() / 2 for one in (first.opens, row.add, row.copy, first.remove)
    )
    assert all(abs(other - level) < 1 for other in others)
