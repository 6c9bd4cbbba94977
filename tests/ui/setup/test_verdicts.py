"""What goes wrong on the way in is named on the card where one looks, and is mended there."""

import dataclasses

from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from tests.faulty_proxy import Fault, FaultyProxy
from tests.ui.setup.newcomer import PUBLIC, Newcomer
from tests.ui.setup.steps import LONG, card, click, come_to_the_message, give_mini_program, paste, reach, verdict
from wxdesk.config.reading import load
from wxdesk.core.model.account import PushMode
from wxdesk.core.setup.findings import Check, CheckVerdict
from wxdesk.ui.setup.address import AddressCard
from wxdesk.ui.setup.message_push import MessagePushCard
from wxdesk.ui.setup.page import SetupPage


def test_an_obstacle_from_the_start_is_named_until_it_is_mended(
    qtbot: QtBot, person: Newcomer, guide: SetupPage
) -> None:
    proxy = FaultyProxy(int(person.thread.url.rpartition(":")[2]), Fault.HTML_PAGE)
    person.wechat.call(proxy.start())
    person.way.leads_to(f"http://127.0.0.1:{proxy.port}")
    give_mini_program(qtbot, guide, person)
    reach(qtbot, guide, Check.SECRETS)
    click(qtbot, card(guide, MessagePushCard).go_on)
    third = card(guide, AddressCard)
    paste(qtbot, third.form.url.edit, PUBLIC)
    click(qtbot, third.form.save)
    qtbot.waitUntil(
        lambda: third.result.isVisible() and third.finding.verdict is CheckVerdict.INTERSTITIAL, timeout=LONG
    )
    assert third.result.finding is not None
    assert third.result.finding.verdict is CheckVerdict.INTERSTITIAL
    assert not third.go_on.isEnabled()
    proxy.fault = Fault.NONE
    click(qtbot, third.again)
    click(qtbot, third.go_on)
    reach(qtbot, guide, Check.URL_CHECK)
    person.wechat.call(proxy.stop())


def test_a_wrong_original_id_is_corrected_by_its_button(qtbot: QtBot, person: Newcomer, guide: SetupPage) -> None:
    last = come_to_the_message(qtbot, person, guide)
    account = person.sandbox.platform.program().account
    person.change_console(account=replace(account, original_id="gh_0000000000ab"))
    person.write("几点关门")
    click(qtbot, last.note.mend)
    qtbot.waitUntil(lambda: load(person.home).accounts[0].original_id == "gh_0000000000ab", timeout=LONG)
    qtbot.waitUntil(last.note.isHidden, timeout=LONG)


def test_another_key_in_the_console_is_named_with_the_first_message(
    qtbot: QtBot, person: Newcomer, guide: SetupPage
) -> None:
    last = come_to_the_message(qtbot, person, guide)
    credentials = person.sandbox.platform.program().credentials
    person.change_console(credentials=dataclasses.replace(credentials, encoding_aes_key="abcdefghij" * 4 + "abA"))
    assert not person.write("几点关门").accepted
    qtbot.waitUntil(lambda: verdict(guide, Check.MESSAGE) is CheckVerdict.AES_KEY_DIFFERS, timeout=LONG)
    assert last.result.isVisible()
    assert not last.go_on.isEnabled()
    person.change_console(credentials=credentials)
    assert person.write("几点关门").accepted
    click(qtbot, last.go_on)


def test_plain_text_in_the_console_is_named_and_never_taken_by_a_button(
    qtbot: QtBot, person: Newcomer, guide: SetupPage
) -> None:
    last = come_to_the_message(qtbot, person, guide)
    account = person.sandbox.platform.program().account
    person.change_console(account=replace(account, push_mode=PushMode.PLAIN))
    assert not person.write("几点关门").accepted
    qtbot.waitUntil(lambda: verdict(guide, Check.MESSAGE) is CheckVerdict.MODE_DIFFERS, timeout=LONG)
    assert not last.result.mend.isVisible()
