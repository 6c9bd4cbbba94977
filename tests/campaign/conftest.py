"""The size of the campaigns: a sample with every run of the tests, all of it with `--campaigns`."""

from __future__ import annotations

import pytest


@pytest.fixture
def in_full(pytestconfig: pytest.Config) -> bool:
    """Whether all of the campaigns was asked for."""
    return bool(pytestconfig.getoption("campaigns"))
