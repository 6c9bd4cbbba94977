"""Texts and bytes that begin as something right and had pieces of other languages put into them."""

from collections.abc import Sequence

from hypothesis import strategies as st

LONGEST = 64 * 1024
"""Characters to which a mutated text is cut: no door of the desk lets more in at once."""

PASTED = 4096
"""Characters that somebody may paste into a field."""

PIECES = (
    "", "\0", "\r", "\n", "\t", " ", "\x1b[31m", "\x85", "\u2028", "\u202e", "\u200d", "\ufeff", "\ufffe", "\ud83d",
    "\udc00", "😀", "退款", "ｗ１", "é", "٣", "＂", "“", "”", "，", "：", "'", '"', "'''", '"""', "\\", "\\u0000",
    "\\ud83d", "\\x", "{", "}", "{{", "}}", "{%", "%}", "{% for i in (1..999999) %}", "{% raw %}", "|", "[", "]",
    "[[", "]]", "(", ")", "(?P<n>", "(?=", "\\1", "*", "+", "{1000}", ".", "-", "/", "//", "://", "http://", "@",
    "#", "?", "&", "=", "==", ";", ":", ",", "<", ">", "<a href='", "</a>", "<!--", "<![CDATA[", "]]>", "<!DOCTYPE x [",
    "&amp;", "&#0;", "&#xD83D;", "&#99999999999;", "%", "%00", "%s", "%E9", "0", "1", "-1", "1e999", "NaN", "Infinity",
    "9" * 40, "18446744073709551616", "0x", "true", "null", "0001-01-01T00:00:00", "24:00", "/::)", "/:no", "[微笑]",
    "\r\n\r\n", "\x1b]0;", "=cmd|' /C calc'!A1", "SHA256:",
)  # fmt: skip
"""What means something to one parser or another, and what none expects."""

TIMES = (1, 1, 1, 1, 1, 1, 2, 3, 40, 5000)

_EDITS = st.lists(
    st.tuples(
        st.integers(0, 2**16),
        st.integers(0, 30),
        st.sampled_from(PIECES) | st.text(max_size=4),
        st.sampled_from(TIMES),
    ),
    max_size=6,
)


def texts(samples: Sequence[str], longest: int = LONGEST) -> st.SearchStrategy[str]:
    """One of `samples` with a few pieces cut out and others put in, perhaps thousands of times."""
    return st.builds(_edited, st.sampled_from(samples), _EDITS).map(lambda text: text[:longest])


def bodies(samples: Sequence[bytes]) -> st.SearchStrategy[bytes]:
    """Like `texts`, as bytes of several encodings, and with single bytes changed."""
    readable = [sample.decode("utf-8", "surrogateescape") for sample in samples]
    return st.builds(_encoded, texts(readable), st.sampled_from(_ENCODINGS), _FLIPS) | st.binary(max_size=300)


def _edited(text: str, edits: list[tuple[int, int, str, int]]) -> str:
    for place, cut, piece, times in edits:
        at = place % (len(text) + 1)
        text = f"{text[:at]}{piece * times}{text[at + cut :]}"[:LONGEST]
    return text


_ENCODINGS = ("utf-8",) * 6 + ("utf-16", "utf-16-be", "utf-32", "utf-7", "gb18030", "latin-1")
_FLIPS = st.lists(st.tuples(st.integers(0, 2**16), st.integers(0, 255)), max_size=3)


def _encoded(text: str, encoding: str, flips: list[tuple[int, int]]) -> bytes:
    handler = "surrogatepass" if encoding.startswith("utf-") and encoding != "utf-7" else "replace"
    body = bytearray(text.encode("utf-8", "surrogateescape") if _is_escaped(text) else text.encode(encoding, handler))
    for place, byte in flips:
        if body:
            body[place % len(body)] = byte
    return bytes(body)


def _is_escaped(text: str) -> bool:
    """Tell if a sample holds bytes that are no text, and nothing else that has no encoding."""
    surrogates = [one for one in text if "\ud800" <= one <= "\udfff"]
    return bool(surrogates) and all("\udc80" <= one <= "\udcff" for one in surrogates)
