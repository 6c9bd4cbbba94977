"""Figures of a running server in Prometheus' text format.

Every label is from a closed set: names of accounts, our own words, and errcodes that are known. Nothing of a
customer is among them, and no stranger can make them more.
"""

from collections import Counter
from collections.abc import Iterator, Mapping

from wxdesk.core.events import ApiCalled, Event, PushSeen, ReplyChanged
from wxdesk.core.wechat.errcodes import is_known

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Bounds in seconds of the acknowledgement's time; WeChat gives up after 5."""

HEARD = (PushSeen, ReplyChanged, ApiCalled)

_ACKNOWLEDGED = {"kept", "transferred", "duplicate"}

_COUNTERS = {
    "wxdesk_pushes_total": ("Requests at the listener, by their outcome.", ("account", "outcome")),
    "wxdesk_replies_total": ("Moves of replies into a state.", ("state",)),
    "wxdesk_api_calls_total": ("Calls to WeChat's API: ok, an errcode, or failed.", ("account", "call", "outcome")),
}

type Gauges = Mapping[str, tuple[str, Mapping[str, int]]]
"""Present figures by name: what each is, and its values by label (empty: none)."""


class Metrics:
    """Counts since the server's start, gathered from the bus."""

    def __init__(self) -> None:
        self._counts: dict[str, Counter[tuple[str, ...]]] = {name: Counter() for name in _COUNTERS}
        self._buckets = [0] * (len(BUCKETS) + 1)
        self._seconds = 0.0

    def hear(self, event: Event) -> None:
        """Count an event."""
        match event:
            case PushSeen(account, outcome, milliseconds=milliseconds):
                self._counts["wxdesk_pushes_total"][account, outcome] += 1
                if outcome in _ACKNOWLEDGED:
                    self._observe(milliseconds / 1000)
            case ReplyChanged(state=state):
                self._counts["wxdesk_replies_total"][state.value,] += 1
            case ApiCalled(account, call, outcome):
                self._counts["wxdesk_api_calls_total"][account, call, _kind_of(outcome)] += 1
            case _:
                pass

    def text(self, gauges: Gauges) -> str:
        """Write all of it, with the present `gauges` at the end."""
        return "".join(f"{line}\n" for line in (*self._counter_lines(), *self._histogram_lines(), *_lines_of(gauges)))

    def _observe(self, seconds: float) -> None:
        self._buckets[sum(seconds > bound for bound in BUCKETS)] += 1
        self._seconds += seconds

    def _counter_lines(self) -> Iterator[str]:
        for name, (summary, labels) in _COUNTERS.items():
            yield from _head(name, summary, "counter")
            for values, count in sorted(self._counts[name].items()):
                pairs = ",".join(f'{label}="{value}"' for label, value in zip(labels, values, strict=True))
                yield f"{name}{{{pairs}}} {count}"

    def _histogram_lines(self) -> Iterator[str]:
        name, so_far = "wxdesk_acknowledge_seconds", 0
        yield from _head(name, "Time from a push's arrival to its acknowledgement.", "histogram")
        for bound, count in zip((*map(str, BUCKETS), "+Inf"), self._buckets, strict=True):
            so_far += count
            yield f'{name}_bucket{{le="{bound}"}} {so_far}'
        yield f"{name}_sum {self._seconds:.6f}"
        yield f"{name}_count {so_far}"


def _lines_of(gauges: Gauges) -> Iterator[str]:
    for name, (summary, values) in gauges.items():
        yield from _head(name, summary, "gauge")
        for label, value in values.items():
            yield f"{name}{{{label}}} {value}" if label else f"{name} {value}"


def _head(name: str, summary: str, kind: str) -> tuple[str, str]:
    return f"# HELP {name} {summary}", f"# TYPE {name} {kind}"


def _kind_of(outcome: str) -> str:
    """Shorten the outcome of a call, whose words are in the operator's language."""
    code = outcome.partition(" ")[0]
    if not code.lstrip("-").isdecimal():
        return "failed"
    return "ok" if code == "0" else code if is_known(int(code)) else "another errcode"
