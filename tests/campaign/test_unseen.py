"""Kinds of messages and events that nobody has seen yet: each is kept and shown, and none stops the desk."""

import json
import string
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.conftest import Sized
from tests.flow.timed_desk import timed_desk
from tests.store.kept_pushes import kept_pushes
from wxdesk.core.conversations.listing import InboxFilter
from wxdesk.core.events import PushSeen
from wxdesk.core.model.message import Message

PUSHES = (20, 150, 2000)
"""How many of them come in each size of the campaign."""

LETTERS = string.ascii_letters + string.digits + "_-. 中文é\u202e\u200b<>&'\"{}$%\\"
"""What their names are made of."""


def odd(chance: Random) -> Any:
    """A value of any kind, as a newer WeChat might send."""
    word = "".join(chance.choices(LETTERS, k=chance.randrange(40)))
    return chance.choice([word, 2**63 + chance.randrange(9), -1.5, True, None, [word, {"a": word}], {"b": [word]}, ""])


def unseen(chance: Random, number: int) -> dict[str, Any]:
    """The fields of a push of a kind that does not exist."""
    name = "".join(chance.choices(LETTERS, k=chance.randrange(1, 30))).strip() or "x"
    fields = {"".join(chance.choices(string.ascii_letters, k=8)): odd(chance) for _ in range(chance.randrange(8))}
    if chance.random() < 0.5:
        return {**fields, "MsgType": "event", "Event": f"{name}{number}"}
    return {**fields, "MsgType": f"{name}{number}", "MsgId": str(7_000_000 + number)}


@pytest.mark.campaign
@pytest.mark.timeout(900)
async def test_unknown_kinds_of_messages_and_events_are_kept_and_shown(tmp_path: Path, sized: Sized) -> None:
    chance, pushes = Random(20261210), sized(*PUSHES)
    async with timed_desk(tmp_path, "") as desk:
        await desk.says("oUNSEEN", "在吗")
        messages = 1
        for number in range(pushes):
            fields = unseen(chance, number)
            messages += fields["MsgType"] != "event"
            outcome = await desk.sandbox.push("oUNSEEN", fields)
            assert outcome.accepted, outcome
        await desk.until(lambda: len(desk.decided_on) == messages)
        await desk.says("oUNSEEN", "还在吗")  # nothing of it has stopped the desk
        store = desk.opened.store
        kept = await kept_pushes(store)
        unread = {push.id for push in await store.quarantine.page(limit=10_000)}
        [row] = await store.inbox.page(InboxFilter.ALL)
        timeline = await store.inbox.timeline(row.conversation.id, limit=10_000)
        shown = {one.push_id for one in timeline if isinstance(one, Message)}
        seen = {event.key for event in desk.events if isinstance(event, PushSeen)}
    assert len(kept) == pushes + 2
    assert seen >= {push.key for push in kept}  # by which the traffic page shows them
    for push in kept:
        is_event = json.loads(push.body)["MsgType"] == "event"
        assert is_event or push.id in shown | unread, push.body
