"""A picture still being read while one goes to another conversation: it comes where it was pasted, or is told."""

from collections.abc import Callable
from functools import partial
from threading import Event

import pytest
from PySide6.QtCore import QDeadlineTimer, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.conftest import PATIENCE_MS
from tests.ui.inbox.composer.test_switching_conversations import LI, WANG, busy, settle
from tests.ui.inbox.test_pictures import png
from tests.ui.world import PATIENCE, World
from wxdesk.core.model.reply import Content, ReplyKind
from wxdesk.ui.content.picture_intake import PictureSource
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.runtime.installation import InstallationFacts
from wxdesk.ui.shell.main_window import MainWindow
from wxdesk.ui.widgets.dialogs.notices import WindowBridge
from wxdesk.ui.window import run_window

type Open = Callable[[int], None]


@pytest.fixture
def two(qtbot: QtBot, world: World, page: InboxPage, bridge: WindowBridge, opened: Open) -> tuple[int, int]:
    """Two conversations that the list shows, the first of them open."""
    li, wang = world.say(LI, "hello"), world.say(WANG, "hi")
    qtbot.waitUntil(lambda: bridge.is_idle and page.list.model.rowCount() == 2)
    opened(li)
    return li, wang


def test_a_picture_that_is_still_read_comes_to_the_conversation_it_was_pasted_into(
    qtbot: QtBot, world: World, page: InboxPage, bridge: WindowBridge, opened: Open, two: tuple[int, int]
) -> None:
    li, wang = two
    panels = page.chat.writing.panels
    with busy(world):
        panels.take_pictures([PictureSource(png, "cup.png")])
        panels[ReplyKind.IMAGE].submit()
        field = panels[ReplyKind.IMAGE].form.pictures["picture"]
        assert (field.words.full_text(), field.error.isVisible()) == ("Reading the picture…", False)
        page.open_conversation(wang)
    settle(qtbot, page, bridge)
    assert panels[ReplyKind.IMAGE].content() == Content(ReplyKind.IMAGE)
    qtbot.waitUntil(lambda: [at for at, _ in page.chat.writing.drafts.unsent] == [li])
    opened(li)
    panels.open(ReplyKind.IMAGE)
    assert panels[ReplyKind.IMAGE].content().picture
    assert panels[ReplyKind.IMAGE].send.isEnabled()


def test_the_picture_before_comes_back_if_the_next_cannot_be_read(
    qtbot: QtBot, page: InboxPage, bridge: WindowBridge, world: World, opened: Open, two: tuple[int, int]
) -> None:
    li, wang = two
    panels = page.chat.writing.panels
    panels.take_pictures([PictureSource(png, "cup.png")])
    panel = panels[ReplyKind.IMAGE]
    qtbot.waitUntil(lambda: bool(panel.content().picture))
    cup = panel.content()
    with busy(world):
        panels.take_pictures([PictureSource(partial(bytes, b"%PDF-1.7"), "order.pdf")])
        page.open_conversation(wang)
        assert page.chat.writing.drafts.unsent == []
    settle(qtbot, page, bridge)
    qtbot.waitUntil(lambda: [(at, one.content) for at, one in page.chat.writing.drafts.unsent] == [(li, cup)])
    assert bridge.notices._toast._label.full_text().startswith("order.pdf: This is not a picture")


def test_a_cover_that_is_still_read_comes_to_its_card(
    qtbot: QtBot, page: InboxPage, bridge: WindowBridge, world: World, opened: Open, two: tuple[int, int]
) -> None:
    li, wang = two
    panels, drafts = page.chat.writing.panels, page.chat.writing.drafts
    with busy(world):
        panels.open(ReplyKind.CARD)
        panels[ReplyKind.CARD].form.by_name["title"].edit.setText("Cup")
        panels.take_pictures([PictureSource(png, "cup.png")])
        page.open_conversation(wang)
        drafts.open(li)  # back before anything has come
        drafts.write(Content(ReplyKind.CARD, title="Begun since"))
        drafts.open(wang)
    settle(qtbot, page, bridge)
    qtbot.waitUntil(lambda: len(drafts.unsent) == 2)
    assert [(at, one.content.title, bool(one.content.thumb_picture)) for at, one in drafts.unsent] == [
        (li, "Cup", True),
        (li, "Begun since", False),
    ]


def test_a_picture_that_is_still_read_does_not_come_to_another_operator(
    qtbot: QtBot, page: InboxPage, bridge: WindowBridge, world: World, two: tuple[int, int]
) -> None:
    panels, drafts = page.chat.writing.panels, page.chat.writing.drafts
    with busy(world):
        panels.take_pictures([PictureSource(png, "cup.png")])
        drafts.open(0)  # as when somebody else signs in
        drafts.forget()
        drafts.open(two[0])
    settle(qtbot, page, bridge)
    assert drafts.unsent == []


def test_a_picture_that_is_still_read_is_kept_when_the_window_closes(qapp: QApplication, world: World) -> None:
    li, is_read, patience = world.say(LI, "hello"), Event(), QDeadlineTimer(3 * PATIENCE_MS)

    def read() -> bytes:
        is_read.wait(PATIENCE)
        return png()

    def paste_and_close() -> None:
        windows = [one for one in qapp.topLevelWidgets() if isinstance(one, MainWindow) and one.isVisible()]
        for window in windows:
            step(window)

    def step(window: MainWindow) -> None:
        if window.inbox.session.conversation_id is None:
            window.inbox.open_conversation(li)
        elif not window.inbox.session.visit.fresh or patience.hasExpired():  # what is raised in a slot ends no loop
            timer.stop()
            window.inbox.chat.writing.panels.take_pictures([PictureSource(read, "cup.png")])
            window.closing.emit()
            is_read.set()

    timer = QTimer(interval=10)
    timer.timeout.connect(paste_and_close)
    timer.start()
    run_window(world.desk, world.loop, InstallationFacts(world.home))
    [(at, draft)] = world.call(world.desk.drafts.stored(world.desk.me))
    assert (at, bool(draft.content.picture)) == (li, True)
