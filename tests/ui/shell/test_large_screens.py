"""Windows on very wide screens: what is read stays narrow enough to be read."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.ui.world import World
from wxdesk.ui.inbox.timeline.bubbles.layout import bubble_room
from wxdesk.ui.look.appearance import LARGEST, SMALLEST, USUAL
from wxdesk.ui.look.theme import Size
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.shell.main_window import MainWindow

WIDTHS = [(2560, 1280), (3840, 1280), (1600, 1600)]


@pytest.fixture(autouse=True)
def _usual_again() -> Iterator[None]:
    yield
    Size.MESSAGE = USUAL


def span(part: QWidget, window: QWidget) -> tuple[int, int]:
    left = part.mapTo(window, QPoint(0, 0)).x()
    return left, left + part.width()


@pytest.mark.parametrize(("width", "most"), WIDTHS)
def test_a_chat_is_a_column_in_the_middle_of_a_very_wide_window(
    qtbot: QtBot, world: World, window: MainWindow, bridge: Bridge, width: int, most: int
) -> None:
    """The reply was written in one line across the screen, two screens away from the question."""
    conversation = world.say("oCustomer0000000000000001", "hello " * 200)
    window.resize(width, 900)
    window.open_conversation(conversation)
    chat = window.inbox.chat
    qtbot.waitUntil(lambda: window.inbox.session.model.rowCount() > 1 and bridge.is_idle)
    qtbot.waitUntil(lambda: chat.timeline.bubbles.width == chat.timeline.viewport().width() <= most)
    (left, right), (first, last) = span(chat.timeline.viewport(), window), span(chat.composer.edit, window)
    assert first - left == 16
    assert 0 <= right - last <= 16
    assert abs(first + last - sum(span(chat, window))) <= 1
    chat.writing.templates.open_picker()
    picker = chat.writing.templates.picker
    qtbot.waitUntil(picker.isVisible)
    assert span(picker, window)[0] == first


def test_a_bubble_holds_as_many_large_letters_as_usual_ones(qtbot: QtBot) -> None:
    usual = bubble_room(2000)
    Size.MESSAGE = LARGEST
    assert bubble_room(2000) == usual * LARGEST / USUAL
    assert bubble_room(500) == 350, "most of a narrow window at most"
    Size.MESSAGE = SMALLEST
    assert bubble_room(2000) == usual, "its buttons have their size"


def test_the_settings_are_no_wider_than_one_can_look_over(qtbot: QtBot, window: MainWindow, bridge: Bridge) -> None:
    window.resize(2560, 900)
    window.show_page(window.page_names.index("settings"))
    page = window.pages.settings.widget
    qtbot.waitUntil(lambda: bridge.is_idle and page.isVisible())
    left, right = span(page.area.widget(), window)
    assert right - left == 1600
    assert abs(left + right - sum(span(page.area.viewport(), window))) <= 1
