"""Port for transfers of contacts to WeChat's own customer-service tool."""

from __future__ import annotations

from typing import Protocol


class TransferStore(Protocol):
    """Contacts, by account and openid, to be transferred, and pushes answered so."""

    async def armed(self) -> set[tuple[str, str]]:
        """Return the contacts whose next message is to be answered with a transfer."""
        ...

    async def arm(self, conversation_id: int, armed: bool) -> tuple[str, str]:
        """Arm a transfer by the next message, or not; return the contact, or `NotFound`."""
        ...

    async def take_back(self, conversation_id: int) -> None:
        """Mark the contact as served here again; raises `NotFound`."""
        ...

    async def was_transferred(self, account: str, key: str) -> bool:
        """Tell whether the answer to the push of that key was a transfer."""
        ...
