"""The desk that `latency.py` measures; says where it listens, and at the end when each bubble was drawn."""

import asyncio
import json
import sys
import time
from pathlib import Path

from wxdesk.app import open_desk
from wxdesk.commands.rules import import_rules
from wxdesk.config.reading import AccountEntry, Config, ListenerSettings, WeChatSettings
from wxdesk.desk.settings.configuration import Setup
from wxdesk.runner import DeskThread, serve
from wxdesk.sandbox.demo_customers import demo_account

OPEN = "oLIVE" + "0" * 23


def setup(home: Path, url: str) -> Setup:
    """A desk for the demo's account in front of the WeChat at `url`."""
    account, credentials = demo_account()
    entry = AccountEntry(account.name, account.app_id, account.original_id, reserve=0)
    return Setup(
        home,
        Config(ListenerSettings(port=0), wechat=WeChatSettings(url), accounts=(entry,)),
        {account.name: credentials},
    )


def window(made: Setup) -> None:
    """The desk with its window, which shows one conversation and notes when it draws each of its messages."""
    from PySide6.QtCore import QEvent, QObject
    from PySide6.QtWidgets import QApplication

    from wxdesk.ui.inbox.page import InboxPage
    from wxdesk.ui.runtime.installation import InstallationFacts
    from wxdesk.ui.window import run_window

    drawn: dict[str, float] = {}

    class Watch(QObject):
        def __init__(self, page: InboxPage) -> None:
            super().__init__(page)
            self._model = page.session.model
            page.chat.timeline.viewport().installEventFilter(self)

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() is QEvent.Type.Paint:
                for entry in self._model.rows():
                    drawn.setdefault(entry.text, time.time())
            return False

    thread = DeskThread(open_desk(made))
    print(json.dumps({"event": "listening", "url": thread.url}), flush=True)

    def shown() -> None:
        page = next(one for top in QApplication.topLevelWidgets() for one in top.findChildren(InboxPage))
        Watch(page)
        page.open_conversation(1)

    run_window(thread.desk, thread.loop, InstallationFacts(made.home), shown)
    thread.stop()
    print(json.dumps(list(drawn.items())), flush=True)


if __name__ == "__main__":
    kind, home, url = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
    made = setup(home, url)
    asyncio.run(import_rules(made, (home / "rules.toml").read_text(encoding="utf-8"), "rules.toml"))
    if kind == "window":
        window(made)
    else:
        asyncio.run(serve(made))
