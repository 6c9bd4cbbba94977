"""Figures over a span of time: sums by hour, and what cannot be summed."""

from collections import Counter, defaultdict
from datetime import date, timedelta, tzinfo
from itertools import accumulate
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select, union

from wxdesk.core.model.reply import ReplyState
from wxdesk.core.model.statistics import (
    ALL,
    DAYS,
    HOURS,
    MESSAGES,
    FigureFilter,
    Figures,
    HourlyFigure,
    MessageCounts,
    RuleHits,
    TimeSpan,
    Undelivered,
    UnmatchedText,
    WaitTimes,
)
from wxdesk.store.engine.database import StorePart
from wxdesk.store.reports.hourly import days_of, read_figures
from wxdesk.store.schema.authored import rules
from wxdesk.store.schema.messaging import AWAITS, UNANSWERED, WRITTEN, conversations, decisions, messages

UNMATCHED_SHOWN, UNMATCHED_READ = 8, 2000
"""Texts that are shown, and newest messages whose texts are compared."""

F = HourlyFigure


class Statistics(StorePart):
    """Figures over a span of time."""

    async def over(
        self, span: TimeSpan, zone: tzinfo | None, before: TimeSpan | None = None, of: FigureFilter = ALL
    ) -> Figures:
        """Return all figures over `span`, by the hours and weekdays of `zone`.

        `zone` None: this machine's own. `before` is a span to compare with: its messages are counted as
        `messages_before`.
        """
        return await self._db.read(_figures, span, zone, before, of)

    async def days(self, zone: tzinfo | None, account: str = "") -> list[tuple[date, MessageCounts]]:
        """Count messages by day of `zone` and who answered; of all if no `account`."""
        counts: defaultdict[date, Counter[str]] = defaultdict(Counter)
        for day, figure, n in await self._db.read(lambda connection: list(days_of(connection, account, zone))):
            counts[day][figure] += n
        return [(day, MessageCounts(*(found[who] for who in MESSAGES))) for day, found in sorted(counts.items())]


def _figures(
    connection: Connection, span: TimeSpan, zone: tzinfo | None, before: TimeSpan | None, of: FigureFilter
) -> Figures:
    week: Counter[tuple[HourlyFigure, int]] = Counter()
    waits: defaultdict[HourlyFigure, Counter[int]] = defaultdict(Counter)
    lost: Counter[tuple[HourlyFigure, int]] = Counter()
    by_rule: Counter[tuple[HourlyFigure, int]] = Counter()
    sent: Counter[HourlyFigure] = Counter()
    operators: Counter[str] = Counter()
    for place, figure, rule_id, operator, detail, n in read_figures(connection, span, zone, of):
        match figure:
            case F.BY_RULE | F.BY_OPERATOR | F.UNANSWERED | F.HANDED_OVER:
                week[figure, place] += n
                operators[operator] += n
            case F.WAIT_FOR_RULE | F.WAIT_FOR_OPERATOR:
                waits[figure][detail] += n
            case F.SENT_BY_RULE | F.SENT_BY_OPERATOR:
                sent[figure] += n
            case F.HIT | F.ANSWERED | F.CORRECTED:
                by_rule[figure, rule_id] += n
            case F.FAILED | F.UNKNOWN:
                lost[figure, detail] += n
    hours, days = _by_hour(week)
    earlier = () if before is None else read_figures(connection, before, zone, of)
    return Figures(
        span=span,
        hours=hours,
        week=days,
        messages_before=sum(row.n for row in earlier if row.figure in MESSAGES),
        first_response=_wait_times(sum(waits.values(), Counter())),
        human_wait=_wait_times(waits[F.WAIT_FOR_OPERATOR]),
        rules=_rules(connection, by_rule),
        undelivered=_undelivered(lost),
        unmatched=() if of.rule_id or of.operator else _unmatched_texts(connection, span, of.account),
        waiting=_waiting(connection, of.account),
        sent_by_rule=sent[F.SENT_BY_RULE],
        sent_by_operator=sent[F.SENT_BY_OPERATOR],
        operators=tuple((name, n) for name, n in operators.most_common() if name),
    )


def _by_hour(week: Counter[tuple[HourlyFigure, int]]) -> tuple[tuple[MessageCounts, ...], tuple[tuple[int, ...], ...]]:
    """Sum up hours of the week by who answered, and as they are for all."""
    places = [[day * HOURS + hour for day in range(DAYS)] for hour in range(HOURS)]
    hours = (MessageCounts(*(sum(week[who, place] for place in hour) for who in MESSAGES)) for hour in places)
    days = (tuple(sum(week[who, hour[day]] for who in MESSAGES) for hour in places) for day in range(DAYS))
    return tuple(hours), tuple(days)


def _wait_times(seconds: Counter[int]) -> WaitTimes:
    if not (count := seconds.total()):
        return WaitTimes()
    ranked = sorted(seconds)
    up_to = list(accumulate(seconds[one] for one in ranked))

    def at(place: int) -> int:
        return next(one for one, last in zip(ranked, up_to, strict=True) if place <= last)

    median = (at((count + 1) // 2) + at((count + 2) // 2)) / 2
    places = median, at((9 * count + 9) // 10), ranked[-1]
    return WaitTimes(count, *(timedelta(seconds=one) for one in places))


def _undelivered(lost: Counter[tuple[HourlyFigure, int]]) -> tuple[Undelivered, ...]:
    ranked = sorted(lost.items(), key=lambda one: (-one[1], one[0]))
    return tuple(Undelivered(ReplyState(figure.value), code or None, n) for (figure, code), n in ranked)


def _rules(connection: Connection, found: Counter[tuple[HourlyFigure, int]]) -> tuple[RuleHits, ...]:
    hits = {rule_id: n for (figure, rule_id), n in found.items() if figure is F.HIT}
    names = {row.id: row.rule.name for row in connection.execute(select(rules.c.id, rules.c.rule))}
    for gone in hits.keys() - names.keys():
        last = select(decisions.c.rule_name).where(decisions.c.rule_id == gone)
        names[gone] = connection.scalar(last.order_by(decisions.c.decided_at.desc()).limit(1)) or ""
    ranked = sorted(hits, key=lambda rule_id: (-hits[rule_id], rule_id))
    return tuple(
        RuleHits(one, names[one], hits[one], found[F.ANSWERED, one], found[F.CORRECTED, one]) for one in ranked
    )


def _waiting(connection: Connection, account: str) -> int:
    query = select(func.count()).select_from(conversations).where(AWAITS)
    return connection.scalar(query.where(conversations.c.account == account) if account else query) or 0


def newest_unmatched(connection: Connection, limit: int, *which: ColumnElement[bool]) -> Select[Any]:
    """Select the newest decisions where no rule has an answer to what was written."""
    known = connection.execute(select(rules.c.id, rules.c.rule))
    defaults = [decisions.c.rule_id == row.id for row in known if row.rule.answers_nothing]
    columns = select(decisions.c.id, decisions.c.message_id, decisions.c.decided_at).join(messages).where(WRITTEN)
    newest = (decisions.c.decided_at.desc(), decisions.c.id.desc())
    each = (columns.where(kind, *which).order_by(*newest).limit(limit).subquery() for kind in (UNANSWERED, *defaults))
    found = union(*(select(one) for one in each)).subquery()
    return select(found).order_by(found.c.decided_at.desc(), found.c.id.desc()).limit(limit)


def _unmatched_texts(connection: Connection, span: TimeSpan, account: str) -> tuple[UnmatchedText, ...]:
    which = [decisions.c.decided_at >= span.since, decisions.c.decided_at < span.until]
    if account:
        own = select(conversations.c.id).where(conversations.c.account == account)
        which.append(decisions.c.conversation_id.in_(own))
    newest = newest_unmatched(connection, UNMATCHED_READ, *which).subquery()
    said, n = func.trim(messages.c.text), func.count().label("n")
    query = (
        select(said.label("said"), n)
        .join_from(newest, messages, messages.c.id == newest.c.message_id)
        .where(said != "")
        .group_by(said)
        .order_by(n.desc(), func.max(messages.c.id).desc())
        .limit(UNMATCHED_SHOWN)
    )
    return tuple(UnmatchedText(row.said, row.n) for row in connection.execute(query))
