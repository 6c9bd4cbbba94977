"""The app secret, the access_token and the openid appear in no log record, no error and no event."""

import logging
import traceback
from collections.abc import Coroutine
from typing import Any, Literal

import pytest

from tests.sandbox.pictures import torn_box
from tests.wechat.worlds import ACCOUNT, CREDENTIALS, HELLO, OPENID, Heard, client_to
from wxdesk import logs
from wxdesk.core.errors import SendError
from wxdesk.core.model.picture import PictureFormat
from wxdesk.sandbox.platform.faults import FOR_PUSHES, FaultKind, SimulatedFault
from wxdesk.sandbox.server import Sandbox

type Endpoint = Literal["stable", "classic"]


def _clean(text: str, canaries: set[str]) -> bool:
    return not any(canary in text for canary in canaries)


@pytest.mark.parametrize("endpoint", ["stable", "classic"])
async def test_no_secret_leaves_by_another_door(
    sandbox: Sandbox, caplog: pytest.LogCaptureFixture, endpoint: Endpoint
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in logs.CHATTY:  # as `logs.set_up` does
        caplog.set_level(logging.WARNING, logger=name)
    heard, said = Heard(), []
    kinds = [kind for kind in FaultKind if kind not in FOR_PUSHES and kind is not FaultKind.LATENCY]
    async with client_to(sandbox.url, heard, endpoint, deadline=0.15) as client:
        for call in ("token", "send"):
            for kind in kinds:
                sandbox.faults.plan(SimulatedFault(kind, call, errcode=40164))
                try:
                    await client.send(ACCOUNT, OPENID, HELLO)
                except SendError as error:
                    said.append("".join(traceback.format_exception(error, chain=True)))
                sandbox.faults.clear()
    tokens = set(sandbox.platform.tokens._issued)
    canaries = {CREDENTIALS.app_secret, OPENID, *tokens}
    assert len(said) == 2 * len(kinds)
    assert tokens
    for text in [*said, *(record.getMessage() for record in caplog.records), *map(repr, heard.events)]:
        assert _clean(text, canaries)


@pytest.mark.parametrize("call", ["upload", "media", "typing"])
async def test_no_secret_leaves_with_a_picture_or_a_sign_of_typing(
    sandbox: Sandbox, caplog: pytest.LogCaptureFixture, call: str
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in logs.CHATTY:  # as `logs.set_up` does
        caplog.set_level(logging.WARNING, logger=name)
    heard, said = Heard(), []
    media_id = sandbox.platform.media.put(torn_box(), app_id=ACCOUNT.app_id).media_id
    kinds = [FaultKind.ERRCODE, FaultKind.BEFORE, FaultKind.RESET_BEFORE, FaultKind.RESET_AFTER, FaultKind.GATEWAY]
    async with client_to(sandbox.url, heard, deadline=0.15) as client:
        for kind in kinds:
            sandbox.faults.plan(SimulatedFault(kind, call, errcode=40164))
            work: Coroutine[Any, Any, object]
            if call == "upload":
                work = client.upload(ACCOUNT, torn_box(), PictureFormat.PNG)
            elif call == "media":
                work = client.fetch(ACCOUNT, media_id, f"{sandbox.url}/{OPENID}")
            else:
                work = client.typing(ACCOUNT, OPENID, on=True)
            with pytest.raises(SendError) as error:
                await work
            said.append("".join(traceback.format_exception(error.value, chain=True)))
            sandbox.faults.clear()
    canaries = {CREDENTIALS.app_secret, OPENID, media_id, *sandbox.platform.tokens._issued}
    for text in [*said, *(record.getMessage() for record in caplog.records), *map(repr, heard.events)]:
        assert _clean(text, canaries)


async def test_no_secret_when_there_is_nobody(caplog: pytest.LogCaptureFixture) -> None:
    for base in ("http://127.0.0.1:9", "http://nobody.invalid", "https://127.0.0.1:9"):
        async with client_to(base, Heard(), "classic", deadline=1) as client:
            with pytest.raises(SendError) as error:
                await client.send(ACCOUNT, OPENID, HELLO)
        assert _clean("".join(traceback.format_exception(error.value)), {CREDENTIALS.app_secret, OPENID})
    assert _clean(caplog.text, {CREDENTIALS.app_secret, OPENID})
