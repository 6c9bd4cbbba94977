"""The links under a bubble can be reached also where there are many of them and little room."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.flow.timed_desk import START, HandClock
from tests.ui.inbox.conftest import shown_reply
from tests.ui.world import World, open_world
from wxdesk.core.model.reply import ReplyState
from wxdesk.core.model.rule import Action, ActionKind, Condition, Delivery, Rule
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.inbox.timeline.bubble_text import BubbleAction, caption_of
from wxdesk.ui.inbox.timeline.bubbles.layout import PlacedPart, place_caption
from wxdesk.ui.inbox.timeline.entries import TimelineEntry

LI = "oCustomer0000000000000001"
S = ReplyState
TWO = Rule(
    "Opening hours, and the way to the shop from the station",
    when=Condition(any=("opening",)),
    then=tuple(Action(ActionKind.REPLY, text=text) for text in ("We open at 9.", "We are in Lane 5.")),
    delivery=Delivery.DRAFT,
)
OFFERED = [BubbleAction.SEND_ALL, BubbleAction.SEND, BubbleAction.EDIT, BubbleAction.DISCARD, BubbleAction.WHY]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_world(tmp_path, clock=HandClock(), undo_seconds=0) as opened_world:
        opened_world.call(opened_world.desk.rules.rulebook.save(TWO))
        yield opened_world


def test_all_links_of_a_passed_over_draft_with_a_newer_message_are_reachable(
    qtbot: QtBot, world: World, page: InboxPage, opened: Callable[[int], None]
) -> None:
    thread = world.say(LI, "What are your opening hours, and where are you?")
    page.window().resize(900, 600)
    opened(thread)
    world.call(world.desk.replies.write(thread, "At ten."))
    qtbot.waitUntil(lambda: shown_reply(page, S.SENT) is not None)
    world.move_to(START + timedelta(seconds=30))
    world.say(LI, "And is it far from the station, please?")

    def first() -> TimelineEntry:
        return next(one for one in page.session.model.rows() if one.reply and one.reply.state is S.DRAFT)

    qtbot.waitUntil(lambda: first().since is not None)
    layout = page.chat.timeline.bubbles.layout_of(first())
    caption = caption_of(first(), world.clock())
    placed = place_caption(caption, layout)
    links = [one for one in placed if one.part.action is not None]
    assert [link.part.action for link in links] == OFFERED
    assert not [link.text for link in links if _is_cut(link) or link.rect.right() > layout.caption.right() + 0.5]
    assert placed[0].text == "Draft, you wrote instead"
    missing = [part for part in caption if part not in [one.part for one in placed]]
    assert missing, "else there was room for all of it"
    assert all(part.text in placed[0].tip for part in missing)
    between = placed[0].rect.center()
    assert page.chat.timeline.bubbles.tip_at(first(), between) == placed[0].tip


def _is_cut(placed: PlacedPart) -> bool:
    return placed.text != placed.part.text
