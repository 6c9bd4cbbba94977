"""Each mistake in WeChat's console is named on the card that waits, and gone once it is mended there."""

import dataclasses
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from tests.ui.setup.newcomer import PUBLIC, Newcomer
from tests.ui.setup.steps import LONG, card, click, come_to_the_message, come_to_url_check, reach, verdict
from wxdesk.core.model.account import PushMode
from wxdesk.core.model.push import BodyFormat
from wxdesk.core.setup.findings import Check
from wxdesk.core.setup.findings import CheckVerdict as V
from wxdesk.core.wechat.credentials import Credentials
from wxdesk.desk.setup.inward_sentences import CAUSES
from wxdesk.desk.setup.sentences import WORDINGS
from wxdesk.i18n import tr
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault
from wxdesk.secrets.names import SecretName
from wxdesk.ui.setup.findings import FindingCard
from wxdesk.ui.setup.page import SetupPage
from wxdesk.ui.setup.real_message import RealMessageCard
from wxdesk.ui.setup.text import sentence_of
from wxdesk.ui.setup.url_check import UrlCheckCard

OTHER_APP_ID, OTHER_ID = "wxfedcba9876543210", "gh_abcdefabcdef"
OTHER_TOKEN, OTHER_KEY = "OtherToken1", "Z" * 42 + "A"

type Typed = Callable[[Credentials], str]

PATHS: Mapping[str, tuple[V, str]] = {
    "/": (V.WRONG_PATH, ""),
    "/shop": (V.WRONG_PATH, ""),
    "/wx/shop/": (V.WRONG_PATH, ""),
    "/wx/shop/wx/shop": (V.WRONG_PATH, ""),
    "/wx/Shop": (V.WRONG_PATH, "case"),
    "/wx/tea": (V.OTHER_ACCOUNT_PATH, ""),
}
TOKENS: Mapping[str, Typed] = {
    "blanks": lambda here: f"{here.push_token} ",
    "case": lambda here: here.push_token.swapcase(),
    "aes_key": lambda here: here.encoding_aes_key,
    "app_secret": lambda here: here.app_secret,
}


def _add_other(person: Newcomer) -> None:
    """Configure a second account beside the first."""
    editing, values = person.desk.account_editing, {SecretName.PUSH_TOKEN: OTHER_TOKEN}
    values |= {SecretName.APP_SECRET: "ab" * 16, SecretName.ENCODING_AES_KEY: OTHER_KEY}
    person.thread.call(editing.add("tea", OTHER_APP_ID, original_id=OTHER_ID))
    person.thread.call(editing.set_secrets("tea", values))


def _here(person: Newcomer) -> Credentials:
    return person.desk.configuration.now.found_for("shop").credentials


def _says(shown: FindingCard, named: V, cause: str = "") -> bool:
    """Tell if a card shows this verdict in its own words."""
    found = shown.finding
    if found is None or (found.verdict, found.values.get("cause", "")) != (named, cause) or shown.isHidden():
        return False
    wording = CAUSES[named, cause] if cause else WORDINGS[named]
    values = {"account": found.account} | dict(found.values)
    return shown.sentence.full_text() == sentence_of(found) == tr(wording.text(values))


def _names(fourth: UrlCheckCard, named: V, cause: str = "", path: str = "") -> bool:
    """Tell if the newest attempt on the waiting card is named so, with this `path` if one is given."""
    newest = next(iter(fourth.attempts.cards), None)
    found = newest.finding if newest else None
    return (
        newest is not None
        and _says(newest, named, cause)
        and found is not None
        and found.values.get("path", path) == path
    )


def _submit_wrongly(qtbot: QtBot, person: Newcomer, fourth: UrlCheckCard, named: V, cause: str, path: str = "") -> None:
    assert not person.submit()
    qtbot.waitUntil(lambda: _names(fourth, named, cause, path) and not fourth.go_on.isVisible(), timeout=LONG)
    assert fourth.attempts.cards[0].remedy.full_text()


def _submit_rightly(qtbot: QtBot, person: Newcomer, fourth: UrlCheckCard) -> None:
    person.enter_in_console(fourth.values)
    click(qtbot, fourth.submitted)
    assert person.submit()
    qtbot.waitUntil(fourth.go_on.isVisible, timeout=LONG)
    assert person.write("几点关门").accepted  # so WeChat was content with our answer


def test_each_wrong_address_is_named_as_wechat_comes(
    qtbot: QtBot, person: Newcomer, guide: SetupPage, subtests: pytest.Subtests
) -> None:
    fourth = come_to_url_check(qtbot, guide, person)
    _add_other(person)
    for path, (named, cause) in PATHS.items():
        with subtests.test(path=path):
            person.enter_in_console(fourth.values, url=f"{PUBLIC}{path}")
            _submit_wrongly(qtbot, person, fourth, named, cause, path)
            assert fourth.attempts.cards[0].copy_button.text_to_copy == f"{PUBLIC}/wx/shop"
            _submit_rightly(qtbot, person, fourth)


def test_each_wrong_token_is_named_as_wechat_comes(
    qtbot: QtBot, person: Newcomer, guide: SetupPage, subtests: pytest.Subtests
) -> None:
    fourth = come_to_url_check(qtbot, guide, person)
    person.enter_in_console(fourth.values, token="quite_another_one")
    click(qtbot, fourth.submitted)
    _submit_wrongly(qtbot, person, fourth, V.TOKEN_DIFFERS, "")
    for cause, typed in TOKENS.items():
        with subtests.test(cause=cause):
            person.enter_in_console(fourth.values, token=typed(_here(person)))
            _submit_wrongly(qtbot, person, fourth, V.TOKEN_DIFFERS, cause)
            _submit_rightly(qtbot, person, fourth)


def test_the_former_token_passes_for_a_while(qtbot: QtBot, person: Newcomer, guide: SetupPage) -> None:
    fourth = come_to_url_check(qtbot, guide, person)
    person.enter_in_console(fourth.values)
    new = {SecretName.PUSH_TOKEN: "NewToken1"}
    person.thread.call(person.desk.account_editing.set_secrets("shop", new))
    qtbot.waitUntil(lambda: fourth.view.push_token == "NewToken1", timeout=LONG)
    assert person.submit()
    click(qtbot, fourth.go_on)


def test_the_token_of_another_account_is_named_to_who_waits(qtbot: QtBot, person: Newcomer, guide: SetupPage) -> None:
    fourth = come_to_url_check(qtbot, guide, person)
    _add_other(person)
    person.enter_in_console(fourth.values, token=OTHER_TOKEN)
    click(qtbot, fourth.submitted)
    qtbot.waitUntil(fourth.waiting.isVisible)
    assert not person.submit()
    qtbot.waitUntil(lambda: _says(fourth.result, V.OTHER_ACCOUNT_PATH), timeout=LONG)
    assert "“tea” came to the URL of “shop”" in fourth.result.sentence.full_text()
    _submit_rightly(qtbot, person, fourth)


def _write_rightly(qtbot: QtBot, person: Newcomer, guide: SetupPage, last: RealMessageCard) -> None:
    assert person.write("几点关门").accepted
    qtbot.waitUntil(lambda: verdict(guide, Check.MESSAGE) is V.OK, timeout=LONG)
    qtbot.waitUntil(lambda: last.go_on.isEnabled() and last.note.isHidden() and last.result.isHidden(), timeout=LONG)
    assert last.review.isVisible()


def test_each_mistake_that_keeps_messages_away_is_named_with_the_next_message(
    qtbot: QtBot, person: Newcomer, guide: SetupPage, subtests: pytest.Subtests
) -> None:
    last = come_to_the_message(qtbot, person, guide)
    _add_other(person)
    right = person.sandbox.platform.program()
    mistakes: dict[tuple[V, str], dict[str, Any]] = {
        (V.AES_KEY_DIFFERS, "other_account"): {
            "credentials": dataclasses.replace(right.credentials, encoding_aes_key=OTHER_KEY)
        },
        (V.APP_ID_DIFFERS, ""): {"account": replace(right.account, app_id=OTHER_APP_ID)},
        (V.MODE_DIFFERS, "plain"): {"account": replace(right.account, push_mode=PushMode.PLAIN)},
    }
    for (named, cause), changed in mistakes.items():
        with subtests.test(verdict=named):
            person.change_console(**changed)
            assert not person.write("几点关门").accepted
            qtbot.waitUntil(partial(lambda named, cause: _says(last.result, named, cause), named, cause), timeout=LONG)
            assert last.result.remedy.full_text()
            assert not last.go_on.isEnabled()
            assert last.review.isHidden()
            person.change_console(credentials=right.credentials, account=right.account)
            _write_rightly(qtbot, person, guide, last)


def test_harmless_mistakes_are_noted(
    qtbot: QtBot, person: Newcomer, guide: SetupPage, subtests: pytest.Subtests
) -> None:
    last = come_to_the_message(qtbot, person, guide)
    right = person.sandbox.platform.program()
    with subtests.test("another original id"):
        person.change_console(account=replace(right.account, original_id=OTHER_ID))
        assert person.write("几点关门").accepted
        qtbot.waitUntil(lambda: _says(last.note, V.ORIGINAL_ID_DIFFERS), timeout=LONG)
        person.change_console(account=right.account)
        _write_rightly(qtbot, person, guide, last)
    with subtests.test("sent again"):
        person.sandbox.faults.plan(SimulatedFault(FaultKind.RETRY, "push"))
        assert person.write("几点关门").accepted
        qtbot.waitUntil(lambda: _says(last.note, V.PUSH_REPEATED), timeout=LONG)
        _write_rightly(qtbot, person, guide, last)
    with subtests.test("XML"):
        person.change_console(format=BodyFormat.XML)
        _write_rightly(qtbot, person, guide, last)
        guide.show_step(Check.URL_CHECK)
        waiting = card(guide, UrlCheckCard)
        qtbot.waitUntil(lambda: _names(waiting, V.XML_FORMAT), timeout=LONG)
        assert waiting.go_on.isEnabled()


def test_a_clock_that_is_wrong_is_named_and_stops_nothing(qtbot: QtBot, person: Newcomer, guide: SetupPage) -> None:
    fourth = come_to_url_check(qtbot, guide, person)
    person.sandbox.forward(600)
    person.enter_in_console(fourth.values)
    click(qtbot, fourth.submitted)
    assert person.submit()
    qtbot.waitUntil(lambda: _names(fourth, V.CLOCK_SKEW, "slow"), timeout=LONG)
    click(qtbot, fourth.go_on)
    reach(qtbot, guide, Check.MESSAGE)
