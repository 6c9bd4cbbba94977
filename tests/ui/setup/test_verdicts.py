"""What goes wrong on the way in is named on the card where one looks, and is mended there."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from tests.faulty_proxy import Fault, FaultyProxy
from tests.ui.setup.newcomer import PUBLIC, Newcomer
from tests.ui.setup.steps import (
    LONG,
    card,
    click,
    come_to_url_check,
    give_mini_program,
    paste,
    reach,
    verdict,
)
from wxdesk.config import load
from wxdesk.core.model.account import PushMode
from wxdesk.core.setup.facts import SetupFact
from wxdesk.core.setup.verdicts import CheckVerdict
from wxdesk.ui.setup.address import AddressCard
from wxdesk.ui.setup.message_push import MessagePushCard
from wxdesk.ui.setup.page import SetupPage
from wxdesk.ui.setup.real_message import RealMessageCard


@pytest.mark.parametrize(
    ("fault", "named"),
    [
        (Fault.REDIRECT, CheckVerdict.REDIRECT),
        (Fault.HTML_PAGE, CheckVerdict.INTERSTITIAL),
        (Fault.REGISTRATION, CheckVerdict.FOREIGN_PAGE),
        (Fault.BAD_GATEWAY, CheckVerdict.OTHER_PROGRAM),
        (Fault.QUOTES, CheckVerdict.ANSWER_CHANGED),
        (Fault.DROPS, CheckVerdict.CONNECTION_LOST),
    ],
)
def test_what_stands_in_the_way_is_named_and_gone_once_it_is_mended(
    qtbot: QtBot, person: Newcomer, guide: SetupPage, fault: Fault, named: CheckVerdict
) -> None:
    proxy = FaultyProxy(int(person.thread.url.rpartition(":")[2]), fault)
    person.wechat.call(proxy.start())
    person.way.leads_to(f"http://127.0.0.1:{proxy.port}")
    give_mini_program(qtbot, guide, person)
    reach(qtbot, guide, SetupFact.MESSAGE_PUSH)
    click(qtbot, card(guide, MessagePushCard).go_on)
    third = card(guide, AddressCard)
    paste(qtbot, third.form.url.edit, PUBLIC)
    click(qtbot, third.form.save)
    qtbot.waitUntil(lambda: third.result.isVisible() and third.finding.verdict is named, timeout=LONG)
    assert third.result.finding is not None
    assert third.result.finding.verdict is named
    assert not third.go_on.isEnabled()
    proxy.fault = Fault.NONE
    click(qtbot, third.again)
    click(qtbot, third.go_on)
    reach(qtbot, guide, SetupFact.URL_CHECK)
    person.wechat.call(proxy.stop())


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ({"url": f"{PUBLIC}/wx/Shop"}, CheckVerdict.WRONG_PATH),
        ({"url": f"{PUBLIC}/shop"}, CheckVerdict.WRONG_PATH),
        ({"token": "another1"}, CheckVerdict.TOKEN_DIFFERS),
    ],
)
def test_what_is_wrong_in_the_console_is_named_as_wechat_comes(
    qtbot: QtBot, person: Newcomer, guide: SetupPage, typed: dict[str, str], named: CheckVerdict
) -> None:
    fourth = come_to_url_check(qtbot, guide, person)
    person.enter_in_console(fourth.values, **typed)
    click(qtbot, fourth.submitted)
    assert not person.submit()
    qtbot.waitUntil(lambda: fourth.attempts.newest is named, timeout=LONG)
    assert fourth.attempts.cards[0].remedy.full_text()
    person.enter_in_console(fourth.values)
    assert person.submit()
    click(qtbot, fourth.go_on)


def _before_the_message(qtbot: QtBot, person: Newcomer, guide: SetupPage) -> RealMessageCard:
    fourth = come_to_url_check(qtbot, guide, person)
    person.enter_in_console(fourth.values)
    assert person.submit()
    click(qtbot, fourth.go_on)
    last = card(guide, RealMessageCard)
    click(qtbot, last.rules.mend)
    qtbot.waitUntil(last.rules.isHidden, timeout=LONG)
    return last


def _console(person: Newcomer, **changed: object) -> None:
    programs = person.sandbox.platform._programs
    program = person.sandbox.platform.program()
    programs[program.account.name] = replace(program, **changed)  # type: ignore[arg-type]  # its own fields


def test_a_wrong_original_id_is_corrected_by_its_button(qtbot: QtBot, person: Newcomer, guide: SetupPage) -> None:
    last = _before_the_message(qtbot, person, guide)
    account = person.sandbox.platform.program().account
    _console(person, account=replace(account, original_id="gh_0000000000ab"))
    person.write("几点关门")
    click(qtbot, last.note.mend)
    qtbot.waitUntil(lambda: load(person.home).accounts[0].original_id == "gh_0000000000ab", timeout=LONG)
    qtbot.waitUntil(last.note.isHidden, timeout=LONG)


def test_another_key_in_the_console_is_named_with_the_first_message(
    qtbot: QtBot, person: Newcomer, guide: SetupPage
) -> None:
    last = _before_the_message(qtbot, person, guide)
    credentials = person.sandbox.platform.program().credentials
    _console(person, credentials=replace(credentials, encoding_aes_key="abcdefghij" * 4 + "abA"))
    assert not person.write("几点关门").accepted
    qtbot.waitUntil(lambda: verdict(guide, SetupFact.REAL_MESSAGE) is CheckVerdict.AES_KEY_DIFFERS, timeout=LONG)
    assert last.result.isVisible()
    assert not last.go_on.isEnabled()
    _console(person, credentials=credentials)
    assert person.write("几点关门").accepted
    click(qtbot, last.go_on)


def test_plain_text_in_the_console_is_named_and_never_taken_by_a_button(
    qtbot: QtBot, person: Newcomer, guide: SetupPage
) -> None:
    last = _before_the_message(qtbot, person, guide)
    account = person.sandbox.platform.program().account
    _console(person, account=replace(account, push_mode=PushMode.PLAIN))
    assert not person.write("几点关门").accepted
    qtbot.waitUntil(lambda: verdict(guide, SetupFact.REAL_MESSAGE) is CheckVerdict.MODE_DIFFERS, timeout=LONG)
    assert not last.result.mend.isVisible()
