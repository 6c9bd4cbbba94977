"""The parts of the cards: fields that clean and refuse, steps with their state, findings with their remedy."""

from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.conftest import ShowPage
from tests.ui.setup.steps import paste
from tests.ui.world import World
from wxdesk.core.model.account import PushMode
from wxdesk.core.setup.facts import SETUP_STEPS, AccountSetup
from wxdesk.core.setup.findings import Check, CheckVerdict, Finding
from wxdesk.core.wechat.credential_shapes import CredentialField
from wxdesk.ui.runtime.installation import InstallationFacts
from wxdesk.ui.runtime.memory import WindowMemory
from wxdesk.ui.setup.card import SetupView
from wxdesk.ui.setup.console import ConsoleValue, ConsoleValues
from wxdesk.ui.setup.findings import FindingCard
from wxdesk.ui.setup.message_push import OwnValues
from wxdesk.ui.setup.page import NARROW_COLUMN, SetupPage
from wxdesk.ui.setup.pasted_field import PastedField
from wxdesk.ui.setup.steps import DISC, LEFT, StepColumn
from wxdesk.ui.setup.text import checked_text, step_title

NOW = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)


@pytest.fixture
def host(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    widget.resize(600, 400)
    qtbot.addWidget(widget)
    widget.show()
    return widget


def test_a_pasted_value_is_cleaned_and_says_so(qtbot: QtBot, host: QWidget) -> None:
    field = PastedField(CredentialField.APP_ID, parent=host)
    paste(qtbot, field.edit, "　“wx0123456789ａｂcdef” ")
    assert field.edit.text() == "wx0123456789abcdef"
    assert "full-width characters" in field.note.full_text()
    assert field.error.isHidden()
    paste(qtbot, field.edit, "wx0123456789abcdef")
    assert field.note.isHidden()


def test_typing_is_judged_only_when_it_has_ended(qtbot: QtBot, host: QWidget) -> None:
    field = PastedField(CredentialField.APP_ID, parent=host)
    qtbot.keyClicks(field.edit, "wx01")
    assert field.error.isHidden()
    qtbot.keyClick(field.edit, Qt.Key.Key_Return)
    assert "18" in field.error.full_text()
    assert field.edit.property("wrong")
    qtbot.keyClicks(field.edit, "2")
    assert field.error.isHidden()


def test_a_secret_is_covered_until_somebody_looks(qtbot: QtBot, host: QWidget) -> None:
    field = PastedField(CredentialField.APP_SECRET, hidden=True, parent=host)
    assert field.edit.echoMode() is QLineEdit.EchoMode.Password
    field._eye.click()
    assert field.edit.echoMode() is QLineEdit.EchoMode.Normal


def test_a_token_and_key_in_each_others_place_are_recognised(qtbot: QtBot, host: QWidget) -> None:
    form = OwnValues(host)
    paste(qtbot, form.token.edit, "k" * 43)
    paste(qtbot, form.key.edit, "token123")
    assert not form.judged()
    assert "are swapped" in form.token.error.full_text()
    form.mode.show_value(PushMode.SECURE)
    assert form.mode.value is PushMode.SECURE


def test_each_step_says_by_icon_word_and_colour_how_it_stands(host: QWidget) -> None:
    column = StepColumn(host)
    facts = {
        Check.API: Finding(Check.API, CheckVerdict.OK),
        Check.SECRETS: Finding(Check.SECRETS, CheckVerdict.SECRET_IN_MEMORY, "shop"),
        Check.ADDRESS: Finding(Check.ADDRESS, CheckVerdict.REDIRECT, values={"to": "https://a.example"}),
        Check.URL_CHECK: Finding(Check.URL_CHECK, CheckVerdict.WAITING),
    }
    column.show_setup(AccountSetup("shop", facts))
    assert [item.look.word for item in column.items.values()] == [
        "Works",
        "Look here",
        "Needs fixing",
        "Awaited",
        "Not yet",
    ]
    item = column.items[Check.ADDRESS]
    assert item.accessibleName() == "How WeChat gets here"
    assert "https://a.example" in item.accessibleDescription()


def test_a_step_from_before_a_change_says_that(host: QWidget) -> None:
    column, at = StepColumn(host), datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
    checked = Finding(Check.URL_CHECK, CheckVerdict.OK, "shop", at=at, outdated=True)
    column.show_setup(AccountSetup("shop", {Check.URL_CHECK: checked}))
    assert column.items[Check.URL_CHECK].look.word == "From before a change"
    assert checked_text(checked, at).endswith(", before the last change")


def test_the_name_of_each_step_fits_into_the_narrow_column_in_a_wide_font() -> None:
    """“How WeChat gets here” used to end in an ellipsis once chosen: bold, it takes 167 pixels in DejaVu Sans."""
    assert 7.45 * max(len(step_title(fact)) for fact in SETUP_STEPS) <= NARROW_COLUMN - LEFT - DISC - 2 * 12


def test_steps_are_chosen_by_mouse_and_key(qtbot: QtBot, host: QWidget) -> None:
    column = StepColumn(host)
    column.resize(260, 320)
    column.show()
    with qtbot.waitSignal(column.chosen) as chosen:
        qtbot.mouseClick(column.items[Check.URL_CHECK], Qt.MouseButton.LeftButton)
    assert chosen.args == [Check.URL_CHECK]
    with qtbot.waitSignal(column.chosen) as chosen:
        qtbot.keyClick(column.items[Check.ADDRESS], Qt.Key.Key_Return)
    assert chosen.args == [Check.ADDRESS]


def test_a_finding_has_its_remedy_what_it_needs_and_a_button_that_mends_it(qtbot: QtBot, host: QWidget) -> None:
    card, done = FindingCard(host), list[str]()
    found = Finding(Check.API, CheckVerdict.IP_NOT_LISTED, "shop", {"address": "198.51.100.9"}, NOW)
    card.show_finding(found, when="16:00", mending=("Mend it", lambda: done.append("mended")))
    assert "198.51.100.9" in card.sentence.full_text()
    assert "API IP list" in card.remedy.full_text()
    qtbot.mouseClick(card.copy_button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "198.51.100.9"
    qtbot.mouseClick(card.mend, Qt.MouseButton.LeftButton)
    assert done == ["mended"]
    assert card.property("class") == "failed"
    card.show_finding(Finding(Check.API, CheckVerdict.OK, "shop"))
    assert card.property("class") == "well"
    assert not card.mend.isVisible()
    card.show_finding(None)
    assert card.isHidden()


def test_secrets_are_covered_and_copied_without_being_shown(qtbot: QtBot, host: QWidget) -> None:
    values = ConsoleValues(host)
    values.show_view(SetupView(push_token="abc123"), no_url="After step 3")
    assert "abc123" not in values.shown[ConsoleValue.TOKEN].full_text()
    qtbot.mouseClick(values.copies[ConsoleValue.TOKEN], Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "abc123"
    assert not values.copies[ConsoleValue.URL].isEnabled()
    assert values.shown[ConsoleValue.URL].full_text() == "After step 3"


def test_the_way_on_is_in_sight_in_a_low_window(show_page: ShowPage, world: World, facts: InstallationFacts) -> None:
    page = show_page(lambda bridge: SetupPage(bridge, WindowMemory(facts.home)), 836, 568)
    good = {step: Finding(step, CheckVerdict.OK, "shop", at=NOW) for step in SETUP_STEPS}
    account, key = world.desk.accounts["shop"], "k" * 43
    view = SetupView(
        account, AccountSetup("shop", good), has_app_secret=True, push_token="token123", encoding_aes_key=key
    )
    for step, card in page.cards.items():
        page.open("shop", step)
        page.show_step(step)
        card.show_view(view)
        QApplication.processEvents()
        inside = page._scrolls[step].widget().layout()
        assert inside.totalHeightForWidth(page.shown.width()) <= page.shown.height() == 568, step
