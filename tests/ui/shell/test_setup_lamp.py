"""The lamp is green only if a push would be taken and answered; else it says why, and leads to the set-up."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.conftest import PATIENCE_MS
from tests.ui.world import World
from wxdesk.core.events import TroubleRaised
from wxdesk.core.setup.facts import SETUP_STEPS, AccountSetup, SetupState
from wxdesk.core.setup.findings import Check, CheckVerdict, Finding
from wxdesk.core.troubles import TroubleArea
from wxdesk.ui.shell.main_window import MainWindow
from wxdesk.ui.shell.setup_lamp import SetupLamp

V = CheckVerdict
URL = "http://127.0.0.1:8765"
WANG = "oW7hT5dQmZ0xKfLr2sVnB8yE4c31"
GOOD = {fact: Finding(fact, V.OK, "shop") for fact in SETUP_STEPS}


def shown(qtbot: QtBot, *accounts: AccountSetup, url: str = URL, reach: CheckVerdict = V.OK) -> tuple[str, str]:
    lamp = SetupLamp()
    qtbot.addWidget(lamp)
    lamp.show_setup(SetupState(accounts, Finding(Check.ADDRESS, reach, values={"host": "a.example"}), listener_url=url))
    return lamp.role, lamp.accessibleName()


def test_beside_a_server_its_set_up_is_called_the_servers(qtbot: QtBot) -> None:
    lamp = SetupLamp()
    qtbot.addWidget(lamp)
    lost = SetupState((AccountSetup("shop", GOOD),), Finding(Check.ADDRESS, V.OFFLINE), listener_url=URL)
    lamp.show_setup(lost, is_remote=True)
    assert lamp.accessibleName() == "The server reports: This computer has no network."


def test_without_an_account_nothing_is_green(qtbot: QtBot) -> None:
    assert shown(qtbot) == ("failed", "No mini program is connected yet.")


def test_a_proved_account_is_green_with_the_place(qtbot: QtBot) -> None:
    assert shown(qtbot, AccountSetup("shop", GOOD)) == ("accent_fill", "Listening on 127.0.0.1:8765")
    assert shown(qtbot, AccountSetup("shop", GOOD), url="")[0] == "failed"


def test_the_cause_is_said_in_words(qtbot: QtBot) -> None:
    lost = shown(qtbot, AccountSetup("shop", GOOD), reach=V.NAME_UNRESOLVED)
    assert lost == ("failed", "The name a.example has no address.")
    waits = GOOD | {Check.MESSAGE: Finding(Check.MESSAGE, V.WAITING, "shop")}
    assert shown(qtbot, AccountSetup("shop", waits)) == (
        "pending",
        "A message from a phone: Nothing has arrived yet.",
    )
    wrong = GOOD | {Check.URL_CHECK: Finding(Check.URL_CHECK, V.TOKEN_DIFFERS, "tea")}
    both = shown(qtbot, AccountSetup("shop", GOOD), AccountSetup("tea", wrong))
    assert both == ("failed", "“tea”: The Token in WeChat's console is not the one here.")
    plain = GOOD | {Check.SECRETS: Finding(Check.SECRETS, V.PLAIN_MODE, "tea")}
    both = shown(qtbot, AccountSetup("shop", GOOD), AccountSetup("tea", plain))
    assert both == ("pending", "“tea” takes messages in plain text: anybody on the way can read and change them.")


def test_the_lamp_turns_green_with_the_first_answer_and_leads_to_the_set_up(
    qtbot: QtBot, answering: World, window: MainWindow
) -> None:
    lamp = window.status_bar.listener
    assert lamp.role != "accent_fill"
    answering.say(WANG, "几点")
    answering.wait_until_sent(1)
    qtbot.waitUntil(lambda: lamp.role == "accent_fill", timeout=PATIENCE_MS)
    place = answering.desk.health.state.listener_url.split("://")[1]
    assert lamp.accessibleName() == f"Listening on {place}"
    for press in (
        lambda: qtbot.mouseClick(lamp, Qt.MouseButton.LeftButton),
        lambda: qtbot.keyClick(lamp, Qt.Key.Key_Return),
    ):
        window.show_page(0)
        press()
        assert window.stack.currentIndex() == window.page_names.index("setup")


def test_nothing_is_green_while_nothing_can_be_stored(qtbot: QtBot, answering: World, window: MainWindow) -> None:
    """As on a full disk; whoever has closed the bar must not take the foot's word that messages arrive."""
    lamp = window.status_bar.listener
    answering.say(WANG, "几点")
    qtbot.waitUntil(lambda: lamp.role == "accent_fill", timeout=PATIENCE_MS)
    answering.publish(TroubleRaised(TroubleArea.DATABASE_UNSAFE, "It may lose commits."))
    answering.publish(TroubleRaised(TroubleArea.DATABASE, "Messages are no longer accepted. The disk is full."))
    qtbot.waitUntil(lambda: lamp.role == "failed")
    assert lamp.accessibleName() == "Messages are no longer accepted. The disk is full."
    answering.publish(TroubleRaised(TroubleArea.DATABASE, ""))
    qtbot.waitUntil(lambda: lamp.role == "accent_fill")


def test_before_the_server_has_told_of_its_set_up_nothing_is_claimed(world: World, window: MainWindow) -> None:
    world.desk.accounts.are_known = False
    window.status_bar.show_health()
    assert window.status_bar.listener.isHidden(), "it said that no mini program is connected"
    world.desk.accounts.are_known = True
    window.status_bar.show_health()
    assert window.status_bar.listener.isVisible()


@pytest.mark.parametrize("width", [1280, 900])
def test_no_notice_covers_a_red_lamp(qtbot: QtBot, window: MainWindow, width: int) -> None:
    lamp, bars = window.status_bar.listener, window.notices.bars
    window.resize(width, 700)
    qtbot.waitUntil(lambda: lamp.role == "failed")
    for key in bars.texts():  # beside a server, its database of tests is told to be unsafe
        window.notices.bar(key, "")
    alone = words(lamp)
    window.notices.bar("rule", "A rule asks you to look at a customer", tone="pending")
    assert 0 < bars.x() < 160, "at once where it stays"
    qtbot.waitUntil(lambda: words(lamp) == "Not ready" and bars.x() > lamp.geometry().right())
    qtbot.waitUntil(lambda: bars.geometry() == window.status_bar.room())
    window.notices.bar("refused", "shop cannot send")  # of which the lamp knows nothing
    assert bars.x() > lamp.geometry().right()
    window.notices.bar("refused", "")
    window.notices.bar("rule", "")
    qtbot.waitUntil(lambda: words(lamp) == alone)
    window.pausing.pause(None)
    qtbot.waitUntil(lambda: not window.pause_bar.isHidden() and window.pause_bar.x() > lamp.geometry().right())
    window.pausing.resume()
    qtbot.waitUntil(lambda: window.pause_bar.isHidden() and words(lamp) == alone)


def words(lamp: SetupLamp) -> str:
    return next(label.text() for label in lamp.findChildren(QLabel) if label.text())
