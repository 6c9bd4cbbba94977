"""Install the Debian package in a Debian of its own, use it, and remove it.

    uv run python installers/installed.py DEB SUITE WORK [--if-possible]

With `--if-possible`, a machine that can make no such Debian is told, and is no failure. WORK/SUITE gets a Debian with
nothing in it but what `debootstrap --variant=minbase` brings, neither Python nor a graphics library; it is used again
by the next run. Takes root, debootstrap, Xvfb and Debian's mirror; two minutes.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from installers import smoke

MIRROR = os.environ.get("MIRROR", "").split()
"""Address of Debian's or Ubuntu's packages; without one, that which debootstrap knows."""

ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
APT = ("apt-get", "-qq", "-o", "Dpkg::Use-Pty=0", "--no-install-recommends")
NOBODY = 65534
KEPT_BY_DPKG = ("var/cache", "var/lib/apt", "var/lib/dpkg", "var/log", "etc/ld.so.cache", "tmp", "dev", "proc", "run")


def main() -> None:
    package, suite, work = Path(sys.argv[1]).resolve(), sys.argv[2], Path(sys.argv[3]).resolve()
    root = work / suite
    try:
        lay_out(root, suite)
    except (OSError, subprocess.CalledProcessError) as error:
        if "--if-possible" not in sys.argv:
            raise
        print(f"The package was not installed: no {suite} could be made here ({error}).")
        return
    within(root, "dpkg", "--purge", "wxdesk")  # of a run that was cut off
    within(root, *APT, "--purge", "autoremove", "-y")
    before = files(root)
    smoke.check(not any(name.startswith("usr/bin/python") for name in before), "this Debian has a Python")
    began = time.monotonic()
    shutil.copy(package, root / "var/cache/wxdesk.deb")
    within(root, *APT, "install", "-y", "/var/cache/wxdesk.deb")
    with tempfile.TemporaryDirectory(prefix="wxdesk-") as folder, smoke.display() as shown:
        scratch = Path(folder)
        scratch.chmod(0o777)
        inside = root / folder.lstrip("/")
        inside.mkdir()
        mount("--bind", folder, str(inside))
        variables = {"LC_ALL": "C.UTF-8", **shown}
        use(smoke.Tried(f"installed on {suite}", Path("/usr/bin/wxdesk"), variables, scratch, NOBODY, root))
        remove(root, before, scratch)
        subprocess.run(("umount", inside), check=True)
        inside.rmdir()
    print(f"{suite}: installed, used and removed ({time.monotonic() - began:.0f} s)")


def lay_out(root: Path, suite: str) -> None:
    """Make the Debian, if it is not there, and mount what programs in it need."""
    if not (root / "ready").exists():
        shutil.rmtree(root, ignore_errors=True)
        root.parent.mkdir(parents=True, exist_ok=True)
        making: tuple[str | Path, ...] = ("debootstrap", "--variant=minbase", suite, root, *MIRROR)
        subprocess.run(making, check=True, stdout=subprocess.DEVNULL)
        (root / "ready").touch()
    shutil.copy("/etc/resolv.conf", root / "etc/resolv.conf")
    os.unshare(os.CLONE_NEWNS)  # what is mounted below is gone with this process
    mount("--make-rprivate", "/")
    mount("--rbind", "/dev", str(root / "dev"))
    mount("-t", "proc", "proc", str(root / "proc"))
    subprocess.run(("chroot", root, *APT, "update"), env=ENVIRONMENT, check=True)


def use(desk: smoke.Tried) -> None:
    """Try what operators do, with a window; then have a picture of each page drawn without one."""
    smoke.try_all(desk)
    pictures = desk.scratch / "pictures"
    code, said = desk.run("demo", "--screenshots", str(pictures), DISPLAY="")
    smoke.check(code == 0, said)
    drawn = len(list(pictures.iterdir()))
    print(f"{desk.name}: a message was answered, a second start raised the window, {drawn} pictures drawn")


def remove(root: Path, before: set[str], scratch: Path) -> None:
    """Purge the package with all that came with it; nothing of it stays, and nothing of the user's goes."""
    desk = files(scratch)
    said = within(root, *APT, "--purge", "autoremove", "-y", "wxdesk")
    smoke.check(
        "wxdesk remove-data" in said and "secret-tool clear service wxdesk" in said, f"not told what stays: {said}"
    )
    left = files(root) - before
    smoke.check(not any("wxdesk" in name for name in left), f"left behind: {sorted(left)}")
    smoke.check(files(scratch) == desk and "desk/desk.db" in desk, "data of the user went along")
    print(f"removed: {len(left)} files that other packages left behind {sorted(left)}, none of wxdesk's")


def files(root: Path) -> set[str]:
    """Return the files below a folder, without what dpkg keeps for itself."""
    found: set[str] = set()
    for folder, folders, names in os.walk(root):
        place = os.path.relpath(folder, root)
        folders[:] = [name for name in folders if os.path.normpath(f"{place}/{name}") not in KEPT_BY_DPKG]
        found.update(os.path.normpath(f"{place}/{name}") for name in names)
    return found - set(KEPT_BY_DPKG)


def within(root: Path, *command: str) -> str:
    """Run something as root in that Debian; return what it said."""
    ended = subprocess.run(("chroot", root, *command), env=ENVIRONMENT, capture_output=True, text=True, check=False)
    smoke.check(ended.returncode == 0, f"{command}: {ended.stdout}{ended.stderr}")
    return ended.stdout + ended.stderr


def mount(*arguments: str) -> None:
    subprocess.run(("mount", *arguments), check=True)


if __name__ == "__main__":
    main()
