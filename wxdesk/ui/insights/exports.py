"""Figures of the insights page as a table for spreadsheets or a picture."""

from collections.abc import Iterator
from datetime import timedelta

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtWidgets import QWidget

from wxdesk.core.model.statistics import HOURS, Figures
from wxdesk.desk.data.exporting import FIGURE_COLUMNS, csv_lines
from wxdesk.i18n import tr
from wxdesk.ui.insights.text import hour_text, undelivered_text
from wxdesk.ui.wording.messages import weekday_text


def picture_of(board: QWidget) -> bytes:
    """Paint all cards, also those that do not fit into the window, as a PNG."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    board.grab().save(buffer, "PNG")
    return bytes(buffer.data().data())


def table_of(figures: Figures) -> bytes:
    """Make a table of figures, of what they are, and their numbers; waits in seconds."""
    lines = csv_lines((dict(zip(FIGURE_COLUMNS, row, strict=True)) for row in _rows(figures)), FIGURE_COLUMNS)
    return "".join(lines).encode()


def _rows(figures: Figures) -> Iterator[tuple[str, str, int]]:
    span = " – ".join(f"{at.astimezone():%Y-%m-%d %H:%M}" for at in (figures.span.since, figures.span.until))
    yield tr("Messages"), span, figures.messages
    yield tr("Answered by rules"), "", figures.by_rule
    yield tr("By you"), "", figures.by_operator
    yield tr("Not answered"), "", figures.unanswered
    yield tr("Handed over"), "", figures.handed_over
    for name, waits in ((tr("First response"), figures.first_response), (tr("Waiting for you"), figures.human_wait)):
        measures = ((tr("median"), waits.median), ("90 %", waits.ninetieth), (tr("longest"), waits.longest))
        yield from ((name, what, wait // timedelta(seconds=1)) for what, wait in measures if wait is not None)
    yield tr("Sent by rules, by hand"), tr("Rules"), figures.sent_by_rule
    yield tr("Sent by rules, by hand"), tr("By you"), figures.sent_by_operator
    for hour in range(HOURS):
        yield tr("By hour"), hour_text(hour), figures.hours[hour].total
    for day, hours in enumerate(figures.week):
        yield from ((tr("By weekday and hour"), f"{weekday_text(day)} {hour_text(h)}", n) for h, n in enumerate(hours))
    for rule in figures.rules:
        yield tr("Hits"), rule.name, rule.hits
        yield tr("Corrected"), rule.name, rule.corrected
    yield from ((tr("By you"), name, n) for name, n in figures.operators)
    yield from ((tr("Unmatched"), row.text, row.count) for row in figures.unmatched)
    yield from ((tr("Not delivered"), undelivered_text(row), row.count) for row in figures.undelivered)
