"""`wxdesk account` writes config.toml, and a running desk takes what it wrote."""

import json
import sys
from pathlib import Path

import pytest

from tests.flow.serving import Serving, run, write_config
from wxdesk.cli import main
from wxdesk.config.reading import load

APP_ID = "wx0123456789abcdef"


def test_accounts_are_added_listed_changed_and_removed(tmp_path: Path) -> None:
    added = run(tmp_path, "account", "add", "shop", "--app-id", APP_ID, "--push-mode", "plain", "--hold-seconds", "9")
    assert (added.returncode, added.stdout) == (0, "")
    assert "Added “shop”" in added.stderr
    assert (
        run(tmp_path, "account", "set", "shop", "paused=true", "timezone=Asia/Tokyo", "--reserve", "1").returncode == 0
    )
    assert run(tmp_path, "account", "set", "shop", "hold_seconds=").returncode == 0
    [listed] = json.loads(run(tmp_path, "account", "list", "--json").stdout)
    assert listed == {
        "name": "shop",
        "app_id": APP_ID,
        "original_id": "",
        "push_mode": "plain",
        "reply_mode": "auto",
        "hold_seconds": 8,
        "reserve": 1,
        "timezone": "Asia/Tokyo",
        "paused": True,
        "keep_months": 0,
        "title": "",
        "missing": [],
    }
    assert run(tmp_path, "account", "list").stdout == f"shop  {APP_ID}  plain  auto  paused\n"
    assert run(tmp_path, "account", "remove", "shop").returncode == 0
    assert load(tmp_path).accounts == ()


def test_adding_an_account_names_the_next_command(tmp_path: Path) -> None:
    added = run(tmp_path, "account", "add", "tea", "--app-id", APP_ID)
    assert f"Next: wxdesk --home {tmp_path} secret set tea app_secret" in added.stderr  # as it can be typed


def test_an_id_is_taken_as_it_was_meant(tmp_path: Path) -> None:
    run(tmp_path, "account", "add", "tea", "--app-id", f" {APP_ID}\t", "--original-id", "gh_0123456789ab ")
    [entry] = load(tmp_path).accounts
    assert (entry.app_id, entry.original_id) == (APP_ID, "gh_0123456789ab")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "{add,list,set,rename,remove}"),
        (("set", "nobody", "paused=true"), "config.toml has no account “nobody”. Its accounts: shop."),
        (("rename", "Shop", "store"), "no account “Shop”. Its accounts: shop."),
        (("rename", "shop", "shop"), "nothing was changed"),
        (("remove", "Shop", "--with-data"), "no account “Shop”. Its accounts: shop."),
        (("add", "tea", "--app-id", "gh_0123456789ab"), "Nothing was changed."),
        (("set", "shop", "app_id=wx1"), "The AppID cannot have 3 characters."),
        (
            ("set", "shop", "--original-id", "shop"),
            "This is not the original id. An original id is “gh_” and 12 letters or digits.",
        ),
        (("set", "shop", "colour=red"), "“colour” is not KEY=VALUE"),
        (("set", "shop", "hold_seconds=soon"), "must be a whole number"),
        (("set", "shop"), "nothing was changed"),
        (("add", "shop", "--app-id", APP_ID), "an account “shop” already"),
        (("add", "a b", "--app-id", APP_ID), "wxdesk: name: takes 1 to 32 letters, digits"),
        (("add", "茶具店", "--app-id", APP_ID), "wxdesk: name: takes 1 to 32 letters, digits"),
        (
            ("add", "tea", "--app-id", APP_ID, "--hold-seconds", "5000"),
            ": hold_seconds: must be from 0 to 3600. Nothing",
        ),
        (("set", "shop", "reserve=9"), "wxdesk: reserve: must be from 0 to"),
        (("rename", "shop", "茶"), "wxdesk: name: takes 1 to 32 letters"),
    ],
)
def test_a_mistake_is_reported_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    write_config(tmp_path, "http://127.0.0.1:9")
    before = (tmp_path / "config.toml").read_bytes()
    try:
        code: object = main(["--home", str(tmp_path), "--lang", "en", "account", *arguments])
    except SystemExit as left:  # from the parser
        code = left.code
    assert code == 2
    assert said in capsys.readouterr().err
    assert (tmp_path / "config.toml").read_bytes() == before


def test_a_new_name_needs_the_new_address_at_wechat(tmp_path: Path) -> None:
    listener = 'port = 0\npublic_url = "https://desk.example.com/wx/shop"'
    write_config(tmp_path, "http://127.0.0.1:9", listener=listener)
    renamed = run(tmp_path, "account", "rename", "shop", "store")
    assert renamed.returncode == 0, renamed.stderr
    assert "https://desk.example.com/wx/store" in renamed.stderr
    assert [entry.name for entry in load(tmp_path).accounts] == ["store"]
    removed = run(tmp_path, "account", "remove", "store", "--with-data")
    assert removed.returncode == 0, removed.stderr
    assert load(tmp_path).accounts == ()


@pytest.mark.skipif(sys.platform == "win32", reason="the process is stopped by a POSIX signal")
def test_a_running_desk_takes_a_change_and_keeps_its_data_to_itself(tmp_path: Path) -> None:
    write_config(tmp_path, "http://127.0.0.1:9")
    serving = Serving(tmp_path, told=True)
    serving.wait_until_listening()
    added = run(tmp_path, "account", "add", "second", "--app-id", "wx00000000000000ff")
    assert "uses it at once" in added.stderr
    assert serving.process.stderr is not None
    while "Added: second." not in serving.process.stderr.readline():
        pass
    refused = run(tmp_path, "account", "remove", "second", "--with-data")
    assert refused.returncode == 1
    assert "already open" in refused.stderr
    assert [entry.name for entry in load(tmp_path).accounts] == ["shop", "second"]
    assert serving.terminate() == 0
