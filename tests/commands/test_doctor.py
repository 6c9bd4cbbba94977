"""The doctor looks at what there is and leaves it as it is."""

from __future__ import annotations

import asyncio
import re
import socket
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.flow.serving import environment, write_config
from wxdesk.commands.doctor import DoctorLine, examine
from wxdesk.sandbox.server import Sandbox
from wxdesk.store import open_store

API = "WeChat's API for “shop”"


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    wechat = Sandbox()
    await wechat.start()
    yield wechat
    await wechat.stop()


@pytest.fixture
def home(tmp_path: Path, sandbox: Sandbox) -> Path:
    write_config(tmp_path, sandbox.url)
    return tmp_path


async def found(home: Path, what: str) -> DoctorLine:
    [finding] = [finding for finding in await examine(home, environment()) if finding.what == what]
    return finding


def files(home: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in home.rglob("*") if path.is_file()}


def below(folder: Path) -> list[Path]:
    return list(folder.rglob("*"))


def configure(home: Path, old: str, new: str) -> None:
    config = home / "config.toml"
    config.write_text(config.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


async def test_nothing_is_made(home: Path) -> None:
    assert await found(home, "Database") == DoctorLine(True, "Database", "none yet, made at the first start")
    assert list(files(home)) == ["config.toml"]


async def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    missing = tmp_path / "a" / "b"
    assert await found(missing, "Folder") == DoctorLine(True, "Folder", f"{missing}, made at the first start")
    assert below(tmp_path) == []


async def test_a_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "home").touch()
    folder = await found(tmp_path / "home", "Folder")
    assert (folder.ok, folder.detail) == (False, f"{tmp_path / 'home'}: a file stands where a folder has to be")


async def test_an_older_database_stays_as_it_is(home: Path) -> None:
    await (await open_store("sqlite:///desk.db", home)).close()
    assert (await found(home, "Database")).detail == "opens and is sound"
    with closing(sqlite3.connect(home / "desk.db")) as db:
        db.execute("UPDATE alembic_version SET version_num = '0001'")
        db.commit()
    before = files(home)
    assert (await found(home, "Database")).detail == "sound; the next start brings it up to date"
    assert files(home) == before


@pytest.mark.parametrize("endpoint", ["stable", "classic"])
async def test_a_desk_that_is_open_keeps_its_token(home: Path, sandbox: Sandbox, endpoint: str) -> None:
    configure(home, "[wechat]\n", f'[wechat]\ntoken_endpoint = "{endpoint}"\n')
    store = await open_store("sqlite:///desk.db", home)
    try:
        assert (await found(home, "Database")).detail == "in use by a desk that is open now"
        api = await found(home, API)
        assert api.ok
        asked = [call.path for call in sandbox.journal.calls]
        assert (asked == []) is (endpoint == "classic")
        assert ("left out" in api.detail) is (endpoint == "classic")
    finally:
        await store.close()
    assert re.fullmatch(r"access_token valid for 7\d\d\d s", (await found(home, API)).detail)


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6")
async def test_a_listener_on_ipv6_is_looked_at(home: Path) -> None:
    configure(home, "[listener]\n", '[listener]\nhost = "::1"\n')
    assert (await found(home, "Listener")).ok


async def test_a_port_that_is_taken_is_told(home: Path) -> None:
    with closing(await asyncio.to_thread(socket.create_server, ("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        configure(home, "port = 0", f"port = {port}")
        listener = await found(home, "Listener")
    assert (listener.ok, listener.detail) == (False, f"127.0.0.1:{port} cannot be used: another program uses it")


async def test_swapped_secrets_are_told(home: Path) -> None:
    told = environment()
    token, key = told["WXDESK_SHOP_PUSH_TOKEN"], told["WXDESK_SHOP_ENCODING_AES_KEY"]
    told |= {"WXDESK_SHOP_PUSH_TOKEN": key, "WXDESK_SHOP_ENCODING_AES_KEY": token}
    findings = [finding for finding in await examine(home, told) if finding.what == "Secrets of “shop”"]
    assert [(finding.ok, finding.detail) for finding in findings] == [
        (False, "Token and EncodingAESKey stand in each other's place. Swap them."),
        (False, "EncodingAESKey and Token stand in each other's place. Swap them."),
    ]
