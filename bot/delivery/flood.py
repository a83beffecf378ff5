"""Keeps one person from taking all of the bot's time: so many turns in so many seconds, one polite word, then silence."""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from bot.delivery.activity import MESSAGE, SEARCH, language_in, person_of
from bot.state.inbox import Record
from cards.words import words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.delivery.pace import Window

Verdict = Literal["take", "refuse", "drop"]

# Typing sends a search with every letter, and a reaction costs nothing: such small things may be this many times as many.
SMALL_THINGS = 5
# Nobody makes these on purpose, and each one matters: who is in a conversation, and whether the bot is.
NEVER_COUNTED = frozenset({"conversationUpdate", "installationUpdate"})
PEOPLE = 20_000


@dataclass(slots=True)
class Recent:
    """What one person did lately: moments and activity ids of what was taken, when the last too many came, and anything."""

    taken: deque[tuple[float, str]] = field(default_factory=deque)
    refused_id: str = ""
    excess: float = float("-inf")
    seen: float = float("-inf")


class Flood:
    """Turns taken from each person. `now` counts seconds and never goes back; no windows means no limit."""

    def __init__(self, windows: Sequence[Window], now: Callable[[], float]) -> None:
        self._windows = tuple(windows)
        self._now = now
        # Who came last stands last. Whoever did nothing for a whole span has nothing that counts any more.
        self._people: OrderedDict[tuple[str, bool], Recent] = OrderedDict()
        self._span = max((window.seconds for window in windows), default=0.0)

    def judge(self, raw: Mapping[str, Any]) -> Verdict:
        """Whether to take an activity. Another delivery of one that was taken is taken again: it makes no second turn."""
        if not self._span or raw.get("type") in NEVER_COUNTED:
            return "take"
        small = _small(raw)
        now, activity = self._now(), str(raw.get("id") or "")
        recent = self._recent(raw, small, now)
        while recent.taken and recent.taken[0][0] <= now - self._span:
            recent.taken.popleft()
        if activity and any(activity == taken for _, taken in recent.taken):
            return "take"
        if self._full(recent, now, SMALL_THINGS if small else 1):
            return self._too_many(recent, now, activity)
        recent.taken.append((now, activity))
        return "take"

    def _full(self, recent: Recent, now: float, times: int) -> bool:
        return any(
            sum(1 for at, _ in recent.taken if at > now - window.seconds) >= window.sends * times
            for window in self._windows
        )

    def _too_many(self, recent: Recent, now: float, activity: str) -> Verdict:
        first = now - recent.excess >= self._span
        recent.excess = now
        if first:
            recent.refused_id = activity
        return "refuse" if first or (activity and activity == recent.refused_id) else "drop"

    def _recent(self, raw: Mapping[str, Any], small: bool, now: float) -> Recent:
        person = person_of(raw)
        key = (f"{person.tenant}/{person.entra_id or person.channel_id}", small)
        recent = self._people.get(key)
        if recent is None:
            self._forget(now)
            recent = self._people[key] = Recent()
        self._people.move_to_end(key)
        recent.seen = now
        return recent

    def _forget(self, now: float) -> None:
        people = self._people
        while people and (len(people) >= PEOPLE or next(iter(people.values())).seen <= now - self._span):
            people.popitem(last=False)


def _small(raw: Mapping[str, Any]) -> bool:
    """Whether this is none of the two that cost something: a message, or a press."""
    return raw.get("type") != "message" and raw.get("name") != "adaptiveCard/action"


def too_fast(raw: Mapping[str, Any]) -> str:
    """The polite word, in the language of whoever reads it."""
    return words(language_in(raw)).say("delivery.too_fast")


def refusal(raw: Mapping[str, Any]) -> Record:
    """The HTTP answer to what was not taken: a passing line under a card, no suggestions, and nothing for a message."""
    if raw.get("type") != "invoke":
        return Record(200)
    if raw.get("name") == "application/search":
        return Record(200, {"statusCode": 200, "type": SEARCH, "value": {"results": []}})
    if raw.get("name") == "adaptiveCard/action":
        return Record(200, {"statusCode": 200, "type": MESSAGE, "value": too_fast(raw)})
    return Record(200)
