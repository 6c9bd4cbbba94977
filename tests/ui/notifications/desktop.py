"""A desktop of the test's, for notices and sounds of a real desk."""

import stat
from pathlib import Path

from wxdesk.ui.notifications.board import NoticeBoard
from wxdesk.ui.notifications.notice import DesktopNotice, OnNoticeAction
from wxdesk.ui.notifications.player import Player
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.shell.main_window import MainWindow


class Desktop:
    """The system's place for notices: what stands there, and what stood there."""

    def __init__(self) -> None:
        self.standing: dict[str, DesktopNotice] = {}
        self.ever: list[DesktopNotice] = []
        self.withdrawn: list[str] = []
        self.stopped = False
        self.answered: OnNoticeAction

    def show(self, notice: DesktopNotice) -> None:
        self.standing[notice.key] = notice
        self.ever.append(notice)

    def withdraw(self, key: str) -> None:
        self.withdrawn.append(key)
        self.standing.pop(key, None)

    def stop(self) -> None:
        self.stopped = True
        self.standing.clear()


def board(bridge: Bridge, window: MainWindow) -> Desktop:
    made = Desktop()
    NoticeBoard(bridge, window, made, window)
    return made


class Ear:
    """A player of the machine that writes down what it was asked to play, and the beep."""

    def __init__(self, folder: Path, code: int = 0) -> None:
        self.heard = folder / "heard"
        self.program = folder / "player"
        self.program.write_text(f'#!/bin/sh\necho "$1" >> {self.heard}\nexit {code}\n')
        self.program.chmod(self.program.stat().st_mode | stat.S_IXUSR)
        self.beeps = 0
        self.sound = folder / "sound.wav"

    def beep(self) -> None:
        self.beeps += 1

    def player(self, *command: str) -> Player:
        return Player(lambda: self.sound, [command or (str(self.program),)], self.beep)

    def played(self) -> int:
        return len(self.heard.read_text().splitlines()) if self.heard.exists() else 0
