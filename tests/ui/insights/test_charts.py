"""The charts: round axes, the right colours in the right places, and every value told in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QFontMetrics
from PySide6.QtWidgets import QToolTip
from pytestqt.qtbot import QtBot

from wxdesk.core.model.statistics import MessageCounts
from wxdesk.ui.insights.board import GAP, CardPlace, card_widths, split_line
from wxdesk.ui.insights.chart import Chart, HeatMap, HourlyBars, scale
from wxdesk.ui.look.theme import Size, Theme, font

NINE = MessageCounts(by_rule=50, by_operator=30, unanswered=20)
HOURS = tuple(NINE if hour == 9 else MessageCounts() for hour in range(24))
WEEK = tuple(tuple(41 if (day, hour) == (5, 20) else day for hour in range(24)) for day in range(7))


@pytest.fixture
def bars(qtbot: QtBot) -> HourlyBars:
    made = HourlyBars()
    made.resize(640, 190)
    qtbot.addWidget(made)
    made.show_hours(HOURS)
    made.show()
    return made


@pytest.fixture
def heat_map(qtbot: QtBot) -> HeatMap:
    made = HeatMap()
    made.resize(440, 166)
    qtbot.addWidget(made)
    made.show_week(WEEK)
    made.show()
    return made


def pixel(chart: Chart, at: QPointF) -> QColor:
    return chart.grab().toImage().pixelColor(at.toPoint())


@given(st.integers(min_value=0, max_value=10**7))
def test_an_axis_ends_on_a_round_line_just_above_the_most(most: int) -> None:
    step, top = scale(most)
    assert top >= max(most, 1)
    assert top - step < max(most, 1)
    assert 1 <= top // step <= 4
    assert top % step == 0
    assert str(step).rstrip("0") in {"1", "2", "5"}


def test_a_bar_is_stacked_rules_first_then_the_operator_then_nobody(bars: HourlyBars) -> None:
    cell, theme = bars.cell_rect(0, 9), Theme.current()
    assert scale(100)[1] == 100
    for share, role in ((0.25, "accent_fill"), (0.65, "human"), (0.9, "pending_line")):
        at = QPointF(cell.center().x(), cell.bottom() - cell.height() * share)
        assert pixel(bars, at) == theme.color(role), role
    empty = bars.cell_rect(0, 4)
    ground = pixel(bars, QPointF(empty.center().x(), empty.center().y() + 7)).name()
    assert ground not in [theme.color(role).name() for role in ("accent_fill", "human", "pending_line")]


def test_the_axis_is_as_wide_as_its_largest_value(bars: HourlyBars) -> None:
    label = QFontMetrics(font(Size.CAPTION, tabular=True)).horizontalAdvance
    for most in (9, 99_999, 1_234_567):
        bars.show_hours((MessageCounts(most),) * 24)
        _, top = scale(most)
        assert bars._plot().left() - 8 >= label(str(top))


def test_arrow_keys_walk_the_hours_and_say_each(qtbot: QtBot, bars: HourlyBars) -> None:
    bars.setFocus()
    qtbot.keyClick(bars, Qt.Key.Key_Right)
    assert bars.looked_at == (0, 0)
    qtbot.keyClick(bars, Qt.Key.Key_End)
    qtbot.keyClick(bars, Qt.Key.Key_Right)
    assert bars.looked_at == (0, 23)
    for _ in range(14):
        qtbot.keyClick(bars, Qt.Key.Key_Left)
    assert bars.cell_text(*bars.looked_at) == "09:00–10:00    rules 50 · by hand 30 · unanswered 20"
    qtbot.keyClick(bars, Qt.Key.Key_Escape)
    assert bars.looked_at is None


def test_the_pointer_shows_the_value_under_it(qtbot: QtBot, heat_map: HeatMap) -> None:
    qtbot.mouseMove(heat_map, QPoint(1, 1))
    qtbot.mouseMove(heat_map, heat_map.cell_rect(5, 20).center().toPoint())
    qtbot.waitUntil(lambda: heat_map.looked_at == (5, 20))
    assert QToolTip.text() == "Sat 20:00–21:00    41 messages"
    QToolTip.hideText()
    qtbot.waitUntil(lambda: not QToolTip.isVisible())


def test_a_screen_reader_hears_what_the_charts_show(bars: HourlyBars, heat_map: HeatMap) -> None:
    assert bars.accessibleName() == "Messages by hour"
    assert bars.accessibleDescription() == "100 messages in all. Busiest: 09:00–10:00, 100 messages."
    assert heat_map.accessibleName() == "Messages by weekday and hour"
    assert heat_map.accessibleDescription() == "Busiest: Sat 20:00–21:00, 41 messages"
    heat_map.show_week(((0,) * 24,) * 7)
    assert heat_map.summary() == ""


def test_more_messages_are_a_stronger_colour(heat_map: HeatMap) -> None:
    panel, most = Theme.current().color("panel"), Theme.current().color("accent_fill")
    none, few, many = (pixel(heat_map, heat_map.cell_rect(*at).center()) for at in ((0, 3), (6, 3), (5, 20)))
    assert many == most
    assert _distance(panel, none) < _distance(panel, few) < _distance(panel, many)


def _distance(one: QColor, other: QColor) -> int:
    return abs(one.red() - other.red()) + abs(one.green() - other.green()) + abs(one.blue() - other.blue())


@given(
    st.lists(st.tuples(st.integers(1, 5), st.integers(50, 500)), min_size=1, max_size=6),
    st.integers(min_value=500, max_value=3000),
)
def test_cards_fill_each_line_and_none_is_narrower_than_it_may_be(cards: list[tuple[int, int]], width: int) -> None:
    line = [CardPlace(None, weight, least) for weight, least in cards]
    parts = split_line(line, width)
    assert [place for part in parts for place in part] == line
    for part in parts:
        widths = card_widths(part, width)
        assert sum(widths) + GAP * (len(part) - 1) == width
        assert all(wide >= place.least for wide, place in zip(widths, part, strict=True))


def test_a_line_that_does_not_fit_breaks_into_even_parts() -> None:
    figures = [CardPlace(None, 1, 184)] * 5
    assert [len(part) for part in split_line(figures, 1168)] == [5]
    assert [len(part) for part in split_line(figures, 788)] == [3, 2]
    assert [len(part) for part in split_line(figures, 400)] == [2, 2, 1]
