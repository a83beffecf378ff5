"""Reads mapping profiles from TOML and names every mistake in one."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any, get_args
from zoneinfo import available_timezones

from babel import Locale

from analytics.catalogue import METRICS
from analytics.errors import DataError, did_you_mean
from analytics.profiles.profile import PART, Control, Drop, Entity, Mode, Numbers, Pick, Profile, Role, Sign, Unpivot
from analytics.tables import TABLES

SHIPPED = Path(__file__).parent
NEGATIVE = ("-5", "5-", "(5)", "5 CR")


def shipped() -> dict[str, Profile]:
    """The profiles that come with the program, by name."""
    return {path.stem: load(path) for path in sorted(SHIPPED.glob("*.toml"))}


def generic(table: str) -> Profile:
    """The identity: a file of the import format itself, whatever it is called. KeyError where there is no such table."""
    declared = TABLES[table]
    names = [column.name for column in declared.columns]
    return Profile(
        name=f"generic:{table}",
        title=f"The import format itself: {table}",
        entities=(Entity(table, {name: (f"{{{name}}}",) for name in names}),),
        mode="append",
        columns={name: (name,) for name in names},
        required=tuple(column.name for column in declared.columns if column.required),
        date_format={"*": ("iso",)},
        natural_key=declared.key,
    )


def load(path: Path, changes: Mapping[str, Any] | None = None) -> Profile:
    """Read one profile; `changes` (the same keys) go before what the file says. DataError names every mistake."""
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(f"The profile {path} cannot be opened ({error.strerror}).") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{path.name} is no TOML file: {error}.") from error
    return parse(_changed(told, changes or {}), path.stem)


def parse(told: Mapping[str, Any], name: str) -> Profile:
    """A profile from what its file says. DataError names every mistake."""
    problems = _strange(told, {"entity", "number", "country_codes"}, {"entities", "numbers", "name"})
    if problems:
        raise DataError(_wrong(name, problems))
    try:
        profile = _profile(told, name)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DataError(_wrong(name, [f"it cannot be read ({error})."])) from error
    if problems := list(mistakes(profile)):
        raise DataError(_wrong(name, problems))
    return profile


def mistakes(profile: Profile) -> Iterable[str]:
    """What contradicts itself in a profile, one sentence each."""
    yield from _unnamed(profile, "required", profile.required)
    yield from _unnamed(profile, "date_format", (name for name in profile.date_format if name != "*"))
    yield from _unnamed(profile, "value_maps", profile.value_maps)
    yield from _unnamed(profile, "natural_key", profile.natural_key)
    for rule in profile.drop_if:
        yield from _unnamed(profile, "drop_if", [f for f in (rule.field, *rule.empty) if f and f != "first cell"])
    yield from _unlisted("mode", (profile.mode,), get_args(Mode))
    yield from _unlisted("number.negative", profile.numbers.negative, NEGATIVE)
    if profile.timezone not in _zones():
        yield f'there is no time zone "{profile.timezone}".{did_you_mean(profile.timezone, _zones())}'
    for where, pattern in (
        ("period_from_name", profile.period_from_name),
        ("unpivot", getattr(profile.unpivot, "headers", "")),
    ):
        try:
            re.compile(pattern)
        except re.error as error:
            yield f"{where} is no regular expression ({error})."
    if not profile.entities:
        yield "there is no [[entity]]; name at least the table that the file feeds."
    for entity in profile.entities:
        yield from _mistakes_of(profile, entity)


@cache
def _zones() -> frozenset[str]:
    """Kept: finding them goes through a folder of hundreds of files, and every sync reads several profiles."""
    return frozenset(available_timezones())


def _mistakes_of(profile: Profile, entity: Entity) -> Iterable[str]:
    table = TABLES.get(entity.table)
    if table is None:
        yield f'there is no table "{entity.table}".{did_you_mean(entity.table, TABLES)}'
        return
    known = [column.name for column in table.columns]
    yield from _unlisted(f"{entity.table}, role", (entity.role,), get_args(Role))
    yield from _unlisted(f"{entity.table}, mode", (entity.mode,), get_args(Mode))
    yield from _unlisted(f"{entity.table}, pick", entity.pick.values(), get_args(Pick))
    yield from _unnamed(profile, f"{entity.table}, only", entity.only)
    for name, templates in entity.columns.items():
        if name not in known:
            yield f'{entity.table} has no column "{name}".{did_you_mean(name, known)}'
            continue
        parts = [part for template in templates for part in PART.findall(template)]
        yield from _unnamed(profile, f"{entity.table}.{name}", parts)
        if table.column(name).type in {"date", "timestamp"}:
            yield from _undated(profile, f"{entity.table}.{name}", parts)
    for column in table.columns:
        if column.required and column.name not in entity.columns:
            said = (
                "declare it, or name the column that holds it; it is never guessed"
                if column.name == "currency"
                else "it is required"
            )
            yield f"nothing feeds {entity.table}.{column.name} ({column.help}): {said}."
    for metric in entity.touches:
        if metric not in METRICS:
            yield f'touches: there is no metric "{metric}".{did_you_mean(metric, METRICS)}'


def _unlisted(where: str, said: Iterable[str], known: Sequence[str]) -> Iterable[str]:
    for word in said:
        if word not in known:
            yield f'{where} is "{word}"; expected one of {", ".join(known)}.'


def _undated(profile: Profile, where: str, parts: Iterable[str]) -> Iterable[str]:
    for part in parts:
        if part in profile.columns and part not in profile.date_format and "*" not in profile.date_format:
            yield f'{where} needs the date format of "{part}": add it to [date_format], for example "%d-%b-%Y".'


def _unnamed(profile: Profile, where: str, names: Iterable[str]) -> Iterable[str]:
    for name in names:
        if name not in profile.fields:
            yield f'{where} names "{name}", which is no column of the profile.{did_you_mean(name, profile.fields)}'


def _profile(told: Mapping[str, Any], name: str) -> Profile:
    simple = {
        key: told[key]
        for key in ("title", "about", "period_from_name", "mode", "encoding", "delimiter", "quote", "skip_footer", "timezone", "stands_alone")
        if key in told
    }  # fmt: skip
    columns = {key: _texts(value) for key, value in told.get("columns", {}).items()}
    constants = {key: str(value) for key, value in told.get("constants", {}).items()}
    header = told.get("header_row", "auto")
    names = [*columns, *constants, *(told.get("unpivot", {}).get(key, "") for key in ("name", "value"))]
    return Profile(
        name=name,
        entities=tuple(_entity(entity, names, told.get("mode", "full")) for entity in told.get("entity", ())),
        file_pattern=_texts(told.get("file_pattern", ())),
        header_row=0 if header == "auto" else int(header),
        unknown=_texts(told.get("unknown", ())),
        columns=columns,
        required=_texts(told.get("required", ())),
        constants=constants,
        date_format={key: _texts(value) for key, value in told.get("date_format", {}).items()},
        numbers=Numbers(**_tuples(told.get("number", {}), "symbols", "negative")),
        sign={key: Sign(**_tuples(value, "negate")) for key, value in told.get("sign", {}).items()},
        value_maps=_values(told),
        drop_if=tuple(Drop(**_tuples(value, "values", "empty")) for value in told.get("drop_if", ())),
        natural_key=_texts(told.get("natural_key", ())),
        control_total=Control(**told["control_total"]) if "control_total" in told else None,
        unpivot=Unpivot(**told["unpivot"]) if "unpivot" in told else None,
        **{"title": name, **simple},
    )


def _entity(told: Mapping[str, Any], fields: Iterable[str], mode: Mode) -> Entity:
    """An entity; a column of its table that has the name of a column of the file is fed by it."""
    table = TABLES.get(told["table"])
    same = {c.name: (f"{{{c.name}}}",) for c in table.columns if c.name in set(fields)} if table else {}
    named = {key: _texts(value) for key, value in told.get("columns", {}).items()}
    rest = _tuples({key: value for key, value in told.items() if key != "columns"}, "touches")
    rest["only"] = {key: _texts(value) for key, value in told.get("only", {}).items()}
    fed = {key: value for key, value in {**same, **named}.items() if value}
    return Entity(columns=fed, **{"mode": mode, **rest})


def _changed(told: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """What a profile says after a customer's changes: tables are changed key by key, all else is replaced."""
    merged = dict(told)
    for key, value in changes.items():
        old = merged.get(key)
        merged[key] = {**old, **value} if isinstance(old, dict) and isinstance(value, dict) else value
    return merged


def _strange(told: Mapping[str, Any], more: set[str], less: set[str]) -> list[str]:
    known = ({one.name for one in fields(Profile)} | more) - less
    return [f'there is no key "{key}".{did_you_mean(key, known)}' for key in told if key not in known]


def _values(told: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """The value maps; columns listed as `country_codes` know every ISO code of a country besides."""
    maps = {name: {str(a): str(b) for a, b in values.items()} for name, values in told.get("value_maps", {}).items()}
    codes = {code: name for code, name in Locale("en").territories.items() if len(code) == 2 and code.isalpha()}
    for name in told.get("country_codes", ()):
        maps[name] = {**codes, **maps.get(name, {})}
    return maps


def _texts(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(str(item) for item in value)


def _tuples(told: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {key: _texts(value) if key in names else value for key, value in told.items()}


def _wrong(name: str, problems: Iterable[str]) -> str:
    return "\n".join([f"The profile {name} cannot be used:", *(f"- {problem}" for problem in problems)])
