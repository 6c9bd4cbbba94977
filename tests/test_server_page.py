"""What docs/server.md and the files in deploy say is true: commands, keys, files, variables, figures, backup."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from textwrap import indent
from typing import Any

import pytest

from tests.postgresql import Postgres
from tests.store.chats import Talk
from wxdesk import cli
from wxdesk.config.reading import parse
from wxdesk.core.setup.public_url import caddyfile
from wxdesk.store import open_store
from wxdesk.webhook.http_server import MAX_BODY

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
PAGES = [ROOT / "docs/server.md", ROOT / "docs/server.zh-CN.md"]
PROGRAM = re.compile(r"(?:^|/bin/)wxdesk ((?:--home|serve|account|doctor)\b.*)")


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _wheel() -> dict[str, Any]:
    project = tomllib.loads(_text(ROOT / "pyproject.toml"))
    wheel: dict[str, Any] = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    return wheel


def _commands(text: str) -> list[str]:
    """What is typed into a shell: the indented lines."""
    return [line.strip() for line in text.splitlines() if line.startswith("    ")]


def test_both_languages_say_the_same_commands_files_and_names() -> None:
    english, chinese = map(_text, PAGES)
    assert _commands(english) == _commands(chinese)
    for pattern in (r"`(wxdesk_\w+)`", r"\]\((\.\./deploy/[\w.]+)\)", r"WXDESK_\w+", r"```json\n(.*?)```"):
        assert set(re.findall(pattern, english, re.DOTALL)) == set(re.findall(pattern, chinese, re.DOTALL)) != set()


def test_the_program_understands_every_wxdesk_command_of_the_page() -> None:
    unit, container = _text(DEPLOY / "wxdesk.service"), _text(DEPLOY / "Containerfile")
    typed = [
        line for page in PAGES for line in (*_commands(_text(page)), *re.findall(r"`(wxdesk [^`]+)`", _text(page)))
    ]
    in_container = " ".join(re.findall(r'"([^"]+)"', "".join(re.findall(r"^(?:ENTRYPOINT|CMD) .*", container, re.M))))
    lines = [*typed, *re.findall(r"^ExecStart=(.*)$", unit, re.MULTILINE), in_container]
    asked = {found[1] for line in lines if (found := PROGRAM.search(line))}
    assert len(asked) == 8
    for one in asked:
        cli._parser().parse_args(shlex.split(one))


def test_every_key_of_the_configuration_is_read() -> None:
    for page in PAGES:
        for shown in re.findall(r"```toml\n(.*?)```", _text(page), re.DOTALL):
            assert parse(shown).serve.status_port == 9765
    config = parse(_text(DEPLOY / "config.toml"))
    assert (config.listener.host, config.serve.status_port) == ("0.0.0.0", 9765)  # noqa: S104 - inside a container
    assert f":{config.serve.status_port}/healthz" in _text(DEPLOY / "compose.yaml")
    written = caddyfile("desk.example.com", config.listener.port)
    for name in ("docs/setup.md", "docs/setup.zh-CN.md"):
        assert indent(written.expandtabs(4), " " * 4) in _text(ROOT / name)
    assert f"EXPOSE {config.listener.port}" in _text(DEPLOY / "Containerfile")


def test_caddy_finds_the_container_and_tries_each_message_again_as_the_page_says() -> None:
    caddy, compose = _text(DEPLOY / "Caddyfile"), _text(DEPLOY / "compose.yaml")
    address = re.search(r"ipv4_address: (\S+)", compose)
    assert address is not None
    assert f"reverse_proxy {address[1]}:{parse(_text(DEPLOY / 'config.toml')).listener.port} {{" in caddy
    tries = [line.strip() for line in caddy.splitlines() if line.startswith("\t\t")]
    assert {"lb_try_duration 4s", "method POST", "request_buffers 64KiB"} <= {*tries}
    assert all({*tries} <= {*_commands(_text(page))} for page in PAGES)
    assert int(tries[tries.index("request_buffers 64KiB")].split()[1][:-3]) * 1024 >= MAX_BODY


def test_image_and_package_are_built_without_what_an_administrator_keeps_in_deploy() -> None:
    """Secrets, the home folder and dumps lie there."""
    first, *let_in = [line for line in _text(ROOT / ".dockerignore").splitlines() if not line.startswith("#")]
    ours = {f"deploy/{path.name}" for path in DEPLOY.iterdir() if path.is_file()}
    assert first == "deploy/*"
    assert {*let_in} == {f"!{name}" for name in ours}
    included = {name: where for name, where in _wheel()["force-include"].items() if name.startswith("deploy")}
    assert included == {name: f"wxdesk/resources/{name}" for name in ours}
    compose = _text(DEPLOY / "compose.yaml")
    kept = re.findall(r"- \./(\w+):", compose)
    assert {"home", "secrets"} <= {*kept}
    assert {f"deploy/{name}/" for name in kept if name != "Caddyfile"} <= {*_text(ROOT / ".gitignore").splitlines()}


def test_every_file_and_variable_exists() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", _text(DEPLOY / "Containerfile"), re.MULTILINE)
    named = [name for line in copied for name in line.split()]
    assert "requirements.lock" in named
    assert [name for name in named if not (ROOT / name).exists()] == []
    built = _wheel()
    assert {*built["packages"], *(name.partition("/")[0] for name in built["force-include"])} <= {*named}
    assert built["force-include"]["docs"] == "wxdesk/resources/docs", "where `paths.pages` looks"
    compose = _text(DEPLOY / "compose.yaml")
    assert "dockerfile: deploy/Containerfile" in compose
    assert "./Caddyfile:" in compose
    source = "".join(_text(path) for path in (ROOT / "wxdesk").rglob("*.py"))
    everything = "".join(map(_text, [*PAGES, *(path for path in DEPLOY.iterdir() if path.is_file())]))
    assert [name for name in set(re.findall(r"WXDESK_[A-Z_]+", everything)) if f'"{name}"' not in source] == []


def test_every_figure_is_reported() -> None:
    source = _text(ROOT / "wxdesk/webhook/status_page.py")
    named = set(re.findall(r"`(wxdesk_\w+)`", _text(PAGES[0])))
    assert named == set(re.findall(r'"(wxdesk_\w+)"', source))


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_finds_no_fault_in_the_unit(tmp_path: Path) -> None:
    unit = tmp_path / "wxdesk.service"
    unit.write_text(_text(DEPLOY / "wxdesk.service").replace("/opt/wxdesk/bin/wxdesk", "/bin/true"), encoding="utf-8")
    verify = [shutil.which("systemd-analyze") or "", "verify", str(unit)]
    done = subprocess.run(verify, capture_output=True, text=True, check=False)
    assert (done.returncode, [line for line in done.stderr.splitlines() if "wxdesk.service" in line]) == (0, [])


@pytest.mark.postgres
@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell runs the page's commands")
async def test_a_dump_of_a_running_server_comes_back_whole(tmp_path: Path, postgres: Postgres) -> None:
    """The page's own two commands, with PostgreSQL's own programs."""
    dump, restore = (line for line in _commands(_text(PAGES[0])) if line.startswith(("pg_dump", "pg_restore")))
    url, other = postgres.emptied(), postgres.fresh()
    store = await open_store(url, tmp_path / "home")
    try:
        talk = Talk(store)
        message = (await talk.says("o1", "请问几点关门")).message
        [reply] = await talk.decides(message, "九点")
        _shell(dump, url, tmp_path, postgres)
    finally:
        await store.close()
    _shell(restore, other, tmp_path, postgres)
    store = await open_store(other, tmp_path / "other")
    try:
        assert await store.replies.get(reply.id) == reply
        assert [item.id for item in await store.inbox.timeline(message.conversation_id)] == [message.id, reply.id]
        talk.store = store
        assert (await talk.says("o2")).message.id > message.id  # numbers go on where they were
    finally:
        await store.close()


def _shell(command: str, url: str, folder: Path, postgres: Postgres) -> None:
    there = {
        **os.environ,
        "WXDESK_STORE_URL": url,
        "PATH": f"{postgres.server.bin_path}{os.pathsep}{os.environ['PATH']}",
    }
    done = subprocess.run(
        ["/bin/sh", "-c", command], cwd=folder, env=there, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
