"""From an empty home to the first answered message: without a mistake, and with those that people make."""

import pytest
from keyring.errors import PasswordSetError
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.secrets.backends import Drawer, drawer
from tests.ui.setup.newcomer import PUBLIC, Newcomer
from tests.ui.setup.steps import (
    LONG,
    card,
    click,
    come_to_url_check,
    focused,
    give_mini_program,
    paste,
    reach,
    tab_to,
    type_on,
    verdict,
)
from wxdesk.config.reading import load
from wxdesk.core.setup.findings import Check, CheckVerdict
from wxdesk.ui.setup.address import AddressCard
from wxdesk.ui.setup.message_push import MessagePushCard
from wxdesk.ui.setup.mini_program import MiniProgramCard
from wxdesk.ui.setup.page import SetupPage
from wxdesk.ui.setup.real_message import RealMessageCard
from wxdesk.ui.setup.url_check import UrlCheckCard
from wxdesk.ui.shell.main_window import MainWindow

__all__ = ["drawer"]  # the keychain in memory, as a fixture


def test_from_nothing_to_the_first_answered_message(
    qtbot: QtBot, person: Newcomer, opened: MainWindow, guide: SetupPage
) -> None:
    assert opened.stack.currentWidget() is guide
    fourth = come_to_url_check(qtbot, guide, person)
    person.enter_in_console(fourth.values)
    click(qtbot, fourth.submitted)
    assert person.submit()
    qtbot.waitUntil(lambda: verdict(guide, Check.URL_CHECK) is CheckVerdict.OK, timeout=LONG)
    click(qtbot, fourth.go_on)
    last = card(guide, RealMessageCard)
    assert person.write("在吗").accepted
    qtbot.waitUntil(lambda: verdict(guide, Check.MESSAGE) is CheckVerdict.NO_RULES, timeout=LONG)
    qtbot.waitUntil(lambda: last.exchange.isVisible() and last.result.isHidden(), timeout=LONG)
    assert last.rules.isVisible(), "that there are no rules is said once"
    assert not last.rules.remedy.isVisible(), "beside a button, nobody needs a terminal"
    assert "wxdesk rules" not in last.rules.accessibleName()
    click(qtbot, last.rules.mend)
    qtbot.waitUntil(last.rules.isHidden, timeout=LONG)
    assert person.write("你们几点关门？").accepted
    qtbot.waitUntil(lambda: verdict(guide, Check.MESSAGE) is CheckVerdict.OK, timeout=LONG)
    qtbot.waitUntil(lambda: last.title.full_text() == "Your customers are answered", timeout=LONG)
    qtbot.waitUntil(lambda: "Rule" in last.exchange.answers.full_text(), timeout=LONG)
    assert last.exchange.message.full_text() == "你们几点关门？"
    click(qtbot, last.go_on)
    assert opened.page_names[opened.stack.currentIndex()] == "inbox"
    [account] = load(person.home).accounts
    assert (account.name, account.app_id, account.original_id) == ("shop", person.app_id, person.original_id)


def test_a_wrong_secret_is_named_at_its_field_and_not_stored(qtbot: QtBot, person: Newcomer, guide: SetupPage) -> None:
    give_mini_program(qtbot, guide, person, secret="0" * 32)
    first = card(guide, MiniProgramCard)
    qtbot.waitUntil(lambda: first.result.isVisible() and guide._bridge.is_idle, timeout=LONG)
    assert first.result.finding is not None
    assert first.result.finding.verdict is CheckVerdict.APP_SECRET_WRONG
    assert guide.steps.items[Check.API].look.role == "failed", "as the card says"
    assert first.app_secret.edit.hasFocus()
    assert load(person.home).accounts == ()
    paste(qtbot, first.app_secret.edit, f" “{person.app_secret}” ")
    assert "Corrected" in first.app_secret.note.full_text()
    qtbot.keyClick(first.go_on, Qt.Key.Key_Space)
    reach(qtbot, guide, Check.SECRETS)
    assert verdict(guide, Check.API) is CheckVerdict.OK


@pytest.mark.expects_log("The system keychain did not answer")
def test_a_mini_program_whose_secrets_cannot_be_kept_is_not_stored_and_says_why(
    qtbot: QtBot,
    person: Newcomer,
    opened: MainWindow,
    guide: SetupPage,
    drawer: Drawer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawer.kept["wxdesk", "shop/app_secret"] = "of an earlier one"

    def refuse(*_: str) -> None:
        raise PasswordSetError

    with monkeypatch.context() as shut:
        shut.setattr(drawer, "set_password", refuse)
        shut.setattr(drawer, "delete_password", refuse)
        give_mini_program(qtbot, guide, person)
        bars = guide._bridge.notices.bars
        qtbot.waitUntil(lambda: "“shop” was not added" in " ".join(bars.texts().values()), timeout=LONG)
    assert load(person.home).accounts == ()
    assert card(guide, MiniProgramCard).app_secret.text() == person.app_secret
    click(qtbot, card(guide, MiniProgramCard).go_on)
    reach(qtbot, guide, Check.SECRETS)
    assert [account.name for account in load(person.home).accounts] == ["shop"]
    assert bars.texts() == {}, "it is added now"


def test_a_value_that_cannot_be_right_is_refused_at_its_field(qtbot: QtBot, person: Newcomer, guide: SetupPage) -> None:
    first = card(guide, MiniProgramCard)
    paste(qtbot, first.app_id.edit, person.original_id)
    assert "original id" in first.app_id.error.full_text()
    paste(qtbot, first.app_id.edit, person.app_id)
    assert first.app_id.error.isHidden()
    click(qtbot, first.go_on)
    assert first.app_secret.error.full_text() == "Paste the AppSecret."
    assert first.app_secret.edit.hasFocus()


def test_a_wrong_token_in_the_console_is_named_as_it_arrives_and_mended(
    qtbot: QtBot, person: Newcomer, guide: SetupPage
) -> None:
    fourth = come_to_url_check(qtbot, guide, person)
    person.enter_in_console(fourth.values, token="wrong1")
    click(qtbot, fourth.submitted)
    qtbot.waitUntil(fourth.waiting.isVisible)
    assert not person.submit()
    qtbot.waitUntil(lambda: fourth.attempts.newest is CheckVerdict.TOKEN_DIFFERS, timeout=LONG)
    assert not fourth.go_on.isVisible()
    person.enter_in_console(fourth.values)
    click(qtbot, fourth.submitted)
    assert person.submit()
    click(qtbot, fourth.go_on)
    reach(qtbot, guide, Check.MESSAGE)


def test_the_first_cards_need_no_mouse(qtbot: QtBot, person: Newcomer, guide: SetupPage) -> None:
    first, third = card(guide, MiniProgramCard), card(guide, AddressCard)
    qtbot.waitUntil(first.app_id.edit.hasFocus)
    type_on(qtbot, person.app_id, person.app_secret, person.original_id)
    qtbot.keyClick(focused(), Qt.Key.Key_Return)
    reach(qtbot, guide, Check.SECRETS)
    tab_to(qtbot, card(guide, MessagePushCard).go_on)
    qtbot.keyClick(focused(), Qt.Key.Key_Space)
    reach(qtbot, guide, Check.ADDRESS)
    tab_to(qtbot, third.form.url.edit)
    type_on(qtbot, PUBLIC)
    qtbot.keyClick(third.form.url.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: third.go_on.isEnabled() and guide._bridge.is_idle, timeout=LONG)
    tab_to(qtbot, third.go_on)
    qtbot.keyClick(focused(), Qt.Key.Key_Space)
    reach(qtbot, guide, Check.URL_CHECK)


def test_leaving_the_set_up_returns_to_the_same_step(
    qtbot: QtBot, person: Newcomer, opened: MainWindow, guide: SetupPage
) -> None:
    come_to_url_check(qtbot, guide, person)
    opened.show_page(0)
    inbox = opened.inbox
    qtbot.waitUntil(lambda: "WeChat has not checked the address" in inbox.list.empty.sentence.full_text(), timeout=LONG)
    click(qtbot, inbox.list.empty.step)
    assert opened.stack.currentWidget() is guide
    assert guide.step is Check.URL_CHECK
    again = SetupPage(guide._bridge, opened._memory)
    qtbot.addWidget(again)
    assert (again.account, again.step) == ("shop", Check.URL_CHECK)
    assert card(guide, UrlCheckCard).isVisible()
