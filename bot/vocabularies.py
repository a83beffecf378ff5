"""The vocabulary questions are read with: names of the current version, made once, and what each tenant has taught."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from bot.understanding import Learned, Vocabulary, warm

if TYPE_CHECKING:
    from analytics.engine import Engine
    from bot.state.learning import Taught, TaughtWord


class Vocabularies:
    """Vocabularies by tenant. What was taught is looked up for every question, so it holds from the next one on."""

    def __init__(self, engine: Engine, taught: Taught) -> None:
        self._engine = engine
        self._taught = taught
        self._plain: tuple[int, Vocabulary] | None = None
        self._by_tenant: dict[str, tuple[int, Vocabulary]] = {}

    async def plain(self) -> Vocabulary:
        """The names alone. Raises DataError where there is no data."""
        snapshot = self._engine.store.snapshot
        if self._plain is None or self._plain[0] != snapshot.version:
            version = await self._engine.run(self._engine.version)
            made = await self._engine.run(lambda: Vocabulary.from_members(version.members, snapshot.reporting))
            await self._engine.run(lambda: warm(made))
            self._plain = (version.number, made)
        return self._plain[1]

    async def of(self, tenant: str) -> Vocabulary:
        """The names and what this tenant has taught, the same object as long as neither changes."""
        plain = await self.plain()
        number, learned = cast("tuple[int, Vocabulary]", self._plain)[0], await self.learned(tenant)
        kept = self._by_tenant.get(tenant)
        if kept is None or kept[0] != number or kept[1].learned != learned:
            kept = self._by_tenant[tenant] = (number, plain.with_learned(learned))
        return kept[1]

    async def learned(self, tenant: str) -> tuple[Learned, ...]:
        """What this tenant has taught."""
        return tuple(as_learned(word) for word in await self._taught.all(tenant))


def as_learned(word: TaughtWord) -> Learned:
    """A taught word as understanding takes it; it holds in every language, whichever it was typed in."""
    return Learned(word.phrase, word.kind, word.key, word.dimension)  # type: ignore[arg-type]
