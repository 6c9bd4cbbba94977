"""Random keys and presses anywhere in the window raise nothing, whatever customers and colleagues do meanwhile."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QFileDialog, QMenu, QWidget
from pytestqt.qtbot import QtBot

from tests.conftest import Sized
from tests.ui.deeds import DEEDS, PEOPLE, SAYINGS, do, everybody, open_shop
from tests.ui.world import World
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.shell.main_window import MainWindow

PAGES = range(7)
DAYS, ACTS = (1, 4, 100), 250
WAITING = {"write", "fail", "lose", "release", "retry"}  # until something has been sent, which the hands may prevent
COLLEAGUES = tuple(deed for deed in DEEDS if deed not in {*SAYINGS, "enter", *WAITING})
KEYS = (
    *(getattr(Qt.Key, f"Key_F{number}") for number in range(1, 13)),
    Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Space, Qt.Key.Key_Delete,
    Qt.Key.Key_Backspace, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home,
    Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown,
)  # fmt: skip
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789/, "
SHORTCUTS = (*(getattr(Qt.Key, f"Key_{one}") for one in "ABCDEFGHIJKLMNOPRSTUVXYZ123456"), Qt.Key.Key_Return)
NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
CTRL = Qt.KeyboardModifier.ControlModifier

pytestmark = [pytest.mark.timeout(7200), pytest.mark.expects_log(".*")]  # a hundred days


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_shop(tmp_path) as made:
        yield made


class Hands:
    """Presses and types wherever something can be pressed; `done` tells what."""

    def __init__(self, qtbot: QtBot, window: MainWindow, chance: Random) -> None:
        self._qtbot = qtbot
        self._window = window
        self._chance = chance
        self.done: list[str] = []

    def act(self) -> None:
        """Do one thing with the menu or dialog in front, else with the window."""
        for dialog in QApplication.topLevelWidgets():
            if isinstance(dialog, QFileDialog):
                dialog.reject()  # it would write wherever it likes
        front = QApplication.activePopupWidget() or QApplication.activeModalWidget() or self._window
        self._chance.choice((self._press, self._press, self._type, self._key, self._shortcut))(front)

    def put_away(self) -> bool:
        """Close the menu or dialog in front; True once there is none."""
        front = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        if front is not None:
            front.done(0) if isinstance(front, QDialog) else front.close()  # Esc would ask about changes
        return front is None

    def _press(self, front: QWidget) -> None:
        within = front.findChildren(QWidget)
        there = [front] if isinstance(front, QMenu) else [one for one in within if _in_reach(one, front)]
        inviting = [one for one in there if one.focusPolicy() is not Qt.FocusPolicy.NoFocus]
        if there:
            widget = self._chance.choice(self._chance.choice((there, inviting or there, inviting or there)))
            at = QPoint(self._chance.randrange(widget.width()), self._chance.randrange(widget.height()))
            words = widget.text() if isinstance(widget, QAbstractButton) else ""
            self.done.append(f"press {type(widget).__name__} {words!r} at {at.x()}, {at.y()}")
            button = self._chance.choice((Qt.MouseButton.LeftButton,) * 7 + (Qt.MouseButton.RightButton,))
            self._chance.choice((self._qtbot.mouseClick, self._qtbot.mouseDClick))(widget, button, pos=at)

    def _type(self, front: QWidget) -> None:
        text = "".join(self._chance.choices(LETTERS, k=self._chance.randrange(1, 6)))
        self.done.append(f"type {text!r}")
        self._qtbot.keyClicks(_focused(front), text)

    def _key(self, front: QWidget) -> None:
        self._send(front, self._chance.choice(KEYS), self._chance.choice((NONE, NONE, SHIFT)))

    def _shortcut(self, front: QWidget) -> None:
        self._send(front, self._chance.choice(SHORTCUTS), CTRL | self._chance.choice((NONE, NONE, SHIFT)))

    def _send(self, front: QWidget, key: Qt.Key, held: Qt.KeyboardModifier) -> None:
        self.done.append(f"{held.name} {key.name}")
        self._qtbot.keyClick(_focused(front), key, held)


def _in_reach(widget: QWidget, front: QWidget) -> bool:
    there = widget.isVisible() and widget.isEnabled() and widget.window() is front.window()
    return there and widget.width() > 0 and widget.height() > 0


def _focused(front: QWidget) -> QWidget:
    return front if isinstance(front, QMenu) else QApplication.focusWidget() or front


def test_no_key_and_no_press_raises(  # a day takes seconds, as no shorter one meets much
    qtbot: QtBot, world: World, window: MainWindow, bridge: Bridge, sized: Sized, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda *_: True)
    window.activateWindow()
    for day in range(sized(*DAYS)):
        chance = Random(day)
        window.show_page(chance.choice(PAGES))
        hands = Hands(qtbot, window, chance)
        with qtbot.captureExceptions() as raised:
            for _ in range(ACTS):
                if chance.random() < 0.05:
                    hands.done.append(said := chance.choice(SAYINGS))
                    world.tell(chance.choice(PEOPLE), said)
                if chance.random() < 0.05 and (known := {row.conversation.contact.openid for row in everybody(world)}):
                    hands.done.append(deed := chance.choice(COLLEAGUES))
                    do(world, lambda _: None, deed, PEOPLE.index(chance.choice(sorted(known))))
                hands.act()
                QApplication.processEvents()
            qtbot.waitUntil(hands.put_away)
            qtbot.waitUntil(lambda: bridge.is_idle)
        assert not raised, f"day {day}: {raised} after {hands.done}"
