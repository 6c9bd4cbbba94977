"""WeChat's refusals: an errcode, and a terse English errmsg ending in the rid."""

import secrets

_ERRMSG: dict[int, str] = {
    -1: "system error",
    40001: "invalid credential, access_token is invalid or not latest",
    40002: "invalid grant_type",
    40003: "invalid openid",
    40004: "invalid media type",
    40005: "invalid file type",
    40006: "invalid meida size",  # sic: WeChat's spelling
    40007: "invalid media_id",
    40008: "invalid message type",
    40009: "invalid image size",
    40013: "invalid appid",
    40014: "invalid access_token",
    40033: "invalid charset. please check your request, if include \\uxxxx will create fail!",
    40066: "invalid url",
    40097: "invalid args",
    40101: "missing parameter",
    40125: "invalid appsecret",
    40137: "invalid image format",
    40164: "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist",
    40200: "invalid account type",
    40201: "invalid url",
    40202: "invalid action",
    40203: "invalid check_operator",
    40243: "appsecret is frozen",
    41001: "access_token missing",
    41002: "appid missing",
    41004: "appsecret missing",
    41005: "media data missing",
    41006: "media_id missing",
    41009: "openid missing",
    42001: "access_token expired",
    43001: "require GET method",
    43002: "require POST method",
    43003: "require https",
    43004: "require subscribe",
    43019: "user in blacklist",
    44001: "empty media data",
    44002: "empty post data",
    44004: "empty content",
    45001: "media size out of limit",
    45002: "content size out of limit",
    45003: "title size out of limit",
    45004: "description size out of limit",
    45005: "url size out of limit",
    45006: "picurl size out of limit",
    45008: "article size out of limit",
    45009: "reach max api daily quota limit",
    45011: "api minute-quota reach limit, must slower, retry next minute",
    45015: "response out of time limit or subscription is canceled",
    45047: "out of response count limit",
    45072: "command should be Typing or CancelTyping",
    45080: "no message in the last 30 seconds",
    45081: "already typing",
    45162: "invalid message type for this account",
    46001: "media data no exist",
    47001: "data format error",
    47003: "argument invalid!",
    48001: "api unauthorized",
    48002: "user block receive message",
    48004: "api forbidden for irregularities, view detail on mp.weixin.qq.com",
    48006: "forbid to clear quota because of reaching the limit",
    48008: "no permission for this msgtype",
    50001: "user unauthorized",
    50002: "user limited",
    50005: "user is unsubscribed",
    61003: "component is not authorized by this account",
    61004: "access clientip is not registered",
    61007: "api is unauthorized to component",
    61023: "refresh_token is invalid",
    61450: "system error",
    61451: "invalid parameter",
    61452: "invalid kf_account",
    61453: "kf_account exsited",  # sic
    61454: "invalid kf_acount length",  # sic
    61455: "illegal character in kf_account",
    61456: "kf_account count exceeded",
    61457: "invalid file type",
    61458: "user is being served by another kf_account",
    61459: "kf_account is offline",
    61500: "date format error",
    65400: "please enable new kf system",
    65401: "invalid kf_account",
    65407: "too many kf_accounts",
    65413: "no such session",
    65414: "session is served by another kf_account",
    76001: "rid not found",
    76002: "rid is error",
    76003: "could not query this rid",
    76004: "rid time is error",
    76021: "cgi_path not found, please check",
    76022: "could not use this cgi_path, no permission",
    87014: "risky content",
    89501: "ip is waiting for the admin to confirm",
    89503: "ip needs the admin to confirm",
    89506: "ip was refused twice by the admin, retry in 24 hours",
    89507: "ip was refused by the admin, retry in one hour",
}


class ApiRefusal(Exception):
    """A call that WeChat answers with `errcode` instead of doing it."""

    def __init__(self, errcode: int, errmsg: str = "") -> None:
        self.errcode = errcode
        self.errmsg = errmsg or _ERRMSG.get(errcode, "unknown error")
        self.rid = "-".join(secrets.token_hex(4) for _ in range(3))  # such as WeChat gives to each failed call
        super().__init__(f"{errcode} {self.errmsg}")

    def as_answer(self) -> dict[str, object]:
        """Convert to the answer's JSON object."""
        return {"errcode": self.errcode, "errmsg": f"{self.errmsg} rid: {self.rid}"}
