"""The weekly digest of a channel: arranged by a program lead, posted once and kept current in place."""

from __future__ import annotations
