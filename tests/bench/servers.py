"""The three servers that `webhook.py` compares; each prints a line of JSON with its URL and runs until SIGTERM."""

import asyncio
import hashlib
import hmac
import json
import sys
import time
from pathlib import Path

from aiohttp import web

from wxdesk.app import open_desk
from wxdesk.config.reading import AccountEntry, Config, ListenerSettings, WeChatSettings
from wxdesk.core.model.account import PushMode
from wxdesk.desk.ports import utc_now
from wxdesk.desk.settings.configuration import Setup
from wxdesk.runner import DeskThread, serve
from wxdesk.sandbox.demo_customers import demo_account
from wxdesk.secrets.sources import SecretSources

UNREACHABLE = "http://127.0.0.1:9"
"""No WeChat to send to: what is measured is the way in."""

STALL_SECONDS = 0.1


def bare() -> None:
    """The least that a correct listener does: check the signature, read the body, say success."""
    _, credentials = demo_account()

    async def push(request: web.Request) -> web.Response:
        query = request.query
        joined = "".join(sorted((credentials.push_token, query["timestamp"], query["nonce"])))
        expected = hashlib.sha1(joined.encode()).hexdigest()  # noqa: S324 - WeChat's choice
        if not hmac.compare_digest(expected, query["signature"]):
            raise web.HTTPForbidden
        await request.read()
        return web.Response(body=b"success", content_type="text/plain")

    async def run() -> None:
        app = web.Application()
        app.router.add_post("/wx/shop", push)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        announce(f"http://127.0.0.1:{runner.addresses[0][1]}")
        await asyncio.Event().wait()

    asyncio.run(run())


def headless(folder: Path) -> None:
    """What `wxdesk serve` runs."""
    asyncio.run(serve(setup(folder)))


def window(folder: Path) -> None:
    """The desk with its window, in which somebody scrolls and something blocks for 100 ms each second."""
    from PySide6.QtCore import QTimer

    from wxdesk.ui.runtime.installation import InstallationFacts
    from wxdesk.ui.window import run_window

    thread = DeskThread(open_desk(setup(folder)))
    announce(thread.url)
    stall = QTimer(interval=1000)
    stall.timeout.connect(lambda: time.sleep(STALL_SECONDS))
    QTimer.singleShot(0, stall.start)
    run_window(thread.desk, thread.loop, InstallationFacts(folder))
    thread.stop()


def setup(folder: Path) -> Setup:
    """A desk for the demo's account in plain mode, so that all three check the same signature."""
    account, _ = demo_account()
    entry = AccountEntry(account.name, account.app_id, account.original_id, PushMode.PLAIN)
    credentials = SecretSources(folder).read(entry.account(), utc_now()).credentials
    config = Config(ListenerSettings(port=0), wechat=WeChatSettings(UNREACHABLE), accounts=(entry,))
    return Setup(folder, config, {account.name: credentials})


def announce(url: str) -> None:
    """Tell the bench where to knock."""
    print(json.dumps({"event": "listening", "url": url}), flush=True)


if __name__ == "__main__":
    name, folder = sys.argv[1], Path(sys.argv[2])
    if name == "bare":
        bare()
    else:
        {"headless": headless, "window": window}[name](folder)
