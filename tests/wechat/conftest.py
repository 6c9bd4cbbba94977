from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.wechat.worlds import Heard, client_to, sandbox_with_a_customer
from wxdesk.sandbox.server import Sandbox
from wxdesk.wechat.client import WeChatClient


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with sandbox_with_a_customer() as sandbox:
        yield sandbox


@pytest.fixture
async def client(sandbox: Sandbox, heard: Heard) -> AsyncIterator[WeChatClient]:
    async with client_to(sandbox.url, heard) as client:
        yield client
