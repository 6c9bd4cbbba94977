"""`wxdesk doctor` as people and scripts use it: lines as they come, a list, a report without anything secret."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.flow.serving import environment, run, write_config
from wxdesk import __version__
from wxdesk.commands import doctor
from wxdesk.commands.doctor import masked
from wxdesk.core.setup.findings import Check, CheckVerdict, Finding
from wxdesk.doctor.case import Case
from wxdesk.logs import Mask
from wxdesk.sandbox.demo_customers import LI_LEI, demo_account


@pytest.fixture
def home(tmp_path: Path) -> Path:
    write_config(tmp_path, "http://127.0.0.1:9")
    return tmp_path


def test_the_list_for_scripts_has_stable_names(home: Path) -> None:
    done = run(home, "doctor", "--json")
    told = json.loads(done.stdout)
    assert done.returncode == 1
    assert {tuple(one) for one in told} == {("check", "verdict", "account", "ok", "text", "remedy")}
    assert {one["check"] for one in told} <= set(Check)
    assert {one["verdict"] for one in told} <= set(CheckVerdict)
    by_check = {(one["check"], one["account"]): one for one in told}
    api = by_check["api", "shop"]
    assert (api["verdict"], api["ok"]) == ("api_unreachable", False)
    assert "127.0.0.1:9" in api["text"]
    assert api["remedy"]
    assert by_check["libraries", ""]["verdict"] == "ok"
    assert by_check["display", ""]["verdict"] == "no_display"


def test_a_report_has_all_that_helps_and_nothing_secret(home: Path, tmp_path: Path) -> None:
    _, credentials = demo_account()
    canaries = {
        "password": "canary-of-a-password",
        "pasted": "canaryOfASecretThatSomebodyPasted1234567890",
        "hex": "0123456789abcdef0123456789abcdef",
    }
    (home / "config.toml").write_text(
        (home / "config.toml").read_text(encoding="utf-8")
        + f'# app_secret = "{canaries["hex"]}"\n# encoding_aes_key：{canaries["pasted"]}\n',
        encoding="utf-8",
    )
    with (home / "config.toml").open("a", encoding="utf-8") as config:
        config.write(f'\n[store]\nurl = "postgresql://li:{canaries["password"]}@127.0.0.1:1/desk"\n')
    (home / "logs").mkdir()
    line = {"level": "ERROR", "text": f"token {credentials.push_token} of {LI_LEI.openid} access_token=canaryOfAToken"}
    (home / "logs" / "wxdesk.log").write_text(json.dumps(line) + "\n", encoding="utf-8")
    report = tmp_path / "report.txt"
    done = run(home, "doctor", "--report", str(report))
    assert "report.txt" in done.stderr
    text = report.read_text(encoding="utf-8")
    secret = (credentials.app_secret, credentials.push_token, credentials.encoding_aes_key, LI_LEI.openid)
    for canary in (*secret, *canaries.values(), "canaryOfAToken", demo_account()[0].app_id):
        assert canary not in text
    for helpful in ("wxdesk 0.", "Python 3.", "FAIL", "api_base", 'push_mode = "secure"', '"level": "ERROR"', "shop"):
        assert helpful in text
    if sys.platform != "win32":
        assert report.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ('token_endpoint = "stable"', 'token_endpoint = "stable"'),
        ('push_token = "abc"', "push_token = ***"),
        ("FAIL  Keychain: The vault is locked.", "FAIL  Keychain: The vault is locked."),
        ("APP_SECRET＝abc def", "APP_SECRET＝*** def"),
        ('app_id = "wx0123456789abcdef"', 'app_id = "wx01…ef"'),
        ('original_id = "gh_0123456789ab"', 'original_id = "gh_01…ab"'),
        ("postgresql://li:pass@db/desk", "postgresql://***@db/desk"),
        ('public_url = "https://desk.example.com"', 'public_url = "https://desk.example.com"'),
        ('command = ["bore", "-s", "hush]", \'x\', "8765"]', 'command = ["bore", "***"]'),
        ('command = [ # mine\n  "a b",\n  "say \\"hush", # ours\n  "hush"\n]', 'command = [ # mine\n  "a b", "***"\n]'),
        ('command = ["bore"]', 'command = ["bore"]'),
    ],
)
def test_what_looks_secret_is_masked_wherever_it_stands(line: str, shown: str) -> None:
    assert masked(line, Mask()) == shown


def test_a_report_that_cannot_be_written_is_reported(home: Path, tmp_path: Path) -> None:
    done = run(home, "doctor", "--report", str(tmp_path))
    assert done.returncode == 2
    assert "that is a folder" in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="only a Linux has no display")
def test_a_server_needs_no_library_of_the_windows(home: Path, tmp_path: Path) -> None:
    (tmp_path / "libglib-2.0.so.0").touch()  # the loader finds it first, and cannot use it
    examined = run(home, "doctor", LD_LIBRARY_PATH=str(tmp_path), QT_QPA_PLATFORM="")
    assert "ok    Libraries" in examined.stdout
    assert "warn  Window" in examined.stdout
    assert "libglib" not in examined.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="SIGINT to a process of its own")
def test_ctrl_c_ends_it_with_what_was_found(home: Path) -> None:
    config = home / "config.toml"
    hanging = config.read_text(encoding="utf-8").replace("http://127.0.0.1:9", "http://192.0.2.1:9")
    config.write_text(hanging, encoding="utf-8")
    command = [sys.executable, "-m", "wxdesk", "--home", str(home), "--lang", "en", "doctor"]
    out = subprocess.PIPE
    with subprocess.Popen(command, env=environment(), stdout=out, stderr=out, text=True) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == f"wxdesk {__version__}\n"
        assert program.stdout.readline().startswith("ok    Libraries")
        os.kill(program.pid, signal.SIGINT)
        _, err = program.communicate(timeout=30)
    assert (program.returncode, err) == (130, "")


def test_ctrl_c_leaves_scripts_a_whole_list(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def interrupted(_: Case) -> AsyncIterator[Finding]:
        yield Finding(Check.DISK, CheckVerdict.OK, values={"free": "1 MB"})
        raise KeyboardInterrupt

    monkeypatch.setattr(doctor, "examine", interrupted)
    with pytest.raises(KeyboardInterrupt):
        doctor.run_doctor(home, as_json=True)
    assert [one["check"] for one in json.loads(capsys.readouterr().out)] == ["disk"]
