"""Exchange rates of the sample: published on working days only, carried forward over the days between."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.sample.base import DAY, Flags, Floats, Ints, Story, half_up, weekday
from analytics.sample.words import Market

DIGITS = 8
ONE = 10**DIGITS
LEAD = 20


@dataclass(frozen=True)
class Rates:
    """Units of USD for one unit of each currency, in 1e-8: `daily[currency, day - begin]`, with no gaps."""

    begin: int
    published: Flags
    daily: Ints
    decimals: Ints

    def dollars(self, amount: Ints, currency: Ints, moment: Ints) -> Ints:
        """Minor units of a currency in US cents at the rate of the moment's UTC day, each rounded half away from zero."""
        rate = self.daily[currency, moment // DAY - self.begin]
        return half_up(amount * rate, ONE * 10 ** self.decimals[currency] // 100)


def daily_rates(story: Story, market: Market) -> Rates:
    """A random walk for every currency; no rate on weekends and between Christmas and New Year."""
    rng = story.rng("fx")
    begin = story.begin - LEAD
    days = np.arange(begin, story.end + 1, dtype=np.int64)
    dates = days.astype("datetime64[D]")
    in_month = (dates - dates.astype("datetime64[M]")).astype(np.int64) + 1
    month = dates.astype("datetime64[M]").astype(np.int64) % 12
    holiday = ((month == 11) & np.isin(in_month, (25, 26, 31))) | ((month == 0) & (in_month == 1))
    published = (weekday(days) < 5) & ~holiday
    published[0] = True
    steps: Floats = rng.normal(0, 1, (len(market.currencies), len(days))) * market.wobble[:, None]
    walk = np.cumsum(steps + market.drift[:, None] / 365.25, axis=1)
    level = market.usd[:, None] * np.exp(np.clip(walk, -0.35, 0.35))
    places = np.where(market.usd < 0.05, 8, np.where(market.usd == 1.0, 0, 5))
    rounded = np.round(level * 10.0 ** places[:, None]).astype(np.int64) * 10 ** (DIGITS - places[:, None])
    filled = np.maximum.accumulate(np.where(published, np.arange(len(days)), 0))
    return Rates(begin, published, rounded[:, filled], market.decimals)
