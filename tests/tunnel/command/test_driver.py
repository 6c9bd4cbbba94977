"""Tunnels by other programs: started, understood, started again, and ended with all that they started."""

import asyncio
import contextlib
import logging
import os
import signal
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.tunnel.command.conftest import Start, put_in_path
from tests.tunnel.command.programs import TOKEN
from tests.tunnel.watching import WatchedTunnel
from wxdesk.core.setup.findings import CheckVerdict
from wxdesk.core.setup.tunnel_state import TunnelPhase
from wxdesk.tunnel import command

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stubs are shell scripts")

ADDRESSES = {
    "frpc": "https://saved.example.com",  # not printed: taken from config.toml
    "cpolar": "https://5f3a1c2.r3.cpolar.top",
    "natapp": "http://x7k2mn.natappfree.cc",
    "cloudflared": "https://seasonal-deck-organisms-sf.trycloudflare.com",
    "ngrok": "https://brave-shop.ngrok-free.app",
}


@pytest.mark.parametrize(("preset", "address"), ADDRESSES.items())
async def test_each_program_is_understood(watched: WatchedTunnel, start: Start, preset: str, address: str) -> None:
    await start(preset, public_url=address)
    up = await watched.until(lambda state: state.phase is TunnelPhase.UP and state.public_url == address)
    assert up.verdict is CheckVerdict.OK


async def test_a_program_named_by_its_file_alone_runs_with_the_usual_arguments(
    watched: WatchedTunnel, start: Start, programs: Path
) -> None:
    await start("cpolar", str(programs / "cpolar"))
    await watched.until(lambda state: state.public_url == ADDRESSES["cpolar"])


@pytest.mark.parametrize("preset", ["cpolar", "natapp", "cloudflared", "ngrok"])
async def test_a_changed_name_is_reported_with_both(watched: WatchedTunnel, start: Start, preset: str) -> None:
    await start(preset, public_url="https://former.example.com")
    wanted = ADDRESSES[preset]
    renamed = await watched.until(lambda state: state.values.get("url") == wanted)
    assert renamed.phase is TunnelPhase.UP
    assert renamed.verdict is CheckVerdict.TUNNEL_RENAMED
    assert (renamed.public_url, renamed.values["former"]) == (wanted, "https://former.example.com")


@pytest.mark.parametrize("preset", ["cloudflared", "ngrok"])
async def test_the_address_is_read_from_the_programs_own_page(
    watched: WatchedTunnel, start: Start, preset: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE", "only page")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    await start(preset)
    assert (await watched.up()).public_url == ADDRESSES[preset]


@pytest.mark.parametrize(
    ("preset", "reason"),
    [
        ("frpc", "frpc says: token in login doesn't match"),
        ("cpolar", "cpolar says: Failed to authenticate: the authtoken *** is not valid"),
        ("natapp", "natapp says: Failed to authenticate to server: 错误的authtoken ***"),
        ("cloudflared", "cloudflared says: failed to request quick Tunnel"),
        ("ngrok", "ngrok says: authentication failed"),
    ],
)
async def test_a_refused_program_is_reported_without_its_token(
    watched: WatchedTunnel, start: Start, preset: str, reason: str, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("FAKE", "refused")
    await start(preset)
    assert str((await watched.down()).values["reason"]).startswith(reason)
    await watched.tunnel.stop()
    assert TOKEN not in str(watched.states) + caplog.text


async def test_frpc_tells_a_taken_name_while_it_goes_on(
    watched: WatchedTunnel, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE", "taken")
    await start("frpc")
    assert str((await watched.down()).values["reason"]) == "frpc says: proxy [wx] already exists"


async def test_a_lost_connection_that_comes_back_is_reported_both_times(
    watched: WatchedTunnel, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE", "lose")
    await start("frpc")
    await watched.up()
    assert "tries again" in str((await watched.down()).values["reason"])
    await watched.up()


async def test_frpc_with_type_https_is_warned_of(watched: WatchedTunnel, start: Start, tmp_path: Path) -> None:
    (tmp_path / "frpc.toml").write_text('[[proxies]]\nname = "wx"\ntype = "https"\n', encoding="utf-8")
    await start("frpc")
    assert (await watched.up()).verdict is CheckVerdict.FRP_PASSTHROUGH


async def test_a_program_that_does_not_connect_is_reported(
    watched: WatchedTunnel, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE", "silent")
    monkeypatch.setattr(command, "CONNECTING_SECONDS", 0.05)
    await start("cloudflared")
    assert "has not said yet" in str((await watched.down()).values["reason"])


async def test_a_missing_program_is_reported_with_where_to_get_it(
    watched: WatchedTunnel, start: Start, programs: Path
) -> None:
    (programs / "natapp").unlink()
    await start("natapp")
    missing = await watched.down(CheckVerdict.TUNNEL_MISSING)
    assert missing.values == {"program": "natapp", "where": "https://natapp.cn/#download"}


async def test_any_other_program_counts_as_connected_and_its_address_is_read(
    watched: WatchedTunnel, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE", "flood")  # a line of 3 MB first
    await start("", "other", "--port", "8765", public_url="https://former.example.com")
    assert (await watched.up()).public_url == "https://former.example.com"
    assert (await watched.up()).values["url"] == "https://fast-cat.loca.lt"


async def test_a_program_that_ends_is_started_again(
    watched: WatchedTunnel, start: Start, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FAKE_PIDS", str(tmp_path / "pids"))
    await start("frpc")
    await watched.up()
    program, child = _pids(tmp_path / "pids")
    os.kill(program, signal.SIGKILL)
    assert str((await watched.down()).values["reason"]) == "frpc has ended with code 137"
    await watched.up()
    assert not _lives(child)


async def test_nothing_is_left_after_a_stop(
    watched: WatchedTunnel, start: Start, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FAKE_PIDS", str(tmp_path / "pids"))
    await start("frpc")
    await watched.up()
    pids = _pids(tmp_path / "pids")
    assert all(map(_lives, pids))
    await watched.tunnel.stop()
    assert not any(map(_lives, pids))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
async def test_a_killed_launcher_takes_the_program_along(
    watched: WatchedTunnel, start: Start, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FAKE_PIDS", str(tmp_path / "pids"))
    await start("frpc")
    await watched.up()
    program, child = _pids(tmp_path / "pids")
    os.kill(child, signal.SIGKILL)  # it has the output open, which the desk reads to its end
    os.kill(_parent(program), signal.SIGKILL)
    await watched.down()
    _wait_until(lambda: not _lives(program))  # the system closes a program's output before it has ended it
    await watched.up()


async def test_a_stop_in_the_middle_of_a_start_leaves_nothing(
    start: Start, watched: WatchedTunnel, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    loop = asyncio.get_running_loop()
    connect = loop.connect_write_pipe

    async def stopped_meanwhile(*pipe: Any) -> Any:
        _wait_until(lambda: (tmp_path / "pids").exists() and len(_pids(tmp_path / "pids")) == 2)
        stopping.append(asyncio.create_task(watched.tunnel.stop()))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return await connect(*pipe)

    stopping: list[asyncio.Task[None]] = []
    monkeypatch.setenv("FAKE_PIDS", str(tmp_path / "pids"))
    monkeypatch.setattr(loop, "connect_write_pipe", stopped_meanwhile)
    await start("frpc")
    async with asyncio.timeout(20):
        while not stopping:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.01)
        await stopping[0]
    assert not any(map(_lives, _pids(tmp_path / "pids")))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux hands orphans to the launcher")
@pytest.mark.parametrize("ends", [True, False], ids=["which ends itself", "which is stopped"])
async def test_processes_outside_the_programs_group_end_with_the_program(
    watched: WatchedTunnel, start: Start, tmp_path: Path, ends: bool
) -> None:
    pids = tmp_path / "pids"
    inner = f"echo $$ >> {pids}; (setsid sh -c 'echo $$ >> {pids}; exec sleep 1000' &); exec sleep 1000"
    last = "exit 3" if ends else "exec sleep 1000"
    await start(
        "",
        "sh",
        "-c",
        f': >> {pids}; setsid sh -c "$0" & while [ "$(wc -l < {pids})" -lt 2 ]; do :; done; {last}',
        inner,
    )
    if ends:
        assert str((await watched.down()).values["reason"]) == "sh has ended with code 3"
    else:
        await asyncio.to_thread(_wait_until, lambda: pids.exists() and len(_pids(pids)) == 2)
    await watched.tunnel.stop()
    assert not any(map(_lives, _pids(pids)))


async def test_output_while_a_program_is_stopped_takes_no_memory(
    watched: WatchedTunnel, start: Start, tmp_path: Path
) -> None:
    deaf = "import os, signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)"
    flood = "print('url: https://a.example.com', flush=True)\nwhile True: os.write(1, bytes(65536))"
    await start("", sys.executable, "-c", f"{deaf}\n{flood}")
    await watched.until(lambda state: state.public_url == "https://a.example.com")
    tracemalloc.start()
    try:
        await watched.tunnel.stop()
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()


DESK = """
import asyncio, sys
from pathlib import Path
from wxdesk.config.tunnel import TunnelSettings
from wxdesk.tunnel.command import CommandTunnel

async def main():
    tunnel = CommandTunnel(TunnelSettings(preset="frpc"), 8765, Path(sys.argv[1]))
    await tunnel.run(lambda state: print(state, flush=True))

asyncio.run(main())
"""


def test_a_killed_desk_leaves_no_program(tmp_path: Path) -> None:
    put_in_path(tmp_path / "bin")
    paths = os.pathsep.join([str(tmp_path / "bin"), os.environ["PATH"]])
    environment = {**os.environ, "PATH": paths, "FAKE_PIDS": str(tmp_path / "pids")}
    desk = subprocess.Popen([sys.executable, "-c", DESK, str(tmp_path)], env=environment, stdout=subprocess.PIPE)
    assert desk.stdout is not None
    assert b"TunnelUp" in desk.stdout.readline()
    pids = _pids(tmp_path / "pids")
    assert all(map(_lives, pids))
    desk.kill()
    desk.wait()
    desk.stdout.close()
    _wait_until(lambda: not any(map(_lives, pids)))


def _wait_until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def _pids(file: Path) -> list[int]:
    return [int(pid) for pid in file.read_text(encoding="utf-8").split()]


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])


def _lives(pid: int) -> bool:
    """A process that nobody has waited for yet is over as well."""
    with contextlib.suppress(OSError):
        return (
            Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[0] != "Z"
        )
    if Path("/proc/self").exists():
        return False
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False
