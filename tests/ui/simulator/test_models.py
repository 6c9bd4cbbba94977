"""The models of the page: correct by Qt's own tester, and what was there stays where it is."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QRect, QRectF, QSize
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QStyleOptionViewItem
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from wxdesk.sandbox.platform.contacts import ChatLine, ChatSide
from wxdesk.sandbox.port import Phone, SimulatedCustomer
from wxdesk.ui.look.theme import Size
from wxdesk.ui.simulator.page import CustomerDelegate, CustomerModel
from wxdesk.ui.simulator.phone_view import GAP, PhoneModel, PhoneView
from wxdesk.ui.simulator.text import TYPING
from wxdesk.ui.widgets.painting import paint_avatar, painting
from wxdesk.ui.widgets.row_list import RECORD

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
PHONE = Phone("o1", "李雷", (), False, 5, NOW, False)


def lines(*texts: str) -> tuple[ChatLine, ...]:
    return tuple(ChatLine(NOW, ChatSide.CONTACT, "text", {"content": text}) for text in texts)


def shown(model: PhoneModel) -> list[str]:
    found = [model.index(row).data(RECORD) for row in range(model.rowCount())]
    return ["…" if line is TYPING else line.text for line in found]


def test_new_lines_are_put_below(qtmodeltester: ModelTester) -> None:
    model = PhoneModel()
    qtmodeltester.check(model)
    resets: list[bool] = []
    model.show_phone(replace(PHONE, lines=lines("一")), {})
    model.modelReset.connect(lambda: resets.append(True))
    for phone, expected in (
        (replace(PHONE, lines=lines("一"), typing=True), ["一", "…"]),
        (replace(PHONE, lines=lines("一", "二"), typing=True), ["一", "二", "…"]),
        (replace(PHONE, lines=lines("一", "二", "三")), ["一", "二", "三"]),
        (replace(PHONE, lines=lines("一", "二", "三", "四"), typing=True), ["一", "二", "三", "四", "…"]),
    ):
        model.show_phone(phone, {})
        assert shown(model) == expected
    assert resets == []
    model.show_phone(replace(PHONE, openid="o2", lines=lines("别人")), {})
    assert (shown(model), resets) == (["别人"], [True])
    model.show_phone(None, {})
    assert shown(model) == []


def test_a_picture_that_is_gone_has_no_pixels(qtbot: QtBot) -> None:
    model = PhoneModel()
    model.show_phone(PHONE, {"broken": b"GIF89a.."})
    for digest in ("broken", "never there"):
        picture = model.picture(digest, QSize(10, 10))
        assert picture is not None
        assert picture.isNull()


def test_customers_keep_their_places(qtmodeltester: ModelTester) -> None:
    model = CustomerModel()
    qtmodeltester.check(model)
    first, second = (
        SimulatedCustomer("o1", "李雷", None),
        SimulatedCustomer("oW7hT5gX3fPv0TcUw5rAi8ZnK9k2", "", lines("在吗")[0]),
    )
    resets: list[bool] = []
    model.modelReset.connect(lambda: resets.append(True))
    model.update_rows((first,))
    model.update_rows((first, second))
    model.update_rows((replace(first, last=lines("在吗")[0]), second))
    assert resets == []
    assert [model.index(row).data() for row in range(model.rowCount())] == ["李雷", "oW7h…9k2"]
    assert (model.row_of(second.openid), model.row_of("nobody")) == (1, -1)
    model.update_rows((second,))
    assert (resets, model.row_of(second.openid), model.rowCount()) == ([], 0, 1)


def test_one_person_has_the_same_avatar_as_in_the_inbox(qtbot: QtBot) -> None:
    openid = "oW7hT5gX3fPv0TcUw5rAi8ZnK9k2"
    model, delegate, option = CustomerModel(), CustomerDelegate(), QStyleOptionViewItem()
    for alias in ("", "李雷"):
        model.update_rows((SimulatedCustomer("o1", "", None), SimulatedCustomer(openid, alias, None)))
        inbox, simulator = (QImage(200, 60, QImage.Format.Format_RGB32) for _ in range(2))
        option.rect = simulator.rect()
        with painting(inbox) as painter:
            paint_avatar(painter, QRectF(12, 12, 36, 36), openid, alias)
        with painting(simulator) as painter:
            delegate.paint(painter, option, model.index(1))
        inside = QRect(16, 16, 28, 28)
        assert inbox.copy(inside) == simulator.copy(inside)


def test_a_phone_follows_the_size_of_messages(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    model = PhoneModel()
    view = PhoneView(model)
    qtbot.addWidget(view)
    model.show_phone(replace(PHONE, lines=lines("hello")), {})
    usual = view.sizeHintForRow(0)
    monkeypatch.setattr(Size, "MESSAGE", 28)
    QApplication.sendEvent(view, QEvent(QEvent.Type.FontChange))
    assert view.sizeHintForRow(0) > usual


def test_a_short_chat_begins_below_the_top_and_has_no_scroll_handle(qtbot: QtBot) -> None:
    model = PhoneModel()
    view = PhoneView(model)
    qtbot.addWidget(view)
    view.resize(400, 300)
    view.show()
    bar = view.verticalScrollBar()
    for count in (1, 20):
        model.show_phone(replace(PHONE, openid=str(count), lines=lines(*["hello"] * count)), {})
        view.doItemsLayout()
        bar.setValue(0)
        above = view.viewport().grab(QRect(0, 0, view.viewport().width(), GAP)).toImage()
        assert _colours(above) == 1, "the first bubble touches the top"
        assert (_colours(bar.grab().toImage()) > 1) is (bar.maximum() > 0) is (count > 1)


def _colours(shot: QImage) -> int:
    return len({shot.pixel(x, y) for x in range(shot.width()) for y in range(shot.height())})
