"""The small window that is shown while a database is upgraded or a backup read."""

import asyncio
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QApplication, QProgressBar

from wxdesk.i18n import tr
from wxdesk.ui.look.appearance import Appearance
from wxdesk.ui.look.theme import Size
from wxdesk.ui.runtime.loop import run
from wxdesk.ui.runtime.memory import WindowMemory
from wxdesk.ui.widgets.boxes import Frame, vbox
from wxdesk.ui.widgets.dialogs.dialog import WIDTH
from wxdesk.ui.widgets.labels import PlainLabel


class WaitingWindow(Frame):
    """Small window with a busy bar; closing it ends nothing."""

    def __init__(self, title: str) -> None:
        super().__init__("panel")
        self.setWindowTitle("wxdesk")
        self.setFixedWidth(WIDTH)
        headline = PlainLabel(title, size=Size.TITLE, strong=True, wrap=True)
        calm = tr(
            "Nothing is lost. With many messages this takes a while; wxdesk opens by itself afterwards. "
            "Please leave this computer on until then."
        )
        busy = QProgressBar(textVisible=False, minimum=0, maximum=0)
        busy.setAccessibleName(title)
        vbox(headline, PlainLabel(calm, wrap=True), busy, within=self, spacing=16, margins=(24, 20, 24, 24))
        self.resize(WIDTH, self.heightForWidth(WIDTH))


def show_waiting(application: QApplication, home: Path, title: str, opening: Future[Any]) -> None:
    """Show the window, in the look chosen in `home`, until `opening` has ended."""
    appearance = Appearance(application, WindowMemory(home).word("look"))

    async def main() -> int:
        window = WaitingWindow(title)
        window.show()
        await asyncio.gather(asyncio.wrap_future(opening), return_exceptions=True)
        window.hide()
        window.deleteLater()
        return 0

    run(application, main)
    appearance.deleteLater()
