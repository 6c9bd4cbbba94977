"""What a desk on another machine may ask of the server: each method is either a command or only reads."""

import inspect
from collections.abc import Iterator
from typing import Any, get_type_hints

import msgspec
import pytest

from wxdesk.core import events
from wxdesk.core.errors import BadContent, BadTemplate, NotFound, Phrase, StoreError, UnreadableValue, WxdeskError
from wxdesk.core.events import Event, TroubleRaised
from wxdesk.core.model.command import CommandState, StoredCommand
from wxdesk.core.rules.template_names import TemplateInUse
from wxdesk.desk.conversations.attention import AttentionWatch
from wxdesk.desk.conversations.claims import Claims
from wxdesk.desk.conversations.commands import ConversationCommands
from wxdesk.desk.conversations.outside import CustomerData
from wxdesk.desk.conversations.presence import DeskPresence
from wxdesk.desk.conversations.takeover_expiry import TakeoverExpiry
from wxdesk.desk.conversations.typing_sender import TypingIndicator
from wxdesk.desk.data.erasing import Erasing
from wxdesk.desk.messages.quarantine import Quarantine
from wxdesk.desk.messages.skipped import SkippedMessages
from wxdesk.desk.replies.commands import ReplyCommands
from wxdesk.desk.replies.drafts import OperatorDrafts
from wxdesk.desk.replies.outbox import Outbox
from wxdesk.desk.rules.business_hours_saving import BusinessHoursSaving
from wxdesk.desk.rules.exchange import RulesExchange
from wxdesk.desk.rules.rulebook import Rulebook
from wxdesk.desk.runtime.packed_errors import packed_error, unpacked_error
from wxdesk.desk.settings.accounts import Accounts
from wxdesk.desk.settings.preferences import CurrentPreferences
from wxdesk.desk.team import dispatch, relay
from wxdesk.desk.team.commands import SHARED
from wxdesk.desk.team.dispatch import ServerState
from wxdesk.desk.templates import TemplateLibrary

PARTS: dict[str, type] = {
    "conversations": ConversationCommands,
    "claims": Claims,
    "replies": ReplyCommands,
    "drafts": OperatorDrafts,
    "skipped": SkippedMessages,
    "outbox": Outbox,
    "takeovers": TakeoverExpiry,
    "attention": AttentionWatch,
    "typing": TypingIndicator,
    "presence": DeskPresence,
    "rules.rulebook": Rulebook,
    "rules.exchange": RulesExchange,
    "rules.business_hours": BusinessHoursSaving,
    "templates": TemplateLibrary,
    "preferences": CurrentPreferences,
    "accounts": Accounts,
    "quarantine": Quarantine,
    "erasing": Erasing,
    "customer_data": CustomerData,
}

READS = {
    "claims": {"claim_to_write", "claim_to_change", "unseen"},
    "outbox": {"run", "recover"},
    "takeovers": {"load", "run"},
    "attention": {"load", "run", "refresh", "longest_waiting"},
    "typing": {"run"},
    "presence": {"report"},
    "rules.rulebook": {"load", "all", "revisions", "changed"},
    "rules.exchange": {"check", "export", "stored"},
    "templates": {"all", "revisions", "begin"},
    "preferences": {"load"},
    "accounts": {"load", "use"},
    "quarantine": {"newest"},
    "skipped": {"waiting"},
    "erasing": {"run", "forget_silent"},
}  # fmt: skip
"""Methods that read, that run a part, or that belong to the machine that has the secrets."""


def methods(kind: type) -> set[str]:
    return {name for name, one in vars(kind).items() if inspect.iscoroutinefunction(one) and not name.startswith("_")}


@pytest.mark.parametrize("path", PARTS)
def test_each_method_is_a_command_or_reads(path: str) -> None:
    """A new one that changes something must not run on a machine that does not work."""
    commands = {f"{path}.{name}" for name in methods(PARTS[path]) - READS.get(path, set())}
    assert commands == {call for call in SHARED if call.rpartition(".")[0] == path}


def test_no_part_is_forgotten() -> None:
    assert {call.rpartition(".")[0] for call in SHARED} == PARTS.keys()


def hinted() -> Iterator[tuple[str, Any]]:
    for call in SHARED:
        path, _, name = call.rpartition(".")
        yield from ((call, hint) for hint in get_type_hints(getattr(PARTS[path], name)).values())


def test_arguments_and_results_of_every_command_can_be_encoded() -> None:
    for _, hint in hinted():
        msgspec.json.Decoder(hint)
    msgspec.json.Decoder(ServerState)


def test_every_event_can_travel() -> None:
    kinds = [one for one in vars(events).values() if isinstance(one, type) and issubclass(one, Event)]
    assert len(kinds) > 30
    for kind in kinds:
        msgspec.json.Decoder(kind)
    said = Phrase("{account}: {why}", account="shop", why=Phrase("{n} of {what}", n=3, what="{x}"))
    told: list[Event] = [TroubleRaised("key", said, passing=True, account="shop"), TroubleRaised("key", "文字 {x}")]
    assert relay.unpacked(relay.packed(told)) == told


def test_events_keep_the_names_under_which_other_versions_store_them() -> None:
    assert relay.packed([events.EverythingChanged()]) == '[["CaughtUp",{}]]'
    assert relay.unpacked('[["CaughtUp", {}]]') == [events.EverythingChanged()]


def test_an_event_of_a_newer_program_is_left_out() -> None:
    assert relay.unpacked('[["Unheard", {}], ["TroubleRaised", {"key": 1}], ["RulesChanged", {}]]') == [
        events.RulesChanged()
    ]


@pytest.mark.parametrize(
    "error",
    [
        NotFound("conversation"),
        StoreError(reason="why"),
        StoreError(reason=Phrase("{n} of {what}", n=3, what=Phrase("these"))),
        BadContent("text", "too long"),
        TemplateInUse(["one", "two"], title="Opening hours"),
        BadTemplate(2, Phrase("There is no filter “{name}”.", name="shout")),
        UnreadableValue(),
    ],
)
def test_an_error_arrives_as_it_was(error: WxdeskError) -> None:
    arrived = unpacked_error(packed_error(error))
    assert type(arrived) is type(error)
    assert str(arrived) == str(error)
    assert {name: value for name, value in vars(arrived).items() if name != "values"} == {
        name: value for name, value in vars(error).items() if name != "values"
    }


def test_an_unknown_error_is_one_of_the_store() -> None:
    arrived = unpacked_error('{"error": "Nope", "sentence": "{n} too many", "values": {"n": 3}, "own": {}}')
    assert isinstance(arrived, StoreError)
    assert "3 too many" in str(arrived)


def test_an_answer_of_another_version_is_refused_with_the_reason() -> None:
    for state in (CommandState.DONE, CommandState.FAILED):
        with pytest.raises(StoreError, match="must be of one version"):
            dispatch._result(StoredCommand(1, dispatch.REPORT, "{}", state, '{"other": 1}'), ServerState)
