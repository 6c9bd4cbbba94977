"""`wxdesk operator` changes the operators of a team, and a password is never an argument."""

import io
import json
from pathlib import Path

import pytest

from tests.flow.serving import run
from tests.postgresql import SHARED, Postgres
from wxdesk.cli import main
from wxdesk.core.model.operator import Role

pytestmark = pytest.mark.postgres

PASSWORD = "canary-of-the-owner"


@pytest.fixture
def home(postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WXDESK_STORE_URL", postgres.emptied())
    return tmp_path


class Told:
    """Runs commands; `text` is what the last one wrote, and `all` what every one did."""

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._home, self._patch, self._capsys = home, monkeypatch, capsys
        self.text = self.all = ""

    def run(self, *words: str, typed: str = "") -> int:
        self._patch.setattr("sys.stdin", io.StringIO(typed))
        code = main(["--home", str(self._home), "--lang", "en", "operator", *words])
        self.text = "".join(self._capsys.readouterr())
        self.all += self.text
        return code


@pytest.fixture
def told(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Told:
    return Told(home, monkeypatch, capsys)


def test_a_database_that_is_not_reached_is_told_by_one_sentence_and_nothing_of_a_log(tmp_path: Path) -> None:
    nowhere = {"WXDESK_STORE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    told = run(tmp_path, "operator", "list", **nowhere).stderr
    assert told == "wxdesk: the database server cannot be reached\n"
    assert run(tmp_path, "doctor", **nowhere).stderr == ""


def test_operators_are_added_listed_changed_and_removed(told: Told, home: Path, postgres: Postgres) -> None:
    assert told.run("add", "小王", typed=f"{PASSWORD}\n") == 0
    assert "Nobody has to sign in until there is an owner" in told.text
    assert told.run("add", "老板", "--role", "owner", typed=f"{PASSWORD}2\n") == 0
    assert "sign in" not in told.text
    assert told.run("set", "小王", "--role", "lead", "--active", "false") == 0
    assert told.run("list") == 0
    assert told.text == "小王  lead  inactive\n老板  owner\n"
    assert told.run("list", "--json") == 0
    assert json.loads(told.text)[1] == {"name": "老板", "role": Role.OWNER, "active": True}
    assert told.run("password", "小王", typed=f"{PASSWORD}3\n") == 0
    assert told.run("remove", "老板") == 2  # the others would be left without an owner
    assert "last owner" in told.text
    assert told.run("remove", "小王") == 0
    assert told.run("remove", "老板") == 0
    assert told.run("list") == 0
    assert told.text == ""
    everywhere = told.all.encode() + b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    kept = "\n".join(postgres.tell("SELECT action, about FROM operator_actions ORDER BY id;", SHARED))
    assert PASSWORD.encode() not in everywhere
    assert b"argon2" not in everywhere
    assert "operators.set_password|小王" in kept
    assert PASSWORD not in kept


@pytest.mark.parametrize(
    ("words", "typed", "said"),
    [
        (("add", "x"), "short\n", "at least 8 characters"),
        (("add", "x"), "", "at least 8 characters"),
        (("add", "WeChat"), "long enough", "A name has 1 to 30 characters"),
        (("remove", "nobody"), "", "There is no operator “nobody”"),
    ],
)
def test_mistakes_of_operator_commands_are_reported(told: Told, words: tuple[str, ...], typed: str, said: str) -> None:
    assert told.run(*words, typed=typed) == 2
    assert said in told.text


def test_a_desk_on_one_machine_has_no_operators(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = Told(tmp_path, monkeypatch, capsys)
    assert told.run("list") == 2
    assert "on one machine nobody signs in" in told.text
