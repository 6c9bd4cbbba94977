"""`wxdesk backup` and `wxdesk restore`: what they say, in both languages, and their exit codes."""

import asyncio
import re
from pathlib import Path

import pytest

from tests.store.moving.full_home import make_home
from wxdesk.cli import main


@pytest.fixture
def home(tmp_path: Path) -> Path:
    asyncio.run(make_home(tmp_path / "home", 2))
    return tmp_path / "home"


def wxdesk(home: Path, *arguments: str, lang: str = "en") -> int:
    return main(["--home", str(home), "--lang", lang, *arguments])


def test_a_home_goes_out_and_comes_back(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = str(tmp_path / "b.zip")
    assert wxdesk(home, "backup", file) == 0
    said = capsys.readouterr().err
    assert f"wxdesk: The backup is in {file}: " in said
    assert re.search(r"3 pictures, \d+ KB\.", said)
    assert "1 picture was damaged or gone here already" in said
    assert wxdesk(tmp_path / "new", "restore", file, lang="zh_CN") == 0
    assert "已恢复到" in capsys.readouterr().err
    assert wxdesk(tmp_path / "new", "restore", file) == 2
    assert "With --set-aside it is kept" in capsys.readouterr().err
    assert wxdesk(tmp_path / "new", "restore", "--set-aside", file) == 0
    assert "The desk that was there is in " in capsys.readouterr().err
    assert wxdesk(tmp_path / "newer", "restore", str(home / "desk.db")) == 2
    assert "it is not a backup of wxdesk" in capsys.readouterr().err
    assert wxdesk(tmp_path / "empty", "backup", str(tmp_path / "none.zip")) == 1
    assert "desk.db is empty" in capsys.readouterr().err
    assert not (tmp_path / "none.zip").exists()
