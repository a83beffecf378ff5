"""What `check` says about who the bot is: its certificate or secret, its tokens, and the permissions they carry."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import jwt
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from bot.cli.setup_told import Told, good, look, wrong
from bot.delivery.tokens import CONNECTOR_SCOPE, GRAPH_SCOPE, CachedTokens, NoToken
from bot.parts import identity_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from bot.events import Clock
    from bot.settings import Settings

SOON = timedelta(days=30)

# Application permission of Microsoft Graph, and the setting that needs it; nothing else asks Graph.
NEEDED: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("User.Read.All", ("directory",)),
    ("GroupMember.Read.All", ("program_groups", "analyst_groups")),
    ("Mail.Send", ("mail",)),
)


def credential(settings: Settings, now: datetime) -> Iterator[Told]:
    """The one credential: can it be used, and for how long still."""
    about = "Credential"
    if settings.app_managed_identity:
        yield good(about, "a managed identity; nothing to keep or to renew.")
    elif settings.app_certificate and settings.app_certificate.is_file():
        yield from _certificate(settings.app_certificate, now)
    elif settings.app_secret:
        do = "Prefer a certificate or a managed identity: docs/identity.md."
        yield look(about, "a client secret: whoever reads it is the bot, and it ends some day unannounced.", do)


def _certificate(path: Path, now: datetime) -> Iterator[Told]:
    about = "Certificate"
    try:
        pem = path.read_bytes()
        key, found = load_pem_private_key(pem, password=None), x509.load_pem_x509_certificate(pem)
    except OSError as problem:
        yield wrong(
            about, f"{path} cannot be read: {problem.strerror}.", "Let the bot's own user read it, nobody else."
        )
        return
    except (ValueError, TypeError):
        yield wrong(
            about,
            f"{path} does not hold a private key without a password and its certificate.",
            "Put both into one PEM file, the key first: cat key.pem cert.pem > bot.pem",
        )
        return
    if not isinstance(key, RSAPrivateKey) or key.key_size < 2048:
        yield wrong(about, "its key is not RSA of at least 2048 bits.", "Make a new one: docs/identity.md.")
    form = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if key.public_key().public_bytes(*form) != found.public_key().public_bytes(*form):
        yield wrong(
            about,
            "the private key does not belong to the certificate.",
            "Put the two that belong together into the file.",
        )
    yield _lasting(found, now)
    if path.stat().st_mode & 0o077:
        yield look(about, f"others on this machine may read {path}.", f"chmod 600 {path}, owned by the bot's user.")


def _lasting(found: x509.Certificate, now: datetime) -> Told:
    about, until = "Certificate", found.not_valid_after_utc
    renew = "Make a new one, upload it to the app registration, then exchange the file: docs/identity.md."
    if now >= until:
        return wrong(about, f"ended on {until:%Y-%m-%d}.", renew)
    if now < found.not_valid_before_utc:
        return wrong(
            about, f"is valid only from {found.not_valid_before_utc:%Y-%m-%d}.", "Check the clock of this machine."
        )
    left = (until - now).days
    said = f"valid until {until:%Y-%m-%d}, {left} days."
    return look(about, said, renew) if until - now < SOON else good(about, said)


async def tokens(settings: Settings, clock: Clock) -> list[Told]:
    """Whether the directory gives the bot tokens, and whether those for Graph carry what is needed, no more."""
    try:
        identity = identity_of(settings)
    except (OSError, ValueError):
        return []  # the certificate's own line says why
    told = []
    try:
        told.append(await _one(identity, CONNECTOR_SCOPE, "Token for Teams", clock))
        needed = [name for name, names in NEEDED if any(getattr(settings, one) for one in names)]
        if needed:
            told += await _graph(identity, needed, clock)
    finally:
        identity.close()
    return told


async def _one(identity: object, scope: str, about: str, clock: Clock) -> Told:
    try:
        await CachedTokens(identity, scope, clock).get()  # type: ignore[arg-type]
    except NoToken as problem:
        return wrong(about, f"the directory gives none: {problem.code}.", _HINTS.get(problem.code, _HINT))
    return good(about, "given.")


_HINT = (
    "Check FREELANCE_APP_ID, FREELANCE_APP_TENANT, the credential, and that this machine reaches FREELANCE_AUTHORITY."
)
_HINTS = {
    "invalid_client": "The credential does not belong to the app, or has ended: upload the certificate, or make a new secret.",
    "unauthorized_client": "FREELANCE_APP_ID is not an app of FREELANCE_APP_TENANT.",
    "ConnectionError": "This machine does not reach FREELANCE_AUTHORITY: check name, firewall and proxy.",
    "SSLError": "The directory's certificate is not trusted: name your company's authority in FREELANCE_CA_FILE.",
}


async def _graph(identity: object, needed: list[str], clock: Clock) -> list[Told]:
    about = "Permissions"
    tokens_of = CachedTokens(identity, GRAPH_SCOPE, clock)  # type: ignore[arg-type]
    try:
        token = await tokens_of.get()
    except NoToken as problem:
        return [wrong("Token for Graph", f"the directory gives none: {problem.code}.", _HINTS.get(problem.code, _HINT))]
    try:
        # Read, not trusted: what it says about us is only shown to whoever holds our credential.
        roles = jwt.decode(token, options={"verify_signature": False}).get("roles") or []
    except jwt.PyJWTError:
        return [
            look(about, "the token for Graph cannot be read, so they are not known.", "Look at the app in the portal.")
        ]
    told = [
        wrong(
            about,
            f"{name} is missing.",
            "Add it as an application permission and grant admin consent: docs/identity.md.",
        )
        for name in needed
        if name not in roles
    ]
    if more := sorted(set(map(str, roles)) - set(needed)):
        told.append(look(about, f"the app may do more than it needs: {', '.join(more)}.", "Take these away again."))
    return told or [good(about, f"{', '.join(needed)}.")]
