"""Puts the parts together, in one place, for the server, the demo and the command line alike."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from analytics.engine import Engine
from analytics.erasure import key_in
from analytics.store import Store
from analytics.targets import load_goals
from bot import pictures
from bot.access import Access, Role
from bot.desk import Insights
from bot.entra import open_groups
from bot.freshness import Freshness
from bot.links import EXPORT, EXPORT_SECONDS, Links
from bot.mail import open_mail
from bot.parts import open_parts
from bot.server import CHECKED, COUNTS, LAG, make_app
from bot.state import State
from bot.telemetry.metrics import Watch, exposed
from bot.ticking import Ticking

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from aiohttp import web

    from bot.access.groups import Groups
    from bot.events import Clock
    from bot.parts import Parts
    from bot.settings import Settings


def roles_of(settings: Settings) -> Mapping[str, Role]:
    """Role by user principal name or Entra object id, lower case; the program role wins where both are given."""
    roles: dict[str, Role] = {user.lower(): "analyst" for user in settings.analyst_users}
    return roles | {user.lower(): "program" for user in settings.program_users}


def links_of(settings: Settings, clock: Clock) -> Links:
    """What seals the links in cards."""
    return Links(settings.link_keys, {**pictures.LIFETIMES, EXPORT: EXPORT_SECONDS}, clock)


def _access(
    settings: Settings, engine: Engine, clock: Clock, state: State, parts: Parts, groups: Groups | None
) -> Access:
    return Access(
        engine,
        roles_of(settings),
        clock,
        directory_days=settings.directory_max_age_days,
        directory_file_days=settings.directory_file_max_age_days,
        state=state,
        connector=parts.connector,
        groups=groups,
        member_minutes=settings.member_minutes,
    )


@asynccontextmanager
async def open_bot(settings: Settings, clock: Clock) -> AsyncIterator[web.Application]:
    """The bot as a web application, with all that lives as long as it does. Raises SettingsError."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    store = Store(settings.data_dir)
    engine = Engine(store, goals=load_goals(settings.targets_file))
    marks = key_in(settings.data_dir, settings.privacy_key)
    state = await State.open(
        settings.state_address, clock, settings.state_keys, marks, timedelta(minutes=settings.follow_up_minutes)
    )
    try:
        async with (
            open_parts(settings, clock) as parts,
            open_groups(settings, parts, clock) as groups,
            open_mail(settings, parts, clock) as mail,
        ):
            access = _access(settings, engine, clock, state, parts, groups)
            desk = Insights(
                engine,
                access,
                state,
                clock,
                settings=settings,
                connector=parts.connector,
                links=links_of(settings, clock),
                mail=mail,
            )
            await desk.warm()
            ticking = Ticking(desk.ticks, clock)
            fresh = Freshness(store, clock, settings.data_max_age_hours)
            app = make_app(
                settings,
                desk,
                state,
                keys=parts.keys,
                connector=parts.connector,
                clock=clock,
                ready={"ticks": ticking.ready, "data": fresh.ready},
                facts=fresh.told,
                routes=desk.routes,
            )
            watch = Watch(settings, state, engine, parts.connector, fresh, app[COUNTS], app[LAG], checks=app[CHECKED])
            async with exposed(watch, settings.metrics_host, settings.metrics_port), ticking.running():
                yield app
    finally:
        await state.close()
        engine.close()
        store.close()
