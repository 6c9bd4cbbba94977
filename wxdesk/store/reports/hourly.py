"""Sums by hour, counted from the rows of an hour and read for any span.

The triggers of the schema note each hour in the transaction that changes what it counts. Such an hour is counted from
its rows whenever somebody asks, until its sums have been renewed: a figure is never older than the rows.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta, tzinfo
from itertools import batched, groupby
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Connection, Select, and_, case, cast, delete, func, select, text, tuple_

from wxdesk.core.model.statistics import MESSAGES, FigureFilter, HourlyFigure, TimeSpan
from wxdesk.store.engine.database import StorePart
from wxdesk.store.schema.columns import EPOCH, MICROSECOND
from wxdesk.store.schema.figures import changed_hours, hourly_figures
from wxdesk.store.schema.messaging import CORRECTED, UNDELIVERED

HOUR = timedelta(hours=1)
QUARTER = timedelta(minutes=15)
"""Every time zone of today lies a whole number of quarters from UTC."""

MONDAY, WEEK = 3 * 24, 7 * 24
"""Hours from Monday to the epoch, which was a Thursday, and of a week."""

# A rule answers one message and those before it; an operator all that were there when writing. The promise that an
# operator will come is no answer. Replies from before `heard_id` was kept answer everything.
_ANSWERS = """{r}.conversation_id = m.conversation_id AND {r}.sent_at >= m.at AND NOT {r}.promise
    AND ({r}.message_id IS NULL AND {r}.heard_id IS NULL OR {r}.heard_id >= m.id
    OR ({s}.at, {s}.id) >= (m.at, m.id))"""

# By who answered first; 'settled': an operator resolved the conversation before anybody did.
_MESSAGES = f"""
SELECT m.at, c.account, d.rule_id AS decided_by, r.rule_id AS answered_by, r.operator, CASE
    WHEN d.outcome = 'transferred' THEN 'handed_over'
    WHEN d.outcome IN ('silent', 'resolved') THEN 'silent'
    WHEN d.outcome = 'blocked' OR m.at <= c.settled_at AND coalesce(r.created_at > c.settled_at, true) THEN 'settled'
    WHEN r.author = 'rule' THEN 'by_rule' WHEN r.author = 'operator' THEN 'by_operator' ELSE 'unanswered' END AS kind
FROM messages AS m JOIN conversations AS c ON c.id = m.conversation_id
LEFT JOIN decisions AS d ON d.message_id = m.id
LEFT JOIN replies AS r ON r.id = (
    SELECT b.id FROM replies AS b LEFT JOIN messages AS s ON s.id = b.message_id
    WHERE {_ANSWERS.format(r="b", s="s")} ORDER BY b.sent_at, b.id LIMIT 1)
WHERE m.event IS NULL AND m.at >= :since AND m.at < :until
"""  # noqa: S608 - written here

# Each reply with the time of the first message that waited for it. Of the messages since the one that the reply before
# it answered, it leaves out those answered by another, on purpose by none, and those that an operator resolved.
_WAITS = f"""
SELECT r.sent_at, r.sent_at - (
    SELECT min(m.at) FROM messages AS m WHERE m.event IS NULL AND {_ANSWERS.format(r="r", s="said")}
    AND m.at >= coalesce((
        SELECT e.at FROM messages AS e WHERE e.id = (
            SELECT coalesce(b.heard_id, b.message_id) FROM replies AS b WHERE b.conversation_id = r.conversation_id
            AND NOT b.promise AND (b.sent_at, b.id) < (r.sent_at, r.id) ORDER BY b.sent_at DESC, b.id DESC LIMIT 1)), 0)
    AND NOT coalesce(m.at <= c.settled_at AND r.created_at > c.settled_at, false)
    AND NOT EXISTS (SELECT 1 FROM decisions AS d WHERE d.message_id = m.id
        AND d.outcome IN ('blocked', 'silent', 'resolved', 'transferred'))
    AND NOT EXISTS (SELECT 1 FROM replies AS b LEFT JOIN messages AS s ON s.id = b.message_id
        WHERE {_ANSWERS.format(r="b", s="s")} AND (b.sent_at, b.id) < (r.sent_at, r.id))
) AS waited, c.account, r.author, r.rule_id, r.operator
FROM replies AS r JOIN conversations AS c ON c.id = r.conversation_id
LEFT JOIN messages AS said ON said.id = r.message_id
WHERE r.sent_at >= :since AND r.sent_at < :until AND NOT r.promise
"""  # noqa: S608 - written here

_SENDER = """CASE author WHEN 'operator' THEN 0 ELSE coalesce(rule_id, 0) END AS rule_id,
    CASE author WHEN 'operator' THEN operator ELSE '' END AS operator"""

_REPLIES = "FROM replies JOIN conversations AS c ON c.id = conversation_id WHERE {at} >= :since AND {at} < :until"
_SENT, _MADE = _REPLIES.format(at="sent_at"), _REPLIES.format(at="created_at")

COUNT = text(f"""
WITH asked AS ({_MESSAGES}), waits AS MATERIALIZED ({_WAITS})
SELECT at / {QUARTER // MICROSECOND} AS quarter, account, figure, rule_id, operator, detail, count(*) AS n FROM (
    SELECT at, account,
        CASE kind WHEN 'silent' THEN 'by_rule' WHEN 'settled' THEN 'by_operator' ELSE kind END AS figure,
        coalesce(CASE kind WHEN 'by_rule' THEN answered_by WHEN 'handed_over' THEN decided_by
        WHEN 'silent' THEN decided_by
        END, 0) AS rule_id, CASE kind WHEN 'by_operator' THEN operator ELSE '' END AS operator, 0 AS detail FROM asked
    UNION ALL SELECT sent_at, account, CASE author WHEN 'operator' THEN 'wait_for_operator' ELSE 'wait_for_rule' END,
        {_SENDER}, CASE WHEN waited < 120000000 THEN waited / 1000000
        WHEN waited < 1200000000 THEN waited / 10000000 * 10 WHEN waited < 7200000000 THEN waited / 60000000 * 60
        WHEN waited < 172800000000 THEN waited / 600000000 * 600 ELSE waited / 3600000000 * 3600 END
        FROM waits WHERE waited IS NOT NULL
    UNION ALL SELECT sent_at, account, CASE author WHEN 'operator' THEN 'sent_by_operator' ELSE 'sent_by_rule' END,
        {_SENDER}, 0 {_SENT}
    UNION ALL SELECT sent_at, account, 'answered', rule_id, '', 0 {_SENT}
        AND author = 'rule' AND rule_id IS NOT NULL AND part_of IS NULL
    UNION ALL SELECT at, account, 'hit', rule_id, '', 0 FROM rule_firings WHERE at >= :since AND at < :until
    UNION ALL SELECT created_at, account, 'corrected', rule_id, '', 0 FROM (
        SELECT DISTINCT created_at, account, coalesce(rule_id, 0) AS rule_id, message_id {_MADE} AND {CORRECTED}) AS d
    UNION ALL SELECT created_at, account, CASE state WHEN 'unknown' THEN 'unknown' ELSE 'failed' END, {_SENDER},
        coalesce(errcode, 0) {_MADE} AND ({UNDELIVERED})
) AS counted GROUP BY 1, 2, 3, 4, 5, 6
""")  # noqa: S608 - written here


class FigureRow(NamedTuple):
    """A sum; `place` is the hour of the week from Monday on, for messages only."""

    place: int
    figure: HourlyFigure
    rule_id: int
    operator: str
    detail: int
    n: int


def read_figures(connection: Connection, span: TimeSpan, zone: tzinfo | None, of: FigureFilter) -> Iterator[FigureRow]:
    """Read sums over a span, by the hours of `zone`; one place may come several times."""
    first, last = -((EPOCH - span.since) // HOUR), (span.until - EPOCH) // HOUR
    shifts = _shifts(first, last, zone)
    if first >= last or any(shift % HOUR for shift, _, _ in shifts):
        yield from count_figures(connection, span, zone, of)
        return
    edges = [TimeSpan(span.since, _moment(first)), TimeSpan(_moment(last), span.until)]
    for one in edges + _runs(_changed(connection, first, last)):
        yield from count_figures(connection, one, zone, of)
    for shift, since, until in shifts:
        yield from map(FigureRow._make, connection.execute(_sums(since, until, shift // HOUR, of)))


def count_figures(connection: Connection, span: TimeSpan, zone: tzinfo | None, of: FigureFilter) -> Iterator[FigureRow]:
    """Count a span from its rows."""
    places: dict[int, int] = {}
    for quarter, account, name, rule_id, operator, detail, n in _counted(connection, span):
        if quarter not in places:
            local = (EPOCH + quarter * QUARTER).astimezone(zone)
            places[quarter] = local.weekday() * 24 + local.hour
        figure = HourlyFigure(name)
        if of.admits(account, rule_id, operator):
            yield FigureRow(places[quarter] if figure in MESSAGES else 0, figure, rule_id, operator, detail, n)


def days_of(connection: Connection, account: str, zone: tzinfo | None) -> Iterator[tuple[date, HourlyFigure, int]]:
    """Read sums of messages by days of `zone`, of all accounts if none is named."""
    it = hourly_figures.c
    chosen = and_(it.figure.in_(MESSAGES), it.hour.not_in(select(changed_hours.c.hour)))
    chosen = and_(chosen, it.account == account) if account else chosen
    cut = set(_changed(connection, 0))
    for row in connection.execute(select(it.hour, it.figure, it.n).where(chosen)):
        day, last = (at.astimezone(zone).date() for at in (_moment(row.hour), _moment(row.hour + 1) - MICROSECOND))
        if day == last:
            yield day, row.figure, row.n
        else:
            cut.add(row.hour)  # midnight lies within it
    for span in _runs(sorted(cut)):
        for row in _counted(connection, span):
            if row.figure in MESSAGES and account in ("", row.account):
                yield (EPOCH + row.quarter * QUARTER).astimezone(zone).date(), HourlyFigure(row.figure), row.n


class HourlySums(StorePart):
    """The sums, renewed by the desk that works."""

    async def recount(self, before: datetime) -> int:
        """Renew the sums of some changed hours that ended `before`; 0 if there are none."""
        marks, sums = await self._db.read(_count_changed, before, HOURS_AT_ONCE)
        if marks:
            await self._db.write(_keep_sums, marks, sums)
        return len(marks)


HOURS_AT_ONCE = 6
"""Most hours that are counted in one turn."""

MARKS_AT_ONCE = 1_000
"""Notes deleted by one statement: PostgreSQL compares some thousands at most."""

type Marks = list[tuple[int, int, int]]


def _count_changed(connection: Connection, before: datetime, most: int) -> tuple[Marks, list[dict[str, Any]]]:
    it = changed_hours.c
    wanted = select(it.hour).distinct().where(it.hour < (before - EPOCH) // HOUR).order_by(it.hour.desc()).limit(most)
    hours = list(connection.scalars(wanted))
    marks = [(row.hour, row.tx, row.n) for row in connection.execute(select(changed_hours).where(it.hour.in_(hours)))]
    sums: Counter[tuple[Any, ...]] = Counter()
    for span in _runs(sorted(hours)):
        for quarter, *key, n in _counted(connection, span):
            sums[quarter * QUARTER // HOUR, *key] += n
    names = [column.name for column in hourly_figures.primary_key]
    return marks, [dict(zip(names, key, strict=True)) | {"n": n} for key, n in sums.items()]


def _keep_sums(connection: Connection, marks: Marks, sums: list[dict[str, Any]]) -> None:
    """Store sums; an hour that has changed since stays a changed one."""
    hours = {hour for hour, _, _ in marks}
    connection.execute(delete(hourly_figures).where(hourly_figures.c.hour.in_(hours)))
    if sums:
        connection.execute(hourly_figures.insert(), sums)
    it = changed_hours.c
    for some in batched(marks, MARKS_AT_ONCE):
        connection.execute(delete(changed_hours).where(tuple_(it.hour, it.tx, it.n).in_(some)))


def _counted(connection: Connection, span: TimeSpan) -> Iterable[Any]:
    if span.since >= span.until:
        return ()
    since, until = ((at - EPOCH) // MICROSECOND for at in (span.since, span.until))
    return connection.execute(COUNT, {"since": since, "until": until})


def _sums(first: int, last: int, shift: int, of: FigureFilter) -> Select[Any]:
    it = hourly_figures.c
    place = case((it.figure.in_(MESSAGES), (it.hour + shift + MONDAY) % WEEK), else_=0).label("place")
    key = (place, it.figure, it.rule_id, it.operator, it.detail)
    named = {it.account: of.account, it.rule_id: of.rule_id, it.operator: of.operator}
    chosen = and_(it.hour >= first, it.hour < last, *(column == value for column, value in named.items() if value))
    known = it.hour.not_in(select(changed_hours.c.hour).where(changed_hours.c.hour >= first))
    return select(*key, cast(func.sum(it.n), BigInteger)).where(chosen, known).group_by(*key)


def _changed(connection: Connection, first: int, last: int = 2**40) -> list[int]:
    hour = changed_hours.c.hour
    return list(connection.scalars(select(hour).distinct().where(hour >= first, hour < last).order_by(hour)))


def _runs(hours: Iterable[int]) -> list[TimeSpan]:
    """Join hours that follow each other, to count them at once."""
    runs: list[TimeSpan] = []
    for hour in map(_moment, hours):
        since = runs.pop().since if runs and runs[-1].until == hour else hour
        runs.append(TimeSpan(since, hour + HOUR))
    return runs


def _shifts(first: int, last: int, zone: tzinfo | None) -> list[tuple[timedelta, int, int]]:
    """Cut hours where the zone's distance from UTC changes."""

    def shift(hour: int) -> timedelta:
        return _moment(hour).astimezone(zone).utcoffset() or timedelta()

    cut = ((distance, list(hours)) for distance, hours in groupby(range(first, last), shift))
    return [(distance, hours[0], hours[-1] + 1) for distance, hours in cut]


def _moment(hour: int) -> datetime:
    return EPOCH + hour * HOUR
