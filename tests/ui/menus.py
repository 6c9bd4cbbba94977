"""Menus as they open in a window."""

from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot


def popup_menu(qtbot: QtBot) -> QMenu:
    """Wait for the menu that was just asked for."""
    qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu
