"""A window with half a reply in it, in a process that somebody kills: says when the desk has stored it."""

import sys
from pathlib import Path

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from tests.ui.world import open_world
from wxdesk.core.events import DraftKept
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.widgets.dialogs.notices import Notices, WindowBridge


def tell() -> None:
    sys.stdout.write("stored\n")
    sys.stdout.flush()


def main(home: Path, text: str) -> None:
    application = QApplication([])
    with open_world(home) as world:
        conversation_id = world.say("oLI00000000000000000001", "hello")
        world.desk.bus.subscribe(lambda _: tell(), DraftKept)
        bridge, window = WindowBridge(world.desk, world.loop), QWidget()
        bridge.notices = Notices(window)
        bridge.connect_to_bus()
        page = InboxPage(bridge)
        page.open_conversation(conversation_id)
        QTest.keyClicks(page.chat.composer.edit, text)
        application.exec()


main(Path(sys.argv[1]), sys.argv[2])
