"""A toast in the window's foot leaves everything there that can be pressed."""

import pytest
from PySide6.QtWidgets import QAbstractButton, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.world import World
from wxdesk.ui.shell.main_window import MainWindow

WANG = "oW7hT5dQmZ0xKfLr2sVnB8yE4c31"


@pytest.mark.parametrize("width", [1280, 900])
@pytest.mark.parametrize("bar", ["", "The disk is full " * 9])
@pytest.mark.parametrize("paused", [False, True])
def test_a_toast_covers_nothing_that_can_be_pressed(
    qtbot: QtBot, window: MainWindow, world: World, width: int, bar: str, paused: bool
) -> None:
    window.resize(width, 600)
    foot, toast = window.status_bar, window.notices._toast
    world.say(WANG, "在吗")
    qtbot.waitUntil(foot.longest.isVisible)
    if paused:
        window.pausing.pause(None)
        qtbot.waitUntil(lambda: not window.pause_bar.isHidden())
    window.notices.bar("disk", bar, action="Look", then=lambda: None)
    window.notices.offer("A sentence that is longer than the whole foot " * 6, "Undo", lambda: None)
    qtbot.waitUntil(lambda: toast.width() > 100)
    beside: list[QWidget] = [one for one in window.notices.bars.findChildren(QAbstractButton) if one.isVisible()]
    if not beside:
        beside = [window.pause_bar.change] if paused else [foot.listener, foot.longest]
    pressed = [*beside, toast.action, foot.presence, foot.pause, foot.pause_for]
    for one in pressed:
        assert window.childAt(one.mapTo(window, one.rect().center())) in (one, *one.findChildren(QWidget)), one
