"""The page of the simulated WeChat on a real desk: what is done there goes over HTTP to the listener and back."""

import io
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace
from PIL import Image
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.core.wechat.errcode_table import action_by_code
from tests.sandbox import pictures
from tests.ui.conftest import ShowPage
from tests.ui.world import World
from wxdesk import i18n
from wxdesk.core.conversations.listing import InboxFilter
from wxdesk.core.model.message import Message, MessageType
from wxdesk.desk.pictures.pictures import LARGEST_ORIGINAL
from wxdesk.sandbox.demo_customers import CUSTOMERS, LI_LEI, WANG_FANG
from wxdesk.sandbox.platform.contacts import ChatLine, ChatSide
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault
from wxdesk.sandbox.port import PushReport
from wxdesk.sandbox.window_port import SandboxSimulator
from wxdesk.ui.runtime.installation import InstallationFacts
from wxdesk.ui.shell.main_window import MainWindow
from wxdesk.ui.simulator.page import LIST_NEEDS, SimulatorPage
from wxdesk.ui.simulator.text import ERRCODES, GROUPS, TYPING, report_word
from wxdesk.ui.widgets.boxes import ColumnScroll
from wxdesk.ui.widgets.labels import PlainLabel
from wxdesk.ui.widgets.row_list import RECORD


def lines(page: SimulatorPage) -> list[ChatLine]:
    model = page.phone.model
    return [model.index(row).data(RECORD) for row in range(model.rowCount())]


def kept(world: World) -> list[tuple[str, MessageType, str]]:
    """What the desk has kept, one line a conversation."""
    rows = world.call(world.store.inbox.page(InboxFilter.ALL))
    found = [
        item
        for row in rows
        for item in world.call(world.store.inbox.timeline(row.conversation.id))
        if isinstance(item, Message)
    ]
    return [(item.msg_type, item.type, item.text or item.session_from or "") for item in found]


def test_a_customers_message_reaches_the_desk_and_the_answer_the_phone(
    qtbot: QtBot, answering: World, page: SimulatorPage
) -> None:
    page.choose(LI_LEI.openid)
    page.phone.text.setText("几点开门")  # keyClicks knows no Chinese
    qtbot.keyClick(page.phone.text, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(lines(page)) == 2)
    own, answer = lines(page)
    assert (own.side, own.text) == (ChatSide.CONTACT, "几点开门")
    assert (answer.side, answer.text) == (ChatSide.SHOP, "我们九点开门。")
    assert kept(answering) == [("text", MessageType.TEXT, "几点开门")]
    assert page.phone.text.text() == ""
    qtbot.waitUntil(lambda: page.counters.delivered.full_text() == "1 delivered")
    assert page.counters.doubled.full_text() == "delivered twice: 0"
    assert page.phone.result.full_text().startswith("The desk took it in ")
    assert page.phone.window_text.full_text().startswith("Can receive 4 more · 4")


def test_a_customer_enters_by_the_button(qtbot: QtBot, world: World, page: SimulatorPage) -> None:
    page.choose(WANG_FANG.openid)
    page.phone.session_from.setText("goods/1024")
    qtbot.mouseClick(page.phone.enter, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(lines(page)) == 1)
    qtbot.waitUntil(lambda: kept(world) == [("event", MessageType.ENTER_SESSION, "goods/1024")])
    assert page.phone.model.index(0).data() == "Entered by the button · goods/1024"


def test_a_customer_sends_a_picture_a_card_and_an_own_picture(
    qtbot: QtBot, world: World, page: SimulatorPage, tmp_path: Path
) -> None:
    own = tmp_path / "own.webp"
    Image.open(io.BytesIO(pictures.cover())).save(own, "WEBP")
    page.choose(WANG_FANG.openid)
    for count, act in enumerate(
        (page.phone.ready.click, page.phone.card.click, lambda: page.phone.show_file(str(own))), 1
    ):
        act()
        qtbot.waitUntil(partial(lambda count: len(lines(page)) == count, count))
    qtbot.waitUntil(
        lambda: [kind for _, kind, _ in kept(world)] == [MessageType.IMAGE, MessageType.CARD, MessageType.IMAGE]
    )
    shown = page.phone.model.picture(lines(page)[2].content["media_id"], page.size())
    assert shown is not None
    assert (shown.width(), shown.height()) == (520, 416)


def test_a_file_that_is_no_picture_is_refused_in_words(
    qtbot: QtBot, world: World, page: SimulatorPage, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"%PDF")
    page.choose(WANG_FANG.openid)
    with qtbot.waitSignal(page._bridge.failed) as failed:
        page.phone.show_file(str(bad))
    assert i18n.explain(failed.args[0]).startswith("This is not a picture")
    assert kept(world) == []


@pytest.mark.parametrize(("size", "reason"), [(LARGEST_ORIGINAL + 1, "too large"), (None, "there is no such file")])
def test_an_unreadable_file_is_told(
    qtbot: QtBot, world: World, page: SimulatorPage, tmp_path: Path, size: int | None, reason: str
) -> None:
    file = tmp_path / "big.png"
    if size is not None:
        with file.open("wb") as made:
            made.truncate(size)
    page.choose(WANG_FANG.openid)
    page.phone.show_file(str(file))
    assert any(reason in label.full_text() for label in page.window().findChildren(PlainLabel))
    assert kept(world) == []


def test_the_desk_types_and_the_customer_sees_it(qtbot: QtBot, world: World, page: SimulatorPage) -> None:
    world.say(LI_LEI.openid, "在吗")
    page.choose(LI_LEI.openid)
    qtbot.waitUntil(lambda: len(lines(page)) == 1)
    body = b'{"touser":"%s","command":"Typing"}' % LI_LEI.openid.encode()
    world.sandbox.platform.type(world.sandbox.platform.program(), body)
    qtbot.waitUntil(lambda: len(lines(page)) == 2)
    assert lines(page)[1] is TYPING
    assert page.phone.model.index(1).data() == "The shop is typing…"
    world.sandbox.clock.forward(timedelta(seconds=15))  # and nothing else happens
    qtbot.waitUntil(lambda: len(lines(page)) == 1)


def test_a_fault_is_switched_on_and_goes_off_by_itself(qtbot: QtBot, answering: World, page: SimulatorPage) -> None:
    row = page.faults.rows[FaultKind.ERRCODE]
    assert row.errcode is not None
    row.errcode.show_value(45047)
    qtbot.mouseClick(row.switch, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: row.state.full_text() == "1 more time")
    assert [*answering.sandbox.faults.planned.values()] == [SimulatedFault(FaultKind.ERRCODE, "send", 1, 45047)]
    answering.say(LI_LEI.openid, "几点开门")
    qtbot.waitUntil(lambda: not row.switch.isChecked())
    qtbot.waitUntil(lambda: answering.sandbox.journal.calls[-1].errcode == 45047)
    assert answering.sandbox.sent == ()


def test_a_fault_that_lasts_is_switched_off_by_hand(qtbot: QtBot, world: World, page: SimulatorPage) -> None:
    row = page.faults.rows[FaultKind.DELAY]
    assert row.seconds is not None
    row.seconds.show_value(8)
    page.faults.often.setCurrentIndex(2)
    qtbot.mouseClick(row.switch, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: row.state.full_text() == "every time")
    assert [*world.sandbox.faults.planned.values()] == [SimulatedFault(FaultKind.DELAY, "push", None, 0, 8000)]
    qtbot.mouseClick(row.switch, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not world.sandbox.faults.planned)
    qtbot.waitUntil(lambda: not row.switch.isChecked())


def test_every_offered_fault_has_its_switch(page: SimulatorPage) -> None:
    assert set(page.faults.rows) == {kind for kinds in GROUPS.values() for kind in kinds}
    assert set(ERRCODES) <= action_by_code().keys()
    for kind, row in page.faults.rows.items():
        assert row.kind is kind
        assert row.switch.accessibleName()


def test_a_push_that_nobody_takes_is_loud(qtbot: QtBot, world: World, page: SimulatorPage) -> None:
    world.sandbox.set_push_url("http://127.0.0.1:9/wx/shop")
    page.choose(LI_LEI.openid)
    page.phone.text.setText("在吗")
    qtbot.keyClick(page.phone.text, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(lines(page)) == 2)
    assert (lines(page)[1].side, lines(page)[1].kind) == (ChatSide.NOTICE, "not_available")
    qtbot.waitUntil(lambda: page.counters.failed.full_text() == "not taken: 1")
    assert page.phone.result.full_text() == "The desk did not take it in 3 tries: no connection"
    i18n.use("zh_CN")
    assert report_word(PushReport(True, False, 3, 9.0, "no connection")) == "工作台试了 3 次都没有收下：没有连接"


def test_wechats_own_tool_takes_a_customer_and_lets_go(qtbot: QtBot, world: World, page: SimulatorPage) -> None:
    program = world.sandbox.platform.program()
    page.choose(LI_LEI.openid)
    world.sandbox.platform.contact(program, LI_LEI.openid).session.accept(world.sandbox.clock())
    world.sandbox.on_change()
    qtbot.waitUntil(page.phone.with_tool.isVisible)
    page.phone.text.setText("有人吗")
    qtbot.keyClick(page.phone.text, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(lines(page)) == 1 and lines(page)[0].to_tool)
    assert page.phone.result.full_text() == "The message was not pushed."
    qtbot.mouseClick(page.phone.release, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not page.phone.with_tool.isVisible())
    assert kept(world) == []


def test_a_new_customer_can_write_at_once(qtbot: QtBot, world: World, page: SimulatorPage) -> None:
    qtbot.mouseClick(page.add, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.customers.rowCount() == len(CUSTOMERS) + 1)
    assert page.phone.window_text.full_text() == "May not be written to yet"
    page.phone.text.setText("你好")
    qtbot.keyClick(page.phone.text, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: kept(world) == [("text", MessageType.TEXT, "你好")])


def test_the_list_becomes_a_drop_down_where_it_is_narrow(
    qtbot: QtBot, show_page: ShowPage, simulator: SandboxSimulator
) -> None:
    page = show_page(lambda bridge: SimulatorPage(bridge, simulator), 836, 568)
    assert page.width() < LIST_NEEDS
    assert not page.list.isVisible()
    assert page.phone.customers.isVisible()
    page.phone.customers.setCurrentIndex(2)
    page.phone.customers.activated.emit(2)
    qtbot.waitUntil(lambda: page.scene is not None and page.scene.phone is not None)
    qtbot.waitUntil(lambda: page.scene.phone.openid == CUSTOMERS[2].openid)
    assert page.phone.minimumSizeHint().width() + page.faults.width() <= 836
    qtbot.mouseClick(page.phone.add, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.phone.customers.count() == len(CUSTOMERS) + 1)
    qtbot.waitUntil(lambda: page.phone.customers.currentIndex() == len(CUSTOMERS))


def test_text_from_outside_is_shown_as_it_is(qtbot: QtBot, world: World, page: SimulatorPage) -> None:
    world.say(LI_LEI.openid, "<img src=file:///etc/passwd> " + "长" * 600)
    page.choose(LI_LEI.openid)
    qtbot.waitUntil(lambda: len(lines(page)) == 1)
    assert page.phone.view.sizeHintForIndex(page.phone.model.index(0)).width() <= page.phone.view.viewport().width()


@pytest.mark.parametrize("simulated", [True, False])
def test_only_a_desk_on_a_simulated_wechat_has_the_page(
    qtbot: QtBot,
    bridge: object,
    facts: InstallationFacts,
    appearance: object,
    simulator: SandboxSimulator,
    simulated: bool,
) -> None:
    shown = replace(facts, simulator=simulator if simulated else None)
    window = MainWindow(bridge, shown, appearance)  # type: ignore[arg-type]
    qtbot.addWidget(window, before_close_func=lambda made: made.finish())
    assert ("simulator" in window.page_names) is simulated
    assert window.page_names[-2:] == ("settings", "setup")
    assert [item.key for item in window.rail.items] == [f"Ctrl+{n}" for n in range(1, len(window.rail.items) + 1)]
    assert window.rail.items[-1].accessibleName() == "Settings"
    window.show()
    qtbot.waitUntil(lambda: bridge.is_idle)  # type: ignore[attr-defined]


def test_no_switch_is_cut_by_the_edge_of_its_panel(qtbot: QtBot, page: SimulatorPage) -> None:
    (scroll,) = page.faults.findChildren(ColumnScroll)
    qtbot.waitUntil(lambda: scroll.widget().width() > 200)  # laid out
    assert scroll.widget().minimumSizeHint().width() <= scroll.viewport().width()
