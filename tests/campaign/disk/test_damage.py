"""Flipped bits and cut files: each start is a usable desk that says what it misses, or a plain refusal.

The damaged file is kept then as it is. Nothing ends in a traceback, and nothing is empty without a word.
"""

import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from tests.campaign.disk.at_work import read_confirmed
from tests.campaign.disk.children import PASSPHRASE, Nursery
from tests.campaign.disk.recorder import CONFIRMED, UNKEPT
from tests.conftest import Sized
from tests.flow.serving import write_config
from wxdesk.secrets.names import SecretName, entry_of
from wxdesk.secrets.vault import Vault

COPIES = (6, 16, 600)
"""How many copies are damaged in each size of the campaign."""

FILES = ("desk.db", "desk.db", "desk.db-wal", "desk.db-wal", "config.toml", "secrets.vault")
START = "tests.campaign.disk.one_act.start_once"


@pytest.fixture
def whole(nursery: Nursery, tmp_path: Path) -> Path:
    """A home that a killed desk has left, half of its rows in the log, with a vault and a configuration."""
    home = tmp_path / "whole"
    home.mkdir()
    assert nursery.live("tests.campaign.disk.at_work.work", 1, 40, folder=home) == 0
    left = tmp_path / "left"
    shutil.copytree(home, left, ignore=shutil.ignore_patterns(*(f"*{end}" for end in UNKEPT), CONFIRMED))
    with closing(sqlite3.connect(home / "desk.db")) as db:
        (newest,) = db.execute("SELECT max(id) FROM raw_pushes").fetchone()
    (left / "desk.newest").write_text(str(newest), encoding="ascii")
    write_config(left, "http://127.0.0.1:9")
    vault = Vault(left / "secrets.vault", cost=14)
    vault.create(PASSPHRASE)
    vault.put({entry_of("shop", secret): "x" * 32 for secret in SecretName})
    return left


def damage(file: Path, chance: Random) -> None:
    """Flip one to 64 bits, cut it, or set a part of it to noise."""
    content = bytearray(file.read_bytes())
    match chance.randrange(4):
        case 0:
            del content[chance.randrange(len(content)) :]
        case 1:
            at = chance.randrange(len(content))
            content[at : at + 512] = chance.randbytes(len(content[at : at + 512]))
        case _:
            for _ in range(2 ** chance.randrange(7)):
                content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    file.write_bytes(content)


@pytest.mark.campaign
@pytest.mark.timeout(900)
def test_each_damaged_copy_is_usable_or_refused(nursery: Nursery, whole: Path, tmp_path: Path, sized: Sized) -> None:
    chance, home, ends = Random(20261209), tmp_path / "home", Counter[str]()
    shutil.copytree(whole, home)
    assert nursery.live(START, folder=home) == 0
    [[kind, pushes, lost]] = read_confirmed(home)
    assert (kind, lost) == ("pushes", 0)
    for copy in range(sized(*COPIES)):
        shutil.rmtree(home)
        shutil.copytree(whole, home)
        name = FILES[copy % len(FILES)]
        damage(home / name, chance)
        damaged = (home / name).read_bytes()
        assert nursery.live(START, folder=home) == 0
        [[kind, *said]] = read_confirmed(home)
        ends[f"{name} {kind}"] += 1
        if kind == "refused":
            is_unchanged = (home / name).read_bytes() == damaged
            assert is_unchanged, f"{name} was changed, though it was refused: {said}"
        elif kind == "pushes":
            assert said[0] == pushes or said[1] > 0, f"{pushes - said[0]} of {pushes} are missing without a word"
        else:
            assert kind == "told"
    assert {end.partition(" ")[2] for end in ends} >= {"refused", "pushes"}
