"""WeChat, a probe or the store take their time, and the operator goes on in the set-up meanwhile."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.ui.held_answer import FirstAnswerHeld
from tests.ui.setup.newcomer import Newcomer
from tests.ui.setup.steps import (
    LONG,
    card,
    click,
    come_to_the_message,
    come_to_url_check,
    give_mini_program,
    paste,
    reach,
)
from wxdesk.core.events import ConfigurationChanged
from wxdesk.core.setup.findings import Check
from wxdesk.core.setup.tunnel_state import TunnelKind
from wxdesk.secrets.names import SecretName
from wxdesk.ui.setup.address import AddressCard
from wxdesk.ui.setup.card import SetupCard
from wxdesk.ui.setup.message_push import MessagePushCard
from wxdesk.ui.setup.mini_program import MiniProgramCard
from wxdesk.ui.setup.page import SetupPage


def _held(person: Newcomer, question: str, monkeypatch: pytest.MonkeyPatch) -> FirstAnswerHeld[object]:
    """Hold the next answer to one of the set-up's questions."""
    held = FirstAnswerHeld[object](getattr(person.desk.setup, question), person.thread.loop)
    monkeypatch.setattr(person.desk.setup, question, held)
    return held


def _check_again(qtbot: QtBot, guide: SetupPage, step: Check, its: SetupCard, held: FirstAnswerHeld[object]) -> None:
    """Check a step of “shop” again, the answer to which is held."""
    guide.open("shop", step)
    click(qtbot, its.again)
    held.wait_until_read()


def _add_tea(person: Newcomer) -> None:
    """Add a second account, which lacks a Token and a key."""
    secrets = {SecretName.APP_SECRET: person.app_secret}
    person.thread.call(person.desk.account_editing.add("tea", person.app_id, secrets))


def _settle(qtbot: QtBot, guide: SetupPage) -> None:
    qtbot.waitUntil(lambda: guide._bridge.is_idle, timeout=LONG)


@pytest.fixture
def two(qtbot: QtBot, person: Newcomer, guide: SetupPage) -> SetupPage:
    """The set-up of “shop”, with “tea” beside it."""
    come_to_url_check(qtbot, guide, person)
    _add_tea(person)
    qtbot.waitUntil(lambda: "tea" in person.desk.accounts, timeout=LONG)
    _settle(qtbot, guide)
    return guide


def test_a_probe_of_one_account_shows_nothing_at_another(
    qtbot: QtBot, person: Newcomer, two: SetupPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, third = _held(person, "check_address", monkeypatch), card(two, AddressCard)
    _check_again(qtbot, two, Check.ADDRESS, third, held)
    assert third.checked.full_text() == "Checking…"
    two.open("tea", Check.ADDRESS)
    click(qtbot, third.again)
    qtbot.waitUntil(lambda: held.asked == [("shop",), ("tea",)], timeout=LONG)
    held.give()
    _settle(qtbot, two)
    assert third.result.finding is not None
    assert third.result.finding.account == "tea"


def test_an_address_saved_while_the_former_one_is_probed_is_probed_as_well(
    qtbot: QtBot, person: Newcomer, two: SetupPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, third = _held(person, "check_address", monkeypatch), card(two, AddressCard)
    _check_again(qtbot, two, Check.ADDRESS, third, held)
    paste(qtbot, third.form.url.edit, "http://other.example.com")
    click(qtbot, third.form.save)
    qtbot.waitUntil(lambda: len(held.asked) == 2, timeout=LONG)
    held.give()
    _settle(qtbot, two)
    assert third.result.finding is not None
    assert third.result.finding.values["host"] == "other.example.com"


def test_an_address_stays_in_its_field_while_the_tunnel_before_it_is_stored(
    qtbot: QtBot, person: Newcomer, two: SetupPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    form, edit = card(two, AddressCard).form, person.desk.configuration.edit
    held = FirstAnswerHeld[object](edit, person.thread.loop)
    monkeypatch.setattr(person.desk.configuration, "edit", held)
    two.open("shop", Check.ADDRESS)
    qtbot.mouseClick(form.kinds.button(list(TunnelKind).index(TunnelKind.COMMAND)), Qt.MouseButton.LeftButton)
    form.command.preset.show_value("")
    paste(qtbot, form.command.line.edit, "sleep 1000")
    paste(qtbot, form.url.edit, "http://other.example.com")
    with qtbot.waitSignal(two._bridge.events, check_params_cb=lambda batch: ConfigurationChanged in map(type, batch)):
        click(qtbot, form.save)
    assert form.url.text() == "http://other.example.com"
    click(qtbot, form.save)
    held.give()
    _settle(qtbot, two)
    assert len(held.asked) == 2, "the second press does nothing"
    assert person.desk.configuration.now.config.listener.public_url == "http://other.example.com"


def test_a_token_is_made_while_another_account_is_still_being_checked(
    qtbot: QtBot, person: Newcomer, two: SetupPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, second = _held(person, "check_all", monkeypatch), card(two, MessagePushCard)
    _check_again(qtbot, two, Check.SECRETS, second, held)
    two.open("tea", Check.SECRETS)
    qtbot.waitUntil(lambda: second.view.push_token != "", timeout=LONG)
    held.give()
    _settle(qtbot, two)


def test_values_of_ones_own_are_stored_while_a_check_still_runs(
    qtbot: QtBot, person: Newcomer, two: SetupPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, second = _held(person, "check_all", monkeypatch), card(two, MessagePushCard)
    _check_again(qtbot, two, Check.SECRETS, second, held)
    click(qtbot, second.own)
    paste(qtbot, second.form.token.edit, "aTokenOfOnesOwn")
    click(qtbot, second.form.save)
    qtbot.waitUntil(lambda: second.view.push_token == "aTokenOfOnesOwn", timeout=LONG)
    qtbot.waitUntil(second.form.isHidden, timeout=LONG)
    held.give()
    _settle(qtbot, two)


def test_only_what_was_tried_is_stored(
    qtbot: QtBot, person: Newcomer, guide: SetupPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, first = _held(person, "try_credentials", monkeypatch), card(guide, MiniProgramCard)
    give_mini_program(qtbot, guide, person)
    held.wait_until_read()
    paste(qtbot, first.app_secret.edit, "0" * 32)
    held.give()
    reach(qtbot, guide, Check.SECRETS)
    assert person.desk.configuration.now.found_for("shop").credentials.app_secret == person.app_secret


def test_a_trial_of_a_stored_account_never_adds_another_one(
    qtbot: QtBot, person: Newcomer, two: SetupPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, first = _held(person, "try_credentials", monkeypatch), card(two, MiniProgramCard)
    two.open("shop", Check.API)
    paste(qtbot, first.app_secret.edit, person.app_secret)
    click(qtbot, first.go_on)
    held.wait_until_read()
    two.open("", Check.API)
    paste(qtbot, first.app_id.edit, "wx00000000000000aa")
    paste(qtbot, first.app_secret.edit, "0" * 32)
    held.give()
    _settle(qtbot, two)
    assert list(person.desk.accounts) == ["shop", "tea"]
    assert (two.account, two.step, first.app_secret.text()) == ("", Check.API, "0" * 32)


def test_a_new_account_that_is_tried_leads_nowhere_from_another_one(
    qtbot: QtBot, person: Newcomer, two: SetupPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, first = _held(person, "try_credentials", monkeypatch), card(two, MiniProgramCard)
    two.open("", Check.API)
    give_mini_program(qtbot, two, person)
    held.wait_until_read()
    two.open("shop", Check.API)
    held.give()
    _settle(qtbot, two)
    assert (two.account, two.step, first.go_on.isEnabled()) == ("shop", Check.API, True)


def test_what_came_for_one_account_is_not_shown_at_another(
    qtbot: QtBot, person: Newcomer, guide: SetupPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    fourth = come_to_url_check(qtbot, guide, person)
    person.enter_in_console(fourth.values, token="anotherToken")
    assert not person.submit()
    qtbot.waitUntil(fourth.attempts.isVisible, timeout=LONG)
    _settle(qtbot, guide)
    _add_tea(person)
    held = _held(person, "attempts", monkeypatch)
    guide.open("tea", Check.URL_CHECK)
    assert fourth.attempts.isHidden()
    assert fourth.attempts.newest is None
    held.give()
    _settle(qtbot, guide)


def test_a_message_for_one_account_is_not_shown_at_another(qtbot: QtBot, person: Newcomer, guide: SetupPage) -> None:
    last = come_to_the_message(qtbot, person, guide)
    person.write("你好")
    qtbot.waitUntil(last.exchange.isVisible, timeout=LONG)
    _settle(qtbot, guide)
    _add_tea(person)
    guide.open("tea", Check.MESSAGE)
    _settle(qtbot, guide)
    assert last.exchange.isHidden()
