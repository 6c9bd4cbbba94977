"""What the window tells of the set-up."""

from __future__ import annotations

import pytest

from wxdesk.desktop import public_part


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("sqlite:///desk.db", "sqlite:///desk.db"),
        ("sqlite:////srv/a@b/desk.db", "sqlite:////srv/a@b/desk.db"),
        ("postgresql://db.example/desk", "postgresql://db.example/desk"),
        ("postgresql://li:s3cret@db.example:5433/desk", "postgresql://db.example:5433/desk"),
        ("postgresql://li:s3@cret@[::1]/desk", "postgresql://[::1]/desk"),
        ("postgresql://db.example/desk?user=li&password=s3cret", "postgresql://db.example/desk"),
        ("postgresql:///desk?host=/run&password=s3cret", "postgresql:///desk"),
    ],
)
def test_of_the_database_only_its_place_is_shown(url: str, shown: str) -> None:
    assert public_part(url) == shown
