"""Data from the shop's own system: asked at the press of a button, shown plain, no link followed without a question."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from msgspec import structs
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.ui.world import World
from wxdesk.config.outside import CustomerDataSettings
from wxdesk.sandbox.demo_customers import LI_LEI, WANG_FANG
from wxdesk.ui.inbox.details.customer_data import CustomerDataPanel
from wxdesk.ui.inbox.timeline.dialogs import LinkDialog
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.buttons import Button
from wxdesk.ui.widgets.labels import PlainLabel

GOLD = b'{"title":"Gold","lines":[{"name":"Orders","text":"<b>3</b>"},"since May"],"links":[{"name":"Order 7","url":"https://shop.example/7"}]}'


class Shop(ThreadingHTTPServer):
    """The shop's own system; `answer` is the body of each answer, `asked` counts."""

    answer = GOLD
    asked = 0


class Handler(BaseHTTPRequestHandler):
    server: Shop

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked += 1
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.server.answer)))
        self.end_headers()
        self.wfile.write(self.server.answer)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def shop(world: World) -> Iterator[Shop]:
    made = Shop(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    data = CustomerDataSettings(f"http://127.0.0.1:{made.server_port}/wxdesk", ("127.0.0.1",))

    async def take() -> None:
        now = world.desk.configuration.now
        config = structs.replace(now.config, customer_data=data)
        world.desk.configuration.use(replace(now, config=config, others={("customer_data", "key"): "k"}))

    world.call(take())
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


def _panel(qtbot: QtBot, bridge: Bridge, host: QWidget) -> CustomerDataPanel:
    made = CustomerDataPanel(bridge)
    made.setParent(host)
    host.show()
    return made


def texts(panel: CustomerDataPanel) -> list[str]:
    return [label.full_text() for label in panel.findChildren(PlainLabel) if not label.isHidden()]


def test_without_an_address_there_is_no_panel(qtbot: QtBot, bridge: Bridge, world: World, host: QWidget) -> None:
    panel = _panel(qtbot, bridge, host)
    panel.show_conversation(world.say(LI_LEI.openid, "hi"))
    assert panel.isHidden()


def test_data_of_the_shop_is_asked_for_and_shown(
    qtbot: QtBot, bridge: Bridge, world: World, shop: Shop, host: QWidget
) -> None:
    first, other = world.say(LI_LEI.openid, "hi"), world.say(WANG_FANG.openid, "hi")
    panel = _panel(qtbot, bridge, host)
    panel.show_conversation(first)
    assert (panel.isHidden(), shop.asked) == (False, 0)
    panel.ask.click()
    qtbot.waitUntil(lambda: "<b>3</b>" in texts(panel))
    assert texts(panel) == ["From your own system", "Gold", "Orders", "<b>3</b>", "since May"]
    link = next(button for button in panel.findChildren(Button) if button.text() == "Order 7")
    qtbot.mouseClick(link, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: panel.findChild(LinkDialog) is not None)
    panel.findChild(LinkDialog).reject()
    qtbot.waitUntil(lambda: panel.findChild(LinkDialog) is None)
    panel.show_conversation(other)
    assert texts(panel) == ["From your own system"]
    panel.show_conversation(first)
    panel.ask.click()  # kept for a moment
    qtbot.waitUntil(lambda: "since May" in texts(panel))
    assert shop.asked == 1
    panel.ask.click()  # asked again
    qtbot.waitUntil(lambda: shop.asked == 2)
    for shop.answer, said in (
        (b"{}", "It knows nothing about this customer."),
        (b"<html>", "The answer is not the JSON that is expected."),
        (b" " * 70_000, "127.0.0.1 answers with more than 64 KB."),
    ):
        qtbot.waitUntil(lambda: bridge.is_idle)
        panel.ask.click()
        qtbot.waitUntil(partial(lambda said: said in texts(panel), said))


def test_a_late_answer_is_not_shown_at_another_customer(
    qtbot: QtBot, bridge: Bridge, world: World, shop: Shop, host: QWidget
) -> None:
    first, other = world.say(LI_LEI.openid, "hi"), world.say(WANG_FANG.openid, "hi")
    panel = _panel(qtbot, bridge, host)
    panel.show_conversation(first)
    panel.ask.click()
    panel.show_conversation(other)
    qtbot.waitUntil(lambda: bridge.is_idle and shop.asked == 1)
    assert texts(panel) == ["From your own system"]
