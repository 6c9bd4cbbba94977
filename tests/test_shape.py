"""The measures of the house: short files, short classes, short functions, and words in both languages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from wxdesk import config
from wxdesk.core import system_failures
from wxdesk.store.engine import failures as store_failures

ROOT = Path(__file__).parent.parent
SOURCES = sorted(path for path in (ROOT / "wxdesk").rglob("*.py") if "versions" not in path.parts)
TESTS = sorted((ROOT / "tests").rglob("*.py"))
MOST_FILE, MOST_CLASS, MOST_FUNCTION = 400, 250, 40
BANNED_NAMES = {"utils", "helpers", "common", "misc", "manager"}


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _length(node: ast.AST) -> int:
    return (getattr(node, "end_lineno", 0) or 0) - getattr(node, "lineno", 0) + 1


@pytest.mark.parametrize("path", SOURCES + TESTS, ids=_name)
def test_files_classes_and_functions_are_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    too_long = [
        f"{node.name}: {_length(node)} lines"
        for node in ast.walk(tree)
        if (isinstance(node, ast.ClassDef) and _length(node) > MOST_CLASS)
        or (isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _length(node) > MOST_FUNCTION)
    ]
    assert len(text.splitlines()) <= MOST_FILE
    assert not too_long


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_every_file_says_why_it_exists_and_has_a_telling_name(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert path.stem not in BANNED_NAMES


_REASONS = {
    "Phrase": 0, "BadConfig": 2, "UnusableFile": 1, "BadPattern": 0, "BadRule": 1, "BadRulesFile": 2, "BadTemplate": 1,
    "UnusableTemplate": 1, "BadPicture": 0, "BadContent": 1, "StoreDamaged": 1, "NotSent": 0, "NotSendable": 0,
    "DeliveryUnknown": 0,
}  # fmt: skip
"""Errors, which `explain` says in the operator's language, and which of their arguments is a sentence."""

_SPOKEN = {"tr": 0, "ntr": 0, "Fault": 1, "TemplateFault": 1, "failure": 0, "lost": 1, "hopeless": 1} | _REASONS
"""Calls with a sentence for the operator, and which of their arguments it is."""


def _spoken(node: ast.Call) -> list[ast.expr]:
    """What a call says to the operator: its sentence, and the reason of an error of whatever kind."""
    name = getattr(node.func, "id", getattr(node.func, "attr", ""))
    said = node.args[_SPOKEN[name] :][:1] if name in _SPOKEN else []
    return said + [keyword.value for keyword in node.keywords if keyword.arg == "reason"]


def _sentences(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
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
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
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
        found[key] = message.string if isinstance(message.string, str) else message.string[0]
    return found


def _all_sentences() -> set[str]:
    return {s for path in SOURCES for s in _sentences(ast.parse(path.read_text(encoding="utf-8")))}


def test_every_sentence_has_its_chinese_one() -> None:
    catalogue = _catalogue()
    untranslated = sorted(
        s for s in _all_sentences() if re.search(r"[A-Za-z]{2}", re.sub(r"\{.*?\}", "", s)) and not catalogue.get(s)
    )
    assert untranslated == []


def test_what_failures_are_called_is_in_chinese() -> None:
    """Tables give these, so that no call has them."""
    catalogue = _catalogue()
    named = [system_failures, store_failures]
    words = {value for module in named for name, value in vars(module).items() if name.isupper() and type(value) is str}
    words |= {sentence for _, sentence in config._REASONS} | set(config._KINDS.values()) | {config.TOP_LEVEL}
    assert sorted(word for word in words if not catalogue.get(word)) == []


def test_a_reason_is_a_sentence_that_can_be_translated() -> None:
    """A value that is put into it makes it one that no catalogue has; `Phrase` keeps them apart."""
    for path in SOURCES:
        calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
        assert [
            node.lineno for node in calls for argument in _spoken(node) if isinstance(argument, ast.JoinedStr)
        ] == [], path


def test_a_translation_fills_the_same_holes() -> None:
    holes = re.compile(r"\{(\w+)\}")
    wrong = {k: v for k, v in _catalogue().items() if k and set(holes.findall(k)) != set(holes.findall(v))}
    assert wrong == {}


def test_one_sentence_has_one_translation_in_all_files() -> None:
    found: dict[tuple[str | None, str], dict[object, str]] = {}
    for name, message in _messages():
        key = (message.context, message.id if isinstance(message.id, str) else message.id[0])
        found.setdefault(key, {})[message.string] = name
    assert {key: words for key, words in found.items() if len(words) > 1} == {}


def test_chinese_sentences_quote_in_one_way() -> None:
    assert [f"{name}: {message.id}" for name, message in _messages() if set("“”") & set(str(message.string))] == []
