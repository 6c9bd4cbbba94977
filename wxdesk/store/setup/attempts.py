"""Attempts: requests to the desk, by what each says about the set-up."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Row, delete, select

from wxdesk.core.model.conversation import Author
from wxdesk.core.model.reply import ReplyState
from wxdesk.core.setup.findings import Check, CheckVerdict, Finding
from wxdesk.store.engine.database import StorePart, insert_into, reading, writing_beside
from wxdesk.store.schema.messaging import contacts, conversations, replies
from wxdesk.store.schema.setup import setup_attempts

MOST_KEPT = 50
"""Attempts of an account that are kept; the good ones and the newest stay."""

NEWEST_LOOKED_AT = 5000
"""Sent replies among which a rule's is looked for; once found, it is an attempt."""

TIMES = "times"
"""Name of the value that counts a finding's occurrences."""


class CountedFinding(Struct, frozen=True):
    """A finding that was made `times` times; its `at` is the last one."""

    finding: Finding
    times: int = 1


class MessageProofs(Struct, frozen=True):
    """Proofs that messages flow: one was kept, and a rule's reply to one was sent."""

    kept: bool = False
    answered: bool = False


class AttemptStore(StorePart):
    """The stored attempts of all accounts; those that belong to none have no account."""

    @writing_beside
    def add(self, connection: Connection, attempts: Sequence[CountedFinding]) -> None:
        """Store these in one transaction; each must have a time."""
        for attempt in attempts:
            finding, at = attempt.finding, attempt.finding.at
            details = json.dumps(dict(finding.values), ensure_ascii=False, sort_keys=True)
            insert = insert_into(connection, setup_attempts).values(
                account=finding.account,
                subject=finding.check.value,
                verdict=finding.verdict.value,
                details=details,
                times=attempt.times,
                first_at=at,
                last_at=at,
            )
            connection.execute(
                insert.on_conflict_do_update(
                    index_elements=["account", "subject", "verdict", "details"],
                    set_={"times": setup_attempts.c.times + attempt.times, "last_at": insert.excluded.last_at},
                )
            )
        for account in {attempt.finding.account for attempt in attempts}:
            _trim(connection, account)

    @reading
    def newest(self, connection: Connection, account: str, limit: int = MOST_KEPT) -> tuple[Finding, ...]:
        """Return an account's attempts, newest first, with the value `times`."""
        query = select(setup_attempts).where(setup_attempts.c.account == account)
        order = (setup_attempts.c.last_at.desc(), setup_attempts.c.id.desc())
        return tuple(_findings(connection.execute(query.order_by(*order).limit(limit)).all()))

    @reading
    def proofs(self, connection: Connection, account: str) -> MessageProofs:
        """Look if messages of an account arrived, and if rules answered them."""
        kept = connection.scalar(select(contacts.c.id).where(contacts.c.account == account).limit(1)) is not None
        sent = select(replies.c.conversation_id, replies.c.author).where(replies.c.state == ReplyState.SENT)
        newest = sent.order_by(replies.c.id.desc()).limit(NEWEST_LOOKED_AT).subquery()
        of_the_account = select(conversations.c.id).where(conversations.c.account == account)
        by_rule = select(newest.c.conversation_id).where(
            newest.c.author == Author.RULE, newest.c.conversation_id.in_(of_the_account)
        )
        return MessageProofs(kept, kept and connection.scalar(by_rule.limit(1)) is not None)


def _trim(connection: Connection, account: str) -> None:
    good = setup_attempts.c.verdict == CheckVerdict.OK.value
    order = (good.desc(), setup_attempts.c.last_at.desc(), setup_attempts.c.id.desc())
    mine = select(setup_attempts.c.id).where(setup_attempts.c.account == account)
    surplus = connection.scalars(mine.order_by(*order).offset(MOST_KEPT)).all()
    if surplus:
        connection.execute(delete(setup_attempts).where(setup_attempts.c.id.in_(surplus)))


def _findings(rows: Sequence[Row[Any]]) -> Iterator[Finding]:
    for row in rows:
        try:
            check, verdict = Check(row.subject), CheckVerdict(row.verdict)
            values = json.loads(row.details)
        except ValueError:  # of a newer program
            continue
        yield Finding(check, verdict, row.account, values | {TIMES: str(row.times)}, row.last_at)
