"""`wxdesk secret set` as others script it: the value comes on stdin and goes nowhere but into the keychain."""

import io
import json
import os
import signal
import socket
import subprocess
import sys
import types
from datetime import UTC, datetime
from pathlib import Path

import keyring
import pytest
from keyring.backends.fail import Keyring as NoKeychain
from keyring.errors import KeyringLocked, PasswordSetError

from tests.flow.serving import environment, run, write_config
from tests.secrets.backends import Drawer, drawer
from wxdesk.cli import main
from wxdesk.secrets.names import SecretName, SecretSource, variable
from wxdesk.secrets.sources import SecretSources

__all__ = ["drawer"]  # the keychain in memory, as a fixture


def put(home: Path, monkeypatch: pytest.MonkeyPatch, value: str, *options: str) -> int:
    monkeypatch.setattr(sys, "stdin", io.StringIO(value + "\n"))
    return main(["--home", str(home), "--lang", "en", "secret", "set", "shop", "push_token", *options])


def test_a_changed_token_is_kept_beside_the_new_one_unless_it_has_leaked(
    tmp_path: Path, drawer: Drawer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_config(tmp_path, "http://127.0.0.1:9")
    assert put(tmp_path, monkeypatch, "firstToken") == 0
    assert put(tmp_path, monkeypatch, "secondToken") == 0
    assert drawer.kept["wxdesk", "shop/push_token"] == "secondToken"
    assert "firstToken" in drawer.kept["wxdesk", "shop/push_token/former"]
    assert put(tmp_path, monkeypatch, "thirdToken", "--at-once") == 0
    assert drawer.kept == {("wxdesk", "shop/push_token"): "thirdToken", ("wxdesk", "shop/push_token/former"): "[]"}
    kept = "wxdesk: Kept in the system's keychain. A desk that is open takes it within seconds.\n"
    assert capsys.readouterr() == ("", kept * 3)
    written = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert not any(value in written for value in (b"firstToken", b"secondToken", b"thirdToken"))


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("push_token", "短", "The Token cannot contain “短”. A Token has 3 to 32 letters or digits."),
        ("push_token", "a b c", "The Token cannot contain “a blank”. A Token has 3 to 32 letters or digits."),
        (
            "push_token",
            "a" * 43,
            "This is not the Token but the EncodingAESKey. A Token has 3 to 32 letters or digits.",
        ),
        (
            "encoding_aes_key",
            "a" * 42,
            "The EncodingAESKey cannot have 42 characters. An EncodingAESKey has 43 letters or digits.",
        ),
        (
            "encoding_aes_key",
            "a" * 42 + "+",
            "The EncodingAESKey cannot contain “+”. An EncodingAESKey has 43 letters or digits.",
        ),
        ("app_secret", "abc", "The AppSecret cannot have 3 characters."),
    ],
)
def test_a_value_that_cannot_be_right_is_refused_with_the_reason(
    tmp_path: Path,
    drawer: Drawer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    value: str,
    reason: str,
) -> None:
    write_config(tmp_path, "http://127.0.0.1:9")
    monkeypatch.setattr(sys, "stdin", io.StringIO(value + "\n"))
    assert main(["--home", str(tmp_path), "--lang", "en", "secret", "set", "shop", name]) == 2
    said = capsys.readouterr().err
    assert reason in said
    assert "Nothing was changed." in said
    assert drawer.kept == {}


def test_a_corrected_secret_is_reported_with_its_corrections(
    tmp_path: Path, drawer: Drawer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_config(tmp_path, "http://127.0.0.1:9")
    assert put(tmp_path, monkeypatch, "“ｍｙｔｏｋｅｎ” ") == 0
    assert drawer.kept == {("wxdesk", "shop/push_token"): "mytoken"}
    said = capsys.readouterr().err
    assert "full-width characters" in said
    assert "quotation marks" in said


def test_a_wrong_name_is_reported_in_the_operators_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_config(tmp_path, "http://127.0.0.1:9")
    monkeypatch.setattr(sys, "stdin", io.StringIO("x\n"))
    assert main(["--home", str(tmp_path), "--lang", "zh_CN", "secret", "set", "shop", "token"]) == 2
    said = capsys.readouterr().err
    assert "没有叫「token」的密钥。可用的是这三个：app_secret、push_token、encoding_aes_key。" in said


def test_a_secret_that_the_environment_precedes_says_so(
    tmp_path: Path, drawer: Drawer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_config(tmp_path, "http://127.0.0.1:9")
    monkeypatch.setenv("WXDESK_SHOP_PUSH_TOKEN", "other")
    assert put(tmp_path, monkeypatch, "myToken") == 0
    assert "But WXDESK_SHOP_PUSH_TOKEN, or a file, supplies this secret as well" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "reason"), [(KeyringLocked(), "it is locked"), (PasswordSetError(), "it reports a failure")]
)
def test_a_keychain_that_refuses_a_secret_is_reported_with_the_reason(
    tmp_path: Path,
    drawer: Drawer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: Exception,
    reason: str,
) -> None:
    def refuse(*_: str) -> None:
        raise error

    monkeypatch.setattr(drawer, "set_password", refuse)
    write_config(tmp_path, "http://127.0.0.1:9")
    assert put(tmp_path, monkeypatch, "myToken") == 1
    said = capsys.readouterr().err
    assert f"did not take the secret ({reason}). Unlock it and enter the secret again, set WXDESK_SHOP_PUSH_" in said
    assert "secret set shop push_token --vault" in said


def test_a_machine_without_a_keychain_uses_the_vault_once_there_is_one(
    tmp_path: Path, drawer: Drawer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    keyring.set_keyring(NoKeychain())
    write_config(tmp_path, "http://127.0.0.1:9")
    assert put(tmp_path, monkeypatch, "myToken") == 1
    said = capsys.readouterr().err
    assert "Set WXDESK_SHOP_PUSH_TOKEN instead" in said
    assert "secret set shop push_token --vault" in said
    assert put(tmp_path, monkeypatch, "myToken", "--vault") == 2
    assert "The vault needs its passphrase. Set WXDESK_VAULT_PASSPHRASE." in capsys.readouterr().err
    monkeypatch.setenv("WXDESK_VAULT_PASSPHRASE", "eight or more")
    assert put(tmp_path, monkeypatch, "myToken", "--vault") == 0
    assert f"Kept in the vault {tmp_path / 'secrets.vault'}." in capsys.readouterr().err
    assert put(tmp_path, monkeypatch, "newToken") == 0
    sources = SecretSources(tmp_path, {"WXDESK_VAULT_PASSPHRASE": "eight or more"})
    sources.unlock_by_environment()
    assert sources.vault.get("shop/push_token") == "newToken"
    sealed = (tmp_path / "secrets.vault").read_bytes()
    monkeypatch.setenv("WXDESK_VAULT_PASSPHRASE", "another one")
    assert put(tmp_path, monkeypatch, "newToken") == 2
    assert "This passphrase does not open" in capsys.readouterr().err
    assert (tmp_path / "secrets.vault").read_bytes() == sealed


@pytest.mark.skipif(sys.platform == "win32", reason="a file descriptor is handed down on POSIX")
def test_a_server_is_told_of_a_locked_vault_and_opens_it_by_a_file_descriptor(tmp_path: Path) -> None:
    write_config(tmp_path, "http://127.0.0.1:9")
    given = environment()
    sources = SecretSources(tmp_path, {})
    sources.vault.create("eight or more")
    now = datetime.now(UTC)
    for name in SecretName:
        sources.store("shop", {name: given.pop(variable("shop", name))}, now, into=SecretSource.VAULT)
    given["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    locked = f"The vault {sources.vault.file} is locked. Set WXDESK_VAULT_PASSPHRASE"
    assert locked in said_by_serve(tmp_path, given)
    reading, writing = os.pipe()
    os.write(writing, b"eight or more\n")
    os.close(writing)
    given["WXDESK_VAULT_PASSPHRASE_FD"] = str(reading)
    assert "lacks" not in said_by_serve(tmp_path, given, reading)
    os.close(reading)


def said_by_serve(home: Path, environ: dict[str, str], *descriptors: int) -> str:
    """What a server says on stderr until it listens and is stopped."""
    command = [sys.executable, "-m", "wxdesk", "--home", str(home), "--lang", "en", "serve"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environ, stdout=pipe, stderr=pipe, text=True, pass_fds=descriptors) as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["event"] == "listening"
        process.terminate()
        _, said = process.communicate(timeout=30)
    assert process.returncode == 0
    return said


@pytest.mark.parametrize("second", ["eight or more", "something else"])
def test_a_new_passphrase_is_asked_for_twice(
    tmp_path: Path, drawer: Drawer, monkeypatch: pytest.MonkeyPatch, second: str
) -> None:
    write_config(tmp_path, "http://127.0.0.1:9")
    typed = iter(["myToken", "eight or more", second])
    monkeypatch.setattr("getpass.getpass", lambda _prompt: next(typed))
    monkeypatch.setattr(sys, "stdin", types.SimpleNamespace(isatty=lambda: True))
    same = second == "eight or more"
    ended = main(["--home", str(tmp_path), "secret", "set", "shop", "push_token", "--vault"])
    assert (ended, (tmp_path / "secrets.vault").exists()) == ((0, True) if same else (2, False))


def test_a_start_says_which_secrets_cannot_be_right(tmp_path: Path) -> None:
    write_config(tmp_path, "http://127.0.0.1:9")
    told = environment()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        config = tmp_path / "config.toml"
        text = config.read_text(encoding="utf-8").replace("port = 0", f"port = {taken.getsockname()[1]}")
        config.write_text(text, encoding="utf-8")
        swapped = {"WXDESK_SHOP_PUSH_TOKEN": told["WXDESK_SHOP_ENCODING_AES_KEY"]}
        ended = run(tmp_path, "serve", **swapped)
    said = "Account “shop”: This is not the Token but the EncodingAESKey."
    assert ended.returncode == 1
    assert said in ended.stderr
    assert said in (tmp_path / "logs" / "wxdesk.log").read_text(encoding="utf-8")


@pytest.fixture
def hanging(tmp_path: Path) -> dict[str, str]:
    """The environment of a machine whose keychain waits for a person who is not there."""
    (tmp_path / "hanging_keychain.py").write_text(
        "import threading\n"
        "from keyring.backend import KeyringBackend\n"
        "class Keychain(KeyringBackend):\n"
        "    priority = 1\n"
        "    def get_password(self, service, username): threading.Event().wait()\n"
        "    set_password = delete_password = get_password\n",
        encoding="utf-8",
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WXDESK_")}
    return kept | {"PYTHONPATH": str(tmp_path), "PYTHON_KEYRING_BACKEND": "hanging_keychain.Keychain"}


@pytest.mark.skipif(sys.platform == "win32", reason="there a test cannot press Ctrl+C")
def test_the_systems_question_is_reported_and_ctrl_c_ends_the_waiting(tmp_path: Path, hanging: dict[str, str]) -> None:
    write_config(tmp_path, "http://127.0.0.1:9")
    command = [sys.executable, "-m", "wxdesk", "--home", str(tmp_path), "--lang", "en", "secret", "set", "shop"]
    pipe = subprocess.PIPE
    with subprocess.Popen([*command, "push_token"], env=hanging, stdin=pipe, stderr=pipe, text=True) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        process.stdin.write("myToken\n")
        process.stdin.flush()
        assert process.stderr.readline() == (
            "wxdesk: The system may ask you for a password: answer its question. Ctrl+C ends the waiting.\n"
        )
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130


def test_a_keychain_that_asks_holds_a_start_up_once_and_what_is_missing_is_said(
    tmp_path: Path, hanging: dict[str, str]
) -> None:
    write_config(tmp_path, "http://127.0.0.1:9")
    said = said_by_serve(tmp_path, hanging)
    assert said.count("did not answer") == 1
    lacking = [line for line in said.splitlines() if "lacks its" in line]
    assert len(lacking) == 3
    for name, line in zip(("app_secret", "push_token", "encoding_aes_key"), lacking, strict=True):
        assert f"wxdesk secret set shop {name}; a server may set WXDESK_SHOP_{name.upper()}" in line


def test_the_tunnels_password_needs_no_account(tmp_path: Path, drawer: Drawer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(" correct horse \n"))
    assert main(["--home", str(tmp_path), "--lang", "en", "secret", "set", "tunnel", "password"]) == 0
    assert drawer.kept == {("wxdesk", "tunnel/password"): " correct horse "}


def test_the_address_of_a_phone_that_is_not_configured_is_kept_and_told(
    tmp_path: Path, drawer: Drawer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = []
    for config in ("", '[phone]\ntargets = { boss = "ntfy" }\n'):
        (tmp_path / "config.toml").write_text(config, encoding="utf-8")
        monkeypatch.setattr(sys, "stdin", io.StringIO("https://ntfy.sh/waiting\n"))
        assert main(["--home", str(tmp_path), "--lang", "en", "secret", "set", "phone", "boss"]) == 0
        told.append("no phone “boss”" in capsys.readouterr().err)
    assert told == [True, False]
    assert drawer.kept == {("wxdesk", "phone/boss"): "https://ntfy.sh/waiting"}
