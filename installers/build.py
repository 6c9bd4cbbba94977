"""Build what is delivered: the wheel, one folder with the program, and on Linux a Debian package of it.

    uv run python installers/build.py [--out dist] [--work build] [--quick]

The folder is made of `requirements.lock`, `installers/build.lock` and this project's wheel, and of nothing else that is
installed here; two builds on one machine are alike (`installers/differences.py`). `--quick` packs without compressing.
"""

import argparse
import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HERE = ROOT / "installers"
BASE = getattr(sys, "_base_executable", sys.executable)
MOST_MEGABYTES = 195


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "dist")
    parser.add_argument("--work", type=Path, default=ROOT / "build")
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    out, work = options.out.resolve(), options.work.resolve()
    for folder in (out, work):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    run("uv", "build", "--quiet", "--python", BASE, "--wheel", "--out-dir", out, ROOT)
    python = environment(work / "environment", next(out.glob("*.whl")))
    run(python, "-m", "PyInstaller", "--noconfirm", "--log-level", "ERROR", "--distpath", out,
        "--workpath", work / "pyinstaller", HERE / "wxdesk.spec", cwd=work)  # fmt: skip
    run(python, HERE / "licences.py", out / "wxdesk", work / "pyinstaller/wxdesk/libraries.txt")
    check_size(out / "wxdesk")
    if sys.platform == "linux":
        run(python, HERE / "deb.py", out / "wxdesk", out, *(["--quick"] if options.quick else []))
    write_sums(out)


def environment(folder: Path, wheel: Path) -> Path:
    """Install the two locks and the wheel into a new environment; return its Python."""
    run("uv", "venv", "--quiet", "--python", BASE, folder)
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    locks = (argument for lock in (ROOT / "requirements.lock", HERE / "build.lock") for argument in ("-r", lock))
    run("uv", "pip", "install", "--quiet", "--python", python, "--require-hashes", *locks)
    run("uv", "pip", "install", "--quiet", "--python", python, "--no-deps", wheel)
    return python


def check_size(folder: Path) -> None:
    """Say how large the folder is, and stop where it is more than an operator should have to fetch."""
    megabytes = sum(file.stat().st_size for file in folder.rglob("*") if not file.is_symlink()) / 1e6
    print(f"{folder}: {megabytes:.0f} MB")
    if megabytes > MOST_MEGABYTES:
        sys.exit(f"more than {MOST_MEGABYTES} MB: see what was collected")


def write_sums(out: Path) -> None:
    """Write SHA256SUMS of the files that are published."""
    files = sorted(file for file in out.iterdir() if file.suffix in (".whl", ".deb"))
    lines = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files]
    (out / "SHA256SUMS").write_text("".join(lines), encoding="ascii")


def run(*command: str | Path, cwd: Path = ROOT) -> None:
    """Run a program alike each time: no order of sets, no clock, no variable that changes what is collected."""
    inherited = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    alike = {"PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": os.environ.get("SOURCE_DATE_EPOCH") or committed()}
    subprocess.run([str(part) for part in command], cwd=cwd, env=inherited | alike, check=True)


def committed() -> str:
    """Return the commit's time; an unpacked archive has none."""
    command = ("git", "log", "-1", "--format=%ct")
    with contextlib.suppress(OSError, subprocess.CalledProcessError):
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
    return "1767225600"


if __name__ == "__main__":
    main()
