"""The secrets of one account, in a record that does not print them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    """What WeChat and this desk share about one account.

    `app_secret` opens the API, `push_token` (the console's Token) signs pushes, `encoding_aes_key` (43
    characters, empty in plain mode) decrypts them.
    """

    app_secret: str
    push_token: str
    encoding_aes_key: str = ""

    def __repr__(self) -> str:
        return "Credentials(…)"
