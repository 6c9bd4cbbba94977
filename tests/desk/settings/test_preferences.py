"""The operator's settings: kept, checked, told."""

import asyncio

import pytest
from msgspec.structs import asdict, replace

from tests.desk.settings.settings_in_memory import KeptSettings
from wxdesk.core.errors import BadPreference
from wxdesk.core.events import Event, PreferencesChanged
from wxdesk.core.preferences import BOUNDS, LastMoment, Preferences
from wxdesk.desk.settings.preferences import CurrentPreferences
from wxdesk.store.settings import PREFERENCES


async def test_settings_outlive_the_program_and_are_reported() -> None:
    told: list[Event] = []
    settings = KeptSettings()
    wanted = Preferences(undo_seconds=0, last_moment=LastMoment.SEND, sound=False, warn_hours=5)
    await CurrentPreferences(settings, told.append).set(wanted)
    again = CurrentPreferences(settings, told.append)
    await again.load()
    assert again.now == wanted
    assert told == [PreferencesChanged()]


def test_each_number_has_its_bounds() -> None:
    numbers = {name for name, value in asdict(Preferences()).items() if type(value) is int}
    assert numbers - BOUNDS.keys() - {"calendar"} == set(), "give it its bounds in BOUNDS"


@pytest.mark.parametrize("field", BOUNDS)
async def test_a_number_out_of_its_bounds_changes_nothing(field: str) -> None:
    kept = CurrentPreferences(KeptSettings(), lambda _: None)
    _, most, zero = BOUNDS[field]
    for value in (most + 1, -1, *(() if zero else (0,))):
        with pytest.raises(BadPreference) as refused:
            await kept.set(replace(Preferences(), **{field: value}))
        assert refused.value.field == field
    assert kept.now == Preferences()


@pytest.mark.expects_log("stored preferences cannot be read")
@pytest.mark.parametrize("stored", ["{", '{"undo_seconds": "soon"}', '{"undo_seconds": 900}', "[]"])
async def test_unreadable_preferences_count_as_never_set(stored: str) -> None:
    settings = KeptSettings()
    await settings.set(PREFERENCES, stored)
    kept = CurrentPreferences(settings, lambda _: None)
    await kept.load()
    assert kept.now == Preferences()


async def test_settings_of_a_newer_program_are_read_as_far_as_they_are_known() -> None:
    settings = KeptSettings()
    await settings.set(PREFERENCES, '{"undo_seconds": 7, "colour_of_the_moon": "grey"}')
    kept = CurrentPreferences(settings, lambda _: None)
    await kept.load()
    assert kept.now == Preferences(undo_seconds=7)


async def test_of_two_changes_the_later_one_holds_though_the_earlier_one_is_read_late() -> None:
    reading, read = asyncio.Event(), asyncio.Event()

    class LateSettings(KeptSettings):
        async def beginning(self, prefix: str) -> dict[str, str]:
            found, is_first = await super().beginning(prefix), not reading.is_set()
            reading.set()
            if is_first:
                await read.wait()
            return found

    kept = CurrentPreferences(LateSettings(), lambda _: None)
    async with asyncio.TaskGroup() as changes:
        changes.create_task(kept.set(Preferences(undo_seconds=7)))
        await reading.wait()
        changes.create_task(kept.set(Preferences(undo_seconds=9)))
        for _ in range(20):
            await asyncio.sleep(0)
        read.set()
    assert kept.now == Preferences(undo_seconds=9)
