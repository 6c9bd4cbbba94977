from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wxdesk.core.errors import BadRulesFile
from wxdesk.core.model import Content, MessageType, ReplyKind
from wxdesk.core.rules import Action, ActionKind, Condition, Rule, SessionFromTest
from wxdesk.desk.rules_file import read_rules, write_rules
from wxdesk.paths import resource

TEXT = MessageType.TEXT

STABLE = r"""
[[rules]]
name = "营业时间"
on = ["text"]                         # text image card enter_session other; default ["text"]
when = { any = ["营业时间", "几点"], none = ["退款"] }
then = [{ reply = "您好，我们 9:00–21:00 营业。" }]

[[rules]]
name = "物流"
when = { regex = '(?P<no>\d{4,}).*(到哪|物流)' }
then = [{ reply = "订单 {{ m.no }} 正在路上。" }]

[[rules]]
name = "商品页进入"
on = ["enter_session"]
when = { session_from = { prefix = "goods" } }
then = [{ reply = "欢迎！想了解这件商品的什么？" }]

[[rules]]
name = "嗯嗯"
enabled = false
when = { exact = ["嗯", "嗯嗯"] }
then = [{ silent = true }]

[[rules]]
name = "全部"
on = ["text", "image", "card", "enter_session", "other"]
when = { any = ["a"], all = ["b"], none = ["c"], exact = ["d"], prefix = ["e"], regex = "f" }
continue = true
then = [
    { image = "MEDIA" },
    { link = { title = "t", description = "d", url = "https://a.cn", thumb_url = "https://a.cn/x.png" } },
    { card = { title = "t", page_path = "pages/a", thumb_media_id = "M" } },
    { transfer = true },
    { tag = ["vip", "新"] },
    { tag = "单" },
]

[[rules]]
name = "默认"
on = ["text", "image", "card"]
default = true
then = [{ reply = "您好，【{{ message.text }}】已收到，马上为您转人工。" }, { take_over = true }]
"""


def reply(text: str) -> Action:
    return Action(ActionKind.REPLY, text=text)


LINK = Content(ReplyKind.LINK, title="t", description="d", url="https://a.cn", thumb_url="https://a.cn/x.png")
CARD = Content(ReplyKind.CARD, title="t", page_path="pages/a", thumb_media_id="M")

RULES = [
    Rule(
        "营业时间",
        when=Condition(any=("营业时间", "几点"), none=("退款",)),
        then=(reply("您好，我们 9:00–21:00 营业。"),),
    ),
    Rule("物流", when=Condition(regex=r"(?P<no>\d{4,}).*(到哪|物流)"), then=(reply("订单 {{ m.no }} 正在路上。"),)),
    Rule(
        "商品页进入",
        on=frozenset({MessageType.ENTER_SESSION}),
        when=Condition(session_from=SessionFromTest(prefix="goods")),
        then=(reply("欢迎！想了解这件商品的什么？"),),
    ),
    Rule("嗯嗯", enabled=False, when=Condition(exact=("嗯", "嗯嗯")), then=(Action(ActionKind.SILENT),)),
    Rule(
        "全部",
        on=frozenset(MessageType),
        when=Condition(any=("a",), all=("b",), none=("c",), exact=("d",), prefix=("e",), regex="f"),
        continues=True,
        then=(
            Action(ActionKind.IMAGE, content=Content(ReplyKind.IMAGE, media_id="MEDIA")),
            Action(ActionKind.LINK, content=LINK),
            Action(ActionKind.CARD, content=CARD),
            Action(ActionKind.TRANSFER),
            Action(ActionKind.TAG, tags=("vip", "新")),
            Action(ActionKind.TAG, tags=("单",)),
        ),
    ),
    Rule(
        "默认",
        on=frozenset({MessageType.TEXT, MessageType.IMAGE, MessageType.CARD}),
        default=True,
        then=(reply("您好，【{{ message.text }}】已收到，马上为您转人工。"), Action(ActionKind.TAKE_OVER)),
    ),
]


def test_the_stable_format_is_read() -> None:
    assert read_rules(STABLE, "rules.toml") == RULES


@pytest.mark.parametrize("text", ["", "# nothing\n", "rules = []\n"])
def test_an_empty_file_has_no_rules(text: str) -> None:
    assert read_rules(text, "rules.toml") == []


def test_a_byte_order_mark_and_windows_line_ends_are_read_over() -> None:
    assert read_rules("\ufeff" + STABLE.replace("\n", "\r\n"), "rules.toml") == RULES


def test_tables_may_be_written_out() -> None:
    text = (
        '[[rules]]\nname = "a"\n[rules.when]\nany = ["x"]\n[[rules.then]]\nreply = "1"\n[[rules.then]]\nsilent = true\n'
    )
    with pytest.raises(BadRulesFile, match="line 5: A rule cannot be silent and send"):
        read_rules(text, "rules.toml")
    assert read_rules(text.replace("silent", "transfer"), "rules.toml")[0].then[1].kind is ActionKind.TRANSFER


HEAD = '# rules\n[[rules]]\nname = "ok"\nwhen = { any = ["x"] }\nthen = [{ reply = "y" }]\n\n'


def after_a_good_one(body: str) -> str:
    return HEAD + "[[rules]]\n" + body  # its header stands on line 7


X = 'when = { any = ["x"] }\n'
Y = 'then = [{ reply = "y" }]\n'
N = 'name = "n"\n'

WRONG: list[tuple[str, int, str]] = [
    # TOML itself
    ("rules", 1, "not valid TOML"),
    ('[[rules]]\nname = "a\n', 2, "not valid TOML"),
    ('[[rules]]\nname = "a"\nname = "b"\n', 3, "not valid TOML"),
    ('[[rules]]\nname = "a"\nwhen = { any = ["x"\n', 3, "not valid TOML"),
    ('[[rules]]\nname = "a"\nwhen = {\n any = ["x"] }\n', 3, "not valid TOML"),
    # the top
    ('[rules]\nname = "a"\n', 1, "in double brackets"),
    ("\n\nrule = 1\n", 3, "not “rule”"),
    ('# x\n[[rule]]\nname = "a"\n', 2, "not “rule”"),
    ("rules = [1]\n", 1, "table in braces"),
    # keys
    (after_a_good_one(X + Y), 7, "needs a name"),
    (after_a_good_one('name = " "\n' + X + Y), 8, "needs a name"),
    (after_a_good_one(N + X + Y + 'colour = "red"\n'), 11, "“colour” is not known"),
    (after_a_good_one(N + 'when = { words = ["x"] }\n' + Y), 9, "“words” is not known"),
    (after_a_good_one(N + X + "then = [\n  { transfer = true },\n  { say = 'y' },\n]\n"), 12, "“say” is not known"),
    (after_a_good_one(N + X + "then = [{ link = { title = 't', href = 'x' } }]\n"), 10, "“href” is not known"),
    (after_a_good_one(N + 'on = ["enter_session"]\nwhen = { session_from = { suffix = "x" } }\n' + Y), 10, "“suffix”"),
    # types
    (after_a_good_one("name = 1\n" + X + Y), 8, "“name” must be a text"),
    (after_a_good_one(N + 'enabled = "yes"\n' + X + Y), 9, "“enabled” must be true or false"),
    (after_a_good_one(N + X + Y + "continue = 1\n"), 11, "“continue” must be true or false"),
    (after_a_good_one(N + "when = 'x'\n" + Y), 9, "table in braces"),
    (after_a_good_one(N + "when = { any = 'x' }\n" + Y), 9, "“any” must be a list"),
    (after_a_good_one(N + "when = { any = [\n 'x',\n 1 ] }\n" + Y), 11, "“any” must be a list"),
    (after_a_good_one(N + "when = { regex = 1 }\n" + Y), 9, "“regex” must be a text"),
    (after_a_good_one(N + X + "then = { reply = 'y' }\n"), 10, "“then” must be a list"),
    (after_a_good_one(N + X + "then = [{ reply = 1 }]\n"), 10, "“reply” must be a text"),
    (after_a_good_one(N + X + "then = ['y']\n"), 10, "table in braces"),
    (after_a_good_one(N + X + "then = [{ tag = 1 }]\n"), 10, "“tag” must be a list"),
    (after_a_good_one(N + X + "then = [{ transfer = 'yes' }]\n"), 10, "“transfer” must be true or false"),
    (after_a_good_one(N + X + "then = [{ silent = false }]\n"), 10, "does nothing"),
    (after_a_good_one(N + X + "then = [{}]\n"), 10, "An action is one of"),
    (after_a_good_one(N + X + "then = [{ reply = 'y', silent = true }]\n"), 10, "An action is one of"),
    # words
    (after_a_good_one(N + 'on = ["text",\n "voice"]\n' + X + Y), 10, "“voice” is not known"),
    (after_a_good_one(N + "on = []\n" + X + Y), 9, "names no kind"),
    (after_a_good_one(N + "when = { any = [] }\n" + Y), 9, "lists no words"),
    (after_a_good_one(N + "when = { any = [\n'x',\n' '] }\n" + Y), 11, "empty word"),
    (after_a_good_one(N + "when = { }\n" + Y), 9, "match every text"),
    (after_a_good_one(N + Y), 7, "match every text"),
    (after_a_good_one(N + X + Y + "default = true\n"), 9, "takes no condition"),
    # doing nothing
    (after_a_good_one(N + X), 7, "does nothing"),
    (after_a_good_one(N + X + "then = []\n"), 10, "does nothing"),
    (after_a_good_one(N + X + "then = [\n{ tag = 'a' },\n{ reply = ' ' }]\n"), 12, "reply is empty"),
    (after_a_good_one(N + X + "then = [{ link = { title = 't', url = 'ftp://x' } }]\n"), 10, "link needs"),
    # patterns
    (after_a_good_one(N + "when = { regex = '(?=a)' }\n" + Y), 9, "Look-ahead"),
    (after_a_good_one(N + "when = { any = ['x'],\nregex = '(' }\n" + Y), 9, "not valid TOML"),
    (after_a_good_one(N + "[rules.when]\nany = ['x']\nregex = '('\n[[rules.then]]\nreply = 'y'\n"), 11, "not closed"),
    (after_a_good_one(N + 'on = ["enter_session"]\nwhen = { session_from = { regex = "[" } }\n' + Y), 10, "not closed"),
    # templates: the line inside the text
    (after_a_good_one(N + X + "then = [{ reply = '{{ nmae }}' }]\n"), 10, "“nmae”"),
    (after_a_good_one(N + X + "then = [{ reply = '''\n您好\n{{ nmae }}''' }]\n"), 12, "“nmae”"),
    (after_a_good_one(N + X + "then = [{ reply = '''您好\n{% if m.no %}''' }]\n"), 11, "never closed"),
    (after_a_good_one(N + X + 'then = [\n{ tag = "a" },\n{ reply = "您好\\n{{ m.no }}" }]\n'), 12, "named group"),
    (after_a_good_one(N + "when = { regex = '(?P<no>x)' }\nthen = [{ reply = '{{ m.nr }}' }]\n"), 10, "named group"),
    # hidden by what only looks like a rule
    ("# [[rules]]\n" + HEAD + '[[rules]] # [[rules]]\nname = """\n[[rules]]\n"""\n' + X + Y + "bad = 1\n", 14, "“bad”"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "reason"), WRONG)
def test_every_mistake_has_its_line(text: str, line: int, reason: str) -> None:
    with pytest.raises(BadRulesFile) as refused:
        read_rules(text, "my rules.toml")
    assert refused.value.values["file"] == "my rules.toml"
    assert reason in str(refused.value)
    assert refused.value.values["line"] == line


@pytest.mark.parametrize("text", ["x = " + "[" * 5000, "[[rules]]\nname = " + "{ a = " * 3000])
def test_depth_is_no_way_to_break_it(text: str) -> None:
    with pytest.raises(BadRulesFile):
        read_rules(text, "rules.toml")


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_starter_rules_are_sound(language: str) -> None:
    text = resource("rules", f"starter.{language}.toml").read_text(encoding="utf-8")
    rules = read_rules(text, "starter.toml")
    assert len(rules) >= 8
    assert read_rules(write_rules(rules), "written.toml") == rules


WORDS = st.text(min_size=1, max_size=12).filter(lambda word: word.strip() != "")
LISTS = st.lists(WORDS, max_size=3).map(tuple)
SOME = st.one_of(st.none(), WORDS)


def content(kind: ReplyKind, *fields: str) -> st.SearchStrategy[Content]:
    return st.builds(Content, kind=st.just(kind), **{name: st.text(max_size=20) for name in fields})


def act(kind: ActionKind, **more: st.SearchStrategy[object]) -> st.SearchStrategy[Action]:
    return st.builds(Action, kind=st.just(kind), **more)


QUOTES = st.sampled_from(["'", "''", '"', '"""', "\\", "\n", "\r", "x", "退"])
ACTIONS = st.one_of(
    act(ActionKind.REPLY, text=st.text(max_size=60)),
    act(ActionKind.REPLY, text=st.lists(QUOTES).map("".join)),
    act(ActionKind.IMAGE, content=content(ReplyKind.IMAGE, "media_id")),
    act(ActionKind.LINK, content=content(ReplyKind.LINK, "title", "description", "url", "thumb_url")),
    act(ActionKind.CARD, content=content(ReplyKind.CARD, "title", "page_path", "thumb_media_id")),
    act(ActionKind.TAG, tags=st.lists(st.text(max_size=9), min_size=1, max_size=3).map(tuple)),
    *(st.just(Action(kind)) for kind in (ActionKind.TRANSFER, ActionKind.TAKE_OVER, ActionKind.SILENT)),
)  # fmt: skip
CONDITIONS = st.builds(
    Condition,
    any=LISTS, all=LISTS, none=LISTS, exact=LISTS, prefix=LISTS, regex=SOME,
    session_from=st.one_of(st.none(), st.builds(SessionFromTest, equals=SOME, prefix=SOME, regex=SOME)),
)  # fmt: skip
ANY_RULES = st.lists(
    st.builds(
        Rule,
        name=st.text(max_size=20),
        enabled=st.booleans(),
        on=st.frozensets(st.sampled_from(MessageType)),
        when=CONDITIONS,
        then=st.lists(ACTIONS, max_size=4).map(tuple),
        default=st.booleans(),
        continues=st.booleans(),
    ),
    max_size=3,
)


@settings(deadline=None)
@given(ANY_RULES)
def test_what_is_written_is_read_again(rules: list[Rule]) -> None:
    text = write_rules(rules)
    assert len(tomllib.loads(text).get("rules", [])) == len(rules)
    assert read_rules(text, "rules.toml", lambda rule: None) == rules


def test_a_written_file_is_pleasant_to_read() -> None:
    rules = [
        Rule("物流", when=Condition(regex=r"(?P<no>\d{4,})"), then=(reply('看 <a href="https://a.cn">这里</a>'),)),
        Rule(
            "默认", id=9, position=4, revision=2, default=True,
            then=(reply("您好，\n请稍等。"), Action(ActionKind.TAKE_OVER)),
        ),
    ]  # fmt: skip
    assert write_rules(rules) == (
        "[[rules]]\n"
        'name = "物流"\n'
        r"when = { regex = '(?P<no>\d{4,})' }" + "\n"
        """then = [{ reply = '看 <a href="https://a.cn">这里</a>' }]\n"""
        "\n"
        "[[rules]]\n"
        'name = "默认"\n'
        "default = true\n"
        "then = [\n"
        "    { reply = '''\n您好，\n请稍等。''' },\n"
        "    { take_over = true },\n"
        "]\n"
    )


def test_a_long_file_is_read_in_one_go(tmp_path: Path) -> None:
    body = "".join(f'[[rules]]\nname = "{index}"\nwhen = {{ any = ["词{index}"] }}\n{Y}\n' for index in range(2000))
    with pytest.raises(BadRulesFile, match="line 10001: "):
        read_rules(body + "[[rules]]\n", "rules.toml")
