"""Secrets of accounts: their names, their sources, and the place of new ones.

Imported by `desk`, `ui`, `sandbox`, `app`, `cli` and `commands`; imports `core`, `paths` and `logs`.
"""

from wxdesk.secrets.keychain import KeychainTrouble
from wxdesk.secrets.names import (
    CHANGED_FILE,
    CUSTOMER_DATA_KEY,
    PHONE,
    TUNNEL_PASSWORD,
    MissingSecret,
    SecretName,
    SecretSource,
    variable,
)
from wxdesk.secrets.sources import AccountSecrets, SecretSources, passphrase_of
from wxdesk.secrets.vault import Vault, VaultDamaged, WrongPassphrase

__all__ = [
    "CHANGED_FILE",
    "CUSTOMER_DATA_KEY",
    "PHONE",
    "TUNNEL_PASSWORD",
    "AccountSecrets",
    "KeychainTrouble",
    "MissingSecret",
    "SecretName",
    "SecretSource",
    "SecretSources",
    "Vault",
    "VaultDamaged",
    "WrongPassphrase",
    "passphrase_of",
    "variable",
]
