"""The doctor looks at what there is and leaves it as it is."""

import asyncio
import errno
import logging
import re
import sqlite3
import tempfile
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.doctor.conftest import case, case_from_outside, configure, files, found, one_of
from tests.ports import free_port
from wxdesk.commands.doctor import line
from wxdesk.config.reading import load
from wxdesk.core.model.rule import Action, ActionKind, Rule
from wxdesk.core.setup.findings import Check, Finding
from wxdesk.core.setup.findings import CheckVerdict as V
from wxdesk.desk.ports import utc_now
from wxdesk.desk.setup import sentences
from wxdesk.doctor import examination
from wxdesk.doctor.case import Case
from wxdesk.doctor.configuration import check_configuration
from wxdesk.doctor.examination import examine
from wxdesk.sandbox.demo_customers import demo_account
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault
from wxdesk.sandbox.server import Sandbox
from wxdesk.secrets.names import SecretName, SecretSource
from wxdesk.secrets.sources import SecretSources
from wxdesk.store import open_store
from wxdesk.store.setup.attempts import CountedFinding


def below(folder: Path) -> list[Path]:
    return list(folder.rglob("*"))


async def test_the_doctor_makes_no_files(home: Path) -> None:
    database = await found(home, Check.DATABASE)
    assert (database.verdict, sentences.text(database)) == (V.OK, "none yet, made at the first start")
    assert list(files(home)) == ["config.toml"]


async def test_the_window_of_a_desk_knows_what_is_in_its_memory(home: Path) -> None:
    credentials = demo_account()[1]
    sources = SecretSources(home, {})
    for name in SecretName:
        value = getattr(credentials, name.value)
        await asyncio.to_thread(sources.store, "shop", {name: value}, utc_now(), into=SecretSource.MEMORY)
    lacking = Case(home, utc_now, {})
    told = [one async for one in examine(lacking) if one.check is Check.SECRETS]
    assert {one.verdict for one in told} == {V.SECRET_MISSING}
    knowing = Case(home, utc_now, {}, sources=sources)
    told = [one async for one in examine(knowing) if one.check is Check.SECRETS]
    assert V.SECRET_MISSING not in {one.verdict for one in told}


async def test_the_doctor_does_not_make_a_missing_folder(tmp_path: Path) -> None:
    missing = tmp_path / "a" / "b"
    folder = await found(missing, Check.FOLDER)
    assert sentences.text(folder) == f"{missing} can be made at the first start"
    assert below(tmp_path) == []


async def test_a_folder_that_is_a_file_is_reported(tmp_path: Path) -> None:
    (tmp_path / "home").touch()
    folder = await found(tmp_path / "home", Check.FOLDER)
    assert folder.verdict is V.HOME_UNUSABLE
    assert "a file stands where a folder has to be" in sentences.text(folder)


async def test_a_place_of_pictures_that_takes_none_is_reported(home: Path) -> None:
    """They would all be awaited until WeChat has deleted them."""
    (home / "pictures").touch()
    folder = await found(home, Check.FOLDER)
    assert (folder.verdict, folder.values["path"]) == (V.HOME_UNUSABLE, str(home / "pictures"))
    (home / "pictures").unlink()
    (home / "pictures").mkdir()
    assert (await found(home, Check.FOLDER)).verdict is V.OK


async def test_a_folder_into_which_everybody_may_write_is_reported(home: Path) -> None:
    await asyncio.to_thread(home.chmod, 0o777)
    folder = await found(home, Check.FOLDER)
    assert folder.verdict is V.HOME_OPEN
    assert sentences.remedy(folder) == f"Let only this user write there: chmod go-w {home}"


async def test_a_folder_that_cannot_be_written_is_reported(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise OSError(errno.EROFS, "read-only")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)  # tests may run as root, whom no folder refuses
    folder = await found(home, Check.FOLDER)
    assert folder.verdict is V.HOME_UNUSABLE
    assert "this disk can only be read" in sentences.text(folder)


async def test_an_older_database_stays_as_it_is(home: Path) -> None:
    await (await open_store("sqlite:///desk.db", home)).close()
    assert sentences.text(await found(home, Check.DATABASE)) == "opens and is sound"
    before = files(home)
    assert (await found(home, Check.RULES)).verdict is V.NO_RULES
    assert files(home) == before
    with closing(sqlite3.connect(home / "desk.db")) as db:
        db.execute("UPDATE alembic_version SET version_num = '0035'")
        db.commit()
    before = files(home)
    assert sentences.text(await found(home, Check.DATABASE)) == "sound; the next start brings it up to date"
    assert files(home) == before


async def test_a_database_that_another_version_has_to_open_needs_no_other_remedy(home: Path) -> None:
    await (await open_store("sqlite:///desk.db", home)).close()
    with closing(sqlite3.connect(home / "desk.db")) as db:
        db.execute("UPDATE alembic_version SET version_num = '9999'")
        db.commit()
    database = await found(home, Check.DATABASE)
    assert sentences.told(database) == (
        "The database does not open. The database desk.db was made by a newer wxdesk (schema 9999). It was left as it "
        "is; update wxdesk."
    )


async def test_a_folder_in_the_place_of_the_database_is_called_one(home: Path) -> None:
    (home / "desk.db").mkdir()
    assert "desk.db cannot be used: that is a folder." in sentences.told(await found(home, Check.DATABASE))


async def test_a_vault_that_does_not_open_is_reported_once_with_the_reason(home: Path) -> None:
    (home / "secrets.vault").write_bytes(b"no vault")
    without = Case(home, utc_now, {"WXDESK_VAULT_PASSPHRASE": "eight or more"})
    keychain = one_of([one async for one in examine(without)], Check.KEYCHAIN)
    assert keychain.verdict is V.VAULT_LOCKED
    assert "secrets.vault is damaged, or no vault of this version." in sentences.told(keychain)


@pytest.mark.parametrize("endpoint", ["stable", "classic"])
async def test_a_desk_that_is_open_keeps_its_token(home: Path, sandbox: Sandbox, endpoint: str) -> None:
    configure(home, "[wechat]\n", f'[wechat]\ntoken_endpoint = "{endpoint}"\n')
    store = await open_store("sqlite:///desk.db", home)
    try:
        assert (await found(home, Check.DATABASE)).verdict is V.DATABASE_IN_USE
        api = await found(home, Check.API, "shop")
        assert api.verdict is (V.UNKNOWN if endpoint == "classic" else V.OK)
        asked = [call.path for call in sandbox.journal.calls]
        assert (asked == []) is (endpoint == "classic")
    finally:
        await store.close()
    assert re.fullmatch(r"access_token valid for 7\d\d\d s", sentences.text(await found(home, Check.API, "shop")))


async def test_a_file_that_nearly_has_the_name_is_named(home: Path) -> None:
    (home / "config.toml").rename(home / "config.txt")
    misnamed = await found(home, Check.CONFIGURATION)
    assert (misnamed.verdict, misnamed.values["file"]) == (V.CONFIG_MISNAMED, "config.txt")


@pytest.mark.expects_log("database error: ConnectionRefusedError")
async def test_a_machine_beside_the_servers_of_a_team_needs_no_account(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[store]\nurl = "postgresql://127.0.0.1:1/x"\n', encoding="utf-8")
    assert (await found(tmp_path, Check.CONFIGURATION)).verdict is V.ACCOUNTS_ELSEWHERE


async def test_each_account_is_asked_by_its_own_push_url(home: Path) -> None:
    port = free_port()
    text = f'[listener]\npublic_url = "http://desk.example.com"\nport = {port}'
    configure(home, "[listener]\nport = 0", text)
    with (home / "config.toml").open("a", encoding="utf-8") as config:
        config.write('[[accounts]]\nname = "tea"\napp_id = "wx00000000000000aa"\npaused = true\n')
    findings = [finding async for finding in examine(case_from_outside(home, port))]
    assert [one_of(findings, Check.ADDRESS, name).verdict for name in ("shop", "tea")] == [V.OK, V.OK]
    assert V.ACCOUNT_PAUSED in {finding.verdict for finding in findings if finding.account == "tea"}


@pytest.mark.parametrize(
    ("tunnel", "verdict"),
    [
        ('kind = "command"\ncommand = ["no-such-program", "x"]', V.TUNNEL_MISSING),
        ('kind = "command"\ncommand = ["sh"]', V.OK),
        ('kind = "ssh"\nuser = "li"\nhost = "127.0.0.1"\nport = {ssh}', V.OK),
        ('kind = "ssh"\nuser = "li"\nhost = "127.0.0.1"\nport = {other}', V.SSH_UNREACHABLE),
    ],
)
async def test_the_program_or_the_server_of_the_tunnel_is_looked_for(home: Path, tunnel: str, verdict: V) -> None:
    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-test\r\n")
        writer.close()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as server:
        ports = {"ssh": server.sockets[0].getsockname()[1], "other": free_port()}
        configure(home, "[wechat]", f"[tunnel]\n{tunnel.format(**ports)}\n[wechat]")
        found_tunnel = await found(home, Check.TUNNEL)
    assert found_tunnel.verdict is verdict
    address = await found(home, Check.ADDRESS)
    assert address.verdict is (V.UNKNOWN if "command" in tunnel else V.NO_PUBLIC_URL)


async def test_an_app_id_that_two_accounts_have_is_told(home: Path) -> None:
    (app_id,) = [entry.app_id for entry in load(home).accounts]
    with (home / "config.toml").open("a", encoding="utf-8") as config:
        config.write(f'[[accounts]]\nname = "tea"\napp_id = "{app_id}"\n')
    findings = await check_configuration(Case(home, utc_now))
    (twin,) = [finding for finding in findings if not finding.ok]
    assert (twin.account, twin.values["other"], twin.verdict) == ("tea", "shop", V.APP_ID_ILLEGAL)
    assert "one of the two" in sentences.text(twin)


async def test_a_tunnels_program_is_found_in_the_home_folder_as_well(home: Path) -> None:
    configure(home, "[wechat]", '[tunnel]\nkind = "command"\npreset = "natapp"\n[wechat]')
    missing = await found(home, Check.TUNNEL)
    assert missing.values == {"program": "natapp", "where": "https://natapp.cn/#download"}
    (home / "natapp").touch(0o755)
    assert (await found(home, Check.TUNNEL)).verdict is V.OK


async def test_frpc_tells_no_address_and_one_is_asked_for(home: Path) -> None:
    configure(home, "[wechat]", '[tunnel]\nkind = "command"\npreset = "frpc"\n[wechat]')
    assert (await found(home, Check.ADDRESS)).verdict is V.NO_PUBLIC_URL


async def test_a_rule_in_force_is_enough(home: Path) -> None:
    store = await open_store("sqlite:///desk.db", home)
    try:
        rule = await store.rules.save(Rule("Hours", then=(Action(ActionKind.REPLY, text="9:00"),)), utc_now())
        assert (await found(home, Check.RULES)).values == {"n": "1"}
        assert rule.id is not None
        await store.rules.set_enabled(rule.id, False)
        assert (await found(home, Check.RULES)).verdict is V.NO_RULES
    finally:
        await store.close()


async def test_a_finding_from_before_a_change_of_settings_says_so(home: Path) -> None:
    store, at, minute = await open_store("sqlite:///desk.db", home), utc_now(), timedelta(minutes=1)
    try:
        [name] = [account.name for account in load(home).accounts]
        checked = Finding(Check.URL_CHECK, V.OK, name, at=at)
        await store.attempts.add([CountedFinding(checked)])
        assert not (await found(home, Check.URL_CHECK, name)).outdated
        await store.attempts.add([CountedFinding(Finding(Check.CONFIGURATION, V.OK, name, at=at + minute))])
        older = await found(home, Check.URL_CHECK, name)
        assert line(older).startswith("note")
        assert line(older).endswith("(before the last change)")
        await store.attempts.add([CountedFinding(replace(checked, at=at + 2 * minute))])
        assert not (await found(home, Check.URL_CHECK, name)).outdated
    finally:
        await store.close()


async def test_many_accounts_that_wechat_answers_late_are_all_judged_in_time(
    home: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"a{number}" for number in range(5)]
    with (home / "config.toml").open("a", encoding="utf-8") as config:
        config.writelines(f'[[accounts]]\nname = "{name}"\napp_id = "wx00000000000000{name}"\n' for name in names)
    secrets = {f"WXDESK_{name.upper()}_APP_SECRET": "5" * 32 for name in names}
    sandbox.faults.plan(SimulatedFault(FaultKind.LATENCY, "token", times=None, milliseconds=600))
    steps = [(check, step, 2.5 if check is Check.API else 20.0) for check, step, _ in examination._AFTER_WINDOW]
    monkeypatch.setattr(examination, "_AFTER_WINDOW", steps)
    findings = [one async for one in examine(case(home, **secrets)) if one.check is Check.API]
    assert [one.verdict for one in findings] == [V.OK, *(V.APP_ID_WRONG for _ in names)]


async def test_a_check_that_hangs_or_fails_keeps_no_other_from_its_turn(
    home: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def hang(_: Case) -> tuple[Finding, ...]:
        await asyncio.Event().wait()
        return ()

    async def fail(_: Case) -> tuple[Finding, ...]:
        raise LookupError("unforeseen")

    steps = ((Check.DISK, hang, 0.0), (Check.FONT, fail, 10.0), (Check.CONFIGURATION, check_configuration, 10.0))
    monkeypatch.setattr(examination, "_AFTER_WINDOW", steps)
    with caplog.at_level(logging.CRITICAL + 1):
        findings = [finding async for finding in examine(case(home))]
    assert [finding.verdict for finding in findings] == [V.CHECK_TIMED_OUT, V.CHECK_FAILED, V.OK, V.OK]
    assert "LookupError" in sentences.text(findings[1])
