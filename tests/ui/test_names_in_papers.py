"""Pages for operators name what the window has, as it is called there in their language."""

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from tests.test_papers import ROOT
from wxdesk.ui.look.keys import FIXED, USUAL, key_words

PAGES = [ROOT / "README.md", *sorted(page for page in (ROOT / "docs").glob("[a-z]*.md") if "." not in page.stem)]
IN_CHINESE = [page.with_suffix(".zh-CN.md") for page in PAGES]

OTHERS = frozenset(
    {"消息推送配置", "提交", "请求URL超时", "token 验证失败", "微信客服", "沙箱违规词", "systemd"}
    | {"(3) wxdesk", "Called by …", "规则「…"}
)
"""Quoted words of WeChat's console and of these pages, and those within which something else is quoted."""


def _prose(page: Path) -> str:
    """Return a page without its code and its rendered table, which has the program's own sentences."""
    said, _, _ = page.read_text("utf-8").partition("<!-- table")
    return " ".join(re.sub(r"^```.*?^```|^    .*?$", "", said, flags=re.DOTALL | re.MULTILINE).split())


@cache
def _translations() -> dict[str, set[str]]:
    """Return what each text of the program is in Chinese."""
    found: dict[str, set[str]] = {}
    for catalogue in (ROOT / "resources/translations/zh_CN").glob("*.po"):
        with catalogue.open("rb") as file:
            for message in read_po(file):
                said = [message.string] if isinstance(message.string, str) else message.string
                for text in [message.id] if isinstance(message.id, str) else message.id:
                    found.setdefault(text, set()).update(said)
    del found[""]
    return found


def _strange(page: Path, quoted: str, texts: set[str]) -> list[str]:
    """Return what a page quotes that is no text of the program, whatever stands in its gaps."""
    with_words = [text for text in texts if len(re.sub(r"\{\w+\}|\W", "", text)) > 1]
    pattern = re.compile("|".join(re.sub(r"\\\{\w+\\\}", ".+", re.escape(text)) for text in with_words))
    found = set(re.findall(quoted, _prose(page))) - OTHERS
    return sorted(f"{page.name}: {words}" for words in found if not pattern.fullmatch(words))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_quotes_is_said_by_the_program(page: Path) -> None:
    assert _strange(page, r"“([^”]+)”", set(_translations())) == []


@pytest.mark.parametrize("page", IN_CHINESE, ids=lambda page: page.name)
def test_what_a_chinese_page_quotes_is_said_by_the_program(page: Path) -> None:
    assert _strange(page, r"「([^」]+)」", set().union(*_translations().values())) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_chinese_page_names_the_same_things(page: Path) -> None:
    in_chinese, known = _prose(page.with_suffix(".zh-CN.md")), _translations()
    named = {words for words in re.findall(r"“([^”]+)”", _prose(page)) if words in known}
    assert [words for words in sorted(named) if not any(said in in_chinese for said in known[words])] == []


def _keys(page: Path) -> set[str]:
    pattern = r"(?<![\w+])(?:(?:Ctrl|Shift|Alt)\+)*(?:F\d+|(?<=\+)(?:[A-Za-z]+|[\d↑↓+−]))(?!\w)"
    return {key.replace("−", "-") for key in re.findall(pattern, _prose(page))}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_key_of_a_page_is_one_of_the_window_in_both_languages(page: Path) -> None:
    assert _keys(page) - {key_words(key) for key in FIXED | USUAL} == set()
    assert _keys(page) == _keys(page.with_suffix(".zh-CN.md"))
