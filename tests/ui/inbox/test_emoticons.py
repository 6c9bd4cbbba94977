"""WeChat's emoticons are readable wherever a text is shown, and stay codes wherever it is kept or sent."""

from tests.ui.inbox.records import NOW, conversation, message, reply
from wxdesk.core.conversations.listing import SearchHit
from wxdesk.core.model.reply import Content, ReplyKind, ReplyState
from wxdesk.ui.inbox.conversation_list.search import excerpt
from wxdesk.ui.inbox.timeline.entries import entries_of
from wxdesk.ui.look.fonts import has_emoji


def shown(emoji: str, name: str) -> str:
    """What the window shows: the emoji, or the name on a machine whose fonts have none."""
    return emoji if has_emoji() else f"[{name}]"


def test_bubbles_show_emoji_for_codes() -> None:
    smile, rose = shown("🙂", "Smile"), shown("🌹", "Rose")
    said = message(1, text="谢谢/::) [捂脸] https://a.cn/:ok")
    link = Content(ReplyKind.LINK, title="新品[玫瑰]", description="快来/:rose", url="https://a.cn/:rose")
    entries = entries_of([said, reply(1, ReplyState.SENT, text="不客气[Smile]")], NOW)
    assert [entry.text for entry in entries[1:]] == [
        f"谢谢{smile} {shown('🤦', 'Facepalm')} https://a.cn/:ok",
        f"不客气{smile}",
    ]
    assert entries[1].message == said
    sent = entries_of([reply(2, ReplyState.SENT, content=link)], NOW)[-1]
    assert sent.text.splitlines() == [f"[Link] 新品{rose}", f"快来{rose}", "https://a.cn/:rose"]


def test_a_found_name_is_shown_as_a_name() -> None:
    smile = shown("🙂", "Smile")
    hit = SearchHit(conversation(1), message(1, text="谢谢/::)，" + "很" * 40 + "[Smile]"))
    assert excerpt(hit, "谢谢") == f"谢谢{smile}，{'很' * 40}{smile}"
    assert excerpt(hit, "smile").startswith("谢谢[Smile]，")
    late = SearchHit(conversation(1), message(1, text="很" * 40 + "/:rose"))
    assert excerpt(late, "Rose") == "…" + "很" * 11 + "[Rose]"
