"""Whom the connections to WeChat trust."""

from __future__ import annotations

import functools
import ssl

import httpx2


@functools.cache
def authorities() -> ssl.SSLContext:
    """The authorities that the HTTP library trusts by itself, read once: that takes 10 ms of the loop."""
    return httpx2.create_ssl_context(trust_env=False)
