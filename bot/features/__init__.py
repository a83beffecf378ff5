"""The features there are; a new one is one line here."""

from __future__ import annotations

from collections.abc import Callable

from bot.features import (
    asked,
    browsing,
    channel_scope,
    checked,
    data,
    deputies,
    digest,
    feedback,
    learning,
    reports,
    taking_back,
    why,
)
from bot.features.feature import Feature, Features, Services, Tick
from bot.runner import SECONDS, Runner

FEATURES: tuple[Callable[[Services], Feature], ...] = (
    browsing.feature,
    taking_back.feature,
    feedback.feature,
    reports.feature,
    channel_scope.feature,
    deputies.feature,
    checked.feature,
    learning.feature,
    data.feature,
    asked.feature,
    why.feature,
    digest.feature,
)


def features(services: Services) -> Features:
    """All of them, made with what they need, and the clockwork of what they do by schedules."""
    made = tuple(make(services) for make in FEATURES)
    runner = Runner(services.state, Features(made).handlers, services.clock)
    return Features((*made, Feature("schedules", ticks=(Tick("schedules", SECONDS, runner.tick),))))
