"""When a picture is uploaded, and when the last upload still serves."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.prepared import SQLITE, prepare
from tests.sandbox.pictures import torn_box
from tests.sandbox.worlds import HandClock
from tests.wechat.worlds import ACCOUNT, CREDENTIALS, Heard, now
from wxdesk.config.reading import WeChatSettings
from wxdesk.core.errors import NotFound, NotSent, Refused
from wxdesk.core.events import TokenChanged
from wxdesk.desk.pictures.pictures import Pictures
from wxdesk.desk.pictures.uploads import Uploads
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault
from wxdesk.sandbox.platform.program import MiniProgram
from wxdesk.sandbox.server import Sandbox
from wxdesk.store import Store, open_store
from wxdesk.store.pictures.files import PictureFiles
from wxdesk.wechat.client import WeChatClient

OTHER = replace(ACCOUNT, name="other", app_id="wx" + "0" * 16)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    made = Sandbox([MiniProgram(ACCOUNT, CREDENTIALS), MiniProgram(OTHER, CREDENTIALS)])
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    prepare(tmp_path)
    opened = await open_store(SQLITE, tmp_path)
    yield opened
    await opened.close()


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
async def uploads(
    sandbox: Sandbox, store: Store, tmp_path: Path, clock: HandClock, heard: Heard
) -> AsyncIterator[Uploads]:
    credentials = {"shop": CREDENTIALS, "other": CREDENTIALS}
    client = WeChatClient(WeChatSettings(sandbox.url), credentials, heard, now, deadline=2.0)
    made = Uploads(store.pictures, PictureFiles(tmp_path), client, clock)
    yield made
    await made.close()
    await client.close()


@pytest.fixture
async def digest(store: Store, tmp_path: Path, clock: HandClock) -> str:
    return (await Pictures(store.pictures, PictureFiles(tmp_path), clock).add(torn_box())).digest


def _uploaded(heard: Heard) -> int:
    return heard.calls().count("media/upload")


async def test_one_upload_serves_for_two_and_a_half_days(
    uploads: Uploads, clock: HandClock, heard: Heard, digest: str
) -> None:
    first = await uploads.media_id(ACCOUNT, digest)
    clock.forward(days=2.4)
    assert await uploads.media_id(ACCOUNT, digest) == first
    clock.forward(days=0.1)
    second = await uploads.media_id(ACCOUNT, digest)
    assert second != first
    assert await uploads.media_id(ACCOUNT, digest) == second
    assert _uploaded(heard) == 2


async def test_an_upload_is_remembered_through_a_restart(
    uploads: Uploads, sandbox: Sandbox, store: Store, tmp_path: Path, clock: HandClock, digest: str
) -> None:
    first = await uploads.media_id(ACCOUNT, digest)
    client = WeChatClient(WeChatSettings(sandbox.url), {}, Heard(), now)
    again = Uploads(store.pictures, PictureFiles(tmp_path), client, clock)
    assert await again.media_id(ACCOUNT, digest) == first
    await client.close()


async def test_accounts_do_not_share_an_upload(uploads: Uploads, heard: Heard, digest: str) -> None:
    assert await uploads.media_id(ACCOUNT, digest) != await uploads.media_id(OTHER, digest)
    assert _uploaded(heard) == 2


async def test_simultaneous_callers_share_one_upload(uploads: Uploads, heard: Heard, digest: str) -> None:
    found = await asyncio.gather(*(uploads.media_id(ACCOUNT, digest) for _ in range(20)))
    assert len(set(found)) == 1
    assert _uploaded(heard) == 1


async def test_all_who_were_refused_the_same_share_one_new(uploads: Uploads, heard: Heard, digest: str) -> None:
    refused = await uploads.media_id(ACCOUNT, digest)
    found = await asyncio.gather(*(uploads.media_id(ACCOUNT, digest, refused=refused) for _ in range(20)))
    found.append(await uploads.media_id(ACCOUNT, digest, refused=refused))
    assert len(set(found)) == 1
    assert found[0] != refused
    assert _uploaded(heard) == 2


async def test_a_refused_media_id_is_still_given_to_a_caller_unaware_of_it(
    uploads: Uploads, heard: Heard, digest: str
) -> None:
    old = await uploads.media_id(ACCOUNT, digest)
    unknowing, knowing = await asyncio.gather(
        uploads.media_id(ACCOUNT, digest), uploads.media_id(ACCOUNT, digest, refused=old)
    )
    assert (unknowing == old, knowing == old) == (True, False)
    assert _uploaded(heard) == 2


async def test_the_same_again_is_refused_once_and_not_uploaded_for_ever(
    uploads: Uploads, heard: Heard, digest: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = await uploads.media_id(ACCOUNT, digest)
    monkeypatch.setattr(secrets, "token_urlsafe", lambda _: refused)  # the simulated WeChat's media_ids
    async with asyncio.timeout(20):
        with pytest.raises(Refused, match="40007"):
            await uploads.media_id(ACCOUNT, digest, refused=refused)
    assert _uploaded(heard) == 2


async def test_a_cancelled_caller_does_not_stop_the_upload_of_others(
    uploads: Uploads, sandbox: Sandbox, heard: Heard, digest: str
) -> None:
    sandbox.faults.plan(SimulatedFault(FaultKind.LATENCY, "upload", milliseconds=100))
    impatient = asyncio.create_task(uploads.media_id(ACCOUNT, digest))
    patient = asyncio.create_task(uploads.media_id(ACCOUNT, digest))
    await heard.wait_for(TokenChanged, 1)  # the upload is next
    impatient.cancel()
    assert await patient
    assert _uploaded(heard) == 1


async def test_a_failed_upload_is_not_remembered(uploads: Uploads, sandbox: Sandbox, digest: str) -> None:
    sandbox.faults.plan(SimulatedFault(FaultKind.RESET_AFTER, "upload"))
    with pytest.raises(NotSent):
        await uploads.media_id(ACCOUNT, digest)
    sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, "upload", errcode=45001))
    with pytest.raises(Refused):
        await uploads.media_id(ACCOUNT, digest)
    assert await uploads.media_id(ACCOUNT, digest)


async def test_a_picture_that_is_not_here_is_not_found(uploads: Uploads, heard: Heard) -> None:
    with pytest.raises(NotFound):
        await uploads.media_id(ACCOUNT, "0" * 64)
    assert heard.calls() == []
