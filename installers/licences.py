"""Put the licences of all that the built folder carries into it: python licences.py FOLDER LIBRARIES.

Run with the Python of the environment that it was built from. LIBRARIES has the files that came from the system, a line
each; on Debian their packages say under which licence they are.
"""

import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TEXTS = Path("/usr/share/common-licenses")
QT = """Qt, Shiboken and PySide6 are used under the GNU Lesser General Public License, version 3. They are the files
below PySide6 and shiboken6 in the program's folder, unchanged but for debug symbols, and may be replaced there by
others of the same version. Their source: https://download.qt.io/official_releases/ and https://code.qt.io/cgit/pyside/.
"""


def main() -> None:
    folder, libraries = Path(sys.argv[1]) / "licences", Path(sys.argv[2])
    folder.mkdir()
    carried = locked(ROOT / "requirements.lock") | {"wxdesk"}
    found = sorted(distributions(), key=lambda one: canonical(one.name))
    lines = [f"{one.name} {one.version}: {copied(one, folder)}" for one in found if canonical(one.name) in carried]
    lines.append(f"Python {sys.version.split()[0]}: PSF-2.0")
    copy(Path(sysconfig.get_path("stdlib")) / "LICENSE.txt", folder / "Python")
    lines.extend(system_libraries(libraries.read_text("utf-8").split("\n"), folder))
    (folder / "Qt").mkdir()
    (folder / "Qt/NOTICE.txt").write_text(QT, encoding="utf-8")
    for name in ("LGPL-3", "GPL-3"):
        copy(TEXTS / name, folder / "Qt")
    (folder / "LIST.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    without = [line for line in lines if line.endswith(": ")]
    if without:
        sys.exit(f"without a licence: {without}")


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(lock: Path) -> set[str]:
    """Read the names in the lock, which is all that the folder is made of; the builder itself is not in it."""
    return {canonical(name) for name in re.findall(r"(?m)^([A-Za-z0-9._-]+)(?:\[[^]]*])?==", lock.read_text("utf-8"))}


def copied(one: Distribution, folder: Path) -> str:
    """Copy the licence files of a package; return its licence's name."""
    for file in one.files or ():
        if ".dist-info/" in str(file) and re.search(r"licen[cs]e|copying|notice", str(file), re.IGNORECASE):
            copy(Path(str(one.locate_file(file))), folder / canonical(one.name))
    metadata = one.metadata
    classified = [line.rpartition(" :: ")[2] for line in metadata.get_all("Classifier", ()) if "License ::" in line]
    named = (metadata.get("License") or "").split("\n")[0]
    return metadata.get("License-Expression") or (named if len(named) < 40 else "") or ", ".join(classified) or named


def system_libraries(files: list[str], folder: Path) -> Iterator[str]:
    """Copy what Debian's packages say about the system's libraries in the folder."""
    if not files[0] or shutil.which("dpkg") is None:
        return
    asked = subprocess.run(("dpkg", "-S", *sorted(filter(None, files))), capture_output=True, text=True, check=False)
    for package in sorted({line.partition(":")[0] for line in asked.stdout.splitlines()}):
        copy(Path("/usr/share/doc") / package / "copyright", folder / "system" / package)
        yield f"{package}, of the system it was built on: see system/{package}/copyright"


def copy(file: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, folder / file.name)


if __name__ == "__main__":
    main()
