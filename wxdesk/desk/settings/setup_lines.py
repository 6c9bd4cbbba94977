"""Lines about a configuration by itself, for a log and for who starts `serve`."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from wxdesk.core.setup.findings import Check, Finding
from wxdesk.core.setup.tunnel_state import TunnelKind
from wxdesk.core.setup.verdicts import CheckVerdict
from wxdesk.core.wechat.credential_shapes import judge_account
from wxdesk.desk.settings.configuration import Setup
from wxdesk.desk.setup.secret_findings import missing_finding
from wxdesk.desk.setup.sentences import told
from wxdesk.desk.wechat.credential_texts import explain_issue
from wxdesk.i18n import tr


def account_lines(setup: Setup, names: Collection[str]) -> Iterator[str]:
    """Tell what these accounts lack, and which of their values cannot be right."""
    for one in setup.missing:
        if one.account in names:
            yield told(missing_finding(Check.SECRETS, one.name.field, one.account))
    for name in names:
        if name in setup.ready:
            for issue in judge_account(setup.ready[name], setup.credentials[name]):
                yield tr("Account “{account}”: {reason}", account=name, reason=explain_issue(issue))


def setup_lines(setup: Setup) -> Iterator[str]:
    """Tell what the whole configuration lacks."""
    if not setup.accounts:
        yield told(Finding(Check.CONFIGURATION, CheckVerdict.NO_ACCOUNT))
    elif not setup.config.listener.public_url and setup.config.tunnel.kind is TunnelKind.EXTERNAL:
        yield told(Finding(Check.ADDRESS, CheckVerdict.NO_PUBLIC_URL))
    yield from account_lines(setup, tuple(setup.accounts))
