"""Turns users as Graph gives them into employees, and leaves out by rule what is none: guests, rooms, service accounts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel import Locale

SELECT = (
    "id", "displayName", "userPrincipalName", "mail", "department", "country", "usageLocation", "employeeId", "employeeType",
    "employeeHireDate", "employeeOrgData", "userType", "accountEnabled", "createdDateTime",
)  # fmt: skip
COUNTRIES: Mapping[str, str] = Locale("en").territories


@dataclass(frozen=True, slots=True)
class Rules:
    """Which accounts are no employees. Patterns are regular expressions, held against the sign-in name in small letters."""

    sign_in: str = r"^(svc|service|room|rooms|conf|meeting|shared|noreply|no-reply|test|admin|adm)[-_.]|#ext#"
    employee_types: tuple[str, ...] = (
        "service account",
        "room",
        "equipment",
        "shared mailbox",
        "contractor",
        "external",
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """One employee as the directory knows them today; `since` is the first day that is known of them."""

    person: str
    name: str
    upn: str
    email: str
    department: str
    division: str
    manager: str
    cost_center: str
    country: str
    kind: str
    employee: str
    since: date | None


def why_not(user: Mapping[str, Any], rules: Rules) -> str:
    """The rule by which an account is no employee; empty where it is one."""
    if str(user.get("userType") or "Member").casefold() == "guest":
        return "guest"
    if user.get("accountEnabled") is False:
        return "disabled"
    if str(user.get("employeeType") or "").casefold() in rules.employee_types:
        return "employee type"
    if re.search(rules.sign_in, str(user.get("userPrincipalName") or "").casefold()):
        return "service account or room"
    return ""


def entry_of(user: Mapping[str, Any]) -> Entry:
    """An employee; cells that the directory does not fill are empty."""
    organisation = user.get("employeeOrgData") or {}
    manager = user.get("manager") or {}
    return Entry(
        person=str(user["id"]),
        name=_text(user.get("displayName")) or _text(user.get("userPrincipalName")) or str(user["id"]),
        upn=_text(user.get("userPrincipalName")),
        email=_text(user.get("mail")),
        department=_text(user.get("department")),
        division=_text(organisation.get("division")),
        manager=_text(manager.get("id")),
        cost_center=_text(organisation.get("costCenter")),
        country=country_of(_text(user.get("country")) or _text(user.get("usageLocation"))),
        kind=_text(user.get("employeeType")) or "employee",
        employee=_text(user.get("employeeId")),
        since=_day(user.get("employeeHireDate")) or _day(user.get("createdDateTime")),
    )


def without_doubles(entries: Iterable[Entry]) -> tuple[list[Entry], list[str]]:
    """One account for each employee number: the one others report to, else the one with a manager; and who was doubled."""
    every = list(entries)
    leads = Counter(entry.manager for entry in every)
    best: dict[str, Entry] = {}
    doubled = []
    for entry in sorted(every, key=lambda e: (-leads[e.person], not e.manager, e.upn, e.person)):
        key = f"number {entry.employee}" if entry.employee else f"account {entry.person}"
        if key in best:
            doubled.append(entry.upn or entry.person)
        else:
            best[key] = entry
    kept = {entry.person for entry in best.values()}
    return [entry for entry in every if entry.person in kept], doubled


def country_of(said: str) -> str:
    """The English short name of a country that is given by its two letters; anything else stays as it is."""
    return COUNTRIES.get(said.upper(), said) if len(said) == 2 else said


def _text(value: object) -> str:
    return " ".join(str(value).split()) if value is not None else ""


def _day(value: object) -> date | None:
    try:
        found = date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
    # The directory writes the year 1 for a date that nobody has entered.
    return found if found.year > 1900 else None
