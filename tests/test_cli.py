"""The command line as others script it: what each command does, and what wrong input gets."""

import argparse
import asyncio
import io
import logging
import re
import socket
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.flow.serving import environment, run, write_config
from wxdesk import __version__, i18n
from wxdesk.cli import TranslatedParser, _parser, main
from wxdesk.sandbox.server import Sandbox
from wxdesk.store import open_store

RULES = '[[rules]]\nname = "营业时间"\nwhen = { any = ["几点"] }\nthen = [{ reply = "9:00–21:00" }]\n'
CALENDAR = '[[calendars]]\nname = "店"\nweekly = [{ days = ["mon"], from = "09:00", to = "18:00" }]\n'


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a sound config.toml, and the account's secrets in the environment."""
    write_config(tmp_path, "http://127.0.0.1:9")
    for name, value in environment().items():
        if name.startswith("WXDESK_"):
            monkeypatch.setenv(name, value)
    return tmp_path


@pytest.fixture(autouse=True)
def _own_log() -> Iterator[None]:
    """Commands set up the process's log; these run in the test's process and must leave its own as it was."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    for handler in root.handlers:
        if handler not in before:
            handler.close()
    root.handlers[:] = before
    root.setLevel(level)


def wxdesk(home: Path, *arguments: str) -> int:
    """One command in this process; its exit code."""
    return main(["--home", str(home), "--lang", "en", *arguments])


def test_the_version_is_printed() -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert __version__


def test_calendars_go_in_and_come_out_with_the_rules(home: Path) -> None:
    rule = RULES.replace('any = ["几点"]', 'hours = { outside = "店" }')
    (home / "in.toml").write_text(f"{CALENDAR}\n{rule}", encoding="utf-8")
    assert wxdesk(home, "rules", "import", str(home / "in.toml")) == 0
    assert wxdesk(home, "rules", "export", str(home / "out.toml")) == 0
    assert (home / "out.toml").read_text(encoding="utf-8") == f"{CALENDAR}\n{rule}"


def test_rules_go_in_and_come_out_the_same(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "in.toml").write_text(RULES, encoding="utf-8")
    assert wxdesk(home, "rules", "import", str(home / "in.toml")) == 0
    assert "1 rule" in capsys.readouterr().out
    assert wxdesk(home, "rules", "export", str(home / "out.toml")) == 0
    assert wxdesk(home, "rules", "import", str(home / "out.toml")) == 0
    assert 'name = "营业时间"' in (home / "out.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (RULES + '\n[[rules]]\nname = "x"\nwhen = { regex = "(?=a)" }\nthen = [{ silent = true }]\n', 8, "look"),
        (RULES.replace("9:00", "{{ message.text"), 4, ""),
        (RULES.replace("when", "wen"), 3, "wen"),
        ("[[rules]\n", 1, ""),
    ],
)
def test_a_wrong_rules_file_names_file_line_and_reason_and_changes_nothing(
    home: Path, capsys: pytest.CaptureFixture[str], text: str, line: int, reason: str
) -> None:
    (home / "good.toml").write_text(RULES, encoding="utf-8")
    (home / "bad.toml").write_text(text, encoding="utf-8")
    assert wxdesk(home, "rules", "import", str(home / "good.toml")) == 0
    assert wxdesk(home, "rules", "import", str(home / "bad.toml")) == 2
    said = capsys.readouterr().err
    assert f"bad.toml, line {line}:" in said
    assert reason in said
    assert wxdesk(home, "rules", "export", str(home / "out.toml")) == 0
    assert (home / "out.toml").read_text(encoding="utf-8").count("[[rules]]") == 1


@pytest.mark.parametrize("command", [["serve"], ["demo"], ["sandbox"], ["rules", "export", "x.toml"]])
def test_a_home_that_is_no_folder_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    (tmp_path / "home").write_text("mine", encoding="utf-8")
    assert wxdesk(tmp_path / "home", *command) == 2
    assert capsys.readouterr().err == f"wxdesk: {tmp_path / 'home'}: a file stands where a folder has to be\n"
    assert wxdesk(tmp_path / "home" / "below", *command) == 2
    assert "a file stands where a folder has to be" in capsys.readouterr().err


def test_a_log_that_cannot_be_written_is_named(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "logs").write_text("mine", encoding="utf-8")
    assert wxdesk(home, "serve") == 2
    assert "wxdesk.log: a file stands where a folder has to be" in capsys.readouterr().err


def test_a_file_that_cannot_be_used_is_reported_with_the_reason(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "gbk.toml").write_bytes(RULES.encode("gbk"))
    for action, name, reason in (
        ("import", "none.toml", "there is no such file"),
        ("import", "gbk.toml", "it is not text in UTF-8"),
        ("export", "logs", "that is a folder"),
    ):
        assert wxdesk(home, "rules", action, str(home / name)) == 2
        assert f"{name}: {reason}" in capsys.readouterr().err
    assert main(["--home", str(home), "--lang", "zh_CN", "rules", "import", "none.toml"]) == 2
    assert capsys.readouterr().err == "wxdesk: none.toml：没有这个文件或文件夹\n"


@pytest.mark.skipif(sys.platform == "win32", reason="permission bits")
def test_only_the_owner_may_read_what_the_program_makes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "new"
    assert wxdesk(home, "rules", "export", str(tmp_path / "out.toml")) == 0
    made = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (home, home / "logs", home / "logs/wxdesk.log")}
    assert made == {"new": 0o700, "logs": 0o700, "wxdesk.log": 0o600}


def test_an_unknown_key_is_named(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = home / "config.toml"
    config.write_text(config.read_text(encoding="utf-8").replace("port = 0", "prot = 0"), encoding="utf-8")
    assert wxdesk(home, "serve") == 2
    said = capsys.readouterr().err
    assert "config.toml" in said
    assert "prot" in said


def test_a_port_in_use_is_named(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        config = home / "config.toml"
        config.write_text(config.read_text(encoding="utf-8").replace("port = 0", f"port = {port}"), encoding="utf-8")
        assert wxdesk(home, "serve") == 1
    assert f"Port {port}" in capsys.readouterr().err


def test_a_port_in_use_is_named_by_the_simulated_wechat_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        assert wxdesk(tmp_path, "sandbox", "--port", str(port)) == 2
    assert capsys.readouterr().err == f"wxdesk: 127.0.0.1:{port} cannot be used: another program uses it\n"
    assert wxdesk(tmp_path, "sandbox", "--host", "203.0.113.1") == 2
    assert "203.0.113.1:0 cannot be used: this machine has no such address" in capsys.readouterr().err
    assert main(["--home", str(tmp_path), "sandbox", "--port", "65536"]) == 2
    assert "65536 cannot be used: a port has a number from 0 to 65535" in capsys.readouterr().err


def test_a_second_desk_on_the_same_home_is_refused(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "in.toml").write_text(RULES, encoding="utf-8")

    async def meanwhile(*command: str) -> int:
        store = await open_store("sqlite:///desk.db", home)
        try:
            return await asyncio.to_thread(wxdesk, home, "rules", *command)
        finally:
            await store.close()

    assert asyncio.run(meanwhile("import", str(home / "in.toml"))) == 1
    assert "already open" in capsys.readouterr().err
    assert wxdesk(home, "rules", "import", str(home / "in.toml")) == 0
    assert asyncio.run(meanwhile("export", str(home / "out.toml"))) == 0  # which only reads
    assert "营业时间" in (home / "out.toml").read_text("utf-8")
    assert asyncio.run(meanwhile("import", "--check", str(home / "in.toml"))) == 0


def test_a_damaged_database_is_left_as_it_is(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "desk.db").write_bytes(b"not a database, " * 600)
    before = (home / "desk.db").read_bytes()
    assert wxdesk(home, "serve") == 1
    assert "desk.db" in capsys.readouterr().err
    assert (home / "desk.db").read_bytes() == before


def test_a_newer_database_is_left_as_it_is(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert wxdesk(home, "rules", "export", str(home / "out.toml")) == 0
    with closing(sqlite3.connect(home / "desk.db")) as db:
        db.execute("update alembic_version set version_num = '9999'")
        db.commit()
    before = (home / "desk.db").read_bytes()
    assert wxdesk(home, "serve") == 1
    assert "newer" in capsys.readouterr().err
    assert (home / "desk.db").read_bytes() == before


def test_a_secret_for_an_unknown_account_is_refused(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert wxdesk(home, "secret", "set", "nobody", "app_secret") == 2
    assert "nobody" in capsys.readouterr().err


def test_an_empty_secret_on_stdin_is_refused(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n"))
    assert wxdesk(home, "secret", "set", "shop", "app_secret") == 2


async def test_the_doctor_finds_a_sound_set_up_sound(home: Path) -> None:
    sandbox = Sandbox()
    write_config(home, await sandbox.start())
    config = home / "config.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("port = 0", 'port = 0\npublic_url = "https://desk.example.com"'), encoding="utf-8")
    try:
        done = await asyncio.to_thread(run, home, "doctor")
    finally:
        await sandbox.stop()
    assert done.returncode == 0, done.stdout
    assert "FAIL" not in done.stdout
    assert "access_token valid" in done.stdout
    assert "Clock of this machine: agrees with WeChat's" in done.stdout


async def test_the_doctor_compares_this_machines_clock_with_wechats(home: Path) -> None:
    sandbox = Sandbox(clock=lambda: datetime.now(UTC) - timedelta(minutes=6, seconds=30))
    write_config(home, await sandbox.start())
    try:
        done = await asyncio.to_thread(run, home, "doctor")
    finally:
        await sandbox.stop()
    assert "warn  Clock of this machine: The clock of this machine is 6 minutes fast" in done.stdout


def test_the_doctor_tells_until_when_a_former_token_counts(home: Path) -> None:
    done = run(home, "doctor", WXDESK_SHOP_PUSH_TOKEN_OLD="the_former_one")
    assert "the former push_token is accepted until 20" in done.stdout
    assert "the_former_one" not in done.stdout


def test_the_doctor_fails_with_what_is_wrong(home: Path) -> None:
    done = run(home, "doctor", WXDESK_SHOP_APP_SECRET="")
    assert done.returncode == 1
    assert "FAIL" in done.stdout
    assert "WXDESK_SHOP_APP_SECRET" in done.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="only X11 needs libraries that Qt does not bring")
def test_a_library_that_x11_lacks_is_named_with_the_command_that_installs_it(home: Path, tmp_path: Path) -> None:
    pytest.importorskip("PySide6.QtWidgets")
    (tmp_path / "libxcb-icccm.so.4").touch()  # the loader finds it first, and cannot use it
    x11 = {"DISPLAY": ":1", "QT_QPA_PLATFORM": "xcb", "LD_LIBRARY_PATH": str(tmp_path)}
    examined = run(home, "doctor", **x11)
    assert examined.returncode == 1
    [line] = [line for line in examined.stdout.splitlines() if "libxcb-icccm.so.4" in line]
    assert line.startswith("FAIL")
    assert "apt install" in line
    for command in ([], ["demo"]):
        opened = run(home, *command, **x11)
        assert opened.returncode == 1
        assert "The window cannot open: " in opened.stderr
        assert "libxcb-icccm4" in opened.stderr
        assert "Traceback" not in opened.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe of a shell")
def test_a_reader_that_has_enough_is_no_failure(home: Path) -> None:
    program = f"{sys.executable} -m wxdesk --home {home}"
    (home / "many.toml").write_text(RULES.replace("9:00", "9:00\\n" * 20), encoding="utf-8")
    command = f"{program} rules import --check {home / 'many.toml'} | true"
    ended = subprocess.run(["/bin/sh", "-c", command], env=environment(), capture_output=True, timeout=60, check=False)
    assert ended.stderr == b""


def test_the_command_line_speaks_chinese_when_asked(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--home", str(home), "--lang", "zh_CN", "secret", "set", "nobody", "app_secret"]) == 2
    assert "没有账号「nobody」" in capsys.readouterr().err


MORE = (
    RULES.replace("9:00–21:00", "10:00–21:00") + '\n[[rules]]\nname = "x"\ndefault = true\nthen = [{ silent = true }]\n'
)


def test_a_check_prints_what_an_import_would_change_and_changes_nothing(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "now.toml").write_text(RULES, encoding="utf-8")
    (home / "more.toml").write_text(MORE, encoding="utf-8")
    assert wxdesk(home, "rules", "import", str(home / "now.toml")) == 0
    assert capsys.readouterr().out == "1 rule now, 0 before: 1 new.\n"
    assert wxdesk(home, "rules", "import", "--check", str(home / "more.toml")) == 0
    said = capsys.readouterr().out.splitlines()
    assert said == [
        "~ 1. 营业时间",
        '    - then = [{ reply = "9:00–21:00" }]',
        '    + then = [{ reply = "10:00–21:00" }]',
        "+ 2. x",
        "2 rules instead of 1: 1 new, 1 changed.",
    ]
    assert wxdesk(home, "rules", "export", str(home / "out.toml")) == 0
    assert "10:00" not in (home / "out.toml").read_text(encoding="utf-8")
    assert wxdesk(home, "rules", "import", str(home / "more.toml")) == 0
    assert capsys.readouterr().out == "2 rules now, 1 before: 1 new, 1 changed.\n"
    assert wxdesk(home, "rules", "import", "--check", str(home / "more.toml")) == 0
    assert capsys.readouterr().out == "2 rules instead of 2: 2 the same.\n"
    assert wxdesk(home, "rules", "import", str(home / "now.toml")) == 0
    assert capsys.readouterr().out == "1 rule now, 2 before: 1 changed, 1 removed.\n"


@pytest.mark.parametrize(
    "text", ["", "# rules\n", "rules = []\n", CALENDAR], ids=["empty", "comment", "no rule", "calendars"]
)
def test_a_file_without_rules_is_refused_and_changes_nothing(
    home: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    (home / "now.toml").write_text(RULES, encoding="utf-8")
    (home / "none.toml").write_text(text, encoding="utf-8")
    assert wxdesk(home, "rules", "import", str(home / "now.toml")) == 0
    for arguments, code in (("--check",), 1), ((), 2):
        capsys.readouterr()
        assert wxdesk(home, "rules", "import", *arguments, str(home / "none.toml")) == code
        assert "none.toml, line 1: This file has no [[rules]]" in capsys.readouterr().err
    assert wxdesk(home, "rules", "export", str(home / "out.toml")) == 0
    assert (home / "out.toml").read_text(encoding="utf-8") == RULES


def test_an_export_says_beside_the_output_what_it_wrote(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "now.toml").write_text(RULES, encoding="utf-8")
    assert wxdesk(home, "rules", "import", str(home / "now.toml")) == 0
    capsys.readouterr()
    assert wxdesk(home, "rules", "export", str(home / "out.toml")) == 0
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", f"wxdesk: 1 rule exported to {home / 'out.toml'}\n")
    assert stat.S_IMODE((home / "out.toml").stat().st_mode) == 0o600


def test_a_check_of_a_wrong_file_names_the_line_and_exits_1(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = '[[rules]]\nname = "a"\nwhen = { any = ["x"] }\nthen = [{ template = "nobody" }]\n'
    (home / "wrong.toml").write_text(wrong, encoding="utf-8")
    assert wxdesk(home, "rules", "import", "--check", str(home / "wrong.toml")) == 1
    assert "wrong.toml, line 4: There is no template “nobody”." in capsys.readouterr().err


def _told(parser: argparse.ArgumentParser) -> Iterator[str]:
    """Every sentence of the help of a command and of those below it."""
    if isinstance(parser, TranslatedParser) and parser.fill is not None:
        parser.fill(parser)
    yield from filter(None, (parser.description, *(group.title for group in parser._action_groups)))
    for action in parser._actions:
        yield action.help or ""
        if isinstance(action, argparse._SubParsersAction):
            yield from (choice.help or "" for choice in action._choices_actions)
            for sub in action.choices.values():
                yield from _told(sub)


def test_all_help_is_in_chinese_and_mistakes_too(capsys: pytest.CaptureFixture[str]) -> None:
    before = i18n.language()
    try:
        i18n.use("zh_CN")
        told = {text for text in _told(_parser()) if text and text != argparse.SUPPRESS}
        english = [text for text in sorted(told) if not re.search("[\u4e00-\u9fff]", text)]
        assert english == [], "give each its Chinese in resources/translations/zh_CN/cli.po"
        assert len(told) > 60
        for arguments, said in (
            (["--lang", "zh_CN", "account", "add"], "缺少这些参数：NAME, --app-id"),
            (["--lang", "zh_CN", "--log-level", "X"], "没有 'X' 这个选择"),
            (["--lang", "en", "nonsense"], "invalid choice: 'nonsense'"),
            (["secret", "--lang", "zh_CN", "set", "--more"], "缺少这些参数"),
            (["--lang"], ""),
        ):
            with pytest.raises(SystemExit):
                main(arguments)
            assert said in capsys.readouterr().err
        with pytest.raises(SystemExit):
            main(["--lang", "zh_CN", "--help"])
        assert capsys.readouterr().out.startswith("用法：wxdesk")
    finally:
        i18n.use(before)
