"""Whatever a rule or calendar holds, what is written is read again."""

import tomllib
from datetime import date, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from wxdesk.core.model.message import MessageType
from wxdesk.core.model.reply import Content, ReplyKind
from wxdesk.core.model.rule import (
    ACTION_NUMBERS,
    SENDING_ACTIONS,
    Action,
    ActionKind,
    Condition,
    Cooldown,
    Delivery,
    FieldTest,
    HoursTest,
    LastRule,
    MessageNo,
    Presence,
    Rule,
    SessionFromTest,
    TagsTest,
    Variant,
)
from wxdesk.core.rules.business_hours import Calendar, OpenSpan, SpecialDays, Weekday, WeeklySpan
from wxdesk.desk.rules.file.reading import RulesFile, read_rules, write_rules

WORDS = st.text(min_size=1, max_size=12).filter(lambda word: word.strip() != "")
LISTS = st.lists(WORDS, max_size=3).map(tuple)
SOME = st.one_of(st.none(), WORDS)


def content(kind: ReplyKind, *fields: str) -> st.SearchStrategy[Content]:
    return st.builds(Content, kind=st.just(kind), **{name: st.text(max_size=20) for name in fields})


def act(kind: ActionKind, **more: st.SearchStrategy[object]) -> st.SearchStrategy[Action]:
    return st.builds(Action, kind=st.just(kind), **more)


WITH_FIELDS = SENDING_ACTIONS | {ActionKind.TAG, *ACTION_NUMBERS}
QUOTES = st.sampled_from(["'", "''", '"', '"""', "\\", "\n", "\r", "x", "退"])
ACTIONS = st.one_of(
    act(ActionKind.REPLY, text=st.text(max_size=60)),
    act(ActionKind.REPLY, text=st.lists(QUOTES).map("".join)),
    act(ActionKind.IMAGE, content=content(ReplyKind.IMAGE, "media_id")),
    act(ActionKind.LINK, content=content(ReplyKind.LINK, "title", "description", "url", "thumb_url")),
    act(ActionKind.CARD, content=content(ReplyKind.CARD, "title", "page_path", "thumb_media_id")),
    act(ActionKind.TAG, tags=st.lists(st.text(max_size=9), min_size=1, max_size=3).map(tuple)),
    act(
        ActionKind.REPLY,
        text=st.text(max_size=9),
        others=st.lists(st.text(max_size=9), max_size=2).map(tuple),
        variant=st.sampled_from(Variant),
    ),
    *(act(kind, **{number.field: st.integers(-9, 99)}) for kind, number in ACTION_NUMBERS.items()),
    act(ActionKind.TEMPLATE, template=st.text(max_size=9)),
    *(st.just(Action(kind)) for kind in ActionKind if kind not in WITH_FIELDS),
)
FIELDS = st.lists(
    st.builds(FieldTest, st.text(max_size=9), st.lists(st.text(max_size=9), min_size=1, max_size=2).map(tuple)),
    max_size=2,
    unique_by=lambda field: field.name,
).map(tuple)
NUMBERS = st.integers(-9, 99999)
CONDITION_FIELDS: dict[str, st.SearchStrategy[object]] = {
    **dict.fromkeys(("any", "all", "none", "exact", "prefix", "suffix", "event"), LISTS),
    "regex": SOME,
    "account": SOME,
    "session_from": st.none() | st.builds(SessionFromTest, equals=SOME, prefix=SOME, regex=SOME, fields=FIELDS),
    "hours": st.none() | st.builds(HoursTest, st.text(max_size=9), st.booleans()),
    "operator": st.none() | st.sampled_from(Presence),
    "tags": st.none() | st.builds(TagsTest, LISTS, LISTS),
    "first_contact": st.none() | st.booleans(),
    "quiet_days": st.none() | NUMBERS,
    "message_no": st.none() | st.builds(MessageNo, NUMBERS, st.none() | NUMBERS),
    "last_rule_within": st.none() | st.builds(LastRule, st.text(max_size=9), NUMBERS),
}
CONDITIONS = st.builds(
    Condition, **CONDITION_FIELDS, unless=st.none() | st.builds(Condition, **CONDITION_FIELDS)
)  # fmt: skip
DELIVERIES = st.sampled_from([(Delivery.INHERIT, 0), (Delivery.DRAFT, 0), (Delivery.HOLD, 20), (Delivery.SHADOW, 0)])
TIMES = st.integers(0, 10_000)


@st.composite
def any_rules(draw: st.DrawFn) -> Rule:
    delivery, hold_seconds = draw(DELIVERIES)
    return Rule(
        name=draw(st.text(max_size=20)),
        enabled=draw(st.booleans()),
        on=draw(st.frozensets(st.sampled_from(MessageType))),
        when=draw(CONDITIONS),
        then=tuple(draw(st.lists(ACTIONS, max_size=4))),
        default=draw(st.booleans()),
        continues=draw(st.booleans()),
        cooldown=draw(st.builds(Cooldown, TIMES, TIMES, TIMES)),
        delivery=delivery,
        hold_seconds=hold_seconds,
    )


CLOCKS = st.times().map(lambda clock: clock.replace(second=0, microsecond=0))
SPANS = st.builds(OpenSpan, CLOCKS, CLOCKS).filter(lambda span: span.opens != span.closes or span.opens == time.min)
DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))
SPECIAL = st.builds(
    lambda first, days, span, label: SpecialDays(first, first + timedelta(days=days), span, label),
    DAYS, st.integers(0, 9), st.none() | SPANS, st.text(max_size=9),
)  # fmt: skip
WEEKLY = st.builds(WeeklySpan, st.frozensets(st.sampled_from(Weekday), min_size=1), SPANS)
CALENDARS = st.builds(
    Calendar,
    WORDS,
    st.sampled_from(["", "Asia/Shanghai"]),
    st.lists(WEEKLY, min_size=1, max_size=2).map(tuple),
    st.lists(SPECIAL, max_size=2).map(tuple),
)
ANY_FILES = st.builds(
    RulesFile,
    st.lists(any_rules(), max_size=3).map(tuple),
    st.lists(CALENDARS, max_size=2, unique_by=lambda calendar: calendar.name).map(tuple),
)


def test_every_condition_is_written() -> None:
    forgotten = set(Condition.__struct_fields__) - CONDITION_FIELDS.keys() - {"unless"}
    assert forgotten == set(), "give each a strategy in CONDITION_FIELDS"


@settings(deadline=None)
@given(ANY_FILES)
def test_what_is_written_is_read_again(file: RulesFile) -> None:
    text = write_rules(file.rules, file.calendars)
    assert len(tomllib.loads(text).get("rules", [])) == len(file.rules)
    assert read_rules(text, "rules.toml", lambda *_: ()) == file
