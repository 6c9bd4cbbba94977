"""A push token that was changed here and not yet at WeChat: nothing is lost, and the log says for how long."""

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.flow.conftest import setup_for
from wxdesk.app import open_desk
from wxdesk.core.wechat.credentials import FormerSecret
from wxdesk.sandbox.demo_customers import LI_LEI
from wxdesk.sandbox.server import Sandbox


async def test_wechat_still_uses_the_former_token(
    sandbox: Sandbox, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    now = datetime.now(UTC)
    ahead = timedelta()
    setup = setup_for(sandbox, tmp_path)
    known = setup.credentials["shop"]
    former = FormerSecret(known.push_token, now + timedelta(hours=24))
    changed = replace(known, push_token="the_new_token", former_push_tokens=(former,))
    caplog.set_level(logging.INFO)
    opened = await open_desk(replace(setup, credentials={"shop": changed}, clock=lambda: datetime.now(UTC) + ahead))
    try:
        sandbox.set_push_url(f"{opened.url}/wx/shop")
        assert (await sandbox.say(LI_LEI.openid, "在吗")).accepted
        ahead = timedelta(hours=24)
        assert not (await sandbox.say(LI_LEI.openid, "还在吗")).accepted
    finally:
        await opened.stop()
    assert (
        f"The former push_token of shop is accepted until {former.until.isoformat(timespec='minutes')}" in caplog.text
    )
    assert known.push_token not in caplog.text
