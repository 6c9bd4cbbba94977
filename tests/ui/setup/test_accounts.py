"""Accounts are added, paused, renamed and removed in the settings while the desk runs."""

from pytestqt.qtbot import QtBot

from tests.ui.setup.newcomer import PUBLIC, Newcomer
from tests.ui.setup.steps import LONG, card, click, come_to_url_check, paste, reach
from wxdesk.config.reading import load
from wxdesk.core.setup.findings import Check
from wxdesk.i18n import tr
from wxdesk.ui.settings.account_card import AccountCard
from wxdesk.ui.settings.account_commands import NameDialog, SwitchDialog
from wxdesk.ui.settings.page import SettingsPage
from wxdesk.ui.setup.console import ConsoleValue
from wxdesk.ui.setup.message_push import MessagePushCard
from wxdesk.ui.setup.mini_program import MiniProgramCard
from wxdesk.ui.setup.page import SetupPage
from wxdesk.ui.shell.main_window import MainWindow
from wxdesk.ui.widgets.dialogs.dialog import AgreementDialog


def _settings(opened: MainWindow) -> SettingsPage:
    opened.show_settings()
    return opened.pages.settings.widget


def _choose(qtbot: QtBot, settings: SettingsPage, name: str, command: str) -> None:
    qtbot.waitUntil(lambda: any(one.name == name for one in settings.cards))
    shown: AccountCard = next(one for one in settings.cards if one.name == name)
    shown.commands[command].trigger()


def _dialog[D: AgreementDialog](qtbot: QtBot, opened: MainWindow, kind: type[D]) -> D:
    qtbot.waitUntil(lambda: any(one.isVisible() for one in opened.findChildren(kind)))
    return next(one for one in opened.findChildren(kind) if one.isVisible())


def _names(person: Newcomer) -> list[str]:
    return [entry.name for entry in load(person.home).accounts]


def test_an_account_is_paused_renamed_and_removed_while_the_desk_runs(
    qtbot: QtBot, person: Newcomer, opened: MainWindow, guide: SetupPage
) -> None:
    come_to_url_check(qtbot, guide, person)
    settings = _settings(opened)
    [shown] = settings.cards
    _choose(qtbot, settings, "shop", "pause")
    qtbot.waitUntil(lambda: "Paused" in shown.state.words.full_text(), timeout=LONG)
    _choose(qtbot, settings, "shop", "pause")
    qtbot.waitUntil(lambda: "Paused" not in shown.state.words.full_text(), timeout=LONG)
    _choose(qtbot, settings, "shop", "title")
    naming = _dialog(qtbot, opened, NameDialog)
    naming.field.edit.setText("🍵 茶具店 متجر")
    with qtbot.waitSignal(naming.finished):
        naming.action.click()
    called = "\u2068🍵 茶具店 متجر\u2069"  # which turns nothing beside it
    qtbot.waitUntil(lambda: shown.title.full_text() == called, timeout=LONG)
    assert load(person.home).accounts[0].title == "🍵 茶具店 متجر"
    assert tr("“{account}” is paused", account="shop") == f"“{called}” is paused"
    _choose(qtbot, settings, "shop", "rename")
    renaming = _dialog(qtbot, opened, NameDialog)
    renaming.field.edit.setText("茶 铺")
    renaming.action.click()
    qtbot.waitUntil(renaming.error.isVisible, timeout=LONG)
    renaming.field.edit.setText("tea")
    renaming.action.click()
    qtbot.waitUntil(lambda: opened.stack.currentWidget() is guide and guide.account == "tea", timeout=LONG)
    assert guide.step is Check.URL_CHECK
    qtbot.waitUntil(lambda: guide.whose.full_text() == called, timeout=LONG)
    assert _names(person) == ["tea"]
    qtbot.waitUntil(lambda: guide.cards[guide.step].view.push_url == f"{PUBLIC}/wx/tea", timeout=LONG)
    settings = _settings(opened)
    _choose(qtbot, settings, "tea", "remove")
    removing = _dialog(qtbot, opened, SwitchDialog)
    removing.choice.click()
    removing.action.click()
    qtbot.waitUntil(lambda: not settings.cards and settings.empty.connect_first.isVisible(), timeout=LONG)
    assert _names(person) == []
    assert opened.inbox.isHidden()


def test_new_secrets_are_made_and_shown_where_they_are_copied(
    qtbot: QtBot, person: Newcomer, opened: MainWindow, guide: SetupPage
) -> None:
    come_to_url_check(qtbot, guide, person)
    before = guide.cards[Check.URL_CHECK].view.push_token
    settings = _settings(opened)
    _choose(qtbot, settings, "shop", "rotate")
    rotating = _dialog(qtbot, opened, SwitchDialog)
    assert "no message is lost" in rotating.text.full_text()
    rotating.choice.setChecked(True)
    assert "24 hours" not in rotating.text.full_text()
    rotating.choice.setChecked(False)
    rotating.action.click()
    qtbot.waitUntil(lambda: opened.stack.currentWidget() is guide, timeout=LONG)
    assert guide.step is Check.SECRETS
    push = card(guide, MessagePushCard)
    qtbot.waitUntil(lambda: push.view.push_token not in {"", before}, timeout=LONG)
    settings = _settings(opened)
    [shown] = settings.cards
    qtbot.waitUntil(shown.former[0].isVisible, timeout=LONG)
    assert push.values.copies[ConsoleValue.TOKEN].text_to_copy == push.view.push_token


def test_a_second_account_is_added_beside_the_first(
    qtbot: QtBot, person: Newcomer, opened: MainWindow, guide: SetupPage
) -> None:
    come_to_url_check(qtbot, guide, person)
    settings = _settings(opened)
    click(qtbot, settings.add)
    assert guide.account == ""
    first = card(guide, MiniProgramCard)
    assert first.app_id.text() == ""
    paste(qtbot, first.app_id.edit, person.app_id)
    paste(qtbot, first.app_secret.edit, person.app_secret)
    paste(qtbot, first.name.edit, "shop")
    click(qtbot, first.go_on)
    qtbot.waitUntil(first.name.error.isVisible, timeout=LONG)
    paste(qtbot, first.name.edit, "tea")
    click(qtbot, first.go_on)
    reach(qtbot, guide, Check.SECRETS)
    assert _names(person) == ["shop", "tea"]
    assert guide.account == "tea"


def test_the_end_of_the_set_up_leads_to_the_rules_that_it_speaks_of(
    qtbot: QtBot, opened: MainWindow, guide: SetupPage
) -> None:
    guide.real_message.review.click()
    qtbot.waitUntil(lambda: opened.stack.currentWidget() is opened.pages.rules.widget, timeout=LONG)
