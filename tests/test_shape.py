"""The measures of the house: short files, full rooms, plain names and first lines, and words in both languages."""

import argparse
import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from wxdesk.config import reading as config
from wxdesk.core import system_failures
from wxdesk.store import failures as store_failures

ROOT = Path(__file__).parent.parent
PACKAGE = sorted((ROOT / "wxdesk").rglob("*.py"))
SOURCES = [path for path in PACKAGE if "versions" not in path.parts]
TESTS = sorted((ROOT / "tests").rglob("*.py"))

MOST_LINES, MOST_FUNCTION, MOST_METHODS, MOST_IMPORTS, MOST_MODULES, LONGEST_FIRST_LINE = 400, 40, 12, 20, 15, 80
"""Lines of a file and of a function, public methods of a class, modules of this package that a file imports, modules
of a folder, characters of a docstring's first line and of a test's name.
"""

COMPOSITION = {"wxdesk/app.py", "wxdesk/parts.py", "wxdesk/desk/desk.py"}
"""Build and list every part, so they import every room."""

BANNED_NAMES = {
    "utils", "helpers", "common", "misc", "manager",
    "said", "word", "aside", "past", "standing", "looking", "owing", "bearers", "meanings", "unkept", "crew", "tending",
}  # fmt: skip
"""Stems of files that say nothing, or that only their author understood."""

RIDDLE = re.compile(
    r"(What|Who|Whom|Whose|How|Which|When|Where|Whether|Why|That|If|As|Since|By whose|For whom|Whatever|Whoever)\b"
)
PERSON = re.compile(r"(?<![a-z])(s?he|him|his|himself|hers?|herself)(?![a-z])", re.IGNORECASE)
"""Also between the underscores of a name."""

NAMES_A_FORMER_SENTENCE = {
    "wxdesk/store/migrations/from_0036.py",
    "tests/store/test_migrations.py",
    "tests/test_shape.py",
}
"""Files that must spell out what no other may."""

QT_OVERRIDE = re.compile(r"[a-z]+[A-Z]|^(flags|data|index|parent|paint|event)$")
"""Names that Qt chose."""


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(_text(path))


@cache
def _nodes(path: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(_tree(path)))


def _length(node: ast.AST) -> int:
    return (getattr(node, "end_lineno", 0) or 0) - getattr(node, "lineno", 0) + 1


def test_files_and_functions_are_short() -> None:
    files = [f"{_name(path)}: {n} lines" for path in SOURCES + TESTS if (n := _text(path).count("\n")) > MOST_LINES]
    functions = [
        f"{_name(path)}:{node.lineno} {node.name}: {_length(node)} lines"
        for path in SOURCES + TESTS
        for node in _nodes(path)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _length(node) > MOST_FUNCTION
    ]
    assert files + functions == [], f"at most {MOST_LINES} lines a file, {MOST_FUNCTION} a function"


def test_a_room_has_at_most_fifteen_modules() -> None:
    modules = Counter(path.parent for path in SOURCES if path.name != "__init__.py")
    full = {_name(room): number for room, number in modules.items() if number > MOST_MODULES}
    assert full == {}, "join two modules, or make a room within for those that have a noun in common"


def test_a_class_has_at_most_twelve_public_methods() -> None:
    found = {
        f"{_name(path)} {node.name}": number
        for path in SOURCES
        for node in _nodes(path)
        if isinstance(node, ast.ClassDef) and (number := len(list(_public_methods(node)))) > MOST_METHODS
    }
    assert found == {}, "a part of the class has a name of its own: make it a class"


def _public_methods(node: ast.ClassDef) -> Iterator[str]:
    """The names that a class adds for its users; no properties, and nothing that Qt calls."""
    for one in node.body:
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef) and not one.name.startswith("_"):
            marks = {getattr(mark, "id", getattr(mark, "attr", "")) for mark in one.decorator_list}
            if not marks & {"property", "setter"} and not QT_OVERRIDE.search(one.name):
                yield one.name


def test_a_file_imports_at_most_twenty_modules_of_the_package() -> None:
    known = {_name(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".") for path in PACKAGE}
    found = {
        _name(path): len(imported)
        for path in SOURCES
        if _name(path) not in COMPOSITION and len(imported := set(_imports(path, known))) > MOST_IMPORTS
    }
    assert found == {}, "too many modules of ours for one file: move to another what needs some of them alone"


def _imports(path: Path, known: set[str]) -> Iterator[str]:
    for node in _nodes(path):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("wxdesk"):
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in known else str(node.module)


def test_files_have_telling_names() -> None:
    vague = [_name(path) for path in SOURCES if path.stem in BANNED_NAMES]
    assert vague == [], "name the file by what is in it"


def test_one_class_name_has_one_meaning() -> None:
    """Private classes and Qt's roles may repeat; a word of the domain may not."""
    places = defaultdict(list)
    for path in SOURCES:
        for node in _tree(path).body:
            name = getattr(node, "name", "")
            if isinstance(node, ast.TypeAlias):
                name = node.name.id
            if isinstance(node, ast.ClassDef | ast.TypeAlias) and not name.startswith("_") and name != "Role":
                places[name].append(_name(path))
    twice = {name: files for name, files in places.items() if len(files) > 1}
    assert twice == {}, "give one of the two another name"


def test_a_record_is_a_struct() -> None:
    """A dataclass is only what leaves a field out of its `__init__`, `==` or `repr`."""
    unlike = {"init", "eq", "compare", "repr"}
    records = [
        f"{_name(path)}: {node.name}"
        for path in SOURCES
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.ClassDef) and "dataclass" in map(_called, node.decorator_list)
        if not unlike & {one.arg for one in ast.walk(node) if isinstance(one, ast.keyword)}
    ]
    assert records == [], "derive it from msgspec.Struct, which takes a hundredth of the time at each start"


def _called(node: ast.expr) -> str:
    function = node.func if isinstance(node, ast.Call) else node
    return function.id if isinstance(function, ast.Name) else ""


def test_every_module_has_a_docstring() -> None:
    assert [_name(path) for path in SOURCES if not ast.get_docstring(_tree(path))] == []


def test_every_public_method_says_what_it_does() -> None:
    """But for those that Qt named, and those of private classes."""
    silent = [
        f"{_name(path)} {owner.name}.{node.name}"
        for path in SOURCES
        for owner in _nodes(path)
        if isinstance(owner, ast.ClassDef) and not owner.name.startswith("_")
        for node in owner.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if not node.name.startswith("_") and not QT_OVERRIDE.search(node.name) and not ast.get_docstring(node)
    ]
    assert silent == [], "these public methods have no docstring"


def test_a_docstring_begins_with_a_short_plain_line() -> None:
    """A noun phrase or an imperative that a stranger understands: no riddle."""
    found = []
    for path in SOURCES:
        for line, text in _docstrings(path):
            first = text.strip().split("\n")[0]
            if len(first) > LONGEST_FIRST_LINE or RIDDLE.match(first):
                found.append(f"{_name(path)}:{line}: {first}")
    assert found == [], f"at most {LONGEST_FIRST_LINE} characters, a noun phrase or an imperative"


def test_people_are_operators_contacts_or_they() -> None:
    """In all names, comments and sentences of program, tests and papers."""
    found = [
        f"{_name(path)}:{number}: {line.strip()}"
        for path in [*PACKAGE, *TESTS, *_written()]
        if _name(path) not in NAMES_A_FORMER_SENTENCE
        for number, line in enumerate(_text(path).splitlines(), 1)
        if PERSON.search(line)
    ]
    assert found == [], "say operator, contact or they (docs/GLOSSARY.md)"


def test_tests_say_what_they_hold() -> None:
    """In a name that can be read at a glance, and in the first line of their file."""
    long = [
        f"{_name(path)}:{node.lineno} {node.name}"
        for path in TESTS
        for node in _nodes(path)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
        if len(node.name) > LONGEST_FIRST_LINE
    ]
    silent = [_name(path) for path in TESTS if path.stem.startswith("test_") and not ast.get_docstring(_tree(path))]
    assert long + silent == [], f"a name of at most {LONGEST_FIRST_LINE} characters, and a docstring for each file"


def _written() -> Iterator[Path]:
    """Papers, and what the program shows from files of its own."""
    yield from ROOT.glob("*.md")
    for folder, names in (("docs", "*.md"), ("resources", "*.po"), ("resources", "*.js"), ("resources", "*.html")):
        yield from (ROOT / folder).rglob(names)


def _docstrings(path: Path) -> Iterator[tuple[int, str]]:
    """Every string that stands alone: docstrings, and those below constants and fields."""
    for node in _nodes(path):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.lineno, node.value.value


_REASONS = {
    "Phrase": 0, "BadConfig": 2, "BadPattern": 0, "BadTemplate": 1, "BadPicture": 0, "BadContent": 1, "NotSent": 0,
    "NotSendable": 0, "DeliveryUnknown": 0,
}  # fmt: skip
"""Errors that take a sentence by its place; all others take it as their `reason`."""

_SPOKEN = {
    "tr": 0,
    "ntr": 0,
    "counted": 0,
    "unit": 0,
    "TroubleRaised": 1,
    "RuleFault": 1,
    "FaultInside": 1,
    "TemplateFault": 1,
    "failure": 0,
    "lost": 1,
    "hopeless": 1,
    "_typed": 2,
} | _REASONS
"""Calls with a sentence for the operator, and which of their arguments it is."""


def _spoken(node: ast.Call) -> list[ast.expr]:
    """What a call says to the operator: its sentence, and the reason of an error of whatever kind."""
    name = getattr(node.func, "id", getattr(node.func, "attr", ""))
    said = node.args[_SPOKEN[name] :][:1] if name in _SPOKEN else []
    return said + [keyword.value for keyword in node.keywords if keyword.arg == "reason"]


def _sentences(path: Path) -> Iterator[str]:
    for node in _nodes(path):
        for argument in _spoken(node) if isinstance(node, ast.Call) else ():
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                yield argument.value
            elif isinstance(argument, ast.Name | ast.Attribute):
                name = argument.id if isinstance(argument, ast.Name) else argument.attr
                yield from _constants().get(name, ())
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and _is_template(node):
            yield str(node.value.value)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("_reason"):
            yield from _returned(node)


def _returned(function: ast.FunctionDef) -> Iterator[str]:
    """The sentences that a function gives back as they stand: why something cannot be."""
    for node in ast.walk(function):
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.value.value


@cache
def _constants() -> Mapping[str, list[str]]:
    """The sentences that have a name in upper case, by that name; one word alone is a key of something."""
    found: dict[str, list[str]] = {}
    for path in SOURCES:
        for node in _tree(path).body:
            if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Constant):
                continue
            text = str(node.value.value)
            for target in node.targets if " " in text else ():
                if isinstance(target, ast.Name) and target.id.isupper():
                    found.setdefault(target.id, []).append(text)
    return found


def _is_template(node: ast.Assign) -> bool:
    """True for the sentence of an error in core/errors.py."""
    return any(isinstance(target, ast.Name) and target.id == "template" for target in node.targets)


def _messages() -> Iterator[tuple[str, Message]]:
    """Every entry of the Chinese catalogues, with the name of its file; no header."""
    for path in sorted((ROOT / "resources/translations/zh_CN").glob("*.po")):
        with path.open("rb") as file:
            yield from ((path.name, message) for message in read_po(file, locale="zh_CN") if message.id)


def _catalogue() -> dict[str, str]:
    found: dict[str, str] = {}
    for _, message in _messages():
        key = message.id if isinstance(message.id, str) else message.id[0]
        found[key] = message.string if isinstance(message.string, str) else (message.string or [""])[0]
    return found


_UNSAID = {"FAMILIES", "FIXED", "LANGUAGE_NAMES", "_ROWS", "_WITHIN_NUMBER"}
"""Tables in which nothing is for the operator."""


def _tabled(path: Path) -> Iterator[str]:
    """The texts in a module's tables, but for keys: of several words, or one that begins with its only capital."""
    for node in _tree(path).body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and not isinstance(node.value, ast.Constant | None):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            within = list(ast.walk(node.value)) if isinstance(target, ast.Name) and target.id not in _UNSAID else []
            keys = {key for one in within if isinstance(one, ast.Dict) for key in one.keys}
            texts = (one.value for one in within if isinstance(one, ast.Constant) and one not in keys)
            yield from (one for one in texts if type(one) is str and re.match("[A-Z][a-z]+$|(?=.*[a-z]).+ ", one))


def _all_sentences() -> set[str]:
    tables = (_tabled(path) for path in SOURCES if _name(path).split("/")[1] in {"core", "desk", "ui"})
    return set().union(*map(_sentences, SOURCES), *tables)


def test_every_sentence_has_its_chinese_one() -> None:
    catalogue = _catalogue()
    texts = _all_sentences() - {message.id[1] for _, message in _messages() if message.pluralizable}
    untranslated = sorted(
        s for s in texts if re.search(r"[A-Za-z]{2}", re.sub(r"\{.*?\}", "", s)) and not catalogue.get(s)
    )
    assert untranslated == [], "give each its Chinese in the file of its topic in resources/translations/zh_CN"


def test_every_name_of_a_failure_has_its_chinese() -> None:
    """Tables give these, so that no call has them."""
    catalogue = _catalogue()
    named = [system_failures, store_failures]
    words = {value for module in named for name, value in vars(module).items() if name.isupper() and type(value) is str}
    phrases = (*config._KINDS.values(), config.TOP_LEVEL)
    words |= {sentence for _, sentence in config._REASONS} | {one.sentence for one in phrases}
    untranslated = sorted(word for word in words if not catalogue.get(word))
    assert untranslated == [], "give each its Chinese in the file of its topic in resources/translations/zh_CN"


def test_no_translation_is_of_a_text_that_has_gone() -> None:
    """The help of the command line is argparse's own, and fills its holes with %."""
    texts = {
        node.value
        for path in (*SOURCES, Path(argparse.__file__))
        for node in _nodes(path)
        if isinstance(node, ast.Constant)
    }
    assert sorted(_catalogue().keys() - texts) == [], "nothing says these any more"


def test_a_reason_is_a_sentence_that_can_be_translated() -> None:
    """A value that is put into it makes it one that no catalogue has; `Phrase` keeps them apart."""
    for path in SOURCES:
        calls = [node for node in _nodes(path) if isinstance(node, ast.Call)]
        lines = [node.lineno for node in calls for argument in _spoken(node) if isinstance(argument, ast.JoinedStr)]
        assert lines == [], f"{path}: write Phrase(sentence, name=value) in place of an f-string"


def test_a_translation_fills_the_same_holes() -> None:
    holes = re.compile(r"\{(\w+)\}")
    wrong = {k: v for k, v in _catalogue().items() if k and set(holes.findall(k)) != set(holes.findall(v))}
    assert wrong == {}, "sentence and translation differ in the names between braces"


def test_one_sentence_has_one_translation_in_all_files() -> None:
    found: dict[tuple[str | None, str], dict[object, str]] = {}
    for name, message in _messages():
        key = (message.context, message.id if isinstance(message.id, str) else message.id[0])
        found.setdefault(key, {})[message.string] = name
    several = {key: words for key, words in found.items() if len(words) > 1}
    assert several == {}, "translate each the same in all files"


def test_chinese_sentences_quote_in_one_way() -> None:
    assert [f"{name}: {message.id}" for name, message in _messages() if set("“”") & set(str(message.string))] == []
