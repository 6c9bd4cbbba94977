"""`wxdesk rules` and files that somebody else has written."""

from __future__ import annotations

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
