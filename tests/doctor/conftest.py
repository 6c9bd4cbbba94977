"""A home with a simulated WeChat, and the doctor's findings about it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.flow.serving import environment, write_config
from wxdesk.core.setup.findings import Check, Finding
from wxdesk.desk.ports import utc_now
from wxdesk.doctor.case import Case
from wxdesk.doctor.examination import WindowCheck, examine
from wxdesk.sandbox.server import Sandbox
from wxdesk.tunnel.connection import Surroundings


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    wechat = Sandbox()
    await wechat.start()
    yield wechat
    await wechat.stop()


@pytest.fixture
def home(tmp_path: Path, sandbox: Sandbox) -> Path:
    write_config(tmp_path, sandbox.url)
    return tmp_path


def case(home: Path, **environ: str) -> Case:
    return Case(home, utc_now, environment() | environ)


async def found(examined: Case | Path, check: Check, account: str = "") -> Finding:
    """The one finding of a check; what needs no window is asked without one, as a broken library would leave it."""
    return one_of([finding async for finding in examine(_of(examined))], check, account)


def _of(examined: Case | Path) -> Case:
    return examined if isinstance(examined, Case) else case(examined)


def one_of(findings: list[Finding], check: Check, account: str = "") -> Finding:
    [finding] = [one for one in findings if one.check is check and one.account == account]
    return finding


@pytest.fixture(autouse=True)
def _no_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """The child that tries the window has a test of its own: each would take a second and more."""

    async def nothing(_: WindowCheck) -> tuple[Finding, ...]:
        return ()

    monkeypatch.setattr(WindowCheck, "first", nothing)


def files(home: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in home.rglob("*") if path.is_file()}


def configure(home: Path, old: str, new: str) -> None:
    config = home / "config.toml"
    config.write_text(config.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def case_from_outside(home: Path, port: int) -> Case:
    """A case whose public name leads to the port, as a tunnel would."""

    async def resolve(_: str) -> tuple[str, ...]:
        return ("127.0.0.1",)

    made = case(home)
    made.around = Surroundings(resolve, lambda: ("192.0.2.7",), lambda _: port, is_private=lambda _: False)
    return made
