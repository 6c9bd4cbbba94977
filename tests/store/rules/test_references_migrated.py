"""Rules of before, which refer to others by name, refer to the same ones by id."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from tests.campaign.disk.old_home import until
from tests.postgresql import Postgres
from wxdesk.core.model.rule import Action, ActionKind, Rule
from wxdesk.core.preferences import Preferences
from wxdesk.core.rules.business_hours import Calendar, OpenSpan, SpecialDays, Weekday, WeeklySpan
from wxdesk.desk.settings.business_hours import Calendars
from wxdesk.desk.settings.preferences import CurrentPreferences
from wxdesk.store import Store, open_store
from wxdesk.store.engine.postgresql import PostgresqlDatabase
from wxdesk.store.engine.sqlite import SqliteDatabase
from wxdesk.store.opening import parse_url


def says(name: str, *templates: str, asks: str = "", hours: str = "") -> str:
    then = [{"kind": "template", "text": one} for one in templates] + [{"kind": "reply", "text": "bq"}]
    when = {"unless": {"last_rule_within": {"rule": asks, "minutes": 5}}} if asks else {}
    when |= {"hours": {"calendar": hours, "inside": True}} if hours else {}
    return json.dumps({"name": name, "when": when, "then": then}, ensure_ascii=False)


def _table(table: str, columns: str, *rows: tuple[Any, ...]) -> list[tuple[str, dict[str, Any]]]:
    names = [name.strip() for name in columns.split(",")]
    places = ", ".join(f":{name}" for name in names)
    statement = f"INSERT INTO {table} ({columns}) VALUES ({places})"  # noqa: S608 - of this file
    return [(statement, dict(zip(names, row, strict=True))) for row in rows]


def _template(title: str, shortcut: str = "") -> str:
    return json.dumps({"id": 0, "title": title, "body": "好", "shortcut": shortcut}, ensure_ascii=False)


CALENDARS = """
[{"name":"夜","zone":"Asia/Shanghai","weekly":[{"days":["mon"],"span":{"opens":"22:00:00","closes":"02:00:00"}}]},
{"name":"店","special":[{"first":"2026-10-01","last":"2026-10-07","label":"国庆"}]}]
"""
"""As programs before stored them."""

ROWS = [
    *_table(
        "templates",
        "id, revision, template, updated_at, uses",
        (1, 2, _template("抱歉", "bq"), 30, 0),
        (2, 1, _template("问候"), 10, 0),
    ),
    *_table(
        "template_revisions",
        "template_id, revision, template, saved_at",
        (1, 1, _template("致歉", "dbq"), 10),
        (1, 2, _template("抱歉", "bq"), 30),
        (2, 1, _template("问候"), 10),
        (3, 1, _template("旧的", "bq"), 10),  # deleted
    ),
    *_table(
        "rules",
        "id, position, revision, enabled, rule, updated_at",
        (1, 1, 2, True, says("a", "/BQ", "问候", "没有", "旧的"), 30),
        (2, 2, 3, False, says("b", asks="a"), 40),
        (3, 3, 1, False, says("twin", asks="twin"), 10),
        (4, 4, 1, False, says("twin", asks="nobody"), 10),
        (5, 5, 2, True, says("夜", hours="店"), 20),
        (6, 6, 1, True, says("没有", hours="没有"), 10),
    ),
    *_table(
        "settings",
        "key, value",
        ("calendars", CALENDARS),
        ("preferences", '{"undo_seconds":7,"calendar":"店"}'),
    ),
    *_table(
        "rule_revisions",
        "rule_id, revision, rule, saved_at",
        (1, 1, says("A", "dbq", "bq", "抱歉"), 10),
        (1, 2, says("a", "/BQ", "问候", "没有", "旧的"), 30),
        (2, 1, says("b", asks="A"), 10),
        (2, 2, says("b", asks="gone"), 20),
        (2, 3, says("b", asks="a"), 40),
        (3, 1, says("twin", asks="twin"), 10),
        (4, 1, says("twin", asks="nobody"), 10),
        (5, 1, says("夜", hours="夜").replace('"when": {', '"when": {"unless": {"hours": {"calendar": "店"}}, '), 10),
        (5, 2, says("夜", hours="店"), 20),
        (6, 1, says("没有", hours="没有"), 10),
        (9, 1, says("gone", "致歉", asks="b", hours="夜"), 20),
    ),
]


def _to_names(connection: Connection, rows: Sequence[tuple[str, dict[str, Any]]] = ROWS) -> None:
    until("0018").upgrade(connection)
    for statement, values in rows:
        connection.execute(text(statement), values)


async def _refer_by_id(url: str, home: Path) -> None:
    store = await open_store(url, home)
    rules = await store.rules.all()
    assert [[one.template for one in rule.then[:-1]] for rule in rules] == [[1, 2, "没有", "旧的"], *[[]] * 5]
    assert all(rule.then[-1] == Action(ActionKind.REPLY, "bq") for rule in rules)
    last, first = await store.rules.revisions(1)
    assert last.then == rules[0].then
    assert [one.template for one in first.then[:-1]] == [1, 3, 1], "as they were called then, else now"
    [gone] = await store.rules.revisions(9)
    assert gone.then[0] == Action(ActionKind.TEMPLATE, template=1)
    assert await store.templates.deleted_titles() == {3: "旧的"}
    assert [list(rule.when.rules) for rule in rules] == [[], [1], ["twin"], ["nobody"], [], []]
    assert [list(one.when.rules) for one in await store.rules.revisions(2)] == [[1], [9], [1]]
    assert (list(gone.when.rules), await store.rules.deleted_names()) == ([2], {9: "gone"})
    await _ask_for_hours_by_id(store, rules, gone)
    await store.close()


async def _ask_for_hours_by_id(store: Store, rules: list[Rule], gone: Rule) -> None:
    calendars, preferences = Calendars(store.settings), CurrentPreferences(store.settings, lambda _: None)
    await calendars.load()
    night = WeeklySpan(frozenset({Weekday.MON}), OpenSpan(time(22), time(2)))
    week = SpecialDays(date(2026, 10, 1), date(2026, 10, 7), label="国庆")
    assert calendars.all == (
        Calendar("夜", "Asia/Shanghai", (night,), id=1), Calendar("店", special=(week,), id=2)
    )  # fmt: skip
    assert [list(rule.when.calendars) for rule in rules[4:]] == [[2], ["没有"]]
    assert [one.when.calendars for one in await store.rules.revisions(5)] == [{2}, {1, 2}]
    assert gone.when.calendars == {1}
    await preferences.load()
    assert preferences.now == Preferences(undo_seconds=7, calendar=2)


async def test_in_a_file(tmp_path: Path) -> None:
    old = SqliteDatabase(tmp_path / "desk.db")
    await old.write(_to_names)
    await old.close()
    await _refer_by_id("sqlite:///desk.db", tmp_path)


@pytest.mark.postgres
async def test_on_a_server(postgres: Postgres, tmp_path: Path) -> None:
    url = postgres.fresh()
    old = PostgresqlDatabase(parse_url(url))
    await old.write(_to_names)
    await old.close()
    await _refer_by_id(url, tmp_path)


UNREADABLE = pytest.param("not JSON", marks=pytest.mark.expects_log("calendars cannot be read"))


@pytest.mark.parametrize("calendars", [None, "[]", UNREADABLE])
async def test_without_business_hours_nothing_means_any(tmp_path: Path, calendars: str | None) -> None:
    settings = [("preferences", '{"calendar":"店"}'), *([("calendars", calendars)] if calendars else [])]
    rule = (1, 1, 1, True, says("夜", hours="店"), 10)
    rows = [
        *_table("settings", "key, value", *settings),
        *_table("rules", "id, position, revision, enabled, rule, updated_at", rule),
    ]
    old = SqliteDatabase(tmp_path / "desk.db")
    await old.write(_to_names, rows)
    await old.close()
    store = await open_store("sqlite:///desk.db", tmp_path)
    calendars_now, preferences = Calendars(store.settings), CurrentPreferences(store.settings, lambda _: None)
    await calendars_now.load()
    await preferences.load()
    assert (calendars_now.all, preferences.now) == ((), Preferences())
    assert [one.when.calendars for one in await store.rules.all()] == [{"店"}]
    await store.close()
