"""Revisions of figures by hour, of a sentence that replies keep, and of refusals."""

from sqlalchemy import Connection, text

from wxdesk.store.schema.triggers import HOUR, TIMES, note_changed_hours

STORED = (("messages", "at"), ("rule_firings", "at"), ("replies", "created_at"), ("replies", "sent_at"))

TABLES = """
CREATE TABLE changed_hours (
    hour BIGINT NOT NULL, tx BIGINT NOT NULL, n BIGINT NOT NULL,
    CONSTRAINT pk_changed_hours PRIMARY KEY (hour, tx)
) {without_rowid};
CREATE TABLE hourly_figures (
    hour BIGINT NOT NULL, account TEXT NOT NULL, figure TEXT NOT NULL, rule_id BIGINT NOT NULL, operator TEXT NOT NULL,
    detail BIGINT NOT NULL, n BIGINT NOT NULL,
    CONSTRAINT pk_hourly_figures PRIMARY KEY (hour, account, figure, rule_id, operator, detail)
) {without_rowid};
DROP INDEX ix_decisions_decided_at_rule_id;
CREATE INDEX ix_decisions_rule_id_decided_at ON decisions (rule_id, decided_at);
CREATE INDEX ix_decisions_unanswered ON decisions (decided_at)
    WHERE outcome IN ('incomplete', 'not_rendered', 'unmatched', 'left_open');
CREATE INDEX ix_replies_undelivered ON replies (created_at)
    WHERE state IN ('failed', 'unknown') OR state = 'cancelled' AND errcode <> 0
"""

SETTLED = """
UPDATE conversations SET settled_at = last_at WHERE (waiting_since IS NULL OR resolved_at IS NOT NULL)
    AND EXISTS (SELECT 1 FROM contacts WHERE contacts.id = contact_id AND blocked)
"""
UNSETTLED = """
UPDATE conversations SET settled_at = waiting_since - 1 WHERE resolved_at IS NULL AND settled_at >= waiting_since
"""


def to_0036(connection: Connection) -> None:
    """Add sums by hour, and the hours whose sums are not those of the rows."""
    without_rowid = "WITHOUT ROWID" if connection.dialect.name == "sqlite" else ""
    for statement in TABLES.split(";\n"):
        connection.exec_driver_sql(statement.format(without_rowid=without_rowid))
    note_changed_hours(connection)
    _count_all_anew(connection)


def _count_all_anew(connection: Connection) -> None:
    for table, column in STORED:
        first, last = connection.execute(text(f"SELECT min({column}), max({column}) FROM {table}")).one()  # noqa: S608
        hours = () if first is None else range(first // HOUR, last // HOUR + 1)
        if rows := [{"hour": hour} for hour in hours]:
            note = "INSERT INTO changed_hours (hour, tx, n) VALUES (:hour, 0, 1) ON CONFLICT (hour, tx) DO NOTHING"
            connection.execute(text(note), rows)


def to_0037(connection: Connection) -> None:
    """Reword the sentence about a closed window in stored replies, its mark."""
    sentence = "The customer's reply window closed before this left. It can be sent once {} again."
    values = {"former": sentence.format("he has written"), "new": sentence.format("the customer writes")}
    connection.execute(text("UPDATE replies SET error = :new WHERE error = :former"), values)
    connection.execute(text("UPDATE reply_steps SET reason = :new WHERE reason = :former"), values)


def to_0038(connection: Connection) -> None:
    """Add the errcode by which WeChat ended a reply window."""
    connection.exec_driver_sql("ALTER TABLE conversations ADD COLUMN window_refused INTEGER DEFAULT 0 NOT NULL")


def to_0039(connection: Connection) -> None:
    """Make the triggers that note hours again, which cost less."""
    drop = "TRIGGER IF EXISTS {}" if connection.dialect.name == "sqlite" else "FUNCTION IF EXISTS {}() CASCADE"
    for number in range(len(TIMES)):
        connection.exec_driver_sql(f"DROP {drop.format(f'hours_{number}')}")
    note_changed_hours(connection)


def to_0040(connection: Connection) -> None:
    """Find who is in WeChat's own tool by when they come back."""
    connection.exec_driver_sql(
        "CREATE INDEX ix_conversations_transferred ON conversations (transferred_until)"
        " WHERE transferred_until IS NOT NULL"
    )


def to_0041(connection: Connection) -> None:
    """Count stored messages anew, as unanswered only where somebody waits."""
    to_0039(connection)
    connection.exec_driver_sql(SETTLED)
    connection.exec_driver_sql(UNSETTLED)
    _count_all_anew(connection)
