"""How old the data is, for whoever watches over the bot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.errors import DataError

if TYPE_CHECKING:
    from analytics.store import Store
    from bot.events import Clock


@dataclass(frozen=True, slots=True)
class Age:
    """A version, and the seconds since it was synced and since the last moment it knows of."""

    version: int
    synced: float
    known: float


class Freshness:
    """The age of a store's current version. `most_hours` is how old it may be for a bot that is ready; 0 is any age."""

    def __init__(self, store: Store, clock: Clock, most_hours: int) -> None:
        self._store = store
        self._clock = clock
        self._most_seconds = most_hours * 3_600

    def age(self) -> Age | None:
        """The age now; None where there is no data."""
        try:
            snapshot = self._store.snapshot
        except DataError:
            return None
        now = self._clock()
        return Age(
            snapshot.version,
            (now - snapshot.synced_at).total_seconds(),
            (now - snapshot.as_of).total_seconds(),
        )

    async def ready(self) -> bool:
        """Whether the data is young enough to answer from."""
        if not self._most_seconds:
            return True
        age = self.age()
        return age is not None and age.synced <= self._most_seconds

    def told(self) -> dict[str, float | int | None]:
        """The version and its age in hours, for /readyz."""
        age = self.age()
        if age is None:
            return {"data_version": None, "data_age_hours": None}
        return {"data_version": age.version, "data_age_hours": round(age.synced / 3_600, 1)}
