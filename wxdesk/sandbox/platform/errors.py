"""WeChat's refusals: an errcode, and a terse English errmsg ending in the rid."""

import secrets
import tomllib

from wxdesk.paths import resource

_ERRMSG: dict[str, str] = tomllib.loads(resource("sandbox", "errmsgs.toml").read_text(encoding="utf-8"))


class ApiRefusal(Exception):
    """A call that WeChat answers with `errcode` instead of doing it."""

    def __init__(self, errcode: int, errmsg: str = "") -> None:
        self.errcode = errcode
        self.errmsg = errmsg or _ERRMSG.get(str(errcode), "unknown error")
        self.rid = "-".join(secrets.token_hex(4) for _ in range(3))  # such as WeChat gives to each failed call
        super().__init__(f"{errcode} {self.errmsg}")

    def as_answer(self) -> dict[str, object]:
        """Convert to the answer's JSON object."""
        return {"errcode": self.errcode, "errmsg": f"{self.errmsg} rid: {self.rid}"}
