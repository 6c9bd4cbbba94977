"""The figures are what Prometheus reads, and their labels are few whatever strangers and WeChat send."""

import re
from datetime import UTC, datetime

from wxdesk.core.events import ApiCalled, PushSeen, ReplyChanged
from wxdesk.core.model.reply import ReplyState
from wxdesk.webhook.status_page import Metrics

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
LINE = re.compile(r'[a-z_]+(\{[a-z_]+="[^"\\]*"(,[a-z_]+="[^"\\]*")*\})? [0-9.]+')


def test_each_line_is_a_figure_or_says_what_the_next_one_is() -> None:
    metrics = Metrics()
    metrics.on_event(PushSeen("shop", "kept", NOW, 7.0))
    metrics.on_event(PushSeen("", "refused: signature", NOW, 1.0))
    metrics.on_event(ReplyChanged(1, 2, ReplyState.SENT))
    metrics.on_event(ApiCalled("shop", "custom/send", "0 ok", NOW, 80.0))
    lines = metrics.text({"wxdesk_working": ("1 while it works.", {"": 1})}).splitlines()
    assert [line for line in lines if not line.startswith("# ") and not LINE.fullmatch(line)] == []
    assert 'wxdesk_pushes_total{account="shop",outcome="kept"} 1' in lines
    assert 'wxdesk_pushes_total{account="",outcome="refused: signature"} 1' in lines
    assert 'wxdesk_replies_total{state="sent"} 1' in lines
    assert 'wxdesk_api_calls_total{account="shop",call="custom/send",outcome="ok"} 1' in lines
    assert lines[-3:] == [
        "# HELP wxdesk_working 1 while it works.", "# TYPE wxdesk_working gauge", "wxdesk_working 1"
    ]  # fmt: skip


SEEN = """\
# HELP wxdesk_pushes_total Requests at the listener, by their outcome.
# TYPE wxdesk_pushes_total counter
wxdesk_pushes_total{account="shop",outcome="duplicate"} 1
wxdesk_pushes_total{account="shop",outcome="kept"} 2
wxdesk_pushes_total{account="shop",outcome="transferred"} 1
# HELP wxdesk_replies_total Moves of replies into a state.
# TYPE wxdesk_replies_total counter
wxdesk_replies_total{state="sent"} 2
# HELP wxdesk_api_calls_total Calls to WeChat's API: ok, an errcode, or failed.
# TYPE wxdesk_api_calls_total counter
wxdesk_api_calls_total{account="shop",call="custom/send",outcome="ok"} 1
# HELP wxdesk_acknowledge_seconds Time from a push's arrival to its acknowledgement.
# TYPE wxdesk_acknowledge_seconds histogram
wxdesk_acknowledge_seconds_bucket{le="0.005"} 1
wxdesk_acknowledge_seconds_bucket{le="0.01"} 2
wxdesk_acknowledge_seconds_bucket{le="0.025"} 2
wxdesk_acknowledge_seconds_bucket{le="0.05"} 3
wxdesk_acknowledge_seconds_bucket{le="0.1"} 3
wxdesk_acknowledge_seconds_bucket{le="0.25"} 3
wxdesk_acknowledge_seconds_bucket{le="0.5"} 3
wxdesk_acknowledge_seconds_bucket{le="1.0"} 3
wxdesk_acknowledge_seconds_bucket{le="2.5"} 3
wxdesk_acknowledge_seconds_bucket{le="5.0"} 3
wxdesk_acknowledge_seconds_bucket{le="+Inf"} 4
wxdesk_acknowledge_seconds_sum 6.052000
wxdesk_acknowledge_seconds_count 4
# HELP wxdesk_troubles Present troubles.
# TYPE wxdesk_troubles gauge
wxdesk_troubles 3
# HELP wxdesk_token_valid 1 while it is.
# TYPE wxdesk_token_valid gauge
wxdesk_token_valid{account="shop"} 1
wxdesk_token_valid{account="tea"} 0
"""


def test_the_whole_page_is_in_prometheus_format() -> None:
    metrics = Metrics()
    for outcome, milliseconds in (("kept", 2.0), ("kept", 10.0), ("transferred", 40.0), ("duplicate", 6000.0)):
        metrics.on_event(PushSeen("shop", outcome, NOW, milliseconds))
    for number in (1, 2):
        metrics.on_event(ReplyChanged(1, number, ReplyState.SENT))
    metrics.on_event(ApiCalled("shop", "custom/send", "0 ok", NOW, 80.0))
    gauges = {
        "wxdesk_troubles": ("Present troubles.", {"": 3}),
        "wxdesk_token_valid": ("1 while it is.", {'account="shop"': 1, 'account="tea"': 0}),
    }
    assert metrics.text(gauges) == SEEN


def test_the_histogram_adds_up() -> None:
    metrics = Metrics()
    for milliseconds in (5.0, 5.1, 300.0, 9000.0):
        metrics.on_event(PushSeen("shop", "kept", NOW, milliseconds))
    metrics.on_event(PushSeen("shop", "refused: query", NOW, 3.0))
    lines = metrics.text({}).splitlines()
    counted = [line.rpartition(" ")[2] for line in lines if line.startswith("wxdesk_acknowledge_seconds_bucket")]
    assert counted == ["1", "2", "2", "2", "2", "2", "3", "3", "3", "3", "4"]
    assert "wxdesk_acknowledge_seconds_sum 9.310100" in lines
    assert "wxdesk_acknowledge_seconds_count 4" in lines


def test_metrics_have_few_labels_whatever_wechat_answers() -> None:
    metrics = Metrics()
    answers = ("0 ok", "45015 回复时间超过限制", "40001 invalid credential", "-1 系统繁忙", "无法连接", "x1 there")
    for outcome in (*answers, *(f"{code} ?" for code in range(880_000, 881_000))):
        metrics.on_event(ApiCalled("shop", "custom/send", outcome, NOW, 80.0))
    text = metrics.text({})
    found = re.findall(r'outcome="([^"]*)"\} (\d+)', text)
    assert sorted(found) == [
        ("-1", "1"), ("40001", "1"), ("45015", "1"), ("another errcode", "1000"), ("failed", "2"), ("ok", "1")
    ]  # fmt: skip
    assert text.isascii()
