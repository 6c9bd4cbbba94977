"""Whatever bytes come back, they are an answer, a broken connection or no HTTP, and can be judged."""

import asyncio
from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from wxdesk.core.setup.findings import CheckVerdict
from wxdesk.core.setup.probe_challenges import ProbeChallenge, ProbeChallenges
from wxdesk.tunnel.exchange import MOST_CHUNKS, NotHttpError, RawAnswer, read_answer
from wxdesk.tunnel.probe import judge_answer

URL = "https://desk.example.com/wx/shop"


def read(answer: bytes) -> RawAnswer:
    async def run() -> RawAnswer:
        reader = asyncio.StreamReader()
        reader.feed_data(answer)
        reader.feed_eof()
        return await read_answer(reader)

    return asyncio.run(run())


LINES = st.sampled_from(
    [
        b"HTTP/1.1 200 OK",
        b"HTTP/1.1 301 Moved",
        b"HTTP/1.1 100 Continue",
        b"HTTP/1.1 -5",
        b"HTTP/1.1",
        b"Content-Length: 4",
        b"Content-Length: -4",
        b"Content-Length: x",
        b"Transfer-Encoding: chunked",
        b"Content-Encoding: gzip",
        b"Location: http://[x",
        b"Location: ///",
        b"4",
        b"ffffffffff",
        b"-1",
        b"",
    ]
)
ANSWERS = st.one_of(
    st.binary(max_size=300),
    st.builds(lambda lines, rest: b"\r\n".join([*lines, rest]), st.lists(LINES, max_size=8), st.binary(max_size=40)),
)


@given(ANSWERS)
def test_no_answer_breaks_the_probe(answer: bytes) -> None:
    with suppress(NotHttpError, EOFError):
        found = read(answer)
        verdict, values = judge_answer(found, ProbeChallenge("/wx/shop", "", b"1234"), ProbeChallenges(), URL)
        assert isinstance(verdict, CheckVerdict)
        assert all(isinstance(value, str) for value in values.values())


def test_an_answer_is_read_as_its_head_says() -> None:
    head = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"
    assert read(head + b"Content-Length: 4\r\n\r\n1234more").body == b"1234"
    assert read(head + b"X: y\r\n\r\n1234more").body == b"1234more"
    assert read(head + b"Transfer-Encoding: chunked\r\n\r\n2;a=b\r\n12\r\n2\r\n34\r\n0\r\n\r\n").body == b"1234"


def test_an_answer_in_endless_small_chunks_is_not_read_to_its_end() -> None:
    answer = read(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 100_000)
    assert answer.body == b"x" * MOST_CHUNKS
