"""Where a URL of PostgreSQL leads, and that nothing goes to another machine in plain text by mistake."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url

from tests.certificates import Authority
from tests.postgresql import Postgres
from wxdesk.core.errors import StoreError
from wxdesk.i18n import explain, use
from wxdesk.store import failures, open_store
from wxdesk.store.engine.server import PLAIN, address_of
from wxdesk.store.opening import parse_url


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PGHOST", "PGSSLMODE"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://db.example/desk",
        "postgresql://10.0.0.7/desk",
        "postgresql://db.example/desk?sslmode=prefer",
        "postgresql://db.example/desk?sslmode=allow",
        "postgresql://db.example,other.example/desk",
        "postgresql://127.0.0.1,db.example/desk",
        "postgresql:///desk?host=/run&host=db.example:5432",
        "postgresql://localhost.example/desk",
    ],
)
async def test_another_machine_is_not_reached_in_plain_text(url: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError) as refused:
        await open_store(url, tmp_path)
    assert refused.value.values["reason"] == PLAIN
    use("zh_CN")
    assert "?sslmode=require" in explain(refused.value)


def test_another_machine_named_by_the_environment_is_not_reached_in_plain_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGHOST", "db.example")
    with pytest.raises(StoreError, match="another machine"):
        address_of(make_url("postgresql:///desk"))
    monkeypatch.setenv("PGSSLMODE", "verify-full")
    address_of(make_url("postgresql:///desk"))


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://127.0.0.1/desk",
        "postgresql://[::1]/desk",
        "postgresql://localhost/desk?application_name=x",
        "postgresql:///desk",
        "postgresql:///desk?host=%2Frun",
        "postgresql://li:s3cret@db.example/desk?sslmode=require",
        "postgresql://db.example/desk?sslmode=disable",
    ],
)
def test_local_and_explicit_addresses_are_taken_as_they_are(url: str) -> None:
    assert address_of(parse_url(url)) == (url, False)


def test_the_systems_certificates_are_asked_for_by_name() -> None:
    asked = address_of(parse_url("postgresql://db.example/desk?sslmode=verify-full&sslrootcert=system"))
    assert asked == ("postgresql://db.example/desk", True)


async def test_a_file_of_certificates_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"/no/roots\.pem that sslrootcert names cannot be read"):
        await open_store("postgresql://db.example/desk?sslmode=verify-full&sslrootcert=/no/roots.pem", tmp_path)


@contextlib.asynccontextmanager
async def tls_before(socket: Path, context: ssl.SSLContext | None) -> AsyncIterator[int]:
    """A port at which the server behind `socket` speaks TLS, or refuses to."""

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await reader.readexactly(8)  # asks for TLS
            writer.write(b"S" if context else b"N")
            if context:
                await writer.start_tls(context)
                from_server, to_server = await asyncio.open_unix_connection(socket)
                await asyncio.gather(copy(reader, to_server), copy(from_server, writer))
        writer.close()

    async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)
        writer.close()

    server = await asyncio.start_server(carry, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def through(postgres: Postgres, port: int, **wanted: Any) -> tuple[Path, str]:
    url = make_url(postgres.emptied())
    socket = Path(str(url.query["host"])) / ".s.PGSQL.5432"
    return socket, url.set(host="localhost", port=port, query=wanted).render_as_string(hide_password=False)


@pytest.mark.postgres
@pytest.mark.parametrize("mode", ["require", "verify-full"])
async def test_a_desk_works_through_tls(postgres: Postgres, home: Path, tmp_path: Path, mode: str) -> None:
    authority = Authority(tmp_path)
    async with tls_before(through(postgres, 0)[0], authority.context("localhost")) as port:
        _, url = through(postgres, port, sslmode=mode, sslrootcert=str(authority.roots))
        store = await open_store(url, home)
        await store.settings.set("a", "b")
        assert await store.settings.get("a") == "b"
        await store.close()


@pytest.mark.expects_log("database error: OverflowError")
async def test_a_port_that_cannot_be_is_a_mistake_in_the_url(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as refused:
        await open_store("postgresql://li:s3cret@127.0.0.1:543222/desk", tmp_path)
    assert refused.value.values["reason"] == failures.BAD_URL


@pytest.mark.postgres
@pytest.mark.expects_log("database error: ")
@pytest.mark.parametrize(
    ("name", "settings", "reason"),
    [
        ("elsewhere.example", {"sslmode": "verify-full"}, failures.UNTRUSTED),
        ("localhost", {"sslmode": "verify-full", "sslrootcert": "system"}, failures.UNTRUSTED),
        ("", {"sslmode": "require"}, failures.NO_TLS),
        ("localhost", {"sslmode": "perhaps"}, failures.BAD_URL),
    ],
)
async def test_a_server_that_is_not_the_one_meant_gets_nothing(
    postgres: Postgres, home: Path, tmp_path: Path, name: str, settings: dict[str, str], reason: str
) -> None:
    authority = Authority(tmp_path)
    async with tls_before(through(postgres, 0)[0], authority.context(name) if name else None) as port:
        roots = {} if "sslrootcert" in settings else {"sslrootcert": str(authority.roots)}
        _, url = through(postgres, port, **settings, **roots)
        with pytest.raises(StoreError) as refused:
            await open_store(url, home)
        assert refused.value.values["reason"] == reason
