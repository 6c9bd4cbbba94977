"""Replies wait while pushes do, for a moment."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from tests.flow.timed_desk import Desk, timed_desk
from wxdesk.core.model.push import Push
from wxdesk.desk.replies import outbox
from wxdesk.sandbox.demo_customers import WANG_FANG
from wxdesk.store.messages import push_batches


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with timed_desk(tmp_path, "") as made:
        yield made


@pytest.mark.parametrize(("patience", "leaves"), [(60.0, False), (0.02, True)])
async def test_replies_wait_for_pushes_but_not_for_ever(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, patience: float, leaves: bool
) -> None:
    monkeypatch.setattr(outbox, "GIVE_WAY_SECONDS", patience)
    group, on_disk = desk.opened.store.pushes._group, asyncio.Event()
    commit = group._commit

    async def slowly(pushes: Sequence[Push]) -> list[int | None]:
        begun.set()
        await on_disk.wait()
        return await commit(pushes)

    begun = asyncio.Event()
    monkeypatch.setattr(group, "_commit", slowly)
    monkeypatch.setattr(push_batches, "PATIENCE_SECONDS", 60.0)
    saying = asyncio.create_task(desk.sandbox.say(WANG_FANG.openid, "在吗"))
    await begun.wait()
    sending = asyncio.create_task(desk.opened.desk.outbox._send_due())
    done, _ = await asyncio.wait([sending], timeout=20 if leaves else 0.2)
    assert bool(done) is leaves
    on_disk.set()
    await sending
    await saying
