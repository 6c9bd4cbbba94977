"""One table says where a reply stands; bubble, list and traffic repeat it, in word, colour and icon."""

from datetime import timedelta
from itertools import product

import pytest
from msgspec.structs import replace

from tests.ui.inbox.records import NOW, reply, row
from wxdesk import i18n
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.reply import Content, Reply, ReplyState
from wxdesk.core.preferences import LastMoment
from wxdesk.ui.inbox.timeline.bubble_text import caption_of, notice_of, share_left
from wxdesk.ui.inbox.timeline.entries import WindowEnd, entries_of
from wxdesk.ui.traffic.steps import reply_step
from wxdesk.ui.wording.conversation import status_of_row
from wxdesk.ui.wording.reply_status import HoldReason, ReplyStatus, status_of_reply
from wxdesk.ui.wording.times import clock_time

SOON = NOW + timedelta(seconds=5)
S = ReplyState

TABLE = [
    (reply(1, S.DRAFT), "Draft, waits for you", "pending", "edit"),
    (reply(1, S.DRAFT, passed_by=2), "Draft, you wrote instead", "secondary", "edit"),
    (reply(1, S.DRAFT, passed_by=2, edited=True), "Draft, waits for you", "pending", "edit"),
    (
        replace(reply(1, S.DRAFT), content=Content(text="‹contact.alias›, hello", gaps=("contact.alias",))),
        "Draft, a value is missing",
        "failed",
        "edit",
    ),
    (
        replace(reply(1, S.DRAFT), content=Content(text="Li Lei, hello", gaps=("contact.alias",))),
        "Draft, waits for you",
        "pending",
        "edit",
    ),
    (reply(1, S.HELD, due_at=SOON), "Sends in 5 s", "pending", "hourglass"),
    (reply(1, S.HELD, due_at=NOW + timedelta(minutes=60)), "Sends in 1 h", "pending", "hourglass"),
    (reply(1, S.HELD, due_at=NOW + timedelta(minutes=61)), "Sends in 1 h 1 min", "pending", "hourglass"),
    (reply(1, S.HELD, due_at=NOW + timedelta(minutes=119)), "Sends in 1 h 59 min", "pending", "hourglass"),
    (reply(1, S.HELD, due_at=NOW + timedelta(minutes=121)), "Sends in 2 h", "pending", "hourglass"),
    (reply(1, S.HELD, due_at=NOW), "About to be sent", "pending", "hourglass"),
    (reply(1, S.HELD, due_at=None), "Held for your OK", "pending", "person"),
    (reply(1, S.QUEUED), "Waiting to be sent", "secondary", "clock"),
    (reply(1, S.QUEUED, errcode=40164, error="invalid ip"), "Waiting to be sent 40164", "pending", "clock"),
    (reply(1, S.QUEUED, not_before=SOON, error="busy"), "Tries again in 5 s", "pending", "retry"),
    (reply(1, S.SENDING), "Sending", "secondary", "send"),
    (reply(1, S.SENT), "Accepted by WeChat", "faint", ""),
    (reply(1, S.SENT, confirmed=True), "Arrived, as you said", "faint", ""),
    (reply(1, S.FAILED, errcode=45015), "Failed 45015", "failed", "warning"),
    (reply(1, S.FAILED, error="no connection"), "Failed", "failed", "warning"),
    (reply(1, S.UNKNOWN), "May have been delivered", "pending", "question"),
    (reply(1, S.CANCELLED), "Stopped", "secondary", "stop"),
    (reply(1, S.CANCELLED, by="operator"), "Stopped by you", "secondary", "stop"),
    (reply(1, S.CANCELLED, by="contact"), "Withdrawn: the customer wrote again", "secondary", "stop"),
    (
        reply(1, S.CANCELLED, by="WeChat"),
        "Stopped: WeChat takes nothing for this customer",
        "secondary",
        "stop",
    ),
]
EVERY = [replace(one, author=author) for (one, *_), author in product(TABLE, (Author.RULE, Author.OPERATOR))]


@pytest.mark.parametrize(("one", "words", "role", "icon"), TABLE)
def test_each_state_of_a_reply_has_its_word_colour_and_icon(one: Reply, words: str, role: str, icon: str) -> None:
    standing = status_of_reply(one, NOW)
    assert (standing.text, standing.role, standing.icon) == (words, role, icon)


def test_every_state_is_in_the_table_and_no_two_states_are_told_in_the_same_words() -> None:
    assert {one.state for one, *_ in TABLE} == set(ReplyState)
    told: dict[str, set[ReplyState]] = {}
    for one, words, *_ in TABLE:
        told.setdefault(words, set()).add(one.state)
    assert all(len(states) == 1 for states in told.values())


@pytest.mark.parametrize("one", EVERY, ids=lambda one: f"{one.state}-{one.author}-{one.by}-{one.errcode}")
def test_bubble_list_and_traffic_say_the_same(one: Reply) -> None:
    standing = status_of_reply(one, NOW)
    parts = caption_of(entries_of([one], NOW)[-1], NOW)
    assert [
        part for part in parts if (part.text, part.role, part.icon) == (standing.text, standing.role, standing.icon)
    ]
    step = reply_step(one, NOW)
    assert step.text.startswith(f"{standing.text} · ")
    assert step.icon == standing.icon
    listed = _in_the_list(one)
    if listed is not None:
        assert (listed.text, listed.role, listed.icon) == (standing.text, standing.role, standing.icon)


def _in_the_list(one: Reply) -> ReplyStatus | None:
    """What the list says about a conversation whose last reply this is; None where it speaks of the conversation."""
    match one.state:
        case S.HELD:
            return status_of_row(row(1, held=1, due_at=one.due_at, last_reply=one), NOW)
        case S.FAILED | S.UNKNOWN:
            return status_of_row(row(1, failed=one, last_reply=one), NOW)
        case S.QUEUED | S.SENDING:
            by_hand = status_of_row(row(1, last_reply=one, taken_over=True), NOW)
            assert by_hand == status_of_row(row(1, last_reply=one), NOW), "who took over has to see that it waits"
            return by_hand
    return None


@pytest.mark.parametrize("standstill", [HoldReason.WRITING, HoldReason.PAUSED])
def test_a_reply_held_back_does_not_show_a_countdown(standstill: HoldReason) -> None:
    held = reply(1, S.HELD, minutes=1, due_at=SOON)
    entry = entries_of([held], NOW)[-1]
    words = {HoldReason.WRITING: "Waits while you write", HoldReason.PAUSED: "Held, everything is paused"}[standstill]
    assert caption_of(entry, NOW, standstill)[0].text == words
    assert status_of_row(row(1, held=1, due_at=SOON), NOW, standstill).text == words
    assert share_left(held, NOW, standstill) == 1.0
    assert reply_step(held, NOW, standstill).text.startswith(words)
    mine = replace(held, author=Author.OPERATOR)
    assert status_of_reply(mine, NOW, standstill).text == "Sends in 5 s"
    assert status_of_row(row(1, held=1, due_at=SOON, last_reply=mine), NOW, standstill).text == "Sends in 5 s"
    assert share_left(mine, NOW, standstill) == pytest.approx(5 / 65)


def test_a_pause_is_told_of_what_is_queued_but_not_of_what_a_human_sends() -> None:
    queued = reply(1, S.QUEUED, minutes=1, not_before=SOON, error="busy", attempts=1)
    told = [
        caption_of(entries_of([one], NOW)[-1], NOW, HoldReason.PAUSED)
        for one in (queued, replace(queued, by="operator"), replace(queued, author=Author.OPERATOR))
    ]
    words = [next(part.text for part in parts if part.icon) for parts in told]
    assert words == ["Paused, not sent", "Tries again in 5 s", "Tries again in 5 s"]
    assert status_of_row(row(1, last_reply=queued), NOW, HoldReason.PAUSED).text == "Paused, not sent"
    assert reply_step(queued, NOW, HoldReason.PAUSED).text.startswith("Paused, not sent · ")
    assert status_of_reply(queued, NOW, HoldReason.WRITING).text == "Tries again in 5 s"


def test_a_clock_that_begins_anew_begins_full() -> None:
    made = reply(1, S.HELD, minutes=10, due_at=NOW + timedelta(seconds=8))
    assert share_left(replace(made, updated_at=NOW), NOW) == 1.0
    assert share_left(replace(made, updated_at=NOW), NOW + timedelta(seconds=4)) == 0.5


def test_a_reply_that_failed_and_is_thrown_away_was_not_taken_back() -> None:
    mine = replace(reply(1, S.CANCELLED, due_at=SOON), author=Author.OPERATOR, by="operator")
    assert status_of_reply(mine, NOW).text == "Taken back"
    assert status_of_reply(replace(mine, errcode=45047, error="out of quota"), NOW).text == "Stopped by you"


@pytest.mark.parametrize(
    ("last_moment", "standstill", "said", "notice"),
    [
        (LastMoment.SEND, HoldReason.NONE, "Sends in 5 s", "Sent at {}, just before the reply window closes."),
        (
            LastMoment.HAND_OVER,
            HoldReason.HANDED_OVER,
            "Handed to you in 5 s",
            "Handed to you at {}, just before the reply window closes.",
        ),
    ],
)
def test_a_held_reply_tells_what_becomes_of_it_when_the_window_closes(
    last_moment: LastMoment, standstill: HoldReason, said: str, notice: str
) -> None:
    held = reply(1, S.HELD, minutes=1, due_at=SOON)
    entry = entries_of([held], NOW, closing=WindowEnd(SOON + timedelta(seconds=10), last_moment))[-1]
    assert caption_of(entry, NOW, standstill)[0].text == said
    assert notice_of(entry) == notice.format(clock_time(SOON))
    assert share_left(held, NOW, standstill) == pytest.approx(5 / 65), "its clock goes on"
    sooner = entries_of([held], NOW, closing=WindowEnd(SOON + timedelta(seconds=11), last_moment))[-1]
    assert notice_of(sooner) == ""


def test_each_state_of_a_reply_has_chinese_words() -> None:
    i18n.use("zh_CN")
    for one, *_ in TABLE:
        words = status_of_reply(one, NOW).text
        assert any("一" <= character <= "鿿" for character in words)
    assert status_of_reply(reply(1, S.FAILED, errcode=45015), NOW).text == "发送失败 45015"
