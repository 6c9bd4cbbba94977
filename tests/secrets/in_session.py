"""Steps of `test_secret_service`, run inside a session bus with a real gnome-keyring; prints what it saw.

Arguments: the home folder and the values to store.
"""

import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import secretstorage

from wxdesk.core.model.account import Account
from wxdesk.secrets.keychain import START_SECONDS
from wxdesk.secrets.sources import SecretSources

SHOP = Account("shop", "wx1", "gh_1")


def set_token(home: str, value: str) -> dict[str, object]:
    command = [sys.executable, "-m", "wxdesk", "--home", home, "--lang", "en", "secret", "set", "shop", "push_token"]
    ended = subprocess.run(command, input=value + "\n", capture_output=True, text=True, check=False, timeout=60)
    return {"code": ended.returncode, "said": ended.stdout + ended.stderr}


def read(home: str, wait: float = 30.0) -> dict[str, object]:
    sources = SecretSources(Path(home), {})
    found = sources.read(SHOP, datetime.now(UTC), wait)
    former = [one.value for one in found.credentials.former_push_tokens]
    return {"token": found.credentials.push_token, "former": former, "trouble": sources.keychain.trouble}


def lock() -> None:
    bus = secretstorage.dbus_init()
    secretstorage.get_default_collection(bus).lock()
    bus.close()


def main(home: str, first: str, second: str) -> None:
    keyring = subprocess.run(
        [shutil.which("gnome-keyring-daemon") or "", "--daemonize", "--unlock", "--components=secrets"],
        input="the login password",
        capture_output=True,
        text=True,
        check=True,
    )
    seen = {"keyring": keyring.returncode, "none": read(home), "set": set_token(home, first)}
    seen |= {"changed": set_token(home, second), "there": read(home)}
    lock()
    seen |= {"locked": read(home, START_SECONDS), "refused": set_token(home, first)}
    sys.stdout.write(json.dumps(seen) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
