"""The index of keywords finds each word where it is in a text."""

from hypothesis import given
from hypothesis import strategies as st

from wxdesk.core.rules.matching.candidates import Keywords

# Few letters, so that words overlap, repeat and begin alike; short and long ones, beyond the beginning looked up.
WORDS = st.lists(st.text(alphabet="ab退款", min_size=1, max_size=9), max_size=12)


@given(words=WORDS, text=st.text(alphabet="ab退款", max_size=20))
def test_every_word_is_found_where_it_stands_and_nowhere_else(words: list[str], text: str) -> None:
    index = Keywords([(word, number) for number, word in enumerate(words)])
    numbered = list(enumerate(words))
    assert set(index.inside(text)) == {number for number, word in numbered if word in text}
    assert set(index.whole(text)) == {number for number, word in numbered if word == text}
    assert set(index.start(text)) == {number for number, word in numbered if text.startswith(word)}
    assert set(index.end(text)) == {number for number, word in numbered if text.endswith(word)}


def test_an_empty_text_begins_and_ends_with_nothing() -> None:
    index = Keywords([("退款", 1), ("a", 2)])
    assert [*index.inside(""), *index.whole(""), *index.start(""), *index.end("")] == []


def test_one_word_may_have_several_owners() -> None:
    assert sorted(Keywords([("退款", 1), ("退款", 2)]).inside("我要退款")) == [1, 2]
