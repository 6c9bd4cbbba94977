"""A command of the terminal that a kill ends has done all or nothing, or can be begun again."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import signal
import sqlite3
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from tests.campaign.disk.at_work import RULES, read_confirmed
from tests.campaign.disk.children import Nursery
from tests.campaign.disk.recorder import AFTER, BEFORE, CUT, NAME, OPEN, SYNC, WRITE, Disk, Fault, Kept
from tests.campaign.disk.verdict import Found
from tests.conftest import Sized
from tests.prepared import prepare
from tests.store.chats import T0, Talk
from wxdesk.cli import main
from wxdesk.config.reading import load
from wxdesk.core.model.picture import Picture, PictureFormat
from wxdesk.store import open_store
from wxdesk.store.pictures.files import PictureFiles

ACT = "tests.campaign.disk.one_act"
SQLITE = "sqlite:///desk.db"
CALLS = WRITE | SYNC | CUT | OPEN | NAME
TRIES = (2, 12, 600)
"""How often each command is cut off in each size of the campaign."""

ACCOUNT = '\n[[accounts]]\nname = "{name}"\napp_id = "wx{number:016d}"\noriginal_id = "gh_{number:012d}"\n'


def cut_off(nursery: Nursery, home: Path, act: str, argument: str, chance: Random) -> bool:
    """Let a command begin that is killed at one of its statements or calls; whether it had an end all the same."""
    if chance.random() < 0.5:
        code = nursery.live(f"{ACT}.{act}", argument, chance.randrange(1, 90), folder=home)
    else:
        fault = Fault(CALLS, chance.randrange(1, 120), dies=chance.choice((BEFORE, AFTER)))
        code = nursery.live(f"{ACT}.{act}", argument, folder=home, fault=fault)
    assert code in (0, -signal.SIGKILL)
    return code == 0


async def fill(home: Path) -> None:
    """Two accounts with messages and a picture each; the newest ones are of the one that will go."""
    store = await open_store(SQLITE, home)
    talk, files = Talk(store), PictureFiles(home / "pictures")
    for account in ("other", "shop"):
        for number in range(10):
            said = await talk.says(f"o{number}", f"{account} {number}", account=account)
        data = account.encode()
        picture = Picture(hashlib.sha256(data).hexdigest(), PictureFormat.PNG, 1, 1, len(data))
        await files.keep(picture, data)
        await store.pictures.settle(said.message.id, picture, T0)
    store.pushes.mark_newest()
    await store.close()


def left_of(home: Path, account: str) -> tuple[int, int, bool]:
    """How many pushes and pictures of an account are there, and whether it is configured."""
    digest = hashlib.sha256(account.encode()).hexdigest()
    with closing(sqlite3.connect(home / "desk.db")) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        (pushes,) = db.execute("SELECT count(*) FROM raw_pushes WHERE account = ?", (account,)).fetchone()
    configured = account in {entry.name for entry in load(home).accounts}
    return pushes, len(list((home / "pictures").rglob(f"{digest}*"))), configured


async def lost(home: Path) -> int:
    store = await open_store(SQLITE, home)
    try:
        return await store.pushes.lost()
    finally:
        await store.close()


@pytest.mark.campaign
@pytest.mark.timeout(900)
def test_a_removal_with_data(watched: Nursery, tmp_path: Path, sized: Sized) -> None:
    chance, begun, home = Random(20261207), tmp_path / "begun", tmp_path / "home"
    prepare(begun)
    asyncio.run(fill(begun))
    accounts = [ACCOUNT.format(name=name, number=number) for number, name in enumerate(("other", "shop"))]
    (begun / "config.toml").write_text("".join(accounts), encoding="utf-8")
    for _ in range(sized(*TRIES)):
        shutil.copytree(begun, home)
        ended = cut_off(watched, home, "remove_account", "shop", chance)
        assert asyncio.run(lost(home)) == 0, "an alarm about messages that were removed on purpose"
        if left_of(home, "shop")[2]:
            assert not ended
            assert main(["--home", str(home), "--lang", "en", "account", "remove", "shop", "--with-data"]) == 0
        assert left_of(home, "shop") == (0, 0, False)
        assert left_of(home, "other") == (10, 1, True)
        assert asyncio.run(lost(home)) == 0
        shutil.rmtree(home)


@pytest.mark.campaign
@pytest.mark.timeout(900)
def test_an_import_of_rules(watched: Nursery, tmp_path: Path, sized: Sized) -> None:
    chance, home, version = Random(20261208), tmp_path / "home", "0"
    home.mkdir()
    (tmp_path / "rules.toml").write_text(RULES.format(version=version), encoding="utf-8")
    assert main(["--home", str(home), "--lang", "en", "rules", "import", str(tmp_path / "rules.toml")]) == 0
    for number in range(1, sized(*TRIES) + 1):
        ended = cut_off(watched, home, "import_rules", str(number), chance)
        asyncio.run(lost(home))
        with closing(sqlite3.connect(home / "desk.db")) as db:
            assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            found = Found(db).rules("")
        assert found == str(number) if ended else found in (version, str(number))
        version = str(found)
    assert read_confirmed(home)


@pytest.mark.campaign
@pytest.mark.timeout(300)
def test_the_power_goes_after_a_change_of_the_configuration(watched: Nursery, tmp_path: Path, sized: Sized) -> None:
    """Each image has one of the two whole, and the new one once it was confirmed."""
    chance, home, begun, record = Random(20261211), tmp_path / "home", tmp_path / "begun", tmp_path / "record"
    home.mkdir()
    (home / "config.toml").write_text(ACCOUNT.format(name="shop", number=1), encoding="utf-8")
    for number in range(1, sized(1, 3, 25) + 1):
        shutil.rmtree(begun, ignore_errors=True)
        record.unlink(missing_ok=True)
        shutil.copytree(home, begun)
        assert watched.live(f"{ACT}.change_account", "shop", str(number), folder=home, record=record) == 0
        disk = Disk(home, begun, record)
        for _ in disk.events():
            for kept in Kept:
                left = tmp_path / "left"
                disk.cut(left, kept, chance)
                [entry] = load(left).accounts
                done = any(line[0] == "done" and line[2] == str(number) for line in read_confirmed(left))
                assert entry.hold_seconds == number or not done
                assert entry.hold_seconds in (number, number - 1 or 8)
                shutil.rmtree(left)
