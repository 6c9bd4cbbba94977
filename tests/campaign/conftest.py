"""Parts of the stories that campaigns use as well, and folders for worlds."""

import itertools
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flow.conftest import sandbox

__all__ = ["sandbox"]

IN_MEMORY = Path("/dev/shm")  # noqa: S108 - where waiting for a disk proves nothing


@pytest.fixture
def folders() -> Iterator[Iterator[Path]]:
    """A new folder for each of thousands of worlds; the one before is removed."""
    with tempfile.TemporaryDirectory(prefix="wxdesk-", dir=IN_MEMORY if IN_MEMORY.is_dir() else None) as within:

        def one_after_the_other() -> Iterator[Path]:
            for number in itertools.count():
                folder = Path(within) / str(number)
                folder.mkdir()
                yield folder
                shutil.rmtree(folder)

        yield one_after_the_other()
