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
    assert window.isMaximized()


def test_a_window_that_is_larger_than_the_screen_is_maximized(qtbot: QtBot) -> None:
    """Windows stands a new window anywhere: as wide as the screen, it would reach beyond its right edge."""
    window = QWidget()
    qtbot.addWidget(window)
    screen = window.screen().availableGeometry()
    window.resize(screen.width() - 10, screen.height())
    fit_to_screen(window)
    window.show()
    assert window.isMaximized()
    assert screen.adjusted(0, 0, 1, 1).contains(window.geometry())
    assert window.normalGeometry().height() == screen.height() - TITLE_BAR


def test_a_window_that_has_room_keeps_its_sizes(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.setMinimumSize(300, 200)
    window.resize(400, 300)
    fit_to_screen(window)
    assert (window.minimumSize(), window.size()) == (QSize(300, 200), QSize(400, 300))
    assert not window.isMaximized()
