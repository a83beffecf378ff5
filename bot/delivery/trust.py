"""Whom the bot trusts when it calls out: the machine's certificate authorities, and one more where a company has its own."""

from __future__ import annotations

import ssl
from functools import cache


@cache
def trusting(ca_file: str = "") -> ssl.SSLContext:
    """The context for outbound TLS, made once: reading the machine's authorities takes long. Raises OSError, ssl.SSLError."""
    context = ssl.create_default_context()
    if ca_file:
        context.load_verify_locations(ca_file)
    return context
