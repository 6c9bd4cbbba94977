"""`wxdesk move`: what it says, what it asks to be changed, and that it never says a password."""

import asyncio
import re
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests.postgresql import Postgres
from tests.store.moving.full_home import make_home
from wxdesk.cli import main
from wxdesk.config.reading import load
from wxdesk.config.store_url import VARIABLE, without_password

pytestmark = pytest.mark.postgres

CONFIG = """# mine
[store]
url = "sqlite:///desk.db"  # here
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    asyncio.run(make_home(tmp_path / "home", 2))
    (tmp_path / "home" / "config.toml").write_text(CONFIG, encoding="utf-8")
    return tmp_path / "home"


@pytest.fixture
def url(postgres: Postgres) -> str:
    """One with a password, for which this server does not ask."""
    return make_url(postgres.emptied()).set(password="s3cr@t").render_as_string(hide_password=False)


def wxdesk(home: Path, *arguments: str, lang: str = "en") -> int:
    return main(["--home", str(home), "--lang", lang, "--log-level", "DEBUG", "move", *arguments])


def quiet(home: Path, said: str) -> None:
    """No password, in no form, in what was said or logged."""
    log = (home / "logs" / "wxdesk.log").read_text(encoding="utf-8")
    assert not [word for word in ("s3cr@t", "s3cr%40t") if word in said + log]


def test_move_tells_its_progress_and_which_line_to_change(
    home: Path, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert wxdesk(home, "--to", url) == 0
    said = capsys.readouterr().err
    lines = [line for line in said.splitlines() if line.startswith("wxdesk: ")]
    assert lines[0] == "wxdesk: From sqlite:///desk.db to postgresql:///wxdesk_shared. The old one stays as it is."
    far = [[line for line in lines if line.startswith(f"wxdesk: {what}: ")] for what in ("Data", "Pictures")]
    assert re.fullmatch(r"wxdesk: Data: (\d+) of \1", far[0][-1])  # before it there is a line every two seconds
    assert far[1][-1] == "wxdesk: Pictures: 4 of 4"
    assert "rows and 3 pictures are there, and the same on both sides." in said
    assert "1 picture was damaged or gone here already, and is missing there." in said
    assert lines[-2] == "wxdesk: Now write this into config.toml:"  # the same command with --use would be refused
    assert lines[-1].startswith('wxdesk: [store] url = "postgresql://postgres:***@')
    assert (home / "config.toml").read_text(encoding="utf-8") == CONFIG
    quiet(home, said)


def test_move_changes_the_line_itself_and_back(home: Path, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert wxdesk(home, "--to", url, "--use", lang="zh_CN") == 0
    assert load(home).store.url == url
    assert (home / "config.toml").read_text(encoding="utf-8").startswith("# mine\n[store]\nurl =")
    said = capsys.readouterr().err
    assert "config.toml 现在已指向 postgresql:///wxdesk_shared。" in said
    assert "3 张图片，两边一致" in said
    assert wxdesk(home, "--to", "sqlite:///desk.db", "--use") == 1
    assert "wxdesk: desk.db is not empty, and nothing is ever overwritten" in capsys.readouterr().err
    assert wxdesk(home, "--to", "sqlite:///back.db", "--use") == 0
    assert load(home).store.url == "sqlite:///back.db"
    quiet(home, said)


def test_the_new_place_may_stand_in_the_environment(
    home: Path, url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert wxdesk(home) == 2
    assert "Name the new place" in capsys.readouterr().err
    monkeypatch.setenv(VARIABLE, url)
    assert wxdesk(home, "--use") == 2
    assert "WXDESK_STORE_URL is set and takes precedence over config.toml" in capsys.readouterr().err
    assert wxdesk(home) == 0
    said = capsys.readouterr().err
    assert (
        said.splitlines()[-1] == "wxdesk: wxdesk uses postgresql:///wxdesk_shared as soon as WXDESK_STORE_URL names it."
    )
    quiet(home, said)
    assert wxdesk(home, "--to", "sqlite:///back.db") == 0
    assert "From postgresql:///wxdesk_shared to sqlite:///back.db" in capsys.readouterr().err


@pytest.mark.expects_log("database error: ")
def test_a_server_that_is_not_there_is_reported_in_a_sentence(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert wxdesk(home, "--to", "postgresql://li:s3cr%40t@127.0.0.1:1/desk") == 1
    said = capsys.readouterr().err
    assert said.splitlines()[-1] == "wxdesk: the database server cannot be reached"
    assert wxdesk(home, "--to", "postgresql://li:s3cr%40t@db.example/desk", lang="zh_CN") == 1
    more = capsys.readouterr().err
    assert "连接不会加密" in more
    quiet(home, said + more)


def test_a_password_is_hidden_wherever_it_stands() -> None:
    assert without_password("postgresql://li:s3%40@h/d?password=s3%40&a=b") == (
        "postgresql://li:***@h/d?password=***&a=b"
    )
    assert without_password("sqlite:///desk.db") == "sqlite:///desk.db"
