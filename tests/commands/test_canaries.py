"""Secrets of a run full of failures stand in no file, no output and no error."""

import asyncio
import os
import socket
import subprocess
import sys
from pathlib import Path
from secrets import token_hex

import pytest

from tests.flow.serving import write_config
from wxdesk.core.wechat.credential_shapes import new_aes_key, new_token
from wxdesk.core.wechat.credentials import Credentials
from wxdesk.sandbox.server import Sandbox

PASSPHRASE = "canary passphrase"


class Canaries:
    """Secrets of account `shop` that nothing else on this machine holds, and a search for them."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.right = Credentials(token_hex(16), new_token(), new_aes_key())
        self.said = b""
        self.exits: list[int] = []

    @property
    def all(self) -> list[str]:
        given = (*self.right.secrets, self.right.push_token[:20] + "+", "former" + self.right.push_token[:20])
        return [*given, PASSPHRASE]

    def run(self, *arguments: str, entered: str = "", **environ: str) -> None:
        """Run a command with these variables besides the machine's own and no keychain."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("WXDESK_")}
        backend = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring", "PYTHONUTF8": "1"}
        command = [sys.executable, "-m", "wxdesk", "--home", str(self.home), "--log-level", "DEBUG", *arguments]
        ended = subprocess.run(
            command, input=entered.encode(), env=kept | backend | environ, capture_output=True, check=False, timeout=60
        )
        self.said += ended.stdout + ended.stderr
        self.exits.append(ended.returncode)

    def found(self) -> list[str]:
        """Name where any of them stands."""
        places = {str(path): path.read_bytes() for path in self.home.rglob("*") if path.is_file()}
        places["output"] = self.said
        return [place for place, text in places.items() for value in self.all if value.encode() in text]


@pytest.fixture
def canaries(tmp_path: Path) -> Canaries:
    return Canaries(tmp_path)


async def test_a_search_finds_what_it_looks_for(canaries: Canaries) -> None:
    write_config(canaries.home, "http://127.0.0.1:9")
    (canaries.home / "leak").write_text(f"x{canaries.right.app_secret}x", encoding="utf-8")
    assert canaries.found() == [str(canaries.home / "leak")]


@pytest.mark.timeout(300)  # it starts the program ten times
async def test_failing_starts_doctor_and_secret_set_tell_no_secret(canaries: Canaries) -> None:
    sandbox = Sandbox()  # which knows other secrets, and refuses these
    await sandbox.start()
    write_config(canaries.home, sandbox.url)
    right = canaries.right
    given = {
        "WXDESK_SHOP_APP_SECRET": right.app_secret,
        "WXDESK_SHOP_PUSH_TOKEN": right.push_token,
        "WXDESK_SHOP_PUSH_TOKEN_OLD": "former" + right.push_token[:20],
        "WXDESK_SHOP_ENCODING_AES_KEY": right.encoding_aes_key,
    }
    swapped = given | {
        "WXDESK_SHOP_PUSH_TOKEN": right.encoding_aes_key,
        "WXDESK_SHOP_ENCODING_AES_KEY": right.push_token,
    }
    try:
        await asyncio.to_thread(_fail_in_many_ways, canaries, given, swapped)
    finally:
        await sandbox.stop()
    assert set(canaries.exits) == {0, 1, 2}
    assert (canaries.home / "report.txt").exists()
    assert canaries.found() == []


def _fail_in_many_ways(canaries: Canaries, given: dict[str, str], swapped: dict[str, str]) -> None:
    right, run = canaries.right, canaries.run
    folder = canaries.home.parent / (canaries.home.name + "-files")
    folder.mkdir()
    (folder / "shop_app_secret").write_text(right.app_secret + "\n", encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        config = canaries.home / "config.toml"
        text = config.read_text(encoding="utf-8").replace("port = 0", f"port = {taken.getsockname()[1]}")
        config.write_text(text, encoding="utf-8")
        run("serve", **swapped)
        run("serve", WXDESK_SECRETS=str(folder))
    run("doctor", "--report", str(canaries.home / "report.txt"), **swapped)
    run("secret", "set", "shop", "push_token", entered=right.push_token[:20] + "+\n")
    run("secret", "set", "shop", "push_token", entered=right.encoding_aes_key + "\n")
    run("secret", "set", "shop", "push_token", entered=right.push_token + "\n")
    sealed = {"WXDESK_VAULT_PASSPHRASE": PASSPHRASE}
    run("secret", "set", "shop", "push_token", "--vault", entered=right.push_token + "\n", **sealed)
    run("secret", "set", "shop", "app_secret", entered=right.app_secret + "\n", **sealed)
    run("secret", "set", "shop", "app_secret", entered=right.app_secret + "\n", WXDESK_VAULT_PASSPHRASE="wrong one")
    run("doctor", **given | sealed)
