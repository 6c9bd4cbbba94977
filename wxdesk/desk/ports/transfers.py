"""What handing contacts over to WeChat's own tool asks of the store: the rest of `desk.ports`, which is long enough."""

from __future__ import annotations

from typing import Protocol


class Transfers(Protocol):
    """Who is to be handed over, and whose answers did it. A contact is named by account and openid."""

    async def armed(self) -> set[tuple[str, str]]:
        """The contacts whose next message is to be answered with a transfer."""
        ...

    async def arm(self, conversation_id: int, armed: bool) -> tuple[str, str]:
        """Let the next message be answered with a transfer, or let it not; the contact. Raises `NotFound`."""
        ...

    async def take_back(self, conversation_id: int) -> None:
        """The contact counts as served here again; raises `NotFound`."""
        ...

    async def was_transferred(self, account: str, key: str) -> bool:
        """Whether the answer to the kept push of that key handed its contact over."""
        ...
