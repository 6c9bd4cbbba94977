"""The quarantine on the traffic page: found, read without danger, saved, and read again."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from tests.ui.held_answer import FirstAnswerHeld
from tests.ui.traffic.test_page import WANG, all_text, column, select, step_texts
from tests.ui.world import World
from wxdesk.core.events import PushSeen
from wxdesk.core.model.push import BodyFormat, KeptPush, Push
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.traffic.detail import readable
from wxdesk.ui.traffic.entries import TrafficEntry
from wxdesk.ui.traffic.header import ALL, QUARANTINE
from wxdesk.ui.traffic.page import TrafficPage
from wxdesk.ui.traffic.table import MOST, Column


def arrives(world: World, body: bytes, account: str = "shop") -> KeptPush:
    """WeChat signed it and it was kept, as the listener does with what it cannot read."""
    push = Push(account, f"x:{hash(body)}", body, BodyFormat.JSON, world.desk.clock(), None, "MsgType is missing.")
    world.call(world.store.pushes.keep(push))
    return world.call(world.desk.quarantine.newest())[1][0]


@pytest.fixture
def opened(qtbot: QtBot, world: World, page: TrafficPage, bridge: Bridge) -> TrafficPage:
    """The page with two pushes in quarantine, shown."""
    arrives(world, b'{"FromUserName":"' + WANG.encode() + b'","Content":"<img src=file:///etc/passwd>"}')
    arrives(world, b'{"a":"\xff\x00\xe2\x80\xae"}')
    page.activate()
    qtbot.waitUntil(lambda: page.header.chips.button(QUARANTINE).isVisible())
    page.header.chips.button(QUARANTINE).click()
    assert "Nothing is in quarantine" not in all_text(page), "not even before it is read"
    qtbot.waitUntil(lambda: len(column(page)) == 2)
    qtbot.waitUntil(lambda: bridge.is_idle)
    return page


def test_the_quarantine_is_offered_only_if_it_holds_something(qtbot: QtBot, world: World, page: TrafficPage) -> None:
    chip = page.header.chips.button(QUARANTINE)
    assert not chip.isVisible()
    world.call(_push_without_a_type(world))
    qtbot.waitUntil(chip.isVisible)
    assert chip.text() == "Quarantine 1"
    assert not page.header.read_again.isVisible()


async def _push_without_a_type(world: World) -> None:
    import asyncio

    pushed = asyncio.run_coroutine_threadsafe(world.sandbox.push(WANG, {"Content": "?"}), world._wechat.loop)
    await asyncio.wrap_future(pushed)


def test_all_lines_that_come_late_do_not_take_its_place(qtbot: QtBot, opened: TrafficPage, bridge: Bridge) -> None:
    for chip in (ALL, QUARANTINE):  # at once, so all lines are still being read
        opened.header.chips.button(chip).click()
    desk = bridge.desk
    late: list[list[TrafficEntry]] = []
    qtbot.waitUntil(lambda: bridge.is_idle)
    bridge.ask(desk.traffic.newest_first(MOST, desk.reports.traces.before), late.append)
    qtbot.waitUntil(lambda: bool(late))
    opened._show_newest([*late[0], PushSeen("shop", "checked", desk.clock(), 1, "")])
    assert column(opened) == ["shop    Not readable: MsgType is missing."] * 2


def test_what_was_in_quarantine_earlier_does_not_take_the_place_of_what_is_there_now(
    qtbot: QtBot, world: World, opened: TrafficPage, bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = world.desk.quarantine._kept
    earlier = FirstAnswerHeld[int](kept.size, world.loop)
    monkeypatch.setattr(kept, "size", earlier)
    opened.activate()
    earlier.wait_until_read()
    arrives(world, b"{}")
    opened.activate()
    qtbot.waitUntil(lambda: len(bridge._open) == 1)  # the earlier one alone
    earlier.give()
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert opened.header.chips.button(QUARANTINE).text() == "Quarantine 3"


def test_each_says_when_for_whom_and_why(opened: TrafficPage) -> None:
    assert column(opened) == ["shop    Not readable: MsgType is missing."] * 2
    assert column(opened, Column.RESULT) == ["Kept as it came"] * 2
    assert opened.header.chips.button(QUARANTINE).text() == "Quarantine 2"
    assert opened.header.read_again.isVisible()


def test_the_body_is_shown_without_danger_and_without_the_openid(qtbot: QtBot, opened: TrafficPage) -> None:
    opened.view.selectRow(1)
    qtbot.waitUntil(lambda: "<img src=file:///etc/passwd>" in opened.detail.body.toPlainText())
    assert WANG not in opened.detail.body.toPlainText()
    assert ("Not read", "MsgType is missing.") in step_texts(opened.detail.steps)
    opened.view.selectRow(0)
    qtbot.waitUntil(lambda: opened.detail.body.toPlainText() == '{"a":"\\xff\\x00\\u202e"}')


def test_a_push_is_saved_byte_for_byte(qtbot: QtBot, opened: TrafficPage, tmp_path: Path) -> None:
    opened.view.selectRow(0)
    qtbot.waitUntil(opened.detail.save.isVisible)
    qtbot.mouseClick(opened.detail.save, Qt.MouseButton.LeftButton)
    [dialog] = opened.window().findChildren(QFileDialog)
    assert dialog.selectedFiles()[0].endswith("wxdesk-shop-2.json")  # no openid
    dialog.fileSelected.emit(str(tmp_path / "what.json"))
    dialog.reject()
    assert (tmp_path / "what.json").read_bytes() == b'{"a":"\xff\x00\xe2\x80\xae"}'


def test_a_push_that_can_be_read_now_leaves_the_quarantine(qtbot: QtBot, world: World, opened: TrafficPage) -> None:
    arrives(world, b'{"FromUserName":"' + WANG.encode() + b'","CreateTime":1,"MsgType":"text","Content":"hi"}')
    qtbot.mouseClick(opened.header.read_again, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: world.call(world.desk.quarantine.newest())[0] == 2)
    qtbot.waitUntil(lambda: opened.header.chips.button(QUARANTINE).text() == "Quarantine 2")
    assert len(column(opened)) == 2


def test_leaving_the_quarantine_shows_the_traffic_again(qtbot: QtBot, world: World, opened: TrafficPage) -> None:
    opened.view.selectRow(0)
    qtbot.waitUntil(opened.detail.isVisible)
    world.say(WANG, "在吗")
    opened.header.chips.button(ALL).click()
    qtbot.waitUntil(lambda: any("在吗" in said for said in column(opened)))
    assert not opened.detail.isVisible()
    assert not opened.header.read_again.isVisible()
    select(opened, "在吗")
    assert not opened.detail.save.isVisible()


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (b"\xff\xfe", "\\xff\\xfe"),
        (b"a\x00b\x1b[31m", "a\\x00b\\x1b[31m"),
        ("‮gnp.exe".encode(), "\\u202egnp.exe"),
        ("你好\n再见".encode(), "你好\n再见"),
    ],
)
def test_bytes_that_are_no_character_are_shown_by_number(body: bytes, shown: str) -> None:
    assert readable(body, None) == shown
