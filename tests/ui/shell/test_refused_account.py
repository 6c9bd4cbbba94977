"""What the window says and offers while WeChat refuses an account."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from tests.ui.world import World
from wxdesk import i18n
from wxdesk.core.model.reply import ReplyState
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault
from wxdesk.ui.inbox.timeline.bubble_text import BubbleAction
from wxdesk.ui.look.appearance import Appearance
from wxdesk.ui.runtime.installation import InstallationFacts
from wxdesk.ui.shell.main_window import MainWindow
from wxdesk.ui.widgets.buttons import Button
from wxdesk.ui.widgets.dialogs.notices import WindowBridge

WANG = "oW7hAbCdEfGhIjKlMnOpQrStUc31"
SIZES = ((1280, 800), (900, 600))


@pytest.fixture(params=["en", "zh_CN"])
def language(request: pytest.FixtureRequest) -> str:
    return i18n.use(request.param)


@pytest.fixture(params=SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def window(
    request: pytest.FixtureRequest,
    qtbot: QtBot,
    language: str,
    bridge: WindowBridge,
    facts: InstallationFacts,
    appearance: Appearance,
) -> MainWindow:
    made = MainWindow(bridge, facts, appearance)
    qtbot.addWidget(made, before_close_func=lambda widget: widget.finish())
    made.resize(*request.param)
    made.show()
    qtbot.waitUntil(lambda: bridge.is_idle)
    return made


def bar_of(window: MainWindow, key: str = "trouble:account:shop") -> str:
    return window.notices.bars.texts().get(key, "")


def press(qtbot: QtBot, window: MainWindow, word: str) -> None:
    def offered() -> list[Button]:
        buttons = window.notices.bars.findChildren(Button)
        return [button for button in buttons if button.text() == word and button.isVisible()]

    qtbot.waitUntil(lambda: len(offered()) == 1)  # a bar that was just put there is shown a moment later
    qtbot.mouseClick(offered()[0], Qt.MouseButton.LeftButton)


def test_a_foreign_address_is_told_copied_mended_and_tried(
    qtbot: QtBot, world: World, window: MainWindow, language: str
) -> None:
    conversation = world.say(WANG, "在吗")
    world.sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, errcode=42001))
    world.sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, "token", errcode=40164))
    reply = world.call(world.desk.replies.write(conversation, "在的"))
    expected = {
        "en": "shop cannot send: 40164 this machine's address is not in the IP list. "
        "Add 203.0.113.7 to the IP list in the mini program's console. Its replies wait; the first after ",
        "zh_CN": "shop 无法发送：40164 本机地址不在 IP 白名单里。"
        "请在小程序后台的「IP 白名单」中加入 203.0.113.7。回复都在排队，",
    }
    qtbot.waitUntil(lambda: bar_of(window).startswith(expected[language]))  # first it is told of the token alone
    qtbot.waitUntil(lambda: window.notices.bars.geometry() == window.status_bar.room())  # laid out a moment later

    press(qtbot, window, {"en": "Copy 203.0.113.7", "zh_CN": "复制 203.0.113.7"}[language])
    assert QGuiApplication.clipboard().text() == "203.0.113.7"
    press(qtbot, window, {"en": "Try now", "zh_CN": "立即试一次"}[language])
    world.wait_until_sent(reply.id)
    qtbot.waitUntil(lambda: bar_of(window) == "")
    assert [sent.text for sent in world.sandbox.sent] == ["在的"]


def test_a_reply_that_waits_says_so_in_bubble_and_list(
    qtbot: QtBot, world: World, window: MainWindow, language: str
) -> None:
    page = window.pages.inbox.widget
    conversation = world.say(WANG, "在吗")
    page.open_conversation(conversation)
    world.sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, errcode=48004))
    reply = world.call(world.desk.replies.write(conversation, "在的"))
    key = f"r{reply.id}"
    qtbot.waitUntil(lambda: (shown := page.session.known.reply(key)) is not None and shown.errcode == 48004)
    kept = world.call(world.store.replies.get(reply.id))
    assert kept.state is ReplyState.QUEUED
    row = page.session.model.row_of(key)
    spoken = page.session.model.index(row).data(Qt.ItemDataRole.AccessibleTextRole)
    assert {"en": "Waits, 48004: the API is banned for this account.", "zh_CN": "等待中，48004："}[language] in spoken
    assert kept.rid in spoken
    page.chat.act(BubbleAction.COPY_RID, key)
    assert QGuiApplication.clipboard().text() == kept.rid
    world.call(world.desk.outbox.try_now("shop"))
    world.wait_until_sent(reply.id)
