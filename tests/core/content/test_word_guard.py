"""Words that should not leave are found in any case and width, and numbers by their digits."""

import pytest

from wxdesk.core.content.word_guard import found_in
from wxdesk.core.model.reply import Content, ReplyKind

WORDS = ("保证", "100%", "1##########", "0##-#### ####", "Refund")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("您好，我们九点开门。", ()),
        ("我们保证明天到", ("保证",)),
        ("打我手机１３９ 1234-5678", ("13912345678",)),
        ("座机 010-12345678", ("01012345678",)),
        ("订单 1234567890 已发出", ()),
        ("REFUND 100％", ("100%", "Refund")),
        ("", ()),
    ],
)
def test_guarded_words_are_found_in_any_case_width_and_form(text: str, found: tuple[str, ...]) -> None:
    assert found_in(Content(text=text), WORDS) == found
    assert found_in(Content(text=text), ()) == ()


def test_every_written_field_of_every_kind_is_searched_for_words() -> None:
    link = Content(ReplyKind.LINK, title="Refund", description="保证", url="https://a.cn/13912345678")
    assert found_in(link, WORDS) == ("保证", "13912345678", "Refund")
    assert found_in(Content(ReplyKind.CARD, title="Refunds", page_path="pages/index"), WORDS) == ("Refund",)
    assert found_in(Content(ReplyKind.IMAGE, picture="13912345678"), WORDS) == ()
