"""`wxdesk demo`: a simulated WeChat, simulated customers and a real desk.

Nothing to configure. The desk is the same as any other: its own folder and listener, rules from the starter
file, signed and encrypted pushes over HTTP. With a display the window opens while customers go on writing;
without one the scenario is played offscreen, printed, and screenshots are saved, where Qt's libraries are there.
"""

import contextlib
import os
from pathlib import Path

from wxdesk import logs
from wxdesk.commands.offscreen_demo import play_offscreen, pose
from wxdesk.demo_desk import DemoDesk, customers_writing, demo_desk, temporary_folder
from wxdesk.i18n import explain, tr
from wxdesk.sandbox.demo_customers import demo_account
from wxdesk.ui.runtime.display import has_display, why_no_window


def run_demo(home: Path | None, screenshots: Path | None, log_level: str) -> int:
    """Run the demonstration; return 0 if it ended well.

    Raises:
        NoDisplay, NoWindow: there is a display, or screenshots are wanted, and no window can open.
    """
    offscreen = screenshots is not None or not has_display()
    if offscreen:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"  # windows are drawn in memory
    no_window = why_no_window()
    if no_window is not None and (screenshots is not None or not offscreen):
        raise no_window
    with _folder(home) as folder:
        _, credentials = demo_account()
        logs.set_up(folder, log_level, (credentials.app_secret, credentials.push_token, credentials.encoding_aes_key))
        with demo_desk(folder) as demo:
            if not offscreen:
                return _live(demo)
            play_offscreen(demo.wechat, demo.sandbox, demo.desk)
            if no_window is None:
                ended = _grab(demo, screenshots or Path("wxdesk-demo"))
            else:
                ended = tr("There are no pictures of it. {why}", why=explain(no_window))
            print(f"\n{ended}")  # noqa: T201 - the demonstration's output
            return 0


def _folder(home: Path | None) -> contextlib.AbstractContextManager[Path]:
    if home is None:
        return temporary_folder()
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    return contextlib.nullcontext(home.resolve())


def _grab(demo: DemoDesk, pictures: Path) -> str:
    from wxdesk.ui.window import grab_pages  # Qt, which may lack a library

    desk = demo.desk
    saved = grab_pages(desk.desk, desk.loop, demo.facts, pictures, pose(desk))
    return tr("{n} pictures are in {folder}", n=len(saved), folder=pictures.resolve())


def _live(demo: DemoDesk) -> int:
    from wxdesk.ui.window import run_window  # as above

    with customers_writing(demo):
        return run_window(demo.desk.desk, demo.desk.loop, demo.facts)
