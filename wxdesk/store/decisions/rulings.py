"""Stores decisions with their replies, takeovers, transfers, statuses and tags."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select, update

from wxdesk.core.conversations.changes import ContactChange
from wxdesk.core.errors import DecisionOutdated
from wxdesk.core.model.decision import OWES_NO_ANSWER, Decision
from wxdesk.core.model.reply import Reply
from wxdesk.core.rules.matching.guards import operator_decisions
from wxdesk.core.rules.ruling import Ruling
from wxdesk.store.conversations.conversations import change_contact, change_conversation
from wxdesk.store.conversations.status import set_aside_by_rule
from wxdesk.store.conversations.unanswered import oldest_unanswered
from wxdesk.store.decisions.superseding import PendingAnswers, hold_scheduled
from wxdesk.store.engine.database import insert_into
from wxdesk.store.replies.inserting import insert_replies, load_replies, reply_row
from wxdesk.store.replies.parts import join_parts
from wxdesk.store.rules.firings import insert_firings
from wxdesk.store.schema.columns import Among
from wxdesk.store.schema.messaging import contacts, conversations, decisions, messages
from wxdesk.store.schema.records import SELECT_CONVERSATIONS, conversation_of

DECISION_FIELDS = [column.name for column in decisions.c if column.name != "id"]


def store_rulings(connection: Connection, rulings: Sequence[Ruling]) -> list[Reply]:
    """Store decisions with their effects in one transaction; return changed replies.

    What `on_pending` says of pending replies happens in the same transaction, as they are then: those that give way are
    cancelled by "contact". Where the operator edits one, no new ones are made, and the decision says so
    (YIELDED); nor are they where fewer gave way than needed (NO_QUOTA). A reply's `created_at` is the
    decision's `decided_at`. A message that has a decision already is left alone, and its replies are not made a
    second time.

    Raises:
        DecisionOutdated: an operator has changed a conversation since `based_on`
            (`core.rules.matching.guards.operator_decisions`).
            Nothing was stored; operators' later changes wait until all is.
    """
    if not rulings:
        return []
    ids = _insert_decisions(connection, [ruling.decision for ruling in rulings])
    new: dict[int, Ruling] = {}
    for ruling in rulings:
        if ruling.decision.message_id in ids:
            new.setdefault(ruling.decision.message_id, ruling)
    changed = [reply_id for turn in _turns(new.values()) for reply_id in _answer(connection, turn, ids)]
    _refuse_if_operator_acted(connection, new.values())
    decided = {ruling.decision.message_id for ruling in rulings}
    connection.execute(_DECIDED, {"ids": tuple(decided)})
    _change_conversations(connection, new.values())
    owed_none = {one.decision.conversation_id for one in new.values() if one.decision.outcome in OWES_NO_ANSWER}
    update_waiting_since(connection, owed_none)
    _set_aside(connection, new.values())
    _change_contacts(connection, new.values())
    insert_firings(connection, list(new.values()))
    return load_replies(connection, [*changed, *hold_scheduled(connection, new)])


def _turns(rulings: Iterable[Ruling]) -> list[list[Ruling]]:
    """Split rulings: of one conversation, the later find what earlier ones stored."""
    turns: defaultdict[int, list[Ruling]] = defaultdict(list)
    before: Counter[int] = Counter()
    for one in rulings:
        turns[before[one.decision.conversation_id]].append(one)
        before[one.decision.conversation_id] += 1
    return list(turns.values())


def _answer(connection: Connection, rulings: Sequence[Ruling], decision_ids: Mapping[int, int]) -> list[int]:
    """Move pending replies by the rulings, and insert theirs; return the ids of both."""
    pending = PendingAnswers(connection, rulings)
    rows: list[dict[str, Any]] = []
    for one in rulings:
        message_id, at = one.decision.message_id, one.decision.decided_at
        belongs = {"message_id": message_id, "decision_id": decision_ids[message_id], "promise": bool(one.take_over)}
        rows += [reply_row(reply, at) | belongs for reply in one.replies] if pending.take(one) else []
    made = insert_replies(connection, rows)
    join_parts(connection, _grouped_by_answer(rows, made))
    return [*pending.moved, *made]


def _refuse_if_operator_acted(connection: Connection, rulings: Iterable[Ruling]) -> None:
    """Raise `DecisionOutdated` if an operator acted since a decision was computed.

    Later commands of operators wait for this transaction. The conversations are locked after the replies, in
    the same order as by `store.replies.moves.lock_reply`, and only here: nothing has changed them yet.
    """
    known = {one.decision.conversation_id: one.based_on for one in rulings if one.based_on is not None}
    if not known:
        return
    for row in connection.execute(_LOCK_CONVERSATIONS, {"ids": tuple(known)}):
        now, based_on = conversation_of(row), known[row.id]
        if operator_decisions(now) != operator_decisions(based_on):
            raise DecisionOutdated


# Statements never change once made, and these are asked for each message: put together once.
_LOCK_CONVERSATIONS = (
    SELECT_CONVERSATIONS.where(Among(conversations.c.id, "ids"))
    .order_by(conversations.c.id)
    .with_for_update(of=[conversations, contacts], key_share=True)
)
_DECIDED = update(messages).where(Among(messages.c.id, "ids")).values(decided=True)


def _grouped_by_answer(rows: Sequence[dict[str, Any]], ids: Sequence[int]) -> list[list[int]]:
    answers: defaultdict[tuple[int, int | None], list[int]] = defaultdict(list)
    for row, reply_id in zip(rows, ids, strict=True):
        answers[row["decision_id"], row["rule_id"]].append(reply_id)
    return list(answers.values())


def _insert_decisions(connection: Connection, made: Sequence[Decision]) -> dict[int, int]:
    """Insert the decisions that are new; return their ids by message id."""
    rows = [{name: getattr(decision, name) for name in DECISION_FIELDS} for decision in made]
    statement = insert_into(connection, decisions).on_conflict_do_nothing(index_elements=[decisions.c.message_id])
    inserted = connection.execute(statement.returning(decisions.c.id, decisions.c.message_id), rows)
    return {message_id: decision_id for decision_id, message_id in inserted}


def _change_conversations(connection: Connection, rulings: Iterable[Ruling]) -> None:
    for one in rulings:
        if changes := one.of_conversation:
            change_conversation(connection, one.decision.conversation_id, changes)


def _set_aside(connection: Connection, rulings: Iterable[Ruling]) -> None:
    for one in rulings:
        if one.aside is not None:  # where the rule sends a reply, that carries it
            made_by = one.decision
            set_aside_by_rule(connection, made_by.conversation_id, one.aside, made_by.decided_at, made_by.rule_name)


def update_waiting_since(connection: Connection, ids: Collection[int]) -> None:
    """Set `waiting_since` of these conversations to their oldest unanswered message."""
    if not ids:
        return
    change = update(conversations).where(conversations.c.id.in_(ids))
    connection.execute(change.values(waiting_since=oldest_unanswered()))


def _change_contacts(connection: Connection, rulings: Iterable[Ruling]) -> None:
    wanted: defaultdict[int, list[ContactChange]] = defaultdict(list)
    for one in rulings:
        if one.of_contact != ContactChange():
            wanted[one.decision.conversation_id].append(one.of_contact)
    if not wanted:
        return
    changed = select(conversations.c.id, conversations.c.contact_id).where(conversations.c.id.in_(wanted))
    for row in connection.execute(changed.order_by(conversations.c.contact_id)).all():
        for change in wanted[row.id]:
            change_contact(connection, row.contact_id, change)
