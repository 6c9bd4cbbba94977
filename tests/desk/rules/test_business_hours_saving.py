"""Business hours that were changed at two places, and the rules that ask for them."""

from datetime import UTC, datetime, time
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.prepared import SQLITE, prepare
from wxdesk.core.errors import CalendarChanged
from wxdesk.core.model.rule import Action, ActionKind, Condition, HoursTest, Rule
from wxdesk.core.rules.business_hours import Calendar, OpenSpan, Weekday, WeeklySpan
from wxdesk.desk.answers.liquid.renderer import LiquidRenderer
from wxdesk.desk.rules.business_hours_saving import BusinessHoursEdit, BusinessHoursSaving
from wxdesk.desk.rules.rulebook import Rulebook
from wxdesk.desk.settings.business_hours import Calendars
from wxdesk.store import Store, open_store


def hours(name: str, number: int = 0, opens: int = 9) -> Calendar:
    return Calendar(name, "", (WeeklySpan(frozenset(Weekday), OpenSpan(time(opens), time(18))),), id=number)


A, B, NEW_A, NEW_C = hours("A", 1), hours("B", 2), hours("A"), hours("C")
LATER, LATEST, RENAMED = hours("A", 1, 10), hours("A", 1, 11), hours("A2", 1)


@pytest.mark.parametrize(
    ("opened", "mine", "there", "kept"),
    [
        ((A,), (LATER,), (A,), (LATER,)),
        ((A,), (LATER,), (A, B), (LATER, B)),  # one came meanwhile
        ((A, B), (LATER, B), (A,), (LATER,)),  # one went meanwhile
        ((A, B), (A, hours("B", 2, 8)), (LATER, B), (LATER, hours("B", 2, 8))),
        ((A, B), (B,), (A, B), (B,)),  # deleted here
        ((A, B), (B,), (B,), (B,)),  # deleted on both sides
        ((A,), (RENAMED,), (A, B), (RENAMED, B)),
        ((A, B), (hours("B", 1), hours("A", 2)), (A, B), (hours("B", 1), hours("A", 2))),  # names changed over
        ((A, B), (A, B, NEW_C), (RENAMED, B), (RENAMED, B, NEW_C)),  # renamed there
        ((A,), (LATER,), (LATER,), (LATER,)),  # the same on both sides
        ((), (NEW_A,), (), (NEW_A,)),
        ((), (NEW_A,), (A,), (A,)),
    ],
)
def test_changes_of_one_side_only_are_kept(
    opened: tuple[Calendar, ...], mine: tuple[Calendar, ...], there: tuple[Calendar, ...], kept: tuple[Calendar, ...]
) -> None:
    assert BusinessHoursEdit(mine, opened).onto(there) == kept


@pytest.mark.parametrize(
    ("opened", "mine", "there", "name", "insisted"),
    [
        ((A,), (LATER,), (LATEST,), "A", (LATER,)),
        ((A,), (LATER,), (), "A", (LATER,)),  # gone there
        ((A, B), (B,), (LATER, B), "A", (B,)),  # deleted here
        ((A,), (RENAMED,), (LATER,), "A2", (RENAMED,)),
        ((A,), (RENAMED,), (A, hours("A2", 7)), "A2", (RENAMED,)),
        ((A,), (RENAMED,), (A, hours("A2", 7, 8)), "A2", (RENAMED,)),
        ((A, B), (A, hours("A2", 2)), (RENAMED, B), "A2", (hours("A2", 2),)),  # one name for two
        ((), (NEW_A,), (LATER,), "A", (A,)),  # begun on both sides
    ],
)
def test_changes_of_both_sides_are_asked_about_and_then_hold(
    opened: tuple[Calendar, ...],
    mine: tuple[Calendar, ...],
    there: tuple[Calendar, ...],
    name: str,
    insisted: tuple[Calendar, ...],
) -> None:
    with pytest.raises(CalendarChanged, match=f"“{name}”"):
        BusinessHoursEdit(mine, opened).onto(there)
    assert BusinessHoursEdit(mine, opened, insists=True).onto(there) == insisted


def book_of(store: Store) -> Rulebook:
    return Rulebook(
        store.rules,
        Calendars(store.settings),
        LiquidRenderer(),
        lambda: datetime(2026, 11, 24, tzinfo=UTC),
        lambda _: None,
    )


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_rule_keeps_its_business_hours_though_another_desk_reuses_their_name(
    tmp_path: Path, restarted: bool
) -> None:
    prepare(tmp_path)
    store = await open_store(SQLITE, tmp_path)
    here, elsewhere = book_of(store), book_of(store)
    await BusinessHoursSaving(here, store.rules).save(BusinessHoursEdit([NEW_A]))
    when = Condition(any=("在吗",), hours=HoursTest("A"))
    asks = await here.save(Rule("r", when=when, then=(Action(ActionKind.SILENT),)))
    await here.save(replace(asks, name="later"))
    await here.delete(asks.id)
    await elsewhere.load()
    there = elsewhere.calendars.all
    edit = BusinessHoursEdit([replace(there[0], name="A2"), hours("A", 0, 20)], there)
    await BusinessHoursSaving(elsewhere, store.rules).save(edit)
    if restarted:
        here = book_of(store)
        await here.load()
    await here.put_back(asks)
    [back] = await here.all()
    assert (back.name, here.named(back).when.hours, here.left_out) == ("later", HoursTest("A2"), {})
    before = (await here.revisions(asks.id))[-1]
    assert (before.name, here.named(before).when.hours) == ("r", HoursTest("A2"))
    assert (await here.save(replace(before, id=asks.id))).when.hours == asks.when.hours
    await store.close()
