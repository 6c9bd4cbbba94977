"""`wxdesk demo`: a simulated WeChat, simulated customers and a real desk.

Nothing to configure. The desk is the same as any other: its own folder and listener, rules from the starter
file, signed and encrypted pushes over HTTP. With a display the window opens while customers go on writing;
without one the scenario is played offscreen, printed, and screenshots are saved.
"""

import contextlib
from pathlib import Path

from wxdesk import logs
from wxdesk.commands.offscreen_demo import play_offscreen, pose
from wxdesk.demo_desk import DemoDesk, customers_writing, demo_desk, temporary_folder
from wxdesk.i18n import tr
from wxdesk.sandbox.demo_customers import demo_account
from wxdesk.sandbox.window_port import SandboxSimulator
from wxdesk.ui.runtime.display import has_display
from wxdesk.ui.runtime.installation import InstallationFacts
from wxdesk.ui.window import grab_pages, run_window


def run_demo(home: Path | None, screenshots: Path | None, log_level: str) -> int:
    """Run the demonstration; return 0 if it ended well."""
    offscreen = screenshots is not None or not has_display()
    with _folder(home) as folder:
        _, credentials = demo_account()
        logs.set_up(folder, log_level, (credentials.app_secret, credentials.push_token, credentials.encoding_aes_key))
        with demo_desk(folder) as demo:
            if not offscreen:
                return _live(demo)
            pictures = screenshots or Path("wxdesk-demo")
            saved = _play_and_grab(demo, pictures)
            print(tr("{n} pictures are in {folder}", n=len(saved), folder=pictures.resolve()))  # noqa: T201
            return 0


def _folder(home: Path | None) -> contextlib.AbstractContextManager[Path]:
    if home is None:
        return temporary_folder()
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    return contextlib.nullcontext(home.resolve())


def _play_and_grab(demo: DemoDesk, pictures: Path) -> list[Path]:
    desk = demo.desk
    play_offscreen(demo.wechat, demo.sandbox, desk)
    facts, simulator = InstallationFacts(demo.folder), SandboxSimulator(demo.sandbox, demo.wechat.loop)
    return grab_pages(desk.desk, desk.loop, facts, pictures, pose(desk), simulator)


def _live(demo: DemoDesk) -> int:
    with customers_writing(demo):
        simulator = SandboxSimulator(demo.sandbox, demo.wechat.loop)
        return run_window(demo.desk.desk, demo.desk.loop, InstallationFacts(demo.folder), simulator=simulator)
