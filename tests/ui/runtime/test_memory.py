"""A window never reaches beyond its screen, however few pixels scaling leaves it."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from wxdesk.ui.runtime.memory import TITLE_BAR, fit_to_screen


def test_a_window_whose_smallest_size_exceeds_the_screen_fits_into_it(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    screen = window.screen().availableGeometry().size()
    window.setMinimumSize(screen + QSize(80, 120))
    fit_to_screen(window)
    assert window.size() == screen - QSize(0, TITLE_BAR)


def test_a_window_that_has_room_keeps_its_sizes(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.setMinimumSize(300, 200)
    window.resize(400, 300)
    fit_to_screen(window)
    assert (window.minimumSize(), window.size()) == (QSize(300, 200), QSize(400, 300))
