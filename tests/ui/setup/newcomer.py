"""A shop owner on the first day: an empty home, WeChat's console in a browser, and a phone."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PySide6.QtGui import QGuiApplication

from tests.prepared import prepare
from wxdesk.app import OpenDesk, open_desk
from wxdesk.core.wechat.credentials import Credentials
from wxdesk.demo_desk import WayToLoopback
from wxdesk.desk.desk import Desk
from wxdesk.desk.settings.configuration import read_setup
from wxdesk.runner import DeskThread
from wxdesk.sandbox.push.pusher import PushOutcome
from wxdesk.sandbox.server import Sandbox
from wxdesk.secrets.sources import SecretSources
from wxdesk.threads import LoopThread
from wxdesk.ui.setup.console import ConsoleValue, ConsoleValues

PUBLIC = "http://desk.example.com"
PHONE = "oNewcomerPhone00000000000001"


@dataclass
class Newcomer:
    """The person's three places: the desk (in a window of the test), the console, and a phone."""

    home: Path
    wechat: LoopThread
    sandbox: Sandbox
    thread: DeskThread[OpenDesk]
    way: WayToLoopback

    @property
    def desk(self) -> Desk:
        return self.thread.desk

    @property
    def app_id(self) -> str:
        return self.sandbox.platform.program().account.app_id

    @property
    def original_id(self) -> str:
        return self.sandbox.platform.program().account.original_id

    @property
    def app_secret(self) -> str:
        return self.sandbox.platform.program().credentials.app_secret

    def enter_in_console(self, values: ConsoleValues, *, token: str = "", url: str = "") -> None:
        """Copy each value from the window and paste it there; `token` and `url` are typed wrong instead."""
        copied = {}
        for line in (ConsoleValue.URL, ConsoleValue.TOKEN, ConsoleValue.AES_KEY):
            values.copies[line].click()
            copied[line] = QGuiApplication.clipboard().text()
        credentials = Credentials(self.app_secret, token or copied[ConsoleValue.TOKEN], copied[ConsoleValue.AES_KEY])
        local = (url or copied[ConsoleValue.URL]).replace(PUBLIC, self.thread.url)
        self.change_console(credentials=credentials, push_url=local)

    def change_console(self, **fields: Any) -> None:
        """Change what stands in the console without the window."""
        program = self.sandbox.platform.program()
        changed = replace(program, **fields)
        self.sandbox.platform._programs[program.account.name] = changed

    def submit(self) -> bool:
        """Press Submit in the console; True if WeChat is satisfied."""
        return self.wechat.call(self.sandbox.verify_push_url())

    def write(self, text: str) -> PushOutcome:
        """Send a message from the phone."""
        return self.wechat.call(self.sandbox.say(PHONE, text))


@contextmanager
def arriving(home: Path) -> Iterator[Newcomer]:
    """A desk without an account, whose public name leads to itself, and a WeChat that knows a mini program."""
    prepare(home)
    wechat, sandbox = LoopThread("wechat"), Sandbox()
    api_base = wechat.call(sandbox.start())
    (home / "config.toml").write_text(f'[listener]\nport = 0\n\n[wechat]\napi_base = "{api_base}"\n', encoding="utf-8")
    way = WayToLoopback()
    thread = DeskThread(open_desk(read_setup(home, SecretSources(home, {})), way.surroundings))
    way.leads_to(thread.url)
    try:
        yield Newcomer(home, wechat, sandbox, thread, way)
    finally:
        stopped = thread.stop()
        wechat.call(sandbox.stop())
        stopped = wechat.stop() and stopped
    assert stopped, "the desk did not stop in time"
