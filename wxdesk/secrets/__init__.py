"""Secrets of accounts: names, sources, and storing of new ones.

Imported by `desk`, `ui`, `sandbox`, `app`, `cli` and `commands`; imports `core` and `logs`.
"""

from wxdesk.secrets.keychain import credentials_of, write
from wxdesk.secrets.names import MissingSecret, SecretName, variable

__all__ = ["MissingSecret", "SecretName", "credentials_of", "variable", "write"]
