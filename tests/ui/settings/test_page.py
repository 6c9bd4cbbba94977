"""The settings page says how things are, and how exactly to mend what is not."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.ui.world import World
from wxdesk.config import parse
from wxdesk.core.events import TokenChanged
from wxdesk.core.model.account import Account, PushMode
from wxdesk.core.wechat.credential_shapes import CredentialField, judge_together
from wxdesk.desk.health import HealthState
from wxdesk.secrets import MissingSecret, SecretName
from wxdesk.ui.look.appearance import Appearance, Look
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.settings.account_card import AccountCard
from wxdesk.ui.settings.facts import InstallationFacts
from wxdesk.ui.settings.page import FIRST_ACCOUNT, SettingsPage
from wxdesk.ui.settings.rows import StateLine
from wxdesk.ui.widgets.copying import CodeBlock, CopyButton
from wxdesk.ui.widgets.dialogs.notices import Notices
from wxdesk.ui.widgets.labels import PlainLabel

SHOP = Account("shop", "wx0123456789abcdef", "gh_0123456789ab")
LISTENING = HealthState(listener_url="http://127.0.0.1:8765")
NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


@pytest.fixture
def page(
    qtbot: QtBot, bridge: Bridge, notices: Notices, facts: InstallationFacts, appearance: Appearance
) -> SettingsPage:
    made = SettingsPage(bridge, notices, replace(facts, public_url="https://desk.example.com"), appearance)
    qtbot.addWidget(made)
    made.resize(1216, 768)
    made.show()
    return made


def _card(qtbot: QtBot, account: Account = SHOP, facts: InstallationFacts | None = None) -> AccountCard:
    card = AccountCard(account, facts or InstallationFacts(Path("/desk"), "https://desk.example.com"))
    qtbot.addWidget(card)
    card.show_health(LISTENING, NOW)
    return card


def _texts(widget: QWidget) -> str:
    return "\n".join(label.full_text() for label in widget.findChildren(PlainLabel))


def test_the_push_url_is_the_public_one_and_can_be_copied(qtbot: QtBot, page: SettingsPage) -> None:
    [card] = page.cards
    assert card.push_url == "https://desk.example.com/wx/shop"
    copy = next(button for button in card.findChildren(CopyButton) if button.accessibleName() == "Copy the push URL")
    qtbot.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "https://desk.example.com/wx/shop"


def test_without_a_public_url_the_address_is_said_to_be_local(qtbot: QtBot) -> None:
    card = _card(qtbot, facts=InstallationFacts(Path("/desk")))
    assert card.push_url == "http://127.0.0.1:8765/wx/shop"
    assert "[listener] public_url" in card.reach.text
    card.show_health(HealthState(), NOW)
    assert card.reach.text == "Nothing listens, so nothing can arrive"


def test_a_missing_secret_comes_with_the_command_that_stores_it(qtbot: QtBot) -> None:
    missing = tuple(MissingSecret("shop", name) for name in (SecretName.APP_SECRET, SecretName.ENCODING_AES_KEY))
    card = _card(
        qtbot, facts=InstallationFacts(Path("/desk"), missing=(*missing, MissingSecret("other", SecretName.PUSH_TOKEN)))
    )
    commands = [block.label.full_text() for block in card.findChildren(CodeBlock)]
    assert commands == ["wxdesk secret set shop app_secret", "wxdesk secret set shop encoding_aes_key"]
    assert "2 secrets are missing" in _texts(card)
    assert [block.copy_button.text_to_copy for block in card.findChildren(CodeBlock)] == commands


def test_with_all_secrets_no_command_is_shown(qtbot: QtBot) -> None:
    assert _card(qtbot).findChildren(CodeBlock) == []


def test_a_secret_that_cannot_be_right_is_told(qtbot: QtBot) -> None:
    issues = judge_together({CredentialField.PUSH_TOKEN: "a b"})
    texts = _texts(_card(qtbot, facts=InstallationFacts(Path("/desk"), issues={"shop": issues})))
    assert "“a blank” cannot stand in the Token." in texts
    assert "All there" not in texts


def test_a_former_secret_is_shown_until_its_time_is_over(qtbot: QtBot) -> None:
    until = datetime(2026, 11, 25, 12, 7).astimezone(UTC)
    card = _card(qtbot, facts=InstallationFacts(Path("/desk"), former={"shop": (("push_token", until),)}))
    [line] = [line for line in card.findChildren(StateLine) if "former" in line.text]
    assert line.text == "The former push Token is accepted until Nov 25 12:07"
    assert not line.isHidden()
    card.show_health(LISTENING, until)
    assert line.isHidden()


@pytest.mark.parametrize("mode", PushMode)
def test_only_plain_mode_is_warned_of(qtbot: QtBot, mode: PushMode) -> None:
    card = _card(qtbot, replace(SHOP, push_mode=mode))
    warned = "the signature does not cover the message" in _texts(card)
    assert warned is (mode is PushMode.PLAIN)


def test_the_token_is_told_as_it_is(qtbot: QtBot, page: SettingsPage, world: World) -> None:
    [card] = page.cards
    world.publish(TokenChanged("shop", datetime.now(UTC) + timedelta(hours=1, seconds=30)))
    qtbot.waitUntil(lambda: card.token.text.startswith("Valid for 1:00:"))
    world.publish(TokenChanged("shop", None, "the app secret is wrong"))
    qtbot.waitUntil(lambda: card.token.text == "the app secret is wrong")


def test_the_look_can_be_chosen(qtbot: QtBot, page: SettingsPage, appearance: Appearance) -> None:
    qtbot.mouseClick(page.looks.button(2), Qt.MouseButton.LeftButton)
    assert appearance.look is Look.DARK
    appearance.choose(Look.SYSTEM)
    assert page.looks.button(0).isChecked()


def test_the_first_lines_are_a_config_that_works() -> None:
    [entry] = parse(FIRST_ACCOUNT).accounts
    assert (entry.name, entry.push_mode) == ("shop", PushMode.SECURE)
    assert tomllib.loads(FIRST_ACCOUNT)["accounts"][0]["app_id"] == "wx0123456789abcdef"


@pytest.mark.parametrize("width", [836, 1216])
def test_a_long_name_widens_nothing(qtbot: QtBot, page: SettingsPage, width: int) -> None:
    page.resize(width, 600)
    assert page.minimumSizeHint().width() <= 836
    assert page.width() == width
    card = _card(qtbot, replace(SHOP, name="n" * 32, app_id="wx" * 500, original_id="长" * 500))
    assert card.minimumSizeHint().width() <= 420


def test_the_listener_is_shown(page: SettingsPage, world: World) -> None:
    assert page.listener.text == f"Listening on {world.desk.health.state.listener_url}"
    assert isinstance(page.listener, StateLine)
