"""Names of secrets and of their sources, and secrets that are missing."""

import re
from enum import StrEnum

from msgspec import Struct

from wxdesk.core.wechat.credential_shapes import CredentialField

CHANGED_FILE = "secrets.changed"
"""File in the home folder, written anew at each change of a secret.

It holds the time and nothing else.
"""


TUNNEL_PASSWORD = ("tunnel", "password")
"""Names of the tunnel's secret, in the places of account and name.

A password, the passphrase of a key file, or the token of frps; no account has a secret of this name.
"""


SIGN_IN = ("team", "sign-in")
"""Names of what keeps an operator signed in, which is not the password."""

CUSTOMER_DATA_KEY = ("customer_data", "key")
"""Names of the key that signs questions about customers."""

PHONE = "phone"
"""Name in the place of an account before that of a phone, whose address is secret."""


class SecretName(StrEnum):
    """The secrets of an account, as `wxdesk secret set ACCOUNT NAME` takes them."""

    APP_SECRET = "app_secret"
    PUSH_TOKEN = "push_token"
    ENCODING_AES_KEY = "encoding_aes_key"

    @property
    def field(self) -> CredentialField:
        """The field of WeChat's console that has the secret."""
        return CredentialField(self.value)

    @property
    def keeps_former(self) -> bool:
        """True if pushes made with the former value are accepted for a while."""
        return self is not SecretName.APP_SECRET


class SecretSource(StrEnum):
    """Places that secrets come from, in the order in which they are asked."""

    ENVIRONMENT = "environment"
    FOLDER = "folder"
    KEYCHAIN = "keychain"
    VAULT = "vault"
    MEMORY = "memory"


class MissingSecret(Struct, frozen=True):
    """A secret that an account needs but that is stored nowhere."""

    account: str
    name: SecretName


def variable(account: str, name: str) -> str:
    """The environment variable for a secret: upper case, every other character as `_`."""
    return "WXDESK_" + re.sub(r"[^A-Z0-9]", "_", f"{account}_{name}".upper())


def entry_of(account: str, name: str) -> str:
    """The name of a secret's entry in keychain and vault."""
    return f"{account}/{name}"
