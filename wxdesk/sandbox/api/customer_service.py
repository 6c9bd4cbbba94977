"""Endpoints needed to answer customers: tokens, messages, typing, media."""

from aiohttp import BodyPartReader, http_exceptions, web

from wxdesk.sandbox.api.call import Act, ApiRequest, Endpoint, answer, ok
from wxdesk.sandbox.platform import program as paths
from wxdesk.sandbox.platform.contacts import KfState
from wxdesk.sandbox.platform.errors import ApiRefusal
from wxdesk.sandbox.platform.media import LARGEST_FILE
from wxdesk.sandbox.platform.message_checks import parse_body
from wxdesk.sandbox.platform.platform import Platform

_TYPING = "/cgi-bin/message/custom/typing"
_BUSINESS = "/cgi-bin/message/custom/business"


class CustomerService:
    """Handlers of these endpoints."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def endpoints(self) -> tuple[Endpoint, ...]:
        """List all endpoints."""
        return (
            Endpoint("GET", paths.TOKEN, "token", self._token, by_token=False),
            Endpoint("POST", paths.STABLE_TOKEN, "token", self._stable_token, by_token=False),
            Endpoint("POST", paths.SEND, "send", self._send),
            Endpoint("POST", f"{_BUSINESS}/send", "send", _with_business_id(self._send)),
            Endpoint("POST", _TYPING, "typing", self._typing),
            Endpoint("POST", f"{_BUSINESS}/typing", "typing", _with_business_id(self._typing)),
            Endpoint("POST", paths.UPLOAD, "upload", self._upload),
            Endpoint("GET", "/cgi-bin/media/get", "media", self._media),
            Endpoint("GET", "/cgi-bin/customservice/getkflist", "kf", self._agents),
            Endpoint("GET", "/cgi-bin/customservice/getonlinekflist", "kf", self._agents_online),
        )

    async def _token(self, call: ApiRequest) -> web.Response:
        return self._granted(call, dict(call.request.query), stable=False)

    async def _stable_token(self, call: ApiRequest) -> web.Response:
        return self._granted(call, parse_body(call.body), stable=True)

    def _granted(self, call: ApiRequest, fields: dict[str, object], *, stable: bool) -> web.Response:
        program = next((one for one in self._platform.programs if one.account.app_id == fields.get("appid")), None)
        if program is not None:
            path = paths.STABLE_TOKEN if stable else paths.TOKEN
            self._platform.meter.count(program.account.app_id, path, program.settings)
        token, seconds = self._platform.grant_token(fields, stable=stable, address=call.address)
        return answer({"access_token": token, "expires_in": seconds})

    async def _send(self, call: ApiRequest) -> web.Response:
        self._platform.send(call.caller, call.body)
        return ok()

    async def _typing(self, call: ApiRequest) -> web.Response:
        self._platform.type(call.caller, call.body)
        return ok()

    async def _upload(self, call: ApiRequest) -> web.Response:
        if call.request.query.get("type") != "image":
            raise ApiRefusal(40004)
        data = await _part_named_media(call.request)
        medium = self._platform.media.put(data, app_id=call.caller.account.app_id)
        created_at = int(medium.created_at.timestamp())
        return answer({"type": "image", "media_id": medium.media_id, "created_at": created_at})

    async def _media(self, call: ApiRequest) -> web.Response:
        medium = self._platform.media.get(call.request.query.get("media_id", ""), call.caller.account.app_id)
        name = f"{medium.media_id[:16]}.{medium.content_type.rpartition('/')[2]}"
        disposition = {"Content-disposition": f'attachment; filename="{name}"'}
        return web.Response(body=medium.data, content_type=medium.content_type, headers=disposition)

    async def _agents(self, call: ApiRequest) -> web.Response:
        agent = call.caller.settings.kf_account
        listed = {"kf_account": agent, "kf_nick": agent.partition("@")[0], "kf_id": "2001", "kf_headimgurl": ""}
        return answer({"kf_list": [listed]})

    async def _agents_online(self, call: ApiRequest) -> web.Response:
        program, now = call.caller, self._platform.clock()
        mine = [contact for account, contact in self._platform.contacts() if account == program.account.name]
        serving = sum(contact.session.state(now) is KfState.OPEN for contact in mine)
        agent = {"kf_account": program.settings.kf_account, "status": 1, "kf_id": "2001", "accepted_case": serving}
        return answer({"kf_online_list": [agent]})


def _with_business_id(act: Act) -> Act:
    """Refuse a call to a `business/` path (for sub-merchants) without businessid."""

    async def checked(call: ApiRequest) -> web.Response:
        if call.caller.settings.business_needs_id and not parse_body(call.body).get("businessid"):
            raise ApiRefusal(40101)
        return await act(call)

    return checked


async def _part_named_media(request: web.Request) -> bytes:
    if not request.content_type.startswith("multipart/"):
        raise ApiRefusal(41005)
    try:
        parts = await request.multipart()
        while (part := await parts.next()) is not None:
            if isinstance(part, BodyPartReader) and part.name == "media" and part.filename:
                return await _read(part)
    except (ValueError, http_exceptions.HttpProcessingError):  # no boundary, or a part that is none
        raise ApiRefusal(41005) from None
    raise ApiRefusal(41005)


async def _read(part: BodyPartReader) -> bytes:
    data = bytearray()
    while chunk := await part.read_chunk(65536):
        data += chunk
        if len(data) > LARGEST_FILE:
            raise ApiRefusal(45001)
    return bytes(data)
