"""Certificate authorities trusted for connections to WeChat."""

from __future__ import annotations

import functools
import ssl

import httpx2


@functools.cache
def authorities() -> ssl.SSLContext:
    """Load the default certificate authorities once, as that takes 10 ms."""
    return httpx2.create_ssl_context(trust_env=False)
