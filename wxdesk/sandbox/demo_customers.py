"""Customers of the demonstration, and the mini program that they write to.

Their ids have the form of real ones but belong to nobody; the secrets are made from words, so that no value
in the source looks like one that could open anything.
"""

import base64
from hashlib import sha256

from msgspec import Struct

from wxdesk.core.model.account import Account, PushMode, ReplyMode
from wxdesk.core.wechat.credentials import Credentials

COVER_MEDIA_ID = "sandbox-cover"
"""Id of a picture that the simulated WeChat always has, for cards."""

TORN_BOX_MEDIA_ID = "sandbox-torn-box"
"""Id of the picture that a customer sends."""


class DemoCustomer(Struct, frozen=True):
    """A customer of the demonstration; `alias` is the name given by the operator."""

    openid: str
    alias: str = ""


WANG_FANG = DemoCustomer("oW7hT5dQmZ0xKfLr2sVnB8yE4c31", "王芳")
ZHANG_SANFENG = DemoCustomer("oW7hT5eJ4pXw9CtGk6uRz1bNaS0M", "张三丰")
LI_LEI = DemoCustomer("oW7hT5b8VyHq3LmDs0fKc7XjPo2E", "李雷")
MISS_CHEN = DemoCustomer("oW7hT5aR6nUi1WgYt5vQe9LxHk4Z", "陈小姐")
ZHAO_MIN = DemoCustomer("oW7hT5cG2sMd7BzFw8pTj3RoVu6N", "赵敏")
HAN_MEIMEI = DemoCustomer("oW7hT5fN9kEa4QxJb1hSy6CmGl8D", "韩梅梅")
STRANGER = DemoCustomer("oW7hT5gX3fPv0TcUw5rAi8ZnK9k2")

CUSTOMERS = (WANG_FANG, ZHANG_SANFENG, LI_LEI, MISS_CHEN, ZHAO_MIN, HAN_MEIMEI, STRANGER)


def demo_account() -> tuple[Account, Credentials]:
    """Make the account `shop` and its secrets, valid only on the simulated WeChat."""
    account = Account(
        name="shop",
        app_id="wx" + sha256(b"wxdesk sandbox app id").hexdigest()[:16],
        original_id="gh_" + sha256(b"wxdesk sandbox original id").hexdigest()[:12],
        push_mode=PushMode.SECURE,
        reply_mode=ReplyMode.AUTO,
    )
    key = base64.b64encode(sha256(b"wxdesk sandbox aes key").digest()).decode()
    credentials = Credentials(
        app_secret=sha256(b"wxdesk sandbox app secret").hexdigest()[:32],
        push_token=sha256(b"wxdesk sandbox push token").hexdigest()[:24],
        encoding_aes_key=key.rstrip("=").replace("+", "x").replace("/", "y"),
    )
    return account, credentials
