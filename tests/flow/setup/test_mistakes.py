"""Every mistake that newcomers made, made on purpose: doctor names it, in both languages, with what mends it."""

import asyncio
import dataclasses
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import keyring
import pytest
from keyring.backends.fail import Keyring as NoKeychain
from msgspec.structs import replace

from tests.certificates import NAME
from tests.faulty_proxy import Fault, FaultyProxy
from tests.flow.serving import environment
from tests.ports import free_port
from tests.prepared import prepare
from wxdesk import i18n
from wxdesk.app import OpenDesk, open_desk
from wxdesk.core.events import MessageKept
from wxdesk.core.model.account import PushMode
from wxdesk.core.setup.findings import Check, Finding, Gravity
from wxdesk.core.setup.findings import CheckVerdict as V
from wxdesk.desk.ports import utc_now
from wxdesk.desk.settings.configuration import read_setup
from wxdesk.desk.setup import sentences
from wxdesk.doctor.case import Case
from wxdesk.doctor.examination import WindowCheck, examine
from wxdesk.sandbox.demo_customers import LI_LEI, demo_account
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault
from wxdesk.sandbox.server import Sandbox
from wxdesk.secrets.sources import SecretSources
from wxdesk.tunnel.connection import Surroundings

ACCOUNT, CREDENTIALS = demo_account()
KEY, TOKEN = CREDENTIALS.encoding_aes_key, CREDENTIALS.push_token

CONFIG = """\
[listener]
port = {port}
public_url = "http://{name}"
[wechat]
api_base = "{api}"
[[accounts]]
name = "shop"
app_id = "{app_id}"
original_id = "{original_id}"
"""


@dataclass
class Scene:
    """A set-up in which all is well but what a test puts wrong: a home, WeChat, a tunnel, and the environment."""

    home: Path
    sandbox: Sandbox
    tunnel: FaultyProxy
    port: int
    environ: dict[str, str]

    def config(self, old: str, new: str) -> None:
        """Write something else into config.toml; `old` is a pattern."""
        text, changed = re.subn(old, lambda _: new, self.text, count=1, flags=re.MULTILINE)
        assert changed, old
        self.file.write_text(text, encoding="utf-8")

    @property
    def file(self) -> Path:
        return self.home / "config.toml"

    @property
    def text(self) -> str:
        return self.file.read_text(encoding="utf-8")

    def secret(self, name: str, value: str) -> None:
        """Supply another value in the place of a secret."""
        self.environ[f"WXDESK_SHOP_{name.upper()}"] = value

    def secrets(self, **values: str) -> None:
        """Supply other values in the place of several."""
        for name, value in values.items():
            self.secret(name, value)

    def refuse(self, errcode: int) -> None:
        """Let WeChat refuse every token."""
        self.sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, "token", errcode=errcode, times=None))

    async def doctor(self) -> list[Finding]:
        """What `wxdesk doctor` finds; its child for the window has tests of its own."""

        async def resolve(_: str) -> tuple[str, ...]:
            return ("127.0.0.1",)

        around = Surroundings(resolve, lambda: ("192.0.2.7",), lambda _: self.tunnel.port, is_private=lambda _: False)
        return [finding async for finding in examine(Case(self.home, utc_now, self.environ, around))]


@pytest.fixture
async def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scene]:
    async def nothing(_: WindowCheck) -> tuple[Finding, ...]:
        return ()

    monkeypatch.setattr(WindowCheck, "first", nothing)
    prepare(tmp_path)
    port = free_port()
    sandbox, tunnel = Sandbox(), FaultyProxy(port)
    await sandbox.start()
    await tunnel.start()
    text = CONFIG.format(port=port, name=NAME, api=sandbox.url, app_id=ACCOUNT.app_id, original_id=ACCOUNT.original_id)
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    yield Scene(tmp_path, sandbox, tunnel, port, environment())
    await tunnel.stop()
    await sandbox.stop()


def told(finding: Finding) -> tuple[str, str]:
    """The finding in both languages, with what mends it."""
    i18n.use("zh_CN")
    chinese = sentences.told(finding)
    i18n.use("en")
    return sentences.told(finding), chinese


type Making = Callable[[Scene], object]

CONFIGURATION = {
    29: ("Chinese quotes", lambda s: s.config(r'"shop"', "“shop”"), "full-width"),
    30: ("unclosed quote", lambda s: s.config(r'"shop"', '"shop'), "A text is not closed"),
    31: ("[accounts]", lambda s: s.config(r"\[\[accounts\]\]", "[accounts]"), "write [[accounts]]"),
    32: ("appid", lambda s: s.config(r"app_id", "appid"), "did you mean “app_id”?"),
    33: ("full-width =", lambda s: s.config(r"name = ", "name ＝ "), "full-width"),
    34: ("GBK", lambda s: s.file.write_bytes(f"# 店铺\n{s.text}".encode("gbk")), "not text in UTF-8"),
    35: ("UTF-16", lambda s: s.file.write_bytes(s.text.encode("utf-16")), "not text in UTF-8"),
    37: ("Chinese name", lambda s: s.config(r'"shop"', '"店铺"'), "letters, digits"),
    38: ("name with a blank", lambda s: s.config(r'"shop"', '"my shop"'), "letters, digits"),
    40: ("no https://", lambda s: s.config(r'"http://desk', '"desk'), "http:// or https://"),
    43: ("port in quotes", lambda s: s.config(r"port = \d+", 'port = "8765"'), "must be a whole number"),
    53: ("AppID empty", lambda s: s.config(r'app_id = ".*"', 'app_id = ""'), "is empty"),
    55: ("port 99999", lambda s: s.config(r"port = \d+", "port = 99999"), "from 0 to 65535"),
}


@pytest.mark.parametrize("number", CONFIGURATION)
async def test_a_mistake_in_the_file_is_named_with_its_place(scene: Scene, number: int) -> None:
    _, make, words = CONFIGURATION[number]
    make(scene)
    said = []
    for language in i18n.LANGUAGES:  # the reason is the file's reader's, in the language of the moment
        i18n.use(language)
        [broken] = [finding for finding in await scene.doctor() if finding.check is Check.CONFIGURATION]
        assert broken.verdict is V.CONFIG_BROKEN
        said.append(sentences.told(broken))
    chinese, english = said
    assert words in english
    assert "config.toml" in chinese
    assert english != chinese


def _taken(scene: Scene) -> None:
    scene.config(r"port = \d+", f"port = {scene.tunnel.port}")


NAMED: dict[int, tuple[Making, Check, V]] = {
    1: (lambda s: s.secret("app_secret", "0" * 32), Check.API, V.APP_SECRET_WRONG),
    2: (lambda s: s.secrets(push_token=KEY, encoding_aes_key=TOKEN), Check.SECRETS, V.SECRETS_SWAPPED),
    6: (lambda s: s.config(r"gh_\w+", "gh_123"), Check.CONFIGURATION, V.ORIGINAL_ID_ILLEGAL),
    7: (lambda s: s.config(r'"wx\w{15}', '"wx' + "0" * 15), Check.API, V.APP_ID_WRONG),
    8: (lambda s: s.config(r'"wx\w+"', f'"{ACCOUNT.app_id} "'), Check.SECRETS, V.APP_ID_ILLEGAL),
    9: (lambda s: s.secret("encoding_aes_key", KEY[:42]), Check.SECRETS, V.AES_KEY_ILLEGAL),
    10: (lambda s: s.secret("encoding_aes_key", KEY[:42] + "+"), Check.SECRETS, V.AES_KEY_ILLEGAL),
    17: (lambda s: setattr(s.tunnel, "fault", Fault.REDIRECT), Check.ADDRESS, V.REDIRECT),
    18: (lambda s: setattr(s.tunnel, "fault", Fault.HTML_PAGE), Check.ADDRESS, V.INTERSTITIAL),
    19: (lambda s: setattr(s.tunnel, "fault", Fault.BAD_GATEWAY), Check.ADDRESS, V.OTHER_PROGRAM),
    20: (lambda s: setattr(s.tunnel, "fault", Fault.QUOTES), Check.ADDRESS, V.ANSWER_CHANGED),
    21: (lambda s: setattr(s.tunnel, "fault", Fault.HANGING), Check.ADDRESS, V.TOO_SLOW),
    27: (_taken, Check.LISTENER, V.PORT_TAKEN),
    39: (lambda s: s.config(r"public_url.*\n", ""), Check.ADDRESS, V.NO_PUBLIC_URL),
    41: (lambda s: s.config(r'http://.*"', f'http://{NAME}/wx/shop"'), Check.ADDRESS, V.URL_CLEANED),
    42: (lambda s: s.config(r"port", 'host = "desk.invalid"\nport'), Check.LISTENER, V.LISTENER_ADDRESS),
    46: (lambda s: s.refuse(40164), Check.API, V.IP_NOT_LISTED),
    47: (lambda s: s.refuse(40243), Check.API, V.APP_SECRET_FROZEN),
    48: (lambda s: s.secret("push_token", ""), Check.SECRETS, V.SECRET_MISSING),
    49: (lambda _: None, Check.RULES, V.NO_RULES),
    52: (lambda s: s.config(r'api_base = ".*"', 'api_base = "http://127.0.0.1:9"'), Check.API, V.API_UNREACHABLE),
    56: (lambda s: s.file.rename(s.home / "config.toml.txt"), Check.CONFIGURATION, V.CONFIG_MISNAMED),
    59: (lambda s: s.file.unlink(), Check.CONFIGURATION, V.NO_ACCOUNT),
    60: (lambda s: s.secret("push_token", "a b c"), Check.SECRETS, V.TOKEN_ILLEGAL),
    64: (lambda s: s.secret("app_secret", ""), Check.KEYCHAIN, V.KEYCHAIN_UNUSABLE),
}


@pytest.mark.parametrize("number", NAMED)
async def test_a_mistake_is_named_with_what_mends_it(scene: Scene, number: int) -> None:
    make, check, verdict = NAMED[number]
    before = keyring.get_keyring()
    keyring.set_keyring(NoKeychain())
    try:
        make(scene)
        findings = await scene.doctor()
    finally:
        keyring.set_keyring(before)
    matching = [finding for finding in findings if (finding.check, finding.verdict) == (check, verdict)]
    assert matching, [(finding.check.value, finding.verdict.value) for finding in findings]
    english, chinese = told(matching[0])
    assert english != chinese
    assert number != 8 or "blank" in english
    assert sentences.remedy(matching[0]) or verdict.gravity <= Gravity.NOTE
    assert not any(secret in english + chinese for secret in CREDENTIALS.secrets)


WORKS: dict[int, Making] = {
    0: lambda _: None,
    3: lambda s: s.secrets(push_token=f" {TOKEN}\t", app_secret=f"{CREDENTIALS.app_secret} "),
    4: lambda s: s.secret("push_token", _full_width(TOKEN)),
    5: lambda s: s.secret("app_secret", _full_width(CREDENTIALS.app_secret)),
    11: lambda s: s.secret("encoding_aes_key", f"{KEY}="),
    36: lambda s: s.file.write_bytes(b"\xef\xbb\xbf" + s.text.encode()),
    50: lambda s: s.config(r'"shop"', '"Shop"'),
    51: lambda s: s.environ.update(HTTPS_PROXY="http://127.0.0.1:9", HTTP_PROXY="http://127.0.0.1:9"),
    57: lambda s: s.secret("encoding_aes_key", _full_width(KEY)),
}


def _full_width(text: str) -> str:
    return "".join(chr(ord(character) + 0xFEE0) for character in text)


@pytest.mark.parametrize("number", WORKS)
async def test_harmless_slips_are_taken_as_they_are_meant(scene: Scene, number: int) -> None:
    WORKS[number](scene)
    open_points = [finding for finding in await scene.doctor() if finding.verdict.gravity >= Gravity.WARNING]
    assert [finding.verdict for finding in open_points] == [V.NO_RULES], open_points


async def test_26_a_clock_that_is_slow_is_reported(tmp_path: Path, scene: Scene) -> None:
    late = Sandbox(clock=lambda: datetime.now(UTC) + timedelta(minutes=10, seconds=30))
    await late.start()
    scene.config(re.escape(scene.sandbox.url), late.url)
    [clock] = [finding for finding in await scene.doctor() if finding.check is Check.CLOCK]
    await late.stop()
    assert clock.verdict is V.CLOCK_SKEW
    assert "10 minutes slow" in told(clock)[0]


@pytest.fixture
async def opened(scene: Scene) -> "AsyncIterator[Console]":
    """The desk of the scene is open, and WeChat's console leads to it."""
    desk = await open_desk(read_setup(scene.home, SecretSources(scene.home, scene.environ, memory=False)))
    yield Console(scene, desk)
    await desk.stop()


@dataclass
class Console:
    """WeChat's console, as somebody fills it in, and a phone."""

    scene: Scene
    desk: OpenDesk

    async def submit(self, path: str = "/wx/shop") -> None:
        """The URL is saved, whereupon WeChat checks it."""
        self.scene.sandbox.set_push_url(self.desk.url + path)
        await self.scene.sandbox.verify_push_url()

    def has(self, **other: Any) -> None:
        """Other secrets stand in the console than here."""
        self.scene.sandbox.platform.change("shop", credentials=dataclasses.replace(CREDENTIALS, **other))

    async def write(self) -> None:
        """A customer writes; a message that is taken is derived before anybody looks."""
        kept = asyncio.Event()
        self.desk.desk.bus.subscribe(lambda _: kept.set(), MessageKept)
        if (await self.scene.sandbox.say(LI_LEI.openid, "在吗")).accepted:
            await kept.wait()
        await self.desk.desk.setup.attempts("shop")  # they are written down by now


async def _write_after_submitting(console: Console) -> None:
    await console.submit()
    await console.write()


async def _original_id(console: Console) -> None:
    console.scene.sandbox.platform.change("shop", account=replace(ACCOUNT, original_id="gh_ffffffffffff"))
    await _write_after_submitting(console)


async def _other_key(console: Console) -> None:
    console.has(encoding_aes_key="Z" * 42 + "A")
    await _write_after_submitting(console)


async def _other_case(console: Console) -> None:
    console.has(push_token=TOKEN.upper())
    await console.submit()


async def _plain_there(console: Console) -> None:
    console.scene.sandbox.platform.change("shop", account=replace(ACCOUNT, push_mode=PushMode.PLAIN))
    await _write_after_submitting(console)


WAY_IN: dict[int, tuple[Callable[[Console], Awaitable[None]], Check, V]] = {
    0: (_write_after_submitting, Check.URL_CHECK, V.OK),
    12: (_other_key, Check.MESSAGE, V.AES_KEY_DIFFERS),
    13: (_other_case, Check.URL_CHECK, V.TOKEN_DIFFERS),
    14: (lambda console: console.submit("/wx/Shop"), Check.URL_CHECK, V.WRONG_PATH),
    15: (lambda console: console.submit("/wx/shop/"), Check.URL_CHECK, V.WRONG_PATH),
    16: (lambda console: console.submit("/"), Check.URL_CHECK, V.WRONG_PATH),
    22: (_plain_there, Check.MESSAGE, V.MODE_DIFFERS),
    49: (_write_after_submitting, Check.MESSAGE, V.UNANSWERED),
}


@pytest.mark.parametrize("number", WAY_IN)
async def test_mistakes_on_the_way_in_are_named_beside_an_open_desk(opened: Console, number: int) -> None:
    make, check, verdict = WAY_IN[number]
    await make(opened)
    await opened.desk.desk.setup.attempts("")
    findings = await opened.scene.doctor()
    matching = [finding for finding in findings if finding.check is check]
    assert [finding.verdict for finding in matching] == [verdict], matching
    english, chinese = told(matching[0])
    assert english != chinese
    assert sentences.remedy(matching[0]) or verdict is V.OK


async def test_06_a_wrong_original_id_is_reported_with_the_right_one(opened: Console) -> None:
    await _original_id(opened)
    troubles = {one.key: one for one in opened.desk.desk.health.state.troubles}
    assert troubles["original_id:shop"].copy == "gh_ffffffffffff"


ELSEWHERE = {
    23: "tests/flow/desk/test_refused_requests.py",  # secure there, plain here
    24: "tests/webhook/test_server.py",  # compat there, secure here
    25: "tests/flow/desk/test_refused_requests.py",  # XML
    26: "tests/flow/setup/test_mistakes.py",  # clock
    28: "tests/ui/shell/test_second_start.py",
    44: "tests/flow/configuration/test_watching.py",  # config.toml edited while running
    45: "tests/wechat/test_two_programs.py",  # another program fetches tokens
    54: "tests/flow/setup/test_mistakes.py",  # the same as 13 in English: each is told in both languages
    58: "tests/webhook/test_diagnosis.py",  # URL of another account
    61: "tests/flow/configuration/test_watching.py",  # a secret changed while running
    62: "tests/commands/test_secrets.py",  # secret set with a wrong account or name
    63: "tests/commands/test_secrets.py",  # the keychain asks
    65: "tests/ui/runtime/test_display.py",
    66: "tests/test_cli.py",  # a library is missing
    67: "tests/ui/shell/test_closing.py",
}
"""Mistakes that have their tests where what they concern is."""


def test_each_of_the_sixty_seven_has_its_test() -> None:
    here = {*CONFIGURATION, *NAMED, *WORKS, *WAY_IN} - {0}
    assert sorted(here | set(ELSEWHERE)) == list(range(1, 68))
    root = Path(__file__).parents[3]
    assert all((root / name).exists() for name in ELSEWHERE.values())
