"""A backup is written each day into a folder of the operator's choice, and the newest stay."""

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from time import monotonic

import pytest

from tests.flow.timed_desk import START, HandClock
from tests.prepared import prepare
from wxdesk.config.reading import BackupSettings, Config
from wxdesk.core.events import ConfigurationChanged, Event, TroubleRaised
from wxdesk.desk.data.daily_backups import KEPT, DailyBackups, daily_backups
from wxdesk.desk.runtime.bus import Bus
from wxdesk.desk.settings.configuration import Configuration, Setup
from wxdesk.i18n import tr
from wxdesk.store.moving.backup import read_listing


class Daily:
    """The daily backups of a home into a folder."""

    def __init__(self, tmp_path: Path) -> None:
        self.home, self.folder = tmp_path / "home", tmp_path / "backups"
        prepare(self.home)
        self.folder.mkdir()
        self.heard = list[Event]()
        self.told = asyncio.Event()
        self.clock = HandClock()
        self.configuration = Configuration(Setup(self.home, Config(), clock=self.clock), self.hear, None)  # type: ignore[arg-type]
        bus = Bus()
        bus.subscribe(self.hear)
        self.part = DailyBackups(self.configuration, bus.publish, self.clock)

    def hear(self, event: Event) -> None:
        self.heard.append(event)
        self.told.set()

    def use(self, folder: Path) -> None:
        settings = BackupSettings(str(folder))
        self.configuration.use(Setup(self.home, Config(backup=settings), clock=self.clock))

    @property
    def files(self) -> list[str]:
        return [file.name.rpartition("-daily-")[2][-14:] for file in daily_backups(self.folder, self.home)]

    @property
    def trouble(self) -> str:
        raised = [event.text for event in self.heard if isinstance(event, TroubleRaised)]
        return tr(raised[-1]) if raised else ""


@pytest.fixture
def daily(tmp_path: Path) -> Daily:
    return Daily(tmp_path)


async def test_each_day_has_one_and_the_newest_stay(daily: Daily) -> None:
    assert await daily.part.back_up() is None, "nobody asked for any"
    daily.use(daily.folder)
    own = daily.folder / "wxdesk-2026-11-30.zip"
    own.write_bytes(b"the operator's own")
    days = [(START + timedelta(days=n)).astimezone() for n in range(KEPT + 1)]
    for day in days:
        daily.clock.now = day
        again = await daily.part.back_up()
        assert again is not None
        assert (again.date(), again.hour) == ((day + timedelta(days=1)).date(), 0)
    assert daily.files == [f"{day:%Y-%m-%d}.zip" for day in reversed(days[1:])]
    assert own.exists()
    newest = daily_backups(daily.folder, daily.home)[0]
    assert "desk.db" in read_listing(newest).files
    written = newest.stat().st_mtime_ns
    await daily.part.back_up()
    assert newest.stat().st_mtime_ns == written, "one a day"
    assert daily.heard == [], "nobody hears of what goes well"


async def test_a_folder_that_is_not_there_is_told_and_never_made(daily: Daily) -> None:
    missing = daily.folder / "stick"  # a place for a disk that is not plugged in
    daily.use(missing)
    assert await daily.part.back_up() == daily.clock.now + timedelta(hours=1)
    assert "the folder for it does not exist" in daily.trouble
    assert not missing.exists()
    missing.mkdir()
    await daily.part.back_up()
    assert daily.trouble == ""
    assert len(daily_backups(missing, daily.home)) == 1


async def test_rests_of_a_backup_that_was_cut_off_on_another_day_go(daily: Daily) -> None:
    daily.use(daily.folder)
    await daily.part.back_up()
    [file] = daily_backups(daily.folder, daily.home)
    cut_off = daily.folder / f".{file.name}-abc"
    elsewhere = daily.folder / f".{file.name[:-14]}2-{file.name[-14:]}-abc"  # of a computer that is called so with a 2
    for rest in (cut_off, elsewhere):
        rest.mkdir()
        (rest / "desk.db").write_bytes(b"half")
    daily.clock.now += timedelta(days=1)
    await daily.part.back_up()
    assert not cut_off.exists()
    assert elsewhere.exists()


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="looks for the process there")
async def test_a_desk_that_ends_ends_its_backup(daily: Daily) -> None:
    def writes() -> bool:
        named = os.fsencode(daily.home)
        return any(named in cmdline(process) for process in Path("/proc").glob("[0-9]*"))

    daily.use(daily.folder)
    backing_up = asyncio.create_task(daily.part.back_up())
    await asyncio.to_thread(wait_until, writes)
    backing_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await backing_up
    assert not writes()
    assert daily.files == []


def wait_until(holds: Callable[[], bool]) -> None:
    """Return once this holds; raises `TimeoutError`."""
    deadline = monotonic() + 30
    while not holds():
        if monotonic() > deadline:
            raise TimeoutError


def cmdline(process: Path) -> bytes:
    """Return the command of a process; nothing if it has just ended."""
    with suppress(OSError):
        return (process / "cmdline").read_bytes()
    return b""


async def test_another_folder_is_used_at_once(daily: Daily) -> None:
    running = asyncio.create_task(daily.part.run())
    for folder, fails in ((daily.folder / "stick", True), (daily.folder, False)):
        daily.told.clear()
        daily.use(folder)
        daily.part.on_event(ConfigurationChanged(tables=("backup",)))
        async with asyncio.timeout(30):
            await daily.told.wait()
        assert bool(daily.trouble) is fails
    running.cancel()
    assert len(daily.files) == 1
