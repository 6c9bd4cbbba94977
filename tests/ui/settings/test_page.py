"""The settings page says how things are, and changes accounts while the desk runs."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from msgspec import structs
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.ui.conftest import ShowPage
from tests.ui.world import World
from wxdesk import i18n
from wxdesk.config.reading import AccountEntry, Config
from wxdesk.core.events import ConfigurationChanged, TokenChanged, TroubleRaised
from wxdesk.core.model.account import PushMode
from wxdesk.core.setup.findings import Check, CheckVerdict, Finding
from wxdesk.core.troubles import TroubleArea
from wxdesk.core.wechat.credentials import FormerSecret
from wxdesk.desk.settings.configuration import Setup
from wxdesk.secrets.names import MissingSecret, SecretName
from wxdesk.ui.look.appearance import Appearance, Look
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.runtime.installation import InstallationFacts
from wxdesk.ui.settings.appearance_card import AppearanceCard
from wxdesk.ui.settings.checks_card import ChecksCard, report_of
from wxdesk.ui.settings.page import TWO_COLUMNS, SettingsPage
from wxdesk.ui.settings.preference_lines import NumberLine
from wxdesk.ui.widgets.card_rows import StateLine
from wxdesk.ui.widgets.copying import CopyButton
from wxdesk.ui.widgets.dialogs.notices import Notices, WindowBridge
from wxdesk.ui.widgets.labels import PlainLabel


@pytest.fixture
def page(
    qtbot: QtBot, bridge: WindowBridge, notices: Notices, facts: InstallationFacts, appearance: Appearance
) -> SettingsPage:
    made = SettingsPage(bridge, facts, appearance)
    qtbot.addWidget(made)
    made.resize(1216, 768)
    made.show()
    return made


def _take(world: World, setup: Setup) -> None:
    """Let another configuration be in force, as `app.OpenDesk.apply` does."""

    async def take() -> None:
        world.desk.configuration.use(setup)
        await world.desk.accounts.use(setup.accounts, setup.credentials)
        world.desk.bus.publish(ConfigurationChanged())

    world.call(take())


def test_the_push_url_can_be_copied(qtbot: QtBot, page: SettingsPage, world: World) -> None:
    [card] = page.cards
    assert card.copy_url.isHidden()
    assert "There is no public address yet" in [label.full_text() for label in card.findChildren(PlainLabel)]
    now = world.desk.configuration.now
    listener = structs.replace(now.config.listener, public_url="https://desk.example.com")
    _take(world, replace(now, config=structs.replace(now.config, listener=listener)))
    qtbot.waitUntil(card.copy_url.isVisible)
    assert card.copy_url.text_to_copy == "https://desk.example.com/wx/shop"
    copy = next(button for button in card.findChildren(CopyButton) if button.accessibleName() == "Copy the push URL")
    qtbot.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == card.copy_url.text_to_copy


def test_cards_come_and_go_with_the_accounts(qtbot: QtBot, page: SettingsPage, world: World) -> None:
    now = world.desk.configuration.now
    [shop] = now.config.accounts
    other = AccountEntry("tea", "wx00000000000000ab")
    _take(world, replace(now, config=_with(now, (shop, other))))
    qtbot.waitUntil(lambda: [card.name for card in page.cards] == ["shop", "tea"])
    kept = page.cards[1]
    _take(world, replace(now, config=_with(now, (other,))))
    qtbot.waitUntil(lambda: [card.name for card in page.cards] == ["tea"])
    assert page.cards[0] is kept
    _take(world, replace(now, config=_with(now, ())))
    qtbot.waitUntil(page.empty.connect_first.isVisible)
    with qtbot.waitSignal(page.commands.setup_wanted) as asked:
        qtbot.mouseClick(page.empty.connect_first, Qt.MouseButton.LeftButton)
    assert asked.args == ["", Check.API]


def _with(setup: Setup, accounts: Sequence[AccountEntry]) -> Config:
    return structs.replace(setup.config, accounts=tuple(accounts))


def test_a_missing_secret_is_told_with_the_way_to_enter_it(qtbot: QtBot, page: SettingsPage, world: World) -> None:
    [card] = page.cards
    missing = tuple(MissingSecret("shop", name) for name in (SecretName.APP_SECRET, SecretName.ENCODING_AES_KEY))
    _take(world, replace(world.desk.configuration.now, credentials={}, missing=missing))
    qtbot.waitUntil(lambda: card.secrets.words.full_text() == "2 secrets are missing; the set-up takes them")
    assert card.token.words.full_text() == "Not fetched: the secrets come first"
    with qtbot.waitSignal(page.commands.setup_wanted) as asked:
        qtbot.mouseClick(card.open_setup, Qt.MouseButton.LeftButton)
    assert asked.args == ["shop", None]


def test_a_secret_that_cannot_be_right_is_told(qtbot: QtBot, page: SettingsPage, world: World) -> None:
    [card] = page.cards
    now = world.desk.configuration.now
    wrong = replace(now.credentials["shop"], push_token="a b")
    _take(world, replace(now, credentials={"shop": wrong}))
    qtbot.waitUntil(lambda: "The Token cannot contain “a blank”." in card.secrets.words.full_text())


def test_a_former_secret_is_shown_until_its_time_is_over(qtbot: QtBot, page: SettingsPage, world: World) -> None:
    [card] = page.cards
    now, until = world.desk.configuration.now, world.clock().replace(year=2090)
    former = replace(now.credentials["shop"], former_push_tokens=(FormerSecret("old", until),))
    _take(world, replace(now, credentials={"shop": former}))
    line = card.former[0]
    qtbot.waitUntil(lambda: line.words.full_text().startswith("The former push Token is accepted until"))
    assert line.isVisible()
    card.show_state(until)
    assert line.isHidden()


@pytest.mark.parametrize("mode", PushMode)
def test_only_plain_mode_is_warned_of(qtbot: QtBot, page: SettingsPage, world: World, mode: PushMode) -> None:
    [card] = page.cards
    now = world.desk.configuration.now
    [shop] = now.config.accounts
    _take(world, replace(now, config=_with(now, (structs.replace(shop, push_mode=mode),))))
    qtbot.waitUntil(lambda: ("Plain: the signature" in card.mode.words.full_text()) is (mode is PushMode.PLAIN))


def test_the_token_is_told_as_it_is(qtbot: QtBot, page: SettingsPage, world: World) -> None:
    [card] = page.cards
    world.publish(TokenChanged("shop", datetime.now(UTC) + timedelta(hours=1, seconds=30)))
    qtbot.waitUntil(lambda: card.token.words.full_text().startswith("Valid for 1:00:"))
    world.publish(TokenChanged("shop", None, "the app secret is wrong"))
    qtbot.waitUntil(lambda: card.token.words.full_text() == "the app secret is wrong")


def test_no_message_is_said_to_arrive_while_nothing_can_be_stored(
    qtbot: QtBot, page: SettingsPage, world: World
) -> None:
    [card] = page.cards
    said = "Nothing is accepted."
    world.publish(TroubleRaised(TroubleArea.DATABASE, said))
    qtbot.waitUntil(lambda: card.state.words.full_text() == said)
    world.publish(TroubleRaised(TroubleArea.DATABASE, ""))
    qtbot.waitUntil(lambda: card.state.words.full_text() != said)


def test_the_look_can_be_chosen(qtbot: QtBot, page: SettingsPage, appearance: Appearance) -> None:
    [card] = page.findChildren(AppearanceCard)
    qtbot.mouseClick(card.looks.button(2), Qt.MouseButton.LeftButton)
    assert appearance.look is Look.DARK
    appearance.choose(Look.SYSTEM)
    with qtbot.waitSignal(appearance.reopening):
        qtbot.mouseClick(card.languages.button(0), Qt.MouseButton.LeftButton)
    assert appearance.language == "zh_CN"
    appearance.choose_language("en")
    assert card.languages.button(1).isChecked()
    assert card.looks.button(0).isChecked()


@pytest.mark.parametrize("width", [836, 1216])
def test_a_long_name_widens_nothing(qtbot: QtBot, page: SettingsPage, world: World, width: int) -> None:
    now = world.desk.configuration.now
    long = AccountEntry("n" * 32, "wx" * 500, "长" * 500)
    _take(world, replace(now, config=_with(now, (long,))))
    qtbot.waitUntil(lambda: [card.name for card in page.cards] == ["n" * 32])
    page.resize(width, 600)
    assert page.minimumSizeHint().width() <= 836
    assert page.width() == width
    assert page.cards[0].minimumSizeHint().width() <= 420


def test_the_listener_is_shown(page: SettingsPage, world: World) -> None:
    assert page.places.listener.words.full_text() == f"Listening on {world.desk.health.state.listener_url}"
    assert isinstance(page.places.listener, StateLine)


FOUND = (
    Finding(Check.FOLDER, CheckVerdict.OK),
    Finding(Check.RULES, CheckVerdict.NO_RULES),
    Finding(Check.API, CheckVerdict.IP_NOT_LISTED, "shop", {"address": "198.51.100.9"}),
)


def test_everything_is_checked_and_can_be_reported(qtbot: QtBot, bridge: Bridge) -> None:
    async def examine() -> Sequence[Finding]:
        return FOUND

    host = QWidget()
    card = ChecksCard(bridge, examine, host)
    qtbot.addWidget(host)
    host.show()
    qtbot.mouseClick(card.run, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(card.findings) == 2)
    assert card.findings[0].finding is FOUND[2]
    assert "198.51.100.9" in card.findings[0].copy_button.text()
    assert card.sum.words.full_text() == "1 check is well; to be looked at:"
    assert card.report.text_to_copy == report_of(FOUND)
    assert report_of(FOUND).splitlines()[2].startswith("FAIL · api · shop · ip_not_listed: WeChat refuses calls")


def test_a_check_from_before_a_change_is_no_good_one(qtbot: QtBot, bridge: Bridge) -> None:
    older = Finding(Check.URL_CHECK, CheckVerdict.OK, "shop", at=bridge.desk.clock(), outdated=True)

    async def examine() -> Sequence[Finding]:
        return FOUND[0], older

    host = QWidget()
    card = ChecksCard(bridge, examine, host)
    qtbot.addWidget(host)
    host.show()
    card.start()
    qtbot.waitUntil(lambda: [row.finding for row in card.findings] == [older])
    assert card.findings[0].when.text().endswith(", before the last change")
    assert card.sum.words.full_text() == "1 check is well; to be looked at:"
    assert report_of((older,)).endswith("(before the last change)")


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("width", [836, TWO_COLUMNS - 1, TWO_COLUMNS])
def test_a_number_stands_in_one_line_with_its_words(
    show_page: ShowPage, facts: InstallationFacts, appearance: Appearance, language: str, width: int
) -> None:
    i18n.use(language)
    page = show_page(lambda bridge: SettingsPage(bridge, facts, appearance), width, 1600)
    numbers = [line.number for line in page.findChildren(NumberLine)]
    beside = [(one.y() + one.height() // 2, one.parentWidget().findChildren(PlainLabel)) for one in numbers]
    broken = [
        label.full_text() for y, labels in beside for label in labels if not label.y() < y < label.geometry().bottom()
    ]
    assert numbers
    assert not broken


def test_a_name_is_level_with_the_button_at_its_right(page: SettingsPage) -> None:
    """The wrapped text beside the button, or an empty list above it, moved the name up."""
    page.resize(2000, 1000)
    named = {page.data.back_up: page.data.names[0], page.outside.add: page.outside.names[0]}
    for button, name in named.items():
        assert button.isVisible()
        levels = [one.mapTo(page, one.rect().center()).y() for one in (button, name)]
        assert abs(levels[0] - levels[1]) <= 1, name.full_text()
