"""The content of a reply, whatever its kind."""

from enum import StrEnum

from msgspec import Struct


class ReplyKind(StrEnum):
    """Kind of reply; the same four that WeChat's custom/send takes."""

    TEXT = "text"
    IMAGE = "image"
    LINK = "link"
    CARD = "card"


class Content(Struct, frozen=True):
    """The content of a reply or template of any kind; unused fields stay empty.

    text: `text` · image: `picture` or `media_id` · link: `title`, `description`, `url`, `thumb_url` ·
    card: `title`, `page_path`, and `thumb_picture` or `thumb_media_id`.

    `picture` and `thumb_picture` are digests of kept pictures, uploaded when the reply leaves; a media_id names
    one that WeChat holds already, for three days. Where both are set, the kept picture counts.

    `gaps` names the values that were missing when a rule prepared the text (see `core.replies.gaps`).
    """

    kind: ReplyKind = ReplyKind.TEXT
    text: str = ""
    media_id: str = ""
    title: str = ""
    description: str = ""
    url: str = ""
    thumb_url: str = ""
    page_path: str = ""
    thumb_media_id: str = ""
    picture: str = ""
    thumb_picture: str = ""
    gaps: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        """One line for lists: the text, or else the title."""
        return self.text or self.title
