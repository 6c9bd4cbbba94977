"""Say in which files two built folders differ: python differences.py FOLDER OTHER; exits 1 if they do."""

import hashlib
import sys
from pathlib import Path


def main() -> None:
    first, second = (contents(Path(folder)) for folder in sys.argv[1:3])
    differing = [name for name in sorted(first.keys() | second.keys()) if first.get(name) != second.get(name)]
    for name in differing:
        print(f"{name}: {first.get(name, 'missing')} {second.get(name, 'missing')}")
    print(f"{len(first)} files, {len(differing)} differ")
    sys.exit(1 if differing else 0)


def contents(folder: Path) -> dict[str, str]:
    """Return what each file is: its hash, or where a link leads."""
    return {
        str(file.relative_to(folder)): f"-> {file.readlink()}" if file.is_symlink() else digest(file)
        for file in folder.rglob("*")
        if file.is_symlink() or file.is_file()
    }


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:16]


if __name__ == "__main__":
    main()
