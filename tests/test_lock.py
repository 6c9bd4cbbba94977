"""The lock that builds and the look-up of advisories start from: it has all that wxdesk needs, and nothing else."""

import re
import tomllib
from collections.abc import Iterable
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from wxdesk import __version__

ROOT = Path(__file__).parent.parent
BUILD_LOCK = (ROOT / "installers/build.lock").read_text("utf-8")
LOCK = (ROOT / "requirements.lock").read_text("utf-8")
LOCKED = {
    canonicalize_name(one.name): one for one in map(Requirement, re.findall(r"(?m)^[a-z0-9][^\\\n]*==[^\\\n]*", LOCK))
}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
NEEDED = [Requirement(line) for line in PROJECT["dependencies"] + PROJECT["optional-dependencies"]["team"]]
REMEDY = "make requirements.lock anew (docs/dev/releasing.md)"


def needed_here(requirements: Iterable[Requirement], extras: Iterable[str] = ("",)) -> list[Requirement]:
    return [one for one in requirements if one.marker is None or any(one.marker.evaluate({"extra": e}) for e in extras)]


@pytest.mark.parametrize("needed", NEEDED, ids=str)
def test_what_the_project_asks_for_is_locked_within_its_bounds(needed: Requirement) -> None:
    locked = LOCKED.get(canonicalize_name(needed.name))
    assert locked is not None, REMEDY
    [pin] = locked.specifier
    assert needed.specifier.contains(pin.version), REMEDY


def test_every_dependency_but_two_of_data_has_an_upper_bound() -> None:
    unbounded = {one.name for one in NEEDED if not any(part.operator in ("<", "==", "~=") for part in one.specifier)}
    assert unbounded == {"certifi", "tzdata"}  # data: true, or out of date


def test_the_lock_holds_exactly_the_dependencies_of_dependencies() -> None:
    found: set[str] = set()
    waiting = [(one.name, one.extras) for one in needed_here(NEEDED)]
    while waiting:
        name, extras = waiting.pop()
        found.add(canonicalize_name(name))
        for needed in needed_here(map(Requirement, requires(name) or ()), extras or {""}):
            if canonicalize_name(needed.name) not in found:
                waiting.append((needed.name, needed.extras))
    here = {canonicalize_name(one.name) for one in needed_here(LOCKED.values())}
    assert found == here, REMEDY


@pytest.mark.parametrize("lock", [LOCK, BUILD_LOCK], ids=["program", "build"])
def test_each_version_has_its_hashes(lock: str) -> None:
    entries = re.split(r"(?m)^(?=[a-z0-9])", lock)[1:]
    assert len(entries) == len(re.findall(r"(?m)^[a-z0-9][^\\\n]*==", lock))
    assert all("--hash=sha256:" in entry for entry in entries), REMEDY


@pytest.mark.parametrize("lock", [LOCK, BUILD_LOCK], ids=["program", "build"])
def test_each_lock_names_the_export_command_of_the_release_page(lock: str) -> None:
    command = re.search(r"uv export .*", lock)
    assert command is not None
    assert command[0] in (ROOT / "docs/dev/releasing.md").read_text("utf-8")


def test_the_changelog_ends_with_the_version_that_the_program_has() -> None:
    released = re.findall(r"(?m)^## \[(\d[^]]*)\]", (ROOT / "CHANGELOG.md").read_text("utf-8"))
    assert released[:1] in ([], [__version__])


def test_the_build_lock_pins_pyinstaller_within_its_bounds() -> None:
    [asked] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["dependency-groups"]["build"]
    needed, pin = Requirement(asked), re.search(r"(?m)^pyinstaller==(\S+)", BUILD_LOCK)
    assert needed.name == "pyinstaller"
    assert pin is not None
    assert needed.specifier.contains(pin[1]), REMEDY
