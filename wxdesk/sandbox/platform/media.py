"""Temporary media as WeChat keeps them (上传临时素材, 获取临时素材): pictures, three days."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from wxdesk.desk.ports import Clock
from wxdesk.sandbox.platform.errors import ApiRefusal

LARGEST_PICTURE = 2 * 1024 * 1024
LARGEST_FILE = 10 * 1024 * 1024
KEPT = timedelta(days=3)

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
_OTHER_PICTURES = (b"BM", b"II*\0", b"MM\0*", b"RIFF", b"\0\0\1\0", b"<svg")


@dataclass(frozen=True, slots=True, repr=False)
class Medium:
    """A stored picture; `app_id` empty: of all programs, `ends_at` None: for ever."""

    media_id: str
    app_id: str
    data: bytes
    content_type: str
    created_at: datetime
    ends_at: datetime | None


class MediaShelf:
    """All pictures that were uploaded here or that customers sent."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: dict[str, Medium] = {}

    def put(self, data: bytes, media_id: str = "", app_id: str = "") -> Medium:
        """Store a picture.

        A given `media_id` makes it one that never ends, for pictures that ship with the sandbox.

        Raises:
            ApiRefusal: 44001 (empty), 45001 (file too large), 40009 (picture too large), 40137 (another picture
                format), 40005 (not a picture); told by the first bytes, whatever the file is called.
        """
        if not data:
            raise ApiRefusal(44001)
        if len(data) > LARGEST_FILE:
            raise ApiRefusal(45001)
        content_type = next((kind for magic, kind in _MAGIC if data.startswith(magic)), None)
        if content_type is None:
            raise ApiRefusal(40137 if data.startswith(_OTHER_PICTURES) else 40005)
        if len(data) > LARGEST_PICTURE:
            raise ApiRefusal(40009)
        now = self._clock()
        ends_at = None if media_id else now + KEPT
        medium = Medium(media_id or secrets.token_urlsafe(48), app_id, data, content_type, now, ends_at)
        self._forget_ended()
        self._kept[medium.media_id] = medium
        return medium

    def get(self, media_id: str, app_id: str = "") -> Medium:
        """Find a picture of `app_id` (empty: of any); raises `ApiRefusal` 41006, 40007."""
        if not media_id:
            raise ApiRefusal(41006)
        medium = self._kept.get(media_id)
        if medium is None or (medium.ends_at is not None and self._clock() >= medium.ends_at):
            raise ApiRefusal(40007)
        if app_id and medium.app_id not in ("", app_id):
            raise ApiRefusal(40007)
        return medium

    def _forget_ended(self) -> None:
        now = self._clock()
        for media_id, medium in tuple(self._kept.items()):
            if medium.ends_at is not None and now >= medium.ends_at:
                del self._kept[media_id]
