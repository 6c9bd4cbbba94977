"""Each error reaches the operator by the door that its class says, and never with a foreign text."""

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from wxdesk import i18n
from wxdesk.core.errors import (
    BadConfig,
    DeliveryUnknown,
    HomeInUse,
    MoveNotAllowed,
    NotFound,
    PortInUse,
    Refused,
    ReplyTooLong,
    StoreError,
)
from wxdesk.ui.look.theme import Measure
from wxdesk.ui.widgets.buttons import Button
from wxdesk.ui.widgets.dialogs.dialog import ConfirmDialog
from wxdesk.ui.widgets.dialogs.notice_lines import NoticeBar, Toast
from wxdesk.ui.widgets.dialogs.notices import Notices
from wxdesk.ui.widgets.labels import PlainLabel


@pytest.fixture
def shown(qtbot: QtBot, host: QWidget) -> QWidget:
    host.show()
    host.activateWindow()
    qtbot.waitUntil(host.isActiveWindow)
    return host


def _toast(host: QWidget) -> str:
    toast = host.findChild(Toast)
    return "" if toast.isHidden() else toast.findChild(PlainLabel).full_text()


@pytest.mark.parametrize(
    ("error", "zh"),
    [
        (MoveNotAllowed(state="sending", move="cancel"), "这条回复现在是「正在发送」，不能再「停下」。"),
        (NotFound("conversation"), "此会话已不存在。"),
        (ReplyTooLong(size=3000, limit=2048), "这条回复有 3,000 字节，微信最多接受 2,048 字节。"),
        (Refused(45015, "response out of time limit"), "微信返回 45015：response out of time limit"),
        (DeliveryUnknown("timeout"), "可能已送达：timeout"),
        (StoreError(reason="the database server cannot be reached"), "没有办成：无法连接数据库服务器。"),
        (BadConfig("config.toml", "listener.port", "must be from 0 to 65535"),
         "config.toml：listener.port：必须在 0 到 65535 之间"),
    ],
)  # fmt: skip
def test_an_error_about_one_thing_is_a_toast(shown: QWidget, notices: Notices, error: Exception, zh: str) -> None:
    i18n.use("zh_CN")
    notices.report(error)
    assert _toast(shown) == zh
    assert notices.bars.texts() == {}


@pytest.mark.parametrize("error", [PortInUse("127.0.0.1", 8765), HomeInUse(home="/home/desk")])
def test_an_error_of_the_desk_is_a_bar(shown: QWidget, notices: Notices, error: Exception) -> None:
    notices.report(error)
    notices.report(error)
    assert list(notices.bars.texts().values()) == [str(error)]
    assert _toast(shown) == ""


@pytest.mark.expects_log("Unexpected in the window")
def test_a_foreign_error_is_logged_and_keeps_its_text_to_itself(
    shown: QWidget, notices: Notices, caplog: pytest.LogCaptureFixture
) -> None:
    notices.report(ValueError("https://api.example.com/?access_token=secret"))
    [text] = notices.bars.texts().values()
    assert text == "Unexpected error: ValueError"
    [record] = caplog.records
    assert record.exc_info is not None
    assert record.exc_info[0] is ValueError


def test_a_bar_goes_when_it_is_closed(qtbot: QtBot, shown: QWidget, notices: Notices) -> None:
    notices.report(PortInUse("127.0.0.1", 8765))
    [bar] = notices.bars.findChildren(NoticeBar)
    qtbot.mouseClick(bar.close_button, Qt.MouseButton.LeftButton)
    assert notices.bars.texts() == {}
    assert notices.bars.isHidden()
    notices.report(PortInUse("127.0.0.1", 8765))
    assert notices.bars.isVisible(), "it has happened again"


def test_a_closed_bar_of_a_lasting_trouble_stays_closed_until_its_text_changes(
    qtbot: QtBot, shown: QWidget, notices: Notices
) -> None:
    notices.bar("disk", "The disk is full", lasting=True)
    [bar] = notices.bars.findChildren(NoticeBar)
    qtbot.mouseClick(bar.close_button, Qt.MouseButton.LeftButton)
    notices.bar("disk", "The disk is full", lasting=True)
    assert notices.bars.texts() == {}
    notices.bar("disk", "The disk is gone", lasting=True)
    assert notices.bars.texts() == {"disk": "The disk is gone"}
    notices.bar("disk", "")
    notices.bar("disk", "The disk is full", lasting=True)
    assert notices.bars.texts() == {"disk": "The disk is full"}, "it was over meanwhile"


def test_neither_a_bar_nor_a_toast_moves_or_covers_a_page(shown: QWidget, notices: Notices) -> None:
    page = Button("Page", parent=shown)
    page.setGeometry(0, 0, shown.width(), shown.height() - Measure.STATUS_BAR)
    page.show()
    before = page.geometry()
    notices.toast("Copied")
    for n in range(4):
        notices.bar(f"n{n}", "A sentence that needs more than one line. " * 8)
    for line in (notices.bars, notices._toast):
        assert line.isVisible()
        assert not line.geometry().intersects(page.geometry())
        assert shown.rect().contains(line.geometry())
    assert page.geometry() == before


def test_a_toast_lies_over_words_of_a_bar_and_moves_none_of_its_buttons(shown: QWidget, notices: Notices) -> None:
    _use_foot(shown, notices, shown.width() // 2)
    notices.bar("ip", "The disk is full " * 9, action="Try now", then=lambda: None, copy="203.0.113.7")
    notices.bar("clock", "The clock is wrong", action="Look", then=lambda: None)
    toast, [bar] = notices._toast, [bar for bar in notices.bars.findChildren(NoticeBar) if bar.isVisible()]
    before = {one: QRect(one.mapTo(shown, one.rect().topLeft()), one.size()) for one in bar.acts}
    for text in ("Copied", "A sentence that is longer than the whole foot " * 6):
        notices.offer(text, "Undo", lambda: None)
        assert toast.x() == 0
        assert toast.action.geometry().right() < toast.width() == notices.bars.x()
        bar.layout().activate()
        assert before == {one: QRect(one.mapTo(shown, one.rect().topLeft()), one.size()) for one in bar.acts}
        assert bar._line.width() > 40, "some of its words"
    bar.more.click()
    assert notices.bars.geometry().bottom() < toast.y()
    assert shown.rect().contains(notices.bars.geometry())
    notices.act()
    assert notices.bars.geometry().bottom() == shown.rect().bottom()
    bar.more.click()
    assert notices.bars.x() == 0


def test_unfolded_bars_end_with_the_window_though_a_lamp_stays_beside_the_folded(
    shown: QWidget, notices: Notices
) -> None:
    _use_foot(shown, notices, 400, left=80)
    notices.bar("disk", "The disk is full")
    notices.bar("clock", "The clock is wrong")
    notices.bars.findChildren(NoticeBar)[-1].more.click()
    assert (notices.bars.x(), notices.bars.geometry().right()) == (80, shown.rect().right())


def test_the_last_of_unfolded_bars_frees_the_foot_again(shown: QWidget, notices: Notices) -> None:
    _use_foot(shown, notices, 400)
    for key in ("disk", "clock", "address"):
        notices.bar(key, f"A word about the {key}")
    notices.bars.findChildren(NoticeBar)[-1].more.click()
    notices.bar("address", "")
    assert notices.bars.geometry().right() == shown.rect().right(), "two are still to be seen"
    notices.bar("disk", "")
    assert notices.bars.width() == 400


def _use_foot(shown: QWidget, notices: Notices, width: int, left: int = 0) -> None:
    def foot() -> QRect:
        return QRect(left, shown.height() - Measure.STATUS_BAR, width, Measure.STATUS_BAR)

    notices.use_room(foot, foot)


def test_a_bar_counts_the_others_in_few_letters_where_its_own_words_need_the_room(
    shown: QWidget, notices: Notices
) -> None:
    _use_foot(shown, notices, 300)
    notices.bar("disk", "The disk is full")
    notices.bar("clock", "Short")
    [bar] = [bar for bar in notices.bars.findChildren(NoticeBar) if bar.text == "Short"]
    assert (bar.more.text(), bar.more.accessibleName()) == ("1 more notice", "1 more notice")
    notices.bar("address", "WeChat cannot reach this computer at its address")
    [bar] = [bar for bar in notices.bars.findChildren(NoticeBar) if bar.text.startswith("WeChat")]
    assert (bar.more.text(), bar.more.accessibleName(), bar.more.toolTip()) == (
        "+2",
        "2 more notices",
        "2 more notices",
    )
    bar.more.click()
    assert (bar.more.text(), bar.more.accessibleName()) == ("Fold", "Fold")


def test_a_bar_does_what_its_action_says(qtbot: QtBot, shown: QWidget, notices: Notices) -> None:
    done: list[str] = []
    notices.bar("disk", "The disk is full", "pending", "Look", lambda: done.append("looked"))
    [bar] = notices.bars.findChildren(NoticeBar)
    [look] = [button for button in bar.findChildren(Button) if button.text() == "Look"]
    qtbot.mouseClick(look, Qt.MouseButton.LeftButton)
    assert done == ["looked"]
    assert notices.bars.texts() == {"disk": "The disk is full"}
    notices.bar("disk", "")
    assert notices.bars.texts() == {}


def test_a_bar_offers_what_is_to_be_put_elsewhere(qtbot: QtBot, shown: QWidget, notices: Notices) -> None:
    notices.bar("ip", "Not in the IP list", action="Try now", then=lambda: None, copy="203.0.113.7\n2001:db8::1")
    [bar] = notices.bars.findChildren(NoticeBar)
    [copy] = [button for button in bar.findChildren(Button) if button.text().startswith("Copy")]
    assert copy.text() == "Copy 203.0.113.7 2001:db8::1"
    qtbot.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "203.0.113.7\n2001:db8::1"
    assert notices.bars.texts() == {"ip": "Not in the IP list"}


def test_a_long_word_does_not_leave_the_window(shown: QWidget, notices: Notices) -> None:
    notices.toast("w" * 2048)
    notices.bar("long", "w" * 2048)
    toast = shown.findChild(Toast)
    assert shown.rect().contains(toast.geometry())
    assert shown.minimumSizeHint().width() <= 1000


def test_a_toast_takes_no_focus_and_no_click(qtbot: QtBot, shown: QWidget, notices: Notices) -> None:
    below = Button("Below", parent=shown)
    below.setGeometry(shown.rect())
    below.show()
    notices.toast("Copied")
    with qtbot.waitSignal(below.clicked):
        qtbot.mouseClick(below, Qt.MouseButton.LeftButton, pos=shown.findChild(Toast).geometry().center())


def test_beside_a_bar_in_a_narrow_foot_a_toast_stays_readable(shown: QWidget, notices: Notices) -> None:
    """It got what the bar's buttons left: 40 pixels, a letter a line."""
    _use_foot(shown, notices, 360)
    notices.bar("address", "WeChat cannot reach this computer at its address", "failed")
    toast = shown.findChild(Toast)
    notices.toast("Automatic replies to somebody with a long name go on again.")
    assert toast.width() == 360
    assert toast.geometry().bottom() <= notices.bars.y(), "the bar stays whole below it"
    assert notices.bars.width() == 360
    notices.offer("Deleted", "Undo", lambda: None)
    assert toast.width() > 100
    assert notices.bars.width() >= 180


def test_a_toast_can_offer_something_to_do(qtbot: QtBot, shown: QWidget, notices: Notices) -> None:
    done: list[str] = []
    notices.offer("Deleted", "Undo", lambda: done.append("undone"))
    toast = shown.findChild(Toast)
    assert toast.action.isVisible()
    qtbot.mouseClick(toast.action, Qt.MouseButton.LeftButton)
    assert (done, toast.isHidden()) == (["undone"], True)
    notices.toast("Copied")
    assert not toast.action.isVisible()


@pytest.mark.parametrize("destructive", [True, False])
def test_enter_alone_never_destroys(qtbot: QtBot, shown: QWidget, destructive: bool) -> None:
    done: list[bool] = []
    ConfirmDialog(shown, "Delete the rule?", "Its revisions stay.", "Delete", destructive=destructive).ask(
        lambda: done.append(True)
    )
    dialog = shown.findChild(ConfirmDialog)
    qtbot.waitUntil(dialog.isVisible)
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: shown.findChild(ConfirmDialog) is None)
    assert done == ([] if destructive else [True])


@pytest.mark.parametrize("agrees", [True, False])
@pytest.mark.parametrize("destructive", [True, False])
def test_enter_presses_the_button_that_has_the_ring(
    qtbot: QtBot, shown: QWidget, destructive: bool, agrees: bool
) -> None:
    """Also where it is not the default one, which Qt would press."""
    done: list[bool] = []
    ConfirmDialog(shown, "Delete the rule?", "Its revisions stay.", "Delete", destructive=destructive).ask(
        lambda: done.append(True)
    )
    dialog = shown.findChild(ConfirmDialog)
    qtbot.waitUntil(dialog.isVisible)
    ringed = dialog.action if agrees else dialog.cancel
    ringed.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(ringed, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: shown.findChild(ConfirmDialog) is None)
    assert done == ([True] if agrees else [])


def test_a_confirmed_action_is_done_once(qtbot: QtBot, shown: QWidget) -> None:
    done: list[bool] = []
    ConfirmDialog(shown, "Delete the rule?", "<b>Its</b> revisions stay.", "Delete", destructive=True).ask(
        lambda: done.append(True)
    )
    dialog = shown.findChild(ConfirmDialog)
    assert "<b>Its</b> revisions stay." in [label.text() for label in dialog.findChildren(QLabel)]
    qtbot.mouseClick(dialog.action, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: shown.findChild(ConfirmDialog) is None)
    assert done == [True]


def _standing(notices: Notices) -> list[str]:
    return [bar.text for bar in notices.bars.findChildren(NoticeBar) if bar.isVisible()]


def test_of_many_bars_the_gravest_stands_there_and_the_others_are_one_press_away(
    qtbot: QtBot, shown: QWidget, notices: Notices
) -> None:
    def more() -> Button:
        [button] = [bar.more for bar in notices.bars.findChildren(NoticeBar) if bar.more.isVisible()]
        return button

    for n in range(3):
        notices.bar(f"n{n}", f"Number {n}", tone="failed" if n == 1 else "pending")
    assert _standing(notices) == ["Number 1"]
    assert more().text() == "2 more notices"
    qtbot.mouseClick(more(), Qt.MouseButton.LeftButton)
    assert sorted(_standing(notices)) == ["Number 0", "Number 1", "Number 2"]
    assert shown.rect().contains(notices.bars.geometry())
    assert more().text() == "Fold"
    qtbot.mouseClick(more(), Qt.MouseButton.LeftButton)
    notices.bar("n1", "")
    assert _standing(notices) == ["Number 2"]
    notices.bar("n0", "Number 0", tone="pending")
    assert _standing(notices) == ["Number 2"], "the same again is no newer"
    notices.bar("n0", "Number 0 now", tone="pending")
    assert _standing(notices) == ["Number 0 now"]


def test_the_bar_that_has_the_keyboard_stays_until_that_leaves_it(
    qtbot: QtBot, shown: QWidget, notices: Notices
) -> None:
    elsewhere = QLineEdit(shown)
    elsewhere.show()
    for n in range(2):
        notices.bar(f"n{n}", f"Number {n}", tone="pending")
    [bar] = [one for one in notices.bars.findChildren(NoticeBar) if one.isVisible()]
    for button in (bar.more, bar.close_button):
        button.setFocus()
        notices.place_all()
        assert button.hasFocus()
    notices.bar("n2", "Number 2")
    assert _standing(notices) == ["Number 1"], "the next key is for what was read"
    assert bar.close_button.hasFocus()
    elsewhere.setFocus()
    assert _standing(notices) == ["Number 2"]
