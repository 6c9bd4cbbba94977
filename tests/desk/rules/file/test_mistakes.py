"""Every mistake in a rules file has its line and its reason."""

import pytest

from tests.desk.rules.file.checked_reading import read_rules
from wxdesk import i18n
from wxdesk.core.errors import BadRulesFile
from wxdesk.desk.rules.file.reading import MOST_TOLD, mistakes_in

HEAD = '# rules\n[[rules]]\nname = "ok"\nwhen = { any = ["x"] }\nthen = [{ reply = "y" }]\n\n'


def after_a_good_one(body: str) -> str:
    return HEAD + "[[rules]]\n" + body  # its header stands on line 7


X = 'when = { any = ["x"] }\n'
Y = 'then = [{ reply = "y" }]\n'
N = 'name = "n"\n'
E = "on = ['enter_session']\n"

A = "[[calendars]]\nname = 'a'\n"
AN_HOUR = "[[calendars]]\nname = '店'\nweekly = [{ days = ['mon'], from = '09:00', to = '10:00' }]\n"

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
    (after_a_good_one(N + X + "then = [{ resolve = 1 }]\n"), 10, "“resolve” must be true or false"),
    (after_a_good_one(N + X + "then = [{ resolve = false }]\n"), 10, "does nothing"),
    (after_a_good_one(N + X + "then = [{ snooze = true }]\n"), 10, "“snooze” must be a whole number"),
    (after_a_good_one(N + X + "then = [\n  { reply = 'y' },\n  { snooze = 0 },\n]\n"), 12, "1 to 10080 minutes"),
    (after_a_good_one(N + X + "then = [{ snooze = 10081 }]\n"), 10, "1 to 10080 minutes"),
    (after_a_good_one(N + X + "then = [\n  { snooze = 5 },\n  { resolve = true },\n]\n"), 12, "only once"),
    (after_a_good_one(N + X + "then = [\n  { resolve = true },\n  { take_over = true },\n]\n"), 11, "for a person"),
    (after_a_good_one(N + X + "then = [{}]\n"), 10, "An action is one of"),
    (after_a_good_one(N + X + "then = [{ reply = 'y', silent = true }]\n"), 10, "An action is one of"),
    # words
    (after_a_good_one(N + 'on = ["text",\n "voice"]\n' + X + Y), 10, "“voice” is not known"),
    (after_a_good_one(N + "on = []\n" + X + Y), 9, "names no kind"),
    (after_a_good_one(N + "when = { any = [] }\n" + Y), 9, "lists no words"),
    (after_a_good_one(N + "when = { any = [\n'x',\n' '] }\n" + Y), 11, "empty word"),
    (after_a_good_one(N + "when = { any = [\n'x',\n'\u3164'] }\n" + Y), 11, "empty word"),
    (after_a_good_one(N + "when = { any = ['x'], none = [\n'\u2800',\n'\u00ad'] }\n" + Y), 10, "empty word"),
    (after_a_good_one(N + "when = { tags = { any = ['a',\n '\u2800'] } }\n" + Y), 10, "tag is empty"),
    (after_a_good_one(N + X + "then = [\n{ tag = 'a' },\n{ image = '\u200b' }]\n"), 12, "needs a picture"),
    (after_a_good_one(N + "when = { }\n" + Y), 9, "match every text"),
    (after_a_good_one(N + Y), 7, "match every text"),
    (after_a_good_one(N + X + Y + "default = true\n"), 9, "takes no condition"),
    # doing nothing
    (after_a_good_one(N + X), 7, "does nothing"),
    (after_a_good_one(N + X + "then = []\n"), 10, "does nothing. Say how it answers (then), or “Say nothing” (silent)"),
    (after_a_good_one(N + X + "then = [\n{ tag = 'a' },\n{ reply = ' ' }]\n"), 12, "reply is empty"),
    (after_a_good_one(N + X + "then = [{ link = { title = 't', url = 'ftp://x' } }]\n"), 10, "must be an address"),
    (after_a_good_one(N + X + "then = [\n{ link = { title = 't', url = 'https://x/{{ nope }}' } }]\n"), 11, "“nope”"),
    (after_a_good_one(N + X + "then = [\n{ link = { title = 't', url = '' } }]\n"), 11, "link needs"),
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
    # the states around a message
    (after_a_good_one(N + "when = { hours = 'inside' }\n" + Y), 9, "table in braces"),
    (after_a_good_one(N + "when = { hours = { inside = '店' } }\n" + Y), 9, "no calendar of this name"),
    (after_a_good_one(N + "when = { hours = { inside = 'a', outside = 'a' } }\n" + Y), 9, "“inside” or “outside”"),
    (after_a_good_one(N + "when = { operator = 'busy' }\n" + Y), 9, "one of: present, away"),
    (after_a_good_one(N + "when = { tags = {} }\n" + Y), 9, "tags takes"),
    (after_a_good_one(N + "when = { tags = { any = ['a',\n ''] } }\n" + Y), 10, "tag is empty"),
    (after_a_good_one(N + "when = { first_contact = 1 }\n" + Y), 9, "true or false"),
    (after_a_good_one(N + "when = { quiet_days = 0 }\n" + Y), 9, "from 1 to 3650"),
    (after_a_good_one(N + "when = { quiet_days = 1.5 }\n" + Y), 9, "whole number"),
    (after_a_good_one(N + "when = { quiet_days = true }\n" + Y), 9, "whole number"),
    (after_a_good_one(N + "when = { message_no = { min = 3, max = 2 } }\n" + Y), 9, "below “min”"),
    (after_a_good_one(N + "when = { message_no = {} }\n" + Y), 9, "message_no takes"),
    (after_a_good_one(N + "when = { last_rule_within = { minutes = 3 } }\n" + Y), 9, "name of the rule is empty"),
    (after_a_good_one(N + "when = { last_rule_within = { rule = 'a', minutes = 0 } }\n" + Y), 9, "a week"),
    (after_a_good_one(N + "when = { event = ['x'] }\n" + Y), 9, "add one of them"),
    (after_a_good_one(N + "[rules.when]\nany = ['x']\nnot = {}\n[[rules.then]]\nreply = 'y'\n"), 11, "no condition"),
    (after_a_good_one(N + "when = { any = ['x'], not = { not = { any = ['y'] } } }\n" + Y), 9, "inside “not”"),
    (after_a_good_one(N + "[rules.when.not]\nany = ['x',\n'']\n[[rules.then]]\nreply = 'y'\n"), 11, "empty word"),
    (after_a_good_one(N + "[rules.when.not]\nregex = '('\n[[rules.then]]\nreply = 'y'\n"), 10, "not closed"),
    (after_a_good_one(N + "when = { any = ['x'], contains = ['y'] }\n" + Y), 9, "mean the same"),
    (after_a_good_one(N + E + "when = { session_from = {} }\n" + Y), 10, "or fields, or both"),
    (
        after_a_good_one(N + E + 'when = { session_from = { equals = "a", prefix = "b" } }\n' + Y),
        10,
        "one of equals, prefix and regex, not several",
    ),
    (after_a_good_one(N + E + "when = { session_from = { fields = { a = [] } } }\n" + Y), 10, "lists no"),
    (after_a_good_one(N + E + "when = { session_from = { fields = 1 } }\n" + Y), 10, "in braces"),
    # how often, and how it leaves
    (after_a_good_one(N + X + Y + "cooldown = { per_contact_s = 0 }\n"), 11, "1 or more"),
    (after_a_good_one(N + X + Y + "cooldown = { per_contact_s = 999999999 }\n"), 11, "ten years"),
    (after_a_good_one(N + X + Y + "cooldown = { per_conversation = 'twice' }\n"), 11, "whole number"),
    (after_a_good_one(N + X + Y + "cooldown = { per_account_per_min = 20000 }\n"), 11, "at most 10000"),
    (after_a_good_one(N + X + Y + "delivery = 'later'\n"), 11, "one of: inherit, send"),
    (after_a_good_one(N + X + Y + "delivery = 'hold'\n"), 11, "How long"),
    (after_a_good_one(N + X + Y + "delivery = { hold = 0 }\n"), 11, "1 to 3600 seconds"),
    (after_a_good_one(N + X + "then = [{ reply = ['a',\n'{{ nmae }}'] }]\n"), 11, "“nmae”"),
    (after_a_good_one(N + X + "then = [{ reply = [] }]\n"), 10, "lists no"),
    (after_a_good_one(N + X + "then = [{ reply = ['a', ' '] }]\n"), 10, "reply is empty"),
    (after_a_good_one(N + X + "then = [{ reply = 'a', variant = 'best' }]\n"), 10, "one of: first, random, rotate"),
    (after_a_good_one(N + X + "then = [{ silent = true, variant = 'first' }]\n"), 10, "Only a reply"),
    (after_a_good_one(N + X + "then = [{ typing = 16 }, { reply = 'a' }]\n"), 10, "1 to 15 seconds"),
    (after_a_good_one(N + X + "then = [{ reply = 'a' },\n{ typing = 3 }]\n"), 11, "Nothing is sent after"),
    # calendars
    ("calendars = 1\n", 1, "in double brackets"),
    ("[[calendars]]\n", 1, "needs a name"),
    ("[[calendars]]\nname = 'a'\n", 1, "never open"),
    ("[[calendars]]\nname = 'a'\nzone = 'Mars/Base'\n", 3, "no time zone"),
    ("[[calendars]]\nname = 'a'\nzone = '../etc'\n", 3, "no time zone"),
    (AN_HOUR + A + "weekly = [{ days = ['mon'], from = '9:00', to = '10:00' }]\n", 6, "“from” must"),
    (AN_HOUR + A + "weekly = [{ days = ['mon'], from = '09:00' }]\n", 6, "“to” must be a time"),
    (AN_HOUR + A + "weekly = [{ days = ['mon'], from = '09:00', to = '09:00' }]\n", 6, "are the same time"),
    (AN_HOUR + A + "weekly = [{ days = [], from = '09:00', to = '10:00' }]\n", 6, "lists no"),
    (AN_HOUR + A + "weekly = [{ days = ['Monday'], from = '09:00' }]\n", 6, "“Monday” is not known"),
    (AN_HOUR + AN_HOUR, 5, "two calendars"),
    (AN_HOUR + "exceptions = [{ date = '2026-13-01', closed = true }]\n", 4, "“date” must be a date"),
    (AN_HOUR + "exceptions = [{ date = '2026-10-02', until = '2026-10-01', closed = true }]\n", 4, "before “date”"),
    (AN_HOUR + "exceptions = [{ date = '2026-10-01' }]\n", 4, "either “closed"),
    (AN_HOUR + "exceptions = [{ date = '2026-10-01', closed = true, from = '09:00' }]\n", 4, "either “closed"),
    (AN_HOUR + "holidays = []\n", 4, "“holidays” is not known"),
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


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("[[rules]]\nname = “退款”\n", 2, '“ is full-width; TOML needs " here'),
        ('[[rules]]\nwhen = { any = ["a"，"b"] }\n', 2, "， is full-width; TOML needs , here"),
        ('[[rules]]\nname ＝ "a"\n', 2, "TOML needs = here"),
        ("【【rules】】\n", 1, "TOML needs [ here"),
        ('[[rules]]\nname = "a"；\n', 2, "No ； can stand here"),
        ('name = "营业”\n', 1, '” is full-width and does not end it; " does'),
        ("name = '营业”", 1, "” is full-width and does not end it; ' does"),
        ('a = ["几点“, "open"]\n', 1, '“ is full-width and does not end it; " does'),
        ('a = ["说“好”" "open"]\n', 1, "a comma is missing in it"),
        ('a = { b = "几点”, c = "open" }\n', 1, '” is full-width and does not end it; " does'),
        ("a = （ b = 1 }\n", 1, "No （ can stand here"),
        ("a = 《营业》\n", 1, "No 《 can stand here"),
        ('a = "b"。\n', 1, "No 。 can stand here"),
        ('\u3000name = "a"\n', 1, "full-width blank"),
        ('名称 = "a"\n', 1, "No line begins like this"),
        ('name = "a\nb"\n', 1, "its quote is missing"),
        ('name = "a\x01"\n', 1, "invisible character"),
        ('name = """a', 1, "its quote is missing"),
        ('name = "\\d"\n', 1, "single quotes"),
        ('name = "\\uD800"\n', 1, "single quotes"),
        ("a = { b = 1, b = 2 }\n", 1, "only once"),
        ("[a]\n[a]\n", 2, "only once"),
        ("a = 1\na = 2\n", 2, "only once"),
        ("a\n", 1, "= and a value are missing"),
        ("[[rules]\n", 1, "brackets of this heading"),
        ("[rules\n", 1, "brackets of this heading"),
        ("a = 'b' c\n", 1, "left over"),
        ("a = { b = 1,\n c = 2 }\n", 1, "on the same line"),
        ("a = b\n", 1, "a text needs quotes"),
        ("a = [1 2]\n", 1, "A list is not closed"),
        ("a = { b = 1\n", 1, "A table in braces"),
        ("a = 2020-13-01T25:00:00\n", 1, "left over"),
    ],
)
def test_a_file_that_is_not_toml_is_refused_in_our_own_words(text: str, line: int, reason: str) -> None:
    with pytest.raises(BadRulesFile) as refused:
        read_rules(text, "rules.toml")
    assert reason in str(refused.value)
    assert refused.value.values["line"] == line


SEVERAL = """\
surprise = 1

[[calendars]]
name = "shop"
weekly = [{ days = ["mon"], from = "9 o'clock", to = "18:00" }]

[[rules]]
name = "late"
when = { hours = { outside = "shop" }, any = ["x"] }
then = [{ reply = "{{ nmae }}" }, { typing = 99 }]

[[rules]]
whne = { any = ["x"] }
"""


@pytest.mark.parametrize(("language", "at"), [("en", "Line {line}: "), ("zh_CN", "第 {line} 行：")])
def test_all_mistakes_are_told_at_once_from_top_to_bottom(language: str, at: str) -> None:
    i18n.use(language)
    try:
        with pytest.raises(BadRulesFile) as refused:
            read_rules(SEVERAL, "rules.toml")
        told = i18n.explain(refused.value).splitlines()
    finally:
        i18n.use("en")
    assert [line for line, _ in mistakes_in(refused.value)] == [1, 5, 10, 10, 13]
    assert told[0].startswith("rules.toml")
    assert all(one.startswith(at.format(line=line)) for one, line in zip(told[1:], [5, 10, 10, 13], strict=True))


def test_of_very_many_mistakes_only_the_first_are_told() -> None:
    with pytest.raises(BadRulesFile) as refused:
        read_rules("[[rules]]\n" * 10_000, "rules.toml")
    assert [line for line, _ in mistakes_in(refused.value)] == list(range(1, MOST_TOLD + 1))


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_the_reason_for_a_bad_rules_file_has_no_colon(language: str) -> None:
    i18n.use(language)
    try:
        with pytest.raises(BadRulesFile) as refused:
            read_rules("a = 1\na = 2\n", "rules.toml")
        told = refused.value.values["reason"]
    finally:
        i18n.use("en")
    assert not set(":：") & set(str(told))


@pytest.mark.parametrize("text", ["x = " + "[" * 5000, "[[rules]]\nname = " + "{ a = " * 3000])
def test_a_deeply_nested_rules_file_is_refused(text: str) -> None:
    with pytest.raises(BadRulesFile):
        read_rules(text, "rules.toml")


def test_a_long_file_is_read_in_one_go() -> None:
    body = "".join(f'[[rules]]\nname = "{index}"\nwhen = {{ any = ["词{index}"] }}\n{Y}\n' for index in range(2000))
    with pytest.raises(BadRulesFile, match="line 10001: "):
        read_rules(body + "[[rules]]\n", "rules.toml")
