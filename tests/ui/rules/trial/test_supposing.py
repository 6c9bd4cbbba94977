"""A trial supposes a customer, a time, people and the replies left, as the operator sets them."""

import time
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from tests.ui.world import World
from wxdesk.ui.rules.page import RulesPage

SHOP_RULES = """
[[calendars]]
name = "Shop"
zone = "Asia/Shanghai"
weekly = [{ days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], from = "09:00", to = "21:00" }]

[[rules]]
name = "Hello again"
when = { quiet_days = 30 }
then = [{ reply = "Long time no see." }]

[[rules]]
name = "Still waiting"
when = { message_no = { min = 3 } }
then = [{ reply = "Sorry that it takes so long." }]

[[rules]]
name = "Regulars at night"
when = { tags = { any = ["VIP"] }, hours = { outside = "Shop" }, operator = "away" }
then = [{ reply = "We call you tomorrow, {{ contact.alias }}." }]

[[rules]]
name = "New"
when = { first_contact = true }
then = [{ reply = "Welcome." }]
"""


@pytest.fixture
def shanghai(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The machine's clock on the wall."""
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_a_customer_without_an_alias_is_tried_unless_one_is_typed(page: RulesPage, qtbot: QtBot) -> None:
    """Few customers have one, so what a rule would lack for the others is seen at once."""
    trial = page.trial
    assert (trial.writer.name.text(), trial.writer.name.placeholderText()) == ("", "no alias")
    trial.sentence.setText("Good day")
    qtbot.waitUntil(lambda: "contact.alias" in trial.note.full_text())
    assert trial.bubbles.texts[1:] == ["Thank you, ‹contact.alias›.", "It waits for you as a draft."]
    qtbot.keyClicks(trial.writer.name, "Ann")
    qtbot.waitUntil(lambda: trial.bubbles.texts[1:] == ["Thank you, Ann."])
    assert not trial.note.isVisible()


@pytest.mark.usefixtures("shanghai")
def test_time_and_people_can_be_supposed(page: RulesPage, world: World, qtbot: QtBot) -> None:
    world.call(world.desk.rules.exchange.take_in(SHOP_RULES, "rules.toml"))
    trial, around = page.trial, page.trial.around
    trial.sentence.setText("Hello")
    qtbot.keyClicks(trial.writer.name, "Wang Fang")

    def says(text: str) -> None:
        qtbot.waitUntil(lambda: trial.bubbles.texts[1:] == [text])

    says("Welcome.")
    assert not around.isVisible()
    trial.more.click()
    assert around.isVisible()
    fields = around.moment, around.tags
    for field in (around.wrote, around.number, around.rule, around.mode, *fields):  # menus are mirrored for their arrow
        assert field.x() == around.moment.x(), field.accessibleName()
    around.wrote.popup_menu.actions()[1].trigger()
    around.days.setValue(30)
    says("Long time no see.")
    around.days.setValue(29)
    around.number.setValue(3)
    says("Sorry that it takes so long.")
    around.number.setValue(1)
    around.tags.setText("VIP，old")
    around.who.popup_menu.actions()[1].trigger()
    around.moment.setText("2026-10-01 22:30")
    says("We call you tomorrow, Wang Fang.")
    around.moment.setText("2026-10-01 20：59")
    says("No rule answers; the message waits for a person.")
    around.moment.setText("tonight")
    assert around.moment_error.isVisible()
    assert around.moment.property("wrong") is True


def test_an_answer_that_does_not_fit_into_what_is_left_is_not_sent(page: RulesPage, qtbot: QtBot) -> None:
    trial, left = page.trial, page.trial.around.left
    trial.sentence.setText("几点")
    qtbot.waitUntil(lambda: trial.bubbles.texts[1:] == ["We open at 9."])
    left.popup_menu.actions()[1].trigger()
    assert left.text() == "0"
    qtbot.waitUntil(lambda: trial.bubbles.texts == ["几点"])
    assert trial.note.full_text() == "Nothing of it is sent: it takes 1 reply, and rules may send 0 here."
    left.popup_menu.actions()[0].trigger()
    qtbot.waitUntil(lambda: trial.bubbles.texts[1:] == ["We open at 9."])
