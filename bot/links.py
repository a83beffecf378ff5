"""Addresses that carry their own content: encrypted, authenticated and with an end, so that nothing has to be kept."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from analytics.errors import QuestionError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.events import Clock

EXPORT = "export"
EXPORT_SECONDS = 900.0
MOST = 16_000  # characters of a token; no address is longer


class Links:
    """Seals texts into tokens and opens them again while they last.

    `lifetimes`: seconds by kind of link. The first key seals, all of them open; without keys a new one is made, and
    what it sealed ends with the process.
    """

    def __init__(self, keys: Sequence[str], lifetimes: Mapping[str, float], clock: Clock) -> None:
        self._box = MultiFernet([Fernet(key) for key in keys or (Fernet.generate_key().decode(),)])
        self._lifetimes = lifetimes
        self._clock = clock

    def seal(self, kind: str, text: str) -> str:
        """A token in characters that an address may hold. Raises KeyError for a kind that has no lifetime."""
        self._lifetimes[kind]
        packed = zlib.compress(f"{kind}\n{text}".encode(), 9)
        return self._box.encrypt_at_time(packed, int(self._clock().timestamp())).decode().rstrip("=")

    def open(self, token: str) -> tuple[str, str]:
        """Kind and text of a token. Raises QuestionError where it was changed, has ended or was sealed with a key long gone."""
        padded = token[:MOST] + "=" * (-len(token) % 4)
        try:
            kind, _, text = zlib.decompress(self._box.decrypt(padded)).decode().partition("\n")
            age = self._clock().timestamp() - self._box.extract_timestamp(padded)
        except (InvalidToken, zlib.error, ValueError):
            raise QuestionError("This link is not valid.") from None
        if not 0 <= age + 60 <= self._lifetimes.get(kind, 0) + 60:
            raise QuestionError("This link has ended. Ask the bot again for a new one.")
        return kind, text
