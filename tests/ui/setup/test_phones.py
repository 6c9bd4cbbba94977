"""Phones in the settings: several changes at once, each as it was meant."""

import asyncio

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.ui.setup.newcomer import Newcomer
from tests.ui.setup.steps import LONG
from wxdesk.config.outside import PhoneSettings
from wxdesk.core.outside import PhoneKind
from wxdesk.ui.settings.outside_card import OutsideCard
from wxdesk.ui.shell.main_window import MainWindow
from wxdesk.ui.widgets.dialogs.dialog import ConfirmDialog

PHONES = ("boss", "night", "day")


@pytest.fixture
def card(qtbot: QtBot, person: Newcomer, opened: MainWindow) -> OutsideCard:
    """The card with three phones."""
    for name in PHONES:
        person.thread.call(person.desk.account_editing.set_phone(name, PhoneKind.BARK, f"https://api.day.app/{name}"))
    opened.show_settings()
    shown = opened.pages.settings.widget.outside
    qtbot.waitUntil(lambda: tuple(shown.removals) == PHONES, timeout=LONG)
    return shown


def _phone(person: Newcomer) -> PhoneSettings:
    return person.desk.configuration.now.config.phone


def test_what_is_switched_on_and_off_again_at_once_is_off(qtbot: QtBot, person: Newcomer, card: OutsideCard) -> None:
    qtbot.mouseClick(card.words, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(card.words, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: card._bridge.is_idle, timeout=LONG)
    assert (_phone(person).words, card.words.isChecked()) == (False, False)


def test_two_phones_that_go_at_once_are_both_gone(person: Newcomer, card: OutsideCard) -> None:
    remove = person.desk.account_editing.set_phone

    async def both() -> None:
        await asyncio.gather(remove("boss"), remove("night"))

    person.thread.call(both())
    assert list(_phone(person).targets) == ["day"]


def test_a_phone_goes_only_after_a_question(qtbot: QtBot, person: Newcomer, card: OutsideCard) -> None:
    card.removals["boss"].click()
    [question] = card.window().findChildren(ConfirmDialog)
    assert question.focusWidget() is question.cancel
    question.action.click()
    qtbot.waitUntil(lambda: tuple(card.removals) == PHONES[1:], timeout=LONG)
    assert tuple(_phone(person).targets) == PHONES[1:]
