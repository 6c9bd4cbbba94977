"""The layer below the desks of these campaigns, and the parent of their processes."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.campaign.disk import recorder
from tests.campaign.disk.children import Nursery


@pytest.fixture(scope="session")
def layer(tmp_path_factory: pytest.TempPathFactory) -> Path | None:
    """The layer between a process and its disk, where it can be slipped in."""
    return recorder.build(tmp_path_factory.mktemp("layer")) if sys.platform == "linux" else None


@pytest.fixture(scope="session")
def nursery(layer: Path | None) -> Iterator[Nursery]:
    """Processes that can be killed."""
    if sys.platform == "win32":
        pytest.skip("kill -9 and fork are POSIX")
    with Nursery(layer) as made:
        yield made


@pytest.fixture
def watched(layer: Path | None, nursery: Nursery) -> Nursery:
    """Processes above the layer."""
    if layer is None:
        pytest.skip("a layer between a process and its disk needs Linux and a C compiler")
    return nursery


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty home."""
    made = tmp_path / "home"
    made.mkdir()
    return made
