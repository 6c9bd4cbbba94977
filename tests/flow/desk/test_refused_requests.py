"""Whatever is wrong in WeChat's console is told by name in a whole desk: by trouble, lamp, log and stored attempts."""

import dataclasses
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.flow.conftest import setup_for
from wxdesk.app import OpenDesk, open_desk
from wxdesk.core.model.account import PushMode
from wxdesk.core.model.push import BodyFormat
from wxdesk.core.setup.findings import Check, CheckVerdict
from wxdesk.desk.runtime import trouble_log
from wxdesk.desk.settings.configuration import Setup
from wxdesk.desk.setup import sentences
from wxdesk.i18n import tr
from wxdesk.sandbox.demo_customers import LI_LEI, demo_account
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault
from wxdesk.sandbox.platform.program import MiniProgram
from wxdesk.sandbox.server import Sandbox

V = CheckVerdict
LI = LI_LEI.openid
ACCOUNT, CREDENTIALS = demo_account()


@dataclass
class Console:
    """What stands in WeChat's console, and the desk that it leads to."""

    sandbox: Sandbox
    opened: OpenDesk
    setup: Setup

    async def submits(self, path: str = "/wx/shop") -> bool:
        """The URL is saved in the console, whereupon WeChat checks it."""
        self.sandbox.set_push_url(self.opened.url + path)
        return await self.sandbox.verify_push_url()

    def verdict(self, fact: Check) -> CheckVerdict:
        return self.opened.desk.setup.state.account("shop").finding(fact).verdict

    @property
    def troubles(self) -> dict[str, str]:
        return {one.key: tr(one.text) for one in self.opened.desk.health.state.troubles}

    async def newest(self) -> tuple[CheckVerdict, str]:
        found = (await self.opened.desk.setup.attempts("shop"))[0]
        return found.verdict, str(found.values.get("cause", ""))


async def console_of(program: MiniProgram, home: Path, **account: object) -> AsyncIterator[Console]:
    sandbox = Sandbox([program])
    await sandbox.start()
    setup = setup_for(sandbox, home, **account)
    made = Console(sandbox, await open_desk(setup), setup)
    try:
        yield made
    finally:
        await made.opened.stop()
        await sandbox.stop()


@pytest.fixture
async def console(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Console]:
    program = getattr(request, "param", MiniProgram(ACCOUNT, CREDENTIALS))
    async for made in console_of(program, tmp_path):
        yield made


def with_token(token: str) -> MiniProgram:
    return MiniProgram(ACCOUNT, dataclasses.replace(CREDENTIALS, push_token=token))


@pytest.mark.parametrize(
    ("console", "cause"),
    [
        (with_token(f"{CREDENTIALS.push_token} "), "blanks"),
        (with_token(CREDENTIALS.push_token.upper()), "case"),
        (with_token(CREDENTIALS.encoding_aes_key), "aes_key"),
        (with_token("another"), ""),
    ],
    indirect=["console"],
)
async def test_a_wrong_token_is_named_at_the_check_and_gone_with_the_right_one(
    console: Console, cause: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    assert not await console.submits()
    finding = console.opened.desk.setup.state.account("shop").finding(Check.URL_CHECK)
    assert (finding.verdict, finding.values.get("cause", "")) == (V.TOKEN_DIFFERS, cause)
    assert await console.newest() == (V.TOKEN_DIFFERS, cause)
    assert console.troubles["push:shop"] == f"“shop”: {sentences.told(finding)}"
    assert console.opened.desk.setup.state.lamp.verdict is not V.OK
    lines = [record for record in caplog.records if record.name == trouble_log.__name__]
    assert [(record.levelname, "push:shop" in record.getMessage()) for record in lines] == [("WARNING", True)]
    console.sandbox.platform.change("shop", credentials=CREDENTIALS)
    assert await console.submits()
    assert "push:shop" not in console.troubles
    assert console.verdict(Check.URL_CHECK) is V.OK
    assert caplog.records[-1].getMessage().startswith("Over: push:shop")
    told = "".join(record.getMessage() for record in caplog.records)
    assert not any(secret in told for secret in CREDENTIALS.secrets)


async def test_a_wrong_path_is_named_with_the_right_one(console: Console) -> None:
    assert not await console.submits("/wx/Shop")
    assert console.verdict(Check.URL_CHECK) is V.WRONG_PATH
    assert "WeChat asks for /wx/Shop" in console.troubles["push:shop"]


@pytest.mark.parametrize(
    ("console", "verdict"),
    [
        (MiniProgram(ACCOUNT, dataclasses.replace(CREDENTIALS, encoding_aes_key="Z" * 42 + "A")), V.AES_KEY_DIFFERS),
        (MiniProgram(replace(ACCOUNT, app_id="wx0123456789abcdef"), CREDENTIALS), V.APP_ID_DIFFERS),
        (MiniProgram(replace(ACCOUNT, push_mode=PushMode.PLAIN), CREDENTIALS), V.MODE_DIFFERS),
    ],
    indirect=["console"],
)
async def test_mistakes_that_only_messages_show_are_named_by_the_first_message(
    console: Console, verdict: CheckVerdict
) -> None:
    assert await console.submits()
    assert console.verdict(Check.URL_CHECK) is V.OK
    assert not (await console.sandbox.say(LI, "在吗")).accepted
    assert console.verdict(Check.MESSAGE) is verdict
    assert "push:shop" in console.troubles
    assert (await console.newest())[0] is verdict
    console.sandbox.platform.change("shop", account=ACCOUNT, credentials=CREDENTIALS)
    assert (await console.sandbox.say(LI, "在吗")).accepted
    assert "push:shop" not in console.troubles


@pytest.mark.parametrize(
    "console", [MiniProgram(replace(ACCOUNT, original_id="gh_ffffffffffff"), CREDENTIALS)], indirect=True
)
async def test_a_wrong_original_id_is_reported_by_the_first_message(console: Console) -> None:
    await console.submits()
    assert (await console.sandbox.say(LI, "在吗")).accepted
    assert "gh_ffffffffffff" in console.troubles["original_id:shop"]


@pytest.mark.parametrize("console", [MiniProgram(ACCOUNT, CREDENTIALS, BodyFormat.XML)], indirect=True)
async def test_xml_is_a_note_and_a_repeated_push_is_counted(console: Console) -> None:
    await console.submits()
    console.sandbox.faults.plan(SimulatedFault(FaultKind.RETRY, "push"))
    await console.sandbox.say(LI, "在吗")
    assert console.troubles == {}
    verdicts = {one.verdict for one in await console.opened.desk.setup.attempts("shop")}
    assert {V.XML_FORMAT, V.PUSH_REPEATED} <= verdicts


async def test_encrypted_pushes_to_an_account_in_plain_mode_are_reported(tmp_path: Path) -> None:
    program = MiniProgram(ACCOUNT, CREDENTIALS)
    async for console in console_of(program, tmp_path, push_mode=PushMode.PLAIN):
        await console.submits()
        await console.sandbox.say(LI, "在吗")
        assert console.verdict(Check.MESSAGE) is V.MODE_DIFFERS
        assert "here plain mode is set" in console.troubles["push:shop"]


async def test_a_forged_push_beside_good_ones_calls_nobody(console: Console) -> None:
    await console.submits()
    await console.sandbox.say(LI, "在吗")
    console.sandbox.faults.plan(SimulatedFault(FaultKind.WRONG_SIGNATURE, "push"))
    await console.sandbox.say(LI, "假的")
    assert console.troubles == {}


async def test_facts_and_attempts_survive_a_restart_and_the_lamp_turns_green(console: Console) -> None:
    rules = '[[rules]]\nname = "hi"\nwhen = { any = ["在"] }\nthen = [{ reply = "在的" }]\n'
    desk = console.opened.desk
    lamp = lambda: desk.setup.state.lamp.verdict  # noqa: E731
    assert lamp() is V.NO_PUBLIC_URL
    await console.submits()
    await desk.setup.check_mini_program("shop")
    assert lamp() is V.WAITING
    await desk.rules.exchange.take_in(rules, "rules.toml")
    await console.sandbox.say(LI, "在吗")
    await console.sandbox.wait_for_reply(LI)
    while console.verdict(Check.MESSAGE) is not V.OK:
        await desk.setup._waiting.prove("shop")
    assert lamp() is V.OK
    await console.opened.stop()
    console.opened = await open_desk(console.setup)
    assert (console.verdict(Check.URL_CHECK), console.verdict(Check.MESSAGE)) == (V.OK, V.OK)
