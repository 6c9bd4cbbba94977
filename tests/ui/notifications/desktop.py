"""A desktop of the test's, for a board of notices on a real desk."""

from __future__ import annotations

from wxdesk.ui.notifications.board import NoticeBoard
from wxdesk.ui.notifications.notice import DesktopNotice, OnNoticeAction
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
