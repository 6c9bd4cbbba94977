from collections.abc import AsyncIterator, Iterator

import pytest

from tests.certificates import Authority
from tests.wechat.worlds import Heard, client_to, sandbox_with_a_customer
from wxdesk.sandbox.server import Sandbox
from wxdesk.wechat.client import WeChatClient
from wxdesk.wechat.http import authorities


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


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def trusted(authority: Authority) -> Iterator[Authority]:
    """An authority that this process trusts for as long as the test takes."""
    authorities.cache_clear()
    authorities().load_verify_locations(authority.roots)
    yield authority
    authorities.cache_clear()
