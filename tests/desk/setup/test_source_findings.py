"""What keeps secrets back is told by its verdict: a locked vault, and a keychain with the reason."""

from pathlib import Path

import pytest

from wxdesk.core.setup.findings import CheckVerdict
from wxdesk.desk.setup.account_findings import source_findings
from wxdesk.desk.setup.sentences import text
from wxdesk.secrets.keychain import KeychainTrouble
from wxdesk.secrets.sources import SecretSources


@pytest.mark.parametrize("trouble", KeychainTrouble)
def test_a_keychain_that_cannot_be_used_is_reported_with_its_reason(tmp_path: Path, trouble: KeychainTrouble) -> None:
    sources = SecretSources(tmp_path, {})
    assert source_findings(sources) == []
    sources.keychain.trouble = trouble
    [finding] = source_findings(sources)
    assert finding.verdict is CheckVerdict.KEYCHAIN_UNUSABLE
    assert text(finding) == f"The system's keychain cannot be used ({finding.values['reason']})."


def test_a_locked_vault_is_reported_alone(tmp_path: Path) -> None:
    sources = SecretSources(tmp_path, {})
    SecretSources(tmp_path, {}).vault.create("eight or more")
    sources.keychain.trouble = KeychainTrouble.MISSING
    assert [finding.verdict for finding in source_findings(sources)] == [CheckVerdict.VAULT_LOCKED]
    sources.unlock("eight or more")
    assert [finding.verdict for finding in source_findings(sources)] == [CheckVerdict.KEYCHAIN_UNUSABLE]
