"""Files that commands read and write, among them rules that somebody else has written."""

import os
import sys
from pathlib import Path

import pytest

from tests.flow.serving import run, write_config

NAMED = '[[rules]]\nname = "\\u001b[31m营业"\nwhen = { any = ["几点"] }\nthen = [{ reply = "9:00" }]\n'


@pytest.mark.parametrize("text", [NAMED, '[[rules]]\n"\\u001b[31m" = 1\n'])
def test_the_text_of_a_file_steers_no_terminal(tmp_path: Path, text: str) -> None:
    write_config(tmp_path, "http://127.0.0.1:9")
    (tmp_path / "steering.toml").write_text(text, encoding="utf-8")
    done = run(tmp_path, "rules", "import", "--check", str(tmp_path / "steering.toml"))
    said = done.stdout + done.stderr
    assert "\x1b" not in said
    assert "\\u001b" in said


@pytest.mark.parametrize("words", ["rules export", "backup", "export figures", "doctor --report"])
def test_a_missing_folder_for_a_new_file_is_named_as_what_is_missing(tmp_path: Path, words: str) -> None:
    write_config(tmp_path, "http://127.0.0.1:9")
    assert run(tmp_path, "rules", "export", str(tmp_path / "none.toml")).returncode == 0  # makes the database
    done = run(tmp_path, *words.split(), str(tmp_path / "nowhere" / "new.csv"))
    assert done.returncode == 2
    assert "new.csv: the folder for it does not exist" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes in folders")
@pytest.mark.parametrize(
    "name", ["config.toml", "desk.db", "desk.db-wal", "desk.newest", "secrets.vault", "window.ini"]
)
def test_a_pipe_in_place_of_a_file_is_named_instead_of_waited_for(tmp_path: Path, name: str) -> None:
    write_config(tmp_path, "http://127.0.0.1:9")
    (tmp_path / name).unlink(missing_ok=True)
    os.mkfifo(tmp_path / name)
    done = run(tmp_path, "serve")
    assert (done.returncode, done.stderr) == (
        2,
        f"wxdesk: {tmp_path / name}: that is a pipe or a device, not a file: remove it\n",
    )
    if name == "desk.db":
        (tmp_path / name).unlink()
        (tmp_path / name).symlink_to(os.devnull)
        assert "that is a pipe or a device" in run(tmp_path, "serve").stderr
    if name in ("config.toml", "desk.db"):  # the doctor reports what it finds
        assert "that is a pipe or a device, not a file: remove it" in run(tmp_path, "doctor").stdout
