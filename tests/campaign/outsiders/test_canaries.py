"""A desk at work among faults and forgeries, with everything logged: no secret and no openid is told."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from secrets import token_hex

import pytest

from tests.conftest import Sized
from tests.flow.serving import write_config
from wxdesk.core.wechat.credential_shapes import new_aes_key, new_token
from wxdesk.core.wechat.credentials import Credentials
from wxdesk.sandbox.demo_customers import demo_account
from wxdesk.sandbox.platform.faults import FOR_PUSHES, FaultKind, SimulatedFault
from wxdesk.sandbox.platform.program import MiniProgram
from wxdesk.sandbox.server import Sandbox

RULES = '[[rules]]\nname = "all"\ndefault = true\nthen = [{ reply = "{{ message.text }}" }]\n'
OPENID = "oCanary-0123456789abcdef0123"
FORGED = (FaultKind.WRONG_SIGNATURE, FaultKind.PLAIN_BODY, FaultKind.TWINS, FaultKind.DUPLICATE, FaultKind.BOM)


class Watched:
    """A desk at work in a folder of its own with secrets of its own, whose every word is kept in that folder."""

    def __init__(self, folder: Path, api: str, secrets: Credentials) -> None:
        self.folder = folder
        self._home = folder / "home"
        self._home.mkdir()
        write_config(self._home, api)
        (folder / "rules.toml").write_text(RULES, encoding="utf-8")
        self._environment = os.environ | {
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
            "WXDESK_SHOP_APP_SECRET": secrets.app_secret,
            "WXDESK_SHOP_PUSH_TOKEN": secrets.push_token,
            "WXDESK_SHOP_ENCODING_AES_KEY": secrets.encoding_aes_key,
        }
        self.run("rules", "import", str(folder / "rules.toml"))
        self._process = self._start("serve")
        assert self._process.stdout is not None
        self.url = json.loads(self._process.stdout.readline())["url"]

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "wxdesk", "--home", str(self._home), "--log-level", "DEBUG", *arguments]
        with (self.folder / "said").open("ab") as said:
            return subprocess.Popen(command, env=self._environment, stdout=subprocess.PIPE, stderr=said)

    def run(self, *arguments: str) -> None:
        output, _ = self._start(*arguments).communicate(timeout=60)
        with (self.folder / "said").open("ab") as said:
            said.write(output)

    def finish(self) -> dict[str, bytes]:
        """End it; every file that it has written by name, and its command line."""
        words = Path(f"/proc/{self._process.pid}/cmdline").read_bytes()
        self._process.terminate()
        output, _ = self._process.communicate(timeout=20)
        assert self._process.returncode == 0
        self.run("doctor", "--report", str(self.folder / "report.txt"))
        self.run("rules", "export", str(self.folder / "out.toml"))
        files = [path for path in self.folder.rglob("*") if path.is_file()]
        written = {str(path.relative_to(self.folder)): path.read_bytes() for path in files}
        return written | {"command line": words, "standard output": output}


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.campaign
@pytest.mark.timeout(180)
async def test_a_desk_at_work_among_faults_tells_no_secret(tmp_path: Path, sized: Sized) -> None:
    if not sized(0, 1, 1):
        pytest.skip("starts the program four times: with every push, not with every run")
    account, _ = demo_account()
    secrets = Credentials(token_hex(16), new_token(), new_aes_key())
    sandbox = Sandbox([MiniProgram(account, secrets)])
    desk = await asyncio.to_thread(Watched, tmp_path, await sandbox.start(), secrets)
    sandbox.set_push_url(f"{desk.url}/wx/{account.name}")
    await through_faults(sandbox)
    written = await asyncio.to_thread(desk.finish)
    await sandbox.stop()
    tokens = set(sandbox.platform.tokens._issued)
    assert tokens
    assert {"said", "report.txt", "out.toml", "home/logs/wxdesk.log", "home/desk.db"} <= written.keys()
    for name, text in written.items():
        for value in (*secrets.secrets, *tokens):
            assert value.encode() not in text, name
        if not name.startswith("home/desk.db"):
            assert OPENID.encode() not in text, name


async def through_faults(sandbox: Sandbox) -> None:
    """Let a customer write while all is well, and then while everything goes wrong that can."""
    await sandbox.say(OPENID, "at first")
    await sandbox.wait_for_reply(OPENID)
    for number, kind in enumerate(kind for kind in FaultKind if kind not in FOR_PUSHES):
        sandbox.faults.plan(SimulatedFault(kind, "send", errcode=(40001, 45015)[number % 2], milliseconds=50))
        await sandbox.say(f"{OPENID[:-2]}{number:02d}", f"fault {number}")
    for kind in FORGED:
        sandbox.faults.plan(SimulatedFault(kind))
        await sandbox.say(OPENID, f"forged {kind}")
