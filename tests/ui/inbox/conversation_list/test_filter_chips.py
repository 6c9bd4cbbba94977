"""The chips above the list stand on one line, whatever they count and in either language."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.ui.inbox.records import NOW
from wxdesk import i18n
from wxdesk.core.conversations.listing import InboxCounts, InboxFilter
from wxdesk.ui.inbox.conversation_list.filters import FilterChips
from wxdesk.ui.inbox.conversation_list.panel import ConversationList
from wxdesk.ui.widgets.buttons import Chip
from wxdesk.ui.wording.reply_status import no_hold_reason


@pytest.fixture(params=["en", "zh_CN"])
def chips(request: pytest.FixtureRequest, qtbot: QtBot) -> Iterator[FilterChips]:
    """As the list has them, in each language."""
    i18n.use(request.param)
    column = ConversationList(lambda: NOW, no_hold_reason, lambda _: "")
    qtbot.addWidget(column)
    column.resize(column.minimumWidth(), 600)
    column.show()
    yield column.chips
    i18n.use("en")


def shown(chips: FilterChips) -> list[Chip]:
    return [chip for chip in chips.findChildren(Chip) if chip.isVisible()]


@pytest.mark.parametrize(("needs_human", "pending"), [(0, 0), (3, 1), (12, 45), (128, 4000)])
def test_chips_stand_beside_each_other_uncut(chips: FilterChips, needs_human: int, pending: int) -> None:
    chips.show_counts(InboxCounts(needs_human=needs_human, pending=pending))
    chips.layout().activate()
    four = shown(chips)
    assert len(four) == 4
    assert len({chip.y() for chip in four}) == 1
    assert max(chip.geometry().right() for chip in four) < chips.width()
    for chip in four:
        words = chip.fontMetrics().horizontalAdvance(chip.text())
        assert chip.width() >= words + 2 * 6, chip.text()
    places = sorted((chip.x(), chip.geometry().right()) for chip in four)
    assert all(right < left for (_, right), (left, _) in pairwise(places))


def test_a_narrowed_list_has_no_figures_of_all_conversations(chips: FilterChips) -> None:
    chips.show_figures(False)
    chips.show_counts(InboxCounts(needs_human=21, failed=1))
    assert not any(any(letter.isdigit() for letter in chip.text() + chip.accessibleName()) for chip in shown(chips))
    chips.show_figures(True)
    assert chips.by_filter[InboxFilter.NEEDS_HUMAN].text().endswith(" 21")


def test_a_figure_too_long_for_a_chip_is_told_whole(chips: FilterChips) -> None:
    chips.show_counts(InboxCounts(needs_human=128))
    chip = chips.by_filter[InboxFilter.NEEDS_HUMAN]
    assert chip.text().endswith(" 99+")
    assert chip.accessibleName().endswith(" 128")
    assert chip.toolTip().startswith("128: ")
    chips.show_counts(InboxCounts(needs_human=99))
    assert chip.text().endswith(" 99")
    assert "99" not in chip.toolTip()


def test_the_button_back_from_conversations_set_aside_stands_alone(chips: FilterChips) -> None:
    chips.choose(InboxFilter.RESOLVED)
    assert shown(chips) == [chips.scope]
    chips.scope.click()
    assert len(shown(chips)) == 4
    assert chips.scope.isHidden()


def test_where_five_chips_do_not_fit_what_waits_for_its_time_or_its_human_stays(chips: FilterChips) -> None:
    pending, unread = chips.by_filter[InboxFilter.PENDING], chips.by_filter[InboxFilter.UNREAD]
    chips.show_counts(InboxCounts(needs_human=12, pending=12, failed=12))
    chips.layout().activate()
    four = shown(chips)
    assert unread not in four, "the rail tells how many are unread"
    assert pending in four
    assert len(four) == 4
    assert all(chip.width() >= chip.width_for(snug=True) for chip in four)
    chips.choose(InboxFilter.UNREAD)
    assert unread.isVisible(), "what is chosen can be left"
    assert pending.isHidden()
    chips.choose(InboxFilter.ALL)
    chips.show_counts(InboxCounts(needs_human=12, failed=12))
    assert unread.isVisible()
    assert pending.isHidden(), "nothing waits"
    chips.show_counts(InboxCounts(needs_human=12, pending=12))
    assert len(shown(chips)) == 4


def test_the_keys_reach_every_chip_whatever_is_chosen(qtbot: QtBot, chips: FilterChips) -> None:
    for chosen in (InboxFilter.ALL, InboxFilter.UNREAD):
        chips.choose(chosen)
        reached = shown(chips)
        reached[0].setFocus()
        for before, after in pairwise(reached):
            qtbot.keyClick(before, Qt.Key.Key_Tab)
            assert chips.focusWidget() is after
        for before, after in pairwise(reversed(reached)):
            qtbot.keyClick(before, Qt.Key.Key_Left)
            assert chips.focusWidget() is after
        assert chips.filter is chosen, "only Space and Enter choose"
