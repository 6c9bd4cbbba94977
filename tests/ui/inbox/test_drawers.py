"""In a narrow window the sides are drawers, which cover nothing that the keys act on."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.ui.inbox.test_page import FIRST, Open
from tests.ui.world import World
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.widgets.buttons import Button


def test_a_narrow_window_has_drawers(qtbot: QtBot, world: World, page: InboxPage, opened: Open) -> None:
    opened(world.say(FIRST, "hello"))
    page.window().resize(1000, 700)
    qtbot.waitUntil(lambda: page.detail.isHidden())
    assert page.list.isVisible()
    qtbot.keyClick(page, Qt.Key.Key_F2)
    assert page.detail.isVisible()
    qtbot.keyClick(page.detail, Qt.Key.Key_Escape)
    assert page.detail.isHidden()
    page.window().resize(760, 560)
    qtbot.waitUntil(lambda: page.list.isHidden())
    assert page.width() == 760
    page.window().resize(1280, 800)
    qtbot.waitUntil(lambda: page.list.isVisible() and page.detail.isVisible())


def test_a_drawer_never_covers_what_the_keys_act_on(qtbot: QtBot, world: World, page: InboxPage, opened: Open) -> None:
    opened(world.say(FIRST, "hello"))
    page.window().resize(900, 600)
    qtbot.waitUntil(lambda: page.regions.detail_drawer.is_drawer)
    qtbot.keyClick(page, Qt.Key.Key_F2)
    assert page.detail.contact.alias.hasFocus()
    qtbot.keyClick(page.detail.contact.alias, Qt.Key.Key_Escape)
    assert page.detail.isHidden(), "Esc leads back to the chat"
    assert page.chat.composer.edit.hasFocus()
    page.chat.header.show_detail.click()
    assert page.detail.isVisible()
    page.chat.timeline.setFocus()
    assert page.detail.isHidden(), "else the next Esc would stop a reply that it covers"


def test_what_opens_above_the_composer_is_not_covered_by_the_details(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open
) -> None:
    opened(world.say(FIRST, "hello"))
    page.window().resize(900, 600)
    qtbot.waitUntil(lambda: page.regions.detail_drawer.is_drawer)
    qtbot.mouseClick(page.chat.header.show_detail, Qt.MouseButton.LeftButton)
    assert page.detail.isVisible()
    qtbot.mouseClick(page.chat.composer.tools.link, Qt.MouseButton.LeftButton)
    assert page.chat.writing.panels.is_open
    assert not page.detail.isVisible()


def test_in_a_low_window_a_panel_covers_each_row_of_the_composer_whole_or_not(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open
) -> None:
    opened(world.say(FIRST, "hello"))
    page.window().resize(836, 568)
    composer, seen = page.chat.composer, set()
    qtbot.waitUntil(lambda: page.height() == 568)
    for tool in composer.tools.findChildren(Button):
        tool.click()
        panel = page.chat.writing.panels._open
        assert panel is not None
        end = panel.mapTo(page, panel.rect().bottomLeft()).y() - composer.mapTo(page, QPoint(0, 0)).y()
        seen.add(end > 0)
        for row in (composer.tools, composer.edit, composer.foot):
            assert not row.y() <= end < row.geometry().bottom(), tool.text()
        panel.close_it()
    assert True in seen, "they lie over it"


def test_without_a_conversation_the_detail_shows_nothing_and_is_no_drawer(qtbot: QtBot, page: InboxPage) -> None:
    assert page.detail.isVisible()
    assert [label for label in page.detail.findChildren(QLabel) if label.isVisible()] == []
    page.window().resize(1000, 700)
    qtbot.waitUntil(lambda: page.detail.isHidden())
    qtbot.keyClick(page, Qt.Key.Key_F2)
    assert page.detail.isHidden()


def test_a_drawer_can_be_put_away_by_the_mouse(qtbot: QtBot, world: World, page: InboxPage, opened: Open) -> None:
    opened(world.say(FIRST, "hello"))
    assert not page.list.away.isVisible()
    assert not page.detail.away.isVisible()
    page.window().resize(760, 560)
    qtbot.waitUntil(lambda: page.list.isHidden() and page.detail.isHidden())
    header = page.chat.header
    header.show_detail.click()
    page.detail.away.click()
    assert page.detail.isHidden()
    header.show_list.click()
    page.list.away.click()
    assert page.list.isHidden()
    header.show_list.click()
    row = page.list.view.visualRect(page.list.model.index(0))
    qtbot.mouseClick(page.list.view.viewport(), Qt.MouseButton.LeftButton, pos=row.center())
    assert page.list.isHidden(), "the row that is open already leads back to it"
