"""A command of the terminal that a kill ends has done all or nothing, or can be begun again."""

import asyncio
import hashlib
import shutil
import signal
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from tests.campaign.disk.at_work import RULES, read_confirmed
from tests.campaign.disk.children import PASSPHRASE, Nursery
from tests.campaign.disk.recorder import AFTER, BEFORE, CUT, NAME, OPEN, SYNC, WRITE, Disk, Fault, Kept
from tests.campaign.disk.verdict import Found
from tests.conftest import Sized
from tests.prepared import prepare
from tests.store.chats import T0, Talk
from wxdesk.cli import main
from wxdesk.config.reading import load
from wxdesk.core.model.picture import Picture, PictureFormat
from wxdesk.secrets.names import SecretName, entry_of
from wxdesk.secrets.vault import Vault
from wxdesk.store import open_store
from wxdesk.store.engine.inspection import RESTORING
from wxdesk.store.moving.restore import restore_backup
from wxdesk.store.pictures.files import PictureFiles

ACT = "tests.campaign.disk.one_act"
SQLITE = "sqlite:///desk.db"
CALLS = WRITE | SYNC | CUT | OPEN | NAME
TRIES = (2, 6, 600)
"""How often each command is cut off in each size of the campaign."""

ALONE = '[listener]\nport = 0\n[wechat]\napi_base = "http://127.0.0.1:9"\n'
"""A desk that meets no other one, and no WeChat."""

ACCOUNT = '\n[[accounts]]\nname = "{name}"\napp_id = "wx{number:016d}"\noriginal_id = "gh_{number:012d}"\n'


class Command:
    """A command on a home, which is killed at one of its statements or calls, as many as it is found to have."""

    def __init__(self, nursery: Nursery, begun: Path, act: str, *arguments: str) -> None:
        self._nursery, self._act = nursery, f"{ACT}.{act}"
        tried = begun.with_name("tried")
        shutil.copytree(begun, tried)
        assert nursery.live(self._act, *arguments, folder=tried, fault=Fault(CALLS, 10**9)) == 0
        counted = {kind: facts[0] for kind, *facts in read_confirmed(tried)}
        self._statements, self._calls = counted["statements"], counted["calls"]
        shutil.rmtree(tried)

    def cut_off(self, home: Path, chance: Random, *arguments: str) -> bool:
        """Let it begin and be killed, mostly in its second half; whether it had an end all the same."""
        at = chance.uniform(chance.choice((0, 0.5, 0.5)), 1)
        if chance.random() < 0.5:
            code = self._nursery.live(self._act, *arguments, 1 + round(at * self._statements), folder=home)
        else:
            fault = Fault(CALLS, 1 + round(at * self._calls), dies=chance.choice((BEFORE, AFTER)))
            code = self._nursery.live(self._act, *arguments, folder=home, fault=fault)
        assert code in (0, -signal.SIGKILL)
        return code == 0


async def fill(home: Path, accounts: Sequence[str] = ("other", "shop")) -> None:
    """Accounts with messages and a picture each; the newest ones are of the one that will go."""
    store = await open_store(SQLITE, home)
    talk, files = Talk(store), PictureFiles(home / "pictures")
    for account in accounts:
        for number in range(10):
            said = await talk.says(f"o{number}", f"{account} {number}", account=account)
        data = account.encode()
        picture = Picture(hashlib.sha256(data).hexdigest(), PictureFormat.PNG, 1, 1, len(data))
        await files.keep(picture, data)
        await store.pictures.add_to_message(said.message.id, picture, T0)
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
    removal = Command(watched, begun, "remove_account", "shop")
    for _ in range(sized(*TRIES)):
        shutil.copytree(begun, home)
        ended = removal.cut_off(home, chance, "shop")
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
def test_another_name_of_an_account(watched: Nursery, tmp_path: Path, sized: Sized) -> None:
    """At the next start the account has one of both names, with all that is its own and none of it left elsewhere."""
    chance, begun, home = Random(20261209), tmp_path / "begun", tmp_path / "home"
    prepare(begun)
    asyncio.run(fill(begun))
    vault = Vault(begun / "secrets.vault", cost=14)
    vault.create(PASSPHRASE)
    vault.put({entry_of("shop", name): f"the shop's {name}" for name in SecretName})
    accounts = [ACCOUNT.format(name=name, number=number) for number, name in enumerate(("other", "shop"))]
    (begun / "config.toml").write_text("".join([ALONE, *accounts]), encoding="utf-8")
    renaming = Command(watched, begun, "rename_account", "shop", "tea")
    for _ in range(sized(*TRIES)):
        shutil.copytree(begun, home)
        ended = renaming.cut_off(home, chance, "shop", "tea")
        assert watched.live(f"{ACT}.start_once", folder=home) == 0
        name, gone = ("tea", "shop") if left_of(home, "tea")[2] else ("shop", "tea")
        assert name == "tea" or not ended
        assert left_of(home, name)[::2] == (10, True)
        assert left_of(home, gone)[::2] == (0, False)
        vault = Vault(home / "secrets.vault")
        vault.unlock(PASSPHRASE)
        assert [vault.get(entry_of(name, one)) for one in SecretName] == [f"the shop's {one}" for one in SecretName]
        assert [vault.get(entry_of(gone, one)) for one in SecretName] == [None] * len(SecretName)
        shutil.rmtree(home)


@pytest.mark.campaign
@pytest.mark.timeout(900)
def test_an_import_of_rules(watched: Nursery, tmp_path: Path, sized: Sized) -> None:
    chance, home, version = Random(20261208), tmp_path / "home", "0"
    home.mkdir()
    (tmp_path / "rules.toml").write_text(RULES.format(version=version), encoding="utf-8")
    assert main(["--home", str(home), "--lang", "en", "rules", "import", str(tmp_path / "rules.toml")]) == 0
    importing = Command(watched, home, "import_rules", "1")
    for number in range(1, sized(*TRIES) + 1):
        ended = importing.cut_off(home, chance, str(number))
        asyncio.run(lost(home))
        with closing(sqlite3.connect(home / "desk.db")) as db:
            assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            found = Found(db).rules("")
        assert found == str(number) if ended else found in (version, str(number))
        version = str(found)
    assert read_confirmed(home)


@pytest.mark.campaign
@pytest.mark.timeout(900)
def test_a_restore_into_a_home_in_use(watched: Nursery, tmp_path: Path, sized: Sized) -> None:
    """At the next start the old home is there, or the backup, or a sentence that says what to do."""
    chance, begun, tried = Random(20261213), tmp_path / "begun", tmp_path / "tried"
    begun.mkdir()
    prepare(begun / "home")
    asyncio.run(fill(begun / "home"))
    (begun / "home" / "config.toml").write_text(ALONE, encoding="utf-8")
    assert main(["--home", str(begun / "home"), "--lang", "en", "backup", str(begun / "b.zip")]) == 0
    asyncio.run(fill(begun / "home", ["since"]))
    restoring = Command(watched, begun, "restore")
    for _ in range(sized(*TRIES)):
        shutil.copytree(begun, tried)
        ended = restoring.cut_off(tried, chance)
        assert watched.live(f"{ACT}.start_once", folder=tried / "home") == 0
        [found] = read_confirmed(tried / "home")
        if ended or found[0] == "pushes":
            assert found[1:] == [20, 0] or (found[1:] == [30, 0] and not ended)
        else:
            assert found[0] == "refused"
            assert RESTORING in found[1]
        again = restore_backup(tried / "b.zip", tried / "home", T0, lambda _step: None, set_aside=True)
        asyncio.run(again)  # not in the same second, by whose name the old files are set aside
        assert left_of(tried / "home", "shop")[0] == 10
        shutil.rmtree(tried)


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
