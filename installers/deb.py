"""Make a Debian package of the built folder: python deb.py FOLDER OUT [--quick].

It declares what the folder does not carry: the system's own libraries, by the names that its files ask for.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HERE = ROOT / "installers"

PACKAGES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libexpat.so.1": "libexpat1",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libgcc_s.so.1": "libgcc-s1",
    "libstdc++.so.6": "libstdc++6",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libxcb.so.1": "libxcb1",
}
"""Debian's package of each library that the folder takes from the system; another one stops the build."""

GLIBC = re.compile(r"(?:lib(?:c|m|dl|pthread|resolv|rt|util)|ld-linux-.*)\.so\.\d+")

CONTROL = """\
Package: wxdesk
Version: {version}
Architecture: {architecture}
Maintainer: The makers of wxdesk <wxdesk@localhost>
Section: net
Priority: optional
Installed-Size: {kilobytes}
Depends: {depends}
Recommends: fonts-noto-cjk, xdg-desktop-portal
Description: desk for the customer service of WeChat mini programs
 Keeps what customers write, answers by your rules, shows every conversation
 live, and lets you hold, edit or stop each automatic reply.
 .
 微信小程序客服工作台：消息条条入库，按您的规则自动回复，每一条都可以先等一等、改一改、停下来。
"""

REMOVED = """\
#!/bin/sh
# What people keep is theirs, and their keychain opens to them alone: a package removes none of it, but says how.
if [ "$1" = remove ]; then
    cat <<'SAID'
wxdesk is removed. What each user kept stays: ~/.local/share/wxdesk, and the entries "wxdesk" in their keychain.
To delete yours as well, run "wxdesk remove-data" before removing wxdesk: it lists all of it and asks. By hand:
wxdesk 已卸载。每位用户保存的内容仍在：~/.local/share/wxdesk，以及钥匙串里名为 wxdesk 的条目。
如需一并删除，请在卸载前运行 wxdesk remove-data，它会逐项列出并请您确认。也可以手动删除：
    rm -r ~/.local/share/wxdesk; rm -f ~/.config/autostart/wxdesk.desktop; secret-tool clear service wxdesk
SAID
fi
"""


def main() -> None:
    folder, out = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    with tempfile.TemporaryDirectory() as scratch:
        tree = Path(scratch) / "tree"
        lay_out(folder, tree)
        version, architecture = version_of(folder), output("dpkg", "--print-architecture")
        write_control(tree, version, architecture)
        package = out / f"wxdesk_{version}_{architecture}.deb"
        press = ("-Zgzip", "-z1") if "--quick" in sys.argv else ("-Zxz",)  # which dpkg of UOS and Kylin reads as well
        output("dpkg-deb", "--root-owner-group", *press, "--build", str(tree), str(package))
    print(f"{package}: {package.stat().st_size / 1e6:.0f} MB")


def lay_out(folder: Path, tree: Path) -> None:
    """Put everything where Debian has it."""
    shutil.copytree(folder, tree / "usr/lib/wxdesk", symlinks=True)
    (tree / "usr/bin").mkdir()
    (tree / "usr/bin/wxdesk").symlink_to("../lib/wxdesk/wxdesk")
    put(HERE / "wxdesk.desktop", tree / "usr/share/applications")
    put(ROOT / "resources/wxdesk.svg", tree / "usr/share/icons/hicolor/scalable/apps")
    put(ROOT / "LICENSE", tree / "usr/share/doc/wxdesk", "copyright")
    for name in ("docs", "deploy"):
        inside = next((tree / "usr/lib/wxdesk").rglob(f"resources/{name}"))
        (tree / "usr/share/doc/wxdesk" / name).symlink_to(Path("../../..", inside.relative_to(tree / "usr")))
    for file in tree.rglob("*"):
        if not file.is_symlink():
            file.chmod(0o755 if file.is_dir() or file.stat().st_mode & 0o100 else 0o644)


def put(file: Path, folder: Path, name: str = "") -> None:
    folder.mkdir(parents=True)
    shutil.copyfile(file, folder / (name or file.name))


def write_control(tree: Path, version: str, architecture: str) -> None:
    """Write what dpkg reads, and what is said when the package goes."""
    size = sum(file.stat().st_size for file in tree.rglob("*") if file.is_file() and not file.is_symlink())
    depends = ", ".join(needed(tree / "usr/lib/wxdesk"))
    (tree / "DEBIAN").mkdir()
    facts = {"version": version, "architecture": architecture, "kilobytes": size // 1024, "depends": depends}
    (tree / "DEBIAN/control").write_text(CONTROL.format(**facts), encoding="utf-8")
    script = tree / "DEBIAN/postrm"
    script.write_text(REMOVED, encoding="utf-8")
    script.chmod(0o755)


def needed(folder: Path) -> list[str]:
    """Return the packages that the folder's files ask for, and the oldest C library that will do."""
    files = [file for file in folder.rglob("*") if not file.is_symlink() and is_program(file)]
    asked = set(re.findall(r"NEEDED\s+(\S+)", output("objdump", "-p", *map(str, files))))
    outside = asked - {file.name for file in folder.rglob("*.so*")}
    found = set(re.findall(rb"GLIBC_(\d+)\.(\d+)", b"".join(file.read_bytes() for file in files)))
    newest = max((int(major), int(minor)) for major, minor in found)
    unknown = sorted(name for name in outside - PACKAGES.keys() if not GLIBC.fullmatch(name))
    if unknown:
        sys.exit(f"name the packages of {unknown} in installers/deb.py, or let the folder carry them")
    others = sorted(PACKAGES[name] for name in outside & PACKAGES.keys())
    return [f"libc6 (>= {newest[0]}.{newest[1]})", *others]


def is_program(file: Path) -> bool:
    if not file.is_file():
        return False
    with file.open("rb") as opened:
        return opened.read(4) == b"\x7fELF"


def version_of(folder: Path) -> str:
    return output(str(folder / "wxdesk"), "--version").split()[1]


def output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    main()
