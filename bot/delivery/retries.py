"""What to do about each answer of the connector: one table of rules, and the errors a send may end in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from analytics.errors import InsightsError
from analytics.retry import seconds_asked

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

# reply: an answer somebody waits for. post: a message nobody asked for just now, a digest for instance.
# update: rewriting or deleting in place, harmless to repeat. read: members and the like.
Purpose = Literal["reply", "post", "update", "read"]
# unreached: refused before anything was sent. lost: sent, but no answer came back.
Outcome = int | Literal["unreached", "lost"]
Step = Literal["again", "once", "doubt", "renew", "gone", "fail"]


class NotSent(InsightsError):  # noqa: N818
    """A send that did not happen, or cannot be shown to have happened."""


class Gone(NotSent):
    """The bot was removed, blocked, or what it wrote to no longer exists (403, 404). Never tried again."""


class Later(NotSent):
    """Nothing arrived, and trying again is safe; `after` is the number of seconds to wait before it makes sense.

    `doubted`: an attempt before the last one may have arrived after all.
    """

    def __init__(self, message: str, after: float, *, doubted: bool = False) -> None:
        super().__init__(message)
        self.after = after
        self.doubted = doubted


class Throttled(Later):
    """Too much for now."""


class Doubtful(NotSent):
    """It may have arrived. Sending it again could show it twice."""


def _always(step: Step) -> dict[Purpose, Step]:
    return {"reply": step, "post": step, "update": step, "read": step}


# A new message carries nothing by which the far side could recognise a repetition, so where its fate is unknown
# an answer is repeated once at most (better twice than never) and an unasked post not at all (better reported than twice).
_UNKNOWN_FATE: dict[Purpose, Step] = {"reply": "once", "post": "doubt", "update": "again", "read": "again"}

RULES: dict[Outcome, dict[Purpose, Step]] = {
    "unreached": _always("again"),
    "lost": _UNKNOWN_FATE,
    400: _always("fail"),
    401: _always("renew"),
    403: _always("gone"),
    404: _always("gone"),
    412: _always("again"),
    413: _always("fail"),
    429: _always("again"),
    500: _UNKNOWN_FATE,
    502: _UNKNOWN_FATE,
    503: _UNKNOWN_FATE,
    504: _UNKNOWN_FATE,
}


def rule(outcome: Outcome, purpose: Purpose) -> Step:
    """The rule for an answer; an unlisted 5xx leaves the fate unknown, anything else unlisted is final."""
    steps = RULES.get(outcome)
    if steps is None:
        steps = _UNKNOWN_FATE if isinstance(outcome, int) and outcome >= 500 else _always("fail")
    return steps[purpose]


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and how long: seconds of the first wait (doubled each time) and of the longest."""

    attempts: int = 5
    first: float = 0.5
    longest: float = 30.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back from one attempt."""

    outcome: Outcome
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def good(self) -> bool:
        """Whether it was accepted."""
        return isinstance(self.outcome, int) and 200 <= self.outcome < 300


def retry_after(headers: Mapping[str, str], now: datetime) -> float:
    """Seconds the far side asks us to wait, given as a number or as a date; 0 where it asks for nothing we understand."""
    return seconds_asked(headers.get("Retry-After"), now) or 0.0


@dataclass(slots=True)
class Flight:
    """Whether a send that is cut off now may have arrived: an attempt is on its way, or an earlier one's fate is unknown."""

    open: bool = False


class Attempts:
    """The attempts at one send so far. `chance` gives numbers in [0, 1) for the jitter."""

    def __init__(self, purpose: Purpose, patience: Patience, chance: Callable[[], float]) -> None:
        self._purpose = purpose
        self._patience = patience
        self._chance = chance
        self._made = 0
        self._renewed = False
        self._repeated = False

    def after(self, answer: Answer, now: datetime) -> float | None:
        """Seconds to wait before the next attempt; None: renew the token first. Raises NotSent where this was the last."""
        self._made += 1
        step = rule(answer.outcome, self._purpose)
        told = f"The connector answered {answer.outcome}."
        if step == "renew" and not self._renewed:
            self._renewed = True
            return None
        if step == "gone":
            raise Gone(told)
        if step == "doubt" or (step == "once" and self._repeated):
            raise Doubtful(f"{told} The message may have arrived.")
        if step in {"fail", "renew"}:
            raise NotSent(told)
        wait = self._wait(answer, step, told, now)
        self._repeated = self._repeated or step == "once"
        return wait

    def _wait(self, answer: Answer, step: Step, told: str, now: datetime) -> float:
        patience = self._patience
        backoff = min(patience.first * 2.0 ** (self._made - 1), patience.longest)
        asked = retry_after(answer.headers, now)
        wait = max(asked, backoff * (0.5 + self._chance() / 2)) + asked * 0.1 * self._chance()
        if self._made >= patience.attempts or asked > patience.longest:
            after = max(asked, patience.longest)
            if answer.outcome in {412, 429}:
                raise Throttled(f"{told} It is too much for now.", after, doubted=self._repeated)
            if step == "once":
                raise Doubtful(f"{told} The message may have arrived.")
            raise Later(f"{told} Tried {self._made} times.", after, doubted=self._repeated)
        return wait
