"""Where secrets are: the environment first, then the system's keychain. Never a file.

The environment serves machines without a keychain: `WXDESK_SHOP_APP_SECRET` for account `shop`. A keychain
may ask the person to unlock it and wait for ever; so each question has a deadline.
"""

from __future__ import annotations

import logging
import os
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from wxdesk.core.credentials import Credentials
from wxdesk.core.model import Account, PushMode

log = logging.getLogger(__name__)

SERVICE = "wxdesk"
DEADLINE_SECONDS = 3.0


class SecretName(StrEnum):
    """The secrets of an account, as `wxdesk secret set ACCOUNT NAME` takes them."""

    APP_SECRET = "app_secret"
    PUSH_TOKEN = "push_token"
    ENCODING_AES_KEY = "encoding_aes_key"


@dataclass(frozen=True, slots=True)
class Missing:
    """A secret that an account needs and nobody has."""

    account: str
    name: SecretName

    @property
    def variable(self) -> str:
        """The environment variable that would supply it."""
        return variable(self.account, self.name)

    @property
    def command(self) -> str:
        """The command that would store it."""
        return f"wxdesk secret set {self.account} {self.name.value}"


def variable(account: str, name: SecretName) -> str:
    """The environment variable for a secret: upper case, every other character as `_`."""
    return "WXDESK_" + re.sub(r"[^A-Z0-9]", "_", f"{account}_{name.value}".upper())


def credentials_of(account: Account, environ: Mapping[str, str] = os.environ) -> tuple[Credentials, list[Missing]]:
    """The account's secrets, with those that are missing (their fields stay empty)."""
    needed = [SecretName.APP_SECRET, SecretName.PUSH_TOKEN]
    if account.push_mode is not PushMode.PLAIN:
        needed.append(SecretName.ENCODING_AES_KEY)
    found = {name: (environ.get(variable(account.name, name)) or read(account.name, name) or "") for name in needed}
    missing = [Missing(account.name, name) for name in needed if not found[name].strip()]
    values = {name: found.get(name, "").strip() for name in SecretName}
    return Credentials(*(values[name] for name in SecretName)), missing


def read(account: str, name: SecretName) -> str | None:
    """A secret from the keychain; None if it has none, is locked, or there is no keychain."""
    import keyring  # slow to load, and not needed where the environment has it all

    return _in_time(lambda: keyring.get_password(SERVICE, f"{account}/{name.value}"))


def write(account: str, name: SecretName, value: str) -> bool:
    """Store a secret in the keychain; False if there is none or it stays locked."""
    import keyring

    def store() -> bool:
        keyring.set_password(SERVICE, f"{account}/{name.value}", value)
        return True

    return _in_time(store) or False


def _in_time[T](work: Callable[[], T]) -> T | None:
    """`work`'s result, or None if it fails or takes longer than a person would be asked to wait."""
    results: list[T] = []

    def attempt() -> None:
        try:
            results.append(work())
        except Exception as error:  # noqa: BLE001 - backends raise what they like; its text may hold the secret
            log.info("The system keychain did not answer: %s", type(error).__name__)

    # A daemon, because an unlock prompt that nobody answers must not keep the program from ending.
    thread = threading.Thread(target=attempt, daemon=True, name="keychain")
    thread.start()
    thread.join(DEADLINE_SECONDS)
    return results[0] if results else None
