"""How a setting is read from text, and the rules that settings must keep together."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cryptography.fernet import Fernet

from bot.delivery.pace import Window

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.settings import Settings

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})

LOG_LEVELS = ("debug", "info", "warning", "error")
LOG_FORMATS = ("json", "text")

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_HOST = re.compile(r"[a-z0-9.-]+(:[0-9]{1,5})?")


def _text(raw: Any) -> str:
    if not isinstance(raw, str):
        raise ValueError("must be text")  # noqa: TRY004 - one family of problems for the reader of all settings
    return raw.strip()


def _whole(raw: Any) -> int:
    text = str(raw).strip()
    if isinstance(raw, bool) or not re.fullmatch(r"-?[0-9]{1,9}", text):
        raise ValueError("must be a whole number")
    return int(text)


def _number(raw: Any) -> float:
    try:
        value = float(raw)
    except (TypeError, ValueError):
        raise ValueError("must be a number of seconds") from None
    if not 0 < value < 3_600:
        raise ValueError("must be a number of seconds above 0 and below 3600")
    return value


def _flag(raw: Any) -> bool:
    known = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    word = str(raw).strip().lower()
    if word not in known:
        raise ValueError("must be true or false")
    return known[word]


def _list(raw: Any) -> tuple[str, ...]:
    parts = raw.split(",") if isinstance(raw, str) else raw
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        raise ValueError("must be a list of texts, or one text with commas")
    return tuple(part.strip() for part in parts if part.strip())


def _windows(raw: Any) -> tuple[Window, ...]:
    parts = _list(raw)
    if parts == ("none",):
        return ()
    windows = []
    for part in parts:
        match = re.fullmatch(r"([1-9][0-9]{0,6})/([1-9][0-9]{0,5})", part)
        if not match:
            raise ValueError('must read like "7/1, 60/30": sends, a stroke, seconds; or "none"')
        windows.append(Window(int(match[1]), int(match[2])))
    return tuple(windows)


# By the type as it is declared.
PARSERS: dict[str, Callable[[Any], Any]] = {
    "str": _text,
    "int": _whole,
    "float": _number,
    "bool": _flag,
    "Path": lambda raw: Path(_text(raw)),
    "Path | None": lambda raw: Path(_text(raw)),
    "tuple[str, ...]": _list,
    "tuple[Window, ...]": _windows,
}


def _identity(settings: Settings) -> Iterator[str]:
    """Unconfigured means closed."""
    if settings.local:
        return
    if not settings.app_id:
        yield "FREELANCE_APP_ID is missing: the application id of the bot's app registration."
    if not settings.app_tenant:
        yield "FREELANCE_APP_TENANT is missing: the tenant in which the app is registered."
    yield from _credential(settings)
    if not settings.allowed_tenants:
        yield "FREELANCE_ALLOWED_TENANTS is missing: the tenant ids whose people may use the bot."
    if not settings.service_hosts:
        yield "FREELANCE_SERVICE_HOSTS is empty: the bot could not answer anyone."


def _credential(settings: Settings) -> Iterator[str]:
    credentials = [settings.app_secret, settings.app_certificate, settings.app_managed_identity]
    given = sum(1 for one in credentials if one)
    if given != 1:
        names = "FREELANCE_APP_CERTIFICATE, FREELANCE_APP_MANAGED_IDENTITY or FREELANCE_APP_SECRET"
        yield f"The app's credential is missing: set {names}." if not given else f"Set only one of {names}."


def _local(settings: Settings) -> Iterator[str]:
    """An unsigned bot stays on its own machine and never mixes with a real one."""
    if not settings.local:
        return
    if settings.host not in LOOPBACK:
        yield f"--local listens on this machine only: FREELANCE_HOST must be 127.0.0.1, not {settings.host}."
    if settings.app_id:
        yield "--local accepts unsigned messages and so refuses a real app: unset FREELANCE_APP_ID, or leave --local out."
    if settings.app_secret or settings.app_certificate or settings.app_managed_identity:
        yield "--local uses no credential: unset it, or leave --local out."


def _forms(settings: Settings) -> Iterator[str]:
    ids = {"FREELANCE_APP_ID": [settings.app_id], "FREELANCE_APP_TENANT": [settings.app_tenant]}
    ids["FREELANCE_ALLOWED_TENANTS"] = list(settings.allowed_tenants)
    ids["FREELANCE_PROGRAM_GROUPS"] = list(settings.program_groups)
    ids["FREELANCE_ANALYST_GROUPS"] = list(settings.analyst_groups)
    for variable, values in ids.items():
        for value in values:
            if value and not _GUID.fullmatch(value):
                yield f"{variable} {value!r}: must be an id like 01234567-89ab-cdef-0123-456789abcdef."
    for host in settings.service_hosts:
        if not _HOST.fullmatch(host):
            yield f"FREELANCE_SERVICE_HOSTS {host!r}: must be a plain host name in lower case, without https:// or a path."
    if settings.public_url and not re.fullmatch(r"https://[a-z0-9.-]+(:\d+)?", settings.public_url.rstrip("/")):
        yield f"FREELANCE_PUBLIC_URL {settings.public_url!r}: must be like https://bot.example.com, without a path."
    for variable, address in (("FREELANCE_METADATA", settings.metadata), ("FREELANCE_AUTHORITY", settings.authority)):
        if not address.startswith("https://"):
            yield f"{variable} {address!r}: must begin with https://."


def _ranges(settings: Settings) -> Iterator[str]:
    if not 0 <= settings.port <= 65_535:
        yield f"FREELANCE_PORT {settings.port}: must be between 0 and 65535."
    if not 0 <= settings.metrics_port <= 65_535 or (settings.metrics_port and settings.metrics_port == settings.port):
        yield f"FREELANCE_METRICS_PORT {settings.metrics_port}: must be 0, or a port other than FREELANCE_PORT."
    if not 0 <= settings.notice_seconds <= 60:
        yield f"FREELANCE_NOTICE_SECONDS {settings.notice_seconds}: must be between 0 and 60."
    if settings.data_max_age_hours < 0:
        yield f"FREELANCE_DATA_MAX_AGE_HOURS {settings.data_max_age_hours}: must be 0 or more."
    for name, known in (("log_level", LOG_LEVELS), ("log_format", LOG_FORMATS)):
        if (given := getattr(settings, name)) not in known:
            yield f"FREELANCE_{name.upper()} {given!r}: must be one of {', '.join(known)}."
    if not 1 <= settings.fiscal_year_start <= 12:
        yield f"FREELANCE_FISCAL_YEAR_START {settings.fiscal_year_start}: must be a month from 1 to 12."
    if settings.connections < 1:
        yield f"FREELANCE_CONNECTIONS {settings.connections}: must be at least 1."
    if not 0 <= settings.follow_up_minutes <= 1_440:
        yield f"FREELANCE_FOLLOW_UP_MINUTES {settings.follow_up_minutes}: must be between 0 and 1440."
    for name in ("directory_max_age_days", "directory_file_max_age_days"):
        if (days := getattr(settings, name)) < 1:
            yield f"FREELANCE_{name.upper()} {days}: must be at least 1."
    if not 1 <= settings.member_minutes <= 1_440:
        yield f"FREELANCE_MEMBER_MINUTES {settings.member_minutes}: must be between 1 and 1440."
    if not re.fullmatch(r"[A-Z]{3}", settings.currency):
        yield f"FREELANCE_CURRENCY {settings.currency!r}: must be three capital letters like EUR."
    try:
        ZoneInfo(settings.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield f"FREELANCE_TIME_ZONE {settings.time_zone!r}: must be a zone like Europe/Berlin."


def _files(settings: Settings) -> Iterator[str]:
    for variable, path in (
        ("FREELANCE_APP_CERTIFICATE", settings.app_certificate),
        ("FREELANCE_CA_FILE", settings.ca_file),
        ("FREELANCE_TARGETS_FILE", settings.targets_file),
    ):
        if path is not None and not path.is_file():
            yield f"{variable} {str(path)!r}: there is no such file."
    for name in ("state_keys", "link_keys"):
        for number, key in enumerate(getattr(settings, name), 1):
            try:
                Fernet(key)
            except ValueError:
                must = "must be 32 bytes in url-safe base64, as Fernet.generate_key() makes them"
                yield f"FREELANCE_{name.upper()}, key {number}: {must}."


def _arriving(settings: Settings) -> Iterator[str]:
    """How files come in, and when a sync runs by itself."""
    for name in ("file_hosts", "link_hosts"):
        for host in getattr(settings, name):
            if not _HOST.fullmatch(host.removeprefix("*.")) or "." not in host.removeprefix("*."):
                told = "must be a host name in lower case, or *. and the name of a domain."
                yield f"FREELANCE_{name.upper()} {host!r}: {told}"
    if not 1 <= settings.file_max_mb <= 4_096:
        yield f"FREELANCE_FILE_MAX_MB {settings.file_max_mb}: must be between 1 and 4096."
    if settings.sync_every_hours < 0:
        yield f"FREELANCE_SYNC_EVERY_HOURS {settings.sync_every_hours}: must be 0 or more."
    for time in settings.sync_at:
        if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", time):
            yield f"FREELANCE_SYNC_AT {time!r}: must be a time of day like 06:30."
    if settings.drop_dir and settings.drop_dir.resolve() == settings.files_folder.resolve():
        yield "FREELANCE_DROP_DIR is the folder that syncs read; exports have to arrive in a folder of their own."


def _directory(settings: Settings) -> Iterator[str]:
    """Graph is asked as the app itself, so a command that only syncs needs the app's credential too."""
    if not settings.directory:
        return
    if settings.local:
        yield "FREELANCE_DIRECTORY asks Graph as a real app, which --local has not: unset it, or leave --local out."
        return
    for name in ("app_id", "app_tenant"):
        if not getattr(settings, name):
            yield f"FREELANCE_{name.upper()} is missing, but FREELANCE_DIRECTORY is true."
    yield from _credential(settings)


def _upwork(settings: Settings) -> Iterator[str]:
    """A source that is switched on is set up whole."""
    if settings.upwork_retention_hours < 0:
        yield f"FREELANCE_UPWORK_RETENTION_HOURS {settings.upwork_retention_hours}: must be 0 or more."
    if not settings.upwork:
        return
    for name in ("client_id", "client_secret", "organizations"):
        if not getattr(settings, f"upwork_{name}"):
            yield f"FREELANCE_UPWORK_{name.upper()} is missing, but FREELANCE_UPWORK is true."
    if not settings.upwork_service and not settings.upwork_redirect:
        yield "FREELANCE_UPWORK_REDIRECT is missing: the callback address of the API key; or set FREELANCE_UPWORK_SERVICE."
    if not settings.state_keys:
        yield "FREELANCE_STATE_KEYS is missing: tokens of Upwork are only kept encrypted."
    for organization in settings.upwork_organizations:
        if not re.fullmatch(r"[0-9]{1,30}", organization):
            yield f"FREELANCE_UPWORK_ORGANIZATIONS {organization!r}: must be the digits of an organization's id."


def _mail(settings: Settings) -> Iterator[str]:
    if settings.mail and not re.fullmatch(r"[^@\s/]+@[^@\s/]+\.[^@\s/]+", settings.mail_from):
        yield "FREELANCE_MAIL_FROM must be the address of the mailbox in whose name mail is sent, as FREELANCE_MAIL is on."


CHECKS: tuple[Callable[[Settings], Iterator[str]], ...] = (
    _identity,
    _local,
    _forms,
    _ranges,
    _files,
    _arriving,
    _directory,
    _upwork,
    _mail,
)

# What only a bot that serves has to keep.
SERVING_CHECKS = (_identity, _local)
