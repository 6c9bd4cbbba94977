"""Access tokens as WeChat issues them: two families that do not know each other.

Classic ("获取接口调用凭据"): every call makes a new token; the former lives five more minutes. Stable
("获取稳定版接口调用凭据"): the same token for everybody until its last five minutes, then a new one while both are
valid; a forced refresh ends every former one at once, is ignored within 30 seconds of the last, and allowed
20 times a day (Beijing's).
"""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from wxdesk.desk.ports import Clock
from wxdesk.sandbox.platform.errors import ApiRefusal
from wxdesk.sandbox.platform.rate_limits import BEIJING

LIFETIME = timedelta(seconds=7200)
OVERLAP = timedelta(minutes=5)
FORCED_APART = timedelta(seconds=30)
FORCED_A_DAY = 20


@dataclass(frozen=True, slots=True, repr=False)
class IssuedToken:
    """A token of `app_id`, valid until `ends_at`; `revoked` if ended early."""

    token: str
    app_id: str
    ends_at: datetime
    revoked: bool = False


class TokenBook:
    """All tokens issued so far."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._issued: dict[str, IssuedToken] = {}
        self._classic: dict[str, str] = {}
        self._stable: dict[str, str] = {}
        self._of_stable: set[str] = set()
        self._forced: dict[str, list[datetime]] = {}

    def classic(self, app_id: str) -> tuple[str, int]:
        """Issue a classic token and its seconds; the former one ends in five minutes."""
        former = self._issued.get(self._classic.get(app_id, ""))
        if former is not None:
            self._end(former, self._clock() + OVERLAP)
        return self._new(app_id, self._classic)

    def stable(self, app_id: str, *, force: bool = False) -> tuple[str, int]:
        """Return the stable token or a new one near its end; raises `ApiRefusal` 45009."""
        now = self._clock()
        current = self._issued.get(self._stable.get(app_id, ""))
        if force and current is not None and self._may_force(app_id, now):
            self._revoke(app_id, self._of_stable)
            return self._new(app_id, self._stable)
        if current is None or current.revoked or current.ends_at - now <= OVERLAP:
            return self._new(app_id, self._stable)
        return current.token, int((current.ends_at - now).total_seconds())

    def owner(self, token: str) -> str:
        """Find the app id of `token`; raises `ApiRefusal` 41001, 40001 or 42001."""
        if not token:
            raise ApiRefusal(41001)
        issued = self._issued.get(token)
        if issued is None or issued.revoked:
            raise ApiRefusal(40001)
        if self._clock() >= issued.ends_at:
            newest = self._classic.get(issued.app_id), self._stable.get(issued.app_id)
            raise ApiRefusal(42001 if issued.token in newest else 40001)
        return issued.app_id

    def expire(self, app_id: str) -> None:
        """End all tokens of `app_id` now, as if expired (42001)."""
        for issued in tuple(self._issued.values()):
            if issued.app_id == app_id:
                self._end(issued, self._clock())

    def revoke(self, app_id: str) -> None:
        """End all tokens of `app_id` now, as if others had replaced them (40001)."""
        self._revoke(app_id, set(self._issued))

    def _revoke(self, app_id: str, among: set[str]) -> None:
        for issued in tuple(self._issued.values()):
            if issued.app_id == app_id and issued.token in among:
                self._issued[issued.token] = replace(issued, revoked=True)

    def _end(self, issued: IssuedToken, at: datetime) -> None:
        self._issued[issued.token] = replace(issued, ends_at=min(issued.ends_at, at))

    def _new(self, app_id: str, family: dict[str, str]) -> tuple[str, int]:
        token = f"{secrets.randbelow(90) + 10}_{secrets.token_urlsafe(96)}"
        self._issued[token] = IssuedToken(token, app_id, self._clock() + LIFETIME)
        family[app_id] = token
        if family is self._stable:
            self._of_stable.add(token)
        return token, int(LIFETIME.total_seconds())

    def _may_force(self, app_id: str, now: datetime) -> bool:
        forced = self._forced.setdefault(app_id, [])
        if forced and now - forced[-1] < FORCED_APART:
            return False
        today = now.astimezone(BEIJING).date()
        if sum(1 for at in forced if at.astimezone(BEIJING).date() == today) >= FORCED_A_DAY:
            raise ApiRefusal(45009)
        forced.append(now)
        return True
