"""The ways from what was found back to the conversations."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from tests.ui.world import World
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
    view.setCurrentIndex(found.list.hits.first())
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
