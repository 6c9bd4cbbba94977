"""Figures over a span of time, counted in the database.

The database groups by quarters of an hour: every time zone of today lies a whole number of them from UTC,
so the local hour and weekday can be told afterwards, also across a change of the clocks, and both engines
need no idea of zones.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Connection,
    Row,
    ScalarSelect,
    Select,
    and_,
    case,
    false,
    func,
    or_,
    select,
    type_coerce,
)

from wxdesk.core.model.conversation import Author
from wxdesk.core.model.reply import ReplyState
from wxdesk.core.model.rule import SETTLED, Outcome
from wxdesk.core.model.statistics import (
    DAYS,
    HOURS,
    Figures,
    HourCount,
    RuleHits,
    TimeSpan,
    Undelivered,
    UnmatchedText,
    WaitTimes,
)
from wxdesk.store.engine.database import StorePart
from wxdesk.store.reports import rule_figures
from wxdesk.store.schema.authored import rules
from wxdesk.store.schema.columns import EPOCH, MICROSECOND
from wxdesk.store.schema.figures import sent_by, unmatched
from wxdesk.store.schema.messaging import AWAITS, WRITTEN, conversations, decisions, messages, replies

QUARTER = timedelta(minutes=15)
UNMATCHED_SHOWN = 8
RULE, OPERATOR, NOBODY, ELSEWHERE = _ORDER = "rule", "operator", "nobody", "elsewhere"


class Statistics(StorePart):
    """Figures over a span of time."""

    async def over(self, span: TimeSpan, zone: tzinfo | None, before: TimeSpan | None = None) -> Figures:
        """Return all figures over `span`, by the hours and weekdays of `zone`.

        `zone` None: this machine's own. `before` is a span to compare with: its messages are counted as
        `messages_before`.
        """
        return await self._db.read(_figures, span, zone, before)

    async def days(self, zone: tzinfo | None) -> list[tuple[date, HourCount]]:
        """Count the messages of each day of `zone` by who answered them."""
        return await self._db.read(_days, zone)


def _days(connection: Connection, zone: tzinfo | None) -> list[tuple[date, HourCount]]:
    counts: defaultdict[date, Counter[str]] = defaultdict(Counter)
    for row in connection.execute(_quarters(TimeSpan(EPOCH, datetime.max.replace(tzinfo=UTC)))):
        counts[(EPOCH + row.quarter * QUARTER).astimezone(zone).date()][row.answered_by] += row.n
    return [(day, HourCount(*(found[who] for who in _ORDER))) for day, found in sorted(counts.items())]


def _figures(connection: Connection, span: TimeSpan, zone: tzinfo | None, before: TimeSpan | None) -> Figures:
    hours, week = _by_local_hour(connection.execute(_quarters(span)), zone)
    first_response, human_wait = _waits(connection, span)
    return Figures(
        span=span,
        hours=hours,
        week=week,
        messages_before=_count(connection, before),
        first_response=first_response,
        human_wait=human_wait,
        rules=_rules(connection, span),
        undelivered=_undelivered(connection, span),
        unmatched=_unmatched(connection, span),
        waiting=_number(connection, select(func.count()).select_from(conversations).where(AWAITS)),
        sent_by_rule=_number(connection, _sent(Author.RULE, span)),
        sent_by_operator=_number(connection, _sent(Author.OPERATOR, span)),
    )


def _sent(author: Author, span: TimeSpan) -> Select[Any]:
    return select(func.count()).where(sent_by(author, _within(replies.c.sent_at, span)))


def _number(connection: Connection, query: Select[Any]) -> int:
    return int(connection.execute(query).scalar_one())


def _microseconds(moment: ColumnElement[Any]) -> ColumnElement[int]:
    return type_coerce(moment, BigInteger)


def _within(column: ColumnElement[Any], span: TimeSpan) -> ColumnElement[bool]:
    return and_(column >= span.since, column < span.until)


def _first_answer() -> ScalarSelect[int]:
    """Build a subquery for the first answer to the message of the outer query.

    A rule answers one message and those before it; an operator all that were there when writing. The promise
    that an operator will come is no answer.
    """
    subject = messages.alias("subject")
    before = and_(replies.c.message_id.is_(None), replies.c.heard_id.is_(None))  # the column is younger
    by_hand = or_(before, replies.c.heard_id >= messages.c.id)
    return (
        select(replies.c.id)
        .select_from(replies.outerjoin(subject, subject.c.id == replies.c.message_id))
        .where(
            replies.c.conversation_id == messages.c.conversation_id,
            replies.c.sent_at >= messages.c.at,
            replies.c.promise.is_(false()),
            or_(by_hand, subject.c.at >= messages.c.at),
        )
        .order_by(replies.c.sent_at, replies.c.id)
        .limit(1)
        .correlate(messages)
        .scalar_subquery()
    )


def _answered(span: TimeSpan) -> CTE:
    """Select each message of the span with its first answer and its outcome.

    `settled`: an operator resolved the conversation before anybody answered.
    """
    columns = (messages.c.id, messages.c.conversation_id, messages.c.at, _first_answer().label("reply_id"))
    asked = select(*columns).where(WRITTEN, _within(messages.c.at, span)).cte("asked")
    joined = (
        asked.join(conversations, conversations.c.id == asked.c.conversation_id)
        .outerjoin(replies, replies.c.id == asked.c.reply_id)
        .outerjoin(decisions, decisions.c.message_id == asked.c.id)
    )
    settled_at = conversations.c.settled_at
    later = or_(replies.c.sent_at.is_(None), replies.c.sent_at > settled_at)
    settled = and_(asked.c.at <= settled_at, later).label("settled")
    return (
        select(*asked.c, replies.c.sent_at, replies.c.author, decisions.c.outcome, settled)
        .select_from(joined)
        .cte("answered")
    )


def _quarters(span: TimeSpan) -> Select[Any]:
    answered = _answered(span)
    by = case(
        (answered.c.outcome == Outcome.TRANSFERRED, ELSEWHERE),
        (answered.c.outcome.in_((Outcome.SILENT, Outcome.RESOLVED)), RULE),
        (or_(answered.c.settled, answered.c.outcome == Outcome.BLOCKED), OPERATOR),
        (answered.c.author == Author.RULE, RULE),
        (answered.c.author == Author.OPERATOR, OPERATOR),
        else_=NOBODY,
    ).label("answered_by")
    quarter = (_microseconds(answered.c.at) // (QUARTER // MICROSECOND)).label("quarter")
    return select(quarter, by, func.count().label("n")).group_by("quarter", "answered_by")


type HourlyCounts = tuple[tuple[HourCount, ...], tuple[tuple[int, ...], ...]]


def _by_local_hour(quarters: Iterable[Row[Any]], zone: tzinfo | None) -> HourlyCounts:
    """Count by hour of the day, and by weekday and hour, in `zone` or the local zone."""
    by_hour: Counter[tuple[int, str]] = Counter()
    by_day: Counter[tuple[int, int]] = Counter()
    for row in quarters:
        local = (EPOCH + row.quarter * QUARTER).astimezone(zone)
        by_hour[local.hour, row.answered_by] += row.n
        by_day[local.weekday(), local.hour] += row.n
    hours = tuple(HourCount(*(by_hour[hour, who] for who in _ORDER)) for hour in range(HOURS))
    return hours, tuple(tuple(by_day[day, hour] for hour in range(HOURS)) for day in range(DAYS))


def _count(connection: Connection, span: TimeSpan | None) -> int:
    if span is None:
        return 0
    return _number(connection, select(func.count()).select_from(messages).where(WRITTEN, _within(messages.c.at, span)))


def _waits(connection: Connection, span: TimeSpan) -> tuple[WaitTimes, WaitTimes]:
    """Return the waits that ended: all of them, and those that the operator ended.

    Messages left unanswered on purpose, or transferred to WeChat's own tool, made nobody wait.
    """
    answered = _answered(span)
    before = func.lag(answered.c.reply_id).over(
        partition_by=answered.c.conversation_id, order_by=(answered.c.at, answered.c.id)
    )
    in_turn = (
        select(answered.c.at, answered.c.sent_at, answered.c.author, answered.c.reply_id, before.label("reply_before"))
        .where(
            or_(answered.c.outcome.is_(None), answered.c.outcome.not_in(SETTLED)),
            func.coalesce(answered.c.settled, false()).is_(false()),
        )
        .cte("in_turn")
    )
    # Whoever answers a message answers all that waited before it, so one reply ends one wait.
    begins = or_(in_turn.c.reply_before.is_(None), in_turn.c.reply_before != in_turn.c.reply_id)
    wait = (_microseconds(in_turn.c.sent_at) - _microseconds(in_turn.c.at)).label("wait")
    by_hand = case((in_turn.c.author == Author.OPERATOR, 1), else_=0).label("by_hand")
    waits = select(wait, by_hand).where(in_turn.c.sent_at.is_not(None), begins).cte("waits")
    row = (connection.execute(_percentiles(waits))).one()
    return _as_waits(*row[:5]), _as_waits(*row[5:])


def _percentiles(waits: CTE) -> Select[Any]:
    """Select count, medians, 90th percentile and maximum of waits: all, operators'."""
    ranked = select(
        waits.c.wait,
        waits.c.by_hand,
        func.row_number().over(order_by=waits.c.wait).label("place"),
        func.count().over().label("n"),
        func.row_number().over(partition_by=waits.c.by_hand, order_by=waits.c.wait).label("hand_place"),
        func.count().over(partition_by=waits.c.by_hand).label("hand_n"),
    ).cte("ranked")

    def five(n: ColumnElement[int], place: ColumnElement[int], chosen: ColumnElement[bool]) -> list[ColumnElement[Any]]:
        at = ((n + 1) // 2, (n + 2) // 2, (9 * n + 9) // 10, n)
        return [
            func.coalesce(func.sum(case((chosen, 1), else_=0)), 0),
            *(func.max(case((and_(chosen, place == position), ranked.c.wait))) for position in at),
        ]

    return select(
        *five(ranked.c.n, ranked.c.place, ranked.c.n > 0),
        *five(ranked.c.hand_n, ranked.c.hand_place, ranked.c.by_hand == 1),
    )


def _as_waits(count: int, lower: int, upper: int, ninetieth: int, longest: int) -> WaitTimes:
    if not count:
        return WaitTimes()
    median = (lower + upper) // 2
    return WaitTimes(int(count), median * MICROSECOND, ninetieth * MICROSECOND, longest * MICROSECOND)


def _rules(connection: Connection, span: TimeSpan) -> tuple[RuleHits, ...]:
    hits, answered, corrected = (
        count(connection, span.since, span.until)
        for count in (rule_figures.hits, rule_figures.answered, rule_figures.corrected)
    )
    lately = and_(_within(decisions.c.decided_at, span), decisions.c.rule_id.in_(hits))
    last = select(func.max(decisions.c.id)).where(lately).group_by(decisions.c.rule_id)
    named = select(decisions.c.rule_id, decisions.c.rule_name).where(decisions.c.id.in_(last))
    names = {row.rule_id: row.rule_name for row in connection.execute(named)}
    names |= {row.id: row.rule.name for row in connection.execute(select(rules.c.id, rules.c.rule))}
    ranked = sorted(hits, key=lambda rule_id: (-hits[rule_id], rule_id))
    return tuple(
        RuleHits(one, names.get(one, ""), hits[one], answered.get(one, 0), corrected.get(one, 0)) for one in ranked
    )


def _undelivered(connection: Connection, span: TimeSpan) -> tuple[Undelivered, ...]:
    # One that the operator gave up is cancelled, but its errcode stays.
    given_up = and_(replies.c.state == ReplyState.CANCELLED, replies.c.errcode != 0)
    lost = replies.c.state == ReplyState.UNKNOWN
    kind = case((lost, ReplyState.UNKNOWN.value), else_=ReplyState.FAILED.value).label("kind")
    n = func.count().label("n")
    query = (
        select(kind, replies.c.errcode, n)
        .where(or_(replies.c.state == ReplyState.FAILED, lost, given_up), _within(replies.c.created_at, span))
        .group_by("kind", replies.c.errcode)
        .order_by(n.desc(), kind, replies.c.errcode)
    )
    return tuple(Undelivered(ReplyState(row.kind), row.errcode, row.n) for row in connection.execute(query))


def _unmatched(connection: Connection, span: TimeSpan) -> tuple[UnmatchedText, ...]:
    known = connection.execute(select(rules.c.id, rules.c.rule))
    defaults = [row.id for row in known if row.rule.default]
    said = func.trim(messages.c.text)
    n = func.count().label("n")
    query = (
        select(said.label("said"), n)
        .select_from(decisions.join(messages, messages.c.id == decisions.c.message_id))
        .where(
            _within(decisions.c.decided_at, span),
            unmatched(defaults),
            said != "",
        )
        .group_by(said)
        .order_by(n.desc(), func.max(messages.c.id).desc())
        .limit(UNMATCHED_SHOWN)
    )
    return tuple(UnmatchedText(row.said, row.n) for row in connection.execute(query))
