"""The arithmetic of a change: what each member contributed, so that the contributions sum to the change and nothing is left over."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple

Method = Literal["sum", "product", "ratio", "shared"]


class Halves(NamedTuple):
    """One member in both periods: what stands above the line, and below it (a ratio's denominator, or how many things)."""

    above_now: float
    below_now: float
    above_then: float
    below_then: float


class Effect(NamedTuple):
    """What one member contributed, in the unit of the number; `rate` and `mix` sum to it, None where they mean nothing.

    Of a sum `rate` is the effect of each thing having become larger or smaller, `mix` that of more or fewer things.
    """

    value: float
    rate: float | None = None
    mix: float | None = None


def contributions(method: Method, members: Sequence[Halves]) -> list[Effect]:
    """What each member contributed to the change of the whole, in the members' order; the values sum to that change.

    With a and b what stands above and below the line for a member, A and B the sums over all members, 0 for the period
    before and 1 for the later one, and a bar for the mean of both:

    sum      A1 - A0.      a1 - a0.
    product  A1 - A0.      The same, of which rate: (a1/b1 - a0/b0) * mean(b), and mix: (b1 - b0) * mean(a/b).
    ratio    A1/B1 - A0/B0. With the weight w = b/B and the member's own ratio r = a/b, rate: (r1 - r0) * mean(w), and
             mix: (w1 - w0) * (mean(r) - mean(R)), where R = A/B. The weights of each period sum to one, so taking R off
             changes no sum; it makes a member that grew count as a rise only where its own ratio lies above the whole's.
    shared   A1/B - A0/B of a `below` that is the whole's for every member: a1/B1 - a0/B0.

    A member that is in one period only has no change of its own ratio: all it contributed is mix.
    Source: the symmetric (midpoint) decomposition of T. L. Bennet, "The Theory of Measurement of Changes in Cost of
    Living", Journal of the Royal Statistical Society 83 (1920), 455-462.
    Whole numbers stay whole and sum exactly; floats sum up to rounding. Raises ZeroDivisionError where a whole's ratio has
    nothing below the line.
    """
    return _METHODS[method](members)


def _sum(members: Sequence[Halves]) -> list[Effect]:
    return [Effect(m.above_now - m.above_then) for m in members]


def _product(members: Sequence[Halves]) -> list[Effect]:
    return [_grown(m) for m in members]


def _grown(m: Halves) -> Effect:
    moved = m.above_now - m.above_then
    if not m.below_now or not m.below_then:
        return Effect(moved, 0, moved)
    each = m.above_now / m.below_now - m.above_then / m.below_then
    rate: float = each * (m.below_now + m.below_then) / 2
    if isinstance(moved, int):
        rate = round(rate)
    return Effect(moved, rate, moved - rate)


def _ratio(members: Sequence[Halves]) -> list[Effect]:
    below_now, below_then = sum(m.below_now for m in members), sum(m.below_then for m in members)
    whole_now = sum(m.above_now for m in members) / below_now
    whole_then = sum(m.above_then for m in members) / below_then
    usual = (whole_now + whole_then) / 2
    return [_shifted(m, below_now, below_then, usual) for m in members]


def _shifted(m: Halves, below_now: float, below_then: float, usual: float) -> Effect:
    now, then = m.below_now / below_now, m.below_then / below_then
    # The same as rate and mix together, from what is above the line: an own ratio may be huge where little is below it.
    whole = m.above_now / below_now - m.above_then / below_then - (now - then) * usual
    if not m.below_now or not m.below_then:
        return Effect(whole, 0.0, whole)
    rate = (m.above_now / m.below_now - m.above_then / m.below_then) * (now + then) / 2
    return Effect(whole, rate, whole - rate)


def _shared(members: Sequence[Halves]) -> list[Effect]:
    return [Effect(m.above_now / m.below_now - m.above_then / m.below_then) for m in members]


_METHODS: Mapping[Method, Callable[[Sequence[Halves]], list[Effect]]] = {
    "sum": _sum,
    "product": _product,
    "ratio": _ratio,
    "shared": _shared,
}
