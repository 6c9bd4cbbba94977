"""A mini program with its push settings, as WeChat's console has them."""

from __future__ import annotations

from dataclasses import dataclass, field

from wxdesk.core.model.account import Account
from wxdesk.core.model.push import BodyFormat
from wxdesk.core.wechat.credentials import Credentials
from wxdesk.sandbox.platform.settings import ProgramSettings
from wxdesk.webhook.crypto import PushCipher


@dataclass(frozen=True, slots=True, repr=False)
class MiniProgram:
    """One mini program; push is off while `push_url` is empty."""

    account: Account
    credentials: Credentials
    format: BodyFormat = BodyFormat.JSON
    push_url: str = ""
    settings: ProgramSettings = field(default_factory=ProgramSettings)


def cipher_of(program: MiniProgram) -> PushCipher:
    """Make the cipher that signs and encrypts a program's pushes."""
    secret = program.credentials
    return PushCipher(secret.push_token, secret.encoding_aes_key, program.account.app_id)
