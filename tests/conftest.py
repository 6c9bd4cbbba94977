"""What holds for every test: no screen, no unannounced warning in the log, one language."""

import logging
import os
import re
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["FONTCONFIG_FILE"] = str(Path(__file__).parent / "data" / "fonts.conf")  # no face of this machine's
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"  # no test touches a person's own secrets
os.environ["RES_OPTIONS"] = "timeout:1 attempts:1"  # a question about a name that gets lost costs a second, not ten
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # what tests start, and often, compiles once
os.environ.pop("PYTHONUNBUFFERED", None)  # nobody sets it for the program
os.environ["LC_ALL"] = "C.UTF-8"  # what tests start speaks English on a Chinese machine too
os.environ.pop("LANGUAGE", None)  # which comes before it
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # Started in the background of a shell: the programs that tests start would not hear Ctrl+C either.
    signal.signal(signal.SIGINT, signal.default_int_handler)

from tests.flow.serving import Serving
from tests.postgresql import postgres
from wxdesk import i18n
from wxdesk.desk.runtime import trouble_log
from wxdesk.ui.runtime.display import missing_library

__all__ = ["postgres"]  # a fixture for every folder

pytest_plugins = ["tests.without_qt"] if missing_library() else ["pytestqt.plugin", "tests.patient_bot"]

settings.register_profile("patient", deadline=None)  # a busy machine needs more than 200 ms; what hangs has `timeout`
settings.load_profile("patient")

PATIENCE_MS = 20_000
"""How long tests wait for what is sure to come; a machine that does much else needs it."""

USUAL_SECONDS = 120.0
"""`timeout` in pyproject.toml."""

LIMITS = (
    ("wxdesk.runner", "STOP_SECONDS"),
    ("wxdesk.threads", "END_SECONDS"),
    ("wxdesk.store.messages.push_batches", "PATIENCE_SECONDS"),
    ("wxdesk.store.engine.sqlite", "CLOSE_SECONDS"),
    ("wxdesk.store.engine.postgresql", "CLOSE_SECONDS"),
    ("wxdesk.store.engine.postgresql", "LEASE_ANSWERS_SECONDS"),
)
"""Seconds after which the program gives up a thread or the disk, and says so."""

type Sized = Callable[[Any, Any, Any], Any]
"""Returns the first, second or third of three values: for a sample, for every push, for all that is promised."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--campaigns` gives the campaigns the size that every push is held to, `--campaigns=full` that of the promises.

    Without it they run in a small sample.
    """
    sizes = ("sample", "push", "full")
    parser.addoption("--team", action="store_true", help="test the window as a desk beside a server on PostgreSQL")
    parser.addoption("--campaigns", nargs="?", default="sample", const="push", choices=sizes, help="size of campaigns")


@pytest.fixture
def sized(pytestconfig: pytest.Config) -> Sized:
    """Choose among the three sizes of a campaign."""
    size = pytestconfig.getoption("campaigns")
    return lambda sample, push, full: {"sample": sample, "push": push, "full": full}[size]


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Work in a process more than there are processors when a folder of tests is asked for, and in one when it is less.

    Tests wait almost a third of their time, for the disk or for what is to come. A worker takes two seconds until its
    first test, more than most files need.
    """
    return (os.cpu_count() or 1) + 1 if any(Path(argument).is_dir() for argument in config.args) else 0


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give the largest campaigns their time, and let the tests come first that may take longest.

    So no process of several waits for another: the short ones can be given away at the end, one by one; what is under
    way cannot.
    """
    if config.getoption("campaigns") == "full":
        for item in items:
            if item.get_closest_marker("campaign"):
                item.add_marker(pytest.mark.timeout(24 * 3600), append=False)
    if hasattr(config, "workerinput"):
        items.sort(key=_patience, reverse=True)


def _patience(item: pytest.Item) -> float:
    """The seconds that a test asks for, where it asks for more than is usual."""
    mark = item.get_closest_marker("timeout")
    return max(float(mark.args[0]), USUAL_SECONDS) if mark else USUAL_SECONDS


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Tests read English sentences unless they choose another language."""
    i18n.use("en")
    yield
    i18n.use("en")


@pytest.fixture(autouse=True)
def _nothing_left_running() -> Iterator[None]:
    """A test that fails leaves no `wxdesk serve` behind."""
    yield
    while Serving.running:
        Serving.running[0].kill()


@pytest.fixture(autouse=True)
def _patient(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that does much else, or whose disk is slow, fails no test but those marked `impatient`."""
    if not any(map(request.node.get_closest_marker, ("impatient", "campaign"))):
        for module, limit in LIMITS:
            if module in sys.modules:
                monkeypatch.setattr(f"{module}.{limit}", PATIENCE_MS / 1000)


@pytest.fixture(autouse=True)
def _quiet_log(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """A warning in the log fails the test unless it announced it: `@pytest.mark.expects_log("pattern")`.

    Troubles are told to the operator, and by tests in their own words; each is a line of the log, too.
    """
    yield
    expected = [re.compile(mark.args[0]) for mark in request.node.iter_markers("expects_log")]
    loud = [
        f"{record.name}: {record.getMessage()}"
        for when in ("setup", "call")
        for record in caplog.get_records(when)
        if record.levelno >= logging.WARNING and record.name != trouble_log.__name__
    ]
    unexpected = [line for line in loud if not any(pattern.search(line) for pattern in expected)]
    assert not unexpected, f"unannounced in the log: {unexpected}"
