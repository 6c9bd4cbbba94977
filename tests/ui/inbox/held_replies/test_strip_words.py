"""The line of the strip says how many are held and when the first leaves, whole where there is room."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from tests.ui.conftest import ShowPage
from tests.ui.world import World
from wxdesk import i18n
from wxdesk.ui.inbox.page import InboxPage


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("number", [1, 12])
def test_the_folded_strip_offers_both_and_says_when_the_first_leaves(
    qtbot: QtBot, world: World, show_page: ShowPage, language: str, number: int
) -> None:
    i18n.use(language)
    try:
        page = show_page(InboxPage, 900, 600)
        for n in range(number):
            world.say(f"oCustomer00000000000000{n:02}", "opening?")
        strip = page.list.strip
        qtbot.waitUntil(lambda: strip.model.rowCount() == number)
        qtbot.waitUntil(lambda: strip.stop.isVisible() and strip.send.isVisible())
        assert not strip.unfolded
        qtbot.waitUntil(lambda: strip.earliest.width() >= strip.earliest.width_at(4))  # no half words beside them
        assert strip.count.width() >= strip.count.width_at(1)
        assert language == "en" or strip.count.text() == f"{number} 条在等", "however long the first one waits"
        assert strip.head.rect().contains(strip.unfold.geometry())
    finally:
        i18n.use("en")


def test_unfolded_it_says_whole_what_is_held_where_sending_all_has_gone_below(
    qtbot: QtBot, world: World, show_page: ShowPage
) -> None:
    i18n.use("zh_CN")
    try:
        page = show_page(InboxPage, 900, 600)
        for n in range(12):
            world.say(f"oCustomer00000000000000{n:02}", "opening?")
        strip = page.list.strip
        qtbot.waitUntil(lambda: strip.model.rowCount() == 12 and strip.send.isVisible())
        strip.show_list(True)
        qtbot.waitUntil(lambda: strip.count.text() == "12 条在等")
        assert strip.head.rect().contains(strip.fold.geometry())
    finally:
        i18n.use("en")
