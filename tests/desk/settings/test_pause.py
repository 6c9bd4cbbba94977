"""The stored pause, as this and other programs wrote it."""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from tests.desk.settings.settings_in_memory import KeptSettings
from wxdesk.core.events import Event, PauseChanged
from wxdesk.desk.settings.pause import KEY, Pause

UNTIL = datetime(2026, 11, 24, 15, tzinfo=UTC)


@pytest.mark.parametrize("until", [None, UNTIL])
async def test_a_pause_is_loaded_as_it_was_set(until: datetime | None) -> None:
    settings = KeptSettings()
    await Pause(settings, lambda _: None).begin(until)
    told: list[Event] = []
    again = Pause(settings, told.append)
    await again.load()
    assert (again.on, again.until, told) == (True, until, [PauseChanged(True, until)])
    await again.end()
    await again.load()
    assert (again.on, again.until) == (False, None)


async def test_a_changed_end_keeps_the_beginning_and_the_next_pause_has_its_own() -> None:
    settings, began, later = KeptSettings(), UNTIL - timedelta(hours=2), UNTIL - timedelta(hours=1)
    pause = Pause(settings, lambda _: None)
    await pause.begin(at=began)
    await pause.begin(UNTIL, at=later)
    told: list[Event] = []
    again = Pause(settings, told.append)
    await again.load()
    assert told == [PauseChanged(True, UNTIL, began)]
    await again.end()
    await again.begin(at=later)
    assert told[1:] == [PauseChanged(False), PauseChanged(True, None, later)]


async def test_the_stored_form_of_older_programs_is_a_pause_without_an_end() -> None:
    settings = KeptSettings()
    await settings.set(KEY, "1")
    pause = Pause(settings, lambda _: None)
    await pause.load()
    assert (pause.on, pause.until) == (True, None)


@pytest.mark.expects_log("end of the stored pause cannot be read")
@pytest.mark.parametrize("stored", ["soon", "2026-11-24T15:00:00"])
async def test_an_end_that_cannot_be_read_resumes_nothing(stored: str) -> None:
    settings = KeptSettings()
    await settings.set(KEY, stored)
    pause = Pause(settings, lambda _: None)
    await pause.load()
    assert (pause.on, pause.until) == (True, None)


@pytest.mark.parametrize("words", [(False, True), (True, False), (True, False, True)])
async def test_of_pause_and_resume_at_once_the_later_one_holds(words: tuple[bool, ...]) -> None:
    settings = KeptSettings()
    pause = Pause(settings, lambda _: None)
    await pause.begin(UNTIL)
    await asyncio.gather(*(pause.begin() if on else pause.end() for on in words))
    again = Pause(settings, lambda _: None)
    await again.load()
    assert (pause.on, pause.until, again.on, again.until) == (words[-1], None, words[-1], None)


async def test_a_pause_begun_while_the_former_one_ends_holds() -> None:
    pause = Pause(KeptSettings(), lambda _: None)
    await pause.begin()
    await pause.end(partial(pause.begin, UNTIL))
    assert (pause.on, pause.until) == (True, UNTIL)


async def test_a_pause_is_reported_before_it_is_stored() -> None:
    told: list[Event] = []
    pause = Pause(KeptSettings(), told.append)
    storing = asyncio.create_task(pause.begin())
    await asyncio.sleep(0)
    assert told == [PauseChanged(True)]
    await storing
    assert told == [PauseChanged(True)]


async def test_a_pause_that_another_server_has_ended_is_told_when_it_is_loaded_again() -> None:
    settings, heard = KeptSettings(), list[Event]()
    pause = Pause(settings, heard.append)
    await pause.begin()
    await Pause(settings, lambda _: None).end()
    await pause.load()
    assert not pause.on
    assert heard[-1] == PauseChanged(False)
