"""While requests of WeChat are refused, one trouble an account says why; what arrived is kept, and counted."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from tests.desk.setup.worlds import SetupWorld, setup_world
from wxdesk.core.errors import StoreError
from wxdesk.core.events import ConfigurationChanged, TroubleRaised
from wxdesk.core.setup.findings import Check, CheckVerdict
from wxdesk.desk.setup import attempts
from wxdesk.i18n import tr
from wxdesk.secrets.sources import SecretSources

V = CheckVerdict


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[SetupWorld]:
    async with setup_world(tmp_path) as made:
        yield made


def troubles(world: SetupWorld) -> list[tuple[str, str]]:
    return [(event.key, tr(event.text)) for event in world.heard.of(TroubleRaised)]


def test_a_refused_request_raises_one_trouble_until_the_first_good_one(world: SetupWorld) -> None:
    for _ in range(5):
        world.sees("refused: signature", V.TOKEN_DIFFERS, cause="blanks")
    world.sees("refused: signature", V.TOKEN_DIFFERS, cause="former")
    world.sees("checked", V.OK, Check.URL_CHECK)
    world.sees("kept", V.OK)
    said = "Copy the Token from here, and submit it again."
    assert troubles(world) == [
        ("push:shop", f"“shop”: The Token in WeChat's console has an extra blank. {said}"),
        ("push:shop", f"“shop”: The Token in WeChat's console is a former one. {said}"),
        ("push:shop", ""),
    ]


def test_a_check_of_the_url_does_not_refute_a_wrong_key(world: SetupWorld) -> None:
    world.sees("refused: decryption", V.AES_KEY_DIFFERS)
    world.sees("checked", V.OK, Check.URL_CHECK)
    assert [text != "" for _, text in troubles(world)] == [True]
    world.sees("kept", V.XML_FORMAT)
    assert troubles(world)[-1] == ("push:shop", "")


def test_a_trouble_names_its_account_once(world: SetupWorld) -> None:
    world.sees("refused: no secrets", V.SECRET_MISSING, name="Token")
    [(_, said)] = troubles(world)
    assert said.startswith("“shop” lacks its Token. ")


def test_the_trouble_of_a_missing_secret_ends_as_the_account_changes(world: SetupWorld) -> None:
    world.sees("refused: no secrets", V.SECRET_MISSING, name="Token")
    world.desk.on_event(ConfigurationChanged(changed=("other",)))
    assert len(troubles(world)) == 1
    world.desk.on_event(ConfigurationChanged(changed=("shop",)))
    assert troubles(world)[1:] == [("push:shop", "")]


async def test_a_locked_vault_is_not_told_as_a_missing_secret(tmp_path: Path) -> None:
    SecretSources(tmp_path, {}).vault.create("eight or more")
    sources = SecretSources(tmp_path, {})
    async with setup_world(tmp_path / "home", sources=sources) as world:
        world.sees("refused: no secrets", V.SECRET_MISSING, name="Token")
        assert [key for key, _ in troubles(world) if key.startswith("push")] == []
        sources.unlock("eight or more")
        world.sees("refused: no secrets", V.SECRET_MISSING, name="Token")
        assert [key for key, _ in troubles(world) if key.startswith("push")] == ["push:shop"]


def test_another_trouble_stays_as_the_account_changes(world: SetupWorld) -> None:
    world.sees("refused: decryption", V.AES_KEY_DIFFERS)
    world.desk.on_event(ConfigurationChanged(changed=("shop",)))
    assert len(troubles(world)) == 1


def test_a_wrong_path_offers_the_whole_url(world: SetupWorld) -> None:
    world.sees("refused: unknown address", V.WRONG_PATH, Check.URL_CHECK, path="/wx/Shop", expected="/wx/shop")
    [trouble] = world.heard.of(TroubleRaised)
    assert trouble.copy == "https://desk.example.com/wx/shop"
    assert "/wx/Shop" in tr(trouble.text)


def test_requests_of_no_account_have_a_trouble_of_their_own(world: SetupWorld) -> None:
    for path in ("/x", "/y", "/z"):
        world.sees("refused: unknown address", V.WRONG_PATH, Check.URL_CHECK, account="", path=path)
    world.sees("checked", V.OK, Check.URL_CHECK)
    assert [(key, bool(text)) for key, text in troubles(world)] == [("push:", True), ("push:", False)]


def test_single_refused_requests_among_good_ones_raise_no_trouble(world: SetupWorld) -> None:
    world.sees("kept", V.OK)
    for _ in range(3):
        world.sees("refused: signature", V.TOKEN_DIFFERS)
        world.sees("kept", V.OK)
    assert troubles(world) == []
    world.sees("refused: signature", V.TOKEN_DIFFERS)
    world.sees("refused: signature", V.TOKEN_DIFFERS)
    assert [key for key, _ in troubles(world)] == ["push:shop"]


def test_a_forged_request_beside_good_ones_leaves_fact_and_lamp(world: SetupWorld) -> None:
    world.sees("kept", V.OK)
    before = world.desk.state.lamp
    world.sees("refused: signature", V.TOKEN_DIFFERS, Check.URL_CHECK)
    assert world.verdict(Check.URL_CHECK) is V.OK
    assert world.desk.state.lamp == before
    world.sees("refused: signature", V.TOKEN_DIFFERS, Check.URL_CHECK)
    assert world.verdict(Check.URL_CHECK) is V.TOKEN_DIFFERS


async def test_a_submitted_url_check_is_judged_at_once_beside_good_pushes(world: SetupWorld) -> None:
    world.sees("kept", V.OK)
    await world.submits()
    world.sees("refused: signature", V.TOKEN_DIFFERS, Check.URL_CHECK)
    assert world.verdict(Check.URL_CHECK) is V.TOKEN_DIFFERS
    assert [key for key, _ in troubles(world)] == ["push:shop"]


def test_a_stranger_who_goes_on_is_believed_less_and_less(world: SetupWorld) -> None:
    for _ in range(200):
        world.sees("refused: signature", V.TOKEN_DIFFERS)
        world.sees("refused: signature", V.TOKEN_DIFFERS)
        world.sees("kept", V.OK)
    assert len(troubles(world)) <= 4


@pytest.mark.parametrize("good", [True, False])
def test_ten_thousand_paths_of_nobody_are_one_trouble(world: SetupWorld, good: bool) -> None:
    if good:
        world.sees("kept", V.OK)
    for number in range(10_000):
        world.now += timedelta(milliseconds=5)
        world.sees("refused: unknown address", V.WRONG_PATH, account="", path=f"/{number}", expected="/wx/shop")
    assert [key for key, _ in troubles(world)] == ["push:"]


async def test_a_strangers_request_is_an_attempt_and_no_trouble_of_the_next_run(
    world: SetupWorld, tmp_path: Path
) -> None:
    world.sees("kept", V.OK)
    world.now += timedelta(seconds=1)
    world.sees("refused: signature", V.TOKEN_DIFFERS)
    assert [one.verdict for one in await world.attempts.newest("shop")] == [V.TOKEN_DIFFERS, V.OK]
    await world.store.close()
    async with setup_world(tmp_path) as again:
        assert troubles(again) == []
        assert again.verdict(Check.URL_CHECK) is V.OK
        again.sees("refused: signature", V.TOKEN_DIFFERS)
        assert troubles(again) == []


def test_the_troubles_of_a_removed_account_end(world: SetupWorld) -> None:
    world.sees("kept", V.ORIGINAL_ID_DIFFERS, original_id="gh_ffffffffffff")
    world.sees("refused: signature", V.TOKEN_DIFFERS, cause="case")
    world.desk.on_event(ConfigurationChanged(removed=("shop",)))
    assert [key for key, text in troubles(world) if not text] == ["push:shop", "original_id:shop"]


@pytest.mark.parametrize("verdict", [V.NOT_WECHAT, V.UNKNOWN, None])
def test_strangers_and_floods_call_nobody(world: SetupWorld, verdict: CheckVerdict | None) -> None:
    for _ in range(10):
        world.sees("refused: signature", verdict, Check.URL_CHECK)
    assert troubles(world) == []


def test_a_wrong_original_id_is_reported_with_the_right_one_until_it_is_corrected(world: SetupWorld) -> None:
    for _ in range(3):
        world.sees("kept", V.ORIGINAL_ID_DIFFERS, original_id="gh_ffffffffffff")
    world.sees("kept", V.OK)
    assert [(event.key, bool(event.text), event.copy) for event in world.heard.of(TroubleRaised)] == [
        ("original_id:shop", True, "gh_ffffffffffff"),
        ("original_id:shop", False, ""),
    ]


async def test_a_repeated_push_is_counted_and_an_old_one_is_not(world: SetupWorld) -> None:
    world.sees("kept", V.OK, key="m:1")
    for _ in range(2):
        world.now += timedelta(seconds=5)
        world.sees("duplicate", V.OK, key="m:1")
    world.now += timedelta(minutes=5)
    world.sees("duplicate", V.OK, key="m:1")
    found = [one for one in await world.attempts.newest("shop") if one.verdict is V.PUSH_REPEATED]
    assert [one.values["n"] for one in found] == ["2"]


async def test_a_flood_is_counted_and_written_once_a_minute(world: SetupWorld) -> None:
    writes: list[int] = []
    add = world.store.attempts.add

    async def counted(attempts: object) -> None:
        writes.append(1)
        await add(attempts)  # type: ignore[arg-type]

    world.store.attempts.add = counted  # type: ignore[method-assign]
    working = asyncio.create_task(world.attempts.run())
    for _ in range(200):
        world.now += timedelta(seconds=1)
        world.sees("refused: signature", V.TOKEN_DIFFERS)
        await asyncio.sleep(0)
    [found] = await world.attempts.newest("shop")
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    assert found.values == {"times": "200"}
    assert len(writes) <= 5


async def test_a_good_request_after_a_refused_one_is_there_for_the_doctor_at_once(world: SetupWorld) -> None:
    working = asyncio.create_task(world.attempts.run())
    for verdict in (V.OK, V.TOKEN_DIFFERS, V.OK):
        world.now += timedelta(seconds=1)
        if verdict is V.OK:
            world.sees("checked", verdict, Check.URL_CHECK)
        else:
            world.sees("refused: signature", verdict, Check.URL_CHECK, cause="blanks")
        async with asyncio.timeout(5):  # read as by another process
            while world.now not in {one.at for one in await world.store.attempts.newest("shop")}:
                pass
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)


@pytest.mark.expects_log("not kept at the moment|database error")
async def test_requests_are_counted_although_the_store_fails_meanwhile(
    world: SetupWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "STORE_RETRY_SECONDS", 0.01)
    with closing(sqlite3.connect(tmp_path / "desk.db")) as other:
        other.execute("ALTER TABLE setup_attempts RENAME TO away")
        world.sees("refused: signature", V.TOKEN_DIFFERS)
        world.sees("refused: signature", V.TOKEN_DIFFERS)
        with pytest.raises(StoreError):
            await world.attempts.flush()
        world.sees("refused: signature", V.TOKEN_DIFFERS)
        working = asyncio.create_task(world.attempts.run())
        other.execute("ALTER TABLE away RENAME TO setup_attempts")
    async with asyncio.timeout(10):
        while not (found := await world.store.attempts.newest("shop")):
            pass
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    assert [one.values["times"] for one in found] == ["3"]


async def test_a_trouble_of_the_last_run_is_raised_again(world: SetupWorld, tmp_path: Path) -> None:
    world.sees("refused: decryption", V.AES_KEY_DIFFERS, cause="former")
    await world.attempts.flush()
    before = troubles(world)
    await world.store.close()
    async with setup_world(tmp_path) as again:
        assert troubles(again) == before


async def test_what_a_good_request_refuted_in_the_last_run_is_not_raised_again(
    world: SetupWorld, tmp_path: Path
) -> None:
    """Of a path nobody knows which account it was meant for: the next message of any says that it is mended."""
    world.sees("refused: unknown path", V.WRONG_PATH, account="", path="/wx/other")
    world.now += timedelta(seconds=1)
    world.sees("kept", V.OK)
    await world.attempts.flush()
    assert [text != "" for _, text in troubles(world)] == [True, False]
    await world.store.close()
    async with setup_world(tmp_path) as again:
        assert troubles(again) == []
