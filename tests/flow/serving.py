"""A real `wxdesk serve` process on a folder of its own, as an operator's server would run it."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import ClassVar

from wxdesk.core.model.account import PushMode
from wxdesk.sandbox.demo_customers import demo_account


def write_config(
    home: Path, api_base: str, push_mode: PushMode = PushMode.SECURE, more: str = "", listener: str = "port = 0"
) -> None:
    """A config.toml for the sandbox's account, on any free port or as `listener` says, with `more` tables."""
    account, _ = demo_account()
    (home / "config.toml").write_text(
        f'[listener]\n{listener}\n{more}[wechat]\napi_base = "{api_base}"\n[[accounts]]\nname = "{account.name}"\n'
        f'app_id = "{account.app_id}"\noriginal_id = "{account.original_id}"\npush_mode = "{push_mode.value}"\n',
        encoding="utf-8",
    )


def environment(**more: str) -> dict[str, str]:
    """This process's environment with the account's secrets."""
    _, credentials = demo_account()
    return os.environ | {
        "WXDESK_SHOP_APP_SECRET": credentials.app_secret,
        "WXDESK_SHOP_PUSH_TOKEN": credentials.push_token,
        "WXDESK_SHOP_ENCODING_AES_KEY": credentials.encoding_aes_key,
        "PYTHONUTF8": "1",
        **more,
    }


def run(home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run one wxdesk command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "wxdesk", "--home", str(home), "--lang", "en", *arguments],
        env=environment(**more),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
        stdin=subprocess.DEVNULL,
    )


PASS_ON = """
import os, sys
held = int(sys.argv[1])
os.dup2(held, 3)
if held != 3:
    os.close(held)
os.environ |= {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1"}
os.execv(sys.executable, [sys.executable, "-m", *sys.argv[2:]])
"""
"""Starts a module with a socket, as systemd does."""


class Serving:
    """The process; `url` once it listens. With `told`, its stderr is kept to be read; `module` is what runs.

    `held` is the descriptor of a socket that it is started with.
    """

    running: ClassVar["list[Serving]"] = []
    """Those that nobody has ended yet; whatever a failed test leaves is killed after it (`tests/conftest.py`)."""

    def __init__(
        self,
        home: Path,
        *options: str,
        told: bool = False,
        module: str = "wxdesk",
        held: str = "",
        **more: str,
    ) -> None:
        started = ["-c", PASS_ON, held, module] if held else ["-m", module]
        self.process = subprocess.Popen(
            [sys.executable, *started, "--home", str(home), "--lang", "en", "serve", *options],
            env=environment(**more),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE if told else subprocess.DEVNULL,
            text=True,
            pass_fds=(int(held),) if held else (),
        )
        self.url = ""
        self.running.append(self)

    def wait_until_listening(self) -> str:
        """The listener's URL, from the line of JSON that others script against."""
        assert self.process.stdout is not None
        told = json.loads(self.process.stdout.readline())
        assert told["event"] == "listening"
        self.url = told["url"]
        return self.url

    def hear(self, wanted: str) -> str:
        """Read its stderr up to the line that holds `wanted`; what was read."""
        assert self.process.stderr is not None
        lines = [""]
        while wanted not in lines[-1]:
            lines.append(self.process.stderr.readline())
            assert lines[-1], f"nothing more is said, and no {wanted!r}"
        return "".join(lines)

    def kill(self) -> None:
        """End it as a power cut of the process would: no warning, no clean-up."""
        self.process.kill()
        self._reap()

    def terminate(self) -> int:
        """Ask it to stop; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self._reap()

    def _reap(self) -> int:
        code = self.process.wait(timeout=20)
        self.running.remove(self)
        for output in (self.process.stdout, self.process.stderr):
            if output is not None:
                output.close()
        return code
