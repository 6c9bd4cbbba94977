"""Temporary media as WeChat keeps them (上传临时素材, 获取临时素材): pictures only, three days."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from wxdesk.desk.ports import Clock
from wxdesk.sandbox.refusal import Refusal

LARGEST_PICTURE = 2 * 1024 * 1024
KEPT = timedelta(days=3)

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)


@dataclass(frozen=True, slots=True, repr=False)
class Medium:
    """A kept picture; `ends_at` None keeps it for ever."""

    media_id: str
    data: bytes
    content_type: str
    created_at: datetime
    ends_at: datetime | None


class Shelf:
    """All pictures that were uploaded here or that customers sent."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: dict[str, Medium] = {}

    def put(self, data: bytes, media_id: str = "") -> Medium:
        """Keep a picture; raises `Refusal` 44001 (empty), 40009 (too large), 40005 (not a picture).

        A given `media_id` makes it one that never ends, for pictures that ship with the sandbox.
        """
        if not data:
            raise Refusal(44001)
        if len(data) > LARGEST_PICTURE:
            raise Refusal(40009)
        content_type = next((kind for magic, kind in _MAGIC if data.startswith(magic)), None)
        if content_type is None:
            raise Refusal(40005)
        now = self._clock()
        ends_at = None if media_id else now + KEPT
        medium = Medium(media_id or secrets.token_urlsafe(48), data, content_type, now, ends_at)
        self._kept[medium.media_id] = medium
        return medium

    def get(self, media_id: str) -> Medium:
        """The picture; raises `Refusal` 41006 or 40007."""
        if not media_id:
            raise Refusal(41006)
        medium = self._kept.get(media_id)
        if medium is None or (medium.ends_at is not None and self._clock() >= medium.ends_at):
            raise Refusal(40007)
        return medium
