"""Operators of a team: signing in at this desk, and changes by an owner.

Each desk looks at the rows itself, and changes them itself: no password and no hash is in a call to the server.
"""

import asyncio
import hashlib
import hmac
import os
import unicodedata
from collections.abc import Awaitable, Callable

from wxdesk.core.errors import BadInput, NotAllowed, Phrase, StoreError
from wxdesk.core.events import Event, OperatorsChanged
from wxdesk.core.model.operator import NEEDS, Operator, Role
from wxdesk.desk.ports import Clock
from wxdesk.secrets.sources import SecretSources
from wxdesk.store.team import OperatorStore, SignInRow, owners

LOOK_SECONDS = 3.0
"""Time between two looks at the row of who is signed in."""

SHORTEST, LONGEST, LONGEST_NAME = 8, 200, 30
"""Characters of a password, and of a name."""

RESERVED = {"operator", "contact", "rule", "wechat"}
"""Names that stand for something else where a change is kept."""


class Operators:
    """Operators of a shared database; `now` is signed in here, None where nobody is.

    `required`: the team has an owner, so that whoever wants to do something signs in. Until then all is as on one
    machine. `shut_out` is the name of whom another machine has signed out here.
    """

    def __init__(
        self, store: OperatorStore, sources: SecretSources | None, publish: Callable[[Event], None], clock: Clock
    ) -> None:
        self._store = store
        self.all, self.actions = store.all, store.actions
        self._sources = sources
        self._publish = publish
        self._clock = clock
        self._mark = ""
        self.now: Operator | None = None
        self.required = False
        self.shut_out = ""

    def me(self) -> str:
        """Return the name of who is signed in here; empty for nobody."""
        return "" if self.now is None else self.now.name

    @property
    def my_id(self) -> int | None:
        """Id of who is signed in here."""
        return None if self.now is None else self.now.id

    def why_not(self, needed: Role) -> str:
        """Return why what needs this role is refused here; empty if it is not."""
        if not self.required:
            return ""
        if self.now is None:
            return NEEDS[Role.OPERATOR]
        return "" if self.now.role.covers(needed) else NEEDS[needed]

    async def begin(self) -> None:
        """Sign in who stayed signed in on this machine."""
        self.required = bool(owners(await self._store.all()))
        kept = await asyncio.to_thread(self._sources.sign_in) if self._sources is not None else ""
        operator_id, _, mark = kept.partition(":")
        if self.required and operator_id.isdigit():
            row = await self._store.find(int(operator_id))
            if row is not None and row.operator.active and hmac.compare_digest(mark, _mark(row)):
                self.now, self._mark = row.operator, mark

    async def run(self) -> None:
        """Follow what others change about who is signed in here, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self.look()
            except StoreError:
                continue  # which is told elsewhere

    async def look(self) -> None:
        """Take changes of role and name; sign out whom an owner has shut out."""
        before = (self.required, self.now)
        known = await self._store.all()
        self.required = bool(owners(known))
        me = self.now
        row = await self._store.find(me.id) if me is not None else None
        if me is not None and self.now is me:  # nobody has signed in or out meanwhile
            stays = row is not None and row.operator.active and _mark(row) == self._mark
            self.shut_out = "" if stays else me.name
            self.now = row.operator if row is not None and stays and self.required else None
        if before != (self.required, self.now):
            self._publish(OperatorsChanged())

    async def sign_in(self, name: str, password: str, *, stay: bool = False) -> None:
        """Sign in; with `stay`, also at the next starts on this machine.

        Raises:
            BadInput: name or password is wrong, or a further try has to wait.
        """
        row = await self._tried(await self._store.find(_plain(name)), password)
        self.now, self._mark, self.shut_out = row.operator, _mark(row), ""
        await self._stay(f"{row.operator.id}:{self._mark}" if stay else "")
        self._publish(OperatorsChanged())

    async def sign_out(self) -> None:
        """Sign out; the next start asks again."""
        self.now = None
        await self._stay("")
        self._publish(OperatorsChanged())

    async def change_own_password(self, former: str, password: str) -> None:
        """Set one's own password; raises `BadInput`, as `sign_in` and `hashed` do."""
        me = self._signed_in()
        await self._tried(await self._store.find(me.id), former)
        await self.set_password(me, password)

    async def set_password(self, operator: Operator, password: str) -> None:
        """Set an operator's password, which ends what stays signed in by the former one."""
        new = await hashed(password)
        await self._store.set_password(operator, new, self._clock(), self._signed_in())
        if self.now is not None and operator.id == self.now.id:
            row = await self._store.find(operator.id)
            self._mark = _mark(row) if row is not None else ""
            await self._stay("")

    async def add(self, name: str, role: Role, password: str) -> None:
        """Add an operator; raises `BadInput`, `NotAllowed`."""
        await self._store.add(checked_name(name), role, await hashed(password), self._clock(), self._signed_in())

    async def change(self, before: Operator, after: Operator | None) -> None:
        """Set role and activity of an operator, or remove it; see `OperatorStore.change`."""
        await self._store.change(before, after, self._clock(), self._signed_in())
        await self.look()

    def _signed_in(self) -> Operator:
        if self.now is None:
            raise NotAllowed(reason=NEEDS[Role.OPERATOR])
        return self.now

    async def _tried(self, row: SignInRow | None, password: str) -> SignInRow:
        now = self._clock()
        if row is None:
            raise BadInput(reason=WRONG)
        if row.wait_until is not None and row.wait_until > now:
            raise BadInput(reason=Phrase(WAIT, seconds=(row.wait_until - now).seconds + 1))
        right = await asyncio.to_thread(_is_right, row.password_hash, password)
        await self._store.count_try(row.operator, now, right=right)
        if not right or not row.operator.active:
            raise BadInput(reason=WRONG)
        return row

    async def _stay(self, kept: str) -> None:
        if self._sources is not None:
            await asyncio.to_thread(self._sources.keep_sign_in, kept)


def checked_name(name: str) -> str:
    """Return a name as it is kept; raises `BadInput`."""
    plain = _plain(name)
    if not 0 < len(plain) <= LONGEST_NAME or not plain.isprintable() or plain.casefold() in RESERVED:
        raise BadInput(reason=BAD_NAME)
    return plain


def hashed(password: str) -> Awaitable[str]:
    """Hash a password in a thread; raises `BadInput` if it is too short or too long."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise BadInput(reason=Phrase(TOO_SHORT, least=SHORTEST))
    return asyncio.to_thread(_hash, password)


def _hash(password: str) -> str:
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id  # 9 MB, needed by a team only

    kdf = Argon2id(salt=os.urandom(16), length=32, iterations=2, lanes=1, memory_cost=19 * 1024)  # as OWASP advises
    return kdf.derive_phc_encoded(_plain(password).encode())


def _is_right(password_hash: str, password: str) -> bool:
    from cryptography.exceptions import InvalidKey
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    try:
        Argon2id.verify_phc_encoded(_plain(password).encode(), password_hash)
    except InvalidKey:
        return False
    return True


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def _mark(row: SignInRow) -> str:
    """Return a mark of the password, for a machine that stays signed in."""
    return hashlib.sha256(f"wxdesk sign-in {row.operator.id} {row.password_hash}".encode()).hexdigest()


WRONG = "The name or the password is wrong."
WAIT = "Too many wrong passwords: try again in {seconds} s."
BAD_NAME = "A name has 1 to 30 characters, and is none that the program uses itself."
TOO_SHORT = "A password has at least {least} characters."
