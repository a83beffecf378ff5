"""Credentials of the data sources, encrypted at rest, with keys that can be rotated."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from analytics.errors import DataError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.events import Clock
    from bot.state.line import Line

_PUT = """
INSERT INTO credentials (name, sealed, at) VALUES (:name, :sealed, :at)
ON CONFLICT (name) DO UPDATE SET sealed = :sealed, at = :at
"""


class Credentials:
    """Secrets by name, each a JSON object. The first key encrypts, all of them decrypt."""

    def __init__(self, line: Line, clock: Clock, keys: Sequence[str]) -> None:
        self._line = line
        self._clock = clock
        self._box = MultiFernet([Fernet(key) for key in keys]) if keys else None

    async def put(self, name: str, secret: Mapping[str, Any]) -> None:
        """Keep a secret. Raises SettingsError where no key is set."""
        sealed = self._open_box().encrypt(json.dumps(secret).encode())
        await self._line.run(_PUT, {"name": name, "sealed": sealed, "at": self._clock().timestamp()})

    async def get(self, name: str) -> dict[str, Any] | None:
        """The secret, or None. Raises SettingsError without a key, DataError where no key fits."""
        rows = await self._line.run("SELECT sealed FROM credentials WHERE name = :name", {"name": name})
        secret: dict[str, Any] | None = json.loads(self._unseal(name, rows[0][0])) if rows else None
        return secret

    async def delete(self, name: str) -> None:
        """Forget a secret."""
        await self._line.run("DELETE FROM credentials WHERE name = :name", {"name": name})

    async def rotate(self) -> int:
        """Encrypt everything with the first key; how many there were. Then older keys may go. Raises DataError."""
        rows = await self._line.run("SELECT name, sealed FROM credentials")
        for name, sealed in rows:
            await self.put(name, json.loads(self._unseal(name, sealed)))
        return len(rows)

    def _unseal(self, name: str, sealed: bytes) -> bytes:
        try:
            return self._open_box().decrypt(sealed)
        except InvalidToken:
            raise DataError(
                f'No key in FREELANCE_STATE_KEYS opens the credential "{name}". Add the older key again.'
            ) from None

    def _open_box(self) -> MultiFernet:
        if self._box is None:
            raise SettingsError(["FREELANCE_STATE_KEYS is not set; credentials are only kept encrypted."])
        return self._box
