"""`wxdesk secret set` as others script it: the value comes on stdin and goes nowhere but into the keychain."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from tests.flow.serving import write_config
from tests.test_keychain import Drawer, drawer
from wxdesk.cli import main

__all__ = ["drawer"]  # the keychain in memory, as a fixture


def put(home: Path, monkeypatch: pytest.MonkeyPatch, value: str, *options: str) -> int:
    monkeypatch.setattr(sys, "stdin", io.StringIO(value + "\n"))
    return main(["--home", str(home), "--lang", "en", "secret", "set", "shop", "push_token", *options])


def test_a_changed_token_is_kept_beside_the_new_one_unless_it_has_leaked(
    tmp_path: Path, drawer: Drawer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_config(tmp_path, "http://127.0.0.1:9")
    assert put(tmp_path, monkeypatch, "first_token") == 0
    assert put(tmp_path, monkeypatch, "second_token") == 0
    assert drawer.kept["wxdesk", "shop/push_token"] == "second_token"
    assert "first_token" in drawer.kept["wxdesk", "shop/push_token/former"]
    assert put(tmp_path, monkeypatch, "third_token", "--at-once") == 0
    assert drawer.kept == {("wxdesk", "shop/push_token"): "third_token", ("wxdesk", "shop/push_token/former"): "[]"}
    assert capsys.readouterr() == ("", "")
    written = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert not any(value in written for value in (b"first_token", b"second_token", b"third_token"))
