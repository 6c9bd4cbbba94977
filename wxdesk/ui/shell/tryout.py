"""Desk on a simulated WeChat beside the operator's own, and the way back."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager

from msgspec import Struct
from PySide6.QtWidgets import QWidget

from wxdesk.desk.desk import Desk
from wxdesk.i18n import tr
from wxdesk.ui.runtime.installation import InstallationFacts
from wxdesk.ui.widgets.boxes import Frame, hbox
from wxdesk.ui.widgets.buttons import Button
from wxdesk.ui.widgets.labels import IconLabel, PlainLabel


class TryoutDesk(Struct, frozen=True):
    """A desk on a simulated WeChat, with a home of its own."""

    desk: Desk
    loop: asyncio.AbstractEventLoop
    facts: InstallationFacts


type Tryout = Callable[[], AbstractContextManager[TryoutDesk]]
"""Starts and stops such a desk, never on the window's thread: each takes a second."""


class TryoutBar(Frame):
    """Amber bar across the window of a simulated WeChat, with the way `back`."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("bar-pending", parent)
        self.sentence = PlainLabel(
            tr("You are trying it out: WeChat and its customers are simulated, and nothing of it is kept."),
            role="pending",
            wrap=True,
            parent=self,
        )
        self.back = Button(tr("Back to my desk"), parent=self)
        icon = IconLabel("simulator", "pending", 18, self)
        hbox(icon, (self.sentence, 1), self.back, within=self, spacing=10, margins=(16, 5, 16, 5))
