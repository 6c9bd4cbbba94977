"""Try what installers/build.py made, outside the checkout: python smoke.py [--out dist] [--work build].

The wheel in its environment, the folder in a path with blanks and Chinese, the Debian package unpacked and run by
another user. Each: its version, doctor, a start without a display, and a window that answers a message of a simulated
WeChat, that a second start raises, and whose tunnel's program gets the system's libraries; at last all that it kept is
removed. Nothing is installed: the package is unpacked into a temporary folder.
"""

import argparse
import base64
import contextlib
import json
import os
import pwd
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DEADLINE = 90.0
SECRETS: dict[str, Any] = {
    "WXDESK_SHOP_APP_SECRET": os.urandom(16).hex(),
    "WXDESK_SHOP_PUSH_TOKEN": os.urandom(12).hex(),
    "WXDESK_SHOP_ENCODING_AES_KEY": base64.b64encode(os.urandom(32), b"xy").decode().rstrip("="),
}
CONFIG = """[listener]
port = {port}
[wechat]
api_base = "{api}"
[tunnel]
kind = "command"
command = ["sh", "-c", "env > '{environment}'; exec sleep 600"]
[[accounts]]
name = "shop"
app_id = "{app_id}"
original_id = "{original_id}"
"""
RULES = '[[rules]]\nname = "all"\ndefault = true\nthen = [{ reply = "好的" }]\n'


@dataclass(frozen=True)
class Tried:
    """A program, and how it is run: with these variables alone, as this user, in a system of its own below `root`."""

    name: str
    program: Path
    variables: dict[str, str]
    scratch: Path
    user: int | None = None
    root: Path = Path("/")

    @property
    def command(self) -> tuple[str, ...]:
        inside = ("/usr/sbin/chroot", f"--userspec={self.user}:{self.user}", str(self.root))
        return (*(inside if self.is_inside else ()), str(self.program))

    @property
    def is_inside(self) -> bool:
        """Tell if it is run in a system of its own, which root enters before it becomes the user."""
        return self.root != Path("/")

    @property
    def _options(self) -> dict[str, Any]:
        given: dict[str, Any] = {"cwd": "/", "stdin": subprocess.DEVNULL, "text": True, "encoding": "utf-8"}
        if self.user is not None and not self.is_inside:
            given |= {"user": self.user, "group": self.user, "extra_groups": []}
        return given

    def _environment(self, more: dict[str, str]) -> dict[str, str]:
        return {"HOME": str(self.scratch)} | self.variables | more

    def begin(self, *arguments: str, **more: str) -> subprocess.Popen[str]:
        """Start it and go on."""
        pipe = subprocess.PIPE
        command = [*self.command, *arguments]
        begun: subprocess.Popen[str] = subprocess.Popen(
            command, env=self._environment(more), stdout=pipe, stderr=pipe, **self._options
        )
        return begun

    def run(self, *arguments: str, within: tuple[str, ...] = (), **more: str) -> tuple[int, str]:
        """Run it to its end; return its exit code and all that it said, which is never a traceback."""
        command = [*within, *self.command, *arguments]
        ended = subprocess.run(
            command, env=self._environment(more), capture_output=True, timeout=DEADLINE, check=False, **self._options
        )
        said = ended.stdout + ended.stderr
        check("Traceback" not in said and ended.returncode >= 0, f"{arguments} ended with {ended.returncode}: {said}")
        return ended.returncode, said


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("dist"))
    parser.add_argument("--work", type=Path, default=Path("build"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="wxdesk-") as folder, display() as shown:
        scratch = Path(folder)
        scratch.chmod(0o755)
        for tried in delivered(options.out.resolve(), options.work.resolve(), scratch, shown):
            began = time.monotonic()
            try_all(tried)
            try_pages(tried)
            try_removal(tried)
            print(f"{tried.name}: a message was answered, a second start raised the window, its data was removed "
                  f"({time.monotonic() - began:.0f} s)", flush=True)  # fmt: skip


def delivered(out: Path, work: Path, scratch: Path, shown: dict[str, str]) -> Iterator[Tried]:
    """Put each of the three where somebody else would have it."""
    yield Tried("wheel", work / "environment/bin/wxdesk", {"LC_ALL": "C.UTF-8", **shown}, home_of(scratch, "wheel"))
    moved = scratch / "路径 有空格"
    shutil.copytree(out / "wxdesk", moved / "wxdesk", symlinks=True)
    chinese = {"LANG": "zh_CN.UTF-8", "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere", **shown}
    yield Tried("folder", moved / "wxdesk/wxdesk", chinese, home_of(scratch, "家 目录"))
    shutil.rmtree(moved)
    package = next(out.glob("*.deb"))
    subprocess.run(("dpkg-deb", "-x", package, scratch / "root"), check=True)
    other = pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None
    check((scratch / "root/usr/share/applications/wxdesk.desktop").is_file(), "no desktop file")
    yield Tried("package", scratch / "root/usr/bin/wxdesk", {"LC_ALL": "C", **shown}, home_of(scratch, "nobody"), other)


def try_pages(tried: Tried) -> None:
    """See that the page that an error names is there to be read."""
    _, said = tried.run("--home", str(tried.scratch), "backup", "x.zip", WXDESK_STORE_URL="postgresql://db/x")
    page = re.search(r"/.*/server(\.zh-CN)?\.md", said)
    check(page is not None and "pg_dump" in Path(page[0]).read_text(encoding="utf-8"), f"no page in: {said}")


def home_of(scratch: Path, name: str) -> Path:
    folder = scratch / name
    folder.mkdir()
    folder.chmod(0o777)
    return folder


@contextlib.contextmanager
def display() -> Iterator[dict[str, str]]:
    """Start an X server of its own; without one, windows are drawn in memory."""
    if shutil.which("Xvfb") is None:
        print("no Xvfb: windows are drawn in memory")
        yield {"QT_QPA_PLATFORM": "offscreen"}
        return
    command = ("Xvfb", "-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp")
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        try:
            yield {"DISPLAY": f":{server.stdout.readline().strip()}"}
        finally:
            server.terminate()


def try_all(tried: Tried) -> None:
    code, said = tried.run("--version")
    check(code == 0 and said.startswith("wxdesk "), said)
    code, said = tried.run("doctor", "--home", str(tried.scratch / "new"), "--lang", "en")
    check("ok    Libraries" in said and "FAIL  Configuration" in said, said)
    nowhere: dict[str, Any] = {"DISPLAY": "", "QT_QPA_PLATFORM": ""}
    code, said = tried.run("--lang", "en", **nowhere)
    check(code == 1 and "wxdesk serve" in said and said.count("\n") == 1, said)
    try_without_libraries(tried)
    try_read_only(tried)
    try_desk(tried)


def try_without_libraries(tried: Tried) -> None:
    """Hide the system's libGL, and then its C++ runtime, which only the frozen program names."""
    without_gl = hiding(tried, "libGL.so.1.*")
    if without_gl:
        code, said = tried.run("--lang", "en", within=without_gl)
        check(code == 1 and "apt install" in said and said.count("\n") == 1, said)
        code, said = tried.run("doctor", "--home", str(tried.scratch / "new"), "--lang", "en", within=without_gl)
        check("FAIL  Libraries" in said and "ok    Disk" in said, said)
    without_cpp = hiding(tried, "libstdc++.so.6.*")
    if without_cpp and tried.name != "wheel":
        code, said = tried.run("serve", within=without_cpp)
        check(code == 1 and "apt install libstdc++6" in said and said.count("\n") == 1, said)


def hiding(tried: Tried, library: str) -> tuple[str, ...]:
    """Return what runs a program in a view of the files that lacks a library; nothing where that cannot be."""
    found = sorted((tried.root / "usr/lib").glob(f"*/{library}"))
    if os.geteuid() != 0 or (tried.user is not None and not tried.is_inside) or not found:
        return ()
    command = ("unshare", "-m", "sh", "-c", f'mount --bind /dev/null {found[0]} && exec "$@"', "-")
    return () if subprocess.run((*command, "true"), capture_output=True, check=False).returncode else command


def try_read_only(tried: Tried) -> None:
    """Let doctor find that nothing can be written; root could."""
    if tried.user is not None:
        code, said = tried.run("doctor", "--home", "/etc/wxdesk-nowhere", "--lang", "en")
        check(code == 1 and "FAIL  Folder" in said, said)


def try_desk(tried: Tried) -> None:
    """Open the window, answer a message, start a second time, and end."""
    with running(tried, "sandbox", "--home", str(tried.scratch / "wechat"), **SECRETS) as wechat:
        assert wechat.stdout is not None
        told = json.loads(wechat.stdout.readline())
        home, port = tried.scratch / "desk", free_port()
        home.mkdir()
        home.chmod(0o777)
        values = {"port": port, "api": told["url"], "app_id": told["app_id"], "original_id": told["original_id"]}
        values["environment"] = environment = tried.scratch / "environment"
        (home / "config.toml").write_text(CONFIG.format(**values), encoding="utf-8")
        (home / "rules.toml").write_text(RULES, encoding="utf-8")
        code, said = tried.run("rules", "import", str(home / "rules.toml"), "--home", str(home), **SECRETS)
        check(code == 0, said)
        with running(tried, "--home", str(home), **SECRETS) as window:
            url = f"http://127.0.0.1:{port}/wx/shop"
            until(lambda: listens(port), "the window's desk listens", window)
            order(told["control"], "push_url", {"url": url, "verify": True})
            order(told["control"], "message", {"openid": "o-li-lei", "content": "在吗"})
            until(lambda: "好的" in asked(told["control"], "sent?after=0"), "the message is answered", window)
            until(lambda: (home / "window.socket").exists(), "the window is open", window)
            code, said = tried.run("--home", str(home), **SECRETS)
            check(code == 0 and str(home) in said, said)
            until(environment.exists, "the tunnel's program is started", window)
        given = environment.read_text(encoding="utf-8")
        check("LD_LIBRARY_PATH" not in given, f"what wxdesk starts gets its libraries: {given}")


def try_removal(tried: Tried) -> None:
    """Delete what the window kept, once that is confirmed; what the operator put beside it stays."""
    home = tried.scratch / "desk"
    code, said = tried.run("remove-data", "--home", str(home), "--lang", "en")  # nobody answers
    check(code == 1 and "Nothing was deleted" in said and (home / "desk.db").exists(), said)
    code, said = tried.run("remove-data", "--home", str(home), "--lang", "en", "--yes")
    check(code == 0 and [file.name for file in home.iterdir()] == ["rules.toml"], f"{said} {list(home.iterdir())}")


@contextlib.contextmanager
def running(tried: Tried, *arguments: str, **more: str) -> Iterator[subprocess.Popen[str]]:
    """Run a program beside; when it is told to end, it does within seconds, and complains of nothing."""
    with tried.begin(*arguments, **more) as process:
        try:
            yield process
        except BaseException:
            process.kill()
            raise
        process.terminate()
        out, told = process.communicate(timeout=30)
        ended = process.returncode
        check(ended in (0, -15) and "Traceback" not in out + told, f"{arguments}: {ended} {told}")


def until(holds: Callable[[], bool], what: str, process: subprocess.Popen[str]) -> None:
    began = time.monotonic()
    while not holds():
        ended = process.poll() is not None
        if ended or time.monotonic() - began > DEADLINE:
            process.kill()
            check(False, f"never: {what}; {process.communicate()}")
        time.sleep(0.05)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def order(control: str, path: str, body: dict[str, object]) -> None:
    request = urllib.request.Request(f"{control}/{path}", json.dumps(body).encode())
    with urllib.request.urlopen(request, timeout=30) as answer:
        check(answer.status == 200, path)


def asked(control: str, path: str) -> str:
    with urllib.request.urlopen(f"{control}/{path}", timeout=30) as answer:
        return json.dumps(json.load(answer), ensure_ascii=False)


def check(holds: bool, said: str) -> None:
    if not holds:
        sys.exit(f"smoke: {said}")


if __name__ == "__main__":
    main()
