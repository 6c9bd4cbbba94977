"""The ways from what was found back to the conversations."""

from dataclasses import replace

import pytest
from msgspec import structs
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from tests.ui.world import World
from wxdesk.config.reading import AccountEntry
from wxdesk.core.conversations.listing import InboxFilter
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.look.theme import color_of
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.row_list import RECORD


@pytest.fixture
def found(qtbot: QtBot, world: World, page: InboxPage) -> InboxPage:
    """One conversation, found by its text."""
    world.say("oCustomer0000000000000001", "a needle")
    page.list.search.setText("needle")
    qtbot.waitUntil(lambda: page.list.hits.rowCount() == 1)
    assert page.list.found.isVisible()
    return page


def test_a_button_empties_the_field_and_takes_the_place_of_its_key(found: InboxPage) -> None:
    field = found.list.search
    (button,) = field.findChildren(QToolButton)
    assert button.isVisible()
    assert not field.key.isVisible()
    button.click()
    assert field.text() == ""
    assert found.list.view.isVisible()
    assert not field.empty_it.isVisible()
    assert field.key.isVisible()


def test_esc_leaves_the_search_from_its_results_too(qtbot: QtBot, found: InboxPage) -> None:
    found.list.focus_rows()
    qtbot.waitUntil(found.list.found.hasFocus)
    qtbot.keyClick(found.list.found, Qt.Key.Key_Escape)
    assert found.list.search.text() == ""
    assert found.list.view.hasFocus()


def test_choosing_a_filter_shows_the_conversations_under_it(qtbot: QtBot, found: InboxPage, bridge: Bridge) -> None:
    found.list.chips.by_filter[InboxFilter.UNREAD].click()
    qtbot.waitUntil(lambda: found.list.model.chosen is InboxFilter.UNREAD and bridge.is_idle)
    assert found.list.search.text() == ""
    assert found.list.view.isVisible()
    assert found.list.model.rowCount() == 1


def test_a_result_is_marked_while_its_conversation_is_open(
    qtbot: QtBot, world: World, found: InboxPage, bridge: Bridge
) -> None:
    other = world.say("oCustomer0000000000000002", "something else")
    view = found.list.found
    found.list.focus_rows()
    qtbot.waitUntil(view.hasFocus)
    ringed = view.grab().toImage()
    found.list.search.setFocus()
    assert view.grab().toImage() != ringed, "where the keyboard is"
    view.take(view.currentIndex())
    qtbot.waitUntil(lambda: found.session.conversation_id not in {None, other} and bridge.is_idle)
    assert view.selectedIndexes()
    chosen = view.grab().toImage()
    pixels = {chosen.pixelColor(x, y).name() for x in range(chosen.width()) for y in range(60)}
    assert color_of("mark").name() in pixels, "what was found is not to be seen on the ground of a chosen row"
    found.open_conversation(other)
    qtbot.waitUntil(lambda: found.session.conversation_id == other and bridge.is_idle)
    assert not view.selectedIndexes()
    assert found.list.search.text() == "needle"


def test_a_customer_who_was_found_is_not_marked_while_another_is_open(
    qtbot: QtBot, world: World, found: InboxPage, bridge: Bridge
) -> None:
    others = [world.say(f"oNeedle000000000000000{n}", "hello") for n in range(2)]
    found.list.search.setText("oNeedle")
    qtbot.waitUntil(lambda: found.list.hits.rowCount() >= 2 and bridge.is_idle)
    view = found.list.found
    view.setCurrentIndex(found.list.hits.first())
    marked = view.currentIndex().data(RECORD).conversation.id
    [other] = set(others) - {marked}
    found.open_conversation(other)
    qtbot.waitUntil(lambda: found.session.conversation_id == other and bridge.is_idle)
    assert not view.selectedIndexes()


def test_who_was_found_is_told_with_the_mini_program_where_there_are_several(
    qtbot: QtBot, world: World, found: InboxPage, bridge: Bridge
) -> None:
    """Two customers of the same name, one of each, look the same otherwise."""
    view, first = found.list.found, found.list.hits.first
    alone = view.grab().toImage()
    assert "shop" not in first().data(Qt.ItemDataRole.AccessibleTextRole)
    setup = world.desk.configuration.now
    tea = AccountEntry("tea", "wxabcdefabcdef1234", "gh_ba9876543210")
    config = structs.replace(setup.config, accounts=(*setup.config.accounts, tea))
    world.call(world.desk.configuration.apply(replace(setup, config=config)))
    found.list.found.picked.emit(first().data(RECORD).conversation.id)
    qtbot.waitUntil(lambda: found.session.conversation is not None and found.chat.header.account.isVisible())
    assert found.chat.header.account.full_text() == "shop"
    world.say("oCustomer0000000000000002", "hello")
    qtbot.waitUntil(lambda: ", shop, " in first().data(Qt.ItemDataRole.AccessibleTextRole) and bridge.is_idle)
    assert view.grab().toImage() != alone
