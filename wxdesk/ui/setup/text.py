"""Words of the guided set-up: its steps, their states, and WeChat's consoles."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from wxdesk.core.setup.findings import Check, CheckVerdict, Finding, Gravity
from wxdesk.desk.setup.sentences import text, told
from wxdesk.i18n import names, tr
from wxdesk.ui.wording.times import dated_time

step_title = names(
    {
        Check.API: "Mini program",
        Check.SECRETS: "Message push",
        Check.ADDRESS: "How WeChat gets here",
        Check.URL_CHECK: "Waiting for WeChat",
        Check.MESSAGE: "A real message",
    }
)
"""Name of a step."""


class StateLook(Struct, frozen=True):
    """A finding at a glance: icon, colour role, and a short word."""

    icon: str
    role: str
    word: str


def state_of(finding: Finding) -> StateLook:
    """Return the look of a finding."""
    if finding.outdated:
        return StateLook("question", "secondary", tr("From before a change"))
    if finding.verdict is CheckVerdict.UNKNOWN:
        return StateLook("dot", "faint", tr("Not yet"))
    if finding.verdict is CheckVerdict.WAITING:
        return StateLook("hourglass", "pending", tr("Awaited"))
    gravity = finding.verdict.gravity
    if gravity >= Gravity.FAILURE:
        return StateLook("cross", "failed", tr("Needs fixing"))
    if gravity is Gravity.WARNING:
        return StateLook("warning", "pending", tr("Look here"))
    if gravity is Gravity.NOTE:
        return StateLook("info", "secondary", tr("Works"))
    return StateLook("check", "accent", tr("Works"))


def sentence_of(finding: Finding) -> str:
    """Return the sentence of a finding as it stands alone, with a capital."""
    words = text(finding)
    return words[:1].upper() + words[1:]


def told_alone(finding: Finding) -> str:
    """Return a finding with its remedy as they stand alone, with a capital."""
    words = told(finding)
    return words[:1].upper() + words[1:]


def checked_text(finding: Finding, now: datetime) -> str:
    """Return the time of the last check; empty if there was none."""
    if finding.at is None:
        return ""
    time = dated_time(finding.at, now)
    if finding.outdated:
        return tr("Checked {time}, before the last change", time=time)
    return tr("Checked {time}", time=time)


type ConsolePath = tuple[str, Sequence[str]]
"""The name of a console, and the menus in it, as they read there."""

_PLATFORM, _DEVELOPERS = "微信公众平台 mp.weixin.qq.com", "微信开发者平台 developers.weixin.qq.com/platform"

SECRET_PATHS: Sequence[ConsolePath] = (
    (_PLATFORM, ("管理", "开发管理", "开发设置", "开发者 ID")),
    (_DEVELOPERS, ("我的业务", "选择业务", "基础信息")),
)
"""Places of AppID, AppSecret and the API IP list."""

ORIGINAL_ID_PATH: ConsolePath = (_PLATFORM, ("设置", "基本设置", "原始 ID"))

PUSH_PATHS: Sequence[ConsolePath] = (
    (_PLATFORM, ("管理", "开发管理", "消息推送配置")),
    (_DEVELOPERS, ("我的业务", "选择业务", "消息与事件推送")),
)
"""Places of the message push."""
