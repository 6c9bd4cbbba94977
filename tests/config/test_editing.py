"""A change of config.toml touches the lines it is about, and no others."""

import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wxdesk.config.editing import with_account, with_account_keys, with_keys, without_account
from wxdesk.config.reading import parse
from wxdesk.config.writing import ConfigChanged, rewrite
from wxdesk.core.errors import BadConfig, BadInput
from wxdesk.toml import parsed_toml, toml_value

FILE = """\
# My desk
[listener]
port = 8765   # as in frpc.toml

# The shop
[[accounts]]
name = "shop"    # main
app_id = 'wx1'

# The tea house
[[accounts]]
name = "tea"
app_id = "wx2"
# reserve = 1

# WeChat
[wechat]
show_typing = true
"""


def test_an_account_comes_at_the_end() -> None:
    added = with_account(FILE, {"name": "new", "app_id": "wx3", "push_mode": "plain", "timezone": None})
    assert added == FILE + '\n[[accounts]]\nname = "new"\napp_id = "wx3"\npush_mode = "plain"\n'


def test_the_first_account_begins_the_file() -> None:
    assert with_account("", {"name": "a", "app_id": "wx"}) == '[[accounts]]\nname = "a"\napp_id = "wx"\n'


def test_a_name_is_given_once() -> None:
    with pytest.raises(BadInput, match="“tea” already"):
        with_account(FILE, {"name": "tea", "app_id": "wx3"})


def test_a_changed_value_keeps_its_comment_and_a_new_one_stands_below() -> None:
    changed = with_account_keys(FILE, "shop", {"name": "store", "app_id": "wx9", "paused": True})
    assert changed == FILE.replace('"shop"', '"store"').replace("'wx1'\n", '"wx9"\npaused = true\n')


def test_a_number_keeps_its_comment() -> None:
    assert with_keys(FILE, "listener", {"port": 80}) == FILE.replace("8765 ", "80 ")


def test_a_key_is_removed_with_its_line() -> None:
    assert with_keys(FILE, "wechat", {"show_typing": None}) == FILE.replace("show_typing = true\n", "")
    assert with_keys(FILE, "wechat", {"api_base": None}) == FILE


def test_a_table_gets_a_key_or_is_made() -> None:
    changed = with_keys(FILE, "listener", {"public_url": "https://desk.example.com"})
    assert changed == FILE.replace("frpc.toml\n", 'frpc.toml\npublic_url = "https://desk.example.com"\n')
    assert with_keys(FILE, "tunnel", {"kind": "ssh", "command": ("a", "b")}) == (
        FILE + '\n[tunnel]\nkind = "ssh"\ncommand = ["a", "b"]\n'
    )


def test_a_removed_account_takes_its_own_comment_along() -> None:
    shop = "# The shop\n[[accounts]]\nname = \"shop\"    # main\napp_id = 'wx1'\n\n"
    assert without_account(FILE, "shop") == FILE.replace(shop, "")
    tea = '# The tea house\n[[accounts]]\nname = "tea"\napp_id = "wx2"\n'
    assert without_account(FILE, "tea") == FILE.replace(tea, "")


def test_a_comment_that_belongs_to_the_line_above_stays() -> None:
    text = 'x = 1\n# about x\n[[accounts]]\nname = "a"\n'
    assert without_account(text, "a") == "x = 1\n# about x\n"


@pytest.mark.parametrize(
    "change", [lambda text: without_account(text, "x"), lambda text: with_account_keys(text, "x", {"reserve": 1})]
)
def test_an_unknown_account_is_named(change: Callable[[str], str]) -> None:
    with pytest.raises(BadInput, match="no account “x”"):
        change(FILE)


def test_windows_line_ends_stay() -> None:
    text = FILE.replace("\n", "\r\n")
    changed = with_account_keys(without_account(text, "tea"), "shop", {"reserve": 1})
    changed = with_account(with_keys(changed, "tunnel", {"kind": "ssh"}), {"name": "b", "app_id": "c"})
    assert changed.count("\n") == changed.count("\r\n")


def test_accounts_in_one_line_are_changed_as_well() -> None:
    text = '# all\naccounts = [{ name = "a", app_id = "wx1" }, { name = "b", app_id = "wx2" }]  # two\n'
    assert without_account(text, "a") == '# all\naccounts = [{ name = "b", app_id = "wx2" }]  # two\n'
    added = with_account(text, {"name": "c", "app_id": "wx3"})
    assert [entry.name for entry in parse(added).accounts] == ["a", "b", "c"]


def test_a_file_without_an_end_of_line_gets_one() -> None:
    assert with_keys("[listener]\nport = 1", "listener", {"port": None, "host": "x"}) == '[listener]\nhost = "x"\n'


def test_a_form_that_cannot_be_changed_is_refused() -> None:
    with pytest.raises(BadConfig, match="by hand"):
        with_keys("listener.port = 1\n", "listener", {"host": "x"})


@given(st.one_of(st.text(), st.booleans(), st.integers(-(2**62), 2**62), st.lists(st.text(), max_size=3)))
def test_any_value_is_read_as_it_was_given(value: object) -> None:
    try:
        str(value).encode()
    except UnicodeEncodeError:
        return
    assert parsed_toml(f"x = {toml_value(value)}\n") == {"x": value}


def test_a_new_file_is_for_its_owner_only(tmp_path: Path) -> None:
    rewrite(tmp_path, lambda text: with_account(text, {"name": "a", "app_id": "wx"}))
    file = tmp_path / "config.toml"
    assert [entry.name for entry in parse(file.read_text(encoding="utf-8")).accounts] == ["a"]
    if sys.platform != "win32":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_rights_mark_and_links_stay(tmp_path: Path) -> None:
    real, home = tmp_path / "dotfiles.toml", tmp_path / "home"
    home.mkdir()
    real.write_bytes(b"\xef\xbb\xbf[listener]\r\nport = 1\r\n")
    real.chmod(0o640)
    (home / "config.toml").symlink_to(real)
    rewrite(home, lambda text: with_keys(text, "listener", {"port": 2}))
    assert real.read_bytes() == b"\xef\xbb\xbf[listener]\r\nport = 2\r\n"
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert (home / "config.toml").is_symlink()


def test_a_file_with_a_mistake_is_not_written_over(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("[listener\n", encoding="utf-8")
    with pytest.raises(BadConfig, match="line 1"):
        rewrite(tmp_path, lambda text: with_account(text, {"name": "a", "app_id": "wx"}))
    assert file.read_text(encoding="utf-8") == "[listener\n"


def test_a_change_that_makes_a_mistake_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(BadConfig, match="hold_seconds"):
        rewrite(tmp_path, lambda text: with_account(text, {"name": "a", "app_id": "wx", "hold_seconds": -1}))
    assert not (tmp_path / "config.toml").exists()


def test_a_rewrite_does_not_overwrite_a_change_made_meanwhile(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"

    def change(text: str) -> str:
        file.write_text("[listener]\nport = 3\n", encoding="utf-8")
        return with_account(text, {"name": "a", "app_id": "wx"})

    with pytest.raises(ConfigChanged):
        rewrite(tmp_path, change)
    assert [path.name for path in tmp_path.iterdir()] == ["config.toml"]
    assert file.read_text(encoding="utf-8") == "[listener]\nport = 3\n"
