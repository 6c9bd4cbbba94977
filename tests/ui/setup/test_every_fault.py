"""Each fault of a proxy is named on the address card, and gone once it is taken away; all in one window."""

import pytest
from pytestqt.qtbot import QtBot

from tests.faulty_proxy import Fault, FaultyProxy
from tests.ui.setup.newcomer import Newcomer
from tests.ui.setup.steps import LONG, card, click, give_address, give_mini_program, reach
from wxdesk.core.setup.findings import Check, Finding, Gravity
from wxdesk.core.setup.findings import CheckVerdict as V
from wxdesk.desk.setup.inward_sentences import CAUSES
from wxdesk.desk.setup.sentences import WORDINGS, remedy
from wxdesk.desk.setup.wording import GOOD, Wording
from wxdesk.i18n import tr
from wxdesk.ui.setup.address import AddressCard
from wxdesk.ui.setup.message_push import MessagePushCard
from wxdesk.ui.setup.page import SetupPage

NAMED = {
    Fault.NONE: (V.OK, ""),
    Fault.CHUNKED: (V.OK, ""),
    Fault.REDIRECT: (V.REDIRECT, ""),
    Fault.HTML_PAGE: (V.INTERSTITIAL, ""),
    Fault.REGISTRATION: (V.FOREIGN_PAGE, ""),
    Fault.REGISTRATION_REDIRECT: (V.FOREIGN_PAGE, ""),
    Fault.NOT_FOUND: (V.OTHER_PROGRAM, ""),
    Fault.BAD_GATEWAY: (V.OTHER_PROGRAM, ""),
    Fault.NOT_HTTP: (V.OTHER_PROGRAM, "not_http"),
    Fault.QUOTES: (V.ANSWER_CHANGED, "quotes"),
    Fault.BOM: (V.ANSWER_CHANGED, "bom"),
    Fault.NEWLINE: (V.ANSWER_CHANGED, "newline"),
    Fault.GZIP: (V.ANSWER_CHANGED, "compressed"),
    Fault.SCRIPT: (V.ANSWER_CHANGED, "script"),
    Fault.REPLACED: (V.ANSWER_CHANGED, "replaced"),
    Fault.CACHED: (V.ANSWER_CHANGED, "cached"),
    Fault.WRONG_PATH: (V.WRONG_PATH, "tunnel"),
    Fault.DROPS: (V.CONNECTION_LOST, "answer"),
    Fault.RESETS: (V.CONNECTION_LOST, "answer"),
    Fault.SLOW: (V.SLOW, ""),
    Fault.HANGING: (V.TOO_SLOW, ""),
}

LATE = 2.4
"""Seconds; a warning begins at two, a failure at four."""


def _wording(verdict: V, cause: str, finding: Finding) -> Wording:
    if verdict is V.OK:
        return GOOD[finding.check]
    return CAUSES[verdict, cause] if cause else WORDINGS[verdict]


def _check(qtbot: QtBot, third: AddressCard, wanted: V) -> Finding:
    """Press “Check again”, and return what the card then shows."""
    click(qtbot, third.again)
    assert not third.again.isEnabled()
    qtbot.waitUntil(third.again.isEnabled, timeout=LONG)
    qtbot.waitUntil(lambda: third.finding.verdict is wanted, timeout=LONG)
    assert third.result.finding is not None
    assert third.result.isVisible()
    return third.result.finding


def test_each_fault_of_a_proxy_is_named_and_gone_once_it_is_taken_away(
    qtbot: QtBot, person: Newcomer, guide: SetupPage, subtests: pytest.Subtests
) -> None:
    assert set(NAMED) == set(Fault)
    proxy = FaultyProxy(int(person.thread.url.rpartition(":")[2]))
    proxy.delay = LATE
    person.wechat.call(proxy.start())
    person.way.leads_to(f"http://127.0.0.1:{proxy.port}")
    give_mini_program(qtbot, guide, person)
    reach(qtbot, guide, Check.SECRETS)
    click(qtbot, card(guide, MessagePushCard).go_on)
    give_address(qtbot, guide)
    reach(qtbot, guide, Check.URL_CHECK)
    guide.show_step(Check.ADDRESS)
    third = card(guide, AddressCard)
    for fault, (verdict, cause) in NAMED.items():
        with subtests.test(fault=fault.name):
            proxy.fault = fault
            shown = _check(qtbot, third, verdict)
            assert (shown.verdict, shown.values.get("cause", "")) == (verdict, cause)
            said = _wording(verdict, cause, shown).text(shown.values)
            assert third.result.sentence.full_text().casefold() == tr(said).casefold()
            assert third.result.remedy.full_text() == remedy(shown)
            assert third.go_on.isEnabled() is (verdict.gravity < Gravity.FAILURE)
            proxy.fault = Fault.NONE
            assert _check(qtbot, third, V.OK).ok
            assert third.go_on.isEnabled()
    person.wechat.call(proxy.stop())
