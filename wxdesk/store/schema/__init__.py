"""Every table, once, for both engines.

    raw_pushes ──┐ what WeChat sent, byte for byte; its key is unique for ever
    contacts     │ the senders
    conversations│ one a contact: mode, takeover, unread, waiting, preview, reply window, transfer, status
    calls        │ one a conversation and reason to need attention
    messages ────┘ one a push that belongs in a conversation
    decisions      one a message: why it got its answer
    rule_firings   one a rule that matched a message
    replies        the outbox: each in exactly one state
    operator_drafts one a conversation and operator: what is begun there and not sent
    reply_steps    the history of each reply, and by whom
    pictures       one a kept picture; its bytes are a file on SQLite (see `store.pictures.files`)
    picture_chunks the bytes of pictures on PostgreSQL
    uploads        one a picture and account: the media_id that WeChat gave for it
    search_texts   the words of messages and replies once more, cut for searching (see `store.search`)
    outages        one a time in which WeChat could not reach the desk
    rules · rule_revisions · rule_lists · templates · template_revisions · settings
    leases         one a right that one server of a team has at a time
    relayed_events one a moment in which the server that works told desks elsewhere something
    commands       one a command of a desk elsewhere
    operators      one a person who signs in, where a team does
    operator_actions one a thing that an operator did, but for replies and revisions
    hourly_figures sums of the above by hour, account, rule and operator
    changed_hours  one an hour whose sums are older than its rows
    setup_attempts one a finding of what arrived for an account, and how often

A change here needs a migration; a test compares the two. Each index serves a query of the store. Account names are
plain text, not foreign keys: they come from the configuration, and a push must be kept whatever that says today.
"""

from wxdesk.store.schema import authored, figures, messaging, setup, team
from wxdesk.store.schema.columns import metadata

__all__ = ["authored", "figures", "messaging", "metadata", "setup", "team"]
