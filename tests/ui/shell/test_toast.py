"""A toast in the window's foot leaves everything there that can be pressed."""

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QAbstractButton, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.world import World
from wxdesk import i18n
from wxdesk.i18n import ntr
from wxdesk.ui.shell.main_window import MainWindow
from wxdesk.ui.widgets.labels import PlainLabel

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


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_a_toast_longer_than_a_narrow_foot_is_read_whole_and_clicked_through(
    qtbot: QtBot, window: MainWindow, world: World, language: str
) -> None:
    i18n.use(language)
    window.resize(900, 600)
    world.say(WANG, "在吗")
    qtbot.waitUntil(window.status_bar.longest.isVisible)
    one, many = (
        "{n} reply was stopped. Its text stays in its conversation.",
        "{n} replies were stopped. Their texts stay",
    )
    text = ntr(one, many + " in their conversations.", 3)
    window.notices.toast(text)
    toast = window.notices._toast
    [shown] = [label for label in toast.findChildren(PlainLabel) if label.isVisible()]
    qtbot.waitUntil(lambda: toast.rect().contains(shown.geometry()))
    assert shown.text() == text
    assert shown.heightForWidth(shown.width()) <= shown.height()
    assert toast.geometry().right() < window.status_bar.longest.mapTo(window, QPoint()).x()
    assert window.childAt(toast.geometry().center()) not in (toast, shown), "what lies under it can be pressed"
