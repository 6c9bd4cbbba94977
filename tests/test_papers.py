"""The papers name what exists: files, classes, tables and words; rendered tables are up to date."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from docs.dev.render_tables import PAGES, TABLES, rendered
from tests.desk.rules.file.checked_reading import read_rules
from wxdesk.config.reading import AccountEntry, Config, parse
from wxdesk.secrets.names import CUSTOMER_DATA_KEY, PHONE, TUNNEL_PASSWORD, SecretName, variable
from wxdesk.store.schema import metadata

ROOT = Path(__file__).parent.parent
NAMED = ("README.md", "README.zh-CN.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "SECURITY.md", "CODE_OF_CONDUCT.md")
PAPERS = [*(ROOT / name for name in NAMED), *sorted((ROOT / "docs").rglob("*.md"))]
ABOUT_CODE = [ROOT / "ARCHITECTURE.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs/dev").glob("*.md"))]
MOST_BYTES = {"CONTRIBUTING.md": 8192, "ARCHITECTURE.md": 10752}

SUFFIXES = {".py", ".md", ".toml", ".po", ".js", ".json", ".lock", ".spec"}
OPERATORS_FILES = {"config.toml", "frpc.toml", "uv.lock"}
"""Files that stand nowhere in the repository."""


@cache
def _text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


@cache
def _files() -> list[Path]:
    return [path for top in ("wxdesk", "tests", "resources", "docs") for path in (ROOT / top).rglob("*.*")]


@cache
def _words() -> set[str]:
    """Every word of the source, of the tests and of the configuration."""
    sources = [path for path in _files() if path.suffix == ".py"] + [ROOT / "pyproject.toml"]
    return {word for path in sources for word in re.findall(r"\w+", _text(path))}


@cache
def _types() -> set[str]:
    pattern = re.compile(r"^\s*(?:class|type) (\w+)", re.MULTILINE)
    return {name for path in (ROOT / "wxdesk").rglob("*.py") for name in pattern.findall(_text(path))}


@cache
def _words_beside_classes() -> dict[str, set[str]]:
    """Every word of the files that define a class, by its name."""
    found: dict[str, set[str]] = {}
    for path in (ROOT / "wxdesk").rglob("*.py"):
        for name in re.findall(r"^class (\w+)", _text(path), re.MULTILINE):
            found.setdefault(name, set()).update(re.findall(r"\w+", _text(path)))
    return found


def _quoted(page: Path) -> set[str]:
    """What stands in backquotes on one line, without code blocks."""
    prose = re.sub(r"^```.*?^```", "", _text(page), flags=re.DOTALL | re.MULTILINE)
    return set(re.findall(r"`([^`\n]+)`", prose))


def _exists(page: Path, name: str) -> bool:
    if "/" not in name:
        return (ROOT / name).exists() or any(path.name == name for path in _files())
    return any((base / name).exists() for base in (ROOT, ROOT / "wxdesk", page.parent))


def _is_path(name: str) -> bool:
    if not re.fullmatch(r"[\w.-]+(/[\w.-]+)*/?", name) or name in OPERATORS_FILES:
        return False
    top = name.partition("/")[0]
    in_a_folder = "/" in name and ((ROOT / top).is_dir() or (ROOT / "wxdesk" / top).is_dir())
    return in_a_folder or Path(name).suffix in SUFFIXES


def test_every_path_in_backquotes_exists() -> None:
    """A record that is superseded may name what is gone."""
    present = [page for page in PAPERS if "**Superseded by " not in _text(page)]
    names = [(page, name) for page in present for name in sorted(_quoted(page)) if _is_path(name)]
    gone = [f"{page.name}: {name}" for page, name in names if not _exists(page, name)]
    assert gone == [], "name the file where it is now, or leave it out"


def test_every_link_leads_somewhere() -> None:
    links = [(page, link) for page in PAPERS for link in re.findall(r"\]\(([^)\s]+)\)", _text(page))]
    within = [(page, link) for page, link in links if not link.startswith("http")]
    assert [f"{page.name}: {link}" for page, link in within if not _leads_somewhere(page, link)] == []


def test_links_of_delivered_pages_lead_to_what_is_delivered() -> None:
    """The window shows them; an installed program has docs and deploy, but no README."""
    delivered = (ROOT / "docs", ROOT / "deploy")
    links = [
        (page, link) for page in (ROOT / "docs").glob("*.md") for link in re.findall(r"\]\(([^)\s#]+)", _text(page))
    ]
    within = [(page, link) for page, link in links if not link.startswith("http")]
    away = [(page.name, link) for page, link in within if (page.parent / link).resolve().parent not in delivered]
    assert [(page, link) for page, link in away if not link.startswith(("adr/", "dev/"))] == []


def _leads_somewhere(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = page.parent / path if path else page
    return target.exists() and (not anchor or anchor in _anchors(target))


def _anchors(page: Path) -> set[str]:
    heads = re.findall(r"^#+ (.*)$", _text(page), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


def test_no_text_of_the_program_names_a_page_that_only_a_checkout_has() -> None:
    texts = (path.read_text(encoding="utf-8") for path in (ROOT / "resources/translations").rglob("*.po"))
    assert re.findall(r"(?<!/)docs/[\w.-]+", "".join(texts)) == []


def test_every_name_in_backquotes_is_in_the_source() -> None:
    names = [(page, name) for page in ABOUT_CODE for name in sorted(_quoted(page)) if _is_name(name)]
    gone = [f"{page.name}: {name}" for page, name in names if not _is_known(name)]
    assert gone == [], "no source has these names any more"


def _is_known(name: str) -> bool:
    """True if the source has the name; what is said of a class must stand in its file."""
    owner, _, own = name.rpartition(".")
    return own in (_words_beside_classes().get(owner) or _words())


def _is_name(name: str) -> bool:
    return re.fullmatch(r"[A-Za-z_][\w.]*", name) is not None and not _is_path(name)


def _glossary() -> Iterator[list[str]]:
    """The cells of each line: term, meaning, interface, WeChat's word, classes, tables."""
    for line in _text(ROOT / "docs/GLOSSARY.md").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) == 6 and cells[0] != "term" and not cells[0].startswith("---"):
            yield cells


def test_the_glossary_names_classes_and_tables_that_exist() -> None:
    lines = list(_glossary())
    named = {name for line in lines for name in re.findall(r"`(\w+)`", line[4])}
    tables = {name for line in lines for name in re.findall(r"`(\w+)`", line[5])}
    assert len(lines) > 50
    assert named - _types() == set()
    assert tables - set(metadata.tables) == set()


def test_the_glossary_has_the_words_of_the_interface() -> None:
    catalogues = "".join(_text(path) for path in sorted((ROOT / "resources/translations/zh_CN").glob("*.po")))
    words = {word for line in _glossary() for word in re.split(r"[,，] ?", line[2]) if word != "–"}
    unknown = sorted(word for word in words if word not in catalogues)
    assert unknown == [], "the column “interface” has words of resources/translations/zh_CN"


def test_customers_have_one_chinese_word() -> None:
    texts = (*(ROOT / "resources").rglob("*.po"), *ROOT.glob("*.zh-CN.md"), *(ROOT / "docs").glob("*.zh-CN.md"))
    assert [path.name for path in texts if "顾客" in path.read_text(encoding="utf-8")] == [], (
        "客户, as the glossary says"
    )


def test_rendered_tables_are_up_to_date() -> None:
    old = [page.name for page in PAGES if _text(page) != rendered(_text(page))]
    assert old == [], "uv run python docs/dev/render_tables.py"
    assert {name for page in PAGES for name in re.findall(r"<!-- table: (\w+) -->", _text(page))} == set(TABLES)


def test_a_page_stays_a_page() -> None:
    sizes = {name: len(_text(ROOT / name).encode()) for name in MOST_BYTES}
    long = {name: size for name, size in sizes.items() if size > MOST_BYTES[name]}
    assert long == {}, f"say less, or elsewhere: {MOST_BYTES}"


def test_both_languages_of_the_readme_name_the_same_commands() -> None:
    def commands(name: str) -> set[str]:
        return set(
            re.findall(r"uv run (?:--no-dev )?wxdesk[ \w.:/-]*\w|WXDESK_\w+|pip install [\w. -]+", _text(ROOT / name))
        )

    assert commands("README.md") == commands("README.zh-CN.md")


def test_the_readme_shows_every_setting_with_its_default() -> None:
    own: dict[str, Any] = {"name": "shop", "app_id": "wx0123456789abcdef", "original_id": "gh_0123456789ab"}
    for name in ("README.md", "README.zh-CN.md"):
        shown = _toml(name)[0]
        assert parse(shown) == Config(accounts=(AccountEntry(**own, timezone="Asia/Shanghai"),))
        fields = [*Config.__struct_fields__, *AccountEntry.__struct_fields__]
        fields += [key for part in msgspec.to_builtins(Config()).values() if isinstance(part, dict) for key in part]
        assert [field for field in fields if field not in shown] == [], f"show them in {name}, with their defaults"


def test_every_variable_of_the_environment_is_read() -> None:
    source = "".join(_text(path) for path in (ROOT / "wxdesk").rglob("*.py"))
    secrets = {variable(account, name) for account in ("shop", "name") for name in SecretName}
    secrets |= {variable(*names) for names in (TUNNEL_PASSWORD, CUSTOMER_DATA_KEY, (PHONE, "boss"))}
    pages = [page for page in PAPERS if page.parent in (ROOT, ROOT / "docs")]
    named = {(page.name, name) for page in pages for name in re.findall(r"\bWXDESK_[A-Z_]+\b", _text(page))}
    assert len(named) > 30
    strange = {(page, name) for page, name in named if name.removesuffix("_OLD") not in secrets}
    of_examples = "WXDESK_KEY"  # read by a shop's own system
    assert {(page, name) for page, name in strange if name not in source and name != of_examples} == set()


def test_the_rules_of_the_readme_are_rules() -> None:
    assert [len(read_rules(_toml(name)[1], name).rules) for name in ("README.md", "README.zh-CN.md")] == [2, 2]


def _toml(name: str) -> list[str]:
    return re.findall(r"^```toml\n(.*?)^```", _text(ROOT / name), flags=re.DOTALL | re.MULTILINE)


def test_each_decision_record_has_a_number_of_its_own() -> None:
    numbers = [page.name[:4] for page in (ROOT / "docs/adr").glob("[0-9]*.md")]
    assert len(numbers) == len(set(numbers))
