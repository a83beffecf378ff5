"""Every setting on one screen, read once from the environment and an optional file; whatever is wrong is said all at once."""

# ruff: noqa: RUF009 - the call in each line below makes a field and nothing else

from __future__ import annotations

import sys
import tomllib
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analytics.errors import SettingsError, did_you_mean
from analytics.importing.links import HOSTS
from analytics.model import Reporting
from bot.delivery.keys import METADATA
from bot.delivery.pace import OVERALL, PER_CONVERSATION, PER_PERSON, Window
from bot.delivery.tokens import AUTHORITY
from bot.settings_checks import CHECKS, PARSERS, SERVING_CHECKS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PREFIX = "FREELANCE_"
FILE = "FREELANCE_CONFIG"

# The tenant of the sample enterprise; the only one a local bot lets in.
SAMPLE_TENANT = "11111111-1111-1111-1111-111111111111"


def _setting(default: Any, told: str, *, secret: bool = False) -> Any:
    return field(default=default, repr=not secret, metadata={"help": told, "secret": secret})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The declarations: name, type, default and what it is for. In the environment a name reads FREELANCE_NAME."""

    local: bool = field(default=False, metadata={"help": "Set by --local only."})

    app_id: str = _setting("", "Application (client) id of the bot's app registration.")
    app_tenant: str = _setting("", "Tenant id in which the app is registered.")
    app_secret: str = _setting(
        "", "Client secret of the app. A certificate or a managed identity is better.", secret=True
    )
    app_certificate: Path | None = _setting(None, "PEM file with the app's private key and certificate.")
    app_managed_identity: bool = _setting(
        False, "The app id is a user-assigned managed identity of the machine it runs on."
    )
    allowed_tenants: tuple[str, ...] = _setting((), "Tenant ids whose people may use the bot.")

    host: str = _setting("127.0.0.1", "Address to listen on.")
    port: int = _setting(3978, "Port to listen on.")
    public_url: str = _setting(
        "", "Where clients reach the bot, https; without it cards come without pictures and nothing can be downloaded."
    )
    link_keys: tuple[str, ...] = _setting(
        (), "Fernet keys of links in cards, the newest first; without one, links end with the process.", secret=True
    )
    service_hosts: tuple[str, ...] = _setting(
        ("smba.trafficmanager.net",), "Hosts the bot may send to, with its token."
    )
    metadata: str = _setting(METADATA, "Where the channel publishes its signing keys.")
    authority: str = _setting(AUTHORITY, "Directory that issues the bot's own tokens.")
    ca_file: Path | None = _setting(None, "PEM file with a further certificate authority to trust for outbound calls.")

    send_limits: tuple[Window, ...] = _setting(
        PER_CONVERSATION, 'Sends/seconds in one conversation, "none" for no limit.'
    )
    send_limits_overall: tuple[Window, ...] = _setting(
        OVERALL, 'Sends/seconds of all conversations, "none" for no limit.'
    )
    turn_limits: tuple[Window, ...] = _setting(
        PER_PERSON, 'Turns/seconds of one person, then one polite refusal; "none" for no limit.'
    )
    connections: int = _setting(2_000, "Connections open at once; any more are closed as they come.")
    typing_seconds: float = _setting(1.5, "A message not answered by then gets a typing sign.")
    invoke_seconds: float = _setting(3.5, "A press not answered by then is told that it is being worked on.")
    turn_seconds: float = _setting(8.0, "A request not answered by then is acknowledged, and answered later.")
    drain_seconds: float = _setting(20.0, "How long a stopping bot finishes what it has begun.")

    notice_seconds: int = _setting(
        0, "How long a stopping bot first goes on while /readyz says no, so that whoever sends it traffic takes notice."
    )
    metrics_port: int = _setting(
        0, "Port of /metrics for Prometheus, for machines that watch and never for the internet; 0 is off."
    )
    metrics_host: str = _setting("127.0.0.1", "Address on which /metrics is served.")
    data_max_age_hours: int = _setting(
        0, "With data synced longer ago the bot is not ready (/readyz); 0 says its age only and goes on answering."
    )
    log_level: str = _setting("info", "Least grave that is logged: debug, info, warning or error.")
    log_format: str = _setting("json", "json, one event a line, or text for people.")
    trace: bool = _setting(False, "Send OpenTelemetry spans; needs requirements-otel.txt. See operation.md.")

    data_dir: Path = _setting(Path("data"), "Directory of the data versions.")
    state_url: str = _setting(
        "", "Database of the bot's memory; without one, state.db in the data directory.", secret=True
    )
    state_keys: tuple[str, ...] = _setting((), "Fernet keys for credentials at rest, the newest first.", secret=True)

    files_dir: Path | None = _setting(
        None, "Folder of the files that every sync reads; without one, files in the data directory. See data-in.md."
    )
    drop_dir: Path | None = _setting(None, "Folder, or mounted share, that is watched for exports.")
    drop_seconds: float = _setting(10.0, "A file in the drop folder that nobody wrote to for so long is complete.")
    file_hosts: tuple[str, ...] = _setting(
        ("*.sharepoint.com",), "Hosts from which files sent in a chat may be fetched; *. stands for any name below."
    )
    link_hosts: tuple[str, ...] = _setting(
        HOSTS, "Hosts to which links of jobs and contracts may lead; *. stands for any name below."
    )
    file_max_mb: int = _setting(100, "Largest file that may be sent in a chat, in megabytes.")
    file_seconds: float = _setting(120.0, "How long fetching such a file may take.")
    sync_at: tuple[str, ...] = _setting(
        (), "Times of day at which the bot syncs, in the reporting time zone, as 06:30."
    )
    sync_every_hours: int = _setting(
        0, "The bot syncs when the last time was so long ago; 0 leaves it to sync_at or cron."
    )

    privacy_key: str = _setting(
        "",
        "Makes pseudonyms in the audit and in the list of erased people; one of its own is kept in the data directory without it.",
        secret=True,
    )
    audit_days: int = _setting(400, "How many days the audit is kept.")
    follow_up_minutes: int = _setting(
        30, "How long a person's last questions in a chat are kept, so that the next may lean on them; 0 keeps none."
    )
    versions_kept: int = _setting(2, "How many versions of the data stay on disk, at least 1.")

    upwork: bool = _setting(False, "Ask Upwork whenever data is synced; see upwork.md.")
    upwork_client_id: str = _setting("", "Client id of the Upwork API key.")
    upwork_client_secret: str = _setting("", "Client secret of the Upwork API key.", secret=True)
    upwork_service: bool = _setting(False, "The key stands for itself (client credentials); nobody has to agree.")
    upwork_redirect: str = _setting("", "Callback address as registered with the Upwork API key.")
    upwork_organizations: tuple[str, ...] = _setting((), "Ids of the Upwork organizations to read.")
    upwork_retention_hours: int = _setting(
        24, "How long rows read from Upwork may be kept; 0 keeps them until they are gone. Clear 0 with your agreement."
    )
    upwork_cost_center_field: str = _setting("", "Id of the Upwork custom field in which jobs name their cost centre.")
    upwork_proxy: str = _setting("", "HTTP proxy on the way to Upwork.", secret=True)

    mail: bool = _setting(False, "What comes by itself may also go by mail, for whoever asks for that; see mail.md.")
    mail_from: str = _setting("", "Mailbox in whose name mail is sent; the app needs Mail.Send, limited to it.")

    currency: str = _setting("USD", "Reporting currency.")
    time_zone: str = _setting("UTC", "Reporting time zone.")
    fiscal_year_start: int = _setting(7, "Month in which the fiscal year begins.")
    targets_file: Path | None = _setting(None, "TOML file of the company's targets.")
    program_users: tuple[str, ...] = _setting((), "Program role: user principal names or Entra object ids.")
    analyst_users: tuple[str, ...] = _setting((), "Analyst role (HR, legal): user principal names or Entra object ids.")
    program_groups: tuple[str, ...] = _setting(
        (), "Program role: object ids of Entra groups; needs GroupMember.Read.All."
    )
    analyst_groups: tuple[str, ...] = _setting(
        (), "Analyst role: object ids of Entra groups; needs GroupMember.Read.All."
    )
    member_minutes: int = _setting(10, "How long the members of a group chat are known without asking again.")
    directory: bool = _setting(
        False, "Ask Microsoft Graph for people and reporting lines at each sync; see directory.md."
    )
    directory_own_teams: bool = _setting(False, "The company's files name its teams; departments lead to them by name.")
    directory_max_age_days: int = _setting(7, "Lines last asked of Graph longer ago close the managers' view.")
    unread_days: int = _setting(90, "How long words and questions that could not be read are kept, without who asked.")
    directory_file_max_age_days: int = _setting(
        40, "Lines of a file that speaks of an older day close the managers' view."
    )

    @property
    def public_address(self) -> str:
        """Where clients reach the bot; a local one is its own loopback address."""
        return self.public_url or (f"http://127.0.0.1:{self.port}" if self.local else "")

    @property
    def files_folder(self) -> Path:
        """Where the files lie that every sync reads."""
        return self.files_dir or self.data_dir / "files"

    @property
    def drop_folder(self) -> Path:
        """Where exports arrive and are archived."""
        return self.drop_dir or self.data_dir / "drop"

    @property
    def state_address(self) -> str:
        """The database address in effect."""
        return self.state_url or f"sqlite+aiosqlite:///{(self.data_dir / 'state.db').as_posix()}"


def reporting_of(settings: Settings) -> Reporting:
    """How the company counts, from the settings."""
    return Reporting(settings.currency, settings.time_zone, settings.fiscal_year_start)


@dataclass(frozen=True, slots=True)
class Setting:
    """One declaration, as documentation and error messages need it."""

    name: str
    variable: str
    type: str
    default: Any
    help: str
    secret: bool


def _declared() -> tuple[Setting, ...]:
    return tuple(
        Setting(
            one.name,
            PREFIX + one.name.upper(),
            str(one.type),
            None if one.default is MISSING else one.default,
            one.metadata["help"],
            one.metadata["secret"],
        )
        for one in fields(Settings)
        if one.name != "local"
    )


SETTINGS = _declared()


def read_settings(
    environ: Mapping[str, str], file: Path | None = None, *, local: bool = False, serving: bool = True
) -> Settings:
    """The settings in effect: the environment before the file before the default. Raises SettingsError with all problems.

    `serving=False` is for commands that only read and write data: they need no identity.
    """
    settings, problems = settings_with_problems(environ, file, local=local, serving=serving)
    if problems:
        raise SettingsError(problems)
    return settings


def settings_with_problems(
    environ: Mapping[str, str], file: Path | None = None, *, local: bool = False, serving: bool = True
) -> tuple[Settings, list[str]]:
    """The settings as far as they can be read, the default where one cannot, and everything that is wrong with them."""
    problems: list[str] = []
    given = _from_file(file or (Path(environ[FILE]) if environ.get(FILE) else None), problems)
    given.update(_from_environment(environ, problems))
    values: dict[str, Any] = {}
    for setting in SETTINGS:
        if setting.name in given:
            source, raw = given[setting.name]
            try:
                values[setting.name] = PARSERS[setting.type](raw)
            except ValueError as problem:
                shown = "" if setting.secret else f" {raw!r}"
                problems.append(f"{source}{shown}: {problem}")
    if local and "allowed_tenants" not in values:
        values["allowed_tenants"] = (SAMPLE_TENANT,)
    settings = Settings(**values, local=local)
    checks = [check for check in CHECKS if serving or check not in SERVING_CHECKS]
    problems += [told for check in checks for told in check(settings)]
    return settings, list(dict.fromkeys(problems))


def settings_or_exit(
    environ: Mapping[str, str], file: Path | None = None, *, local: bool = False, serving: bool = True
) -> Settings:
    """The settings, or every problem on stderr and exit code 2."""
    try:
        return read_settings(environ, file, local=local, serving=serving)
    except SettingsError as error:
        print("The bot cannot start:", *(f"  - {problem}" for problem in error.problems), sep="\n", file=sys.stderr)
        raise SystemExit(2) from None


def _from_environment(environ: Mapping[str, str], problems: list[str]) -> dict[str, tuple[str, Any]]:
    variables = {setting.variable: setting.name for setting in SETTINGS}
    given: dict[str, tuple[str, Any]] = {}
    for variable, raw in environ.items():
        if variable in variables and raw.strip():
            given[variables[variable]] = (variable, raw)
        elif variable.startswith(PREFIX) and variable not in variables and variable != FILE:
            problems.append(f"{variable} is no setting.{_near(variable, variables)}")
    return given


def _near(word: str, known: Iterable[str]) -> str:
    told = did_you_mean(word, [one.casefold() for one in known])
    return told.replace(told.split('"')[1], told.split('"')[1].upper()) if told and word.isupper() else told


def _from_file(file: Path | None, problems: list[str]) -> dict[str, tuple[str, Any]]:
    if file is None:
        return {}
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        problems.append(f"{file} cannot be read: {problem}")
        return {}
    names = {setting.name for setting in SETTINGS}
    problems += [f"{name} in {file} is no setting.{_near(name, names)}" for name in content if name not in names]
    return {name: (f"{name} in {file}", raw) for name, raw in content.items() if name in names}
