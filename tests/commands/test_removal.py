"""`wxdesk remove-data` lists what is kept, deletes it once that is confirmed, and never what is another's."""

import asyncio
import io
import json
import sys
from pathlib import Path

import pytest

from tests.flow.serving import Serving, run, write_config
from tests.secrets.backends import Drawer, drawer
from tests.secrets.test_secret_service import needs_keyring, session
from tests.store.moving.full_home import make_home
from wxdesk.cli import main
from wxdesk.commands import removal
from wxdesk.computer import autostart
from wxdesk.store.home_lock import HomeLock

__all__ = ["drawer"]

COPY = "desk.before-0001.db"
"""A copy of the database before an upgrade."""

OTHERS = {("wxdesk", "elsewhere/app_secret"): "theirs", ("mail", "shop/app_secret"): "theirs"}
STEPS = """
import json, subprocess, sys, shutil
import secretstorage
def kept():
    bus = secretstorage.dbus_init()
    found = secretstorage.search_items(bus, {"service": "wxdesk"})
    return sorted(item.get_attributes()["username"] for item in found)
def wxdesk(typed, *words):
    command = [sys.executable, "-m", "wxdesk", "--home", sys.argv[1], "--lang", "en", *words]
    ended = subprocess.run(command, input=typed, capture_output=True, text=True, check=False, timeout=60)
    return [ended.returncode, ended.stdout + ended.stderr]
daemon = [shutil.which("gnome-keyring-daemon"), "--daemonize", "--unlock", "--components=secrets"]
subprocess.run(daemon, input="the login password", capture_output=True, text=True, check=True)
wxdesk("firstToken\\n", "secret", "set", "shop", "push_token")
wxdesk("secondToken\\n", "secret", "set", "shop", "push_token")
wxdesk("password\\n", "secret", "set", "tunnel", "password")
before = kept()
print(json.dumps({"before": before, "no": wxdesk("no\\n", "remove-data"), "between": kept(),
                  "yes": wxdesk("delete\\n", "remove-data"), "after": kept()}))
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, drawer: Drawer) -> Path:
    """All that wxdesk keeps of one person, who has other things, too."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    home = tmp_path / "desk"
    asyncio.run(make_home(home, 2))
    write_config(home, "http://127.0.0.1:9", more='[phone]\ntargets = { boss = "ntfy" }\n')
    for name in ("logs/wxdesk.log", "before-restore-20260101-120000/desk.db", "window.ini", COPY):
        (home / name).parent.mkdir(exist_ok=True)
        (home / name).write_text("kept", encoding="utf-8")
    autostart.switch(True, home)
    drawer.kept |= OTHERS
    for name in ("shop/app_secret", "shop/push_token/former", "tunnel/password", "phone/boss", "team/sign-in"):
        drawer.kept["wxdesk", name] = "mine"
    return home


def remove(home: Path, monkeypatch: pytest.MonkeyPatch, typed: str, lang: str = "en") -> int:
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    return main(["--home", str(home), "--lang", lang, "remove-data"])


def everything(home: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in home.rglob("*") if path.is_file()}


@pytest.mark.skipif(sys.platform == "win32", reason="the registry there, which no test here has")
@pytest.mark.parametrize(("lang", "word"), [("en", "delete"), ("zh_CN", "删除")])
def test_all_that_was_listed_is_gone_once_the_word_is_typed(
    home: Path,
    drawer: Drawer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    lang: str,
    word: str,
) -> None:
    before, secrets = everything(home), dict(drawer.kept)
    for typed in ("", "\n", "yes\n", "y\n"):
        assert remove(home, monkeypatch, typed, lang) == 1
    assert (everything(home), drawer.kept, autostart.is_on()) == (before, secrets, True)
    listed = capsys.readouterr().out
    for name in (
        "config.toml",
        "desk.db",
        COPY,
        "logs",
        "pictures",
        "before-restore-20260101-120000",
        "shop/app_secret",
    ):
        assert name in listed
    assert "theirs" not in listed
    assert remove(home, monkeypatch, word + "\n", lang) == 0
    assert not home.exists()
    assert drawer.kept == OTHERS
    assert not autostart.is_on()


def test_a_folder_without_anything_of_wxdesk_is_said_to_be_one_and_not_made(
    tmp_path: Path, drawer: Drawer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    assert remove(tmp_path / "mistyped", monkeypatch, "delete\n") == 2
    said = capsys.readouterr()
    assert f"There is nothing of wxdesk in {tmp_path / 'mistyped'}." in said.err
    assert "deleted" not in said.out + said.err
    assert not (tmp_path / "mistyped").exists()


def test_a_removal_leaves_and_names_files_of_others(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (home / "frpc.toml").write_text("mine", encoding="utf-8")
    (tmp_path / "album").mkdir()
    (tmp_path / "album/a.png").write_bytes(b"mine")
    (home / "logs.link").symlink_to(tmp_path / "album")
    assert remove(home, monkeypatch, "delete\n") == 0
    assert "Stays, because it is not wxdesk's: " in capsys.readouterr().out
    assert sorted(path.name for path in home.iterdir()) == ["frpc.toml", "logs.link"]
    assert (tmp_path / "album/a.png").read_bytes() == b"mine"


@pytest.mark.expects_log("keychain did not answer")
def test_nothing_is_deleted_beside_an_open_desk_or_a_keychain_that_stays_shut(
    home: Path, drawer: Drawer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before, secrets = everything(home), dict(drawer.kept)
    lock = HomeLock.take(home)
    assert remove(home, monkeypatch, "delete\n") != 0
    lock.close()
    monkeypatch.setattr(removal, "PERSON_SECONDS", 0.2)
    drawer.unlocked.clear()
    assert remove(home, monkeypatch, "delete\n") == 2
    said = capsys.readouterr().err
    drawer.unlocked.set()
    assert "nothing was changed" in said
    assert everything(home).keys() - {str(home / "desk.lock")} == before.keys() - {str(home / "desk.lock")}
    assert drawer.kept == secrets


def test_a_database_elsewhere_goes_with_its_copies(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [tmp_path / name for name in ("shop.db", "shop.before-0001.db", "shop.before-christmas.db")]
    for file in files:
        file.touch()
    with (home / "config.toml").open("a", encoding="utf-8") as config:
        config.write(f'[store]\nurl = "sqlite:///{files[0].as_posix()}"\n')
    assert remove(home, monkeypatch, "delete\n") == 0
    assert [file.exists() for file in files] == [False, False, True]
    assert str(files[1]) in capsys.readouterr().out


def test_a_database_on_a_server_stays_and_its_password_is_not_told(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with (home / "config.toml").open("a", encoding="utf-8") as file:
        file.write('[store]\nurl = "postgresql://me:canary@db.example.com/wxdesk"\n')
    assert remove(home, monkeypatch, "delete\n") == 0
    said = capsys.readouterr().out
    assert "Stays: the database on its server, postgresql://db.example.com/wxdesk" in said
    assert "canary" not in said


@pytest.mark.skipif(sys.platform == "win32", reason="SIGTERM is a POSIX signal")
def test_a_removal_knows_every_file_that_a_server_makes(tmp_path: Path) -> None:
    write_config(tmp_path, "http://127.0.0.1:9")
    serving = Serving(tmp_path)
    serving.wait_until_listening()
    assert serving.terminate() == 0
    ended = run(tmp_path, "remove-data", "--yes", XDG_CONFIG_HOME=str(tmp_path))
    assert (ended.returncode, tmp_path.exists()) == (0, False), ended.stdout + ended.stderr


@needs_keyring
def test_a_real_keychain_forgets_them_all_once_confirmed(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    write_config(home, "http://127.0.0.1:9")
    ended = session(tmp_path, "-c", STEPS, str(home))
    assert ended.stdout, ended.stderr
    seen = json.loads(ended.stdout.splitlines()[-1])
    assert seen["before"] == ["shop/push_token", "shop/push_token/former", "tunnel/password"]
    assert (seen["no"][0], seen["between"]) == (1, seen["before"])
    assert (seen["yes"][0], seen["after"], home.exists()) == (0, [], False), seen["yes"][1]
    assert "shop/push_token, shop/push_token/former, tunnel/password" in seen["yes"][1]
