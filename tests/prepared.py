"""A home as a desk leaves it that has been opened once: the database has our schema and no rows.

Bringing an empty file up to it costs more than most tests do afterwards. That this leads there, and what a first start
makes of an empty home, is for tests/store/test_migrations.py, test_opening.py and the tests of the commands.
"""

import asyncio
import functools
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from wxdesk.store import open_store

SQLITE = "sqlite:///desk.db"


def prepare(home: Path) -> None:
    """Put the empty database there, unless there is one."""
    file = home / "desk.db"
    if not file.exists():
        home.mkdir(exist_ok=True)
        file.touch(mode=0o600)
        file.write_bytes(_empty_database())


@functools.cache
def _empty_database() -> bytes:
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(1) as elsewhere:  # a loop may be running here
        elsewhere.submit(lambda: asyncio.run(bring_up(SQLITE, Path(folder)))).result()
        return (Path(folder) / "desk.db").read_bytes()


async def bring_up(url: str, home: Path) -> None:
    """Open the store once, and close it."""
    await (await open_store(url, home)).close()
