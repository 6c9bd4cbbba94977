"""Where the desk was not reachable, the timeline says that messages may be missing."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from tests.ui.inbox.records import message
from tests.ui.world import World
from wxdesk.core.events import ReachabilityChanged
from wxdesk.core.setup.findings import CheckVerdict
from wxdesk.core.setup.reach import Outage
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.inbox.timeline.bubbles.layout import lay_out
from wxdesk.ui.inbox.timeline.entries import EntryKind, TimelineEntry, entries_of, gap_lines

WANG = "oW7hAbCdEfGhIjKlMnOpQrStUc31"


def local(hour: int, minute: int = 0, day: int = 2) -> datetime:
    """A time of the operator's own clock."""
    return datetime(2026, 10, day, hour, minute).astimezone().astimezone(UTC)


NOW = local(18)


def outage(began: datetime, ended: datetime | None) -> Outage:
    return Outage(began, ended, CheckVerdict.FIREWALL)


def shown(outages: list[Outage], *moments: datetime, to_end: bool = True) -> list[TimelineEntry]:
    items = [replace(message(number), received_at=at, created_at=at) for number, at in enumerate(moments, 1)]
    return entries_of(items, NOW, lines=gap_lines(outages, items, NOW, to_end=to_end))


def kinds(entries: list[TimelineEntry]) -> list[EntryKind]:
    return [entry.kind for entry in entries]


def gaps(entries: Sequence[TimelineEntry]) -> list[str]:
    return [entry.text for entry in entries if entry.kind is EntryKind.GAP]


def test_a_gap_stands_between_the_messages_that_it_separates() -> None:
    entries = shown([outage(local(14, 2), local(14, 9))], local(13), local(15))
    assert kinds(entries) == [EntryKind.DAY, EntryKind.MESSAGE, EntryKind.GAP, EntryKind.MESSAGE]
    assert gaps(entries) == ["14:02–14:09 not reachable: messages may be missing"]
    assert lay_out(entries[2], 600).height > 0


def test_several_gaps_with_nothing_between_them_are_one_line() -> None:
    entries = shown([outage(local(14), local(14, 10)), outage(local(16), local(16, 20))], local(13), local(17))
    assert gaps(entries) == ["14:00–16:20 not reachable 2 times, 30 min altogether: messages may be missing"]


def test_a_lasting_gap_stands_at_the_end() -> None:
    assert gaps(shown([outage(local(17, 30), None)], local(13))) == [
        "Not reachable since 17:30: messages may be missing"
    ]
    assert gaps(shown([outage(local(17, 30), None)], local(13), to_end=False)) == []


def test_a_night_has_both_its_days_and_stands_under_the_first() -> None:
    entries = shown([outage(local(22, day=1), local(8))], local(21, day=1), local(9))
    assert gaps(entries) == ["Oct 1 22:00 – 08:00 not reachable: messages may be missing"]
    assert kinds(entries) == [EntryKind.DAY, EntryKind.MESSAGE, EntryKind.GAP, EntryKind.DAY, EntryKind.MESSAGE]
    entries = shown([outage(local(7), local(8))], local(21, day=1), local(9))
    assert kinds(entries) == [EntryKind.DAY, EntryKind.MESSAGE, EntryKind.DAY, EntryKind.GAP, EntryKind.MESSAGE]


def test_outages_before_the_conversation_are_not_shown() -> None:
    assert gaps(shown([outage(local(8), local(9))], local(13))) == []


def test_an_open_conversation_shows_a_loss_and_its_end(
    qtbot: QtBot, world: World, page: InboxPage, opened: Callable[[int], None]
) -> None:
    opened(world.say(WANG, "在吗"))
    desk, began = world.desk, world.clock() + timedelta(seconds=1)

    def told() -> None:
        desk.bus.publish(ReachabilityChanged(desk.reachability.state))

    world.call(world.store.outages.begin(began, CheckVerdict.FIREWALL))
    world.loop.call_soon_threadsafe(told)
    qtbot.waitUntil(lambda: len(gaps(page.session.model.rows())) == 1)
    assert gaps(page.session.model.rows())[0].startswith("Not reachable since")
    world.call(world.store.outages.end(began + timedelta(minutes=7)))
    world.loop.call_soon_threadsafe(told)
    qtbot.waitUntil(lambda: "–" in gaps(page.session.model.rows())[0])
