"""What a newcomer does at each card, by mouse."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.setup.newcomer import PUBLIC, Newcomer
from wxdesk.core.setup.findings import Check, CheckVerdict
from wxdesk.ui.setup.address import AddressCard
from wxdesk.ui.setup.message_push import MessagePushCard
from wxdesk.ui.setup.mini_program import MiniProgramCard
from wxdesk.ui.setup.page import SetupPage
from wxdesk.ui.setup.real_message import RealMessageCard
from wxdesk.ui.setup.url_check import UrlCheckCard

LONG = 20_000


def card[C: QWidget](guide: SetupPage, kind: type[C]) -> C:
    """The card of this kind."""
    return next(one for one in guide.cards.values() if isinstance(one, kind))


def paste(qtbot: QtBot, edit: QLineEdit, text: str) -> None:
    """Paste over what the field holds."""
    QGuiApplication.clipboard().setText(text)
    edit.setFocus()
    edit.selectAll()
    qtbot.keySequence(edit, QKeySequence(QKeySequence.StandardKey.Paste))


def click(qtbot: QtBot, button: QWidget) -> None:
    """Click a button once it can be clicked."""
    qtbot.waitUntil(lambda: button.isVisible() and button.isEnabled(), timeout=LONG)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def reach(qtbot: QtBot, guide: SetupPage, step: Check) -> None:
    """Wait until the set-up has come to a step."""
    qtbot.waitUntil(lambda: guide.step is step and guide._bridge.is_idle, timeout=LONG)


def verdict(guide: SetupPage, step: Check, account: str = "shop") -> CheckVerdict:
    """What was found about a step last."""
    found = next(one for one in guide._bridge.desk.setup.state.accounts if one.account == account)
    return found.finding(step).verdict


def give_mini_program(qtbot: QtBot, guide: SetupPage, person: Newcomer, secret: str = "") -> None:
    """Paste the values of the first card, and go on."""
    first = card(guide, MiniProgramCard)
    paste(qtbot, first.app_id.edit, person.app_id)
    paste(qtbot, first.app_secret.edit, secret or person.app_secret)
    paste(qtbot, first.original_id.edit, person.original_id)
    click(qtbot, first.go_on)


def give_address(qtbot: QtBot, guide: SetupPage, url: str = PUBLIC) -> None:
    """Paste the public address, save it, and go on once it is probed."""
    third = card(guide, AddressCard)
    paste(qtbot, third.form.url.edit, url)
    click(qtbot, third.form.save)
    click(qtbot, third.go_on)


def come_to_url_check(qtbot: QtBot, guide: SetupPage, person: Newcomer) -> UrlCheckCard:
    """Do all that comes before WeChat's check of the URL."""
    give_mini_program(qtbot, guide, person)
    reach(qtbot, guide, Check.SECRETS)
    click(qtbot, card(guide, MessagePushCard).go_on)
    reach(qtbot, guide, Check.ADDRESS)
    give_address(qtbot, guide)
    reach(qtbot, guide, Check.URL_CHECK)
    return card(guide, UrlCheckCard)


def come_to_the_message(qtbot: QtBot, person: Newcomer, guide: SetupPage) -> RealMessageCard:
    """Do all that comes before the first message; there are rules then."""
    fourth = come_to_url_check(qtbot, guide, person)
    person.enter_in_console(fourth.values)
    assert person.submit()
    click(qtbot, fourth.go_on)
    last = card(guide, RealMessageCard)
    click(qtbot, last.rules.mend)
    qtbot.waitUntil(last.rules.isHidden, timeout=LONG)
    return last


def focused() -> QWidget:
    """The widget that has the keyboard."""
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def type_on(qtbot: QtBot, *texts: str) -> None:
    """Type each text into the field with the keyboard, and Tab on to the next field between them."""
    for number, text in enumerate(texts):
        while number and not isinstance(focused(), QLineEdit):
            qtbot.keyClick(focused(), Qt.Key.Key_Tab)
        QTest.keyClicks(focused(), text)
        if number < len(texts) - 1:
            qtbot.keyClick(focused(), Qt.Key.Key_Tab)


def tab_to(qtbot: QtBot, wanted: QWidget) -> None:
    """Press Tab until a widget has the keyboard."""
    for _ in range(40):
        if wanted.hasFocus():
            return
        qtbot.keyClick(focused(), Qt.Key.Key_Tab)
    raise AssertionError("Tab never comes there")
