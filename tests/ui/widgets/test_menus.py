"""Menus as a screen reader hears them: opened by a key, they begin with their first line."""

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QCursor, QKeyEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from wxdesk.ui.widgets.buttons import Button
from wxdesk.ui.widgets.menu_button import PassingMenu


@pytest.fixture
def menu(qtbot: QtBot) -> PassingMenu:
    """A menu whose first line says something; nobody has opened it yet."""
    host = Button("Mode")
    qtbot.addWidget(host)
    made = PassingMenu(host, "Mode")
    made.say("For this conversation:")
    made.choice("By hand", lambda: None, False)
    vars(made)["host"] = host  # keeps it alive
    return made


@pytest.mark.parametrize(
    ("mouse", "marked"),
    [((700, 700), True), ((120, 110), True), ((100, 100), False), ((100, 80), False)],
    ids=["far", "inside", "its corner", "button"],
)
def test_a_menu_that_a_key_opens_begins_with_its_first_line(
    menu: PassingMenu, mouse: tuple[int, int], marked: bool
) -> None:
    QCursor.setPos(*mouse)
    menu.popup(QPoint(100, 100))
    first = menu.activeAction()
    assert (first is not None and first.text() == "By hand") is marked


def test_a_key_that_is_still_held_chooses_nothing(menu: PassingMenu) -> None:
    QCursor.setPos(700, 700)
    menu.popup(QPoint(100, 100))
    for repeated in (True, False):
        assert menu.isVisible()
        key = QKeyEvent(
            QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, autorep=repeated, text="\r"
        )
        QApplication.sendEvent(menu, key)
    assert not menu.isVisible()
