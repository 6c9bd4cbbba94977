"""Rules refer to business hours by id; people and files name them."""

from wxdesk.core.model.rule import Condition, HoursTest, Reference, Rule
from wxdesk.core.rules.business_hours import Calendar, CalendarList

CALENDARS = CalendarList((Calendar("Shop", id=2), Calendar("3", id=1)), {3: "Fair"})


def rule(inside: Reference, outside: Reference) -> Rule:
    unless = Condition(hours=HoursTest(outside, inside=False))
    return Rule("r", 7, when=Condition(hours=HoursTest(inside), unless=unless))


def test_a_calendar_name_becomes_the_id_of_its_calendar() -> None:
    assert CALENDARS.bound(rule("Shop", "3")) == rule(2, 1)
    assert CALENDARS.bound(rule(3, "Fair")) == rule(3, "Fair"), "deleted ones give no name"


def test_people_and_files_have_names_also_of_deleted_ones() -> None:
    assert CALENDARS.named(rule(2, 3)) == rule("Shop", "Fair")
    assert CALENDARS.named(rule(9, "nothing")) == rule("#9", "nothing")
    assert list(CALENDARS.ids) == ["Shop", "3"]
