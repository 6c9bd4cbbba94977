"""The head of the chat: in every width of the window the name is there, and what stands beside it is whole."""

from functools import partial

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.world import World
from wxdesk import i18n
from wxdesk.core.conversations.changes import ContactChange
from wxdesk.core.model.account import ReplyMode
from wxdesk.ui.inbox.chat.header import NAME_LEAST, ChatHeader
from wxdesk.ui.shell.main_window import MainWindow

SIZES = [(1280, 800), (1100, 800), (900, 600), (820, 600), (720, 520)]


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("name", ["王芳", "Li Lei from Hangzhou"])
def test_the_name_always_shows_and_the_mode_is_not_cut(
    qtbot: QtBot, world: World, window: MainWindow, language: str, name: str
) -> None:
    i18n.use(language)
    conversation = world.say("oCustomer0000000000000001", "opening?")
    world.call(world.desk.conversations.describe(conversation, ContactChange(alias=name)))
    window.open_conversation(conversation)
    header = window.inbox.chat.header
    qtbot.waitUntil(lambda: header.name.full_text() == name)
    for size in SIZES:
        window.resize(*size)
        qtbot.waitUntil(lambda: header.name.width() >= min(NAME_LEAST, header.name.sizeHint().width()))
        qtbot.waitUntil(lambda: header.mode.width() >= header.mode.width_for(header.mode.text()))
        assert not header.quota.time.isHidden()
        assert header.quota.dots.isVisible() or header.quota.left.full_text() == "5/5", size
        ends = header.show_detail if not header.show_detail.isHidden() else header.resolve
        assert ends.geometry().right() < header.width(), size


def test_no_button_moves_where_another_gives_way_to_a_long_name(qtbot: QtBot, world: World, window: MainWindow) -> None:
    """Who goes through conversations clicks at one place."""
    header, places = window.inbox.chat.header, list[list[tuple[bool, int, int]]]()
    for customer, name in (("oCustomer0000000000000001", "Li"), ("oCustomer0000000000000002", "Li Lei from Hangzhou")):
        conversation = world.say(customer, "opening?")
        world.call(world.desk.conversations.describe(conversation, ContactChange(alias=name)))
        window.open_conversation(conversation)
        qtbot.waitUntil(partial(lambda wanted: header.name.full_text() == wanted, name))
        shown = list[tuple[bool, int, int]]()
        for width in range(900, 1300, 20):
            window.resize(width, 700)
            QApplication.processEvents()
            resolve, spans = (header.width() - one.geometry().right() for one in (header.resolve, header.spans))
            shown.append((header.transfer.isHidden(), resolve, spans))
        places.append(shown)
    short, long = places
    assert any(one[0] != other[0] for one, other in zip(short, long, strict=True)), "else this shows nothing"
    assert [one[1:] for one in short] == [one[1:] for one in long]


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("mode", ReplyMode)
def test_a_narrow_header_says_whether_account_or_conversation_sets_the_mode(
    qtbot: QtBot, world: World, window: MainWindow, language: str, mode: ReplyMode
) -> None:
    i18n.use(language)
    conversation = world.say("oCustomer0000000000000001", "opening?")
    world.call(world.desk.conversations.describe(conversation, ContactChange(alias="Li Lei from Hangzhou")))
    window.resize(900, 600)
    window.open_conversation(conversation)
    header = window.inbox.chat.header
    account, here = {"en": ("· account", "· here"), "zh_CN": ("· 按账号", "· 本会话")}[language]
    world.call(world.desk.accounts.set_mode("shop", mode, 8))
    qtbot.waitUntil(lambda: header.mode.text().endswith(account))
    world.call(world.desk.conversations.set_mode(conversation, mode))
    qtbot.waitUntil(lambda: header.mode.text().endswith(here))
    qtbot.waitUntil(lambda: header.mode.width() >= header.mode.width_for(header.mode.text()))


def test_a_name_is_not_cut_where_there_is_room(qtbot: QtBot, world: World, window: MainWindow) -> None:
    window.resize(1280, 800)
    window.open_conversation(world.say("oCustomer0000000000000001", "opening?"))
    header = window.inbox.chat.header
    qtbot.waitUntil(lambda: bool(header.name.full_text()) and header.account.isHidden())
    qtbot.waitUntil(lambda: header.name.width() == header.name.sizeHint().width())


def test_a_short_line_below_the_name_does_not_cut_it(qtbot: QtBot) -> None:
    header = ChatHeader({})
    qtbot.addWidget(header)
    header.name.setText("Li Lei from Hangzhou")
    header.colleagues.setText("?")
    header.colleagues.show()
    assert header.who.sizeHint().width() == header.name.sizeHint().width()
